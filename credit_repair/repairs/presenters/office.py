"""A repair application for an official: everything on one page, and the acts open to this person."""

from datetime import date
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _

from credit_repair.cases.models import Case
from credit_repair.cases.presenters import clock_items, step_rows, timeline_items
from credit_repair.cases.reading import reader_of_case
from credit_repair.cases.services import available_actions
from credit_repair.core.languages import quoted
from credit_repair.people.masking import Datum, shown
from credit_repair.people.unmask_forms import numbers_shown, unmask_part
from credit_repair.platforms.selectors import removal_status
from credit_repair.registry.law_words import in_readers_words, term
from credit_repair.registry.personal_numbers import without_personal_numbers
from credit_repair.repairs.forms.office import OFFICE_FORMS
from credit_repair.repairs.models import record_of
from credit_repair.repairs.presenters.common import documents_of, record_rows, state_tag
from credit_repair.repairs.presenters.gaps import correction_items, materials_beside
from credit_repair.repairs.states import RepairState

S = RepairState


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


def office_page(case: Case, *, user: Any, today: date, bound: dict[str, forms.Form]) -> dict[str, Any]:
    """Return everything an official needs on one page, and the acts open to this person."""
    acts = []
    correction = None
    for act in available_actions(case=case, actor=user, today=today):
        if act.name == "ask_correction":
            correction = act
        if act.name in OFFICE_FORMS:
            form = bound.get(act.name) or OFFICE_FORMS[act.name](prefix=act.name)
            acts.append({"act": act, "form": form, "open": act.name in bound})
    explanation = stored_explanation_items(case)
    reader = reader_of_case(case=case, user=user, on=today)
    numbers, until = numbers_shown(case.subject, user=user) if case.subject else ([], None)
    return {
        "case": case,
        "repair": case.repair,
        "statement": without_personal_numbers(case.repair.statement),
        # Not contact_phone: that is the frame's, of this site's own office.
        "applicant_phone": shown(case.repair.contact_phone, Datum.CONTACT_PHONE, reader),
        "unmasked_until": until,
        "unmask": unmask_part(
            case.subject, allowed=True, until=until, back=reverse("office_repair", args=[case.uuid])
        )
        if case.subject
        else None,
        "page_title": case.number,
        "page_caption": _("信用修复申请"),
        "page_subtitle": f"{case.subject} · {case.record}",
        "state_tag": state_tag(case),
        "clocks": clock_items(case, today=today, running_only=True),
        "acts": acts,
        "ask_correction": correction,
        "correction": correction_items(case, handed_in_only=True),
        "forms": list(bound.values()),
        "record_rows": record_rows(record_of(case), for_office=True, numbers=numbers),
        "unmet": [item for item in explanation if item["status"] != "met"],
        "met": [item for item in explanation if item["status"] == "met"],
        "basis": [
            {"text": in_readers_words(step["text"])}
            for step in case.explanation.get("assessment", {}).get("basis", [])
        ],
        "materials": materials_beside(case),
        "steps": step_rows(case),
        "timeline": list(reversed(timeline_items(case, internal=True))),
        "documents": documents_of(case),
        "removal": removal_status(record_of(case)),
        "show_removal": case.state in (S.APPROVED, S.COMPLETED),
        "breadcrumbs": [{"label": _("待办"), "url": reverse("office")}],
    }
