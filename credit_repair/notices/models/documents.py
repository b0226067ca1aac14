"""Issued documents."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from credit_repair.registry.models import Office, Subject


class Document(models.Model):
    """A document 文书 with everything it says frozen in it; its PDF is made after commit, and always made.

    The number, where the kind has one, is taken in the transaction of the decision. None is reused.
    """

    class State(models.TextChoices):
        PENDING = "pending", _("正在生成")
        READY = "ready", _("已生成")

    class Standing(models.TextChoices):
        """Whether it holds 效力: what the public page says of it."""

        VALID = "valid", _("有效")
        REPLACED = "replaced", _("已被替换")
        REVOKED = "revoked", _("已撤销")
        #: Never went out; its number is not given again.
        VOID = "void", _("作废")

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
    #: On whom it is to be served 送达; none for what is served on nobody.
    addressee = models.ForeignKey(
        Subject,
        verbose_name=_("受送达人"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="documents",
    )
    #: Of the template, the style sheet and the texts on the day of issue, see versions.template_version().
    template_version = models.CharField(_("模板版本"), max_length=64, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PENDING)
    file = models.FileField(upload_to="documents", blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    size = models.PositiveIntegerField(default=0)
    #: The name in the certificate; empty for a file that nobody signed.
    signed_by = models.CharField(_("电子签章"), max_length=200, blank=True)
    #: When it was signed; none for a file that nobody signed, or that was signed before this was kept.
    signed_at = models.DateTimeField(null=True, blank=True)
    #: How often it could not be signed, why the last time, and before when nobody tries again.
    signing_failures = models.PositiveSmallIntegerField(default=0)
    signing_error = models.CharField(max_length=500, blank=True)
    try_again_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    #: With which anybody can ask whether it is genuine 核验码; none for what an applicant signs.
    check_code = models.CharField(_("核验码"), max_length=16, null=True, blank=True, unique=True)
    standing = models.CharField(_("效力"), max_length=10, choices=Standing.choices, default=Standing.VALID)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_why = models.CharField(_("失效原因"), max_length=500, blank=True)
    replaced_by = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="replaces"
    )

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
            models.CheckConstraint(
                condition=Q(standing="valid", ended_at__isnull=True, ended_why="")
                | ~Q(standing="valid") & Q(ended_at__isnull=False) & ~Q(ended_why=""),
                name="document_ended_says_when_and_why",
            ),
            models.CheckConstraint(
                condition=Q(standing="replaced", replaced_by__isnull=False)
                | ~Q(standing="replaced") & Q(replaced_by__isnull=True),
                name="document_replaced_says_by_what",
            ),
            models.CheckConstraint(
                condition=Q(signed_at__isnull=True) | ~Q(signed_by=""), name="document_signed_says_by_whom"
            ),
        ]
        indexes = [
            models.Index(fields=["created_at"], condition=Q(state="pending"), name="document_to_render"),
            models.Index(fields=["sha256"], condition=~Q(sha256=""), name="document_by_sha256"),
            # The register: an office's documents, the newest first.
            models.Index(fields=["office", "-issued_on", "-id"], name="document_register"),
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.number or ''}".strip()

    @property
    def file_name(self) -> str:
        """The name under which a person saves the file."""
        return f"{self.title}{self.number or ''}.pdf"
