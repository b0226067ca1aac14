"""Issued documents."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from credit_repair.registry.models import Office


class Document(models.Model):
    """A document 文书 with everything it says frozen in it; its PDF is made after commit, and always made.

    The number, where the kind has one, is taken in the transaction of the decision. None is reused.
    """

    class State(models.TextChoices):
        PENDING = "pending", _("正在生成")
        READY = "ready", _("已生成")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("种类"), max_length=40)
    title = models.CharField(_("标题"), max_length=100)
    office = models.ForeignKey(
        Office,
        verbose_name=_("发文机关"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="documents",
    )
    prefix = models.CharField(_("发文代字"), max_length=12, blank=True)
    year = models.PositiveIntegerField(_("年份"), null=True, blank=True)
    serial = models.PositiveIntegerField(_("序号"), null=True, blank=True)
    number = models.CharField(_("文号"), max_length=60, null=True, blank=True, unique=True)
    issued_on = models.DateField(_("成文日期"))
    context = models.JSONField(default=dict)
    rule_set = models.CharField(max_length=40, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PENDING)
    file = models.FileField(upload_to="documents", blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    size = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = _("文书")
        constraints = [
            models.UniqueConstraint(
                fields=["office", "prefix", "year", "serial"], name="document_serial_once"
            ),
            models.CheckConstraint(
                condition=Q(number__isnull=True, serial__isnull=True, year__isnull=True)
                | Q(number__isnull=False, serial__isnull=False, year__isnull=False, office__isnull=False),
                name="document_number_is_whole",
            ),
            models.CheckConstraint(
                condition=~Q(state="ready") | (~Q(file="") & ~Q(sha256="")), name="document_ready_has_a_file"
            ),
        ]
        indexes = [
            models.Index(fields=["created_at"], condition=Q(state="pending"), name="document_to_render"),
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.number or ''}".strip()

    @property
    def file_name(self) -> str:
        """The name under which a person saves the file."""
        return f"{self.title}{self.number or ''}.pdf"
