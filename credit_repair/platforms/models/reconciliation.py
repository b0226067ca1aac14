"""What platforms show beside what they should 对账, day by day, and what was seen on websites not ours."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from credit_repair.platforms.models.messages import Message
from credit_repair.registry.models import Platform, Record


class Reconciliation(models.Model):
    """One comparison of everything that one platform shows with what it should 对账."""

    class State(models.TextChoices):
        RUNNING = "running", _("进行中")
        DONE = "done", _("已完成")
        BROKEN = "broken", _("未完成")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    platform = models.ForeignKey(Platform, on_delete=models.PROTECT, related_name="reconciliations")
    day = models.DateField(_("对账日期"))
    state = models.CharField(_("状态"), max_length=8, choices=State.choices, default=State.RUNNING)
    started_at = models.DateTimeField(_("开始时间"))
    finished_at = models.DateTimeField(_("完成时间"), null=True, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    compared = models.PositiveIntegerField(_("比对条数"), default=0)
    agreed = models.PositiveIntegerField(_("一致"), default=0)
    under_way = models.PositiveIntegerField(_("消息在途，暂不比对"), default=0)
    mended = models.PositiveIntegerField(_("已自动补发"), default=0)
    raised = models.PositiveIntegerField(_("待人工处理"), default=0)
    #: Where the asking stands, so that a run that was cut off goes on: the last UUID of the platform's list.
    cursor = models.CharField(max_length=64, blank=True)
    sha256 = models.CharField(_("证明文件校验值"), max_length=64, blank=True)
    note = models.TextField(_("说明"), blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("对账")
        constraints = [
            models.UniqueConstraint(
                fields=["platform"], condition=Q(state="running"), name="reconciliation_one_at_a_time"
            ),
            models.CheckConstraint(
                condition=~Q(state="done") | (Q(finished_at__isnull=False) & ~Q(sha256="")),
                name="reconciliation_done_has_its_proof",
            ),
        ]
        indexes = [models.Index(fields=["platform", "-day"], name="reconciliation_by_day")]

    def __str__(self) -> str:
        return f"{self.platform} {self.day}"


class Difference(models.Model):
    """One record that a platform shows otherwise than it should 差异, and what was done about it."""

    class Kind(models.TextChoices):
        STILL_SHOWN = "still_shown", _("应撤下而仍在公示")
        NOT_SHOWN = "not_shown", _("应公示而没有公示")
        UNKNOWN_RECORD = "unknown_record", _("公示了本系统没有的记录")
        ANNOTATION = "annotation", _("异议标注不一致")

    class Handling(models.TextChoices):
        SENT_AGAIN = "sent_again", _("已补发消息")
        RAISED = "raised", _("待人工处理")
        SETTLED = "settled", _("已处理")

    reconciliation = models.ForeignKey(Reconciliation, on_delete=models.CASCADE, related_name="differences")
    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    record_uuid = models.UUIDField()
    kind = models.CharField(_("差异"), max_length=16, choices=Kind.choices)
    handling = models.CharField(_("处理"), max_length=10, choices=Handling.choices)
    message = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    said = models.JSONField(default=dict, blank=True)
    settled_at = models.DateTimeField(_("处理时间"), null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    note = models.TextField(_("处理说明"), blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("对账差异")
        constraints = [
            models.UniqueConstraint(
                fields=["reconciliation", "record_uuid", "kind"], name="difference_found_once"
            ),
        ]
        indexes = [
            models.Index(fields=["reconciliation"], condition=Q(handling="raised"), name="difference_open"),
        ]

    def __str__(self) -> str:
        return f"{self.record_uuid}: {self.get_kind_display()}"


class Sighting(models.Model):
    """What a person or a plugin saw of a record on a website that is not ours 第三方核查, with the proof."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    platform = models.ForeignKey(Platform, on_delete=models.PROTECT, related_name="sightings")
    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="sightings")
    shown = models.BooleanField(_("仍在公示"))
    seen_at = models.DateTimeField(_("核查时间"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    checker = models.CharField(_("核查方式"), max_length=60, blank=True)
    address = models.URLField(_("网页地址"), max_length=500, blank=True)
    evidence = models.FileField(_("截图或网页存档"), upload_to="sightings/", max_length=200, blank=True)
    sha256 = models.CharField(_("校验值"), max_length=64, blank=True)
    note = models.TextField(_("说明"), blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("第三方核查")
        constraints = [
            models.CheckConstraint(
                condition=Q(by__isnull=False) | ~Q(checker=""), name="sighting_somebody_saw_it"
            ),
            models.CheckConstraint(
                condition=Q(evidence="") | ~Q(sha256=""), name="sighting_evidence_is_kept"
            ),
        ]
        indexes = [
            models.Index(fields=["record", "platform", "-seen_at"], name="sighting_newest"),
            # Where something was seen: few of all that was looked at.
            models.Index(fields=["record", "platform"], condition=Q(shown=True), name="sighting_shown"),
        ]

    def __str__(self) -> str:
        return f"{self.record} @ {self.platform}"
