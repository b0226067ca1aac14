"""Who may do what with rulings and cancellations."""

from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from credit_repair.people import access
from credit_repair.people.mandate_selectors import reviewing_office
from credit_repair.people.reach import reach_of
from credit_repair.registry.models import Office, Subject
from credit_repair.rulings.models import CourtRuling

#: Who carries a ruling out 审批: whoever approves or supervises at the credit office.
CARRIES_OUT = ("approve", "supervise")


def office_in_charge(subject: Subject) -> Office | None:
    """Return the credit office that handles rulings about `subject`; None where there is none at all."""
    return reviewing_office(subject=subject, code=subject.code or "")


def keeps_away(*, user: Any, subject: Subject | int) -> bool:
    """Whether `user` acts, acted or is to act for the subject 回避."""
    key = subject if isinstance(subject, int) else subject.pk
    return access.subjects_ever_acted_for(user=user).filter(pk=key).exists()


def may_register(*, user: Any, office: Office, on: date) -> bool:
    """Whether `user` takes in at `office` on that day: registers and refuses rulings."""
    return access.may_at_office(user=user, permission="intake", office=office, on=on)


def may_carry_out(*, user: Any, office: Office, on: date, but: int | None = None) -> bool:
    """Whether `user` approves or supervises at `office` on that day; what the person with the key `but`
    lends them does not count."""
    reach = reach_of(user=user, on=on)
    return any(office.pk in reach.offices(permission, but=but) for permission in CARRIES_OUT)


def rulings_for_official(*, user: Any, on: date) -> QuerySet[CourtRuling]:
    """Return the rulings that an official may read: at the credit offices where they take in, approve or
    supervise, without those about subjects for whom they act or acted."""
    offices: set[int] = set()
    for permission in ("intake", *CARRIES_OUT):
        found = access.offices_where(user=user, permission=permission, on=on)
        offices |= {office.pk for office in found if office.kind == Office.Kind.CREDIT}
    theirs = access.subjects_ever_acted_for(user=user)
    return CourtRuling.objects.filter(~Q(subject__in=theirs), office__in=offices)


def rulings_of_applicant(*, user: Any, on: date) -> QuerySet[CourtRuling]:
    """Return the rulings about the subjects for which `user` acts on that day."""
    return CourtRuling.objects.filter(subject__in=access.subjects_of(user=user, on=on))
