"""Who may change the law of this office, asked at the door and again inside the change."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from functools import wraps
from typing import Any

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponseBase

from credit_repair.core.clock import today
from credit_repair.people import access
from credit_repair.people.doors import View, official_door
from credit_repair.registry.models import Sector
from credit_repair.rules import RuleBook


def setters_door(view: View) -> View:
    """Let in people who may set local rules today."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not access.may_set_rules(user=request.user, on=today()):
            raise Http404
        return view(request, *args, **kwargs)

    return official_door(guarded)


@contextmanager
def changing_the_law(*, user: Any, on: date) -> Iterator[None]:
    """One transaction in which `user` may change the law; Http404 where they no longer may."""
    with transaction.atomic():
        if not access.may_set_rules(user=user, on=on):
            raise Http404
        yield


def sector_choices(book: RuleBook) -> list[tuple[str, str]]:
    """Return the sectors that a rule can be made for: those of the rules, and those of this office's own."""
    named = dict(book.sectors) | dict(Sector.objects.values_list("code", "name"))
    return list(named.items())


def sector_of(code: str, *, book: RuleBook) -> Sector | None:
    """Return the sector of this code, entered where only the rules knew it so far; None for no code."""
    if not code:
        return None
    sector, _created = Sector.objects.get_or_create(
        code=code, defaults={"name": book.sectors.get(code, code)}
    )
    return sector
