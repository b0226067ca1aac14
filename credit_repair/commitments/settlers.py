"""What happens to commitments by time alone: a check falls due, the last day passes."""

from datetime import date

from django.db import transaction
from django.db.models import QuerySet

from credit_repair.commitments.models import Commitment, CommitmentEvent
from credit_repair.commitments.services.checking import open_check
from credit_repair.commitments.services.noting import locked, note
from credit_repair.commitments.states import may, move
from credit_repair.core.settling import move_each, settler

#: So many in one round; the next one goes on.
AT_ONCE = 500


def to_be_checked(*, today: date) -> QuerySet[Commitment]:
    """Return the commitments whose check is to begin by `today`."""
    return Commitment.objects.filter(state=Commitment.State.MADE, check_from__lte=today)


@settler
def open_due_checks(*, today: date) -> int:
    """Open the check of every commitment whose day has come; return how many."""
    due = list(to_be_checked(today=today).order_by("check_from", "pk")[:AT_ONCE])
    return move_each(due, lambda commitment: _open(commitment, today=today))


@transaction.atomic
def _open(commitment: Commitment, *, today: date) -> int:
    now = locked(commitment)
    if not may(now, "open_check") or now.check_from is None or now.check_from > today:
        return 0
    open_check(commitment=now, actor=None, today=today)
    return 1


@settler
def let_expire(*, today: date) -> int:
    """Let what binds no longer expire, where no check is due any more; return how many."""
    over = Commitment.objects.filter(
        state=Commitment.State.MADE, valid_until__lt=today, check_from__isnull=True
    )
    return move_each(
        list(over.order_by("valid_until", "pk")[:AT_ONCE]),
        lambda commitment: _expire(commitment, today=today),
    )


@transaction.atomic
def _expire(commitment: Commitment, *, today: date) -> int:
    commitment = locked(commitment)
    if commitment.valid_until is None or commitment.valid_until >= today:
        return 0
    if not may(commitment, "expire") or commitment.check_from is not None:
        return 0
    move(commitment, "expire")
    commitment.ended_on = today
    commitment.save(update_fields=["state", "ended_on"])
    note(commitment, CommitmentEvent.What.EXPIRED, actor=None, today=today)
    return 1
