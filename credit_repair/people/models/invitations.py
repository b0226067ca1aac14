"""Invitations: how officials and administrators come in, and come in again."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from credit_repair.people.models.administrators import Administration
from credit_repair.people.models.users import User
from credit_repair.registry.models import Office


class Invitation(models.Model):
    """A link, sent by mail, by which a person makes an account, or regains theirs 邀请. Used once.

    The link's secret is kept as a hash alone. To regain an account sets a new password and takes away the
    lost second factors; the person sets new ones at once.
    """

    class Purpose(models.TextChoices):
        JOIN = "join", _("开通账号")
        REGAIN = "regain", _("恢复登录")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    purpose = models.CharField(_("用途"), max_length=6, choices=Purpose.choices, default=Purpose.JOIN)
    user = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="invitations"
    )
    email = models.EmailField(_("邮箱"))
    display_name = models.CharField(_("姓名"), max_length=50)
    office = models.ForeignKey(
        Office,
        verbose_name=_("单位"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="invitations",
    )
    roles = models.JSONField(_("角色"), default=list, blank=True)
    administration = models.CharField(
        _("管理职责"), max_length=8, choices=Administration.Kind.choices, blank=True
    )
    since = models.DateField(_("自"), null=True, blank=True)
    until = models.DateField(_("至"), null=True, blank=True)
    reason = models.CharField(_("事由"), max_length=200, blank=True)
    secret_hash = models.CharField(max_length=64, unique=True, editable=False)
    invited_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="invitations_sent"
    )
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="invitations_revoked"
    )

    class Meta:
        verbose_name = verbose_name_plural = _("邀请")
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(purpose="regain", user__isnull=False)
                | Q(purpose="join", administration="", office__isnull=False, since__isnull=False)
                | Q(purpose="join", office__isnull=True, since__isnull=False) & ~Q(administration=""),
                name="invitation_says_to_what",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True) | Q(revoked_at__isnull=True, user__isnull=False),
                name="invitation_accepted_or_revoked",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.display_name} <{self.email}>"
