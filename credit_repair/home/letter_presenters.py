"""How versions of style and words are shown: in rows, with what changed and what may be done."""

import difflib
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from credit_repair.notices.models import NoticeText, OfficeStyle
from credit_repair.notices.proposals import STYLE_FIELDS, may_review
from credit_repair.notices.wording import Slot, kinds, slot_of, slots
from credit_repair.registry.models import Office

TONES = {"open": "warning", "current": "success", "past": "neutral", "declined": "neutral"}


def text_rows(office: Office) -> list[dict[str, Any]]:
    """Return the kinds of document, each with its passages and how they are worded."""
    worded = {
        (row.kind, row.slot): row
        for row in NoticeText.objects.filter(office=office, state="current")
        if row.text
    }
    waiting = {(row.kind, row.slot) for row in NoticeText.objects.filter(office=office, state="open")}
    return [
        {
            "title": _(kind.title),
            "slots": [
                {
                    "label": slot.label,
                    "own": (name, slot.key) in worded,
                    "waiting": (name, slot.key) in waiting,
                    "url": reverse("office_letter_text", args=[office.code, name, slot.key]),
                }
                for slot in slots(name)
            ],
        }
        for name, kind in kinds().items()
    ]


def style_state(office: Office) -> dict[str, bool]:
    """Return whether an office has a style of its own, and whether one waits for a second person."""
    states = set(OfficeStyle.objects.filter(office=office).values_list("state", flat=True))
    return {"own": "current" in states, "waiting": "open" in states}


def waiting_rows(offices: QuerySet[Office]) -> list[dict[str, Any]]:
    """Return what waits for a second person at these offices, the oldest first."""
    found: list[OfficeStyle | NoticeText] = [
        *OfficeStyle.objects.filter(state="open", office__in=offices).select_related("office", "author"),
        *NoticeText.objects.filter(state="open", office__in=offices).select_related("office", "author"),
    ]
    return [
        {"row": row, "what": what_of(row), "url": address_of(row)}
        for row in sorted(found, key=lambda row: row.written_at)
    ]


def what_of(row: OfficeStyle | NoticeText) -> str:
    """Return what a version is a version of."""
    if isinstance(row, OfficeStyle):
        return _("文书样式")
    kind, slot = kinds().get(row.kind), slot_of(row.kind, row.slot)
    return f"{_(kind.title) if kind else row.kind} · {slot.label if slot else row.slot}"


def address_of(row: OfficeStyle | NoticeText) -> str:
    """Return the page of a version."""
    if isinstance(row, OfficeStyle):
        return reverse("office_letter_style", args=[row.office.code])
    return reverse("office_letter_text", args=[row.office.code, row.kind, row.slot])


def versions(rows: Iterable[Any], *, user: Any, on: date, slot: Slot | None = None) -> list[dict[str, Any]]:
    """Return the versions, newest first, each with its differences from the one that held before it."""
    shown: list[dict[str, Any]] = []
    held: Any = None
    for row in sorted(rows, key=lambda row: (row.written_at, row.pk)):
        name = "text" if isinstance(row, NoticeText) else "style"
        shown.append(
            {
                "row": row,
                "tag": {"label": _state_of(row), "tone": TONES[row.state]},
                "changes": style_changes(held, row) if slot is None else text_changes(held, row, slot),
                "preview_url": reverse("office_letter_preview", args=[name, row.uuid]),
                "review_url": reverse("office_letter_review", args=[name, row.uuid]),
                "may_review": row.state == "open" and may_review(proposal=row, user=user, on=on),
                "may_take_back": row.state == "open" and row.author_id == user.pk,
                "is_past": row.state == "past",
            }
        )
        if row.state in ("current", "past"):
            held = row
    return shown[::-1]


def _state_of(row: OfficeStyle | NoticeText) -> str:
    taken_back = row.state == "declined" and row.reviewer_id == row.author_id
    return _("已撤回") if taken_back else str(row.get_state_display())


def text_changes(old: Any, new: NoticeText, slot: Slot) -> list[dict[str, Any]]:
    """Return the one change of a passage, letter by letter."""
    before, after = (old.text if old else "") or slot.default, new.text or slot.default
    return [{"label": "", "after": after, "marked": marked(before, after)}]


def style_changes(old: OfficeStyle | None, new: OfficeStyle) -> list[dict[str, Any]]:
    """Return what of a style is otherwise than in the one before."""
    found = []
    for name in STYLE_FIELDS:
        before, after = (getattr(old, name) if old else None) or "", getattr(new, name) or ""
        if before == after:
            continue
        if name == "seal_svg":
            before, after = (_("上传的图") if each else _("按单位名称绘制") for each in (before, after))
            if before == after:
                before, after = _("原来上传的图"), _("新上传的图")
        label = str(OfficeStyle._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
        found.append({"label": label, "marked": marked(str(before), str(after))})
    return found


def marked(before: str, after: str) -> SafeString:
    """Return the text with what was left out and what was put in marked as such, for the ear as well."""
    parts: list[SafeString] = []
    for kind, b1, b2, a1, a2 in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal":
            parts.append(format_html("{}", after[a1:a2]))
            continue
        if b2 > b1:
            parts.append(format_html("<del>{}</del>", before[b1:b2]))
        if a2 > a1:
            parts.append(format_html("<ins>{}</ins>", after[a1:a2]))
    return format_html_join("", "{}", ((part,) for part in parts))
