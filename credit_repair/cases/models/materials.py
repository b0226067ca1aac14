"""Files that came with a case: kept once, used by as many cases of a filing as need them."""

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from credit_repair.cases.models.cases import Case, Filing
from credit_repair.cases.models.reasons import CorrectionItem


class StoredFile(models.Model):
    """A file of a filing 文件, kept once by its content, with what was found when it was looked into.

    Several rows may name the same bytes in the storage, where a later filing uses them again: they go when
    the last row goes (services.materials).
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    filing = models.ForeignKey(Filing, on_delete=models.CASCADE, related_name="files")
    file = models.FileField(upload_to="attachments")
    name = models.CharField(max_length=120)
    mime = models.CharField(max_length=60)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="stored_files"
    )
    uploaded_at = models.DateTimeField()
    #: What the inspection found: pages, text, codes, ink; see repairs.preflight. Empty until it has run.
    facts = models.JSONField(default=dict, blank=True)
    inspected_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("文件")
        constraints = [
            models.UniqueConstraint(fields=["filing", "sha256"], name="stored_file_once_per_filing")
        ]
        indexes = [
            models.Index(
                fields=["uploaded_at"], condition=Q(inspected_at__isnull=True), name="stored_file_to_inspect"
            ),
            models.Index(fields=["file"], name="stored_file_by_name"),
        ]

    def __str__(self) -> str:
        return self.name


class Attachment(models.Model):
    """That a file is a material of a case 材料. Served only through a view that asks for permission."""

    class Kind(models.TextChoices):
        COMMITMENT = "commitment", _("已签署的信用修复承诺书")
        PROOF = "proof", _("履行义务的证明材料")
        FORM = "form", _("已签字的申请表")
        WITHDRAWAL = "withdrawal", _("已签字的撤回申请")
        OTHER = "other", _("补充材料")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="attachments")
    kind = models.CharField(max_length=15, choices=Kind.choices)
    stored = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="attachments")
    #: The gap of a correction notice that it answers.
    item = models.ForeignKey(
        CorrectionItem, null=True, blank=True, on_delete=models.PROTECT, related_name="attachments"
    )
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="uploads"
    )
    uploaded_at = models.DateTimeField()

    class Meta:
        verbose_name = _("材料")
        ordering = ["case", "kind", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "kind", "stored"],
                condition=Q(item__isnull=True),
                name="attachment_once_per_case",
            ),
            models.UniqueConstraint(
                fields=["item", "stored"],
                condition=Q(item__isnull=False),
                name="attachment_once_per_correction_item",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    # What is known of the file; select `stored` along.

    @property
    def file(self) -> Any:
        """The file itself."""
        return self.stored.file

    @property
    def name(self) -> str:
        """The name that the person gave it."""
        return self.stored.name

    @property
    def mime(self) -> str:
        """Its type, by its content."""
        return self.stored.mime

    @property
    def size(self) -> int:
        """Its size in bytes."""
        return self.stored.size

    @property
    def sha256(self) -> str:
        """The digest of its content."""
        return self.stored.sha256


class Upload(models.Model):
    """A file on its way 续传: what has come in so far, in parts, so that a broken line costs one part.

    The parts lie in the storage, so that any machine can take the next one. `target` says where it goes when
    it is whole: which cases of the filing, which correction item.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    filing = models.ForeignKey(Filing, on_delete=models.CASCADE, related_name="uploads")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="running_uploads"
    )
    kind = models.CharField(max_length=15, choices=Attachment.Kind.choices)
    target = models.JSONField(default=dict, blank=True)
    name = models.CharField(max_length=255)
    size = models.PositiveIntegerField()
    #: What the browser knows the file by, to go on with it after a reload.
    fingerprint = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    touched_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("上传中的文件")
        constraints = [
            models.UniqueConstraint(
                fields=["filing", "user", "kind", "fingerprint"], name="upload_once_at_a_time"
            ),
            models.CheckConstraint(condition=Q(size__gt=0), name="upload_has_a_size"),
        ]

    def __str__(self) -> str:
        return self.name


class UploadPart(models.Model):
    """A part of a file on its way: where it begins, and how long it is, in bytes."""

    upload = models.ForeignKey(Upload, on_delete=models.CASCADE, related_name="parts")
    offset = models.PositiveIntegerField()
    size = models.PositiveIntegerField()
    file = models.FileField(upload_to="uploads")

    class Meta:
        verbose_name = _("上传分片")
        ordering = ["upload", "offset"]
        constraints = [models.UniqueConstraint(fields=["upload", "offset"], name="upload_part_once")]

    def __str__(self) -> str:
        return f"{self.upload} +{self.offset}"
