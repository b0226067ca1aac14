"""The repair calendar in the form that its page takes."""

from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from credit_repair.cases.models import Case
from credit_repair.home.outlook import cn
from credit_repair.home.presenters import case_tag, case_url
from credit_repair.home.repair_calendar import Entry, Overview
from credit_repair.registry.models import Record

TONES = {"first": "success", "end": "neutral"}


def calendar_rows(view: Overview, open_cases: dict[int, Case], *, today: date) -> dict[str, Any]:
    """Return every list of the page as rows {label, url, hint, tag}."""
    return {
        "now": [_row(record, label=_("现在可以申请修复")) for record in view.now],
        "in_hand": [_case_row(record, open_cases[record.pk]) for record in view.in_hand],
        "months": [
            {
                "title": date_format(month.first, "Y年n月"),
                "rows": [_entry_row(entry, today=today) for entry in month.entries],
            }
            for month in view.months
        ],
        "past": [_entry_row(entry, today=today) for entry in view.past],
        "undated": [
            {**_row(record, label=outlook.title), "hint": f"{_about(record)}。{outlook.reason}"}
            for record, outlook in view.undated
        ],
    }


def _row(record: Record, *, label: str) -> dict[str, Any]:
    return {
        "label": label,
        "url": reverse("my_record", args=[record.uuid]),
        "hint": _about(record),
        "tag": None,
    }


def _case_row(record: Record, case: Case) -> dict[str, Any]:
    label = _("申请正在办理") if case.number else _("申请还没有填完")
    return {
        "label": label,
        "url": case_url(case, office=False),
        "hint": _about(record),
        "tag": case_tag(case),
    }


def _entry_row(entry: Entry, *, today: date) -> dict[str, Any]:
    past = entry.day < today
    tag = None if past else {"label": _away((entry.day - today).days), "tone": TONES[entry.kind]}
    day = cn(entry.day) if past else date_format(entry.day, "n月j日")
    label = _("%(day)s（%(weekday)s）%(what)s") % {
        "day": day,
        "weekday": WEEKDAYS_ABBR[entry.day.weekday()],
        "what": entry.title,
    }
    return {**_row(entry.record, label=label), "tag": tag, "today": entry.day == today}


def _away(days: int) -> str:
    if days == 0:
        return _("就是今天")
    return ngettext("还有%d天", "还有%d天", days) % days


def _about(record: Record) -> str:
    return f"{record.doc_no or _('（没有文号）')} · {record.authority.name}"
