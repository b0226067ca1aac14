"""The doors of the site: who may come in at all. What lies behind asks again, under lock.

A stranger is sent to sign in; a person for whom a room does not exist is told that it does not exist.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponseBase

from credit_repair.core.clock import today
from credit_repair.people import access

View = Callable[..., HttpResponseBase]


def applicant_door(view: View) -> View:
    """Let in people who act for a subject, and people who are no officials."""

    def allowed(user: Any) -> bool:
        if access.subjects_of(user=user, on=today()).exists():
            return True
        return not access.is_official(user=user, on=today()) and not access.is_administrator(
            user=user, on=today()
        )

    return _door(view, allowed)


def person_door(view: View) -> View:
    """Let in everybody who may come to act for a subject: officials too, who have affairs of their own, but
    no administrators of the site."""
    return _door(view, lambda user: not access.is_administrator(user=user, on=today()))


def official_door(view: View) -> View:
    """Let in people who serve an office today."""
    return _door(view, lambda user: access.is_official(user=user, on=today()))


def office_door(permission: str) -> Callable[[View], View]:
    """Let in people who hold `permission` at some office today."""

    def decorate(view: View) -> View:
        return _door(
            view,
            lambda user: access.holds(user=user, permission=permission, on=today()),
        )

    return decorate


def door_of_any(*permissions: str) -> Callable[[View], View]:
    """Let in people who hold one of the permissions at some office today."""

    def allowed(user: Any) -> bool:
        day = today()
        return any(access.holds(user=user, permission=permission, on=day) for permission in permissions)

    return lambda view: official_door(_door(view, allowed))


def administrator_door(*kinds: str) -> Callable[[View], View]:
    """Let in administrators of one of the kinds: system, security, audit."""

    def decorate(view: View) -> View:
        return _door(
            view,
            lambda user: any(access.administers(user=user, kind=kind, on=today()) for kind in kinds),
        )

    return decorate


def _door(view: View, allowed: Callable[[Any], bool]) -> View:
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not allowed(request.user):
            raise Http404
        return view(request, *args, **kwargs)

    return login_required(guarded)
