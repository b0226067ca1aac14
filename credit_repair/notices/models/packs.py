"""Several documents at once: packed 打包, bound for the printer 合并打印, or made and signed again 补签."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from credit_repair.notices.models.documents import Document


class DocumentPack(models.Model):
    """What one person asked for several documents at once, and what became of it.

    It is theirs alone, and a worker sees to it. Its file is gone when its time is over.
    """

    class Kind(models.TextChoices):
        ZIP = "zip", _("打包下载")
        PRINT = "print", _("合并打印")
        #: Makes no file: the documents that have none are made and signed 补签.
        SIGN = "sign", _("补签")

    class State(models.TextChoices):
        WAITING = "waiting", _("等待办理")
        MAKING = "making", _("正在办理")
        READY = "ready", _("已完成")
        FAILED = "failed", _("没有做成")

    class Order(models.TextChoices):
        NEWEST = "newest", _("成文日期，新的在前")
        OLDEST = "oldest", _("成文日期，旧的在前")
        NUMBER = "number", _("文号")
        KIND = "kind", _("种类，同种类按文号")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("种类"), max_length=10, choices=Kind.choices)
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.WAITING)
    order = models.CharField(_("次序"), max_length=10, choices=Order.choices, default=Order.NEWEST)
    #: Whether each document begins on the front of a sheet 双面打印.
    two_sided = models.BooleanField(_("双面打印"), default=False)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="document_packs"
    )
    asked_at = models.DateTimeField(_("提出时间"))
    expires_at = models.DateTimeField(_("保留至"))
    finished_at = models.DateTimeField(_("完成时间"), null=True, blank=True)
    total = models.PositiveIntegerField(_("文书份数"))
    done = models.PositiveIntegerField(_("已处理"), default=0)
    #: Why it could not be made, in words for who asked.
    problem = models.CharField(max_length=300, blank=True)
    file = models.FileField(upload_to="packs", blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    size = models.PositiveBigIntegerField(default=0)
    #: Of a file for the printer, blank pages included.
    pages = models.PositiveIntegerField(_("页数"), default=0)

    class Meta:
        verbose_name = verbose_name_plural = _("文书打包")
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(total__gte=1), name="document_pack_has_documents"),
            models.CheckConstraint(condition=Q(done__lte=F("total")), name="document_pack_done_in_total"),
            models.CheckConstraint(
                condition=~Q(state="ready") | Q(kind="sign") | ~Q(file="") & ~Q(sha256=""),
                name="document_pack_ready_has_a_file",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "making"], finished_at__isnull=True)
                | Q(state__in=["ready", "failed"], finished_at__isnull=False),
                name="document_pack_over_says_when",
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("asked_at")), name="document_pack_expires_later"
            ),
        ]
        indexes = [models.Index(fields=["expires_at"], name="document_pack_by_expiry")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.asked_at:%Y-%m-%d}"

    @property
    def is_under_way(self) -> bool:
        """Whether something of it is still to be done."""
        return self.state in (self.State.WAITING, self.State.MAKING)


class PackItem(models.Model):
    """One document of a pack, in its place, and what became of it there."""

    class Outcome(models.TextChoices):
        WAITING = "waiting", _("等待处理")
        INCLUDED = "included", _("已收入")
        NO_FILE = "no_file", _("正在生成，还没有PDF")
        UNSIGNED = "unsigned", _("没有签章成功，还没有PDF")
        #: Found in the register, but its file is not theirs to open: a letter of enquiry has a code in it.
        CLOSED = "closed", _("协查函，只有发函和回复的单位能打开")
        #: Not theirs to see any longer: nothing is told of it but that it was left out.
        HIDDEN = "hidden", _("您已不能查看")
        MISSING = "missing", _("文件找不到，请联系系统管理员")
        ALTERED = "altered", _("文件与登记的指纹不一致，请联系系统管理员")
        BROKEN = "broken", _("文件读不出来，请联系系统管理员")
        # Of what is made and signed again:
        MADE = "made", _("已补齐")
        ALREADY = "already", _("已有PDF，不用补")
        FAILED = "failed", _("生成出错，系统会再试；仍不成功请联系系统管理员")
        #: Its office's key did not work several times in a row.
        SPARED = "spared", _("同一单位连续签章不成，这次没有再试；系统会按时自动再试")

    pack = models.ForeignKey(DocumentPack, on_delete=models.CASCADE, related_name="items")
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveIntegerField()
    outcome = models.CharField(_("结果"), max_length=10, choices=Outcome.choices, default=Outcome.WAITING)
    #: As it was when it was packed.
    standing = models.CharField(max_length=10, choices=Document.Standing.choices, blank=True)
    file_name = models.CharField(_("文件名"), max_length=150, blank=True)
    #: The page on which it begins in a file for the printer.
    page = models.PositiveIntegerField(_("起始页"), null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("打包的文书")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["pack", "position"], name="pack_item_place_once"),
            models.UniqueConstraint(fields=["pack", "document"], name="pack_item_document_once"),
        ]

    def __str__(self) -> str:
        return f"{self.position}. {self.document_id}"
