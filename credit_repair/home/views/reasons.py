"""How often each reason was given 理由统计, to read and to take along as a file."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.views.decorators.http import require_safe

from credit_repair.cases.models import ReasonCode
from credit_repair.core.clock import today
from credit_repair.core.tables import Columns, table_response, wanted_format
from credit_repair.home.rule_presenters import tabs
from credit_repair.home.widgets import day_input
from credit_repair.people.doors import office_door
from credit_repair.people.reach import reach_of
from credit_repair.repairs.reason_counts import ReasonCount, reason_counts

#: What is shown when nobody chose a period.
USUAL_DAYS = 90


class PeriodForm(forms.Form):
    """From which day to which."""

    first = forms.DateField(label=_l("自"), required=False, widget=day_input())
    last = forms.DateField(label=_l("至"), required=False, widget=day_input())


def _use(row: ReasonCount) -> str:
    return str(ReasonCode.Use(row.use).label)


def _text(row: ReasonCount) -> str:
    return row.text if row.code else _("另外写的理由")


COLUMNS: Columns = (
    (_l("单位"), lambda row: row.office),
    (_l("用于"), _use),
    (_l("理由"), _text),
    (_l("次数"), lambda row: row.count),
)


@require_safe
@office_door("see_cases")
def reasons(request: HttpRequest) -> HttpResponseBase:
    """Show how often each reason was given by the offices whose cases this person sees."""
    first, last, form = _period(request, today())
    offices = reach_of(user=request.user, on=today()).offices("see_cases")
    rows = reason_counts(offices=offices, first=first, last=last)
    if wanted_format(request):
        return table_response(request, name=_("理由统计"), columns=COLUMNS, rows=rows)
    context: dict[str, Any] = {
        "page_title": _("理由统计"),
        "page_subtitle": _("通知补正、不予受理和不予修复时，各种理由用了多少次。"),
        "tabs": tabs("office_reasons", user=request.user, on=today()),
        "filter_form": form,
        "clear_url": reverse("office_reasons") if form.is_bound else "",
        "result_text": _("共%s次") % sum(row.count for row in rows),
        "rows": [
            {"office": row.office, "use": _use(row), "text": _text(row), "count": row.count} for row in rows
        ],
    }
    return render(request, "office/reasons.html", context)


def _period(request: HttpRequest, day: date) -> tuple[date, date, PeriodForm]:
    """Return the period that was asked for; what was left out, or cannot be read, is as usual."""
    usual = {"first": day - timedelta(days=USUAL_DAYS), "last": day}
    chosen = any(name in request.GET for name in usual)
    form = PeriodForm(request.GET if chosen else None, initial=usual)
    given = form.cleaned_data if form.is_bound and (form.is_valid() or form.cleaned_data) else {}
    return given.get("first") or usual["first"], given.get("last") or usual["last"], form
