"""What moves a repair application without a person: receipts that are in, records that have ended."""

import logging
from collections.abc import Iterable
from datetime import date

from django.db import transaction as database
from django.utils.translation import gettext as _

from credit_repair.cases.errors import ActionRefused
from credit_repair.cases.models import Case, Clock, Phase, ReviewStep
from credit_repair.cases.services import transition
from credit_repair.cases.services.internal import write_internally
from credit_repair.cases.services.steps import cancel_open_steps
from credit_repair.core.settling import move_each, settler
from credit_repair.notices.glyphs import MissingGlyphs
from credit_repair.notices.services import CannotIssue
from credit_repair.registry.models import Publication, Record
from credit_repair.repairs.models import KIND, record_of
from credit_repair.repairs.states import RepairState
from credit_repair.rulings.selectors import why_withdrawn

logger = logging.getLogger(__name__)
BATCH = 500
BEFORE_DECISION = (
    RepairState.DRAFT,
    RepairState.SCHEDULED,
    RepairState.SUBMITTED,
    RepairState.CORRECTION,
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
def submit_scheduled(*, today: date) -> int:
    """Submit every application whose first lawful day has come; what no longer holds goes back to its
    applicant with the reason."""
    due = Case.objects.filter(kind=KIND, state=RepairState.SCHEDULED, repair__scheduled_for__lte=today)
    due = due.exclude(record__standing__in=Record.NOT_PUBLIC)  # close_moot() ends these, and says so

    def submit(case: Case) -> int:
        try:
            transition(case=case, action="submit_when_due", actor=None, today=today)
        except (ActionRefused, MissingGlyphs, CannotIssue) as refused:
            return _try(case, action="return_to_draft", today=today, reason=str(refused))
        return 1

    return move_each(due.order_by("pk")[:BATCH], submit, name=lambda case: f"case {case.uuid}")


@settler
def lapse_uncorrected(*, today: date) -> int:
    """End every case whose applicant has let the time for a correction 补正 run out."""
    over = Clock.objects.filter(kind=Clock.Kind.CORRECTION, stopped_on__isnull=True, due_on__lt=today)
    cases = Case.objects.filter(kind=KIND, state=RepairState.CORRECTION, clocks__in=over)
    return _move(cases.order_by("pk")[:BATCH], action="lapse", today=today)


@settler
def close_moot(*, today: date) -> int:
    """Close every undecided case on a record that nothing may show any longer, and say why where its decision
    no longer stands."""
    cases = Case.objects.filter(kind=KIND, state__in=BEFORE_DECISION, record__standing__in=Record.NOT_PUBLIC)

    def close(case: Case) -> int:
        reason = why_withdrawn(case.record) if case.record is not None else ""
        return _try(case, action="close_as_moot", today=today, reason=reason)

    found = cases.select_related("record").order_by("pk")[:BATCH]
    return move_each(found, close, name=lambda case: f"case {case.uuid}")


@settler
def drop_moot_reopenings(*, today: date) -> int:
    """Let nobody wait any longer to decide anew on a refusal that was set aside, where the publicity is over:
    nothing is left to decide."""
    steps = ReviewStep.objects.filter(
        state=ReviewStep.State.OPEN,
        phase=Phase.DECIDE,
        case__kind=KIND,
        case__state=RepairState.REFUSED,
        case__record__standing__in=Record.NOT_PUBLIC,
    )
    cases = list(steps.order_by("pk").values_list("case", flat=True)[:BATCH])
    return move_each(cases, _drop_reopening, name=lambda pk: f"case {pk} to be decided anew")


@database.atomic
def _drop_reopening(pk: int) -> int:
    case = Case.objects.select_for_update().get(pk=pk)
    if case.state != RepairState.REFUSED or record_of(case).is_public:
        return 0
    cancel_open_steps(case=case)
    write_internally(
        case=case,
        action="reopening_dropped",
        title=_("不再需要重新决定"),
        text=_("该信息已经停止公示，没有可以重新决定的内容。"),
        actor=None,
        audited_as="repair.reopening_dropped",
    )
    return 1


def _move(cases: Iterable[Case], *, action: str, today: date) -> int:
    return move_each(
        cases, lambda case: _try(case, action=action, today=today), name=lambda case: f"case {case.uuid}"
    )


def _try(case: Case, *, action: str, today: date, **data: str) -> int:
    try:
        transition(case=case, action=action, actor=None, today=today, data=data)
    except ActionRefused as refused:
        # Somebody acted in the same moment: the next pass sees how things stand then.
        logger.info("case %s not moved: %s", case.uuid, refused.code)
        return 0
    return 1
