"""What goes and comes as files 前置机文件交换, and every receipt that came in, however it came."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from credit_repair.platforms.models.messages import Message
from credit_repair.registry.models import Platform


class FileBatch(models.Model):
    """One numbered file of messages to a platform 批次文件.

    The row and the messages that belong to it are committed before the file is written: after a crash the
    same file is written again, byte for byte, and a number is neither skipped nor used twice.
    """

    class State(models.TextChoices):
        MAKING = "making", _("生成中")
        WRITTEN = "written", _("已放入交换目录")
        ANSWERED = "answered", _("回执齐全")

    platform = models.ForeignKey(Platform, on_delete=models.PROTECT, related_name="batches")
    number = models.PositiveIntegerField(_("批次号"))
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.MAKING)
    lines = models.PositiveIntegerField(_("条数"))
    sha256 = models.CharField(_("校验值"), max_length=64, blank=True)
    created_at = models.DateTimeField(_("生成时间"))
    written_at = models.DateTimeField(_("放入时间"), null=True, blank=True)
    answered_at = models.DateTimeField(_("回执齐全时间"), null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("批次文件")
        constraints = [
            models.UniqueConstraint(fields=["platform", "number"], name="batch_number_used_once"),
            models.CheckConstraint(
                condition=Q(state="making") | (~Q(sha256="") & Q(written_at__isnull=False)),
                name="batch_written_has_its_checksum",
            ),
        ]
        indexes = [
            models.Index(fields=["platform"], condition=Q(state="making"), name="batch_unwritten"),
        ]

    def __str__(self) -> str:
        return f"{self.platform} #{self.number}"


class ReceivedReceipt(models.Model):
    """A receipt that came by itself 回执: by call-back, by file or on asking; and what became of it.

    Kept also where it fits no message: that is what an integrator asks about first. The same one again
    changes nothing (`digest` is of what it says).
    """

    class Source(models.TextChoices):
        CALLBACK = "callback", _("平台回调")
        POLLING = "polling", _("查询所得")
        FILE = "file", _("回执文件")

    class Outcome(models.TextChoices):
        TAKEN = "taken", _("已采用")
        ALREADY = "already", _("此前已有回执")
        REFUSED = "refused", _("平台拒收")
        UNKNOWN = "unknown", _("没有这条消息")
        ODD = "odd", _("与消息状态不符")

    platform = models.ForeignKey(Platform, on_delete=models.PROTECT, related_name="received_receipts")
    message = models.ForeignKey(
        Message, on_delete=models.PROTECT, related_name="received_receipts", null=True, blank=True
    )
    message_uuid = models.CharField(max_length=64)
    source = models.CharField(_("来源"), max_length=10, choices=Source.choices)
    outcome = models.CharField(_("处理结果"), max_length=10, choices=Outcome.choices)
    receipt = models.CharField(_("回执"), max_length=200, blank=True)
    effect = models.CharField(max_length=10, blank=True)
    detail = models.TextField(_("说明"), blank=True)
    digest = models.CharField(max_length=64)
    received_at = models.DateTimeField(_("收到时间"))

    class Meta:
        verbose_name = verbose_name_plural = _("收到的回执")
        constraints = [
            models.UniqueConstraint(fields=["platform", "digest"], name="receipt_received_once"),
        ]

    def __str__(self) -> str:
        return f"{self.message_uuid}: {self.get_outcome_display()}"


class InboundFile(models.Model):
    """A file that a platform or source left for us 收到的文件: receipts, records, or changes of records.

    Known by its content: what was taken, left again under whatever name, is answered with the first outcome.
    """

    class Kind(models.TextChoices):
        RECEIPTS = "receipts", _("回执")
        RECORDS = "records", _("信用记录")
        CHANGES = "changes", _("记录变更")

    class State(models.TextChoices):
        READING = "reading", _("处理中")
        TAKEN = "taken", _("已处理")
        REFUSED = "refused", _("整份退回")

    platform = models.ForeignKey(Platform, on_delete=models.PROTECT, related_name="inbound_files")
    kind = models.CharField(_("类型"), max_length=10, choices=Kind.choices)
    name = models.CharField(_("文件名"), max_length=200)
    sha256 = models.CharField(_("校验值"), max_length=64)
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.READING)
    lines = models.PositiveIntegerField(_("行数"), default=0)
    taken = models.PositiveIntegerField(_("已采用"), default=0)
    refused = models.PositiveIntegerField(_("退回"), default=0)
    report = models.JSONField(default=list, blank=True)
    received_at = models.DateTimeField(_("收到时间"))
    finished_at = models.DateTimeField(_("处理完成时间"), null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("收到的文件")
        constraints = [
            models.UniqueConstraint(fields=["platform", "sha256"], name="inbound_file_read_once"),
        ]

    def __str__(self) -> str:
        return self.name
