"""What happened in a case, and the documents that went out with it."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from credit_repair.cases.models.cases import Case
from credit_repair.notices.models import Document


class TimelineEvent(models.Model):
    """What happened, as people see it 办理进度; its UUID is the cause of the messages that follow from it."""

    class Audience(models.TextChoices):
        PUBLIC = "public", _("公开")
        INTERNAL = "internal", _("内部")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="events")
    at = models.DateTimeField()
    action = models.CharField(max_length=40)
    title = models.CharField(max_length=100)
    text = models.TextField(blank=True)
    audience = models.CharField(max_length=10, choices=Audience.choices, default=Audience.PUBLIC)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="case_events"
    )
    actor_label = models.CharField(max_length=120, blank=True)
    state_from = models.CharField(max_length=20, blank=True)
    state_to = models.CharField(max_length=20)

    class Meta:
        verbose_name = _("办理进度")
        ordering = ["case", "at", "id"]

    def __str__(self) -> str:
        return f"{self.case}: {self.title}"


class CaseDocument(models.Model):
    """That a document belongs to a case, and to which event."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="documents")
    event = models.ForeignKey(
        TimelineEvent, null=True, blank=True, on_delete=models.CASCADE, related_name="documents"
    )
    document = models.OneToOneField(Document, on_delete=models.PROTECT, related_name="case_link")

    class Meta:
        verbose_name = _("案件文书")
        ordering = ["case", "id"]

    def __str__(self) -> str:
        return str(self.document)
