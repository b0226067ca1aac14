"""A bankruptcy by reorganisation 破产重整: the court's rulings, and what is shielded because of them."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from credit_repair.cases.models import Paper
from credit_repair.notices.models import Document
from credit_repair.registry.models import Office, Record, RecordEvent, Subject


class Shield(models.Model):
    """That the records of a subject are shielded for the time being 临时屏蔽, by the ruling that approved the
    plan 重整计划; confirmed or ended by a later ruling."""

    class State(models.TextChoices):
        RUNNING = "running", _("屏蔽中")
        PERFORMED = "performed", _("重整计划执行完毕，已修复")
        FAILED = "failed", _("重整计划终止执行，已恢复公示")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="shields")
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="shields")
    court = models.CharField(_("法院"), max_length=100)
    case_no = models.CharField(_("破产案件案号"), max_length=100)
    administrator = models.CharField(_("管理人"), max_length=200, blank=True)
    plan_until = models.DateField(_("重整计划执行期限至"), null=True, blank=True)
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.RUNNING)
    started_on = models.DateField(_("屏蔽开始"))
    ended_on = models.DateField(_("屏蔽结束"), null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("破产重整屏蔽")
        ordering = ["-started_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["subject"], condition=Q(state="running"), name="shield_one_runs_a_subject"
            ),
            models.CheckConstraint(
                condition=Q(state="running", ended_on__isnull=True)
                | ~Q(state="running") & Q(ended_on__isnull=False),
                name="shield_ended_has_a_day",
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | Q(ended_on__gte=F("started_on")),
                name="shield_ends_after_start",
            ),
            models.CheckConstraint(
                condition=~Q(court="") & ~Q(case_no=""), name="shield_names_court_and_case"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject}: {self.case_no}"


class CourtRuling(models.Model):
    """A court's ruling 裁定 in a bankruptcy: it approves the plan, finds it performed, or ends it.

    Whoever acts for the subject files it, or the credit office enters it by itself; an intake official
    registers it, and another, who approves or supervises there, carries it out. Its state changes by
    rulings.states alone.
    """

    class Kind(models.TextChoices):
        PLAN = "plan", _("批准重整计划")
        PERFORMED = "performed", _("确认重整计划执行完毕")
        FAILED = "failed", _("终止重整计划执行")

    class State(models.TextChoices):
        SUBMITTED = "submitted", _("待登记")
        REGISTERED = "registered", _("待审批")
        EXECUTED = "executed", _("已执行")
        REFUSED = "refused", _("不予办理")
        WITHDRAWN = "withdrawn", _("已撤回")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="court_rulings")
    office = models.ForeignKey(
        Office, verbose_name=_("办理单位"), on_delete=models.PROTECT, related_name="court_rulings"
    )
    kind = models.CharField(_("裁定内容"), max_length=10, choices=Kind.choices)
    #: The shield that it confirms or ends; of a plan, the one that it has brought about.
    shield = models.ForeignKey(
        Shield, null=True, blank=True, on_delete=models.PROTECT, related_name="rulings"
    )
    court = models.CharField(_("法院"), max_length=100)
    case_no = models.CharField(_("破产案件案号"), max_length=100)
    number = models.CharField(_("裁定书编号"), max_length=100)
    made_on = models.DateField(_("裁定日期"))
    plan_until = models.DateField(_("重整计划执行期限至"), null=True, blank=True)
    administrator = models.CharField(_("管理人"), max_length=200, blank=True)
    note = models.TextField(_("说明"), blank=True)
    paper = models.ForeignKey(Paper, on_delete=models.PROTECT, related_name="proving_rulings")
    #: What is to be shielded, as it was chosen when the ruling was registered.
    records = models.ManyToManyField(Record, blank=True, related_name="shield_rulings")

    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.SUBMITTED)
    filed_at = models.DateTimeField()
    filed_on = models.DateField(_("收到日期"))
    #: Who acts for the subject and filed it; None where the office entered it by itself.
    filed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    registered_at = models.DateTimeField(null=True, blank=True)
    registered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    #: Why it was given back by whoever was to carry it out.
    returned_reason = models.TextField(blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    reason = models.TextField(_("不予办理的理由"), blank=True)
    #: The notice that was issued.
    document = models.ForeignKey(
        Document, null=True, blank=True, on_delete=models.PROTECT, related_name="court_rulings"
    )

    class Meta:
        verbose_name = verbose_name_plural = _("破产重整裁定")
        ordering = ["-filed_at", "-pk"]
        indexes = [
            models.Index(
                fields=["office", "filed_at"],
                condition=Q(state__in=["submitted", "registered"]),
                name="ruling_waiting",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["subject"],
                condition=Q(state__in=["submitted", "registered"]),
                name="ruling_one_open_a_subject",
            ),
            models.CheckConstraint(
                condition=~Q(court="") & ~Q(case_no="") & ~Q(number=""), name="ruling_names_itself"
            ),
            models.CheckConstraint(condition=Q(made_on__lte=F("filed_on")), name="ruling_made_before_filed"),
            models.CheckConstraint(
                condition=Q(plan_until__isnull=True) | Q(kind="plan", plan_until__gte=F("made_on")),
                name="ruling_plan_ends_after_it",
            ),
            models.CheckConstraint(
                condition=Q(kind="plan") | Q(shield__isnull=False), name="ruling_end_is_of_a_shield"
            ),
            models.CheckConstraint(
                condition=~Q(state="refused") | ~Q(reason=""), name="ruling_refused_says_why"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["submitted", "registered"], closed_at__isnull=True)
                | Q(state__in=["executed", "refused", "withdrawn"], closed_at__isnull=False),
                name="ruling_closed_has_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["registered", "executed"]) | Q(registered_by__isnull=False),
                name="ruling_registered_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state="executed")
                | Q(closed_by__isnull=False, shield__isnull=False) & ~Q(closed_by=F("registered_by")),
                name="ruling_executed_by_another",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject}: {self.number}"


class ShieldedRecord(models.Model):
    """That one record is shielded, from an event to the end of the shield or of the record."""

    class Off(models.TextChoices):
        PERFORMED = "performed", _("已修复")
        FAILED = "failed", _("已恢复公示")
        OVER = "over", _("公示已经结束")

    shield = models.ForeignKey(Shield, on_delete=models.PROTECT, related_name="shielded")
    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="shielded")
    #: The event whose UUID causes the messages that hide it.
    event = models.OneToOneField(RecordEvent, on_delete=models.PROTECT, related_name="shielded")
    off_on = models.DateField(null=True, blank=True)
    off_how = models.CharField(max_length=10, choices=Off.choices, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("屏蔽的记录")
        constraints = [
            models.UniqueConstraint(fields=["shield", "record"], name="shielded_once_a_shield"),
            models.UniqueConstraint(
                fields=["record"], condition=Q(off_on__isnull=True), name="shielded_once_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(off_on__isnull=True, off_how="") | Q(off_on__isnull=False) & ~Q(off_how=""),
                name="shielded_off_says_how",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.record} @ {self.shield_id}"
