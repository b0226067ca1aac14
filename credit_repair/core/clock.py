"""The day it is. Everything that depends on a date asks here or is given the date; nothing else does.

The day is the local day in Asia/Shanghai. Tests and `--as-of` set it with `assume()`; a demonstration
sets it for the whole process with ASSUMED_TODAY.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime

from django.conf import settings
from django.utils import timezone

_assumed: ContextVar[date | None] = ContextVar("assumed_today", default=None)


def assumed_day() -> date | None:
    """Return the day somebody set, or None where the real day counts."""
    return _assumed.get() or settings.ASSUMED_TODAY


def today() -> date:
    """Return the local day."""
    return assumed_day() or timezone.localdate()


def now() -> datetime:
    """Return the moment, aware: the real time of day, on the assumed day where one is set."""
    moment = timezone.localtime()
    day = assumed_day()
    if day is None:
        return moment
    return moment.replace(year=day.year, month=day.month, day=day.day)


@contextmanager
def assume(day: date | None) -> Iterator[None]:
    """Let `day` be today inside the block; None changes nothing."""
    token = _assumed.set(day or _assumed.get())
    try:
        yield
    finally:
        _assumed.reset(token)
