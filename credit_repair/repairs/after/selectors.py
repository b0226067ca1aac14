"""Questions about what comes after a decision."""

from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from credit_repair.cases.models import Case, CaseDocument, Paper, Phase, ReviewStep
from credit_repair.cases.parts import people_kept_from, visible_cases
from credit_repair.cases.record_access import own_records, records_for_official
from credit_repair.people import access
from credit_repair.registry.law import current_book
from credit_repair.registry.models import Office
from credit_repair.registry.services import facts_of
from credit_repair.repairs.models import Revocation, record_of
from credit_repair.rules import barred_until_after_false_material


def running_revocation(case: Case) -> Revocation | None:
    """Return the revocation of the case that nobody has decided on yet."""
    found = Revocation.objects.filter(case=case, outcome="")
    return found.select_related("review", "proposed_by", "answered_by", "step").first()


def last_revocation(case: Case) -> Revocation | None:
    """Return the newest revocation of the case, whatever became of it."""
    found = Revocation.objects.filter(case=case).order_by("-pk")
    return found.select_related("review", "bar", "proposed_by", "answered_by", "decided_by").first()


def decision_of(case: Case, *, kind: str) -> CaseDocument | None:
    """Return the newest decision of this kind of document that went out in the case."""
    found = CaseDocument.objects.filter(case=case, document__kind=kind)
    return found.select_related("document__office").order_by("-pk").first()


def would_bar_until(revocation: Revocation, *, on: date) -> date | None:
    """Return until when no new application is taken if the repair is revoked on that day; None for no bar."""
    if not revocation.bars:
        return None
    book = current_book()
    return barred_until_after_false_material(
        on, facts=facts_of(record_of(revocation.case), book=book), book=book
    )


def office_to_decide_anew(case: Case, *, on: date) -> Office:
    """Return who decides anew on what was refused: the level above 上级单位 of the office that decided it
    last; where there is none, or nobody there who approves, that office, by another of its people."""
    steps = case.steps.filter(phase=Phase.DECIDE, state=ReviewStep.State.DONE)
    last = steps.select_related("office__parent").order_by("-position").first()
    if last is None:
        raise RuntimeError("a refused application was decided at a step")
    upper = last.office.parent
    if upper is not None and _somebody(upper, "approve", case, on):
        return upper
    return last.office


def somebody_supervises(case: Case, *, on: date, but: int) -> bool:
    """Whether anybody at the deciding office could decide on a revocation, but for the person of this key."""
    office = case.deciding_office
    return office is not None and _somebody(office, "supervise", case, on, but=but)


def _somebody(office: Office, permission: str, case: Case, on: date, *, but: int = 0) -> bool:
    able = access.members_with(office=office, permission=permission, on=on)
    return able.exclude(people_kept_from(case)).exclude(pk=but).exists()


def readable_papers(user: Any, on: date) -> QuerySet[Any]:
    """Return the keys of the papers of revocations and reviews that a person may read: officials those of the
    cases that they see, and of records of their own where no case is concerned; whoever acts for the subject
    what it handed in itself."""
    seen = visible_cases(user=user, on=on).values("pk")
    own = access.subjects_of(user=user, on=on)
    answered = Q(of_revocation__side="answer", subject__in=own)
    kept = Q(of_revocation__revocation__case__in=seen)
    reviewed = Q()
    readable = records_for_official(user=user, on=on).filter(own_records(user=user, on=on))
    records = readable.order_by().values("pk")
    for review in ("filed_review", "ordered_review"):
        reviewed |= Q(**{f"{review}__case__in": seen})
        reviewed |= Q(**{f"{review}__case__isnull": True, f"{review}__record__in": records})
    return Paper.objects.filter(answered | kept | reviewed).values("pk")
