"""The officials' inbox 待办."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from credit_repair.cases import selectors
from credit_repair.cases.kinds import kind_of
from credit_repair.cases.models import ReviewStep
from credit_repair.cases.views.doors import official_door
from credit_repair.core.clock import today

PAGE_SIZE = 30


@official_door
def inbox(request: HttpRequest) -> HttpResponse:
    """Show what lies with this person, the nearest deadline first."""
    steps = selectors.inbox(user=request.user, on=today())
    page = Paginator(steps, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(
        request,
        "office/inbox.html",
        {
            "page_title": _("待办"),
            "page_subtitle": _("按剩余工作日排列，最急的在最前面。"),
            "page_obj": page,
            "rows": [_row(step) for step in page],
        },
    )


def _row(step: ReviewStep) -> dict[str, object]:
    case = step.case
    return {
        "step": step,
        "case": case,
        "kind": kind_of(case).label,
        "url": reverse(kind_of(case).office_url, args=[case.uuid]),
        "clock": selectors.clock_view(step.clock, today=today()) if step.clock else None,
    }
