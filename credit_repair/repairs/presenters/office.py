"""A repair application for an official: everything on one page, and the acts open to this person."""

from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from credit_repair.cases.forms import NoteForm
from credit_repair.cases.handling_presenters import handling_of
from credit_repair.cases.models import Case, ReviewStep, TextBlock
from credit_repair.cases.presenters import clock_items, step_rows, timeline_items
from credit_repair.cases.reading import reader_of_case
from credit_repair.cases.services import AvailableAction, available_actions
from credit_repair.cases.text_blocks import offer_texts
from credit_repair.core.languages import quoted
from credit_repair.people.masking import Datum, shown
from credit_repair.people.unmask_forms import numbers_shown, unmask_part
from credit_repair.registry.law import one_law
from credit_repair.registry.law_words import in_readers_words, term
from credit_repair.registry.personal_numbers import without_personal_numbers
from credit_repair.repairs.after.reviewing import DECIDED, may_enter_reviews, reviews_of_case
from credit_repair.repairs.forms.office import OFFICE_FORMS, office_form
from credit_repair.repairs.letter_preview import PREVIEWED
from credit_repair.repairs.models import record_of
from credit_repair.repairs.presenters.common import documents_of, record_rows, state_tag
from credit_repair.repairs.presenters.effects import effects_part
from credit_repair.repairs.presenters.enquiries import enquiries_of
from credit_repair.repairs.presenters.fairness import fairness_of
from credit_repair.repairs.presenters.gaps import correction_items
from credit_repair.repairs.presenters.office_around import around_case, clock_stories
from credit_repair.repairs.presenters.office_evidence import checklists, evidence_files, signed_letters
from credit_repair.repairs.presenters.reviews import review_rows
from credit_repair.repairs.presenters.revoking import revocation_part
from credit_repair.repairs.states import RepairState

S = RepairState

PUBLIC, INTERNAL = "public", "internal"
#: Which events the timeline shows, by what the address says.
TIMELINES = {"": _l("全部"), PUBLIC: _l("申请人可见"), INTERNAL: _l("仅内部可见")}
#: The field of an act's form in which what is wrong is written.
_BEGUN = {"give_opinion": "text", "refuse": "reason", "refuse_to_accept": "reason"}
_OPINIONS = (TextBlock.Use.AGREE, TextBlock.Use.DISAGREE)
#: The order of the acts: what carries the case on, what ends it, what hands it on or puts it off.
_ORDER = (
    "accept",
    "give_opinion",
    "endorse",
    "approve",
    "refuse_to_accept",
    "refuse",
    "send_back",
    "forward",
    "extend",
    "reopen",
    "revoke",
    "drop_revocation",
    "enter_answer",
    "propose_revocation",
)
#: What is done now and then, long after a decision: it stands folded, and below.
_RARE = ("propose_revocation", "enter_answer")
#: Under which field of an act which usual texts are offered.
_TEXTS = {
    "give_opinion": ("text", _OPINIONS),
    "endorse": ("text", _OPINIONS),
    "refuse_to_accept": ("reason", (TextBlock.Use.NOT_ACCEPTED,)),
    "refuse": ("reason", (TextBlock.Use.REFUSED,)),
    "send_back": ("reason", (TextBlock.Use.SEND_BACK,)),
    "forward": ("reason", (TextBlock.Use.FORWARD,)),
    "extend": ("reason", (TextBlock.Use.EXTEND,)),
}


def stored_explanation_items(case: Case) -> list[dict[str, Any]]:
    """Return the conditions as they were judged on the day of filing."""
    return [
        {
            "status": condition["state"],
            "title": term(condition["title"]),
            "text": in_readers_words(condition["text"]),
            "basis": quoted(condition["basis"]),
        }
        for condition in case.explanation.get("conditions", [])
    ]


@one_law()
def office_page(
    case: Case,
    *,
    user: Any,
    today: date,
    bound: dict[str, forms.Form],
    note: NoteForm | None = None,
    timeline: str = "",
    filled: bool = False,
) -> dict[str, Any]:
    """Return everything an official needs on one page, and the acts open to this person.

    bound       forms of acts that were sent and could not be done, by the act's name
    note        the same of an internal note
    timeline    which events are shown: one of TIMELINES
    filled      whether the forms begin with what the checklist says is wrong
    """
    lists = checklists(case, user=user, today=today)
    available = available_actions(case=case, actor=user, today=today)
    acts = _acts(case, available, today=today, bound=bound, lines=_lines(lists) if filled else "")
    papers = documents_of(case)
    note = note or NoteForm(prefix="note")
    offer_texts([*_places(acts), (note["text"], (TextBlock.Use.NOTE,))], user=user, on=today)
    sent = [*bound.values(), *([note] if note.is_bound else [])]
    return {
        "case": case,
        "page_title": case.number,
        "page_caption": _("信用修复申请"),
        "page_subtitle": f"{case.subject} · {case.record}",
        "page_actions": _file_of(case),
        "state_tag": state_tag(case),
        "clocks": clock_items(case, today=today, running_only=True),
        "clock_stories": clock_stories(case, today=today),
        "before": [step for step in case.steps.all() if step.state == ReviewStep.State.OPEN],
        "acts": acts,
        "acts_refusal": _shared_refusal(available),
        "ask_correction": _named("ask_correction", available),
        "forms": sent,
        "evidence": evidence_files(case, today=today),
        "signed_letters": signed_letters(case, papers),
        "checklists": lists,
        **_ways_on(case, available),
        "note_form": note,
        "steps": step_rows(case),
        "timeline_tabs": _tabs(case, timeline),
        "timeline": _events(case, timeline),
        "documents": papers,
        "effects": effects_part(record_of(case), today=today, for_office=True)
        if case.state in (S.APPROVED, S.COMPLETED)
        else None,
        **_record(case, user=user),
        **_said(case, user=user, today=today),
        **around_case(case, user=user, today=today),
        "handling": handling_of(case, user, today),
        **revocation_part(case, today=today, for_office=True),
        **_reviews(case, user=user, today=today),
        "fairness": fairness_of(case, user=user, today=today),
        "enquiries": enquiries_of(case, user, today),
    }


def _file_of(case: Case) -> list[dict[str, str]]:
    """The way to the subject's file 主体档案: whoever reads the case may open it."""
    if case.subject is None:
        return []
    return [{"label": _("主体档案"), "url": reverse("office_subject_file", args=[case.subject.uuid])}]


def _places(acts: list[dict[str, Any]]) -> Iterator[tuple[forms.BoundField, tuple[str, ...]]]:
    """The fields of the acts under which usual texts 常用语 are offered, with their uses."""
    for item in acts:
        if item["act"].name in _TEXTS:
            field, uses = _TEXTS[item["act"].name]
            yield item["form"][field], uses


def written_faults(case: Case, *, step: UUID, user: Any, today: date) -> dict[str, Any]:
    """Return what the checklist of a step says is wrong, and where it can be written, for
    office/checklist_faults.html."""
    lists = checklists(case, user=user, today=today)
    available = available_actions(case=case, actor=user, today=today)
    return {
        "list": next((each for each in lists if each["step"] == step), None),
        **_ways_on(case, available),
    }


def _ways_on(case: Case, available: list[AvailableAction]) -> dict[str, str]:
    """Where the lines of the checklist can be written: into a correction notice, into the form of an act."""
    correction = _named("ask_correction", available)
    begun = next((act for act in available if act.name in _BEGUN and act.enabled), None)
    return {
        "correction_url": reverse("office_repair_correction", args=[case.uuid])
        if correction is not None and correction.enabled
        else "",
        "fill_url": f"{reverse('office_repair', args=[case.uuid])}?fill=1#acts",
        "fill_label": str(begun.label) if begun is not None else "",
    }


def _named(name: str, available: list[AvailableAction]) -> AvailableAction | None:
    return next((act for act in available if act.name == name), None)


def _acts(
    case: Case,
    available: list[AvailableAction],
    *,
    today: date,
    bound: dict[str, forms.Form],
    lines: str,
) -> list[dict[str, Any]]:
    """The acts with their forms; to ask for a correction has a page of its own. One is open."""
    acts: list[dict[str, Any]] = []
    for act in available:
        if act.name in OFFICE_FORMS:
            form = bound.get(act.name) or office_form(act.name, case=case, today=today)
            if lines and not form.is_bound and act.name in _BEGUN:
                form.initial[_BEGUN[act.name]] = lines
            acts.append(
                {
                    "act": act,
                    "form": form,
                    "begun": bool(lines) and act.name in _BEGUN,
                    "preview": act.name in PREVIEWED,
                    "rare": act.name in _RARE,
                }
            )
    acts.sort(key=lambda item: _ORDER.index(item["act"].name))
    usual = [item for item in acts if not item["rare"]]
    open_first = next((item for item in usual if item["begun"]), usual[0]) if usual else None
    for item in acts:
        item["open"] = item["act"].name in bound if bound else item is open_first
    return acts


def _shared_refusal(available: list[AvailableAction]) -> str:
    """Why nothing can be done, where it is one reason for every act: then it is said once. Else empty."""
    shown = [act for act in available if act.name in OFFICE_FORMS or act.name == "ask_correction"]
    reasons = {str(act.refusal) for act in shown}
    return reasons.pop() if len(shown) > 1 and len(reasons) == 1 else ""


def _lines(lists: list[dict[str, Any]]) -> str:
    return "\n".join(line for each in lists if each["writable"] for line in each["faults"])


def _record(case: Case, *, user: Any) -> dict[str, Any]:
    """The record, with the subject's identity numbers as this person sees them now."""
    if case.subject is None:
        return {
            "record_rows": record_rows(record_of(case), for_office=True),
            "unmasked_until": None,
            "unmask": None,
        }
    numbers, until = numbers_shown(case.subject, user=user)
    back = reverse("office_repair", args=[case.uuid])
    return {
        "record_rows": record_rows(record_of(case), for_office=True, numbers=numbers),
        "unmasked_until": until,
        "unmask": unmask_part(case.subject, allowed=True, until=until, back=back),
    }


def _said(case: Case, *, user: Any, today: date) -> dict[str, Any]:
    """What the applicant said, and how the conditions stood on the day of filing."""
    explanation = stored_explanation_items(case)
    reader = reader_of_case(case=case, user=user, on=today)
    return {
        "repair": case.repair,
        "statement": without_personal_numbers(case.repair.statement),
        # Not contact_phone: that is the frame's, of this site's own office.
        "applicant_phone": shown(case.repair.contact_phone, Datum.CONTACT_PHONE, reader),
        "correction": correction_items(case, handed_in_only=True),
        "unmet": [item for item in explanation if item["status"] != "met"],
        "met": [item for item in explanation if item["status"] == "met"],
        "basis": [
            {"text": in_readers_words(step["text"])}
            for step in case.explanation.get("assessment", {}).get("basis", [])
        ],
    }


def _reviews(case: Case, *, user: Any, today: date) -> dict[str, Any]:
    """The reviews 复议 and lawsuits of what was decided, and where one is entered; none before a decision."""
    if case.state not in DECIDED:
        return {}
    record = record_of(case)
    may_enter = may_enter_reviews(record=record, case=case, user=user, on=today)
    new = reverse("office_review_new", args=[record.uuid])
    return {
        "reviews": review_rows(reviews_of_case(case), may_enter=may_enter, opens=True),
        "review_url": f"{new}?case={case.uuid}" if may_enter else "",
    }


def _events(case: Case, which: str) -> list[dict[str, Any]]:
    """The events that were asked for, the newest first."""
    events = reversed(timeline_items(case, internal=True))
    if which not in (PUBLIC, INTERNAL):
        return list(events)
    return [event for event in events if event["internal"] == (which == INTERNAL)]


def _tabs(case: Case, which: str) -> list[dict[str, Any]]:
    page = reverse("office_repair", args=[case.uuid])
    return [
        {
            "label": label,
            "url": f"{page}?timeline={code}#timeline" if code else f"{page}#timeline",
            "active": code == (which if which in TIMELINES else ""),
        }
        for code, label in TIMELINES.items()
    ]
