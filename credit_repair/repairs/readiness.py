"""Whether a draft could be handed in today: by the same guards that ask when it is."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from credit_repair.cases.errors import ActionRefused
from credit_repair.cases.flow import Action, act_of
from credit_repair.cases.models import Case
from credit_repair.repairs.selectors import explain_case, is_filed_ahead
from credit_repair.repairs.states import RepairFlow, RepairState


@dataclass(frozen=True)
class Readiness:
    """How a draft stands.

    when    today: it can be submitted; ahead: it waits for `day`, the first lawful one, and submits itself;
            not: it cannot be handed in, and `why` says what to do
    day     the first lawful day, where it lies ahead, whether the draft is complete or not
    """

    when: Literal["today", "ahead", "not"]
    day: date | None = None
    why: str = ""


def readiness_of(case: Case, *, today: date) -> Readiness:
    """Return what would become of the draft if it were handed in today, with nothing done.

    Asks the guards of the state table; the act itself asks them again. `case` comes from drafts_of().
    """
    explanation = explain_case(case=case, today=today)
    ahead = is_filed_ahead(explanation, today=today)
    day = explanation.first_day if ahead else None
    step = Action(case=case, name="schedule" if ahead else "submit", actor=None, today=today)
    row = RepairFlow.actions()[step.name][RepairState.DRAFT]
    try:
        for guard in act_of(row).guards:
            guard(step)
    except ActionRefused as refused:
        return Readiness("not", day, refused.words)
    return Readiness("ahead" if ahead else "today", day)
