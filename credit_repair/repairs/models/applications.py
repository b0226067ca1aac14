"""What a repair application has besides a case."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from credit_repair.cases.models import Case, Filing
from credit_repair.notices.models import Document
from credit_repair.registry.models import Record

KIND = "repair"


def record_of(case: Case) -> Record:
    """Return the record that a repair application lies on; every one lies on one."""
    if case.record is None:
        raise RuntimeError("a repair application lies on a record")
    return case.record


class RepairBasket(models.Model):
    """What is answered once for every application of a filing 一次填写: the draft's common part.

    Each application has its own copy of the answers, so that it stays as it was filed.
    """

    filing = models.OneToOneField(Filing, on_delete=models.CASCADE, primary_key=True, related_name="basket")
    corrected = models.BooleanField(_("违法行为已经改正"), default=False)
    statement = models.TextField(_("改正和履行情况说明"), blank=True)
    contact_name = models.CharField(_("联系人"), max_length=50, blank=True)
    contact_phone = models.CharField(_("联系电话"), max_length=30, blank=True)
    #: Counts the saves: a page that was made from an older one must not overwrite a newer.
    revision = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = verbose_name_plural = _("信用修复申请批次")

    def __str__(self) -> str:
        return str(self.filing)


class RepairApplication(models.Model):
    """The applicant's own words in a repair application, saved at every step."""

    case = models.OneToOneField(Case, on_delete=models.CASCADE, primary_key=True, related_name="repair")
    corrected = models.BooleanField(_("违法行为已经改正"), default=False)
    performed_on = models.DateField(_("义务履行完毕日期"), null=True, blank=True)
    statement = models.TextField(_("改正和履行情况说明"), blank=True)
    contact_name = models.CharField(_("联系人"), max_length=50, blank=True)
    contact_phone = models.CharField(_("联系电话"), max_length=30, blank=True)
    accepted_on = models.DateField(_("受理日期"), null=True, blank=True)
    decided_on = models.DateField(_("决定日期"), null=True, blank=True)
    #: While it waits: the first lawful day, on which it submits itself 预约提交.
    scheduled_for = models.DateField(_("预约提交日期"), null=True, blank=True)
    urged_on = models.DateField(_("最近催办日期"), null=True, blank=True)
    #: The earlier application that this one begins anew.
    again_of = models.ForeignKey(
        Case, null=True, blank=True, on_delete=models.PROTECT, related_name="filed_again"
    )

    class Meta:
        verbose_name = verbose_name_plural = _("信用修复申请")
        indexes = [
            models.Index(
                fields=["scheduled_for"],
                condition=Q(scheduled_for__isnull=False),
                name="repair_scheduled_for",
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_on__isnull=True) | Q(accepted_on__isnull=False),
                name="repair_decided_after_acceptance",
            )
        ]

    def __str__(self) -> str:
        return str(self.case)

    @property
    def statement_complete(self) -> bool:
        """Whether the applicant has answered everything that is asked in words."""
        return bool(
            self.corrected
            and self.performed_on
            and self.statement
            and self.contact_name
            and self.contact_phone
        )


class LetterSignature(models.Model):
    """That a commitment letter 信用修复承诺书 was signed on the screen: by whom, when, which letter."""

    case = models.OneToOneField(
        Case, on_delete=models.CASCADE, primary_key=True, related_name="letter_signature"
    )
    document = models.OneToOneField(Document, on_delete=models.PROTECT, related_name="letter_signature")
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="letter_signatures"
    )
    signer_name = models.CharField(max_length=50)
    signed_at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = _("承诺书在线签名")

    def __str__(self) -> str:
        return f"{self.case}: {self.signer_name}"
