"""Close an account: whatever it opened is shut, and nothing of it is deleted."""

from datetime import date, timedelta

from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from credit_repair.core import audit
from credit_repair.core.clock import now
from credit_repair.people.errors import PeopleRefused
from credit_repair.people.models import (
    Administration,
    Invitation,
    MandateApplication,
    Membership,
    Substitution,
    User,
)
from credit_repair.people.services import apart
from credit_repair.people.services.administrators import (
    end,
    lock_security,
    require_other,
    require_security,
)
from credit_repair.people.services.invitation_rows import account_at, withdraw
from credit_repair.people.services.mandates import end_all
from credit_repair.people.services.offices import end_substitution, leave_office
from credit_repair.people.sessions import end_sessions
from credit_repair.people.states import MandateFlow


@transaction.atomic
def close_account(*, actor: User, user: User, reason: str, today: date) -> None:
    """End all that `user` serves and may, end their sessions, and let them sign in no more.

    What they did stays theirs. Only a link to regain the account opens it again, without what it held.
    """
    lock_security(actor=actor, today=today)
    require_other(actor=actor, user=user)
    # Whoever accepts or approves locks the row before the person: so does this, or each waits for the other.
    _links_to(user)
    _applications_of(user)
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
    end_all(user=user, today=today, actor=actor, reason=reason)
    for application in _applications_of(user):
        _take_back(application, actor=actor, reason=reason)
    for invitation in _links_to(user):
        withdraw(invitation=invitation, actor=actor)
    forget_identities(user=user, actor=actor)
    locked.is_active = False
    locked.save(update_fields=["is_active"])
    user.is_active = False
    audit.record(actor=actor, action="people.close_account", target=user, data={"reason": reason})
    end_sessions(user=user)


def _links_to(user: User) -> list[Invitation]:
    """Lock the open links to the account: to regain it, and to let its person serve or administer."""
    theirs = EmailAddress.objects.filter(user=user).values_list("email", flat=True)
    addresses = {each.lower() for each in (user.email, *theirs)}
    waiting = Invitation.objects.select_for_update().filter(accepted_at__isnull=True, revoked_at__isnull=True)
    found = waiting.filter(Q(user=user) | Q(user=None, email__in=addresses)).order_by("pk")
    return [each for each in found if each.user_id == user.pk or account_at(each.email) == user]


def _applications_of(user: User) -> list[MandateApplication]:
    """Lock the applications of the person that wait for a decision."""
    waiting = MandateApplication.objects.filter(user=user, state=MandateApplication.State.SUBMITTED)
    return list(waiting.select_for_update().order_by("pk"))


def _take_back(application: MandateApplication, *, actor: User, reason: str) -> None:
    MandateFlow(application).withdraw()
    application.decided_at = now()
    application.save(update_fields=["state", "decided_at"])
    audit.record(
        actor=actor,
        action="people.withdraw_mandate_application",
        target=application,
        data={"reason": reason},
    )


def forget_identities(*, user: User, actor: User) -> int:
    """Take from the account every identity of single sign-on; return how many it had."""
    held = list(SocialAccount.objects.filter(user=user).order_by("pk"))
    for each in held:
        audit.record(
            actor=actor,
            action="people.identity_disconnected",
            target=user,
            data={"provider": each.provider},
        )
        each.delete()
    return len(held)


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
