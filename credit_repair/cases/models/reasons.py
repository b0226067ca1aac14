"""Why something was refused, or what is missing: reason codes, and what a case was told."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from credit_repair.cases.models.cases import Case


class Mends(models.TextChoices):
    """What of an application must be made anew to mend something 需要重做的部分; the rest was good."""

    NOTHING = "", _("无需重做")
    STATEMENT = "statement", _("情况说明")
    COMMITMENT = "commitment", _("信用修复承诺书")
    PROOF = "proof", _("证明材料")


class ReasonCode(models.Model):
    """A reason that a negative answer can name 理由代码: a code for statistics, words for the letter."""

    class Use(models.TextChoices):
        NOT_ACCEPTED = "not_accepted", _("不予受理")
        REFUSED = "refused", _("不予修复")
        CORRECTION = "correction", _("补正")

    kind = models.CharField(_("案件种类"), max_length=20, default="repair")
    use = models.CharField(_("用于"), max_length=15, choices=Use.choices)
    code = models.CharField(_("代码"), max_length=40)
    text = models.CharField(_("理由（写入文书）"), max_length=300)
    advice = models.CharField(_("申请人可以怎样做"), max_length=300, blank=True)
    basis = models.CharField(_("依据"), max_length=300, blank=True, default="", db_default="")
    mends = models.CharField(
        _("需要重做的部分"),
        max_length=12,
        choices=Mends.choices,
        blank=True,
        default=Mends.NOTHING,
        db_default="",
    )
    position = models.PositiveSmallIntegerField(_("次序"), default=0)
    active = models.BooleanField(_("启用"), default=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = _("理由代码")
        ordering = ["kind", "use", "position", "code"]
        constraints = [models.UniqueConstraint(fields=["kind", "use", "code"], name="reason_code_once")]

    def __str__(self) -> str:
        return self.text


class CaseReason(models.Model):
    """One reason of a negative answer 不予受理或者不予修复的理由, as the applicant was given it then."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="reasons")
    use = models.CharField(max_length=15, choices=ReasonCode.Use.choices)
    #: Empty where the official wrote it in words of their own.
    code = models.CharField(max_length=40, blank=True)
    text = models.CharField(max_length=2000)
    basis = models.CharField(max_length=300, blank=True)
    advice = models.CharField(max_length=2000, blank=True)
    mends = models.CharField(max_length=12, choices=Mends.choices, blank=True)
    position = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name = _("理由")
        ordering = ["case", "position"]
        constraints = [models.UniqueConstraint(fields=["case", "position"], name="case_reason_position_once")]
        indexes = [models.Index(fields=["use", "code"], name="case_reason_by_code")]

    def __str__(self) -> str:
        return self.text


class CorrectionItem(models.Model):
    """One gap that a correction notice lists 补正事项, and the applicant's answer to it.

    Files that answer it are attachments that point here.
    """

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="correction_items")
    position = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=40, blank=True)
    text = models.CharField(max_length=2000)
    advice = models.CharField(max_length=2000, blank=True)
    mends = models.CharField(max_length=12, choices=Mends.choices, blank=True)
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("补正事项")
        ordering = ["case", "position"]
        constraints = [models.UniqueConstraint(fields=["case", "position"], name="correction_position_once")]

    def __str__(self) -> str:
        return self.text
