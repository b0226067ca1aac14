"""What follows from an act that comes after the decision."""

from typing import Any

from django.utils.translation import gettext as _

from credit_repair.cases.effects import start_clock
from credit_repair.cases.flow import Action
from credit_repair.cases.models import Phase
from credit_repair.cases.services import steps
from credit_repair.cases.services.documents import issue_for_case
from credit_repair.cases.services.papers import keep_paper
from credit_repair.commitments.models import Commitment
from credit_repair.commitments.services import note_broken
from credit_repair.commitments.states import may
from credit_repair.platforms.services import reinstate_measures, show_again
from credit_repair.registry.law import current_book, current_calendar
from credit_repair.registry.services import facts_of
from credit_repair.registry.services.reinstating import reinstate_record
from credit_repair.repairs.after import notices
from credit_repair.repairs.after.guards import still_repaired
from credit_repair.repairs.after.selectors import (
    office_to_decide_anew,
    running_revocation,
    would_bar_until,
)
from credit_repair.repairs.effects import lock_record
from credit_repair.repairs.models import ApplicationBar, Revocation, RevocationPaper, record_of
from credit_repair.rules import answer_by


def open_revocation(step: Action) -> None:
    """Keep what is proposed, with its papers; the proposal is a step that is done, the decision one that is
    open for the supervisors of the deciding office."""
    case, proposer = step.case, step.actor or step.data["by"]
    if case.deciding_office is None:
        raise RuntimeError("a decided case has a deciding office")
    office = case.deciding_office
    proposal = steps.add_step(case=case, phase=Phase.REVOKE, office=office, today=step.today)
    steps.finish_step(step=proposal, actor=proposer, text=step.text("facts"))
    review = step.data.get("review")
    revocation = Revocation.objects.create(
        case=case,
        step=steps.add_step(case=case, phase=Phase.REVOKE, office=office, today=step.today),
        ground=Revocation.Ground.SET_ASIDE if review else step.text("ground"),
        facts=step.text("facts"),
        review=review,
        proposed_by=proposer,
        proposed_on=step.today,
        answer_by=None if review else _answer_by(step),
    )
    _keep_papers(step, revocation, RevocationPaper.Side.EVIDENCE)


def _answer_by(step: Action) -> Any:
    book = current_book()
    facts = facts_of(record_of(step.case), book=book)
    return answer_by(step.today, facts=facts, book=book, calendar=current_calendar()).due


def note_answer(step: Action) -> None:
    """Keep what the subject says 陈述申辩, and what it handed in with it."""
    revocation = _running(step)
    online = step.name == "answer_revocation"
    revocation.answer = step.text("answer")
    revocation.answer_way = Revocation.Way.ONLINE if online else step.text("way")
    revocation.answered_on = step.today if online else step.data.get("answered_on") or step.today
    revocation.answered_by = step.actor
    revocation.save(update_fields=["answer", "answer_way", "answered_on", "answered_by"])
    _keep_papers(step, revocation, RevocationPaper.Side.ANSWER)


def _keep_papers(step: Action, revocation: Revocation, side: RevocationPaper.Side) -> None:
    subject = step.case.subject
    if subject is None:
        raise RuntimeError("a repair application has a subject")
    for upload in step.data.get("papers") or ():
        paper = keep_paper(subject=subject, upload=upload, actor=step.actor)
        RevocationPaper.objects.create(revocation=revocation, paper=paper, side=side)


def lock_repaired(step: Action) -> None:
    """Lock the record first, and ask again: its decision may have been taken back in the same moment."""
    lock_record(step)
    still_repaired(step)


def end_revocation(outcome: Revocation.Outcome) -> Any:
    """Write down what the supervisor has decided."""

    def effect(step: Action) -> None:
        revocation = _running(step)
        revocation.outcome, revocation.reason = outcome, step.text("reason")
        revocation.decided_on, revocation.decided_by = step.today, step.actor
        revocation.save(update_fields=["outcome", "reason", "decided_on", "decided_by"])
        step.found["revocation"] = revocation

    effect.__name__ = f"end_revocation_{outcome.value}"
    return effect


def bar_applications(step: Action) -> None:
    """Take no new application of the subject for a time, where it is its own fault."""
    revocation: Revocation = step.found["revocation"]
    until = would_bar_until(revocation, on=step.today)
    if until is None or step.case.subject is None:
        return
    ApplicationBar.objects.create(
        subject=step.case.subject,
        revocation=revocation,
        case=step.case,
        record=record_of(step.case),
        starts_on=step.today,
        until=until,
    )


def break_commitment(step: Action) -> None:
    """Hold what the letter promised to be broken 违背承诺, where the subject itself is at fault: false
    material breaks the promise that all is true."""
    revocation: Revocation = step.found["revocation"]
    if revocation.ground not in Revocation.BARRING:
        return
    why = str(Revocation.Ground(revocation.ground).label)
    for commitment in Commitment.objects.filter(origin=step.case.uuid):
        if may(commitment, "break"):
            note_broken(commitment=commitment, reason=why, actor=step.actor, today=step.today)


def restore_publicity(step: Action) -> None:
    """Let the record be public again for the rest of its period, tell every platform and department, and give
    the subject notice of it; where nothing is left of the period, nothing comes back."""
    case, record, revocation = step.case, record_of(step.case), step.found["revocation"]
    ended_on = record.ended_on
    rest = reinstate_record(
        record=record,
        on=step.today,
        at=step.cause.at,
        actor_label=str(case.deciding_office),
        data={"case": case.number},
    )
    if not rest.is_left or ended_on is None:
        return
    said = _("信用修复已撤销，恢复公示，案件编号%s") % case.number
    show_again(record=record, cause=step.cause.uuid, cause_text=said)
    reinstate_measures(record=record, cause=step.cause.uuid, cause_text=said)
    revocation.restored_from, revocation.restored_until = step.today, rest.until
    revocation.save(update_fields=["restored_from", "restored_until"])
    document, office = notices.restoration_notice(step, ended_on=ended_on, rest=rest)
    step.letters.append(
        issue_for_case(case=case, document=document, office=office, today=step.today, event=step.cause)
    )


def open_anew(step: Action) -> None:
    """Let the level above decide anew; it begins once an approver there takes it up."""
    office = office_to_decide_anew(step.case, on=step.today)
    steps.set_aside_steps(case=step.case, phase=Phase.DECIDE)
    steps.add_step(case=step.case, phase=Phase.DECIDE, office=office, today=step.today)


def decide_at_this_level(step: Action) -> None:
    """From now on this office decides the case, with its number and seal, by a clock that starts anew."""
    if step.review is None:
        raise RuntimeError("only an official's act reopens a case")
    step.case.deciding_office = step.review.office
    # The former reasons stand in the former letter; what the new decision says is the case's from now on.
    step.case.reasons.all().delete()
    step.case.repair.decided_on = None
    step.case.repair.save(update_fields=["decided_on"])
    start_clock("decision")(step)
    step.review.clock = step.clocks["decision"]
    step.review.save(update_fields=["clock"])


def _running(step: Action) -> Revocation:
    revocation = running_revocation(step.case)
    if revocation is None:
        raise RuntimeError("the guards have seen a running revocation")
    return revocation


def about_revocation(step: Action) -> dict[str, Any]:
    """What a mail about a revocation says besides the case: the revocation, and the bar that follows."""
    revocation = step.found.get("revocation") or _running(step)
    return {
        "revocation": revocation,
        "answer_by": revocation.answer_by,
        "bar": ApplicationBar.objects.filter(revocation=revocation).first(),
    }
