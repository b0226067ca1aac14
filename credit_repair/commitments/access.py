"""Who may do what with commitments: asked at the door, and again under the row's lock.

An office's people check what was given to it; what a natural person or enterprise of their own has promised
is not theirs to judge 回避. A credit office reads also what was given to the offices that it answers for.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from credit_repair.cases.errors import NotYours
from credit_repair.cases.record_access import by_division, division, offices_answered_for, record_offices
from credit_repair.commitments.models import Commitment, CommitmentCheck, CommitmentEvent
from credit_repair.people import access
from credit_repair.people.masking import Reader
from credit_repair.people.reach import reach_of
from credit_repair.registry.models import Office, Subject

#: Who takes in, verifies or decides at an office checks the commitments that were given to it.
CHECKING = ("intake", "verify", "approve")
#: Who confirms that one was broken: whoever decides or supervises there, and has not found it.
CONFIRMING = ("approve", "supervise")


def readable(*, user: Any, on: date) -> QuerySet[Commitment]:
    """Return the commitments that an official may read, of whatever state."""
    found = Commitment.objects.exclude(subject__in=access.subjects_ever_acted_for(user=user))
    offices = offices_answered_for(record_offices(user=user, on=on))
    return found if offices is None else found.filter(office__in=offices)


def reader_of(commitment: Commitment, *, user: Any, on: date) -> Reader:
    """Return what an official is to the name of its subject: an office's own people read it in clear."""
    reach = reach_of(user=user, on=on)
    own = reach.offices("see_cases") | reach.offices("import_records")
    return Reader.KEEPER if commitment.office_id in own else Reader.OFFICIAL


def told_of(offices: Iterable[int]) -> Q:
    """Return the condition on messages without a record that they tell of a commitment given to one of these
    offices."""
    events = CommitmentEvent.objects.filter(uuid=OuterRef("cause"), commitment__office__in=offices)
    return Q(record__isnull=True) & Q(Exists(events))


def offices_that_check(*, user: Any, on: date) -> frozenset[int]:
    """Return the keys of the offices at which `user` checks commitments on that day."""
    return _offices(user, on, CHECKING)


def may_check(commitment: Commitment, *, user: Any, on: date) -> bool:
    """Whether `user` may check the commitment on that day."""
    return commitment.office_id in offices_that_check(user=user, on=on) and not _is_partial(commitment, user)


def may_confirm(check: CommitmentCheck, *, user: Any, on: date) -> bool:
    """Whether `user` may confirm a finding that a commitment was broken: not who has found it, nor somebody
    with nothing but what they are lent by them 四眼原则."""
    commitment = check.commitment
    return (
        commitment.office_id in _offices(user, on, CONFIRMING, but=check.found_by_id)
        and check.found_by_id != getattr(user, "pk", None)
        and not _is_partial(commitment, user)
    )


def may_look(commitment: Commitment, *, user: Any, on: date) -> bool:
    """Whether `user` may accept or decline what a subject wants published: at the office that it is with."""
    return may_check(commitment, user=user, on=on)


def insist(allowed: bool) -> None:
    """Raise NotYours unless allowed."""
    if not allowed:
        raise NotYours


def _is_partial(commitment: Commitment, user: Any) -> bool:
    return access.subjects_ever_acted_for(user=user).filter(pk=commitment.subject_id).exists()


def _offices(user: Any, on: date, permissions: Iterable[str], *, but: int | None = None) -> frozenset[int]:
    reach = reach_of(user=user, on=on)
    return frozenset().union(*(reach.offices(permission, but=but) for permission in permissions))


def keeping_offices(*, user: Any, on: date) -> frozenset[int]:
    """Return the keys of the offices whose item lists `user` edits: where they supervise 督办."""
    return reach_of(user=user, on=on).offices("supervise")


def credit_office_of(subject: Subject) -> Office | None:
    """Return the credit office that looks at what `subject` declares of itself: of its division, else the
    first there is; None where none is set up."""
    credit = list(Office.objects.filter(kind=Office.Kind.CREDIT).order_by("code"))
    key = by_division(subject.code or "", [(office.pk, division(office.code)) for office in credit])
    return next((office for office in credit if office.pk == key), None)
