"""People, the offices they serve, and the subjects they act for."""

import uuid
from datetime import date
from typing import Any

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from credit_repair.registry.models import Office, Subject


class User(AbstractUser):
    """A person who signs in: an enterprise's clerk or an official. Never deleted."""

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    display_name = models.CharField(_("姓名"), max_length=50)
    phone = models.CharField(_("手机号码"), max_length=30, blank=True)

    REQUIRED_FIELDS = ["display_name"]

    class Meta:
        verbose_name = verbose_name_plural = _("用户")

    def __str__(self) -> str:
        return self.display_name or self.username

    def get_full_name(self) -> str:
        """Return the person's name as it stands on pages and in notices."""
        return str(self)


class Role(models.TextChoices):
    """What a member does at an office 角色."""

    WINDOW = "window", _("窗口人员")
    DATA = "data", _("数据专员")
    INTAKE = "intake", _("受理人员")
    VERIFIER = "verifier", _("核查人员")
    APPROVER = "approver", _("审批人员")
    SUPERVISOR = "supervisor", _("督办人员")
    AUDITOR = "auditor", _("审计人员")


class DatedQuerySet(models.QuerySet[Any]):
    """Rows that count from a day to a day, both included."""

    def on(self, day: date) -> "DatedQuerySet":
        """Return those that count on `day`."""
        return self.filter(Q(until__isnull=True) | Q(until__gte=day), since__lte=day)


class Membership(models.Model):
    """A role that a person holds at an office, from a day to a day 任职."""

    user = models.ForeignKey(
        User, verbose_name=_("人员"), on_delete=models.PROTECT, related_name="memberships"
    )
    office = models.ForeignKey(
        Office, verbose_name=_("单位"), on_delete=models.PROTECT, related_name="memberships"
    )
    role = models.CharField(_("角色"), max_length=12, choices=Role.choices)
    since = models.DateField(_("自"))
    until = models.DateField(_("至"), null=True, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("任职")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "office", "role", "since"], name="membership_once_per_start"
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="membership_ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.office} · {self.get_role_display()}"


class Mandate(models.Model):
    """That a person may act for a subject 授权, from a day to a day."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(User, verbose_name=_("人员"), on_delete=models.PROTECT, related_name="mandates")
    subject = models.ForeignKey(
        Subject, verbose_name=_("主体"), on_delete=models.PROTECT, related_name="mandates"
    )
    since = models.DateField(_("自"))
    until = models.DateField(_("至"), null=True, blank=True)
    approved_by = models.ForeignKey(
        User,
        verbose_name=_("核准人"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="approved_mandates",
    )

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("授权")
        constraints = [
            models.UniqueConstraint(fields=["user", "subject", "since"], name="mandate_once_per_start"),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="mandate_ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} → {self.subject}"
