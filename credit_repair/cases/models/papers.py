"""Papers that lie beside a record or a subject rather than in a filing."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from credit_repair.registry.models import Subject


class Paper(models.Model):
    """A paper about a subject 佐证材料: a ruling, a proof, a signed record. It is kept, never changed.

    What it proves is said by the row that names it; that row's package says who may read it (cases.papers).
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="papers")
    file = models.FileField(upload_to="papers")
    name = models.CharField(_("文件名"), max_length=120)
    mime = models.CharField(max_length=60)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="papers"
    )
    added_at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = _("佐证材料")

    def __str__(self) -> str:
        return self.name
