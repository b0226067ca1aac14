"""What one person holds on a day: their roles, those they stand in for, and what guardian grants them.

One statement reads it all; what follows from it is found in Python, and what belongs to it by the keys of
offices. A page, or a verb in its transaction, asks once: see :func:`one_reach`.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import BigIntegerField, BooleanField, CharField, Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast, Coalesce, NullIf
from guardian.models import GroupObjectPermission

from credit_repair.people.models import Membership, Substitution
from credit_repair.people.roles import OFFICE_PERMISSIONS, roles_with
from credit_repair.registry.models import Office

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
#: What a row says, beside the scope of a substitution.
_SERVES, _GRANTED = "serves", "granted"


@dataclass(frozen=True)
class Loan:
    """A member's role at an office, in which a substitute acts 代办.

    whole        all the work of that role, not only what the member has taken
    can_sign_in  whether the member's own account is active
    """

    role: str
    office: int
    member: int
    name: str
    whole: bool
    can_sign_in: bool


@dataclass(frozen=True)
class Reach:
    """What a person holds on a day, by keys of offices.

    own      (role, office) of their running memberships
    loans    the roles of others in which they act, the earliest substitution first
    granted  (permission, office) that guardian grants them: alone it opens nothing, the dates decide
    """

    own: frozenset[tuple[str, int]] = frozenset()
    loans: tuple[Loan, ...] = ()
    granted: frozenset[tuple[str, int]] = frozenset()

    def offices(self, permission: str, *, but: int | None = None) -> frozenset[int]:
        """Return the offices at which they hold `permission`, themself or for the whole work of a member; of
        the member `but` they are lent nothing."""
        whole = {loan.office for loan in self.loans_with(permission) if loan.whole and loan.member != but}
        served = self.own_offices(permission) | whole
        return frozenset(office for office in served if (permission, office) in self.granted)

    def own_offices(self, permission: str) -> frozenset[int]:
        """Return the offices at which they serve themself in a role with `permission`."""
        roles = roles_with(permission)
        return frozenset(office for role, office in self.own if role in roles)

    def loans_with(self, permission: str) -> list[Loan]:
        """Return the roles of others with `permission` in which they act, at whatever office."""
        roles = roles_with(permission)
        return [loan for loan in self.loans if loan.role in roles]

    def in_hand(self, permission: str) -> list[Loan]:
        """Return the members of whose work with `permission` they do only what the member has taken."""
        return [loan for loan in self.loans_with(permission) if not loan.whole and loan.can_sign_in]


_kept: ContextVar[dict[tuple[int, date], Reach] | None] = ContextVar("reach_kept", default=None)


def may_sign_in(user: Any) -> bool:
    """Whether `user` is a real, active account: asked before guardian is."""
    return bool(user.is_authenticated and user.is_active)


def reach_of(*, user: Any, on: date) -> Reach:
    """Return what `user` holds on that day; nothing for who may not sign in."""
    if not may_sign_in(user):
        return Reach()
    kept = _kept.get()
    if kept is None:
        return _read(user.pk, on)
    if (user.pk, on) not in kept:
        kept[user.pk, on] = _read(user.pk, on)
    return kept[user.pk, on]


@contextmanager
def one_reach() -> Iterator[None]:
    """Let everything inside the block ask once what a person holds: anew, whatever was known outside."""
    token = _kept.set({})
    try:
        yield
    finally:
        _kept.reset(token)


def one_reach_a_page(get_response: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Middleware: a page that only shows something asks once what its reader holds.

    What changes something does not keep an answer: its verb asks in its own transaction.
    """

    def middleware(request: Any) -> Any:
        if request.method not in SAFE_METHODS:
            return get_response(request)
        with one_reach():
            return get_response(request)

    return middleware


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


#: The columns of the one statement, in their order.
_COLUMNS = ("what", "name", "place", "member", "said", "active", "row")


def _read(user: int, on: date) -> Reach:
    nobody = {
        "member": Value(None, BigIntegerField()),
        "said": Value("", CharField()),
        "active": Value(True, BooleanField()),
        "row": Value(None, BigIntegerField()),
    }
    own = Membership.objects.filter(user=user).on(on)
    lent = running_substitutions(on=on).filter(substitute=user)
    person = "membership__user__"
    granted = GroupObjectPermission.objects.filter(
        group__user=user,
        content_type__app_label=Office._meta.app_label,
        content_type__model=Office._meta.model_name,
        permission__codename__in=_KNOWN,
    )
    rows = _columns(own, what=Value(_SERVES), name=F("role"), place=F("office"), **nobody).union(
        _columns(
            lent,
            what=F("scope"),
            name=F("membership__role"),
            place=F("membership__office"),
            member=F("membership__user"),
            said=Coalesce(NullIf(f"{person}display_name", Value("")), f"{person}username"),
            active=F(f"{person}is_active"),
            row=F("pk"),
        ),
        _columns(
            granted,
            what=Value(_GRANTED),
            name=F("permission__codename"),
            place=Cast("object_pk", BigIntegerField()),
            **nobody,
        ),
        all=True,
    )
    return _reach(list(rows))


_KNOWN = sorted({permission for held in OFFICE_PERMISSIONS.values() for permission in held})


def _columns(rows: QuerySet[Any], **columns: Any) -> QuerySet[Any]:
    named = {f"the_{name}": columns[name] for name in _COLUMNS}
    return rows.order_by().annotate(**named).values_list(*named)


def _reach(rows: list[tuple[Any, ...]]) -> Reach:
    loans = sorted((row for row in rows if row[0] not in (_SERVES, _GRANTED)), key=lambda row: row[-1])
    return Reach(
        own=frozenset((name, place) for what, name, place, *_rest in rows if what == _SERVES),
        granted=frozenset((name, place) for what, name, place, *_rest in rows if what == _GRANTED),
        loans=tuple(
            Loan(
                role=name,
                office=place,
                member=member,
                name=said,
                whole=what == Substitution.Scope.ALL,
                can_sign_in=bool(active),
            )
            for what, name, place, member, said, active, _row in loans
        ),
    )
