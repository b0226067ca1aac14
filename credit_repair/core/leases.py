"""The right to do something alone, for a time. Held in the database, so that it also holds between hosts."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from credit_repair.core.models import Lease

#: So far may the clocks of two hosts be apart.
CLOCK_MARGIN = timedelta(minutes=10)


@contextmanager
def lease(name: str, *, seconds: int) -> Iterator[bool]:
    """Yield True to the one who holds the lease `name` now, False to everybody else.

    A holder that dies keeps it no longer than `seconds`, also where the clock was set back since: what ends
    later than any lease of now does not count. Times are real times, whatever day is assumed.
    """
    token = uuid.uuid4()
    now = timezone.now()
    Lease.objects.get_or_create(name=name)
    end = now + timedelta(seconds=seconds)
    free = Q(until__isnull=True) | Q(until__lt=now) | Q(until__gt=end + CLOCK_MARGIN)
    won = Lease.objects.filter(free, name=name).update(token=token, until=end) == 1
    try:
        yield won
    finally:
        if won:
            Lease.objects.filter(name=name, token=token).update(token=None, until=None)
