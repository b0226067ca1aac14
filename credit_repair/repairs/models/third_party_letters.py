"""Letters to websites that are not ours and go on showing what was repaired."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from credit_repair.cases.models import Case, Paper
from credit_repair.notices.models import Document
from credit_repair.registry.models import Platform, Record


class ThirdPartyLetter(models.Model):
    """A letter to a website that goes on showing a repaired record 商请停止公示函: to whom, how it went, and
    what came back. Its text is the document's.

    One waits for its answer at a time for each record and website; whoever writes anew after its day lets the
    former one end without an answer.
    """

    class Way(models.TextChoices):
        POST = "post", _("邮寄")
        EMAIL = "email", _("电子邮件")
        IN_PERSON = "in_person", _("当面送交")
        ONLINE = "online", _("对方网站的投诉或者更正入口")

    class Outcome(models.TextChoices):
        STOPPED = "stopped", _("答复已经停止公示")
        NOT_THERE = "not_there", _("答复网站上没有该信息")
        REFUSED = "refused", _("答复不能停止公示")
        RETURNED = "returned", _("函件被退回")
        NO_ANSWER = "no_answer", _("没有答复")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="third_party_letters")
    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="third_party_letters")
    platform = models.ForeignKey(Platform, on_delete=models.PROTECT, related_name="letters")
    document = models.OneToOneField(Document, on_delete=models.PROTECT, related_name="third_party_letter")
    addressee = models.CharField(_("主送单位"), max_length=100)
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    issued_on = models.DateField(_("出具日期"))
    reply_by = models.DateField(_("答复期限"))
    sent_how = models.CharField(_("发出方式"), max_length=10, choices=Way.choices, blank=True)
    sent_on = models.DateField(_("发出日期"), null=True, blank=True)
    outcome = models.CharField(_("答复结果"), max_length=10, choices=Outcome.choices, blank=True)
    replied_on = models.DateField(_("答复日期"), null=True, blank=True)
    reply = models.TextField(_("答复情况"), blank=True)
    paper = models.OneToOneField(
        Paper, on_delete=models.PROTECT, null=True, blank=True, related_name="third_party_letter"
    )

    class Meta:
        verbose_name = verbose_name_plural = _("商请停止公示函")
        constraints = [
            models.UniqueConstraint(
                fields=["record", "platform"],
                condition=Q(outcome=""),
                name="third_party_letter_one_waits",
            ),
            models.CheckConstraint(
                condition=Q(sent_how="", sent_on__isnull=True) | (~Q(sent_how="") & Q(sent_on__isnull=False)),
                name="third_party_letter_sent_somehow_someday",
            ),
            models.CheckConstraint(
                condition=Q(outcome__in=["", "no_answer"]) | Q(replied_on__isnull=False),
                name="third_party_letter_answered_on_a_day",
            ),
            models.CheckConstraint(
                condition=Q(reply_by__gte=models.F("issued_on")), name="third_party_letter_gives_time"
            ),
        ]
        indexes = [
            models.Index(fields=["reply_by"], condition=Q(outcome=""), name="third_party_letter_waits"),
        ]

    def __str__(self) -> str:
        return f"{self.record} → {self.addressee}"
