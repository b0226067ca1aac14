"""What a reader is to the personal data of a case."""

from datetime import date
from typing import Any

from django.db.models import Q

from credit_repair.cases.models import Case, ReviewStep
from credit_repair.cases.parts import HANDLING, lent_steps
from credit_repair.people.masking import Reader
from credit_repair.people.reach import reach_of


def handles(*, case: Case, user: Any, on: date) -> bool:
    """Whether `user` takes in, verifies or approves at an office that has a step in the case, themself or in
    a member's place: they must be able to call the applicant."""
    reach = reach_of(user=user, on=on)
    offices = frozenset().union(*(reach.offices(permission) for permission in HANDLING))
    own = Q(office__in=offices) | lent_steps(user=user, on=on)
    return ReviewStep.objects.filter(own, case=case).exists()


def reader_of_case(*, case: Case, user: Any, on: date) -> Reader:
    """Return what an official who sees the case is to its personal data."""
    return Reader.HANDLER if handles(case=case, user=user, on=on) else Reader.OVERSEER
