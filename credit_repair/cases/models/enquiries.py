"""Enquiries 协查: what a verifying office asks another body, and what that body answers."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from credit_repair.cases.models.cases import Case
from credit_repair.cases.models.materials import StoredFile
from credit_repair.cases.models.steps import ReviewStep
from credit_repair.notices.models import Document
from credit_repair.registry.models import Office


class Enquiry(models.Model):
    """A letter of enquiry 协查函 with a reply slip and a due day of its own; the case's clocks run on.

    Silence says nothing: an enquiry that nobody has answered is shown as such, never as consent.
    """

    class Channel(models.TextChoices):
        LINK = "link", _("网上回复")
        PAPER = "paper", _("纸质回函")

    class Answer(models.TextChoices):
        CONFIRMED = "confirmed", _("情况属实")
        DENIED = "denied", _("情况不属实")
        UNKNOWN = "unknown", _("无法核实")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="enquiries")
    #: The verifying step for which it is asked.
    step = models.ForeignKey(ReviewStep, on_delete=models.PROTECT, related_name="enquiries")
    #: Who is asked: an office of this site, or any other body by its name.
    office = models.ForeignKey(
        Office, null=True, blank=True, on_delete=models.PROTECT, related_name="enquiries_received"
    )
    addressee = models.CharField(_("主送单位"), max_length=100)
    email = models.EmailField(_("联系邮箱"), blank=True)
    question = models.TextField(_("协查事项"))
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="enquiries_asked"
    )
    asked_at = models.DateTimeField()
    asked_on = models.DateField()
    due_on = models.DateField(_("请于此日前回复"))
    document = models.ForeignKey(Document, null=True, on_delete=models.PROTECT, related_name="+")
    #: Hash of the secret in the reply link, which opens this enquiry alone until it is answered or closed.
    #: The letter's frozen context has the secret itself, encrypted: it is printed there and on a reminder.
    secret_hash = models.CharField(max_length=64, unique=True)
    answer = models.CharField(_("核实结果"), max_length=10, choices=Answer.choices, blank=True)
    reply = models.TextField(_("回复内容"), blank=True)
    replied_by = models.CharField(_("回复人"), max_length=100, blank=True)
    replied_phone = models.CharField(_("联系电话"), max_length=30, blank=True)
    replied_at = models.DateTimeField(null=True, blank=True)
    channel = models.CharField(max_length=8, choices=Channel.choices, blank=True)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="enquiries_entered",
    )
    files = models.ManyToManyField(StoredFile, blank=True, related_name="enquiries")
    #: When the addressee was last reminded, by a person or by the day's round.
    reminded_at = models.DateTimeField(null=True, blank=True)
    #: Taken back, or not needed any longer.
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("协查")
        ordering = ["case", "asked_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(replied_at__isnull=True, answer="", channel="")
                | Q(replied_at__isnull=False, closed_at__isnull=True) & ~Q(answer="") & ~Q(channel=""),
                name="enquiry_reply_has_an_answer",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_on"],
                condition=Q(replied_at__isnull=True, closed_at__isnull=True),
                name="enquiry_open_by_due",
            )
        ]

    def __str__(self) -> str:
        return f"{self.case} · {self.addressee}"

    @property
    def is_open(self) -> bool:
        """Whether an answer is still awaited."""
        return self.replied_at is None and self.closed_at is None
