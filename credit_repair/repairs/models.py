"""What a repair application has besides a case."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from credit_repair.cases.models import Case

KIND = "repair"


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
    revision = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = verbose_name_plural = _("信用修复申请")
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
