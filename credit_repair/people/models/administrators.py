"""The three administrators, apart from each other and from every case 三员分立."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from credit_repair.people.models.dated import DatedQuerySet
from credit_repair.people.models.users import User


class Administration(models.Model):
    """That a person administers the site in one of three ways, from a day to a day. None reads cases.

    The system administrator keeps reference data and looks after the machine; the security administrator
    says who may come in; the audit administrator reads what the others and everybody did.
    """

    class Kind(models.TextChoices):
        SYSTEM = "system", _("系统管理员")
        SECURITY = "security", _("安全管理员")
        AUDIT = "audit", _("审计管理员")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(
        User, verbose_name=_("人员"), on_delete=models.PROTECT, related_name="administrations"
    )
    kind = models.CharField(_("职责"), max_length=8, choices=Kind.choices)
    since = models.DateField(_("自"))
    until = models.DateField(_("至"), null=True, blank=True)
    appointed_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="administrations_made"
    )

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("管理员")
        constraints = [
            models.UniqueConstraint(fields=["user", "kind", "since"], name="administration_once_per_start"),
            models.UniqueConstraint(
                fields=["user"], condition=Q(until__isnull=True), name="administration_one_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")),
                name="administration_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.get_kind_display()}"
