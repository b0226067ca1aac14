"""The officials' inbox 待办."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.views.decorators.http import require_safe

from credit_repair.cases import inbox as parts
from credit_repair.cases import selectors
from credit_repair.cases.kinds import kind_of
from credit_repair.cases.models import ReviewStep
from credit_repair.cases.views.doors import official_door
from credit_repair.core.clock import today
from credit_repair.core.tables import Columns, table_response, wanted_format

PAGE_SIZE = 30
COLUMNS: Columns = (
    (_l("案件"), lambda row: row["case"].number),
    (_l("期限"), lambda row: row["clock"] and row["clock"].due),
    (_l("剩余工作日"), lambda row: row["clock"] and row["clock"].remaining),
    (_l("申请人"), lambda row: row["case"].subject.name),
    (_l("涉及信息"), lambda row: row["case"].record.doc_no if row["case"].record else ""),
    (_l("事项"), lambda row: row["kind"]),
    (_l("环节"), lambda row: row["step"].get_phase_display()),
    (_l("办理单位"), lambda row: row["step"].office.name),
    (_l("收到日期"), lambda row: row["step"].opened_on),
    (_l("代谁办理"), lambda row: row["step"].stands_for_name),
)


@require_safe
@official_door
def inbox(request: HttpRequest) -> HttpResponseBase:
    """Show how much lies with this person, how soon it is due, and the steps, the nearest deadline first."""
    day = today()
    everything = selectors.inbox(user=request.user, on=day)
    counted = parts.counts(everything, user=request.user, on=day)
    chosen = request.GET.get("show", "")
    chosen = chosen if chosen in counted else parts.ALL
    steps = parts.part_of(everything, chosen, user=request.user, on=day)
    if wanted_format(request):
        return table_response(request, name=_("待办"), columns=COLUMNS, rows=map(_row, steps))
    page = Paginator(steps, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(
        request,
        "office/inbox.html",
        {
            "page_title": _("待办"),
            "page_subtitle": _("按剩余工作日排列，最急的在最前面。"),
            "figures": _figures(counted, chosen),
            "chosen": chosen,
            "page_obj": page,
            "rows": [_row(step) for step in page],
        },
    )


def _figures(counted: dict[str, int], chosen: str) -> list[dict[str, Any]]:
    """The counts above the list, each the way to its part of it; what nobody has is left out."""
    labels = {
        parts.ALL: _("全部待办"),
        "overdue": _("已超期"),
        "today": _("今天到期"),
        "week": _("本周内到期"),
        "mine": _("我已接手"),
        "instead": _("代同事办理"),
    }
    always = (parts.ALL, "overdue", "today", "week", chosen)
    return [
        {
            "label": label,
            "count": counted[name],
            "url": reverse("office") + ("" if name == parts.ALL else f"?show={name}"),
            "active": name == chosen,
            "tone": {"overdue": "danger", "today": "warning"}.get(name, "") if counted[name] else "",
        }
        for name, label in labels.items()
        if counted[name] or name in always
    ]


def _row(step: ReviewStep) -> dict[str, object]:
    case = step.case
    return {
        "step": step,
        "case": case,
        "kind": kind_of(case).label,
        "url": reverse(kind_of(case).office_url, args=[case.uuid]),
        "clock": selectors.clock_view(step.clock, today=today()) if step.clock else None,
    }
