"""Join an office, leave it."""

from datetime import date, timedelta

from django.db import transaction
from django.db.models import Q

from credit_repair.core import audit, clock
from credit_repair.core.jobs import dispatch
from credit_repair.mail.services import queue_mail
from credit_repair.people import access
from credit_repair.people.models import Membership, Substitution, User
from credit_repair.people.services import apart
from credit_repair.people.services.groups import group_of
from credit_repair.people.sessions import end_sessions
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
    """Let `user` hold `role` at `office` from `since` to `until`, both days included (None: no end).

    Raises PeopleRefused for an administrator, who serves no office, for an auditor who would handle cases,
    and for an account that was closed.
    """
    locked = apart.lock_active(user)
    apart.refuse_administrator(user=locked, since=since, until=until)
    apart.refuse_auditor_who_handles(user=locked, roles=[role], since=since, until=until)
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
def leave_office(
    *,
    membership: Membership,
    until: date | None,
    actor: User | None = None,
    today: date | None = None,
    reason: str = "",
) -> None:
    """Let the day `until` be the last of `membership` (None: no end): it is prolonged, shortened or ended.

    To end it at once, yesterday is its last day. One that would end before it began has never counted and is
    taken away; the audit keeps what it was. The dates decide; the group follows them.
    """
    day = today or clock.today()
    user = apart.lock(membership.user)
    row = Membership.objects.select_for_update().select_related("office").get(pk=membership.pk)
    if until is None or until >= row.since:
        apart.refuse_administrator(user=user, since=max(row.since, day), until=until)
        apart.refuse_auditor_who_handles(user=user, roles=[row.role], since=max(row.since, day), until=until)
    was = row.until
    _set_end(row, until, actor=actor)
    membership.until = until
    audit.record(
        actor=actor,
        action="people.leave_office",
        target=user,
        data={
            "office": row.office.code,
            "role": row.role,
            "since": str(row.since),
            "until": str(until),
            "reason": reason,
        },
    )
    if until is None or until == was:
        return
    _tell_supervisors(row, user=user, until=until, today=day)
    settle_departure(user=user, today=day, actor=actor)


def _set_end(row: Membership, until: date | None, *, actor: User | None) -> None:
    standing = Substitution.objects.filter(membership=row)
    if until is not None and until < row.since:
        for each in standing:
            end_substitution(substitution=each, last_day=until, actor=actor)
        standing.delete()
        row.delete()
        return
    row.until = until
    row.save(update_fields=["until"])
    # Prolonged, it needs its group again; ended, the dates keep the door shut until the night clears it.
    row.user.groups.add(group_of(office=row.office, role=row.role))


def end_substitution(*, substitution: Substitution, last_day: date, actor: User | None) -> None:
    """Let nobody stand in after `last_day`; one that has not begun by then has never counted."""
    if substitution.until <= last_day:
        return
    audit.record(
        actor=actor,
        action="people.end_substitution",
        target=substitution,
        data={"substitute": substitution.substitute_id, "until": str(last_day)},
    )
    if last_day < substitution.since:
        substitution.delete()
        return
    substitution.until = last_day
    substitution.save(update_fields=["until"])


def end_uncarried_substitutions(*, user: User, today: date, actor: User | None) -> None:
    """Let `user` stand in no longer than they serve at the member's office, the one above or one below."""
    yesterday = today - timedelta(days=1)
    standing = Substitution.objects.filter(substitute=user, until__gte=today)
    for each in standing.select_related("membership__office"):
        carrying = Membership.objects.filter(
            user=user, office__in=access.offices_around(each.membership.office), since__lte=each.until
        )
        ends = carrying.values_list("until", flat=True)
        last = max((end or date.max for end in ends), default=yesterday)
        end_substitution(substitution=each, last_day=max(last, yesterday), actor=actor)


def settle_departure(*, user: User, today: date, actor: User | None = None) -> None:
    """End what rests on a service that is over: sessions, standing in for others; let tasks fall back.

    What rests on the dates of memberships alone has ended already, by the dates.
    """
    transaction.on_commit(lambda: dispatch("settle_cases", key="settle_cases"))
    end_uncarried_substitutions(user=user, today=today, actor=actor)
    if serves_nobody(user=user, on=today):
        end_sessions(user=user)


def serves_nobody(*, user: User, on: date) -> bool:
    """Whether `user` neither serves an office, nor administers, nor acts for a subject on that day."""
    return not (
        access.is_official(user=user, on=on)
        or access.is_administrator(user=user, on=on)
        or access.subjects_of(user=user, on=on).exists()
    )


def end_sessions_of_who_left(*, today: date) -> int:
    """End the sessions of those whose last day was yesterday; return how many people that were."""
    yesterday = today - timedelta(days=1)
    over = Q(memberships__until=yesterday) | Q(administrations__until=yesterday)
    left = 0
    for user in User.objects.filter(over).distinct():
        if serves_nobody(user=user, on=today):
            left += end_sessions(user=user) > 0
    return left


def _tell_supervisors(row: Membership, *, user: User, until: date, today: date) -> None:
    for supervisor in access.members_with(office=row.office, permission="supervise", on=today):
        if supervisor.pk == user.pk:
            continue
        queue_mail(
            key=f"leave:{row.uuid}:{until}:{supervisor.pk}",
            kind="membership_ended",
            to_address=supervisor.email,
            to_name=str(supervisor),
            context={
                "name": str(user),
                "office": str(row.office),
                "role": row.get_role_display(),
                "until": until,
                "over": until < today,
            },
        )
