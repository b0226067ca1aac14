"""The official's inbox 待办: its parts, how much lies in each, and its filters.

A person's offices are asked once; what lies there is then found by the indexes on the steps' offices and
takers. No part is ever counted to its end: see counts().
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import F, IntegerField, OuterRef, Q, QuerySet, Subquery

from credit_repair.cases.kinds import all_kinds
from credit_repair.cases.models import ROUTE_PHASES, Clock, Phase, ReviewStep
from credit_repair.cases.parts import PERMISSION_OF, in_whose_place, kept_from
from credit_repair.people.models import User
from credit_repair.people.reach import reach_of

#: The parts by name: what each holds, _conditions() says.
ALL = "all"
MINE, UNCLAIMED, INSTEAD, OFFICE, TEAM = "mine", "unclaimed", "instead", "office", "team"
OVERDUE, TODAY, WEEK = "overdue", "today", "week"
WAITING, SENT_ON = "waiting", "sent"
PARTS = (ALL, OVERDUE, TODAY, WEEK, MINE, UNCLAIMED, INSTEAD, WAITING, SENT_ON, OFFICE, TEAM)
#: So far is counted; above it stands "99+".
MOST_COUNTED = 99


@dataclass(frozen=True)
class Desk:
    """What an official reaches on a day, asked once: by keys, so that the steps are found by index.

    able        by phase, the offices at which they can do steps, themself or in a member's place
    own         of these, where they serve themself
    lent        (phase, office, member): what that member has taken, they do in the member's place 代办
    sees        the offices whose cases they may read
    supervises  the offices whose steps they may assign
    """

    user: Any
    on: date
    able: dict[Phase, frozenset[int]]
    own: dict[Phase, frozenset[int]]
    lent: frozenset[tuple[Phase, int, int]]
    sees: frozenset[int]
    supervises: frozenset[int]

    @property
    def offices(self) -> frozenset[int]:
        """Every office that can appear in a part of the inbox."""
        lent = {office for _phase, office, _member in self.lent}
        return frozenset(self.sees | self.supervises | lent).union(*self.able.values())

    @property
    def stands_in(self) -> bool:
        """Whether they do anything in a member's place."""
        return bool(self.lent) or any(self.able[phase] - self.own[phase] for phase in self.able)

    @property
    def handles(self) -> bool:
        """Whether there is any step that they can do themself."""
        return bool(self.lent) or any(self.able[phase] for phase in ROUTE_PHASES)

    @property
    def first_part(self) -> str:
        """With what the inbox begins: with the office's steps for who only supervises."""
        return TEAM if self.supervises and not self.handles else ALL


def desk_of(*, user: Any, on: date) -> Desk:
    """Return what `user` reaches on that day, in one query at most, however many steps there are."""
    reach = reach_of(user=user, on=on)
    return Desk(
        user=user,
        on=on,
        able={phase: reach.offices(permission) for phase, permission in PERMISSION_OF.items()},
        own={phase: reach.own_offices(permission) for phase, permission in PERMISSION_OF.items()},
        lent=frozenset(
            (phase, loan.office, loan.member)
            for phase, permission in PERMISSION_OF.items()
            for loan in reach.in_hand(permission)
        ),
        sees=reach.offices("see_cases"),
        supervises=reach.offices("supervise"),
    )


def part(desk: Desk, name: str) -> QuerySet[ReviewStep]:
    """Return the steps of a part of the inbox, in their order: the nearest deadline first, what was sent on
    the newest first. Each says in `stands_for_name` in whose place the user would act, in `waits_until` by
    when the applicant is to correct 补正."""
    steps = ReviewStep.objects.filter(_conditions(desk)[name]).exclude(kept_from(desk.user))
    steps = steps.annotate(
        **in_whose_place(user=desk.user, on=desk.on),
        waits_until=Subquery(_corrections().values("due_on")[:1]),
    )
    orders = {
        SENT_ON: (F("done_at").desc(), "-pk"),
        WAITING: (F("waits_until").asc(nulls_last=True), "opened_on", "pk"),
    }
    return (
        steps.select_related("case__subject", "case__record", "office", "clock", "taken_by", "forwarded_to")
        .prefetch_related("clock__pauses", "clock__extensions")
        .order_by(*orders.get(name, (F("clock__due_on").asc(nulls_last=True), "opened_on", "pk")))
    )


def _corrections() -> QuerySet[Clock]:
    return Clock.objects.filter(
        case=OuterRef("case"), kind=Clock.Kind.CORRECTION, stopped_on__isnull=True
    ).order_by("pk")


def _conditions(desk: Desk) -> dict[str, Q]:
    """The parts of an inbox by name: a step may lie in several.

    all       to be done now, by this person or a colleague, unless a colleague has it in hand or the
              applicant is to correct it; unclaimed: of these, what nobody has taken
    mine      the person has taken it; instead: they would act in a colleague's place 代办
    today, week  due today, or later until Sunday; overdue: its last day is over
    office    whatever is open in the person's own phases; team: in every phase, where they supervise
    waiting   the applicant is to correct it 补正; sent: sent on to another office 转送, still running
    """
    is_open = Q(state=ReviewStep.State.OPEN)
    waits = _waits()
    office = is_open & _in_reach(desk)
    free = Q(taken_by__isnull=True)
    instead = is_open & _in_a_members_place(desk)
    to_do = office & (free | Q(taken_by=desk.user.pk) | _in_a_members_place(desk)) & ~waits
    sunday = desk.on + timedelta(days=6 - desk.on.weekday())
    return {
        ALL: to_do,
        OVERDUE: to_do & Q(clock__due_on__lt=desk.on),
        TODAY: to_do & Q(clock__due_on=desk.on),
        WEEK: to_do & Q(clock__due_on__gt=desk.on, clock__due_on__lte=sunday),
        MINE: is_open & Q(taken_by=desk.user.pk) & _in_reach(desk),
        UNCLAIMED: office & free & ~waits,
        INSTEAD: instead,
        OFFICE: office,
        TEAM: is_open & Q(office__in=desk.supervises),
        WAITING: is_open & Q(phase=Phase.INTAKE, office__in=desk.sees) & waits,
        SENT_ON: Q(office__in=desk.sees, forwarded_to__isnull=False, case__closed_on__isnull=True),
    }


def _waits() -> Q:
    """The condition that the next move is the applicant's."""
    found = Q(pk__in=())
    for kind in all_kinds():
        found |= Q(case__kind=kind.code, case__state__in=sorted(kind.flow.WAITS))
    return found


def _in_reach(desk: Desk) -> Q:
    found = _lent(desk)
    for phase, offices in desk.able.items():
        found |= Q(phase=phase, office__in=offices)
    return found


def _in_a_members_place(desk: Desk) -> Q:
    """What the person would do for a member: at offices where they do not serve in that role themself."""
    found = _lent(desk)
    for phase, offices in desk.able.items():
        found |= Q(phase=phase, office__in=offices - desk.own[phase])
    return found


def _lent(desk: Desk) -> Q:
    found = Q(pk__in=())
    for phase, office, member in desk.lent:
        if office not in desk.own[phase]:
            found |= Q(phase=phase, office=office, taken_by=member)
    return found


class _CountUpTo(Subquery):
    """How many rows a query finds, as one value."""

    empty_result_set_value = 0
    template = "(SELECT COUNT(*) FROM (%(subquery)s) AS counted)"
    output_field = IntegerField()


def counts(desk: Desk) -> dict[str, int]:
    """Return how many steps lie in each part, none counted beyond MOST_COUNTED + 1: one query for all."""
    away = kept_from(desk.user)
    found = {
        name: _CountUpTo(
            ReviewStep.objects.filter(condition).exclude(away).order_by().values("pk")[: MOST_COUNTED + 1]
        )
        for name, condition in _conditions(desk).items()
    }
    row = User.objects.filter(pk=desk.user.pk).annotate(**{f"n_{name}": each for name, each in found.items()})
    values = row.values(*(f"n_{name}" for name in found)).get()
    return {name: values[f"n_{name}"] for name in found}


def count_text(count: int) -> str:
    """Return a count as it is shown: 99+ where it was not counted further."""
    return f"{MOST_COUNTED}+" if count > MOST_COUNTED else str(count)
