"""What came in, and what was refused."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class ImportBatch(models.Model):
    """One file that was imported 导入批次, by whom, with what result."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    file_name = models.CharField(_("文件名"), max_length=200)
    sha256 = models.CharField(max_length=64)
    as_of = models.DateField(_("导入日"))
    started_at = models.DateTimeField(_("开始时间"))
    finished_at = models.DateTimeField(null=True, blank=True)
    imported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("导入人"), null=True, blank=True, on_delete=models.PROTECT
    )
    taken = models.PositiveIntegerField(_("新增"), default=0)
    updated = models.PositiveIntegerField(_("更新"), default=0)
    unchanged = models.PositiveIntegerField(_("未变"), default=0)
    refused = models.PositiveIntegerField(_("拒收"), default=0)

    class Meta:
        verbose_name = verbose_name_plural = _("导入批次")
        ordering = ["-started_at"]

    def __str__(self) -> str:
        return self.file_name

    @property
    def rows(self) -> int:
        """How many data rows the file had."""
        return self.taken + self.updated + self.unchanged + self.refused


class ImportLine(models.Model):
    """One line of a batch's report that a person should read: a refusal, or a warning."""

    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="lines")
    row = models.PositiveIntegerField(_("行号"))
    outcome = models.CharField(_("结果"), max_length=12)
    field = models.CharField(_("列"), max_length=60, blank=True)
    code = models.CharField(_("代码"), max_length=40, blank=True)
    reason = models.TextField(_("原因"), blank=True)

    class Meta:
        verbose_name = _("导入报告行")
        ordering = ["batch", "row", "id"]
        indexes = [models.Index(fields=["batch", "row"], name="import_line_by_row")]

    def __str__(self) -> str:
        return f"{self.row}: {self.code}"
