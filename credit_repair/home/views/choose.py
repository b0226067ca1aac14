"""The chooser 选择办理方式: one question a page, the answers in the address."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from credit_repair.core.clock import today
from credit_repair.home import chooser
from credit_repair.home.law_facts import law_facts
from credit_repair.people import acting


@require_safe
def choose(request: HttpRequest) -> HttpResponse:
    """Ask the next question, or say which way is the right one."""
    place = chooser.place(request.GET.dict())
    facts = law_facts(today=today())
    if place.outcome is not None:
        # Who acts for a subject goes straight on to choosing what is to be repaired.
        repair = place.outcome.name in ("repair_now", "repair_later") and bool(acting.subjects_of(request))
        return render(request, "public/choose_result.html", {**_result(place, facts), "can_choose": repair})
    return render(request, "public/choose.html", _question(request, place, facts))


def _question(request: HttpRequest, place: chooser.Place, facts: dict[str, Any]) -> dict[str, Any]:
    question = place.question
    assert question is not None  # noqa: S101 - a place has a question or an outcome
    # The form sends along which question it asked: sent without an answer, that is a slip to point at.
    missed = request.GET.get("asked") == question.name
    return {
        "question": question,
        "text": question.text % facts,
        "hint": question.hint % facts if question.hint else "",
        "choices": [
            {
                "value": choice.value,
                "label": choice.label % facts,
                "hint": choice.hint % facts if choice.hint else "",
            }
            for choice in question.choices
        ],
        "number": len(place.answered) + 1,
        "most": chooser.most_questions(),
        "before": [(asked.name, choice.value) for asked, choice in place.answered],
        "back_url": _address(place.answered[:-1]) if place.answered else "",
        "missed": missed,
        "errors": [{"text": _("请选择一项，再继续。"), "href": "#answer-1"}] if missed else [],
    }


def _result(place: chooser.Place, facts: dict[str, Any]) -> dict[str, Any]:
    outcome = place.outcome
    assert outcome is not None  # noqa: S101 - a place has a question or an outcome
    return {
        "outcome": outcome,
        "page_title": outcome.title % facts,
        "page_caption": _("选择结果"),
        "page_subtitle": outcome.text % facts,
        # Who disagrees with a refusal may also mend what it names and ask again.
        "after_refusal": any(choice.value == "answer" for _question, choice in place.answered),
        "steps": [step % facts for step in outcome.steps],
        "rows": [
            {
                "key": question.short,
                "value": choice.label % facts,
                "change_url": _address(place.answered[:position]),
            }
            for position, (question, choice) in enumerate(place.answered)
        ],
        "breadcrumbs": [{"label": _("选择办理方式"), "url": reverse("choose")}],
    }


def _address(answered: Any) -> str:
    """The address on which what follows these answers is asked."""
    query = urlencode([(question.name, choice.value) for question, choice in answered])
    return reverse("choose") + (f"?{query}" if query else "")
