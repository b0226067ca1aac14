"""What one person proposes and another approves before it counts; nothing of it is changed or deleted."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from credit_repair.registry.models import Office


class Proposal(models.Model):
    """A version 版本 that waits for a second person, holds, has held, or was declined.

    What it says is written once. To change it, another version is proposed in its place: who approves can
    only approve what they have seen.
    """

    class State(models.TextChoices):
        OPEN = "open", _("待审核")
        CURRENT = "current", _("现行")
        PAST = "past", _("已被替换")
        DECLINED = "declined", _("未采用")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    office = models.ForeignKey(
        Office, verbose_name=_("单位"), on_delete=models.PROTECT, related_name="%(class)ss"
    )
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.OPEN)
    why = models.CharField(_("修改原因"), max_length=200)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("修改人"), on_delete=models.PROTECT, related_name="+"
    )
    written_at = models.DateTimeField()
    #: Who approved or declined it; the author themself where they took it back.
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("审核人"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    reviewed_at = models.DateTimeField(null=True, blank=True)
    declined_why = models.CharField(_("未采用的原因"), max_length=200, blank=True)

    class Meta:
        abstract = True
        ordering = ["-written_at", "-id"]


#: Approved by somebody, and never by its author.
FOUR_EYES = Q(state__in=("open", "declined")) | Q(reviewer__isnull=False, reviewed_at__isnull=False) & ~Q(
    reviewer=models.F("author")
)
