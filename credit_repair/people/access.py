"""The doors: the only way to a protected office or subject.

Permissions are guardian's, on Office (through the group office × role) and on Subject (through an approved
mandate). The dates of memberships and mandates are joined live, so an ended one opens nothing, whatever
the cached groups still say. A superuser gets nothing here: administrators do not read cases.
"""

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.contrib.contenttypes.models import ContentType
from django.db.models import BigIntegerField, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Cast
from guardian.models import UserObjectPermission

from credit_repair.people.models import (
    Absence,
    Administration,
    Mandate,
    Membership,
    Substitution,
    User,
)
from credit_repair.people.reach import may_sign_in, reach_of, running_substitutions
from credit_repair.people.roles import roles_with
from credit_repair.registry.models import Office, Subject

Person = User | AnonymousUser


def offices_where(*, user: Any, permission: str, on: date) -> QuerySet[Office]:
    """Return the offices at which `user` holds `permission` on that day.

    `permission` is one of Office's own: see_cases, intake, verify, approve, supervise, import_records.
    """
    return Office.objects.filter(pk__in=reach_of(user=user, on=on).offices(permission))


def holds(*, user: Any, permission: str, on: date) -> bool:
    """Whether `user` holds `permission` at any office on that day."""
    return bool(reach_of(user=user, on=on).offices(permission))


def offices_around(office: Office) -> QuerySet[Office]:
    """Return the offices whose people may stand in at `office`: itself, the one above and those below."""
    return Office.objects.filter(Q(pk=office.pk) | Q(parent=office) | Q(pk=office.parent_id))


def stands_in_for(*, user: Any, on: date) -> QuerySet[Substitution]:
    """Return the running substitutions in which `user` does a member's work on that day."""
    if not may_sign_in(user):
        return Substitution.objects.none()
    running = running_substitutions(on=on).filter(substitute=user)
    return running.select_related("membership__office", "membership__user")


def administers(*, user: Any, kind: str, on: date) -> bool:
    """Whether `user` is the administrator of that kind on that day. A superuser as such is none."""
    return may_sign_in(user) and Administration.objects.filter(user=user, kind=kind).on(on).exists()


def is_administrator(*, user: Any, on: date) -> bool:
    """Whether `user` is an administrator of any kind on that day."""
    return may_sign_in(user) and Administration.objects.filter(user=user).on(on).exists()


def needs_second_factor(*, user: Any, on: date) -> bool:
    """Whether `user` may come in only with a second factor: officials, administrators, those who stand in
    for one, and future ones."""
    if not may_sign_in(user):
        return False
    if user.is_staff or user.is_superuser:
        return True
    lasting = Q(until__isnull=True) | Q(until__gte=on)
    serves = Membership.objects.filter(lasting, user=OuterRef("pk"))
    administrates = Administration.objects.filter(lasting, user=OuterRef("pk"))
    stands_in = Substitution.objects.filter(substitute=OuterRef("pk"), until__gte=on)
    asked = Exists(serves) | Exists(administrates) | Exists(stands_in)
    return User.objects.filter(asked, pk=user.pk).exists()


def may_at_office(*, user: Any, permission: str, office: Office, on: date) -> bool:
    """Whether `user` holds `permission` at `office` on that day."""
    return office.pk in reach_of(user=user, on=on).offices(permission)


def may_set_rules(*, user: Any, on: date) -> bool:
    """Whether `user` may set, on that day, what holds for the whole site: local rules, working days, routes.

    At a credit office 信用办 alone: an authority that supervises its own cases does not make them.
    """
    offices = reach_of(user=user, on=on).offices("set_rules")
    return bool(offices) and Office.objects.filter(pk__in=offices, kind=Office.Kind.CREDIT).exists()


def offices_with(*, permission: str, on: date) -> QuerySet[Office]:
    """Return the offices at which somebody with an active account holds `permission` on that day."""
    serving = Membership.objects.filter(role__in=roles_with(permission), user__is_active=True).on(on)
    return Office.objects.filter(pk__in=serving.values("office"))


def is_official(*, user: Any, on: date) -> bool:
    """Whether `user` serves any office on that day."""
    return bool(reach_of(user=user, on=on).own)


def subjects_of(*, user: Any, on: date) -> QuerySet[Subject]:
    """Return the subjects for which `user` may act on that day."""
    if not may_sign_in(user):
        return Subject.objects.none()
    granted = UserObjectPermission.objects.filter(
        user=user,
        permission__codename="act_for",
        content_type=ContentType.objects.get_for_model(Subject),
    )
    running = Mandate.objects.filter(user=user).on(on)
    keys = granted.values_list(Cast("object_pk", BigIntegerField()))
    return Subject.objects.filter(pk__in=keys).filter(pk__in=running.values("subject"))


def may_act_for(*, user: Any, subject: Subject | None, on: date) -> bool:
    """Whether `user` may act for `subject` on that day."""
    return subject is not None and subjects_of(user=user, on=on).filter(pk=subject.pk).exists()


def people_acting_for(*, subject: Subject | int | None, on: date) -> QuerySet[User]:
    """Return the active people who act for a subject, itself or its key, on that day."""
    mandates = Mandate.objects.filter(subject=subject).on(on)
    return User.objects.filter(pk__in=mandates.values("user"), is_active=True).order_by("pk")


def subjects_ever_acted_for(*, user: Any) -> QuerySet[Subject]:
    """Return the subjects for which `user` acts, has acted or is to act: on their cases an official is
    partial, whatever the mandate's dates and whatever the cached permission says."""
    if not may_sign_in(user):
        return Subject.objects.none()
    return Subject.objects.filter(pk__in=Mandate.objects.filter(user=user).values("subject"))


def members_with(*, office: Office, permission: str, on: date) -> QuerySet[User]:
    """Return the active people who hold `permission` at `office` on that day."""
    return members_at(offices=[office.pk], permissions=[permission], on=on)


def members_at(*, offices: Collection[int], permissions: Iterable[str], on: date) -> QuerySet[User]:
    """Return the active people who hold any of `permissions` on that day at any of the offices of these keys,
    each once."""
    roles = {role for permission in permissions for role in roles_with(permission)}
    members = Membership.objects.filter(office__in=offices, role__in=roles).on(on)
    standing = running_substitutions(on=on).filter(membership__in=members, scope=Substitution.Scope.ALL)
    able = Q(pk__in=members.values("user")) | Q(pk__in=standing.values("substitute"))
    return User.objects.filter(able, is_active=True).order_by("pk")


def serves(*, permission: str, on: date) -> Q:
    """Return the condition, on things that have an office and a taker, that the taker may still do them:
    an active person who holds `permission` there on that day, themself or in a member's place."""
    members = Membership.objects.filter(office=OuterRef("office"), role__in=roles_with(permission)).on(on)
    own = members.filter(user=OuterRef("taken_by"))
    standing = running_substitutions(on=on).filter(
        substitute=OuterRef("taken_by"),
        scope=Substitution.Scope.ALL,
        membership__office=OuterRef("office"),
        membership__role__in=roles_with(permission),
    )
    return Q(taken_by__is_active=True) & (Q(Exists(own)) | Q(Exists(standing)))


def absences(*, on: date) -> QuerySet[Absence]:
    """Return who is away on that day, as rows."""
    away: QuerySet[Absence] = Absence.objects.on(on)
    return away


def able_now(
    *, office: Office, permission: str, on: date, taker: User | None = None, but: Q | None = None
) -> list[User]:
    """Return who can act at `office` on that day: those who hold `permission` and are not away; without those
    on whom the condition `but` holds.

    What `taker` has taken is theirs, also by way of reminders; while they are away, it is theirs who do
    it in their place, and where there is nobody, everybody's at the office.
    """
    members = Membership.objects.filter(office=office, role__in=roles_with(permission)).on(on)
    present = User.objects.filter(is_active=True).exclude(pk__in=absences(on=on).values("user"))
    if but is not None:
        present = present.exclude(but)
    able = present.filter(
        pk__in=members_with(office=office, permission=permission, on=on).values("pk")
    ).order_by("pk")
    if taker is None:
        return list(able)
    if taker in able:
        return [taker]
    standing = running_substitutions(on=on).filter(membership__in=members.filter(user=taker))
    in_place = present.filter(pk__in=standing.values("substitute")).order_by("pk")
    return list(in_place) or list(able)
