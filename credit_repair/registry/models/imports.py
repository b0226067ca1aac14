"""What came in, what was refused, and how good the supply was."""

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from credit_repair.core.fields import EncryptedTextField
from credit_repair.registry.models.offices import Platform
from credit_repair.registry.models.records import Record
from credit_repair.registry.models.subjects import Subject


class ImportBatch(models.Model):
    """One file that was imported 导入批次, by whom, with what result."""

    class State(models.TextChoices):
        WAITING = "waiting", _("等待导入")
        RUNNING = "running", _("正在导入")
        DONE = "done", _("已导入")
        UNREADABLE = "unreadable", _("无法读取")
        STOPPED = "stopped", _("中途停止")
        UNDONE = "undone", pgettext_lazy("导入", "已撤销")

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    #: Files that came in together, from one folder or one choice, share this.
    group = models.UUIDField(default=uuid4, editable=False, db_index=True)
    kind = models.CharField(
        _("表格种类"), max_length=15, choices=Record.Kind.choices, default=Record.Kind.PENALTY
    )
    state = models.CharField(_("状态"), max_length=12, choices=State.choices, default=State.DONE)
    file_name = models.CharField(_("文件名"), max_length=200)
    #: Kept only until the import has ended.
    file = models.FileField(upload_to="imports", blank=True)
    sha256 = models.CharField(max_length=64)
    as_of = models.DateField(_("导入日"))
    platforms = models.ManyToManyField(Platform, verbose_name=_("公示平台"), blank=True)
    started_at = models.DateTimeField(_("开始时间"))
    finished_at = models.DateTimeField(null=True, blank=True)
    imported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("导入人"), null=True, blank=True, on_delete=models.PROTECT
    )
    #: Data rows in the file, and the highest number of a row that has been dealt with: what a bar shows.
    total = models.PositiveIntegerField(_("总行数"), default=0)
    reached = models.PositiveIntegerField(default=0)
    problem = models.TextField(_("问题"), blank=True)
    taken = models.PositiveIntegerField(_("新增"), default=0)
    updated = models.PositiveIntegerField(_("更新"), default=0)
    unchanged = models.PositiveIntegerField(_("未变"), default=0)
    refused = models.PositiveIntegerField(_("拒收"), default=0)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = verbose_name_plural = _("导入批次")
        ordering = ["-started_at"]

    def __str__(self) -> str:
        return self.file_name

    @property
    def rows(self) -> int:
        """How many data rows have been dealt with."""
        return self.taken + self.updated + self.unchanged + self.refused

    @property
    def is_under_way(self) -> bool:
        """Whether rows are still to come."""
        return self.state in (self.State.WAITING, self.State.RUNNING)


class ImportLine(models.Model):
    """One line of a batch's report that a person should read: a refusal, or a warning."""

    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="lines")
    row = models.PositiveIntegerField(_("行号"))
    outcome = models.CharField(_("结果"), max_length=12)
    field = models.CharField(_("列"), max_length=60, blank=True)
    code = models.CharField(_("代码"), max_length=40, blank=True)
    reason = models.TextField(_("原因"), blank=True)
    #: A refused row as it came, by field as JSON, so that it can be handed back to be mended. It may hold
    #: personal numbers.
    cells = EncryptedTextField(blank=True)

    class Meta:
        verbose_name = _("导入报告行")
        ordering = ["batch", "row", "id"]
        indexes = [
            models.Index(fields=["batch", "row"], name="import_line_by_row"),
            models.Index(fields=["code", "batch"], name="import_line_by_code"),
        ]

    def __str__(self) -> str:
        return f"{self.row}: {self.code}"


class NameConflict(models.Model):
    """That a row names a known code otherwise 名称与代码不一致; a person says whether the name changed."""

    class State(models.TextChoices):
        OPEN = "open", _("待处理")
        ACCEPTED = "accepted", _("按更名办理")
        DISMISSED = "dismissed", _("维持原名")

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    line = models.OneToOneField(ImportLine, on_delete=models.CASCADE, related_name="conflict")
    subject = models.ForeignKey(Subject, on_delete=models.CASCADE, related_name="name_conflicts")
    known_name = models.CharField(_("已登记的名称"), max_length=200)
    name = models.CharField(_("来表中的名称"), max_length=200)
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.OPEN)
    reason = models.CharField(_("处理说明"), max_length=500, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    #: What became of the row when it was taken up again.
    outcome = models.CharField(max_length=12, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("名称冲突")
        ordering = ["-id"]
        indexes = [models.Index(fields=["id"], condition=Q(state="open"), name="name_conflict_open")]

    def __str__(self) -> str:
        return f"{self.known_name} → {self.name}"


class SupplyCount(models.Model):
    """How one source supplied in one batch 报送质量, by the month of the import: rows, not records."""

    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="supply")
    month = models.DateField(_("月份"))  # its first day
    source_code = models.CharField(_("来源单位代码"), max_length=18, blank=True)
    source_name = models.CharField(_("来源单位"), max_length=100, blank=True)
    rows = models.PositiveIntegerField(_("行数"), default=0)
    refused = models.PositiveIntegerField(_("拒收"), default=0)
    warned = models.PositiveIntegerField(_("需核对"), default=0)
    taken = models.PositiveIntegerField(_("新增"), default=0)
    #: New records that came later than the working days which the rules allow after the decision.
    late = models.PositiveIntegerField(_("超期报送"), default=0)
    wrong_codes = models.PositiveIntegerField(_("错码"), default=0)
    duplicate_codes = models.PositiveIntegerField(_("重码"), default=0)

    class Meta:
        verbose_name = verbose_name_plural = _("报送质量")
        ordering = ["-month", "source_code"]
        indexes = [models.Index(fields=["month", "source_code"], name="supply_by_month")]
        constraints = [
            models.UniqueConstraint(
                fields=["batch", "source_code", "source_name"], name="supply_once_per_batch_and_source"
            )
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.source_name}"
