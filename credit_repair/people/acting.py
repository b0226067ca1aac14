"""For which subject a person acts now: chosen once, kept in the session, asked anew with every request.

What is kept is a wish, never a permission: a subject that the person may not act for today falls away.
"""

from typing import Any
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest
from django.urls import reverse

from credit_repair.core.clock import today
from credit_repair.people import access
from credit_repair.registry.models import Subject

SESSION_KEY = "acting_for"


def subjects_of(request: HttpRequest) -> list[Subject]:
    """Return for whom the person may act today, by name; asked once a request."""
    found: list[Subject] | None = getattr(request, "_acting_subjects", None)
    if found is None:
        user = getattr(request, "user", None) or AnonymousUser()
        subjects = access.subjects_of(user=user, on=today())
        found = request._acting_subjects = list(subjects.order_by("name", "pk"))  # type: ignore[attr-defined]
    return found


def subject_now(request: HttpRequest) -> Subject | None:
    """Return the subject that the person acts for, the chosen or the only one; None where none is chosen."""
    subjects = subjects_of(request)
    if len(subjects) == 1:
        return subjects[0]
    wanted = request.session.get(SESSION_KEY) if hasattr(request, "session") else None
    return next((subject for subject in subjects if str(subject.uuid) == wanted), None)


def subject_asked_for(request: HttpRequest, wanted: str | None) -> Subject | None:
    """Return the subject that an address or a form names, else the one of now.

    One that is not theirs does not exist for them.
    """
    if wanted is None:
        return subject_now(request)
    found = next((each for each in subjects_of(request) if str(each.uuid) == wanted.lower()), None)
    if found is None:
        raise Http404
    return found


def choose(request: HttpRequest, uuid: UUID) -> Subject:
    """Act for this subject from now on; one that is not theirs does not exist for them."""
    found = next((each for each in subjects_of(request) if each.uuid == uuid), None)
    if found is None:
        raise Http404
    request.session[SESSION_KEY] = str(found.uuid)
    return found


def bar(subject: Subject) -> dict[str, Any]:
    """Return the bar that says for whom a page acts, with the way to another subject.

    The component says openly where that is another one than the chosen, as on a case of it: see `now`.
    """
    return {
        "uuid": subject.uuid,
        "name": subject.name,
        "number": subject.shown_number,
        "switch_url": reverse("my_subjects"),
    }


def now(request: HttpRequest) -> dict[str, Any]:
    """Return what the bar of any page compares with: the chosen subject, and whether there are several."""
    subject = subject_now(request)
    return {
        "uuid": subject.uuid if subject else None,
        "name": subject.name if subject else "",
        "several": len(subjects_of(request)) > 1,
    }
