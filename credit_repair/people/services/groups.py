"""Groups (office × role): a cache of permissions, derived from dated rows and never the truth."""

from datetime import date

from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.db.models import Q
from guardian.models import UserObjectPermission
from guardian.shortcuts import assign_perm, get_group_perms, remove_perm

from credit_repair.people.mandate_selectors import NEVER_COUNTED
from credit_repair.people.models import Mandate, Membership, User
from credit_repair.people.reach import running_substitutions
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
    counted = Mandate.objects.filter(lasting).exclude(NEVER_COUNTED)
    wanted = set(counted.values_list("user", "subject"))
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
    wanted_of = _wanted_roles(today)
    served = User.objects.filter(Q(memberships__isnull=False) | Q(substitutions__isnull=False))
    for user in served.distinct().prefetch_related("groups"):
        wanted = {group_of(office=office, role=role).pk for office, role in wanted_of.get(user.pk, ())}
        kept = {group.pk for group in user.groups.all() if not group.name.startswith(GROUP_PREFIX)}
        if {group.pk for group in user.groups.all()} != kept | wanted:
            user.groups.set(kept | wanted)
            changed += 1
    return changed


def _wanted_roles(today: date) -> dict[int, set[tuple[Office, str]]]:
    """Return whose groups should be which on `today`: their own roles, and those they stand in for."""
    wanted: dict[int, set[tuple[Office, str]]] = {}
    for member in Membership.objects.on(today).select_related("office"):
        wanted.setdefault(member.user_id, set()).add((member.office, member.role))
    for row in running_substitutions(on=today).select_related("membership__office"):
        wanted.setdefault(row.substitute_id, set()).add((row.membership.office, row.membership.role))
    return wanted
