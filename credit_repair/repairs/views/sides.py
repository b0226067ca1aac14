"""The two sides from which an application is filed: the applicant's own, and a window's 窗口.

The pages of a basket are the same on both; door, addresses and frame differ. A view takes `side` as a keyword
and asks it for everything that differs.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import reverse

from credit_repair.cases import selectors as cases
from credit_repair.cases.models import Case, Filing
from credit_repair.cases.views.doors import applicant_door, window_door
from credit_repair.core.clock import today
from credit_repair.repairs.models import KIND

View = Callable[..., HttpResponseBase]


@dataclass(frozen=True)
class Side:
    """One side: how its addresses and templates are called, and what it may see.

    code      begins the names of its addresses: my_filing, window_filing
    base      the template that its pages extend
    """

    code: str
    base: str
    at_window: bool

    def url(self, name: str, *args: Any) -> str:
        """Return the address of a page on this side, e.g. url("filing", uuid)."""
        return reverse(f"{self.code}_{name}", args=args)

    def filing(self, request: HttpRequest, uuid: UUID) -> Filing:
        """Return a filing of this side, or raise that it does not exist for this person."""
        return cases.applicant_filing(user=request.user, uuid=uuid, on=today(), at_window=self.at_window)

    def case(self, request: HttpRequest, uuid: UUID) -> Case:
        """Return an application of this side, or raise that it does not exist for this person."""
        found = cases.applicant_case(user=request.user, uuid=uuid, on=today(), at_window=self.at_window)
        if found.kind != KIND:
            raise Http404
        return found


ME = Side(code="my", base="public/base.html", at_window=False)
WINDOW = Side(code="window", base="office/base.html", at_window=True)


def on_both_sides(view: View) -> View:
    """Put a view behind the door of the side that it is asked from."""
    behind = {ME: applicant_door(view), WINDOW: window_door(view)}

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, side: Side, **kwargs: Any) -> HttpResponseBase:
        return behind[side](request, *args, side=side, **kwargs)

    return guarded
