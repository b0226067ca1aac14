"""Close an account: whatever it opened is shut, and nothing of it is deleted."""

from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from credit_repair.core import audit
from credit_repair.people.errors import PeopleRefused
from credit_repair.people.models import Administration, Invitation, Mandate, Membership, Substitution, User
from credit_repair.people.services import apart
from credit_repair.people.services.administrators import end, require_other, require_security
from credit_repair.people.services.invitation_rows import withdraw
from credit_repair.people.services.mandates import end_mandate
from credit_repair.people.services.offices import end_substitution, leave_office
from credit_repair.people.sessions import end_sessions


@transaction.atomic
def close_account(*, actor: User, user: User, reason: str, today: date) -> None:
    """End all that `user` serves and may, end their sessions, and let them sign in no more.

    What they did stays theirs. Only a link to regain the account opens it again, without what it held.
    """
    require_security(actor=actor, today=today)
    require_other(actor=actor, user=user)
    locked = apart.lock(user)
    if not locked.is_active:
        raise PeopleRefused(_("这个账号已经停用。"))
    yesterday = today - timedelta(days=1)
    for administration in Administration.objects.filter(apart.within(since=today, until=None), user=user):
        end(administration=administration, actor=actor, reason=reason, today=today)
    for membership in Membership.objects.filter(apart.within(since=today, until=None), user=user):
        leave_office(membership=membership, until=yesterday, actor=actor, today=today, reason=reason)
    for substitution in Substitution.objects.filter(substitute=user, until__gte=today):
        end_substitution(substitution=substitution, last_day=yesterday, actor=actor)
    for mandate in Mandate.objects.filter(apart.within(since=today, until=None), user=user):
        # One that begins today or later has never counted: it ends where it begins, with a reason.
        last_day = max(yesterday, mandate.since)
        end_mandate(mandate=mandate, until=last_day, actor=actor, reason=reason)
    for invitation in Invitation.objects.filter(user=user, accepted_at__isnull=True, revoked_at__isnull=True):
        withdraw(invitation=invitation, actor=actor)
    locked.is_active = False
    locked.save(update_fields=["is_active"])
    user.is_active = False
    audit.record(actor=actor, action="people.close_account", target=user, data={"reason": reason})
    end_sessions(user=user)


@transaction.atomic
def end_all_sessions(*, actor: User, user: User, reason: str, today: date) -> int:
    """End every session of another person, e.g. when a machine was lost; return how many there were."""
    require_security(actor=actor, today=today)
    count = end_sessions(user=user)
    audit.record(
        actor=actor,
        action="people.end_sessions",
        target=user,
        data={"sessions": count, "reason": reason},
    )
    return count
