"""The documents that go out when a repair is revoked: the deciding office's decision, the credit office's
notice that publicity is restored."""

from datetime import date

from django.utils.translation import gettext as _

from credit_repair.cases.flow import Action
from credit_repair.cases.on_paper import paragraphs, party_of
from credit_repair.notices import contexts
from credit_repair.notices.publicity import Earlier
from credit_repair.registry.law import current_book, current_calendar
from credit_repair.registry.models import Office, Record
from credit_repair.registry.services import facts_of
from credit_repair.registry.services.reinstating import Rest, rest_of_publicity
from credit_repair.repairs.after.selectors import decision_of, running_revocation, would_bar_until
from credit_repair.repairs.matters import facts_on_paper
from credit_repair.repairs.models import Revocation, record_of
from credit_repair.repairs.notices import common, legal_basis
from credit_repair.repairs.remedies import remedies_of
from credit_repair.rules import answer_by

#: Why, one sentence each, as the decision says it.
_REASONS = {
    Revocation.Ground.FALSE_MATERIAL: "提供虚假材料取得信用修复",
    Revocation.Ground.BROKEN_PROMISE: "违背信用修复承诺",
}


def intended_revocation(step: Action) -> tuple[contexts.IntendedRevocation, Office]:
    """Return the notice of what is intended, with the right to answer it."""
    case, record = step.case, record_of(step.case)
    office, revocation = _deciding_office(step), running_revocation(case)
    if revocation is None or revocation.answer_by is None:
        raise RuntimeError("what is proposed was just kept, with the last day for the answer")
    book = current_book()
    facts = facts_of(record, book=book)
    due = answer_by(step.today, facts=facts, book=book, calendar=current_calendar())
    rules = book.view(
        book.governing(facts.authority_kind, step.today).rule_set.id, on=step.today, sector=facts.sector
    )
    return (
        contexts.IntendedRevocation(
            **common(case, office, step),
            document_number="",
            legal_basis=legal_basis(case),
            record=facts_on_paper(record),
            repair=_repair(step),
            facts=paragraphs(revocation.facts),
            reasons=(reason_of(revocation),),
            answer_by=due.due,
            barred_years=int(rules["bar.false_material.years"].value) if revocation.bars else 0,
            provisional=due.provisional,
        ),
        office,
    )


def revocation_decision(step: Action) -> tuple[contexts.RevocationDecision, Office]:
    """Return the decision that revokes the repair, with what it does by the rules of that day."""
    case, record = step.case, record_of(step.case)
    office, revocation = _deciding_office(step), running_revocation(case)
    if revocation is None:
        raise RuntimeError("the guards have seen a running revocation")
    rest = rest_of_publicity(record, on=step.today)
    return (
        contexts.RevocationDecision(
            **common(case, office, step),
            document_number="",
            legal_basis=legal_basis(case),
            record=facts_on_paper(record),
            repair=_repair(step),
            facts=paragraphs(revocation.facts),
            told_on=revocation.proposed_on if revocation.answer_by else None,
            heard=_heard(step, revocation),
            reasons=(reason_of(revocation),),
            restored_from=step.today if rest.is_left else None,
            restored_until=rest.until if rest.is_left else None,
            platforms=_platforms(record) if rest.is_left else (),
            barred_until=would_bar_until(revocation, on=step.today),
            remedies=remedies_of(office),
        ),
        office,
    )


def restoration_notice(
    step: Action, *, ended_on: date, rest: Rest
) -> tuple[contexts.RestorationNotice, Office]:
    """Return the notice that the record is public again; the decision has gone out right before it."""
    case, record = step.case, record_of(step.case)
    office = case.intake_office
    if office is None:
        raise RuntimeError("a submitted case has an intake office")
    decision = step.letters[-1].document
    return (
        contexts.RestorationNotice(
            **common(case, office, step),
            document_number="",
            legal_basis=legal_basis(case),
            record=facts_on_paper(record),
            because=Earlier(
                authority=_deciding_office(step).name,
                made_on=step.today,
                number=decision.number or "",
                name="《撤销信用修复决定书》",
            ),
            ended_on=ended_on,
            restored_from=step.today,
            restored_until=rest.until,
            counting=_("此前停止公示期间没有公示的天数，顺延补足") if rest.made_up else "",
            platforms=_platforms(record),
            remedies=remedies_of(office),
        ),
        office,
    )


def reason_of(revocation: Revocation) -> str:
    """Return why the repair is revoked, in a sentence without its full stop."""
    review = revocation.review
    if review is None:
        return _REASONS[Revocation.Ground(revocation.ground)]
    named = f"以{review.order_number}" if review.order_number else ""
    return f"{review.body}{named}撤销了准予信用修复的决定"


def _heard(step: Action, revocation: Revocation) -> tuple[str, ...]:
    """What the subject said, and what was made of it; nothing where it did not answer."""
    if not revocation.answer or step.case.subject is None:
        return ()
    you = party_of(step.case.subject).you
    said = "；".join(line.rstrip("。；") for line in paragraphs(revocation.answer))
    return (f"{you}陈述申辩称：{said}。", *paragraphs(step.text("reason")))


def _repair(step: Action) -> Earlier:
    granted = decision_of(step.case, kind="decision_approve")
    if granted is None:
        raise RuntimeError("a granted application has its decision")
    return Earlier(
        authority=granted.document.office.name if granted.document.office else "",
        made_on=granted.document.issued_on,
        number=granted.document.number or "",
        name="《准予信用修复决定书》",
    )


def _platforms(record: Record) -> tuple[str, ...]:
    return tuple(record.publications.order_by("platform__code").values_list("platform__name", flat=True))


def _deciding_office(step: Action) -> Office:
    if step.case.deciding_office is None:
        raise RuntimeError("a decided case has a deciding office")
    return step.case.deciding_office
