"""What moves a case of any kind without a person: due days computed anew, steps given back to their office.

Due days, where the working days have changed since: a year was announced, a day was declared.

A due day in a year that nobody has announced yet rests on weekends alone and is provisional. When the year
arrives, or when an office declares a day, what stands in the rows is no longer what the calendar says.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext as _

from credit_repair.cases.models import Case, Clock, ClockExtension, ClockPause, ReviewStep
from credit_repair.cases.parts import PERMISSION_OF
from credit_repair.cases.services.clocks import CLOCK_EVENTS, derive_due
from credit_repair.cases.services.internal import write_internally
from credit_repair.cases.services.steps import release_step
from credit_repair.core.settling import move_each, settler
from credit_repair.people import access
from credit_repair.people.models import Absence
from credit_repair.registry.law import one_law
from credit_repair.rules import Clock as PureClock
from credit_repair.rules import Extension, Pause, WorkCalendar, said

#: Clocks read at a time.
BATCH = 1000

#: The calendar by which this process last found every due day right, and the day on which it did.
_checked: tuple[WorkCalendar, date] | None = None


@settler
def recompute_due_dates(*, today: date) -> int:
    """Derive the due day of every running clock anew by the working days in force; return how many changed.

    A clock that stands has no due day, and one that has stopped keeps what counted then. Each change is told
    on the case's timeline, for officials: which clock, from which day to which, and why.

    Once a process has found everything right by a calendar, it does not look again by the same one, except
    once a day: for a row that another process wrote by the old calendar in the very moment of the change.
    """
    global _checked
    with one_law() as law:
        if _checked is not None and _checked[0] is law.calendar and _checked[1] == today:
            return 0
        calendar = law.calendar
        moved = move_each(_outdated(calendar), lambda keys: _recompute(*keys, calendar), name=_named)
        _checked = law.calendar, today
    return moved


def _outdated(calendar: WorkCalendar) -> Iterator[tuple[int, int]]:
    """The running clocks, each with its case, whose stored due day is not what the calendar says.

    Each is met once in a run. Read as bare values: a hundred thousand model rows would take far longer.
    """
    last = 0
    columns = ("pk", "case_id", "started_on", "limit_days", "due_on", "provisional")
    while batch := list(_derivable().filter(pk__gt=last).order_by("pk").values_list(*columns)[:BATCH]):
        first, last = batch[0][0], batch[-1][0]
        pauses = _events(ClockPause, Pause, ("paused_on", "resumed_on", "reason"), first, last)
        extensions = _events(ClockExtension, Extension, ("days", "granted_on"), first, last)
        for pk, case_id, started_on, limit, *stored in batch:
            clock = PureClock(started_on, limit, tuple(pauses[pk]), tuple(extensions[pk]))
            due = clock.due(calendar)
            if due is not None and [due.due, due.provisional] != stored:
                yield pk, case_id


def _events(
    model: type[Model], make: Callable[..., Any], fields: Sequence[str], first: int, last: int
) -> defaultdict[int, list[Any]]:
    """What happened to the running clocks from `first` to `last`, by clock."""
    found: defaultdict[int, list[Any]] = defaultdict(list)
    rows = model._default_manager.filter(clock__pk__range=(first, last), clock__stopped_on__isnull=True)
    for pk, *values in rows.values_list("clock_id", *fields):
        found[pk].append(make(*values))
    return found


def _derivable() -> QuerySet[Clock]:
    return Clock.objects.filter(stopped_on__isnull=True, due_on__isnull=False)


@transaction.atomic
def _recompute(pk: int, case_id: int, calendar: WorkCalendar) -> int:
    # The case first, as every act does. Under its lock the clock may have been stopped or paused meanwhile.
    case = Case.objects.select_for_update().get(pk=case_id)
    clock = _derivable().filter(pk=pk).prefetch_related(*CLOCK_EVENTS).first()
    if clock is None or clock.due_on is None:
        return 0
    before = clock.due_on, clock.provisional
    if not derive_due(clock, calendar=calendar):
        return 0
    clock.save(update_fields=["due_on", "provisional"])
    _tell(case, clock, before)
    return 1


def _tell(case: Case, clock: Clock, before: tuple[date, bool]) -> None:
    write_internally(
        case=case,
        action="recompute_due_date",
        title=_("到期日重新计算"),
        text=_words(clock, before),
        actor=None,
        audited_as="recompute_due_date",
        facts={
            "clock": clock.kind,
            "from": before[0].isoformat(),
            "to": clock.due_on.isoformat() if clock.due_on else None,
            "provisional": [before[1], clock.provisional],
        },
    )


def _words(clock: Clock, before: tuple[date, bool]) -> str:
    """Return e.g. 受理期限的到期日由2026年12月30日（暂定）改为2027年1月4日。原因：2027年放假安排已公布。"""
    due_before, was_provisional = before
    due = clock.due_on or due_before
    if was_provisional and not clock.provisional:
        reason = _("%d年放假安排已公布") % max(due_before.year, due.year)
    else:
        reason = _("工作日历有调整")
    said_before, said_now = _said(due_before, was_provisional), _said(due, clock.provisional)
    words = {"clock": clock.get_kind_display(), "before": said_before, "now": said_now, "reason": reason}
    if due == due_before:
        return _("%(clock)s的到期日仍为%(now)s，原为%(before)s。原因：%(reason)s。") % words
    return _("%(clock)s的到期日由%(before)s改为%(now)s。原因：%(reason)s。") % words


def _said(day: date, provisional: bool) -> str:
    return _("%s（暂定）") % said(day) if provisional else said(day)


def _named(keys: tuple[int, int]) -> str:
    return f"clock {keys[0]} of case {keys[1]}"


@settler
def release_orphans(*, today: date) -> int:
    """Give back to their office the open steps of people who no longer do them; return how many.

    Who took a step and no longer serves that office in that role, whose account was closed, and who is away
    with their work in hand left to the office.
    """
    moved, last = 0, 0
    while batch := list(_orphans(today).filter(pk__gt=last).order_by("pk")[:BATCH]):
        last = batch[-1].pk
        moved += move_each(batch, lambda step: _release(step, today), name=lambda step: f"step {step.uuid}")
    return moved


def _orphans(today: date) -> QuerySet[ReviewStep]:
    taken = ReviewStep.objects.filter(state=ReviewStep.State.OPEN, taken_by__isnull=False)
    return taken.exclude(_keeps_it(today)).select_related("taken_by")


def _keeps_it(today: date) -> Q:
    """Whether a step stays with who took it."""
    serves = Q(pk__in=())
    for phase, permission in PERMISSION_OF.items():
        serves |= Q(phase=phase) & access.serves(permission=permission, on=today)
    return serves & ~Q(taken_by__in=_left_to_the_office(today).values("user"))


def _left_to_the_office(today: date) -> QuerySet[Absence]:
    return access.absences(on=today).filter(handover=Absence.Handover.OFFICE)


def _release(step: ReviewStep, today: date) -> int:
    away = _left_to_the_office(today).filter(user=step.taken_by_id).first()
    if away is not None:
        why = _("该同事离岗至%(day)s。") % {"day": said(away.until)}
    else:
        why = _("该同事已不再担任这一角色。")
    return release_step(step=step, why=why, unless=_keeps_it(today))
