"""Accept an invitation: once, under lock, by the person to whose address it was sent."""

from datetime import date, datetime

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from axes.utils import reset as forget_failures
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from credit_repair.core import audit
from credit_repair.mail.services import queue_mail
from credit_repair.people import access
from credit_repair.people.errors import NotYours, PeopleRefused
from credit_repair.people.models import Invitation, User
from credit_repair.people.services import administrators, apart
from credit_repair.people.services.closing import forget_identities
from credit_repair.people.services.invitation_rows import (
    account_at,
    address_of,
    day_of,
    hash_of,
    note,
    owns_address,
    security_administrators,
)
from credit_repair.people.services.offices import join_office
from credit_repair.people.sessions import end_sessions


class Gone(PeopleRefused):
    """The link opens nothing: it never was one, was used, was taken back, or what it rested on is no more.

    Nobody is told which.
    """


class Expired(Gone):
    """The link was a good one, but its time is over."""


def find(*, secret: str, now: datetime) -> Invitation:
    """Return the open invitation that `secret` opens; raise Gone or Expired."""
    return _opened(Invitation.objects.filter(secret_hash=hash_of(secret)).first(), now)


def _take(secret: str, now: datetime) -> Invitation:
    """The same, with its row locked: whoever comes second finds it used."""
    return _opened(Invitation.objects.select_for_update().filter(secret_hash=hash_of(secret)).first(), now)


def _opened(row: Invitation | None, now: datetime) -> Invitation:
    if row is None or row.accepted_at is not None or row.revoked_at is not None:
        raise Gone(_("这个链接不能使用。"))
    if not _stands(row, now):
        raise Gone(_("这个链接不能使用。"))
    if row.expires_at <= now or row.until is not None and row.until < day_of(now):
        raise Expired(_("这个链接已经过期，请联系安全管理员重发。"))
    return row


def _stands(row: Invitation, now: datetime) -> bool:
    """Whether who sent it may still let people in, and an account to regain still has that address.

    What no administrator sent (None) came from the machine's own command line.
    """
    sender = row.invited_by
    if sender is not None and not access.administers(
        user=sender, kind=administrators.Kind.SECURITY, on=day_of(now)
    ):
        return False
    return address_of(row).lower() == row.email.lower()


@transaction.atomic
def accept_new(*, secret: str, username: str, password: str, now: datetime) -> User:
    """Make the account of the invited person, with its confirmed address, and let them in as invited.

    The password has passed the validators. Who has an account signs in and accepts with accept_existing().
    """
    invitation = _take(secret, now)
    if invitation.purpose != Invitation.Purpose.JOIN:
        raise Gone(_("这个链接不能使用。"))
    if account_at(invitation.email) is not None:
        raise PeopleRefused(_("这个邮箱已经有账号，请先登录，再接受邀请。"))
    user = User(username=username, email=invitation.email, display_name=invitation.display_name)
    user.set_password(password)
    try:
        with transaction.atomic():
            user.save()
            EmailAddress.objects.create(user=user, email=invitation.email, verified=True, primary=True)
    except IntegrityError:
        if User.objects.filter(username=username).exists():
            raise PeopleRefused(_("这个用户名刚刚被别人使用，请换一个。")) from None
        raise PeopleRefused(_("这个邮箱已经有账号，请先登录，再接受邀请。")) from None
    audit.record(actor=user, action="people.make_account", target=user)
    _let_in(invitation, user, now=now)
    return user


@transaction.atomic
def accept_existing(*, secret: str, user: User, now: datetime) -> None:
    """Let a person who has signed in, and whose confirmed address the invitation names, in as invited."""
    invitation = _take(secret, now)
    if invitation.purpose != Invitation.Purpose.JOIN or not access.may_sign_in(user):
        raise Gone(_("这个链接不能使用。"))
    if not owns_address(user, invitation.email):
        raise NotYours(_("这份邀请发给了另一个邮箱。请退出登录，再用那个邮箱的账号接受。"))
    if invitation.invited_by is not None:  # the address may have become theirs after they sent it
        administrators.require_other(actor=user, user=invitation.invited_by)
    _let_in(invitation, user, now=now)


def _let_in(invitation: Invitation, user: User, *, now: datetime) -> None:
    since = max(invitation.since or day_of(now), day_of(now))  # nobody served before they were there
    if invitation.administration:
        administrators.install(
            user=user,
            kind=invitation.administration,
            since=since,
            until=invitation.until,
            appointed_by=invitation.invited_by,
        )
    elif invitation.office is not None:
        for role in invitation.roles:
            join_office(
                user=user,
                office=invitation.office,
                role=role,
                since=since,
                until=invitation.until,
                actor=invitation.invited_by,
            )
    _mark_accepted(invitation, user, now=now)


def _mark_accepted(invitation: Invitation, user: User, *, now: datetime) -> None:
    invitation.user = user
    invitation.accepted_at = now
    invitation.save(update_fields=["user", "accepted_at"])
    note("people.accept_invitation", invitation, actor=user)


@transaction.atomic
def accept_regain(*, secret: str, password: str, now: datetime) -> User:
    """Set a new password, take away the second factors and the identities of single sign-on, end every
    session; the person signs in anew.

    The person and the security administrators are told: whoever did not ask for it should hear of it.
    """
    invitation = _take(secret, now)
    if invitation.purpose != Invitation.Purpose.REGAIN or invitation.user is None:
        raise Gone(_("这个链接不能使用。"))
    user = invitation.user = apart.lock(invitation.user)
    _opened(invitation, now)  # once more: the address may have changed until the row was locked
    was_closed = not user.is_active
    user.set_password(password)
    user.is_active = True
    user.save(update_fields=["password", "is_active"])
    Authenticator.objects.filter(user=user).delete()
    identities = forget_identities(user=user, actor=user)
    end_sessions(user=user)
    for name in {user.username.lower(), invitation.email.lower()}:
        forget_failures(username=name)
    _mark_accepted(invitation, user, now=now)
    audit.record(actor=user, action="people.regain", target=user, data={"was_closed": was_closed})
    _tell_of_regain(invitation, user, identities=identities)
    return user


def _tell_of_regain(invitation: Invitation, user: User, *, identities: int) -> None:
    queue_mail(
        key=f"regained:{invitation.uuid}",
        kind="regained",
        to_address=invitation.email,
        to_name=str(user),
        context={"at": invitation.accepted_at, "identities": identities},
        first_time=True,
    )
    day = day_of(invitation.accepted_at) if invitation.accepted_at else date.max
    for guard in security_administrators(on=day).exclude(pk=user.pk):
        queue_mail(
            key=f"regained:{invitation.uuid}:{guard.pk}",
            kind="regained_told",
            to_address=guard.email,
            to_name=str(guard),
            context={
                "name": str(user),
                "username": user.username,
                "at": invitation.accepted_at,
                "identities": identities,
            },
            first_time=True,
        )
