"""The administrators' landing, and what their pages have in common."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from credit_repair.core import clock
from credit_repair.people import access
from credit_repair.people.doors import View, administrator_door
from credit_repair.people.errors import NotYours, PeopleRefused
from credit_repair.people.manage_selectors import key_of, user_of
from credit_repair.people.models import Administration, User

SECURITY, AUDIT, SYSTEM = (
    Administration.Kind.SECURITY,
    Administration.Kind.AUDIT,
    Administration.Kind.SYSTEM,
)
#: Where each kind begins.
HOMES = {SECURITY: "manage_people", AUDIT: "manage_audit", SYSTEM: "manage_system"}
PAGE_SIZE = 30


@require_safe
@administrator_door(*HOMES)
def landing(request: HttpRequest) -> HttpResponse:
    """Lead each administrator to their own part."""
    day = clock.today()
    return redirect(
        next(HOMES[kind] for kind in HOMES if access.administers(user=request.user, kind=kind, on=day))
    )


def security_door(view: View) -> View:
    """Security administrators only; what is not theirs to do does not exist."""

    @wraps(view)
    def hidden(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except NotYours as error:
            raise Http404 from error

    return administrator_door(SECURITY)(hidden)


def person_or_404(key: str) -> User:
    """Return whose page it is."""
    found = user_of(key)
    if found is None:
        raise Http404
    return found


def person_url(user: User) -> str:
    """Return the address of a person's page."""
    return reverse("manage_person", args=[key_of(user)])


def now() -> datetime:
    """Return the moment that the services are given."""
    return clock.now()


def tried(form: forms.Form, act: Callable[[], object]) -> bool:
    """Act; where it is refused, say so in the form. Return whether it was done."""
    try:
        act()
    except NotYours:
        raise
    except PeopleRefused as refusal:
        form.add_error(None, str(refusal))
        return False
    return True


def tried_or_said(request: HttpRequest, act: Callable[[], object], done: str) -> None:
    """Act, for a button without a form; say what came of it."""
    try:
        act()
    except NotYours:
        raise
    except PeopleRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, done)


def trail(user: User) -> list[dict[str, str]]:
    """Return the way back from what is done about a person."""
    return [
        {"label": _("人员"), "url": reverse("manage_people")},
        {"label": str(user), "url": person_url(user)},
    ]
