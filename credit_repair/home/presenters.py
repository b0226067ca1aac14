"""Records, cases, imports and messages in the form that the pages' components take."""

import re
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from credit_repair.cases import kinds
from credit_repair.cases.models import Case
from credit_repair.home.outlook import cn, outlook
from credit_repair.platforms.models import Message
from credit_repair.platforms.selectors import RemovalStatus
from credit_repair.registry.models import ImportBatch, ImportLine, Publication, Record, RecordEvent
from credit_repair.registry.wording import amount, penalty_summary
from credit_repair.repairs.presenters import TONES as CASE_TONES
from credit_repair.rules import Condition, Explanation
from credit_repair.rules.eligibility import APPLICANTS_PART
from credit_repair.rules.types import CLASS_NAMES, MARK_NOTES

STANDING_TONES = {
    Record.Standing.ACTIVE: "warning",
    Record.Standing.REPAIRED: "success",
    Record.Standing.EXPIRED: "success",
    Record.Standing.WITHDRAWN: "neutral",
    Record.Standing.HISTORY: "neutral",
    Record.Standing.UNPUBLISHED: "neutral",
}
PUBLICATION_TONES = {
    Publication.State.PUBLISHING: "info",
    Publication.State.SHOWN: "warning",
    Publication.State.REMOVING: "info",
    Publication.State.REMOVED: "success",
}
MESSAGE_TONES = {
    Message.State.CONFIRMED: "success",
    Message.State.FAILED: "danger",
    Message.State.WAITING: "info",
    Message.State.SENDING: "info",
}
PUBLIC_EVENTS = {
    RecordEvent.What.IMPORTED: gettext_lazy("收到处罚机关的信息"),
    RecordEvent.What.CHANGED: gettext_lazy("处罚机关更新了信息"),
    RecordEvent.What.EXPIRED: gettext_lazy("公示期满，停止公示"),
    RecordEvent.What.REPAIRED: gettext_lazy("信用修复，停止公示"),
}
EVENT_TONES = {RecordEvent.What.REPAIRED: "success", RecordEvent.What.EXPIRED: "success"}


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


def case_url(case: Case, *, office: bool) -> str:
    """Return the page of a case, the officials' or the applicant's."""
    kind = kinds.kind_of(case)
    return reverse(kind.office_url if office else kind.public_url, args=[case.uuid])


def my_record_rows(
    records: Iterable[Record], *, open_cases: dict[int, Case], today: date
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
                "outlook": outlook(record, today=today),
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
            "kind": kinds.kind_of(case).label,
            "tag": case_tag(case),
            "url": case_url(case, office=office),
        }
        for case in cases
    ]


def record_rows(record: Record, *, for_office: bool) -> list[dict[str, Any]]:
    """Return all that a record says, row by row; what the source left empty is left out."""
    subject = record.subject
    number_name = subject.get_id_type_display()
    rows: list[tuple[Any, Any]] = [
        (_("决定书文号"), record.doc_no),
        (_("当事人"), subject.name),
        (number_name, subject.shown_number),
        (_("处罚机关"), record.authority.name),
        (_("决定日期"), cn(record.decision_date)),
        (_("违法行为类型"), record.conduct),
        (_("违法事实"), record.facts),
        (_("处罚依据"), record.legal_basis),
        (_("处罚种类"), penalty_summary(record)),
        (_("处罚内容"), record.content),
        (_("罚款金额"), amount(record.fine)),
        (_("没收金额"), amount(record.confiscated)),
        (_("暂扣或吊销的证照"), record.licence),
        (_("来源给出的公示截止期"), cn(record.own_until)),
        (_("附带限制截止"), cn(record.restriction_until)),
    ]
    if for_office:
        source = record.source_office
        rows[3:3] = [(_("法定代表人"), subject.legal_representative)]
        rows += [
            (_("数据来源单位"), source.name if source else ""),
            (_("处罚有效期"), cn(record.valid_until)),
            (_("备注"), record.remarks),
        ]
    return [{"key": key, "value": value} for key, value in rows if value]


def date_rows(record: Record) -> list[dict[str, Any]]:
    """Return what the rules made of a record: class and dates."""
    rows = [
        (_("失信等级"), CLASS_NAMES.get(record.rule_class or "", "")),
        (_("最短公示期届满"), cn(record.min_until)),
        (_("可申请修复之日"), cn(record.repairable_from)),
        (_("最长公示期届满"), cn(record.max_until)),
        (_("公示截止日"), cn(record.effective_until)),
        (_("结束日期"), cn(record.ended_on)),
    ]
    return [{"key": key, "value": value} for key, value in rows if value]


def basis_lines(record: Record) -> list[str]:
    """Return how class and dates were computed, step by step, as stored with the record."""
    return [
        step["text"] + MARK_NOTES.get(step.get("mark", ""), "") for step in record.assessment.get("basis", [])
    ]


def condition_items(explanation: Explanation, *, met: bool, case: Case | None) -> list[dict[str, Any]]:
    """Return the conditions that are met, or those that are not, as the explanation list takes them.

    The applicant's own part is left out; and where `case` is open, that there is one is no reproach.
    """
    left_out = (*APPLICANTS_PART, "no_open_application") if case else APPLICANTS_PART
    return [
        {
            "status": condition.state,
            "title": condition.title,
            "text": _words(condition),
            "basis": condition.basis,
        }
        for condition in explanation.conditions
        if condition.code not in left_out and (condition.state == "met") == met
    ]


def applicants_part(explanation: Explanation) -> list[dict[str, Any]]:
    """Return what the applicant sees to while applying, as the task list takes it."""
    return [
        {
            "label": condition.title,
            "hint": condition.todo or condition.text,
            "status": "todo",
            "status_label": _("申请时办理"),
            "tone": "info",
        }
        for condition in explanation.conditions
        if condition.code in APPLICANTS_PART
    ]


def _words(condition: Condition) -> str:
    parts = [part.rstrip("。") for part in (condition.text, condition.todo) if part]
    return "。".join(parts) + "。"


def publication_rows(lines: Iterable[RemovalStatus]) -> list[dict[str, Any]]:
    """Return where a record is published, platform by platform."""
    return [
        {
            "line": line,
            "tag": {"label": line.state_label, "tone": PUBLICATION_TONES[Publication.State(line.state)]},
        }
        for line in lines
    ]


def message_rows(messages: Iterable[Message]) -> list[dict[str, Any]]:
    """Return messages with their state as a tag."""
    return [
        {
            "message": message,
            "tag": {
                "label": message.get_state_display(),
                "tone": MESSAGE_TONES.get(Message.State(message.state), "neutral"),
            },
            "url": reverse("office_record", args=[message.record.uuid]),
        }
        for message in messages
    ]


def event_items(events: Iterable[RecordEvent], *, for_office: bool) -> list[dict[str, Any]]:
    """Return what happened to a record, newest first; who did it, and what changed, only for officials."""
    return [
        {
            "when": event.at,
            "title": event.get_what_display() if for_office else PUBLIC_EVENTS[RecordEvent.What(event.what)],
            "text": _changes(event) if for_office else "",
            "actor": event.actor_label if for_office else "",
            "tone": EVENT_TONES.get(RecordEvent.What(event.what), "info"),
        }
        for event in sorted(events, key=lambda event: (event.at, event.pk), reverse=True)
    ]


def _changes(event: RecordEvent) -> str:
    lines = []
    for name, change in event.data.get("changes", {}).items():
        label = Record._meta.get_field(name).verbose_name  # type: ignore[union-attr]
        empty = _("（空）")
        lines.append(f"{label}：{change.get('old') or empty} → {change.get('new') or empty}")
    return "\n".join(lines)


def batch_rows(batches: Iterable[ImportBatch]) -> list[dict[str, Any]]:
    """Return imports with the page of each."""
    return [{"batch": batch, "url": reverse("office_import", args=[batch.uuid])} for batch in batches]


def line_rows(lines: Iterable[ImportLine]) -> list[dict[str, Any]]:
    """Return the lines of a report with their outcome as a tag."""
    refused = {"label": _("拒收"), "tone": "danger"}
    warned = {"label": _("已收，请核对"), "tone": "warning"}
    return [{"line": line, "tag": refused if line.outcome == "refused" else warned} for line in lines]
