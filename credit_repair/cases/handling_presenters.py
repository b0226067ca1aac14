"""Who has the open steps of a case in hand, and what this person can do about it: for the case's page."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from credit_repair.cases.candidates import candidates, with_load
from credit_repair.cases.inbox_forms import PersonForm, WhyForm
from credit_repair.cases.models import Case, ReviewStep
from credit_repair.cases.parts import kept_from, open_steps, taken_by_another
from credit_repair.people.reach import reach_of


def handling_of(case: Case, user: Any, today: date) -> list[dict[str, Any]]:
    """Return the open steps of `case` with what `user` can do with each, as office/step_handling.html takes
    them; nothing for who must keep away 回避.

    Each has phase, office and taker; mine, whether this person has it; claim, whether they can take it up;
    and, where it is offered, a form: give_back, hand_over, assign.
    """
    steps = case.steps.filter(state=ReviewStep.State.OPEN).exclude(kept_from(user))
    theirs = {step.pk: step for step in open_steps(user=user, on=today).filter(case=case)}
    supervised = reach_of(user=user, on=today).offices("supervise")
    return [
        _item(step, theirs.get(step.pk), step.office_id in supervised, user=user, today=today)
        for step in steps.select_related("case", "office", "taken_by").order_by("position")
    ]


def _item(
    step: ReviewStep, own: ReviewStep | None, supervises: bool, *, user: Any, today: date
) -> dict[str, Any]:
    in_hand = own is not None and step.taken_by_id is not None and not taken_by_another(own, actor=user)
    free = own is not None and step.taken_by_id is None
    able = candidates(step, on=today) if in_hand or supervises else []
    others = with_load(person for person in able if person.pk != step.taken_by_id)
    colleagues = [each for each in others if each.user.pk != user.pk]
    nobody = _("收回本单位，待分派") if step.taken_by else None
    ids = f"id_{step.phase}_{step.position}"
    return {
        "step": step,
        "phase": step.get_phase_display(),
        "office": step.office.name,
        "taker": step.taken_by,
        "mine": step.taken_by_id == user.pk,
        "instead": own.stands_for_name if own is not None and in_hand else "",  # type: ignore[attr-defined]
        # Who verified the case is not offered its decision.
        "claim": free and user in candidates(step, on=today, present=False),
        "give_back": WhyForm(auto_id=f"{ids}_back_%s") if in_hand else None,
        "hand_over": PersonForm(auto_id=f"{ids}_over_%s", people=colleagues, needs_reason=True)
        if in_hand and colleagues
        else None,
        "assign": PersonForm(
            auto_id=f"{ids}_assign_%s", people=others, nobody=nobody, needs_reason=nobody is not None
        )
        if supervises and (others or nobody)
        else None,
    }
