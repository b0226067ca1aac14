"""Guidance served with a penalty 两书同达: for which offices it is made, and for which records it was."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from credit_repair.notices.models import Document
from credit_repair.registry.models import Office, Record


class GuidanceSetting(models.Model):
    """Whether guidance 信用修复告知书 is made for every new penalty of an authority, and who issues it.

    Off unless switched on. What came in before that moment gets none, so that nobody is flooded.
    """

    class Issuer(models.TextChoices):
        AUTHORITY = "authority", _("作出处罚的单位")
        CREDIT = "credit", _("信用办")

    authority = models.OneToOneField(
        Office,
        verbose_name=_("处罚机关"),
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="guidance_setting",
    )
    issuer = models.CharField(_("由谁制发"), max_length=10, choices=Issuer.choices, default=Issuer.AUTHORITY)
    is_on = models.BooleanField(_("自动制作"), default=False)
    #: From when on what comes in counts; set anew each time it is switched on.
    on_from = models.DateTimeField(null=True, blank=True)
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = verbose_name_plural = _("两书同达设置")
        constraints = [
            models.CheckConstraint(
                condition=Q(is_on=False) | Q(on_from__isnull=False), name="guidance_on_from_a_time"
            ),
        ]

    def __str__(self) -> str:
        return str(self.authority)


class Guidance(models.Model):
    """The guidance about one record: one row, whatever runs twice. Where it could not be made, why."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    record = models.OneToOneField(
        Record, verbose_name=_("信用记录"), on_delete=models.PROTECT, related_name="guidance"
    )
    office = models.ForeignKey(
        Office, verbose_name=_("制发单位"), on_delete=models.PROTECT, related_name="guidances"
    )
    document = models.OneToOneField(
        Document, null=True, blank=True, on_delete=models.PROTECT, related_name="guidance"
    )
    made_at = models.DateTimeField(_("制作时间"))
    made_on = models.DateField(_("制作日期"))
    #: Empty where the site made it by itself.
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="guidances"
    )
    problem = models.CharField(_("未能制作的原因"), max_length=300, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("信用修复告知书")
        indexes = [models.Index(fields=["office", "-made_at"], name="guidance_by_office")]
        constraints = [
            models.CheckConstraint(
                condition=Q(document__isnull=False, problem="") | Q(document__isnull=True) & ~Q(problem=""),
                name="guidance_made_or_says_why",
            ),
        ]

    def __str__(self) -> str:
        return str(self.record)
