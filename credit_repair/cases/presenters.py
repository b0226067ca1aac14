"""Cases in the form that the page components take."""

from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from credit_repair.cases.models import (
    Attachment,
    Case,
    CaseDocument,
    Clock,
    Paper,
    Phase,
    ReviewStep,
    TimelineEvent,
)
from credit_repair.cases.selectors import clock_view, timeline
from credit_repair.cases.service_timeline import moment_of, service_items
from credit_repair.core.languages import fixed_text, said_by_site
from credit_repair.core.wording import bracketed, stated
from credit_repair.notices.models import Document
from credit_repair.platforms.models import Message
from credit_repair.platforms.selectors import messages_of_causes
from credit_repair.registry.personal_numbers import without_personal_numbers

TONES = {"approve": "success", "settle": "success", "refuse": "danger", "refuse_to_accept": "danger"}


def timeline_items(case: Case, *, internal: bool) -> list[dict[str, Any]]:
    """Return the events of the case, the platforms' receipts that followed from them, and the service 送达 of
    its documents, oldest first."""
    events = timeline(case=case, internal=internal)
    items = [_event_item(event) for event in events]
    confirmed: dict[tuple[Any, int], list[Message]] = {}
    for message in messages_of_causes([event.uuid for event in events]):
        if message.state == Message.State.CONFIRMED:
            confirmed.setdefault((message.cause, message.platform_id), []).append(message)
    items += [_receipts_item(messages) for messages in confirmed.values()]
    served = service_items(case, internal=internal)
    items += [{**item, "documents": [_link_to(each) for each in item["documents"]]} for item in served]
    return sorted(items, key=moment_of)


def _event_item(event: TimelineEvent) -> dict[str, Any]:
    links = [document_item(link) for link in event.documents.all()]
    return {
        "when": event.at,
        "title": fixed_text(event.title),
        "text": _said(without_personal_numbers(event.text)),
        "actor": fixed_text(event.actor_label),
        "tone": TONES.get(event.action, "info"),
        "internal": event.audience == TimelineEvent.Audience.INTERNAL,
        "documents": [link for link in links if link],
    }


def _said(text: str) -> str:
    """The text of an event; an opinion that stands before it is said in the reader's language."""
    opinion, colon, rest = text.partition("：")
    if colon and any(opinion == said_by_site(each.label) for each in ReviewStep.Opinion):
        return stated(fixed_text(opinion), rest)
    return text


def _receipts_item(messages: list[Message]) -> dict[str, Any]:
    """What one platform has confirmed after one event, with the receipt of each message."""
    return {
        "when": min(message.confirmed_at for message in messages if message.confirmed_at),
        "title": _("%s已确认，回执编号如下") % messages[0].platform.name,
        "text": "\n".join(
            _("%(action)s：%(receipt)s")
            % {"action": message.get_action_display(), "receipt": message.receipt}
            for message in messages
        ),
        "actor": "",
        "tone": "success",
        "internal": False,
        "documents": [],
    }


def document_item(link: CaseDocument) -> dict[str, Any] | None:
    """Return a document as a link, or None while its PDF is still being made."""
    return document_link(link.document)


def document_link(document: Document) -> dict[str, Any] | None:
    """The same for a document by itself."""
    return _link_to(document) if document.state == Document.State.READY else None


def _link_to(document: Document) -> dict[str, Any]:
    name = fixed_text(document.title)
    if document.standing != Document.Standing.VALID:
        name += bracketed(document.get_standing_display())
    return {
        "href": reverse("document", args=[document.uuid]),
        "name": name,
        "number": document.number or "",
        "size": document.size,
        "kind": "PDF",
    }


def paper_link(paper: Paper) -> dict[str, Any]:
    """Return a paper 佐证材料 as a link to its download."""
    return {
        "href": reverse("paper", args=[paper.uuid]),
        "name": paper.name,
        "size": paper.size,
        "kind": paper.name.rpartition(".")[2].upper(),
    }


def attachment_items(case: Case, kind: str | None = None) -> list[dict[str, Any]]:
    """Return the materials of a case (of one kind) as links."""
    return [
        {
            "uuid": item.uuid,
            "href": reverse("attachment", args=[item.uuid]),
            "name": item.name,
            "number": Attachment.Kind(item.kind).label,
            "size": item.size,
            "kind": item.name.rpartition(".")[2].upper(),
        }
        for item in case.attachments.all()
        if kind is None or item.kind == kind
    ]


def clock_items(case: Case, *, today: date, running_only: bool = False) -> list[dict[str, Any]]:
    """Return the clocks of a case as the clock component takes them, the nearest deadline first."""
    items = [clock_item(clock, today=today) for clock in case.clocks.all()]
    items.sort(key=lambda item: item["due"] or date.max)
    return [item for item in items if not (running_only and item["state"] == "stopped")]


def clock_item(clock: Clock, *, today: date) -> dict[str, Any]:
    """Return a clock as the clock component takes it."""
    view = clock_view(clock, today=today)
    return {
        "label": view.label,
        "days": view.remaining,
        "due": view.due,
        "state": {"running": "running", "standing": "paused", "stopped": "stopped"}[view.status],
        "stopped_on": view.stopped_on,
        "paused_since": view.paused_since,
    }


def _whose(step: ReviewStep) -> Any:
    """Who did the step, or has it in hand."""
    return step.taken_by if step.state == ReviewStep.State.OPEN else step.done_by


def step_rows(case: Case) -> list[dict[str, Any]]:
    """Return the review steps with office, state and opinion, phase by phase."""
    phases = list(Phase)
    return [
        {
            "phase": step.get_phase_display(),
            "office": step.office.name,
            "state": _("已转出") if step.forwarded_to_id else step.get_state_display(),
            "tone": {"done": "success", "open": "info"}.get(step.state, "neutral"),
            "opinion": step.opinion_words(),
            "disagrees": step.opinion == ReviewStep.Opinion.DISAGREE,
            "text": without_personal_numbers(step.text),
            "who": str(_whose(step) or ""),
            "done_at": step.done_at,
        }
        for step in sorted(
            case.steps.all(), key=lambda step: (phases.index(Phase(step.phase)), step.position)
        )
    ]
