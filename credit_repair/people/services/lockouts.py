"""Who is locked out of signing in, and let in again by a security administrator."""

from datetime import date

from axes.models import AccessAttempt
from axes.utils import reset
from django.db import transaction

from credit_repair.core import audit
from credit_repair.people.models import User
from credit_repair.people.services.administrators import require_security


@transaction.atomic
def lift(*, actor: User, attempt: AccessAttempt, user: User, reason: str, today: date) -> None:
    """Forget the failures of one name from one address, so that the person can try again at once."""
    require_security(actor=actor, today=today)
    reset(ip=attempt.ip_address, username=attempt.username)
    audit.record(
        actor=actor,
        action="people.lift_lockout",
        target=user,
        data={"address": str(attempt.ip_address), "reason": reason},
    )
