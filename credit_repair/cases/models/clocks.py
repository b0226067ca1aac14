"""Statutory clocks, as events: start, pauses, extensions, stop."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from credit_repair.cases.models.cases import Case


class Clock(models.Model):
    """A statutory clock 法定期限: started by an event, due at the end of a working day, derived and stored.

    `due_on` is empty while the clock stands. Days are working days, the starting day not counted.
    """

    class Kind(models.TextChoices):
        ACCEPTANCE = "acceptance", _("受理期限")
        DECISION = "decision", _("决定期限")
        ANSWER = "answer", _("答复期限")
        CORRECTION = "correction", _("补正期限")

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="clocks")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    started_on = models.DateField()
    limit_days = models.PositiveIntegerField()
    due_on = models.DateField(null=True, blank=True)
    provisional = models.BooleanField(default=False)
    stopped_on = models.DateField(null=True, blank=True)
    mark = models.CharField(max_length=1)
    basis = models.TextField(blank=True)

    class Meta:
        verbose_name = _("期限")
        constraints = [
            models.UniqueConstraint(
                fields=["case", "kind"],
                condition=Q(stopped_on__isnull=True),
                name="clock_one_running_per_kind",
            ),
            models.CheckConstraint(
                condition=Q(stopped_on__isnull=True) | Q(stopped_on__gte=F("started_on")),
                name="clock_stops_after_start",
            ),
        ]
        indexes = [
            models.Index(fields=["due_on"], condition=Q(stopped_on__isnull=True), name="clock_running_by_due")
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.due_on or ''}"


class ClockPause(models.Model):
    """That a clock stood, from the day it was paused to the day it was resumed, and why."""

    clock = models.ForeignKey(Clock, on_delete=models.CASCADE, related_name="pauses")
    paused_on = models.DateField()
    resumed_on = models.DateField(null=True, blank=True)
    reason = models.CharField(max_length=200)

    class Meta:
        verbose_name = _("期限中止")
        constraints = [
            models.CheckConstraint(
                condition=Q(resumed_on__isnull=True) | Q(resumed_on__gte=F("paused_on")),
                name="pause_resumes_after_it_began",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.paused_on} – {self.resumed_on or ''}"


class ClockExtension(models.Model):
    """That a clock was given more working days 延长期限, on a day, and why."""

    clock = models.ForeignKey(Clock, on_delete=models.CASCADE, related_name="extensions")
    days = models.PositiveSmallIntegerField()
    granted_on = models.DateField()
    reason = models.CharField(max_length=500)

    class Meta:
        verbose_name = _("期限延长")
        ordering = ["clock", "granted_on", "id"]
        constraints = [models.CheckConstraint(condition=Q(days__gt=0), name="extension_gives_days")]

    def __str__(self) -> str:
        return f"+{self.days}"
