"""Who looks after the platforms: whoever imports data or supervises at a credit office 信用办. For everybody
else these pages do not exist."""

from datetime import date
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase

from credit_repair.cases.views.doors import official_door
from credit_repair.core.clock import today
from credit_repair.people.doors import View
from credit_repair.people.reach import reach_of
from credit_repair.registry.models import Office

PERMISSIONS = ("import_records", "supervise")


def looked_after_at(
    *, user: Any, on: date, permissions: tuple[str, ...] = PERMISSIONS, but: int | None = None
) -> list[Office]:
    """Return the credit offices at which `user` looks after the platforms that day; what the person with the
    key `but` lends them does not count."""
    reach = reach_of(user=user, on=on)
    offices = frozenset[int]().union(*(reach.offices(permission, but=but) for permission in permissions))
    return list(Office.objects.filter(pk__in=offices, kind=Office.Kind.CREDIT)) if offices else []


def may_look_after(*, user: Any, on: date) -> bool:
    """Whether `user` looks after the platforms at any office on that day."""
    return bool(looked_after_at(user=user, on=on))


def keeps_data(*, user: Any, on: date) -> bool:
    """Whether `user` is data officer of a credit office on that day: alerts stand on their desk."""
    return bool(looked_after_at(user=user, on=on, permissions=("import_records",)))


def platforms_door(view: View) -> View:
    """Let in who looks after the platforms today; for everybody else the pages do not exist."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not may_look_after(user=request.user, on=today()):
            raise Http404
        return view(request, *args, **kwargs)

    return official_door(guarded)
