"""The doors: the only way to a protected office or subject.

Permissions are guardian's, on Office (through the group office × role) and on Subject (through an approved
mandate). The dates of memberships and mandates are joined live, so an ended one opens nothing, whatever
the cached groups still say. A superuser gets nothing here: administrators do not read cases.
"""

from datetime import date
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from guardian.shortcuts import get_objects_for_user

from credit_repair.people.models import (
    Absence,
    Administration,
    Mandate,
    Membership,
    Substitution,
    User,
)
from credit_repair.people.roles import roles_with
from credit_repair.registry.models import Office, Subject

Person = User | AnonymousUser


def may_sign_in(user: Any) -> bool:
    """Whether `user` is a real, active account: asked before guardian is."""
    return bool(user.is_authenticated and user.is_active)


def _dated(prefix: str, day: date) -> Q:
    open_ended = Q(**{f"{prefix}__until__isnull": True}) | Q(**{f"{prefix}__until__gte": day})
    return open_ended & Q(**{f"{prefix}__since__lte": day})


def offices_where(*, user: Any, permission: str, on: date) -> QuerySet[Office]:
    """Return the offices at which `user` holds `permission` on that day.

    `permission` is one of Office's own: see_cases, intake, verify, approve, supervise, import_records.
    """
    if not may_sign_in(user):
        return Office.objects.none()
    granted = get_objects_for_user(
        user, f"registry.{permission}", klass=Office, accept_global_perms=False, with_superuser=False
    )
    served = _served(user=user, permission=permission, on=on)
    return granted.filter(pk__in=served.values("office"))


def running_substitutions(*, on: date) -> QuerySet[Substitution]:
    """Return what lends anything on that day: the one place that says so.

    Besides its own dates, the member must still serve, and the substitute must be active and serve at the
    member's office, the one above or one below: who serves none of them any longer stands in for nobody.
    """
    place = OuterRef("membership__office")
    near = Q(office=place) | Q(office__parent=place) | Q(office=OuterRef("membership__office__parent"))
    carrying = Membership.objects.filter(near, user=OuterRef("substitute")).on(on)
    running: QuerySet[Substitution] = Substitution.objects.filter(
        Exists(carrying), substitute__is_active=True, membership__in=Membership.objects.on(on)
    ).on(on)
    return running


def offices_around(office: Office) -> QuerySet[Office]:
    """Return the offices whose people may stand in at `office`: itself, the one above and those below."""
    return Office.objects.filter(Q(pk=office.pk) | Q(parent=office) | Q(pk=office.parent_id))


def _served(*, user: Any, permission: str, on: date) -> QuerySet[Membership]:
    """The memberships through which `user` holds `permission`: their own, and those whose whole work they
    do in a member's place. A membership that has ended lends nothing to its substitute either."""
    standing = running_substitutions(on=on).filter(
        membership=OuterRef("pk"), substitute=user, scope=Substitution.Scope.ALL
    )
    members: QuerySet[Membership] = Membership.objects.filter(role__in=roles_with(permission)).on(on)
    return members.filter(Q(user=user) | Exists(standing))


def lent_to(*, user: Any, permission: str, on: date) -> QuerySet[Membership]:
    """Return the memberships of which `user` does, as a substitute, only what the member has taken.

    Whoever asks compares the step's taker and office with the membership's.
    """
    if not may_sign_in(user):
        return Membership.objects.none()
    standing = running_substitutions(on=on).filter(
        membership=OuterRef("pk"), substitute=user, scope=Substitution.Scope.OWN
    )
    members: QuerySet[Membership] = Membership.objects.filter(
        Exists(standing), role__in=roles_with(permission), user__is_active=True
    ).on(on)
    return members


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
    return offices_where(user=user, permission=permission, on=on).filter(pk=office.pk).exists()


def is_official(*, user: Any, on: date) -> bool:
    """Whether `user` serves any office on that day."""
    return may_sign_in(user) and Membership.objects.filter(user=user).on(on).exists()


def subjects_of(*, user: Any, on: date) -> QuerySet[Subject]:
    """Return the subjects for which `user` may act on that day."""
    if not may_sign_in(user):
        return Subject.objects.none()
    granted = get_objects_for_user(
        user, "registry.act_for", klass=Subject, accept_global_perms=False, with_superuser=False
    )
    return granted.filter(_dated("mandates", on), mandates__user=user).distinct()


def may_act_for(*, user: Any, subject: Subject | None, on: date) -> bool:
    """Whether `user` may act for `subject` on that day."""
    return subject is not None and subjects_of(user=user, on=on).filter(pk=subject.pk).exists()


def subjects_ever_acted_for(*, user: Any) -> QuerySet[Subject]:
    """Return the subjects for which `user` acts, has acted or is to act: on their cases an official is
    partial, whatever the mandate's dates and whatever the cached permission says."""
    if not may_sign_in(user):
        return Subject.objects.none()
    return Subject.objects.filter(pk__in=Mandate.objects.filter(user=user).values("subject"))


def members_with(*, office: Office, permission: str, on: date) -> QuerySet[User]:
    """Return the active people who hold `permission` at `office` on that day."""
    members = Membership.objects.filter(office=office, role__in=roles_with(permission)).on(on)
    standing = running_substitutions(on=on).filter(membership__in=members, scope=Substitution.Scope.ALL)
    able = Q(pk__in=members.values("user")) | Q(pk__in=standing.values("substitute"))
    return User.objects.filter(able, is_active=True).order_by("pk")


def represented(*, user: Any, permission: str, on: date, what: Any) -> Coalesce:
    """Return, for a query over things that have an office and a taker, in whose place `user` acts on each.

    `what`: an expression over the substitution, e.g. the member's key. Nothing where `user` holds
    `permission` at the thing's office themself. Who took it comes before the other members whose work `user`
    does there.
    """
    own = Membership.objects.filter(
        user=user, office=OuterRef("membership__office"), role__in=roles_with(permission)
    ).on(on)
    standing = running_substitutions(on=on).filter(
        ~Exists(own),
        substitute=user,
        membership__role__in=roles_with(permission),
        membership__office=OuterRef("office"),
    )
    found = standing.annotate(found=what).order_by("pk").values("found")
    # Two subqueries: SQLite knows no column of the outer query where one is sorted.
    return Coalesce(
        Subquery(found.filter(membership__user=OuterRef("taken_by"))[:1]),
        Subquery(found.filter(scope=Substitution.Scope.ALL)[:1]),
    )


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


def able_now(*, office: Office, permission: str, on: date, taker: User | None = None) -> list[User]:
    """Return who can act at `office` on that day: those who hold `permission` and are not away.

    What `taker` has taken is theirs, also by way of reminders; while they are away, it is theirs who do
    it in their place, and where there is nobody, everybody's at the office.
    """
    members = Membership.objects.filter(office=office, role__in=roles_with(permission)).on(on)
    present = User.objects.filter(is_active=True).exclude(pk__in=absences(on=on).values("user"))
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
