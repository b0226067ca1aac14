"""Statutory clocks: the pure arithmetic is in rules.clocks; here it is stored."""

from collections.abc import Sequence
from datetime import date

from credit_repair.cases.models import Case, Clock
from credit_repair.registry.services import facts_of
from credit_repair.rules import Clock as PureClock
from credit_repair.rules import Pause, RuleValue, national_book, national_calendar


def clock_rule(*, case: Case, kind: str, on: date) -> RuleValue:
    """Return the limit of a clock, in working days, with its basis and mark, from the procedural rule set."""
    record = case.record
    sector = facts_of(record).sector if record is not None else None
    return national_book().view(case.procedure_rule_set, on=on, sector=sector)[f"clock.{kind}.days"]


def start_clocks(*, case: Case, kinds: Sequence[str], today: date) -> list[Clock]:
    """Start a clock of each kind on `today`; the starting day itself does not count."""
    return Clock.objects.bulk_create(_new_clock(case=case, kind=kind, today=today) for kind in kinds)


def _new_clock(*, case: Case, kind: str, today: date) -> Clock:
    rule = clock_rule(case=case, kind=kind, on=today)
    due = national_calendar().add_working_days(today, int(rule.value))
    return Clock(
        case=case,
        kind=kind,
        started_on=today,
        limit_days=int(rule.value),
        due_on=due.due,
        provisional=due.provisional,
        mark=rule.mark,
        basis=rule.basis,
    )


def stop_clock(*, case: Case, kind: str, today: date) -> None:
    """Stop the running clock `kind`, where there is one."""
    Clock.objects.filter(case=case, kind=kind, stopped_on__isnull=True).update(stopped_on=today)


def stop_all_clocks(*, case: Case, today: date) -> None:
    """Stop every clock of the case: at a decision and at every end."""
    Clock.objects.filter(case=case, stopped_on__isnull=True).update(stopped_on=today)


def pure_clock(clock: Clock) -> PureClock:
    """Return the stored clock as the pure one that computes due dates and states."""
    return PureClock(
        started_on=clock.started_on,
        limit=clock.limit_days,
        pauses=tuple(
            Pause(paused_on=pause.paused_on, resumed_on=pause.resumed_on, reason=pause.reason)
            for pause in clock.pauses.all()
        ),
        stopped_on=clock.stopped_on,
    )
