"""Reviews of a decision by a higher body or a court."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from credit_repair.cases.models import Case, Paper
from credit_repair.registry.models import Record


class Review(models.Model):
    """That a decision is under review 行政复议 or before a court 行政诉讼, and what came of it.

    It suspends no publicity. It is about the penalty itself, or about what was decided in a repair: then it
    has that case. An outcome is entered once; what follows from it, services.reviews does.
    """

    class Kind(models.TextChoices):
        REVIEW = "review", _("行政复议")
        LAWSUIT = "lawsuit", _("行政诉讼")

    class About(models.TextChoices):
        PENALTY = "penalty", _("行政处罚决定")
        REPAIR = "repair", _("信用修复决定")

    class Outcome(models.TextChoices):
        UPHELD = "upheld", _("维持原决定，或者驳回请求")
        WITHDRAWN = "withdrawn", _("申请人撤回")
        SET_ASIDE = "set_aside", _("撤销信用修复决定")
        CHANGED = "changed", _("变更处罚")
        REVOKED = "revoked", _("撤销处罚")
        VOID = "void", _("确认处罚无效")

    #: What may come of which: the penalty's own outcomes withdraw the record.
    PENALTY_FALLS = (Outcome.CHANGED, Outcome.REVOKED, Outcome.VOID)
    #: What is not only written down but done at once.
    EXECUTED = (Outcome.SET_ASIDE, *PENALTY_FALLS)
    OUTCOMES = {
        About.PENALTY: (Outcome.UPHELD, Outcome.WITHDRAWN, *PENALTY_FALLS),
        About.REPAIR: (Outcome.UPHELD, Outcome.WITHDRAWN, Outcome.SET_ASIDE),
    }

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="reviews")
    case = models.ForeignKey(Case, null=True, blank=True, on_delete=models.PROTECT, related_name="reviews")
    kind = models.CharField(_("途径"), max_length=10, choices=Kind.choices)
    about = models.CharField(_("对什么不服"), max_length=10, choices=About.choices)
    body = models.CharField(_("受理机关"), max_length=100)
    number = models.CharField(_("案号"), max_length=100, blank=True)
    filed_on = models.DateField(_("提起日期"))
    paper = models.OneToOneField(
        Paper, null=True, blank=True, on_delete=models.PROTECT, related_name="filed_review"
    )
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="reviews_entered"
    )
    entered_at = models.DateTimeField()

    outcome = models.CharField(_("结果"), max_length=10, choices=Outcome.choices, blank=True)
    decided_on = models.DateField(_("作出日期"), null=True, blank=True)
    order_number = models.CharField(_("文书号"), max_length=100, blank=True)
    order_paper = models.OneToOneField(
        Paper, null=True, blank=True, on_delete=models.PROTECT, related_name="ordered_review"
    )
    reasons = models.TextField(_("理由"), blank=True)
    concluded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="reviews_concluded",
    )
    concluded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("复议和诉讼")
        ordering = ["-filed_on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(about="repair", case__isnull=False) | Q(about="penalty", case__isnull=True),
                name="review_of_a_repair_has_a_case",
            ),
            models.CheckConstraint(
                condition=Q(outcome="", decided_on__isnull=True, concluded_at__isnull=True)
                | ~Q(outcome="") & Q(decided_on__isnull=False, concluded_at__isnull=False),
                name="review_concluded_has_a_day",
            ),
            models.CheckConstraint(
                condition=Q(decided_on__isnull=True) | Q(decided_on__gte=F("filed_on")),
                name="review_decided_after_it_was_filed",
            ),
            models.UniqueConstraint(
                fields=["case", "kind"],
                condition=Q(outcome="", case__isnull=False),
                name="review_of_a_repair_runs_once",
            ),
            models.UniqueConstraint(
                fields=["record", "kind"],
                condition=Q(outcome="", case__isnull=True),
                name="review_of_a_penalty_runs_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.number}"

    @property
    def is_running(self) -> bool:
        """Whether nothing has come of it yet."""
        return not self.outcome
