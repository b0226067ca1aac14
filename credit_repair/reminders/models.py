"""What a person asked to be reminded of by other means than a mail."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from credit_repair.registry.models import Subject


class CalendarFeed(models.Model):
    """A secret address under which a calendar program reads an enterprise's repair calendar 修复日历.

    Only the hash of the secret is kept: who reads the database cannot read the calendar. An address is
    revoked, never given out again.
    """

    subject = models.ForeignKey(Subject, on_delete=models.CASCADE, related_name="calendar_feeds")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="calendar_feeds"
    )
    secret_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    last_read_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("修复日历地址")
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "user"],
                condition=Q(revoked_at__isnull=True),
                name="calendar_feed_one_per_person",
            )
        ]

    def __str__(self) -> str:
        return f"{self.subject} – {self.user}"
