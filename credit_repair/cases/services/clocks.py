"""Statutory clocks: the pure arithmetic is in rules.clocks; here it is stored.

What is stored are events: start, pauses, extensions, stop. The due day is derived from them each time one is
added, by the working days in force; where these change, cases.settlers derives it anew.
"""

from collections.abc import Sequence
from datetime import date

from django.db import transaction
from django.db.models import QuerySet, prefetch_related_objects
from django.utils.translation import gettext as _

from credit_repair.cases.errors import ActionRefused
from credit_repair.cases.models import Case, Clock, ClockExtension, ClockPause
from credit_repair.registry.law import current_book, current_calendar
from credit_repair.registry.services import facts_of
from credit_repair.rules import Clock as PureClock
from credit_repair.rules import Extension, Pause, RuleValue, RuleView, WorkCalendar

#: What pure_clock() reads along. Who computes several clocks prefetches these.
CLOCK_EVENTS = ("pauses", "extensions")


def clock_rule(*, case: Case, kind: str, on: date) -> RuleValue:
    """Return the limit of a clock, in working days, with its basis and mark, from the procedural rule set.

    A local rule counts if it was in force on the day of filing; for a case not yet filed, `on`.
    """
    return procedure_rules(case, on=on)[f"clock.{kind}.days"]


def start_clocks(*, case: Case, kinds: Sequence[str], today: date) -> list[Clock]:
    """Start a clock of each kind on `today`; the starting day itself does not count."""
    return Clock.objects.bulk_create(begun_clock(case=case, kind=kind, today=today) for kind in kinds)


def begun_clock(*, case: Case, kind: str, today: date) -> Clock:
    """Return a clock that begins on `today`, with its due day; it is not stored."""
    rule = clock_rule(case=case, kind=kind, on=today)
    due = current_calendar().add_working_days(today, int(rule.value))
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


@transaction.atomic
def pause_clock(*, case: Case, kind: str, today: date, reason: str) -> Clock:
    """Let the running clock `kind` stand from the end of `today`; return it, its due day empty.

    A clock may stand for several reasons at once: it runs again when the last of them is gone.

    Raises ActionRefused with words where no clock of this kind runs, it stands for this reason already, has
    not begun by `today`, or no reason is given.
    """
    clock = _running_clock(case, kind)
    if not reason.strip():
        raise ActionRefused("no_reason", _("请写明暂停计算期限的原因。"))
    if any(pause.resumed_on is None and pause.reason == reason.strip() for pause in clock.pauses.all()):
        raise ActionRefused("clock_stands", _("%s已经因同一原因暂停。") % clock.get_kind_display())
    if today < clock.started_on:
        raise ActionRefused("too_early", _("暂停的日期早于期限的起算日，请核对日期。"))
    ClockPause.objects.create(clock=clock, paused_on=today, reason=reason.strip())
    return _derived(clock)


@transaction.atomic
def resume_clock(*, case: Case, kind: str, today: date, reason: str = "") -> Clock:
    """Let the standing clock `kind` run again from `today` on; return it with its new due day.

    The due day moves by the working days in (day paused, day resumed].

    :param reason: end the pause of this reason alone; without it, every open pause. While another reason
        remains, the clock stands on.

    Raises ActionRefused with words where no clock of this kind runs, it does not stand (for this reason), or
    `today` lies before the pause.
    """
    clock = _running_clock(case, kind)
    ended = [
        pause
        for pause in clock.pauses.all()
        if pause.resumed_on is None and (not reason.strip() or pause.reason == reason.strip())
    ]
    if not ended:
        raise ActionRefused("clock_runs", _("%s没有暂停，不需要恢复。") % clock.get_kind_display())
    if any(today < pause.paused_on for pause in ended):
        raise ActionRefused("too_early", _("恢复的日期早于暂停的日期，请核对日期。"))
    ClockPause.objects.filter(pk__in=[pause.pk for pause in ended]).update(resumed_on=today)
    return _derived(clock)


@transaction.atomic(savepoint=False)
def pause_clocks(*, case: Case, kinds: Sequence[str], today: date, reason: str) -> None:
    """Let every clock of these kinds that has not stopped stand from the end of `today`, for one reason.

    What pause_clock() says of one, in as many statements for several; the act's own guards say that none of
    them stands for this reason yet.
    """
    clocks = _unstopped(case).filter(kind__in=kinds)
    pauses = [
        ClockPause(clock_id=pk, paused_on=today, reason=reason.strip())
        for pk in clocks.select_for_update().order_by("pk").values_list("pk", flat=True)
    ]
    ClockPause.objects.bulk_create(pauses)
    clocks.update(due_on=None, provisional=False)


@transaction.atomic(savepoint=False)
def resume_clocks(*, case: Case, kinds: Sequence[str], today: date) -> None:
    """Let every clock of these kinds that stands run again from `today` on: they never start anew.

    What resume_clock() says of one, in as many statements for several.
    """
    standing = _unstopped(case).filter(kind__in=kinds, due_on__isnull=True).order_by("pk")
    clocks = list(standing.select_for_update().prefetch_related(*CLOCK_EVENTS))
    ended = [pause for clock in clocks for pause in clock.pauses.all() if pause.resumed_on is None]
    for pause in ended:
        pause.resumed_on = today
    ClockPause.objects.filter(pk__in=[pause.pk for pause in ended]).update(resumed_on=today)
    for clock in clocks:
        derive_due(clock, calendar=current_calendar())
    Clock.objects.bulk_update(clocks, ["due_on", "provisional"])


@transaction.atomic
def extend_clock(*, case: Case, kind: str, days: int, today: date, reason: str) -> Clock:
    """Give the running clock `kind` more working days 延长期限; return it with its new due day.

    How often and by how much the procedural rules say: `clock.extension.times` and `clock.extension.days`.
    The notice to the applicant is the caller's.

    Raises ActionRefused with words where no clock of this kind runs, its time is over, the rules give no
    (more) extension or a shorter one, or no reason is given.
    """
    clock = _running_clock(case, kind)
    if not reason.strip():
        raise ActionRefused("no_reason", _("请写明延长期限的原因。"))
    rules = procedure_rules(case, on=today)
    _refuse_beyond_rules(clock, days, rules)
    if pure_clock(clock).state(today, current_calendar()).overdue:
        raise ActionRefused("overdue", _("%s已经届满，不能再延长。") % clock.get_kind_display())
    if today < clock.started_on:
        raise ActionRefused("too_early", _("延长的日期早于期限的起算日，请核对日期。"))
    ClockExtension.objects.create(clock=clock, days=days, granted_on=today, reason=reason.strip())
    return _derived(clock)


@transaction.atomic(savepoint=False)
def extend_clocks(*, case: Case, kinds: Sequence[str], today: date, reason: str) -> list[Clock]:
    """Give every running clock of these kinds as many more working days as the rules allow; return them with
    their new due days.

    What extend_clock() says of one, in as many statements for several; the act's own guards say that none of
    them is over, stands, or was extended as often as the rules allow.
    """
    days = int(procedure_rules(case, on=today)["clock.extension.days"].value)
    running = _unstopped(case).filter(kind__in=kinds).order_by("pk")
    extended = list(running.select_for_update())
    ClockExtension.objects.bulk_create(
        ClockExtension(clock=clock, days=days, granted_on=today, reason=reason.strip()) for clock in extended
    )
    prefetch_related_objects(extended, *CLOCK_EVENTS)
    for clock in extended:
        derive_due(clock, calendar=current_calendar())
    Clock.objects.bulk_update(extended, ["due_on", "provisional"])
    return extended


def _refuse_beyond_rules(clock: Clock, days: int, rules: RuleView) -> None:
    times, most = int(rules["clock.extension.times"].value), int(rules["clock.extension.days"].value)
    if len(clock.extensions.all()) >= times:
        words = _("%(clock)s最多延长%(times)d次，不能再延长。")
        raise ActionRefused("extended_already", words % {"clock": clock.get_kind_display(), "times": times})
    if not 1 <= days <= most:
        words = _("一次可以延长1至%d个工作日，请修改天数。")
        raise ActionRefused("too_long", words % most)


@transaction.atomic(savepoint=False)
def stop_clock(*, case: Case, kind: str, today: date) -> None:
    """Stop the clock `kind`, where there is one that has not stopped yet."""
    of_kind = _unstopped(case).filter(kind=kind)
    # There is one at most: where it runs, nothing stands.
    if not _stop_running(of_kind, today):
        _stop_standing(of_kind, today)


@transaction.atomic(savepoint=False)
def stop_all_clocks(*, case: Case, today: date) -> None:
    """Stop every clock of the case: at a decision and at every end."""
    _stop_running(_unstopped(case), today)
    _stop_standing(_unstopped(case), today)


def pure_clock(clock: Clock) -> PureClock:
    """Return the stored clock as the pure one that computes due dates and states."""
    return PureClock(
        started_on=clock.started_on,
        limit=clock.limit_days,
        pauses=tuple(
            Pause(paused_on=pause.paused_on, resumed_on=pause.resumed_on, reason=pause.reason)
            for pause in clock.pauses.all()
        ),
        extensions=tuple(
            Extension(days=extension.days, granted_on=extension.granted_on)
            for extension in clock.extensions.all()
        ),
        stopped_on=clock.stopped_on,
    )


def derive_due(clock: Clock, *, calendar: WorkCalendar) -> bool:
    """Set, without saving, the due day of `clock` by its events and `calendar`; return whether it changed.

    While the clock stands there is none.
    """
    due = pure_clock(clock).due(calendar)
    before = clock.due_on, clock.provisional
    clock.due_on, clock.provisional = (due.due, due.provisional) if due else (None, False)
    return before != (clock.due_on, clock.provisional)


def _unstopped(case: Case) -> QuerySet[Clock]:
    return Clock.objects.filter(case=case, stopped_on__isnull=True)


def _running_clock(case: Case, kind: str) -> Clock:
    """Lock the running clock `kind`, with its events; an act on the case holds the case's lock besides."""
    clock = _unstopped(case).filter(kind=kind).select_for_update().prefetch_related(*CLOCK_EVENTS).first()
    if clock is None:
        words = _("这件案件现在没有正在计算的%s。请刷新页面查看最新进度。")
        raise ActionRefused("no_clock", words % Clock.Kind(kind).label)
    return clock


def _derived(clock: Clock) -> Clock:
    """Read the events anew and store the due day that follows from them."""
    clock = Clock.objects.prefetch_related(*CLOCK_EVENTS).get(pk=clock.pk)
    derive_due(clock, calendar=current_calendar())
    clock.save(update_fields=["due_on", "provisional"])
    return clock


def _stop_running(clocks: QuerySet[Clock], today: date) -> int:
    return clocks.filter(due_on__isnull=False).update(stopped_on=today)


def _stop_standing(clocks: QuerySet[Clock], today: date) -> None:
    """A pause that is still open ends with the stop: only then has the clock a due day."""
    for clock in clocks.filter(due_on__isnull=True).prefetch_related(*CLOCK_EVENTS):
        clock.stopped_on = today
        derive_due(clock, calendar=current_calendar())
        clock.save(update_fields=["stopped_on", "due_on", "provisional"])


def procedure_rules(case: Case, *, on: date) -> RuleView:
    """Return the procedural rules of the case as on its day of filing; of one not yet filed, as on `on`."""
    record = case.record
    sector = facts_of(record).sector if record is not None else None
    return current_book().view(case.procedure_rule_set, on=case.submitted_on or on, sector=sector)
