"""The doors of the site, with what is not one's own answered as not found."""

from functools import wraps
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponseBase

from credit_repair.cases.errors import NotYours
from credit_repair.people import doors
from credit_repair.people.doors import View


def _hide_foreign(view: View) -> View:
    @wraps(view)
    def hidden(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except (NotYours, ObjectDoesNotExist) as error:
            raise Http404 from error

    return hidden


def applicant_door(view: View) -> View:
    """Applicants only; a foreign case, record or file does not exist for them."""
    return doors.applicant_door(_hide_foreign(view))


def official_door(view: View) -> View:
    """Officials only; a foreign case, record or file does not exist for them."""
    return doors.official_door(_hide_foreign(view))


def window_door(view: View) -> View:
    """People who serve a window 窗口 only; what came in at another one does not exist for them."""
    return doors.office_door("file_at_window")(_hide_foreign(view))


def approver_door(view: View) -> View:
    """People who decide 审批 at some office only; what is not theirs does not exist for them."""
    return doors.office_door("approve")(_hide_foreign(view))
