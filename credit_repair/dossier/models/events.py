"""What courts and others decided about a subject, and where its rights were infringed."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from credit_repair.cases.models import Paper
from credit_repair.registry.models import Office, Record, Subject


class SubjectEvent(models.Model):
    """Something that happened to a subject beside its records 侵权和司法事件.

    An entry is never changed: one that is wrong is superseded by another, with the reason. `void` says of the
    later entry that there was nothing to enter at all.
    """

    class Kind(models.TextChoices):
        INFRINGEMENT = "infringement", _("信息主体权益受侵害")
        JUDGEMENT = "judgement", _("司法裁判")
        ENFORCEMENT = "enforcement", _("被执行")
        REVIEW = "review", _("行政复议")
        OTHER = "other", _("其他")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    subject = models.ForeignKey(
        Subject, verbose_name=_("主体"), on_delete=models.PROTECT, related_name="file_events"
    )
    kind = models.CharField(_("类别"), max_length=12, choices=Kind.choices)
    day = models.DateField(_("发生日期"))
    body = models.CharField(_("作出或者认定的单位"), max_length=200)
    number = models.CharField(_("文号或者案号"), max_length=100, blank=True)
    words = models.TextField(_("内容"), max_length=2000)
    record = models.ForeignKey(
        Record, null=True, blank=True, on_delete=models.PROTECT, related_name="subject_events"
    )
    papers = models.ManyToManyField(Paper, blank=True, related_name="subject_events")
    #: The office whose official entered it, and answers for it.
    office = models.ForeignKey(
        Office, verbose_name=_("登记单位"), on_delete=models.PROTECT, related_name="subject_events"
    )
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()
    entered_on = models.DateField(_("登记日期"))
    supersedes = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="superseded_by"
    )
    void = models.BooleanField(_("撤销登记"), default=False)
    reason = models.CharField(_("更正的理由"), max_length=500, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("侵权和司法事件")
        ordering = ["-day", "-pk"]
        indexes = [models.Index(fields=["subject", "-day", "-id"], name="subject_event_by_subject")]
        constraints = [
            models.CheckConstraint(
                condition=Q(supersedes__isnull=True, reason="", void=False)
                | Q(supersedes__isnull=False) & ~Q(reason=""),
                name="subject_event_superseding_says_why",
            ),
            models.CheckConstraint(
                condition=Q(supersedes__isnull=True) | ~Q(supersedes=F("id")),
                name="subject_event_supersedes_another",
            ),
            models.CheckConstraint(
                condition=~Q(words="") & ~Q(body=""), name="subject_event_says_what_and_who"
            ),
            models.CheckConstraint(
                condition=Q(day__lte=F("entered_on")), name="subject_event_entered_after_its_day"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.number or self.body}"
