"""What recurs. A package says in its `tasks.py` how often a job is due; the tick dispatches what is."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.db import transaction
from django.utils import timezone

from credit_repair.core.jobs import dispatch
from credit_repair.core.leases import CLOCK_MARGIN
from credit_repair.core.models import ScheduledRun


@dataclass(frozen=True)
class Recurrence:
    """Either every so often, or every day at a local time."""

    every: timedelta | None = None
    daily_at: time | None = None

    def after(self, moment: datetime) -> datetime:
        """Return the first time strictly after `moment` at which the job is due."""
        if self.every is not None:
            return moment + self.every
        assert self.daily_at is not None  # noqa: S101 - recurring() takes exactly one of the two
        local = timezone.localtime(moment)
        at = local.replace(hour=self.daily_at.hour, minute=self.daily_at.minute, second=0, microsecond=0)
        return at if at > local else at + timedelta(days=1)


_recurring: dict[str, Recurrence] = {}


def recurring(
    name: str, *, every: timedelta | None = None, daily_at: time | None = None
) -> Callable[[Callable[..., object]], Callable[..., object]]:
    """Let the registered job `name` recur: `every` so often, or `daily_at` a local time."""
    if (every is None) == (daily_at is None):
        raise ValueError("a job recurs either every so often or daily at a time")
    _recurring[name] = Recurrence(every=every, daily_at=daily_at)
    return lambda function: function


def dispatch_due(now: datetime) -> list[str]:
    """Dispatch every recurring job whose time has come; return their names.

    The conditional update of `next_at` is the claim, so two schedulers never dispatch one turn twice.
    A new job is due at once: after an installation nothing waits for tomorrow's hour.
    """
    dispatched = []
    for name, recurrence in _recurring.items():
        row, _ = ScheduledRun.objects.get_or_create(name=name, defaults={"next_at": now})
        if row.next_at > now:
            _bring_forward(row, recurrence, now)
            continue
        # Claim and job together: a scheduler that dies in between must not lose a daily turn.
        with transaction.atomic():
            won = ScheduledRun.objects.filter(name=name, next_at=row.next_at).update(
                next_at=recurrence.after(now), last_at=now
            )
            if won:
                dispatch(name, key=name)
                dispatched.append(name)
    return dispatched


def _bring_forward(row: ScheduledRun, recurrence: Recurrence, now: datetime) -> None:
    """Where the clock was set back, let the next turn be the next one from now, not from the old time."""
    if row.next_at > recurrence.after(now) + CLOCK_MARGIN:
        ScheduledRun.objects.filter(name=row.name, next_at=row.next_at).update(next_at=recurrence.after(now))
