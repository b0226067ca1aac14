"""Whose supply somebody may see: their own office's, and of a credit office all for which it answers."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from credit_repair.home.selectors import scope_of
from credit_repair.people.reach import reach_of
from credit_repair.registry.models import Office
from credit_repair.registry.supply import Covers

#: Either of these at an office opens its quality of supply.
PERMISSIONS = ("import_records", "supervise")


@dataclass(frozen=True)
class SupplyScope:
    """`covers` is asked with a source's code; `offices` are the keys of the offices covered. None: all."""

    covers: Covers
    offices: frozenset[int] | None


def supply_scope(*, user: Any, on: date) -> SupplyScope:
    """Return whose supply `user` may see on that day, decided as for the import."""
    reach = reach_of(user=user, on=on)
    served = frozenset().union(*(reach.offices(permission) for permission in PERMISSIONS))
    scope = scope_of(Office.objects.filter(pk__in=served))
    if scope is None:
        return SupplyScope(covers=None, offices=None)

    def covers(code: str) -> bool:
        return scope.covers(authority=code, source=code)

    codes = Office.objects.values_list("pk", "code")
    return SupplyScope(covers=covers, offices=frozenset(pk for pk, code in codes if covers(code)))
