"""The working calendar in the form that the pages take: a year at a glance, and how a due day came about."""

import calendar
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from credit_repair.core.wording import day_text
from credit_repair.registry.models import CalendarDay
from credit_repair.rules import WorkCalendar

WEEKDAYS = (
    pgettext_lazy("周历", "一"),
    pgettext_lazy("周历", "二"),
    pgettext_lazy("周历", "三"),
    pgettext_lazy("周历", "四"),
    pgettext_lazy("周历", "五"),
    pgettext_lazy("周历", "六"),
    pgettext_lazy("周历", "日"),
)
SATURDAY = 5
FIRST_YEAR, LAST_YEAR = 2004, 2100
"""The first year whose days off are known, and one far enough ahead."""


def months(year: int, *, working: WorkCalendar, today: date) -> list[dict[str, Any]]:
    """Return the twelve months, each as weeks of seven days that begin on Monday; None pads the ends."""
    weeks_of = calendar.Calendar().monthdatescalendar
    on_holiday = {
        run["first"] + timedelta(days=number)
        for run in stretches(year, working)
        for number in range(run["count"])
    }
    return [
        {
            "title": day_text(date(year, month, 1), "month_name"),
            "weeks": [
                [
                    _day(day, working, today=today, holiday=day in on_holiday) if day.month == month else None
                    for day in week
                ]
                for week in weeks_of(year, month)
            ],
            "working": sum(
                working.is_working_day(day)
                for week in weeks_of(year, month)
                for day in week
                if day.month == month
            ),
        }
        for month in range(1, 13)
    ]


def stretches(year: int, working: WorkCalendar) -> list[dict[str, Any]]:
    """Return the stretches of days off that take in a weekday, and the weekends worked for them."""
    day, last = date(year, 1, 1), date(year, 12, 31)
    found, run = [], []
    while day <= last + timedelta(days=1):
        if day <= last and not working.is_working_day(day):
            run.append(day)
        else:
            if any(each.weekday() < SATURDAY for each in run):
                found.append({"first": run[0], "last": run[-1], "count": len(run)})
            run = []
        day += timedelta(days=1)
    return found


def worked_weekends(year: int, working: WorkCalendar) -> list[date]:
    """Return the Saturdays and Sundays that are worked."""
    days = (date(year, 1, 1) + timedelta(days=number) for number in range(366))
    return [
        day for day in days if day.year == year and day.weekday() >= SATURDAY and working.is_working_day(day)
    ]


def counted(start: date, days: int, working: WorkCalendar) -> dict[str, Any]:
    """Return the due day of a count of working days, provisional or not, and the days off on the way."""
    due = working.add_working_days(start, days)
    between = (start + timedelta(days=number) for number in range(1, (due.due - start).days + 1))
    return {
        "start": start,
        "days": days,
        "due": due.due,
        "weekday": weekday(due.due),
        "provisional": due.provisional,
        "skipped": _runs(day for day in between if not working.is_working_day(day)),
    }


def change_rows(history: Iterable[Any]) -> list[dict[str, Any]]:
    """Return every setting and clearing of days, as history keeps it: newest first."""
    words = {"+": _("设置"), "~": _("修改"), "-": _("撤销")}
    return [
        {
            "day": row.day,
            "what": words[row.history_type],
            "to": day_name(row.working) if row.history_type != "-" else _("恢复日历原来的安排"),
            "reason": row.reason,
            "by": row.history_user or _("系统"),
            "at": row.history_date,
        }
        for row in history
    ]


def override_rows(days: Iterable[CalendarDay], history: Iterable[Any]) -> list[dict[str, Any]]:
    """Return the days set by this office, each with who set it last and when."""
    last: dict[int, Any] = {}
    for row in history:
        last.setdefault(row.id, row)
    return [
        {
            "row": day,
            "weekday": weekday(day.day),
            "to": day_name(day.working),
            "tone": "warning" if day.working else "info",
            "by": last[day.pk].history_user if day.pk in last else None,
            "at": last[day.pk].history_date if day.pk in last else None,
            "clear_url": reverse("office_calendar_clear", args=[day.day.isoformat()]),
        }
        for day in days
    ]


def day_name(working: bool) -> str:
    """Return what a day is."""
    return _("工作日") if working else _("休息日")


def weekday(day: date) -> str:
    """Return the day of the week: 周五."""
    return _("周%s") % WEEKDAYS[day.weekday()]


def _day(day: date, working: WorkCalendar, *, today: date, holiday: bool) -> dict[str, Any]:
    works = working.is_working_day(day)
    override = working.overrides.get(day)
    mark = ""
    if works and day.weekday() >= SATURDAY:
        mark = _("班")
    elif holiday:
        mark = _("休")
    kind = "work" if works else "off"
    return {
        "day": day,
        "mark": mark,
        "classes": " ".join(
            f"dk-cal__day--{name}"
            for name, holds in (
                (kind, True),
                ("special", bool(mark)),
                ("own", override is not None),
                ("today", day == today),
            )
            if holds
        ),
        "own": override is not None,
        "today": day == today,
        "title": override.reason if override else "",
        "name": day_name(works),
    }


def _runs(days: Iterable[date]) -> list[str]:
    """Return days as stretches in words: 11月21日至22日."""
    runs: list[list[date]] = []
    for day in days:
        if runs and day - runs[-1][-1] == timedelta(days=1):
            runs[-1].append(day)
        else:
            runs.append([day])
    return [
        day_text(run[0], "day")
        if len(run) == 1
        else _("%(first)s至%(last)s（%(count)s天）")
        % {
            "first": day_text(run[0], "day"),
            "last": day_text(run[-1], "day"),
            "count": len(run),
        }
        for run in runs
    ]
