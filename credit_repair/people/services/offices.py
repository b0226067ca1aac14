"""Join an office, leave it."""

from datetime import date

from django.db import transaction

from credit_repair.core import audit
from credit_repair.people.models import Membership, User
from credit_repair.people.services.groups import group_of
from credit_repair.registry.models import Office


@transaction.atomic
def join_office(
    *,
    user: User,
    office: Office,
    role: str,
    since: date,
    until: date | None = None,
    actor: User | None = None,
) -> Membership:
    """Let `user` hold `role` at `office` from `since` to `until`, both days included (None: no end)."""
    membership, _ = Membership.objects.get_or_create(
        user=user, office=office, role=role, since=since, defaults={"until": until}
    )
    if membership.until != until:  # the same start once more: what counts is the end that was said last
        membership.until = until
        membership.save(update_fields=["until"])
    user.groups.add(group_of(office=office, role=role))
    audit.record(
        actor=actor,
        action="people.join_office",
        target=user,
        data={"office": office.code, "role": role, "since": str(since), "until": str(until or "")},
    )
    return membership


@transaction.atomic
def leave_office(*, membership: Membership, until: date | None, actor: User | None = None) -> None:
    """End `membership` with the day `until` (None: no end). The dates decide; the group follows them."""
    membership.until = until
    membership.save(update_fields=["until"])
    # Prolonged, it needs its group again; ended, the dates keep the door shut until the night clears it.
    membership.user.groups.add(group_of(office=membership.office, role=membership.role))
    audit.record(
        actor=actor,
        action="people.leave_office",
        target=membership.user,
        data={"office": membership.office.code, "role": membership.role, "until": str(until)},
    )
