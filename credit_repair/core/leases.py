"""The right to do something alone, for a time. Held in the database, so that it also holds between hosts."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from credit_repair.core.models import Lease


@contextmanager
def lease(name: str, *, seconds: int) -> Iterator[bool]:
    """Yield True to the one who holds the lease `name` now, False to everybody else.

    A holder that dies keeps it no longer than `seconds`. Times are real times, whatever day is assumed.
    """
    token = uuid.uuid4()
    now = timezone.now()
    Lease.objects.get_or_create(name=name)
    free = Q(until__isnull=True) | Q(until__lt=now)
    won = (
        Lease.objects.filter(free, name=name).update(token=token, until=now + timedelta(seconds=seconds)) == 1
    )
    try:
        yield won
    finally:
        if won:
            Lease.objects.filter(name=name, token=token).update(token=None, until=None)
