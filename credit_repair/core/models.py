"""Rows that hold what must survive a crash: numbers, jobs, leases, audit."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Sequence(models.Model):
    """A counter whose numbers are given without a gap, inside the taker's own transaction."""

    name = models.CharField(max_length=200, unique=True)
    last = models.PositiveBigIntegerField(default=0)

    class Meta:
        verbose_name = _("序列")

    def __str__(self) -> str:
        return f"{self.name}: {self.last}"


class Job(models.Model):
    """One piece of work outside the request. The row is the truth; a broker only rings the bell."""

    class State(models.TextChoices):
        WAITING = "waiting", _("等待")
        RUNNING = "running", _("运行中")
        DONE = "done", _("完成")
        FAILED = "failed", _("失败")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=100)
    payload = models.JSONField(default=dict, blank=True)
    key = models.CharField(max_length=200, null=True, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    due_at = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    lease_token = models.UUIDField(null=True, blank=True)
    last_error = models.TextField(blank=True)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("任务")
        constraints = [
            # A second request for the same waiting work is the same work. While one runs, one more may wait:
            # it sees what came too late for the running one.
            models.UniqueConstraint(
                fields=["key"],
                condition=Q(state="waiting", key__isnull=False),
                name="job_one_waiting_per_key",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state="waiting"), name="job_waiting_by_due"),
            models.Index(fields=["lease_until"], condition=Q(state="running"), name="job_running_by_lease"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.state})"


class Lease(models.Model):
    """The right to do something alone until a moment, e.g. one relay on SQLite or one scheduled job."""

    name = models.CharField(max_length=100, primary_key=True)
    token = models.UUIDField(null=True, blank=True)
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("租约")

    def __str__(self) -> str:
        return self.name


class ScheduledRun(models.Model):
    """When a recurring job is due next. Two schedulers do no harm: moving this date on is the claim."""

    name = models.CharField(max_length=100, primary_key=True)
    next_at = models.DateTimeField()
    last_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("定时任务")

    def __str__(self) -> str:
        return f"{self.name} @ {self.next_at:%Y-%m-%d %H:%M}"


class AuditEntry(models.Model):
    """Who did what to which object, written in the same transaction as the act itself 审计记录."""

    at = models.DateTimeField()
    actor_id = models.BigIntegerField(null=True, blank=True)
    actor_label = models.CharField(max_length=100)
    action = models.CharField(max_length=100)
    object_type = models.CharField(max_length=50)
    object_id = models.CharField(max_length=64)
    data = models.JSONField(default=dict, blank=True)

    class Meta:
        verbose_name = _("审计记录")
        indexes = [models.Index(fields=["object_type", "object_id"], name="audit_by_object")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor_label} {self.action}"
