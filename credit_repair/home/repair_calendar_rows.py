"""The repair calendar in the form that its page takes."""

from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from credit_repair.cases.kinds import kind_of
from credit_repair.cases.models import Case
from credit_repair.core.wording import bracketed, day_text
from credit_repair.home.presenters import case_tag, case_url
from credit_repair.home.repair_calendar import Entry, Overview
from credit_repair.registry.models import Record
from credit_repair.repairs.outlook import Outlook

TONES = {"first": "success", "end": "neutral"}
WEEKDAYS = (
    gettext_lazy("周一"),
    gettext_lazy("周二"),
    gettext_lazy("周三"),
    gettext_lazy("周四"),
    gettext_lazy("周五"),
    gettext_lazy("周六"),
    gettext_lazy("周日"),
)
#: Within so many days it is said how many are left; what is further off has its date.
SOON = 90


def calendar_rows(view: Overview, open_cases: dict[int, Case], *, today: date) -> dict[str, Any]:
    """Return every list of the page as rows {label, url, hint, tag}."""
    ready = {"label": _("现在可以申请"), "tone": "success"}
    return {
        "today_said": _said(today),
        "now": [_record_row(record, tag=ready) for record in view.now],
        "in_hand": [_case_row(record, open_cases[record.pk]) for record in view.in_hand],
        "months": [
            {
                "title": day_text(month.first, "month"),
                "rows": [entry_row(entry, today=today, month_said=True) for entry in month.entries],
            }
            for month in view.months
        ],
        "past": [entry_row(entry, today=today) for entry in view.past],
        "undated": [_record_row(record, words=_reason(outlook)) for record, outlook in view.undated],
    }


def _record_row(record: Record, *, words: str = "", tag: dict[str, str] | None = None) -> dict[str, Any]:
    return {
        "label": _number(record),
        "url": reverse("my_record", args=[record.uuid]),
        "hint": " · ".join(part for part in (record.authority.name, words) if part),
        "tag": tag,
    }


def _case_row(record: Record, case: Case) -> dict[str, Any]:
    if case.number:
        words = _("申请正在办理")
    else:
        words = _("申请还没有填完") if case.state in kind_of(case).flow.WAITS else _("申请已经预约")
    return _record_row(record, words=words, tag=case_tag(case)) | {"url": case_url(case, office=False)}


def entry_row(entry: Entry, *, today: date, month_said: bool = False) -> dict[str, Any]:
    """Return one day; `month_said`: it stands under its month and year, which need not be said again."""
    record = entry.record
    left = (entry.day - today).days
    tag = {"label": _away(left), "tone": TONES[entry.kind]} if 0 <= left <= SOON else None
    near = left >= 0 and (entry.day.year == today.year or month_said)
    day = _said(entry.day, "day" if near else "date")
    return {
        "label": _("%(day)s%(title)s") % {"day": day, "title": entry.title},
        "url": reverse("my_record", args=[record.uuid]),
        "hint": f"{_number(record)} · {record.authority.name}",
        "tag": tag,
        "today": left == 0,
    }


def _said(day: date, style: str = "date") -> str:
    """Return a day with its weekday: 12月3日（周四）."""
    return day_text(day, style) + bracketed(WEEKDAYS[day.weekday()])


def _away(days: int) -> str:
    return ngettext("还有%d天", "还有%d天", days) % days if days else _("就是今天")


def _reason(outlook: Outlook) -> str:
    return _("%(title)s。%(reason)s") % {"title": outlook.title, "reason": outlook.reason}


def _number(record: Record) -> str:
    return record.doc_no or _("（没有文号）")
