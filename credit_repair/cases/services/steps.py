"""Review steps: planned from the route at submission, opened phase by phase."""

from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Max, Q, Subquery
from django.utils.translation import gettext as _

from credit_repair.cases.errors import ActionRefused
from credit_repair.cases.models import ROUTE_PHASES, Case, Clock, Phase, ReviewStep, RouteStep
from credit_repair.cases.services.internal import write_internally
from credit_repair.core.clock import now
from credit_repair.core.languages import in_site_language
from credit_repair.registry.models import Office


def plan_steps(*, case: Case) -> None:
    """Copy the route of the case's kind and class into its steps; the running case keeps this copy.

    An office that is named to verify along 会同核查, and verifies the case anyway, has one step and not two.
    Raises ActionRefused where no route is set up or a seat has no office: a supervisor must mend it.
    """
    rule_class = case.record.rule_class if case.record else None
    found = RouteStep.objects.select_related("office").filter(
        kind=case.kind, rule_class__in=[rule_class or "", ""]
    )
    lines = [line for line in found if line.rule_class] or list(found)
    seated = [(line, _seat(case, line)) for line in lines]
    verifying = {
        office for line, office in seated if line.phase == Phase.VERIFY and not _is_named_verifier(line)
    }
    steps = [
        ReviewStep(
            case=case,
            phase=line.phase,
            position=line.position,
            office=office,
            of_intake_office=line.seat == RouteStep.Seat.INTAKE_OFFICE,
        )
        for line, office in seated
        if not (_is_named_verifier(line) and office in verifying)
    ]
    # Without a phase the case would strand in it; an office twice in one would agree with itself.
    whole = {step.phase for step in steps} == set(ROUTE_PHASES)
    if not whole or len({(step.phase, step.office_id) for step in steps}) < len(steps):
        raise ActionRefused("no_route", _("办理路径没有设置完整，暂时不能提交。请与信用办联系。"))
    ReviewStep.objects.bulk_create(steps)


def _is_named_verifier(line: RouteStep) -> bool:
    return line.phase == Phase.VERIFY and line.seat == RouteStep.Seat.NAMED


def _seat(case: Case, line: RouteStep) -> Office:
    offices = {
        RouteStep.Seat.INTAKE_OFFICE: case.intake_office,
        RouteStep.Seat.AUTHORITY: case.deciding_office,
        RouteStep.Seat.UPPER: case.deciding_office.parent if case.deciding_office else None,
        RouteStep.Seat.NAMED: line.office,
    }
    office = offices[RouteStep.Seat(line.seat)]
    if office is None:
        raise ActionRefused("no_office", _("办理路径中的单位尚未设置，暂时不能提交。请与信用办联系。"))
    return office


def open_phase(*, case: Case, phase: str, today: date, clock: str) -> None:
    """Open every planned or finished step of `phase`, due with the running clock of the kind `clock`."""
    running = Clock.objects.filter(case=case, kind=clock, stopped_on__isnull=True)
    case.steps.filter(phase=phase).exclude(state=ReviewStep.State.OPEN).update(
        state=ReviewStep.State.OPEN,
        opened_on=today,
        clock=Subquery(running.values("pk")[:1]),
        taken_by=None,
        opinion="",
        text="",
        checks={},
        done_by=None,
        done_at=None,
    )


def open_next(*, case: Case, phase: str, today: date, clock: str) -> None:
    """Open the first planned step of `phase`, due with the running clock of the kind `clock`."""
    planned = case.steps.filter(phase=phase, state=ReviewStep.State.PLANNED).order_by("position")
    running = Clock.objects.filter(case=case, kind=clock, stopped_on__isnull=True)
    case.steps.filter(pk=Subquery(planned.values("pk")[:1])).update(
        state=ReviewStep.State.OPEN, opened_on=today, clock=Subquery(running.values("pk")[:1])
    )


def plan_anew(*, case: Case, phase: str) -> None:
    """Let every step of `phase` wait for its turn again, as before anybody had done it; but not what was set
    aside: that has no turn any longer."""
    case.steps.filter(phase=phase).exclude(state=ReviewStep.State.SET_ASIDE).update(
        state=ReviewStep.State.PLANNED,
        taken_by=None,
        opinion="",
        text="",
        checks={},
        done_by=None,
        done_at=None,
    )


def forward_step(
    *, case: Case, step: ReviewStep, office: Office, actor: Any, today: date, reason: str, clock: Clock
) -> None:
    """Finish an intake step by sending the case on to another credit office 转送, which gets a step of its
    own, due with `clock`. What the first office would have done later, because it took the case in, is the
    other one's, too; what it does as the authority, above it, or by its name in the route stays its own."""
    step.forwarded_to = office
    finish_step(step=step, actor=actor, text=reason)
    all_steps = list(case.steps.all())
    _move_planned(all_steps, to=office)
    ReviewStep.objects.create(
        case=case,
        phase=Phase.INTAKE,
        position=max(each.position for each in all_steps) + 1,
        office=office,
        state=ReviewStep.State.OPEN,
        opened_on=today,
        clock=clock,
        of_intake_office=True,
    )
    case.intake_office = office


def _move_planned(all_steps: list[ReviewStep], *, to: Office) -> None:
    """Give the planned steps of whoever takes the case in to another office. Where that one has a step of the
    phase already, it gets no second: it would agree with itself."""
    has_one = {step.phase for step in all_steps if step.office_id == to.pk}
    for step in all_steps:
        if not step.of_intake_office or step.state != ReviewStep.State.PLANNED:
            continue
        if step.phase in has_one:
            step.delete()
        else:
            step.office = to
            step.save(update_fields=["office"])


def finish_step(*, step: ReviewStep, actor: Any, opinion: str = "", text: str = "") -> None:
    """Finish an open step with the actor's opinion and its reasons."""
    step.state = ReviewStep.State.DONE
    step.opinion, step.text = opinion, text
    step.done_by, step.done_at = actor, now()
    step.save(update_fields=["state", "opinion", "text", "done_by", "done_at", "forwarded_to"])


def cancel_open_steps(*, case: Case) -> None:
    """Cancel what nobody needs to do any longer: at every end of a case."""
    case.steps.filter(state__in=[ReviewStep.State.OPEN, ReviewStep.State.PLANNED]).update(
        state=ReviewStep.State.CANCELLED
    )


def set_aside_steps(*, case: Case, phase: str) -> None:
    """Say of every step of `phase` that what was decided there does not stand any longer 决定已被撤销, and of
    what nobody did that nobody need do it."""
    undone = case.steps.filter(phase=phase, state__in=[ReviewStep.State.OPEN, ReviewStep.State.PLANNED])
    undone.update(state=ReviewStep.State.CANCELLED)
    case.steps.filter(phase=phase, state=ReviewStep.State.DONE).update(state=ReviewStep.State.SET_ASIDE)


def add_step(*, case: Case, phase: str, office: Office, today: date) -> ReviewStep:
    """Open a step of `phase` at `office`, behind all that the case has, with no clock."""
    last = ReviewStep.objects.filter(case=case).aggregate(last=Max("position"))["last"] or 0
    return ReviewStep.objects.create(
        case=case,
        phase=phase,
        position=last + 1,
        office=office,
        state=ReviewStep.State.OPEN,
        opened_on=today,
    )


def is_last_open(*, case: Case, phase: str) -> bool:
    """Whether at most one step of the phase is still open."""
    return case.steps.filter(phase=phase, state=ReviewStep.State.OPEN).count() <= 1


def release_steps(*, user: Any, office: Office | None = None, why: str = "", actor: Any = None) -> int:
    """Give back to their office the open steps that `user` has taken, at one office or at all of them.

    Each is told on its case's timeline, for officials, and in the audit; return how many there were.
    """
    steps = ReviewStep.objects.filter(taken_by=user, state=ReviewStep.State.OPEN)
    if office is not None:
        steps = steps.filter(office=office)
    return sum(
        release_step(step=step, why=why, actor=actor) for step in steps.select_related("case").order_by("pk")
    )


@transaction.atomic
@in_site_language()
def release_step(*, step: ReviewStep, why: str, actor: Any = None, unless: Q | None = None) -> int:
    """Give an open step back to its office; return 1, or 0 where it was done or given back meanwhile.

    `unless`: a condition under which it stays with its taker after all, asked under lock.
    """
    # The case first, as every act does.
    case = Case.objects.select_for_update().get(pk=step.case_id)
    found = ReviewStep.objects.filter(
        pk=step.pk, taken_by=step.taken_by_id, taken_by__isnull=False, state=ReviewStep.State.OPEN
    )
    row = (found if unless is None else found.exclude(unless)).select_related("taken_by", "office").first()
    if row is None:
        return 0
    taker = row.taken_by
    row.taken_by = None
    row.save(update_fields=["taken_by"])
    write_internally(
        case=case,
        action="release_step",
        title=_("退回本单位，待同事领取"),
        text=_("%(phase)s环节原由%(name)s办理。%(why)s")
        % {"phase": row.get_phase_display(), "name": taker, "why": why},
        actor=actor,
        audited_as="release_step",
        facts={
            "step": str(row.uuid),
            "office": row.office.code,
            "from": taker.pk if taker else None,
        },
    )
    return 1
