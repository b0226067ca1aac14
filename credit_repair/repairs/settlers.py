"""What moves a repair application without a person: receipts that are in, records that have ended."""

import logging
from collections.abc import Iterable
from datetime import date

from credit_repair.cases.errors import ActionRefused
from credit_repair.cases.models import Case
from credit_repair.cases.services import transition
from credit_repair.core.settling import move_each, settler
from credit_repair.registry.models import Publication, Record
from credit_repair.repairs.models import KIND
from credit_repair.repairs.states import RepairState

logger = logging.getLogger(__name__)
BATCH = 500
BEFORE_DECISION = (
    RepairState.DRAFT,
    RepairState.SUBMITTED,
    RepairState.VERIFYING,
    RepairState.DECIDING,
)


@settler
def complete_confirmed(*, today: date) -> int:
    """Complete every approved case whose record no required platform still has to take down."""
    waiting = Publication.objects.filter(platform__required=True).exclude(state=Publication.State.REMOVED)
    cases = Case.objects.filter(kind=KIND, state=RepairState.APPROVED).exclude(
        record__in=waiting.values("record")
    )
    return _move(cases.order_by("pk")[:BATCH], action="settle", today=today)


@settler
def close_moot(*, today: date) -> int:
    """Close every undecided case on a record that nothing may show any longer."""
    cases = Case.objects.filter(kind=KIND, state__in=BEFORE_DECISION, record__standing__in=Record.NOT_PUBLIC)
    return _move(cases.order_by("pk")[:BATCH], action="close_as_moot", today=today)


def _move(cases: Iterable[Case], *, action: str, today: date) -> int:
    def move(case: Case) -> int:
        try:
            transition(case=case, action=action, actor=None, today=today)
        except ActionRefused as refused:
            # Somebody acted in the same moment: the next pass sees how things stand then.
            logger.info("case %s not moved: %s", case.uuid, refused.code)
            return 0
        return 1

    return move_each(cases, move, name=lambda case: f"case {case.uuid}")
