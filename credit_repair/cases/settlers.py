"""Due days computed anew where the working days have changed since: a year was announced, a day was declared.

A due day in a year that nobody has announced yet rests on weekends alone and is provisional. When the year
arrives, or when an office declares a day, what stands in the rows is no longer what the calendar says.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from credit_repair.cases.models import Case, Clock, TimelineEvent
from credit_repair.cases.services.clocks import CLOCK_EVENTS, derive_due
from credit_repair.core import audit
from credit_repair.core.clock import now
from credit_repair.core.settling import move_each, settler
from credit_repair.registry.law import one_law
from credit_repair.rules import WorkCalendar, said

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
        moved = move_each(_outdated(law.calendar), lambda clock: _recompute(clock, law.calendar), name=_named)
        _checked = law.calendar, today
    return moved


def _outdated(calendar: WorkCalendar) -> Iterator[Clock]:
    """The running clocks whose stored due day is not what the calendar says. Each is met once in a run."""
    last = 0
    while batch := list(_derivable().filter(pk__gt=last).order_by("pk")[:BATCH]):
        last = batch[-1].pk
        yield from (clock for clock in batch if derive_due(clock, calendar=calendar))


def _derivable() -> Any:
    running = Clock.objects.filter(stopped_on__isnull=True, due_on__isnull=False)
    return running.prefetch_related(*CLOCK_EVENTS)


@transaction.atomic
def _recompute(found: Clock, calendar: WorkCalendar) -> int:
    # The case first, as every act does. Under its lock the clock may have been stopped or paused meanwhile.
    case = Case.objects.select_for_update().get(pk=found.case_id)
    clock = _derivable().filter(pk=found.pk).first()
    if clock is None:
        return 0
    before = clock.due_on, clock.provisional
    if not derive_due(clock, calendar=calendar):
        return 0
    clock.save(update_fields=["due_on", "provisional"])
    _tell(case, clock, before)
    return 1


def _tell(case: Case, clock: Clock, before: tuple[date, bool]) -> None:
    event = TimelineEvent.objects.create(
        case=case,
        at=now(),
        action="recompute_due_date",
        title=_("到期日重新计算"),
        text=_words(clock, before),
        audience=TimelineEvent.Audience.INTERNAL,
        actor_label=audit.SYSTEM_LABEL,
        state_from=case.state,
        state_to=case.state,
    )
    audit.record(
        actor=None,
        action="recompute_due_date",
        target=case,
        data={
            "event": str(event.uuid),
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


def _named(clock: Clock) -> str:
    return f"clock {clock.pk}"
