"""What a subject did of its own accord 自愿活动: free of charge, no condition unless a rule says so."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from credit_repair.cases.models import Paper
from credit_repair.registry.models import Office, Subject


class Activity(models.Model):
    """A training 信用培训, a credit report 信用报告, or work for the public 公益活动, with its paper.

    Declared by the subject's own people online, and confirmed by an office; or entered by an office, and
    confirmed by that.
    """

    class Kind(models.TextChoices):
        TRAINING = "training", _("信用培训")
        CREDIT_REPORT = "credit_report", _("信用报告")
        PUBLIC_INTEREST = "public_interest", _("公益活动")

    class State(models.TextChoices):
        DECLARED = "declared", _("主体登记，待核实")
        CONFIRMED = "confirmed", _("已核实")
        DECLINED = "declined", _("未予核实")
        TAKEN_BACK = "taken_back", _("已撤回")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="activities")
    kind = models.CharField(_("类别"), max_length=16, choices=Kind.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DECLARED)
    title = models.CharField(_("名称"), max_length=100)
    organiser = models.CharField(_("举办或者出具单位"), max_length=100)
    done_on = models.DateField(_("日期"))
    hours = models.DecimalField(_("时长（小时）"), max_digits=5, decimal_places=1, null=True, blank=True)
    paper = models.ForeignKey(Paper, on_delete=models.PROTECT, related_name="+")
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()
    #: The office that entered it or looked at it; none while it is only declared.
    office = models.ForeignKey(Office, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    answered_on = models.DateField(null=True, blank=True)
    answer = models.CharField(_("核实意见"), max_length=300, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("自愿活动")
        indexes = [
            models.Index(fields=["subject", "-done_on"], name="activity_by_subject"),
            models.Index(fields=["id"], condition=Q(state="declared"), name="activity_to_confirm"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(hours__isnull=True) | Q(hours__gt=0), name="activity_hours_positive"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["confirmed", "declined"])
                | Q(office__isnull=False, answered_by__isnull=False, answered_on__isnull=False),
                name="activity_answered_by_an_office",
            ),
            models.CheckConstraint(
                condition=~Q(state="declined") | ~Q(answer=""), name="activity_declined_says_why"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.title}"
