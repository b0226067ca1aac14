"""Reminder letters 提醒函: a batch, the letter to each subject, and what became of each record."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from credit_repair.notices.models import Document
from credit_repair.registry.models import Office, Record, Subject


class ReminderBatch(models.Model):
    """A batch of reminders 提醒批次: chosen by an official, written outside the request, in portions.

    Which records are in it is fixed when it is asked for; whether each may still be reminded of is asked
    again when its letter is written.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("等待制作")
        MAKING = "making", _("正在制作")
        DONE = "done", _("已完成")
        STOPPED = "stopped", _("已停止")

    UNDER_WAY = (State.WAITING, State.MAKING)

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    office = models.ForeignKey(
        Office, verbose_name=_("发函单位"), on_delete=models.PROTECT, related_name="reminder_batches"
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("发起人"),
        on_delete=models.PROTECT,
        related_name="reminder_batches",
    )
    asked_at = models.DateTimeField(_("发起时间"))
    asked_on = models.DateField(_("发起日期"))
    #: What the list was narrowed to, in words, as the page showed it: [[label, words], …].
    criteria = models.JSONField(_("筛选条件"), default=list, blank=True)
    state = models.CharField(_("状态"), max_length=8, choices=State.choices, default=State.WAITING)
    #: How many records were chosen, and how many of them have been seen to.
    total = models.PositiveIntegerField(_("信息条数"))
    done = models.PositiveIntegerField(default=0)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("提醒批次")
        indexes = [
            models.Index(fields=["office", "-asked_at"], name="reminder_batch_by_office"),
            models.Index(
                fields=["id"],
                condition=Q(state__in=["waiting", "making"]),
                name="reminder_batch_under_way",
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(total__gt=0), name="reminder_batch_not_empty"),
            models.CheckConstraint(
                condition=Q(state__in=["done", "stopped"], finished_at__isnull=False)
                | Q(state__in=["waiting", "making"], finished_at__isnull=True),
                name="reminder_batch_ends_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.office} {self.asked_on}"

    @property
    def is_under_way(self) -> bool:
        """Whether letters are still to be written."""
        return self.state in self.UNDER_WAY


class Reminder(models.Model):
    """The one letter of a batch to one subject, with the day on which it was issued."""

    batch = models.ForeignKey(ReminderBatch, on_delete=models.PROTECT, related_name="reminders")
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="reminders")
    document = models.OneToOneField(Document, on_delete=models.PROTECT, related_name="reminder")
    made_on = models.DateField(_("成文日期"))
    #: Whether somebody acted for the subject on that day and was written to by mail.
    mailed = models.BooleanField(default=False)

    class Meta:
        verbose_name = verbose_name_plural = _("提醒函")
        constraints = [models.UniqueConstraint(fields=["batch", "subject"], name="reminder_once_per_subject")]

    def __str__(self) -> str:
        return f"{self.subject} {self.made_on}"


class ReminderItem(models.Model):
    """One record of a batch, and what became of it."""

    class Outcome(models.TextChoices):
        WAITING = "waiting", _("等待")
        SENT = "sent", _("已发函")
        NOT_NOW = "not_now", _("情况已变，不再提醒")
        RECENT = "recent", _("近期已经提醒过")
        FAILED = "failed", _("未能制作")
        STOPPED = "stopped", _("已停止，没有制作")

    batch = models.ForeignKey(ReminderBatch, on_delete=models.CASCADE, related_name="items")
    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="reminder_items")
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="reminder_items")
    outcome = models.CharField(max_length=8, choices=Outcome.choices, default=Outcome.WAITING)
    reminder = models.ForeignKey(
        Reminder, null=True, blank=True, on_delete=models.PROTECT, related_name="items"
    )
    #: The day of the letter, kept here so that the last reminder of a record is one look into an index.
    sent_on = models.DateField(null=True, blank=True)
    #: Why it could not be written, in words.
    problem = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("提醒的信息")
        indexes = [
            models.Index(
                fields=["record", "-sent_on"], condition=Q(outcome="sent"), name="reminder_item_sent"
            ),
            models.Index(
                fields=["batch", "subject"], condition=Q(outcome="waiting"), name="reminder_item_waiting"
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["batch", "record"], name="reminder_item_once_per_batch"),
            models.CheckConstraint(
                condition=Q(outcome="sent", reminder__isnull=False, sent_on__isnull=False)
                | ~Q(outcome="sent") & Q(reminder__isnull=True, sent_on__isnull=True),
                name="reminder_item_sent_has_a_letter",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.record} · {self.get_outcome_display()}"
