"""Who may find something about a record 人工认定, asked at the door and again inside the change."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from django.db import transaction
from django.http import Http404

from credit_repair.cases.record_access import responsible_for
from credit_repair.people.reach import reach_of
from credit_repair.registry.models import Office, Record


def adjustable_authorities(*, user: Any, on: date, but: int | None = None) -> set[int]:
    """Return the keys of the authorities about whose records `user` may find something on that day.

    Their own office, and for people of a credit office 信用办 those that it answers for. What they do in the
    place of the person of the key `but` does not count.
    """
    held = reach_of(user=user, on=on).offices("adjust_records", but=but)
    offices = list(Office.objects.filter(pk__in=held))
    credit = [office for office in offices if office.kind == Office.Kind.CREDIT]
    return {office.pk for office in offices} | (responsible_for(credit) if credit else set())


def may_adjust(*, user: Any, record: Record, on: date, but: int | None = None) -> bool:
    """Whether `user` may find something about `record` on that day, as adjustable_authorities() says."""
    return record.authority_id in adjustable_authorities(user=user, on=on, but=but)


@contextmanager
def adjusting(*, user: Any, record: Record, on: date) -> Iterator[None]:
    """One transaction in which `user` may find something about `record`; Http404 where they no longer may."""
    with transaction.atomic():
        if not may_adjust(user=user, record=record, on=on):
            raise Http404
        yield
