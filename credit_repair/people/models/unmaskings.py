"""Looks at personal data in clear, each with its reason."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from credit_repair.people.models.users import User
from credit_repair.registry.models import Subject


class Unmasking(models.Model):
    """That an official saw a subject's personal numbers in clear 查看明文: why, when, and until when."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="unmaskings")
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="unmaskings")
    reason = models.CharField(_("查看理由"), max_length=200)
    at = models.DateTimeField()
    until = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = _("查看明文")
        indexes = [models.Index(fields=["user", "subject", "until"], name="unmasking_running")]
        constraints = [
            models.CheckConstraint(condition=~models.Q(reason=""), name="unmasking_says_why"),
        ]

    def __str__(self) -> str:
        return f"{self.user} → {self.subject}"
