"""Records, cases, imports and messages in the form that the pages' components take."""

import re
from collections.abc import Container, Iterable
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from credit_repair.cases import kinds
from credit_repair.cases.models import Case
from credit_repair.cases.record_reading import reader_of
from credit_repair.core.languages import quoted
from credit_repair.people.masking import subject_name
from credit_repair.platforms.models import Message
from credit_repair.registry.law_words import in_readers_words, sentences, term
from credit_repair.registry.models import ImportLine, Record
from credit_repair.registry.personal_numbers import without_personal_numbers
from credit_repair.registry.wording import penalty_summary
from credit_repair.repairs.models import KIND as REPAIR
from credit_repair.repairs.outlook import outlook
from credit_repair.repairs.presenters.common import TONES as CASE_TONES
from credit_repair.repairs.states import RepairState
from credit_repair.rules import Condition, Explanation
from credit_repair.rules.eligibility import APPLICANTS_PART

STANDING_TONES = {
    Record.Standing.ACTIVE: "warning",
    Record.Standing.REPAIRED: "success",
    Record.Standing.EXPIRED: "success",
    Record.Standing.WITHDRAWN: "neutral",
    Record.Standing.HISTORY: "neutral",
    Record.Standing.UNPUBLISHED: "neutral",
}
MESSAGE_TONES = {
    Message.State.CONFIRMED: "success",
    Message.State.FAILED: "danger",
    Message.State.WAITING: "info",
    Message.State.SENDING: "info",
    Message.State.ACCEPTED: "info",
}


#: Chinese stands beside an address without a blank, which Django's urlize does not expect.
_ADDRESS = re.compile(r"(https?://[A-Za-z0-9./:?&=%#_~+-]+)")


def linked(text: str) -> SafeString:
    """Return plain text with its web addresses as links."""
    parts = [
        format_html('<a href="{0}">{0}</a>', part) if _ADDRESS.fullmatch(part) else escape(part)
        for part in _ADDRESS.split(text)
    ]
    return mark_safe("".join(parts))


def standing_tag(record: Record) -> dict[str, Any]:
    """Return the standing of a record as a tag."""
    standing = Record.Standing(record.standing)
    return {"label": standing.label, "tone": STANDING_TONES[standing]}


def case_tag(case: Case) -> dict[str, Any]:
    """Return the state of a case of any kind as a tag."""
    state = kinds.kind_of(case).states(case.state)
    return {"label": state.label, "tone": CASE_TONES.get(state, "info")}


def at_window(case: Case) -> bool:
    """Whether a window 窗口 fills it in: its applicant goes on there."""
    return case.state == RepairState.DRAFT and case.filing.window_office_id is not None


def case_label(case: Case) -> str:
    """Return what an applicant's list calls a case: its number, or what it is before it has one."""
    if case.number:
        return case.number
    if at_window(case):
        return _("在窗口办理")
    if case.state in kinds.kind_of(case).flow.WAITS:
        return _("草稿，继续填写")
    return _("已预约的申请") if files_on(case) else _("没有提交的申请")


def files_on(case: Case) -> date | None:
    """Return the day on which an application that waits for it submits itself 预约提交."""
    if case.number:
        return None
    day: date | None = getattr(getattr(case, "repair", None), "scheduled_for", None)
    return day


def case_url(case: Case, *, office: bool) -> str:
    """Return the page of a case, the officials' or the applicant's; a draft of a repair is filled in with the
    others of its basket. Select `filing` along."""
    if not office and case.state == RepairState.DRAFT and case.kind == REPAIR and not at_window(case):
        return reverse("my_filing", args=[case.filing.uuid])
    return kinds.office_path(case) if office else reverse(kinds.kind_of(case).public_url, args=[case.uuid])


def certificate_url(record: Record) -> str:
    """Return where the certificate 信用修复证明 after a completed repair is asked for; empty for none."""
    if record.standing != Record.Standing.REPAIRED:
        return ""
    done = record.cases.filter(kind=REPAIR, state=RepairState.COMPLETED).order_by("-pk").first()
    return f"{case_url(done, office=False)}#certificate" if done else ""


def my_record_rows(
    records: Iterable[Record],
    *,
    open_cases: dict[int, Case],
    today: date,
    held: Container[int] = (),
    barred_until: date | None = None,
) -> list[dict[str, Any]]:
    """Return the records of an enterprise, each with what is in store for it and its open application."""
    rows = []
    for record in records:
        case = open_cases.get(record.pk)
        rows.append(
            {
                "record": record,
                "url": reverse("my_record", args=[record.uuid]),
                "penalty": penalty_summary(record),
                "tag": standing_tag(record),
                "outlook": outlook(record, today=today, held=record.pk in held, barred_until=barred_until),
                "case": case,
                "case_url": case_url(case, office=False) if case else "",
                "case_tag": case_tag(case) if case else None,
            }
        )
    return rows


def case_rows(cases: Iterable[Case], *, office: bool) -> list[dict[str, Any]]:
    """Return cases with state, page and kind."""
    return [
        {
            "case": case,
            "label": case_label(case),
            "kind": kinds.kind_of(case).label,
            "files_on": files_on(case),
            "tag": case_tag(case),
            "url": case_url(case, office=office),
        }
        for case in cases
    ]


def condition_items(explanation: Explanation, *, met: bool, case: Case | None) -> list[dict[str, Any]]:
    """Return the conditions that are met, or those that are not, as the explanation list takes them.

    The applicant's own part is left out; and where `case` is open, that there is one is no reproach.
    """
    left_out = (*APPLICANTS_PART, "no_open_application") if case else APPLICANTS_PART
    return [
        {
            "status": condition.state,
            "title": term(condition.title),
            "text": _words(condition),
            "basis": quoted(condition.basis),
        }
        for condition in explanation.conditions
        if condition.code not in left_out and (condition.state == "met") == met
    ]


def applicants_part(explanation: Explanation) -> list[dict[str, Any]]:
    """Return what the applicant sees to while applying, as the task list takes it."""
    return [
        {
            "label": term(condition.title),
            "hint": in_readers_words(condition.todo or condition.text),
            "status": "todo",
            "status_label": _("申请时办理"),
            "tone": "info",
        }
        for condition in explanation.conditions
        if condition.code in APPLICANTS_PART
    ]


def _words(condition: Condition) -> str:
    return sentences(part.rstrip("。") for part in (condition.text, condition.todo) if part)


def message_rows(messages: Iterable[Message], *, linked: bool = False) -> list[dict[str, Any]]:
    """Return messages with their state as a tag; `linked`: with the way to the page of each."""
    return [
        {
            "message": message,
            "party": subject_name(message.about, reader_of(message)),
            "tag": {
                "label": message.get_state_display(),
                "tone": MESSAGE_TONES.get(Message.State(message.state), "neutral"),
            },
            "url": reverse("office_record", args=[message.record.uuid]) if message.record else "",
            "page": reverse("office_message", args=[message.uuid]) if linked else "",
        }
        for message in messages
    ]


def line_rows(lines: Iterable[ImportLine]) -> list[dict[str, Any]]:
    """Return the lines of a report with their outcome as a tag."""
    refused = {"label": _("拒收"), "tone": "danger"}
    warned = {"label": _("已收，请核对"), "tone": "warning"}
    return [
        {
            "line": line,
            "reason": without_personal_numbers(line.reason),
            "tag": refused if line.outcome == "refused" else warned,
        }
        for line in lines
    ]
