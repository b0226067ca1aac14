"""Who may act on the effects of a record: whoever looks after the platforms for it, and has nothing to do
with its subject. Asked at the door and again in the transaction of the act."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import Http404

from credit_repair.cases.record_access import readable_by
from credit_repair.home.platform_doors import looked_after_at
from credit_repair.people import access
from credit_repair.registry.models import Record


def handled(*, user: Any, on: date, path: str = "", but: int | None = None) -> Q:
    """Return the condition on rows whose record, behind `path`, is for `user` to act on that day. Not of a
    subject for which they have ever acted: from that they keep away 回避. What the person with the key `but`
    lends them does not count."""
    offices = looked_after_at(user=user, on=on, but=but)
    if not offices:
        return Q(pk__in=())
    own = access.subjects_ever_acted_for(user=user).values("pk")
    return readable_by(offices, path=path) & ~Q(**{f"{path}subject__in": own})


def handled_records(*, user: Any, on: date, but: int | None = None) -> QuerySet[Record]:
    """Return the ended records that are for `user` to act on."""
    found = Record.objects.filter(handled(user=user, on=on, but=but), standing__in=Record.NOT_PUBLIC)
    return found.select_related("subject", "authority")


def is_handled(record: Record, *, user: Any, on: date, but: int | None = None) -> bool:
    """Whether `record` is for `user` to act on, without what `but` lends them."""
    return handled_records(user=user, on=on, but=but).filter(pk=record.pk).exists()


def is_second(record: Record, first: int, *, user: Any, on: date) -> bool:
    """Whether `user` may confirm what the person with the key `first` entered about `record`: neither that
    person, nor somebody with nothing but what they are lent by them 四眼原则."""
    return first != user.pk and is_handled(record, user=user, on=on, but=first)


@contextmanager
def acting_on(record: Record, *, user: Any, on: date, but: int | None = None) -> Iterator[None]:
    """One transaction in which `user` may act on `record`, without what `but` lends them; Http404 where they
    no longer may."""
    with transaction.atomic():
        if not is_handled(record, user=user, on=on, but=but):
            raise Http404
        yield
