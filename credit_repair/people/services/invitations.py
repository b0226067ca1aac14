"""Invite officials and administrators, and let them come in again: by a link in a mail, used once."""

import secrets
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from credit_repair.mail.services import queue_mail
from credit_repair.people.errors import PeopleRefused
from credit_repair.people.models import Administration, Invitation, Role, User
from credit_repair.people.services import apart
from credit_repair.people.services.administrators import require_other, require_security
from credit_repair.people.services.invitation_rows import (
    account_at,
    address_of,
    confirmed_address,
    day_of,
    has_served,
    hash_of,
    link_of,
    note,
    what_of,
    withdraw,
)
from credit_repair.registry.models import Office

SECRET_BYTES = 32


@transaction.atomic
def invite(
    *,
    actor: User,
    email: str,
    display_name: str,
    since: date,
    until: date | None = None,
    office: Office | None = None,
    roles: Sequence[str] = (),
    administration: str = "",
    reason: str = "",
    now: datetime,
) -> Invitation:
    """Invite a person to serve an office in some roles, or to administer in one way; mail them the link.

    Nobody invites themself, not for the time after their own term either.
    """
    require_security(actor=actor, today=day_of(now))
    _refuse_own(email.strip().lower(), actor=actor)
    invitation, _secret = write(
        actor=actor,
        email=email,
        display_name=display_name,
        since=since,
        until=until,
        office=office,
        roles=roles,
        administration=administration,
        reason=reason,
        now=now,
    )
    return invitation


@transaction.atomic
def write(
    *,
    actor: User | None,
    email: str,
    display_name: str,
    since: date,
    until: date | None = None,
    office: Office | None = None,
    roles: Sequence[str] = (),
    administration: str = "",
    reason: str = "",
    now: datetime,
) -> tuple[Invitation, str]:
    """Write an invitation and its mail; return it and its secret, which is kept nowhere.

    Asks nobody for permission: invite() does; the command for the first administrators stands for the
    person at the machine.
    """
    address = email.strip().lower()
    _refuse_nonsense(since=since, until=until, office=office, roles=roles, administration=administration)
    if until is not None and until < day_of(now):
        raise PeopleRefused(_("结束日已经过去，请重新填写。"))
    known = account_at(address)
    if known is not None:
        _refuse_in_vain(known, since=since, until=until, administration=administration)
        apart.refuse_auditor_who_handles(user=known, roles=roles, since=since, until=until)
    if Invitation.objects.filter(
        purpose=Invitation.Purpose.JOIN,
        email=address,
        office=office,
        administration=administration,
        accepted_at__isnull=True,
        revoked_at__isnull=True,
        expires_at__gt=now,
    ).exists():
        raise PeopleRefused(_("已经给这个邮箱发过同样的邀请，对方还没有接受。可以在邀请列表中重发或者撤销。"))
    invitation = Invitation(
        email=address,
        display_name=display_name.strip(),
        office=office,
        roles=list(dict.fromkeys(roles)),
        administration=administration,
        since=since,
        until=until,
        reason=reason,
        invited_by=actor,
        made_at=now,
    )
    secret = _seal(invitation, now=now)
    note("people.invite", invitation, actor=actor)
    return invitation, secret


@transaction.atomic
def invite_first(
    *, kind: str, email: str, display_name: str, force: bool = False, reason: str = "", now: datetime
) -> tuple[Invitation, str]:
    """Invite an administrator from the machine's own command line; return the invitation and its secret.

    Where there is an administrator of the kind already, it takes `force` and a reason: then somebody must
    have lost every other way.
    """
    day = day_of(now)
    there = Administration.objects.filter(kind=kind, user__is_active=True).on(day).exists()
    if there and not force:
        raise PeopleRefused(
            _("已经有在任的管理员，请由安全管理员在网站上邀请。确实无法办理的，加上--force和--reason。")
        )
    if there and not reason:
        raise PeopleRefused(_("使用--force要用--reason写明理由。"))
    return write(
        actor=None,
        email=email,
        display_name=display_name,
        administration=kind,
        since=day,
        reason=reason,
        now=now,
    )


def _refuse_nonsense(
    *, since: date, until: date | None, office: Office | None, roles: Sequence[str], administration: str
) -> None:
    if until is not None and until < since:
        raise PeopleRefused(_("结束日早于开始日，请重新填写。"))
    if bool(administration) == bool(office):
        raise PeopleRefused(_("请选择单位和角色，或者选择一种管理职责。"))
    if administration and administration not in Administration.Kind.values:
        raise PeopleRefused(_("没有这种管理职责，请重新选择。"))
    if office and (not roles or set(roles) - set(Role.values)):
        raise PeopleRefused(_("请至少选择一个角色。"))
    apart.refuse_auditing_with_handling(roles)


def _refuse_own(address: str, *, actor: User) -> None:
    known = account_at(address)
    if known is not None:
        require_other(actor=actor, user=known)


def _refuse_in_vain(user: User, *, since: date, until: date | None, administration: str) -> None:
    """Refuse at once what could not be accepted."""
    if not user.is_active:
        raise PeopleRefused(_("这个邮箱的账号已经停用。请在人员页面打开该账号，用“恢复登录”启用。"))
    if administration:
        apart.refuse_who_serves(user=user, since=since, until=until)
    else:
        apart.refuse_administrator(user=user, since=since, until=until)


@transaction.atomic
def regain(*, actor: User, user: User, reason: str, now: datetime) -> Invitation:
    """Send an official or administrator who lost their second factor a link to set a new password.

    It goes to the account's confirmed address, never to another one: where that is lost too, the account is
    closed and the person invited anew. An account that was closed is opened again by the same link.
    """
    require_security(actor=actor, today=day_of(now))
    require_other(actor=actor, user=user)
    locked = apart.lock(user)
    if not has_served(locked):
        raise PeopleRefused(_("企业经办人可以自己在登录页面重设密码，不由管理员办理。"))
    address = _some(confirmed_address(locked))
    for earlier in _open_ones().filter(purpose=Invitation.Purpose.REGAIN, user=locked):
        withdraw(invitation=earlier, actor=actor, now=now)
    invitation = Invitation(
        purpose=Invitation.Purpose.REGAIN,
        user=locked,
        email=address,
        display_name=str(locked),
        reason=reason,
        invited_by=actor,
        made_at=now,
    )
    _seal(invitation, now=now)
    note("people.start_regain", invitation, actor=actor)
    return invitation


def _some(address: str) -> str:
    if not address:
        raise PeopleRefused(
            _("这个账号没有确认过的邮箱，无法寄送链接。请停用这个账号，再用新的邮箱发出邀请。")
        )
    return address


@transaction.atomic
def resend(*, actor: User, invitation: Invitation, now: datetime) -> None:
    """Send the invitation anew, with a new link; the old one opens nothing any more.

    A link to regain an account goes to the address that the account has now.
    """
    require_security(actor=actor, today=day_of(now))
    row = _locked(invitation)
    if row.purpose == Invitation.Purpose.REGAIN and row.user is not None:
        require_other(actor=actor, user=row.user)
    row.email = _some(address_of(row))
    _refuse_own(row.email, actor=actor)
    row.invited_by = actor
    _seal(row, now=now)
    note("people.resend_invitation", row, actor=actor)


@transaction.atomic
def revoke(*, actor: User, invitation: Invitation, now: datetime) -> None:
    """Take the invitation back; its link opens nothing any more."""
    require_security(actor=actor, today=day_of(now))
    withdraw(invitation=_locked(invitation), actor=actor, now=now)


def _locked(invitation: Invitation) -> Invitation:
    row = Invitation.objects.select_for_update().get(pk=invitation.pk)
    if row.accepted_at is not None:
        raise PeopleRefused(_("这份邀请已经被接受。"))
    if row.revoked_at is not None:
        raise PeopleRefused(_("这份邀请已经撤销，请重新邀请。"))
    return row


def _open_ones() -> QuerySet[Invitation]:
    return Invitation.objects.select_for_update().filter(accepted_at__isnull=True, revoked_at__isnull=True)


def _seal(invitation: Invitation, *, now: datetime) -> str:
    """Give the invitation a new secret and a new term, keep the hash alone, and mail the link."""
    secret = secrets.token_urlsafe(SECRET_BYTES)
    invitation.secret_hash = hash_of(secret)
    invitation.expires_at = now + timedelta(days=settings.INVITATION_DAYS)
    invitation.save()
    is_regain = invitation.purpose == Invitation.Purpose.REGAIN
    queue_mail(
        key=f"invitation:{invitation.uuid}:{invitation.secret_hash[:16]}",
        kind="regain" if is_regain else "invitation",
        to_address=invitation.email,
        to_name=invitation.display_name,
        context={
            "link": link_of(secret),
            "until": invitation.expires_at,
            "place": what_of(invitation),
            "username": invitation.user.username if invitation.user else "",
        },
        first_time=True,
        secret=True,
    )
    return secret
