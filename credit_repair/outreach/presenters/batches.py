"""Batches of reminders and what came of them, in the form that the pages take."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from credit_repair.cases.record_reading import party
from credit_repair.core.tables import Columns, Share
from credit_repair.core.wording import day_text
from credit_repair.outreach import uptake
from credit_repair.outreach.models import ReminderBatch, ReminderItem
from credit_repair.outreach.uptake import SPANS, Uptake

State, Outcome = ReminderBatch.State, ReminderItem.Outcome
_TONES = {State.WAITING: "neutral", State.MAKING: "info", State.DONE: "success", State.STOPPED: "warning"}
_OUTCOME_TONES = {
    Outcome.WAITING: "neutral",
    Outcome.SENT: "success",
    Outcome.NOT_NOW: "neutral",
    Outcome.RECENT: "neutral",
    Outcome.FAILED: "danger",
    Outcome.STOPPED: "warning",
}


def batch_rows(batches: Iterable[ReminderBatch], *, today: date) -> list[dict[str, Any]]:
    """Return batches with their letters and what came of them; the same queries however many they are."""
    listed = list(batches)
    letters, found = uptake.letters_by_batch(listed), uptake.uptake_by_batch(listed)
    return [
        {
            "batch": batch,
            "tag": {"label": batch.get_state_display(), "tone": _TONES[State(batch.state)]},
            "url": reverse("office_reminder_batch", args=[batch.uuid]),
            "letters": letters[batch.pk],
            "uptake": found[batch.pk],
            "filed": span_cells(found[batch.pk], "filed", start=batch.asked_on, today=today),
        }
        for batch in listed
    ]


def span_cells(found: Uptake, name: str, *, start: date, today: date) -> list[dict[str, Any]]:
    """Return how many within each span, with the share; a span that still runs says so."""
    return [
        {
            "span": span,
            "label": _("%d日内") % span,
            "count": getattr(found, name)[span],
            "percent": _percent(found.share(name, span)),
            "running": not uptake.is_over(start, span, today=today),
        }
        for span in SPANS
    ]


def _percent(share: float | None) -> int | None:
    return None if share is None else round(100 * share)


def progress_of(batch: ReminderBatch) -> dict[str, Any]:
    """Return how far a batch has come."""
    return {
        "batch": batch,
        "percent": min(100, batch.done * 100 // batch.total),
        "progress_url": reverse("office_reminder_batch_progress", args=[batch.uuid]),
    }


def batch_page(batch: ReminderBatch, *, today: date, acting: bool) -> dict[str, Any]:
    """Return what the page of one batch shows besides its records."""
    letters = uptake.letters_by_batch([batch])[batch.pk]
    found = uptake.uptake_by_batch([batch])[batch.pk]
    # Dear to count, and says nothing before the first span is over.
    compares = uptake.is_over(batch.asked_on, SPANS[0], today=today)
    others = uptake.unreminded(batch) if compares else Uptake()
    return {
        **progress_of(batch),
        "page_title": _("%(day)s的提醒批次") % {"day": day_text(batch.asked_on)},
        "page_caption": batch.office.name,
        "tag": {"label": batch.get_state_display(), "tone": _TONES[State(batch.state)]},
        "breadcrumbs": [
            {"label": _("主动服务"), "url": reverse("office_outreach")},
            {"label": _("提醒批次"), "url": reverse("office_reminder_batches")},
        ],
        "figures": [
            {"label": _("提醒函"), "count": letters.letters},
            {"label": _("邮件告知"), "count": letters.mailed},
            {"label": _("已送达"), "count": letters.served},
            {"label": _("已查看"), "count": letters.opened},
            {"label": _("提醒的信息"), "count": found.records},
        ],
        "came_of_it": uptake_rows(found, start=batch.asked_on, today=today),
        "others": uptake_rows(others, start=batch.asked_on, today=today) if others.records else [],
        "others_count": others.records,
        "facts": [
            {"key": _("发起人"), "value": batch.asked_by},
            {"key": _("发起时间"), "value": day_text(batch.asked_at, "datetime")},
            {"key": _("完成时间"), "value": day_text(batch.finished_at, "datetime") or _("还没有完成")},
            *({"key": label, "value": words} for label, words in batch.criteria),
        ],
        "may_stop": acting and batch.is_under_way,
    }


def uptake_rows(found: Uptake, *, start: date, today: date) -> list[dict[str, Any]]:
    """Return what came of reminders, a line for each thing that is counted."""
    names = {"begun": _("开始填写申请"), "filed": _("提交申请"), "repaired": _("完成修复")}
    return [
        {"label": label, "cells": span_cells(found, name, start=start, today=today)}
        for name, label in names.items()
    ]


def item_rows(items: Iterable[ReminderItem]) -> list[dict[str, Any]]:
    """Return the records of a batch, with what became of each and its letter."""
    return [
        {
            "item": item,
            "record": item.record,
            "name": item.record.doc_no or item.record.list_name or _("（没有文号）"),
            "url": reverse("office_record", args=[item.record.uuid]),
            "party": party(item.record),
            "tag": {"label": item.get_outcome_display(), "tone": _OUTCOME_TONES[Outcome(item.outcome)]},
            "letter_url": reverse("office_document", args=[item.reminder.document.uuid])
            if item.reminder
            else "",
        }
        for item in items
    ]


def month_rows(months: dict[date, Uptake], *, today: date) -> list[dict[str, Any]]:
    """Return what came of the letters of each month, the newest first."""
    return [
        {
            "month": day_text(month, "month"),
            "day": month,
            "uptake": found,
            "filed": span_cells(found, "filed", start=_last_of(month), today=today),
            "repaired": span_cells(found, "repaired", start=_last_of(month), today=today),
        }
        for month, found in sorted(months.items(), reverse=True)
    ]


def _last_of(month: date) -> date:
    """The last day that a letter of the month can have: from then on the spans of all its letters run."""
    following = date(month.year + month.month // 12, month.month % 12 + 1, 1)
    return date.fromordinal(following.toordinal() - 1)


MONTH_COLUMNS: Columns = (
    (gettext_lazy("月份"), lambda row: row["month"]),
    (gettext_lazy("提醒的信息（条）"), lambda row: row["uptake"].records),
    *(
        (title % {"days": span}, lambda row, name=name, span=span: getattr(row["uptake"], name)[span])
        for span in SPANS
        for name, title in (
            ("begun", gettext_lazy("%(days)s日内开始填写")),
            ("filed", gettext_lazy("%(days)s日内提交")),
            ("repaired", gettext_lazy("%(days)s日内修复")),
        )
    ),
    (gettext_lazy("90日内提交比例"), lambda row: _as_share(row["uptake"].share("filed", 90))),
)


def _as_share(share: float | None) -> Share | None:
    return None if share is None else Share(share)
