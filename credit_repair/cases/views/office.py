"""The officials' inbox 待办."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from credit_repair.cases import inbox as parts
from credit_repair.cases.candidates import handlers_at, with_load
from credit_repair.cases.inbox_forms import FilterForm, PersonForm, SaveFilterForm, WhyForm
from credit_repair.cases.inbox_presenters import COLUMNS, figures, saved_filters, step_row, tabs
from credit_repair.cases.kinds import all_kinds
from credit_repair.cases.models import Phase, ReviewStep
from credit_repair.cases.views.doors import official_door
from credit_repair.core.clock import today
from credit_repair.core.paging import CappedPaginator
from credit_repair.core.tables import table_response, wanted_format

PAGE_SIZE = 30
#: Nobody leafs further; a filter brings nearer what is sought.
MOST_LISTED = 900
#: Rows of a file that are read at a time.
CHUNK = 1000


@require_safe
@official_door
def inbox(request: HttpRequest) -> HttpResponseBase:
    """Show how much lies with this person, how soon it is due, and the steps, the nearest deadline first."""
    desk = parts.desk_of(user=request.user, on=today())
    form = FilterForm(request.GET, desk=desk)
    steps = form.narrow(parts.part(desk, form.part))
    if wanted_format(request):
        lines = (step_row(step, desk) for step in _in_chunks(steps))
        return table_response(request, name=_("待办"), columns=COLUMNS, rows=lines)
    pages = CappedPaginator(steps, PAGE_SIZE, cap=MOST_LISTED)
    page = pages.get_page(request.GET.get("page"))
    rows = [step_row(step, desk) for step in page]
    counted = parts.counts(desk)
    context = {
        "page_title": _("待办"),
        "page_subtitle": _("按剩余工作日排列，最急的在最前面。"),
        "page_actions": _ways_on(desk),
        "figures": figures(desk, counted, form),
        "tabs": tabs(desk, counted, form),
        "chosen": form.part,
        "is_first_part": form.part == desk.first_part,
        "filter_form": form,
        "clear_url": _cleared(form) if form.is_bound else "",
        "result_text": _count_line(pages, form),
        "page_obj": page,
        "rows": rows,
        "several_offices": len(desk.offices) > 1,
        "sent_on": form.part == parts.SENT_ON,
        "back": form.as_query(),
        "page_number": page.number,
        **_tools(desk, form, rows),
    }
    return render(request, "office/inbox.html", context)


def _ways_on(desk: parts.Desk) -> list[dict[str, Any]]:
    """Where simple cases are decided together, for who decides."""
    kinds = all_kinds() if desk.able[Phase.DECIDE] else ()
    return [
        {"label": _("批量审批"), "url": reverse(kind.batch_url), "primary": False}
        for kind in kinds
        if kind.batch_url
    ]


def _tools(desk: parts.Desk, form: FilterForm, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """What can be done with ticked rows, and with the present choice."""
    assigns = bool(desk.supervises) and any(
        row["step"].office_id in desk.supervises and row["tickable"] for row in rows
    )
    people = with_load(handlers_at(desk.supervises, on=desk.on)) if desk.supervises else []
    return {
        "tickable": any(row["tickable"] for row in rows),
        "may_claim": any(row["claimable"] for row in rows),
        "may_give_back": any(row["in_hand"] for row in rows),
        "reason_form": WhyForm(auto_id="id_back_%s"),
        "assign_form": PersonForm(auto_id="id_assign_%s", people=people, nobody=_("收回本单位，待分派"))
        if assigns
        else None,
        "saved_filters": saved_filters(desk.user.saved_filters.all(), form),
        "save_form": SaveFilterForm() if form.as_query() and not form.errors else None,
    }


def _cleared(form: FilterForm) -> str:
    return f"?show={form.part}"


def _count_line(pages: CappedPaginator, form: FilterForm) -> str:
    """How many steps were found, as far as they were counted: said where it is not plain."""
    if pages.is_capped:
        text = _("超过%(cap)s件，这里只列出最急的%(cap)s件。加上条件，可以缩小范围。")
        return text % {"cap": pages.count}
    return _("共%s件") % pages.count if form.is_bound and not form.errors else ""


def _in_chunks(steps: QuerySet[ReviewStep]) -> Iterator[ReviewStep]:
    return steps[: settings.EXPORT_MAX_ROWS + 1].iterator(chunk_size=CHUNK)
