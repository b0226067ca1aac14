"""The verbs on people: join an office, leave it, act for a subject."""

from datetime import date

from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Q
from guardian.models import UserObjectPermission
from guardian.shortcuts import assign_perm, get_group_perms, remove_perm

from credit_repair.core import audit
from credit_repair.people.models import Mandate, Membership, User
from credit_repair.people.roles import OFFICE_PERMISSIONS
from credit_repair.registry.models import Office, Subject

#: Groups of ours are named office:<code>:<role>.
GROUP_PREFIX = "office:"


def group_of(*, office: Office, role: str) -> Group:
    """Return the group (office × role), made with its permissions on the office where it is new."""
    group, created = Group.objects.get_or_create(name=f"{GROUP_PREFIX}{office.code}:{role}")
    if created:
        for permission in OFFICE_PERMISSIONS[role]:
            assign_perm(f"registry.{permission}", group, office)
    return group


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


@transaction.atomic
def grant_mandate(
    *, user: User, subject: Subject, since: date, until: date | None = None, approved_by: User | None = None
) -> Mandate:
    """Let `user` act for `subject` from `since` to `until`, both days included (None: no end)."""
    mandate, _ = Mandate.objects.get_or_create(
        user=user, subject=subject, since=since, defaults={"until": until, "approved_by": approved_by}
    )
    if mandate.until != until:  # the same start once more: what counts is the end that was said last
        mandate.until, mandate.approved_by = until, approved_by
        mandate.save(update_fields=["until", "approved_by"])
    assign_perm("registry.act_for", user, subject)
    audit.record(
        actor=approved_by,
        action="people.grant_mandate",
        target=user,
        data={"subject": str(subject.uuid), "since": str(since), "until": str(until or "")},
    )
    return mandate


@transaction.atomic
def end_mandate(*, mandate: Mandate, until: date | None, actor: User | None = None) -> None:
    """End `mandate` with the day `until` (None: no end). The dates decide; the permission follows them."""
    mandate.until = until
    mandate.save(update_fields=["until"])
    assign_perm("registry.act_for", mandate.user, mandate.subject)  # as above: a cache, the dates decide
    audit.record(
        actor=actor,
        action="people.end_mandate",
        target=mandate.user,
        data={"subject": str(mandate.subject.uuid), "until": str(until)},
    )


def refresh_caches(*, today: date) -> int:
    """Make groups and mandate permissions equal what the dates say on `today`; return how many changed.

    This also gives their permissions to memberships and mandates that were written or prolonged by hand.
    """
    return _refresh_group_permissions() + _refresh_groups(today) + _refresh_mandates(today)


def _refresh_group_permissions() -> int:
    """Give every group (office × role) what the table of roles says today, and nothing more."""
    changed = 0
    offices = {office.code: office for office in Office.objects.all()}
    for group in Group.objects.filter(name__startswith=GROUP_PREFIX):
        _prefix, code, role = group.name.split(":")
        held = {str(name) for name in get_group_perms(group, offices[code])}
        wanted = set(OFFICE_PERMISSIONS[role])
        for name in wanted - held:
            assign_perm(f"registry.{name}", group, offices[code])
        for name in held - wanted:
            remove_perm(f"registry.{name}", group, offices[code])
        changed += held != wanted
    return changed


def _refresh_mandates(today: date) -> int:
    lasting = Q(until__isnull=True) | Q(until__gte=today)  # one that is still to begin keeps its permission
    wanted = set(Mandate.objects.filter(lasting).values_list("user", "subject"))
    held = {
        (user, int(subject))
        for user, subject in UserObjectPermission.objects.filter(
            permission__codename="act_for", content_type=ContentType.objects.get_for_model(Subject)
        ).values_list("user", "object_pk")
    }
    for user, subject in wanted - held:
        assign_perm("registry.act_for", User.objects.get(pk=user), Subject.objects.get(pk=subject))
    for user, subject in held - wanted:
        remove_perm("registry.act_for", User.objects.get(pk=user), Subject.objects.get(pk=subject))
    return len(wanted ^ held)


def _refresh_groups(today: date) -> int:
    changed = 0
    for user in User.objects.filter(memberships__isnull=False).distinct().prefetch_related("groups"):
        wanted = {
            group_of(office=membership.office, role=membership.role).pk: None
            for membership in Membership.objects.filter(user=user).on(today).select_related("office")
        }
        kept = {group.pk for group in user.groups.all() if not group.name.startswith(GROUP_PREFIX)}
        if {group.pk for group in user.groups.all()} != kept | set(wanted):
            user.groups.set(kept | set(wanted))
            changed += 1
    return changed
