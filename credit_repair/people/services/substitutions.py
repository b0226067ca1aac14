"""Let a person stand in for a member 代办, and end it."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from credit_repair.core import audit
from credit_repair.core.clock import now
from credit_repair.core.models import AuditEntry
from credit_repair.core.wording import day_text
from credit_repair.people import absence_mails, access
from credit_repair.people.errors import AbsenceRefused, NotInCharge
from credit_repair.people.models import Absence, Administration, Membership, Substitution, User
from credit_repair.people.roles import OFFICE_PERMISSIONS, roles_with
from credit_repair.people.services.groups import group_of
from credit_repair.registry.models import Office

#: At most so long at once: what lasts longer is a change of post, not an absence.
MOST_DAYS = 90
#: No plan reaches further ahead.
FURTHEST_DAYS = 366


@dataclass(frozen=True)
class StandIn:
    """Who does a member's work in one of their roles: all of it, or what they have in hand."""

    membership: Membership
    substitute: User
    scope: str


def in_charge(*, actor: Any, membership: Membership, on: date) -> bool:
    """Whether `actor` may say who stands in for this membership: the member, or a supervisor of the office.

    Who stands in for the supervisor supervises, too, but does not lend that very role on.
    """
    if not access.may_sign_in(actor):
        return False
    if actor.pk == membership.user_id:
        return True
    if not access.may_at_office(user=actor, permission="supervise", office=membership.office, on=on):
        return False
    if "supervise" not in permissions_of(membership):
        return True
    return _supervises_themself(actor, membership.office, on)


def _supervises_themself(actor: Any, office: Office, on: date) -> bool:
    own = Membership.objects.filter(user=actor, office=office, role__in=roles_with("supervise"))
    return own.on(on).exists()


def permissions_of(membership: Membership) -> set[str]:
    """Return what a membership gives."""
    return set(OFFICE_PERMISSIONS[membership.role])


def candidates(*, membership: Membership, actor: Any, on: date) -> QuerySet[User]:
    """Return who can be named as a substitute: colleagues; by a supervisor also people of the office above
    and of those below. The dates are asked when it is entered."""
    at = Q(memberships__office__in=_offices_for(membership, actor=actor, on=on))
    serving = Q(memberships__in=Membership.objects.filter(Q(until__isnull=True) | Q(until__gte=on)))
    administrators = Administration.objects.filter(Q(until__isnull=True) | Q(until__gte=on))
    return (
        User.objects.filter(at & serving, is_active=True, is_superuser=False)
        .exclude(pk__in=(membership.user_id, actor.pk))
        .exclude(pk__in=administrators.values("user"))
        .distinct()
        .order_by("display_name", "pk")
    )


def _offices_for(membership: Membership, *, actor: Any, on: date) -> QuerySet[Office]:
    office = membership.office
    if access.may_at_office(user=actor, permission="supervise", office=office, on=on):
        return access.offices_around(office)
    return Office.objects.filter(pk=office.pk)


@transaction.atomic
def enter_substitution(
    *,
    membership: Membership,
    substitute: User,
    actor: Any,
    since: date,
    until: date,
    scope: str,
    reason: str,
    today: date,
) -> Substitution:
    """Let `substitute` do the member's work from `since` to `until`, though the member is not away.

    Raises NotInCharge for whoever is neither the member nor a supervisor, AbsenceRefused with words.
    """
    lock_people(membership.user_id, substitute.pk)
    if not in_charge(actor=actor, membership=membership, on=today):
        raise NotInCharge(str(membership.uuid))
    check_days(since=since, until=until, today=today)
    if not reason.strip():
        raise AbsenceRefused("no_reason", _("请写明由他人代办的事由。"), field="reason")
    stand_in = StandIn(membership, substitute, scope)
    check_stand_in(stand_in, actor=actor, since=since, until=until, today=today)
    row = write(stand_in, since=since, until=until, reason=reason.strip(), absence=None, actor=actor)
    entry = record(row, actor=actor, action="people.enter_substitution")
    absence_mails.tell_of_substitution(row, kind="substitution_entered", entry=entry, on=today)
    return row


@transaction.atomic
def end_substitution(*, substitution: Substitution, actor: Any, on: date, today: date) -> Substitution | None:
    """Let the substitute stand in no longer from the day `on`; one that has not begun by then never was.

    Raises NotInCharge, AbsenceRefused where it has ended already or the day is past.
    """
    row = (
        Substitution.objects.select_for_update(of=("self",))
        .select_related("membership__office", "membership__user", "substitute")
        .get(pk=substitution.pk)
    )
    if not in_charge(actor=actor, membership=row.membership, on=today):
        raise NotInCharge(str(row.uuid))
    if row.until < today:
        raise AbsenceRefused("ended", _("这项代办已经结束，不用再办理。"))
    if not today <= on <= row.until:
        words = _("请选择今天到%(last)s之间的一天。") % {"last": day_text(row.until)}
        raise AbsenceRefused("bad_day", words, field="on")
    entry = record(row, actor=actor, action="people.end_substitution", ended_from=on.isoformat())
    kept = shorten(row, last=on - timedelta(days=1))
    absence_mails.tell_of_substitution(row, kind="substitution_ended", entry=entry, on=today, ended_from=on)
    return row if kept else None


def shorten(row: Substitution, *, last: date) -> bool:
    """Let `row` count until `last`; return whether it still counts on any day. The audit has the rest."""
    if last < row.since:
        row.delete()
        return False
    row.until = last
    row.save(update_fields=["until"])
    return True


def lock_people(*keys: int) -> None:
    """Lock these people, always in one order: their absences and substitutions change one at a time."""
    list(User.objects.select_for_update().filter(pk__in=keys).order_by("pk").values_list("pk"))


def check_days(*, since: date, until: date, today: date, running: bool = False) -> None:
    """Refuse days that make no sense; `running`: what has begun already may have begun in the past."""
    if since < today and not running:
        raise AbsenceRefused("past", _("开始日期不能早于今天，请改为今天或者以后的日期。"), field="since")
    if since > today + timedelta(days=FURTHEST_DAYS):
        raise AbsenceRefused("too_far", _("最多提前一年安排，请改一个近一些的日期。"), field="since")
    if until < since:
        raise AbsenceRefused("reversed", _("结束日期不能早于开始日期。"), field="until")
    if (until - since).days + 1 > MOST_DAYS:
        words = _("一次最多%(days)d天。时间更长的，请由单位调整任职。") % {"days": MOST_DAYS}
        raise AbsenceRefused("too_long", words, field="until")


def check_stand_in(
    stand_in: StandIn,
    *,
    actor: Any,
    since: date,
    until: date,
    today: date,
    but: Substitution | None = None,
) -> None:
    """Refuse who cannot stand in on all of these days. `but`: the row that is being changed.

    A role that somebody does as a substitute is no membership of theirs: it cannot be lent on. Nobody gives
    the work of another to themself.
    """
    membership, substitute = stand_in.membership, stand_in.substitute
    named = {"name": str(substitute), "member": str(membership.user), "role": membership.get_role_display()}
    if stand_in.scope not in Substitution.Scope.values:
        raise AbsenceRefused("scope", _("请选择代办的范围。"), field="scope")
    if substitute.pk == membership.user_id:
        raise AbsenceRefused("oneself", _("代办人不能是本人，请选择一位同事。"), field="substitute")
    if substitute.pk == actor.pk:
        words = _("您不能安排自己代办，请另选一位同事，或者请%(member)s本人、另一位督办人员来安排。")
        raise AbsenceRefused("actor", words % named, field="substitute")
    _check_reach(membership, actor=actor, until=until, today=today)
    if not _covers(membership, since, until):
        words = _("%(member)s的“%(role)s”任职没有覆盖这段时间，请先核对任职的起止日期。")
        raise AbsenceRefused("member_not_serving", words % named, field="until")
    if not User.objects.filter(pk=substitute.pk, is_active=True).exists():
        raise AbsenceRefused(
            "inactive", _("%(name)s的账号已经停用，请另选一位同事。") % named, field="substitute"
        )
    if _administers(substitute, since, until):
        words = _("%(name)s是系统的管理员，不能代办案件，请另选一位同事。")
        raise AbsenceRefused("administrator", words % named, field="substitute")
    near = Membership.objects.filter(
        user=substitute, office__in=_offices_for(membership, actor=actor, on=today)
    )
    if not any(_covers(row, since, until) for row in near):
        words = _("%(name)s在这段时间不在本单位任职，请另选一位同事，或者改短时间。")
        raise AbsenceRefused("not_serving", words % named, field="substitute")
    if Absence.objects.filter(user=substitute, since__lte=until, until__gte=since).exists():
        words = _("%(name)s在这段时间也要离岗，请另选一位同事。")
        raise AbsenceRefused("away", words % named, field="substitute")
    same = Substitution.objects.filter(
        membership=membership, substitute=substitute, since__lte=until, until__gte=since
    )
    if but is not None:
        same = same.exclude(pk=but.pk)
    if same.exists():
        words = _("%(name)s在这段时间已经代办%(member)s的“%(role)s”，不用重复安排。")
        raise AbsenceRefused("overlap", words % named, field="substitute")


def _check_reach(membership: Membership, *, actor: Any, until: date, today: date) -> None:
    """Refuse what outlasts the actor's own say: who supervises as a substitute arranges no later day."""
    office = membership.office
    if actor.pk == membership.user_id or _supervises_themself(actor, office, today):
        return
    standing = access.stands_in_for(user=actor, on=today).filter(
        scope=Substitution.Scope.ALL,
        membership__office=office,
        membership__role__in=roles_with("supervise"),
    )
    last = standing.order_by("-until").values_list("until", flat=True).first()
    if last is None:
        raise NotInCharge(str(membership.uuid))
    if until > last:
        words = _("您代办督办工作到%(last)s为止，只能安排到这一天。更晚的，请由督办人员本人来安排。")
        raise AbsenceRefused("beyond_own", words % {"last": day_text(last)}, field="until")


def _covers(membership: Membership, since: date, until: date) -> bool:
    return membership.since <= since and (membership.until is None or membership.until >= until)


def _administers(user: User, since: date, until: date) -> bool:
    lasting = Q(until__isnull=True) | Q(until__gte=since)
    held = Administration.objects.filter(lasting, user=user, since__lte=until)
    return bool(user.is_superuser) or held.exists()


def write(
    stand_in: StandIn,
    *,
    since: date,
    until: date,
    reason: str,
    absence: Absence | None,
    actor: Any,
) -> Substitution:
    """Write the row and give the group at once: the dates decide, the night only tidies up."""
    row = Substitution.objects.create(
        membership=stand_in.membership,
        substitute=stand_in.substitute,
        since=since,
        until=until,
        scope=stand_in.scope,
        reason=reason,
        absence=absence,
        made_by=actor,
        made_at=now(),
    )
    membership = stand_in.membership
    stand_in.substitute.groups.add(group_of(office=membership.office, role=membership.role))
    return row


def record(row: Substitution, *, actor: Any, action: str, **more: str) -> AuditEntry:
    """Write in the audit who stands in for whom, where, as what and how long."""
    return audit.record(
        actor=actor,
        action=action,
        target=row,
        data={
            "for": row.membership.user_id,
            "substitute": row.substitute_id,
            "office": row.membership.office.code,
            "role": row.membership.role,
            "scope": row.scope,
            "since": row.since.isoformat(),
            "until": row.until.isoformat(),
            "reason": row.reason,
            **more,
        },
    )


def handles_cases(membership: Membership) -> bool:
    """Whether cases lie with people of this role, so that somebody must do their work meanwhile."""
    return bool({"intake", "verify", "approve"} & permissions_of(membership))


__all__ = [
    "MOST_DAYS",
    "StandIn",
    "candidates",
    "end_substitution",
    "enter_substitution",
    "in_charge",
]
