"""Who may see to it that platforms show what they should: those who import data and those who supervise, at a
credit office 信用办. For everybody else these pages do not exist."""

from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase

from credit_repair.cases.views.doors import official_door
from credit_repair.core.clock import today
from credit_repair.people.doors import View
from credit_repair.people.reach import reach_of
from credit_repair.registry.models import Office

PERMISSIONS = ("import_records", "supervise")


def sees_platforms(*, user: Any) -> bool:
    """Whether `user` imports data or supervises at a credit office today."""
    reach = reach_of(user=user, on=today())
    offices = frozenset[int]().union(*(reach.offices(permission) for permission in PERMISSIONS))
    return bool(offices) and Office.objects.filter(pk__in=offices, kind=Office.Kind.CREDIT).exists()


def platforms_door(view: View) -> View:
    """Let in people who import data or supervise at a credit office today."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not sees_platforms(user=request.user):
            raise Http404
        return view(request, *args, **kwargs)

    return official_door(guarded)
