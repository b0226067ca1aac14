"""The repair calendar 修复日历: from which day each record can be repaired, on which it ends by itself.

All of it comes from the stored dates of the records, in the words of `outlook`; page and file share it.
"""

from collections.abc import Container, Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Literal

from django.utils.translation import gettext as _

from credit_repair.registry.models import Record
from credit_repair.repairs.outlook import Outlook, outlook

Standing = Record.Standing

#: What is past stays in the calendar for this many days.
PAST_DAYS = 366


@dataclass(frozen=True)
class Entry:
    """One day of one record.

    kind    first (from this day a repair can be applied for), end (last day of publicity, or the day on which
            it ended otherwise)
    title   what there is on this day; `text` says what it means
    """

    record: Record
    kind: Literal["first", "end"]
    day: date
    title: str
    text: str


@dataclass(frozen=True)
class Month:
    """The entries of one month, in the order of their days."""

    first: date
    entries: list[Entry]


@dataclass(frozen=True)
class Overview:
    """All that the calendar's page says on one day.

    now     records that can be repaired already; in_hand: those with an open application
    months  what is still to come; past: what was, the latest first
    undated records without a day to come, each with the reason
    """

    now: list[Record]
    in_hand: list[Record]
    months: list[Month]
    past: list[Entry]
    undated: list[tuple[Record, Outlook]]


def entries_of(record: Record, *, held: bool = False, barred_until: date | None = None) -> list[Entry]:
    """Return the days of one record, whatever today is: what has ended has one day, when it ended.

    A record that is held 到期待核 is shown on past its last day, which therefore is none.
    """
    if record.has_ended:
        return [_ended(record)] if record.ended_on else []
    # Seen from before everything, what can ever be applied for is still to come.
    prospect = outlook(record, today=date.min, barred_until=barred_until)
    found = []
    if prospect.state == "later" and prospect.day is not None:
        words = _("从这一天起可以申请信用修复，准予后各平台停止公示。")
        found.append(Entry(record, "first", prospect.day, _("可以申请修复"), words))
    if record.is_public and record.published and record.effective_until is not None and not held:
        words = _("公示到这一天为止，次日起各平台自动撤下，无需申请。")
        found.append(Entry(record, "end", record.effective_until, _("公示期满，自动停止公示"), words))
    return found


def all_entries(
    records: Iterable[Record],
    *,
    since: date,
    held: Container[int] = (),
    barred_until: date | None = None,
) -> list[Entry]:
    """Return the days of all records from `since` on, in their order; `held` has the keys of those held,
    `barred_until` is the last day on which their subject may file nothing 申请限制."""
    found = [
        entry
        for record in records
        for entry in entries_of(record, held=record.pk in held, barred_until=barred_until)
        if entry.day >= since
    ]
    return sorted(found, key=lambda entry: (entry.day, entry.record.doc_no, entry.record.pk, entry.kind))


def overview(
    records: Iterable[Record],
    *,
    today: date,
    since: date,
    in_hand: Container[int] = (),
    held: Container[int] = (),
    barred_until: date | None = None,
) -> Overview:
    """Return the calendar as it is read on `today`, with what was from `since` on.

    `in_hand` holds the keys of the records that have an open application, `held` of those that are shown
    past their last day.
    """
    listed = list(records)
    entries = all_entries(listed, since=since, held=held, barred_until=barred_until)
    coming = [entry for entry in entries if entry.day >= today]
    dated = {entry.record.pk for entry in coming}
    open_ones = [record for record in listed if record.pk in in_hand]
    others = [
        (record, outlook(record, today=today, held=record.pk in held, barred_until=barred_until))
        for record in listed
        if record.pk not in in_hand
    ]
    return Overview(
        now=[record for record, view in others if view.state == "now"],
        in_hand=open_ones,
        months=[
            Month(first=first, entries=list(days))
            for first, days in groupby(coming, key=lambda entry: entry.day.replace(day=1))
        ],
        past=[entry for entry in reversed(entries) if entry.day < today],
        undated=[
            (record, view) for record, view in others if view.state == "none" and record.pk not in dated
        ],
    )


def _ended(record: Record) -> Entry:
    words = {
        Standing.REPAIRED: (_("已修复，停止公示"), _("信用修复后，各平台停止公示。")),
        Standing.EXPIRED: (_("公示期满，已停止公示"), _("公示期届满，各平台自动撤下。")),
        Standing.WITHDRAWN: (_("已撤回，停止公示"), _("处罚机关撤回了这条信息。")),
        Standing.HISTORY: (_("公示期满"), _("导入以前公示期已经届满。")),
    }
    title, text = words[Standing(record.standing)]
    return Entry(record, "end", record.ended_on or record.decision_date, title, text)
