"""Who must not handle a case, and the exception to the four eyes."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from credit_repair.cases.models.cases import Case


class Recusal(models.Model):
    """That an official has declared not to be impartial in a case 自行回避: they handle it no longer."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="recusals")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="recusals")
    reason = models.CharField(_("回避原因"), max_length=500)
    declared_at = models.DateTimeField()

    class Meta:
        verbose_name = _("回避")
        constraints = [models.UniqueConstraint(fields=["case", "user"], name="recusal_once")]

    def __str__(self) -> str:
        return f"{self.user} · {self.case}"


class FourEyesOverride(models.Model):
    """That a supervisor lets one person verify and decide the same case 四眼原则的例外, until a day."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="overrides")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="four_eyes_overrides"
    )
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="four_eyes_overrides_granted"
    )
    reason = models.CharField(_("原因"), max_length=500)
    granted_at = models.DateTimeField()
    granted_on = models.DateField()
    until = models.DateField(_("有效期至"))
    #: The act that was done by it.
    used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("同一人办理的特别批准")
        ordering = ["case", "granted_at"]
        constraints = [
            models.CheckConstraint(condition=~Q(user=F("granted_by")), name="override_by_somebody_else"),
            models.CheckConstraint(condition=Q(until__gte=F("granted_on")), name="override_until_later"),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.case}"
