"""The revocation of a repair that was granted, and the bar on new applications that may follow."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from credit_repair.cases.models import Case, Paper, ReviewStep
from credit_repair.registry.models import Record, Subject
from credit_repair.repairs.models.reviews import Review


class Revocation(models.Model):
    """That a repair is to be revoked 拟撤销信用修复: what was found, what the subject says, what comes of it.

    The case itself stays where it is until the supervisor has decided.
    """

    class Ground(models.TextChoices):
        FALSE_MATERIAL = "false_material", _("提供虚假材料")
        BROKEN_PROMISE = "broken_promise", _("违背信用修复承诺")
        SET_ASIDE = "set_aside", _("准予修复的决定被复议决定或者法院裁判撤销")

    class Outcome(models.TextChoices):
        REVOKED = "revoked", _("已撤销信用修复")
        DROPPED = "dropped", _("不予撤销")

    class Way(models.TextChoices):
        ONLINE = "online", _("网上提交")
        PAPER = "paper", _("书面提交")
        ORAL = "oral", _("口头陈述，已作笔录")

    #: What is the subject's own fault: no new application for a time. A body that sets the decision aside may
    #: have another reason.
    BARRING = (Ground.FALSE_MATERIAL, Ground.BROKEN_PROMISE)

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="revocations")
    #: The supervisors' step; the one right before it is the proposal's.
    step = models.OneToOneField(ReviewStep, on_delete=models.PROTECT, related_name="revocation")
    ground = models.CharField(_("撤销事由"), max_length=20, choices=Ground.choices)
    facts = models.TextField(_("查明的事实"))
    #: The review 复议 or lawsuit 诉讼 that has set the decision aside.
    review = models.OneToOneField(
        Review, null=True, blank=True, on_delete=models.PROTECT, related_name="revocation"
    )
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="revocations_proposed"
    )
    proposed_on = models.DateField()
    #: The last day for the subject's answer 陈述申辩; None where an order binds and nothing is asked.
    answer_by = models.DateField(_("陈述申辩截止日"), null=True, blank=True)

    answer = models.TextField(_("陈述和申辩"), blank=True)
    answer_way = models.CharField(max_length=8, choices=Way.choices, blank=True)
    answered_on = models.DateField(null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="revocations_answered",
    )

    outcome = models.CharField(max_length=10, choices=Outcome.choices, blank=True)
    decided_on = models.DateField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="revocations_decided",
    )
    #: What was made of the answer, or why nothing is revoked.
    reason = models.TextField(blank=True)
    #: From when until when the record is public again; both empty where nothing was left of its period.
    restored_from = models.DateField(null=True, blank=True)
    restored_until = models.DateField(null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("撤销信用修复")
        ordering = ["case", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(outcome=""), name="revocation_one_running_per_case"
            ),
            models.CheckConstraint(
                condition=Q(outcome="", decided_on__isnull=True, decided_by__isnull=True)
                | ~Q(outcome="") & Q(decided_on__isnull=False, decided_by__isnull=False),
                name="revocation_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("proposed_by")),
                name="revocation_four_eyes",
            ),
            models.CheckConstraint(
                condition=Q(answered_on__isnull=True) | ~Q(answer=""), name="revocation_answered_in_words"
            ),
            models.CheckConstraint(
                condition=Q(ground="set_aside", review__isnull=False, answer_by__isnull=True)
                | ~Q(ground="set_aside") & Q(review__isnull=True, answer_by__isnull=False),
                name="revocation_rests_on_an_order_or_is_heard",
            ),
            models.CheckConstraint(
                condition=Q(restored_from__isnull=True) | Q(outcome="revoked"),
                name="revocation_restores_when_decided",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case}: {self.get_ground_display()}"

    @property
    def is_running(self) -> bool:
        """Whether nobody has decided on it yet."""
        return not self.outcome

    @property
    def bars(self) -> bool:
        """Whether no new application is taken for a time once it is decided."""
        return self.ground in self.BARRING


class RevocationPaper(models.Model):
    """A paper of a revocation: evidence of the office, or what the subject handed in with its answer."""

    class Side(models.TextChoices):
        EVIDENCE = "evidence", _("证据")
        ANSWER = "answer", _("陈述申辩材料")

    revocation = models.ForeignKey(Revocation, on_delete=models.CASCADE, related_name="papers")
    paper = models.OneToOneField(Paper, on_delete=models.PROTECT, related_name="of_revocation")
    side = models.CharField(max_length=10, choices=Side.choices)

    class Meta:
        verbose_name = _("撤销信用修复的材料")
        ordering = ["id"]

    def __str__(self) -> str:
        return str(self.paper)


class ApplicationBar(models.Model):
    """That a subject may file no repair application until a day 申请限制, whatever the record: because of one
    repair that it came by with false material, or whose promise it broke."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="application_bars")
    revocation = models.OneToOneField(Revocation, on_delete=models.PROTECT, related_name="bar")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="application_bars")
    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="application_bars")
    starts_on = models.DateField(_("自"))
    until = models.DateField(_("至"))

    class Meta:
        verbose_name = verbose_name_plural = _("申请限制")
        ordering = ["-until", "-id"]
        indexes = [models.Index(fields=["subject", "-until"], name="bar_by_subject")]
        constraints = [
            models.CheckConstraint(condition=Q(until__gte=F("starts_on")), name="bar_ends_after_it_starts")
        ]

    def __str__(self) -> str:
        return f"{self.subject}: {self.starts_on} – {self.until}"
