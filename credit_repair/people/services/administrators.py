"""Who administers: appointed by a security administrator, ended by one; never by themself."""

from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from credit_repair.core import audit
from credit_repair.people import access
from credit_repair.people.errors import NotYours, PeopleRefused
from credit_repair.people.models import Administration, Invitation, User
from credit_repair.people.services import apart
from credit_repair.people.services.invitation_rows import withdraw
from credit_repair.people.services.offices import settle_departure

Kind = Administration.Kind


def require_security(*, actor: User | None, today: date) -> User:
    """Return `actor`, who is a security administrator today; raise NotYours for anybody else."""
    if actor is None or not access.administers(user=actor, kind=Kind.SECURITY, on=today):
        raise NotYours(_("这件事由安全管理员办理。"))
    return actor


def lock_security(*, actor: User, today: date) -> User:
    """The same, for what takes an administrator away: one security administrator remains.

    Both of two who end each other lock the same rows in the same order: the second finds itself out.
    """
    list(Administration.objects.select_for_update().filter(kind=Kind.SECURITY).order_by("pk"))
    return require_security(actor=actor, today=today)


def require_other(*, actor: User, user: User) -> None:
    """Refuse what a person would do to their own account: for that it takes another administrator."""
    if actor.pk == user.pk:
        raise PeopleRefused(_("这是您自己的账号，请由另一位安全管理员办理。"))


@transaction.atomic
def appoint(
    *, actor: User, user: User, kind: str, since: date, until: date | None = None, today: date
) -> Administration:
    """Let `user` administer in one of the three ways, from a day to a day. Nobody appoints themself."""
    require_security(actor=actor, today=today)
    require_other(actor=actor, user=user)
    return install(user=user, kind=kind, since=since, until=until, appointed_by=actor)


@transaction.atomic
def install(
    *, user: User, kind: str, since: date, until: date | None = None, appointed_by: User | None
) -> Administration:
    """Write that `user` administers: one kind at a time, apart from offices and subjects.

    Asks nobody for permission: appoint() does, and whoever sent the invitation that was accepted.
    """
    locked = apart.lock_active(user)
    apart.refuse_who_serves(user=locked, since=since, until=until)
    held = Administration.objects.filter(apart.within(since=since, until=until), user=locked).first()
    if held is not None:
        words = _("%(name)s已经是%(kind)s。一人只担任一种管理员，请先结束原来的职责。")
        raise PeopleRefused(words % {"name": locked, "kind": held.get_kind_display()})
    made = Administration.objects.create(
        user=user, kind=kind, since=since, until=until, appointed_by=appointed_by
    )
    audit.record(
        actor=appointed_by,
        action="people.appoint_administrator",
        target=user,
        data={"kind": kind, "since": str(since), "until": str(until or "")},
    )
    return made


@transaction.atomic
def remove(*, actor: User, administration: Administration, reason: str, today: date) -> None:
    """End `administration` at once. One security administrator remains, whatever two do to each other."""
    lock_security(actor=actor, today=today)
    if actor.pk == administration.user_id and _is_last(administration, today=today):
        raise PeopleRefused(_("您是唯一的安全管理员。请先任命另一位，再由其结束您的职责。"))
    require_other(actor=actor, user=administration.user)
    end(administration=administration, actor=actor, reason=reason, today=today)


def _is_last(administration: Administration, *, today: date) -> bool:
    others = Administration.objects.filter(kind=Kind.SECURITY, user__is_active=True).on(today)
    return not others.exclude(user=administration.user_id).exists()


def end(*, administration: Administration, actor: User | None, reason: str, today: date) -> None:
    """End `administration` with yesterday, in the caller's transaction; what it invited falls with it."""
    user = apart.lock(administration.user)
    row = Administration.objects.select_for_update().get(pk=administration.pk)
    yesterday = today - timedelta(days=1)
    if row.until is not None and row.until <= yesterday:
        return
    audit.record(
        actor=actor,
        action="people.remove_administrator",
        target=user,
        data={"kind": row.kind, "since": str(row.since), "until": str(yesterday), "reason": reason},
    )
    if yesterday < row.since:
        row.delete()  # it has not counted a day: the audit keeps what it was
    else:
        row.until = yesterday
        row.save(update_fields=["until"])
    if row.kind == Kind.SECURITY:
        _revoke_sent(user, actor=actor)
    settle_departure(user=user, today=today)


def _revoke_sent(user: User, *, actor: User | None) -> None:
    """Whom a dismissed security administrator invited is to be invited anew, by somebody who may."""
    # Locked, so that one that is accepted at this moment is either accepted or taken back.
    sent = Invitation.objects.select_for_update().filter(
        invited_by=user, accepted_at__isnull=True, revoked_at__isnull=True
    )
    for invitation in sent.order_by("pk"):
        withdraw(invitation=invitation, actor=actor)
