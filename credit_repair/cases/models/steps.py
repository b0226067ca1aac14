"""Review steps, the routes they are copied from, and who took which part."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from credit_repair.cases.models.cases import Case
from credit_repair.cases.models.clocks import Clock
from credit_repair.registry.models import Office


class Phase(models.TextChoices):
    """The phases of a review 办理环节; the permission that a step needs at its office follows from it."""

    INTAKE = "intake", _("受理")
    VERIFY = "verify", _("核查")
    DECIDE = "decide", _("审批")
    REVOKE = "revoke", _("撤销")


#: The phases that a route has lines for. A revocation has its steps from who proposes it.
ROUTE_PHASES = (Phase.INTAKE, Phase.VERIFY, Phase.DECIDE)


class ReviewStep(models.Model):
    """One office's part in a case 办理步骤.

    Copied from the route at submission, so that a later change of the route never touches a running case.
    """

    class State(models.TextChoices):
        PLANNED = "planned", _("未开始")
        OPEN = "open", _("办理中")
        DONE = "done", _("已办")
        CANCELLED = "cancelled", _("已取消")
        #: What was decided here was set aside by a higher body: it stays as it was, and is decided anew.
        SET_ASIDE = "set_aside", _("决定已被撤销")

    class Opinion(models.TextChoices):
        AGREE = "agree", _("同意修复")
        DISAGREE = "disagree", _("不同意修复")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="steps")
    phase = models.CharField(max_length=10, choices=Phase.choices)
    position = models.PositiveIntegerField()
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="steps")
    state = models.CharField(max_length=10, choices=State.choices, default=State.PLANNED)
    clock = models.ForeignKey(Clock, null=True, blank=True, on_delete=models.PROTECT, related_name="steps")
    opened_on = models.DateField(null=True, blank=True)
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="taken_steps"
    )
    opinion = models.CharField(max_length=10, choices=Opinion.choices, blank=True)
    text = models.TextField(blank=True)
    #: What the handler has ticked of the checklist 核对清单, by the item's code: "yes", "no" or "na".
    checks = models.JSONField(default=dict, blank=True, db_default={})
    #: Whether it is whoever's takes the case in 受理的信用办: it goes along where the case is sent on 转送.
    of_intake_office = models.BooleanField(default=False, db_default=False)
    #: The office to which the case was sent on 转送 from here; that office has a step of its own.
    forwarded_to = models.ForeignKey(
        Office, null=True, blank=True, on_delete=models.PROTECT, related_name="steps_forwarded_here"
    )
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="done_steps"
    )
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("办理步骤")
        ordering = ["case", "position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["case", "position"], name="step_position_once"),
            models.CheckConstraint(
                condition=~Q(state="open") | Q(opened_on__isnull=False), name="step_open_has_a_day"
            ),
            models.CheckConstraint(
                condition=~Q(state="done") | Q(done_at__isnull=False), name="step_done_has_a_time"
            ),
        ]
        indexes = [
            models.Index(fields=["office", "phase"], condition=Q(state="open"), name="step_open_by_office"),
            models.Index(
                fields=["office"], condition=Q(forwarded_to__isnull=False), name="step_sent_on_by_office"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case} · {self.get_phase_display()} · {self.office}"

    def opinion_words(self, opinion: str = "") -> str:
        """Return an opinion (default: the step's own) in words: who decides proposes, who verifies agrees."""
        opinion = opinion or self.opinion
        if not opinion:
            return ""
        proposals = {self.Opinion.AGREE: _("拟准予修复"), self.Opinion.DISAGREE: _("拟不予修复")}
        words = proposals if self.phase == Phase.DECIDE else dict(self.Opinion.choices)
        return str(words[self.Opinion(opinion)])


class RouteStep(models.Model):
    """One line of a route 办理路径: which office takes which phase, for a kind of case and a class.

    An empty class counts for every class that has no line of its own.
    """

    class Seat(models.TextChoices):
        INTAKE_OFFICE = "intake_office", _("受理的信用办")
        AUTHORITY = "authority", _("认定单位")
        UPPER = "upper", _("认定单位的上级单位")
        NAMED = "named", _("指定的单位")

    kind = models.CharField(_("案件种类"), max_length=20)
    rule_class = models.CharField(_("失信类别"), max_length=10, blank=True)
    position = models.PositiveIntegerField(_("次序"))
    phase = models.CharField(
        _("环节"), max_length=10, choices=[(phase.value, phase.label) for phase in ROUTE_PHASES]
    )
    seat = models.CharField(_("由谁办理"), max_length=15, choices=Seat.choices)
    #: Of the seat NAMED alone.
    office = models.ForeignKey(
        Office,
        verbose_name=_("指定的单位"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="route_steps",
    )

    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = _("办理路径")
        ordering = ["kind", "rule_class", "position"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "rule_class", "position"], name="route_position_once"),
            models.CheckConstraint(
                condition=Q(seat="named", office__isnull=False) | ~Q(seat="named") & Q(office__isnull=True),
                name="route_names_an_office_for_that_seat",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.rule_class} {self.position}"


class CaseActor(models.Model):
    """That a person verified or decided a case: nobody does both 四眼原则 but by a supervisor's leave."""

    class Part(models.TextChoices):
        VERIFY = "verify", _("核查")
        DECIDE = "decide", _("审批")

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="actors")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="case_parts")
    part = models.CharField(max_length=10, choices=Part.choices)
    #: The exception by which this is a second part of the same person.
    override = models.ForeignKey(
        "cases.FourEyesOverride", null=True, blank=True, on_delete=models.PROTECT, related_name="parts"
    )

    class Meta:
        verbose_name = _("经办人")
        constraints = [
            models.UniqueConstraint(fields=["case", "user", "part"], name="case_actor_part_once"),
            models.UniqueConstraint(
                fields=["case", "user"], condition=Q(override=None), name="case_actor_has_one_part"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.get_part_display()}"
