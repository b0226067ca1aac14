"""The officials' pages over the working calendar 工作日历."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from credit_repair.core.clock import today
from credit_repair.home import calendar_presenters as shown
from credit_repair.home import law_changes
from credit_repair.home.calendar_forms import CountForm, DayForm, YearForm
from credit_repair.home.rule_presenters import tabs
from credit_repair.people import access
from credit_repair.people.doors import official_door
from credit_repair.registry.law import current_calendar
from credit_repair.registry.models import CalendarDay, CalendarYear
from credit_repair.registry.services.law import (
    LawNotChanged,
    announce_year,
    clear_calendar_day,
    set_calendar_day,
)

CHANGES = 100
"""So many changes of a year are listed; more than that is nobody's reading."""


@require_safe
@official_door
def calendar(request: HttpRequest, year: int | None = None) -> HttpResponse:
    """Show a year at a glance, what this office changed in it and why, and count working days."""
    day = today()
    chosen = year or day.year
    if not shown.FIRST_YEAR <= chosen <= shown.LAST_YEAR:
        raise Http404
    working = current_calendar()
    form = CountForm(request.GET or None, initial={"start": day, "days": 10})
    history = list(
        CalendarDay.history.filter(day__year=chosen)
        .select_related("history_user")
        .order_by("-history_date", "-history_id")[:CHANGES]
    )
    context = {
        "page_title": _("工作日历"),
        "page_subtitle": _("办理期限按工作日计算：国务院办公厅公布的放假和调休安排，加上本单位的调整。"),
        "tabs": tabs("office_calendar", user=request.user, on=day),
        "year": chosen,
        "previous": chosen - 1 if chosen > shown.FIRST_YEAR else None,
        "next": chosen + 1 if chosen < shown.LAST_YEAR else None,
        "announced": working.is_announced(chosen),
        "taken_in": CalendarYear.objects.filter(year=chosen).first(),
        "weekdays": shown.WEEKDAYS,
        "months": shown.months(chosen, working=working, today=day),
        "stretches": shown.stretches(chosen, working),
        "worked": shown.worked_weekends(chosen, working),
        "overrides": shown.override_rows(CalendarDay.objects.filter(day__year=chosen), history),
        "changes": shown.change_rows(history),
        "may_set": access.may_set_rules(user=request.user, on=day),
        "count_form": form,
        "counted": shown.counted(form.cleaned_data["start"], form.cleaned_data["days"], working)
        if form.is_bound and form.is_valid()
        else None,
    }
    return render(request, "office/calendar.html", context)


@require_http_methods(["GET", "POST"])
@law_changes.setters_door
def set_day(request: HttpRequest) -> HttpResponse:
    """Declare a day a working day or a day off."""
    form = DayForm(request.POST if request.method == "POST" else None, initial={"day": today()})
    if form.is_bound and form.is_valid():
        try:
            with law_changes.changing_the_law(user=request.user, on=today()):
                row = set_calendar_day(**form.cleaned_data, actor=request.user)
        except LawNotChanged as refused:
            form.add_error(refused.field or None, str(refused))
        else:
            messages.success(request, _("工作日历已调整。正在计时的期限会在后台重新计算。"))
            return redirect("office_calendar_year", year=row.day.year)
    return _form_page(request, form, _("调整某一天"), "office/calendar_day.html")


@require_POST
@law_changes.setters_door
def clear_day(request: HttpRequest, day: str) -> HttpResponse:
    """Let the calendar itself decide again about a day."""
    with law_changes.changing_the_law(user=request.user, on=today()):
        row = get_object_or_404(CalendarDay, day=_date(day))
        year = row.day.year
        clear_calendar_day(row=row, actor=request.user)
    messages.success(request, _("已恢复日历原来的安排。正在计时的期限会在后台重新计算。"))
    return redirect("office_calendar_year", year=year)


@require_http_methods(["GET", "POST"])
@law_changes.setters_door
def announce(request: HttpRequest) -> HttpResponse:
    """Take in the days off of a year that has been announced."""
    form = YearForm(request.POST if request.method == "POST" else None, initial={"year": today().year + 1})
    if form.is_bound and form.is_valid():
        try:
            with law_changes.changing_the_law(user=request.user, on=today()):
                taken = announce_year(**form.cleaned_data, actor=request.user)
        except LawNotChanged as refused:
            form.add_error(refused.field or None, str(refused))
        else:
            words = _("%s年的放假安排已录入。按周末推算的期限会在后台重新计算。") % taken.year
            messages.success(request, words)
            return redirect("office_calendar_year", year=taken.year)
    return _form_page(request, form, _("录入年度放假安排"), "office/calendar_announce.html")


def _form_page(request: HttpRequest, form: Any, title: str, template: str) -> HttpResponse:
    context = {
        "page_title": title,
        "breadcrumbs": [{"label": _("工作日历"), "url": reverse("office_calendar")}],
        "form": form,
    }
    return render(request, template, context)


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as wrong:
        raise Http404 from wrong
