"""Look at a subject's identity numbers in clear, with a reason, for ten minutes 查看明文."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from credit_repair.core import audit
from credit_repair.core.clock import now
from credit_repair.people import access
from credit_repair.people.errors import NotInCharge
from credit_repair.people.models import Unmasking
from credit_repair.registry.models import Subject

#: So long the numbers stay in clear.
MINUTES = 10
SHORTEST_REASON = 5


class ReasonTooShort(ValueError):
    """The reason does not say enough."""


@transaction.atomic
def unmask(*, user: Any, subject: Subject, reason: str, today: date) -> Unmasking:
    """Let `user` see the numbers of `subject` for ten minutes; the reason is kept, and the audit knows.

    The caller has asked, in this transaction, whether a case or a record of the subject is theirs. Whoever
    acts or has acted for the subject is partial and refused here. Raises NotInCharge, ReasonTooShort.
    """
    partial = access.subjects_ever_acted_for(user=user).filter(pk=subject.pk).exists()
    if partial or not access.is_official(user=user, on=today):
        raise NotInCharge(str(subject.uuid))
    reason = " ".join(reason.split())
    if len(reason) < SHORTEST_REASON:
        raise ReasonTooShort(_("请写明查看的理由，至少%d个字。") % SHORTEST_REASON)
    moment = now()
    row = Unmasking.objects.create(
        user=user,
        subject=subject,
        reason=reason[:200],
        at=moment,
        until=moment + timedelta(minutes=MINUTES),
    )
    audit.record(
        actor=user,
        action="people.unmask",
        target=subject,
        data={"unmasking": str(row.uuid), "reason": row.reason, "until": row.until.isoformat()},
    )
    return row


def unmasked_until(*, user: Any, subject: Subject, moment: datetime | None = None) -> datetime | None:
    """Return until when `user` sees the numbers of `subject` in clear; None where they do not now."""
    at = moment or now()
    running = Unmasking.objects.filter(user=user, subject=subject, at__lte=at, until__gt=at)
    return running.order_by("-until").values_list("until", flat=True).first()
