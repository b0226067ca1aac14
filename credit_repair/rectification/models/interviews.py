"""Interviews 约谈 after an order that was not obeyed: the notice, who came, what was said and promised."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from credit_repair.cases.models import Paper
from credit_repair.notices.models import Document
from credit_repair.rectification.models.orders import Order


class Interview(models.Model):
    """One interview: the reminding one 提示约谈, then the warning one 警示约谈; each may be moved once."""

    class Kind(models.TextChoices):
        REMINDER = "reminder", _("提示约谈")
        WARNING = "warning", _("警示约谈")

    class State(models.TextChoices):
        CALLED = "called", _("已通知")
        HELD = "held", _("已约谈")
        MISSED = "missed", _("无故未到")
        MOVED = "moved", _("已改期")
        CANCELLED = "cancelled", _("已取消")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="interviews")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.CALLED)
    #: The one instead of which this one is held; nothing is moved twice.
    moved_from = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="moved_to"
    )

    # The notice 约谈通知书.
    on = models.DateField(_("约谈日期"))
    at = models.CharField(_("时间"), max_length=30)
    place = models.CharField(_("地点"), max_length=200)
    attendants = models.CharField(_("参加人员"), max_length=200)
    topics = models.TextField(_("约谈事项"))
    bring = models.TextField(_("需要携带的材料"), blank=True)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+")
    called_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    # What became of it.
    absence = models.TextField(_("未到的原因"), blank=True)
    from_to = models.CharField(_("起止时间"), max_length=40, blank=True)
    came = models.TextField(_("到场人员"), blank=True)
    interviewers = models.TextField(_("约谈人"), blank=True)
    recorder = models.CharField(_("记录人"), max_length=50, blank=True)
    said = models.JSONField(_("约谈内容"), default=list, blank=True)
    agreed = models.TextField(_("约谈结果"), blank=True)
    promise_by = models.DateField(_("承诺完成日期"), null=True, blank=True)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    entered_on = models.DateField(null=True, blank=True)
    #: The record to print, then the one with both signatures, or the scan of the paper.
    record_document = models.ForeignKey(
        Document, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    signed_document = models.ForeignKey(
        Document, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    signed_paper = models.ForeignKey(Paper, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    refused_to_sign = models.CharField(_("拒绝签名的情况"), max_length=300, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("约谈")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["order", "kind"],
                condition=Q(moved_from__isnull=True),
                name="interview_each_kind_is_called_once",
            ),
            models.UniqueConstraint(
                fields=["order"], condition=Q(state="called"), name="interview_one_called_at_a_time"
            ),
            models.CheckConstraint(
                condition=~Q(state="held") | (~Q(came="") & Q(record_document__isnull=False)),
                name="interview_held_has_its_record",
            ),
            models.CheckConstraint(
                condition=~Q(state="moved") | Q(moved_from__isnull=True), name="interview_moved_once"
            ),
            models.CheckConstraint(
                condition=~Q(state="moved") | ~Q(absence=""), name="interview_moved_says_why"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.on}"

    @property
    def is_signed(self) -> bool:
        """Whether the record is signed by both sides, or the scan of the paper says how it stands."""
        return self.signed_document_id is not None or self.signed_paper_id is not None


class InterviewSignature(models.Model):
    """A signature on the screen under the record of an interview, of one side."""

    class Side(models.TextChoices):
        SUBJECT = "subject", _("被约谈人")
        OFFICE = "office", _("约谈人")

    interview = models.ForeignKey(Interview, on_delete=models.CASCADE, related_name="signatures")
    side = models.CharField(max_length=10, choices=Side.choices)
    name = models.CharField(_("签署人"), max_length=50)
    capacity = models.CharField(max_length=50)
    strokes = models.JSONField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("约谈记录的签名")
        constraints = [
            models.UniqueConstraint(fields=["interview", "side"], name="interview_signed_once_a_side"),
        ]

    def __str__(self) -> str:
        return f"{self.get_side_display()}: {self.name}"


class Promise(models.Model):
    """What the subject promised after an interview 整改承诺: signed on the screen, or on paper, as a scan."""

    class State(models.TextChoices):
        RUNNING = "running", _("履行中")
        KEPT = "kept", _("已履行")
        BROKEN = "broken", _("未履行")
        ENDED = "ended", _("不再需要")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    interview = models.OneToOneField(Interview, on_delete=models.PROTECT, related_name="promise")
    state = models.CharField(max_length=10, choices=State.choices, default=State.RUNNING)
    items = models.TextField(_("承诺事项"))
    complete_by = models.DateField(_("承诺完成日期"))
    made_on = models.DateField(_("承诺日期"))
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    document = models.ForeignKey(Document, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    paper = models.ForeignKey(Paper, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    checked_on = models.DateField(null=True, blank=True)
    found = models.TextField(_("核查情况"), blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("整改承诺")
        constraints = [
            models.CheckConstraint(
                condition=Q(document__isnull=False, paper__isnull=True)
                | Q(document__isnull=True, paper__isnull=False),
                name="promise_on_screen_or_on_paper",
            ),
            models.CheckConstraint(
                condition=Q(state="running", checked_on__isnull=True)
                | (~Q(state="running") & Q(checked_on__isnull=False)),
                name="promise_checked_has_a_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.interview}: {self.complete_by}"
