"""Who may read a paper 佐证材料: each package says it of those that its own rows name."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from credit_repair.cases.models import Paper

#: Returns the keys of the papers that a person may read on a day, as a query of one column.
Readers = Callable[[Any, date], QuerySet[Any]]

_readers: dict[str, Readers] = {}


def register(name: str, readers: Readers) -> None:
    """Let a package say which of its papers a person may read; at start-up."""
    _readers[name] = readers


def readable_papers(*, user: Any, on: date) -> QuerySet[Paper]:
    """Return the papers that `user` may read on that day, in whatever way they come by them."""
    allowed = Q(pk__in=())
    for readers in _readers.values():
        allowed |= Q(pk__in=readers(user, on))
    return Paper.objects.filter(allowed)
