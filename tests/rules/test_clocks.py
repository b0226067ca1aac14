"""Clocks: a worked example, pauses, extensions, stops, and what holds of every clock."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credit_repair.rules import Clock, Extension, Pause, WorkCalendar, national_calendar
from credit_repair.rules.clocks import merged

from .conftest import d

# Filed on Friday 2026-11-20, 3 working days: due Wednesday 11-25.
ACCEPTANCE = Clock(d("2026-11-20"), 3)


def due(clock: Clock) -> date | None:
    found = clock.due(national_calendar())
    return found.due if found else None


def test_the_example_of_the_rules():
    assert due(ACCEPTANCE) == d("2026-11-25")
    paused = ACCEPTANCE.pause(d("2026-11-23"))
    assert due(paused) is None
    assert due(paused.resume(d("2026-11-30"))) == d("2026-12-02")


def test_a_pause_over_no_working_day_moves_nothing():
    # Friday evening to Sunday
    assert due(ACCEPTANCE.pause(d("2026-11-20")).resume(d("2026-11-22"))) == d("2026-11-25")
    assert due(ACCEPTANCE.pause(d("2026-11-24")).resume(d("2026-11-24"))) == d("2026-11-25")
    # the whole golden week
    clock = Clock(d("2026-09-29"), 3)
    assert due(clock) == due(clock.pause(d("2026-09-30")).resume(d("2026-10-07")))


def test_overlapping_pauses_count_once():
    once = Clock(d("2026-11-20"), 3, (Pause(d("2026-11-23"), d("2026-11-30")),))
    overlapping = (Pause(d("2026-11-23"), d("2026-11-27")), Pause(d("2026-11-25"), d("2026-11-30")))
    within = (Pause(d("2026-11-23"), d("2026-11-30")), Pause(d("2026-11-24"), d("2026-11-26")))
    for pauses in (overlapping, within, overlapping[::-1]):
        assert due(Clock(d("2026-11-20"), 3, pauses)) == due(once)


def test_two_reasons_keep_the_clock_standing_until_both_are_gone():
    clock = ACCEPTANCE.pause(d("2026-11-23"), reason="correction").pause(d("2026-11-24"), reason="objection")
    half = clock.resume(d("2026-11-26"), reason="correction")
    assert due(half) is None
    assert due(half.resume(d("2026-11-30"), reason="objection")) == d("2026-12-02")


def test_extension():
    # 10 working days from 11-20: 12-04; ten more: 12-18
    answer = Clock(d("2026-11-20"), 10)
    assert due(answer) == d("2026-12-04")
    assert due(answer.extend(10, on=d("2026-12-01"))) == d("2026-12-18")


def test_restart_forgets_what_was():
    assert due(ACCEPTANCE.pause(d("2026-11-23")).restart(d("2026-11-24"))) == d("2026-11-27")


def test_a_due_day_in_an_unannounced_year_is_provisional():
    assert Clock(d("2026-12-30"), 5).due(national_calendar()).provisional


def test_a_limit_of_zero_is_the_same_day():
    assert due(Clock(d("2026-11-20"), 0)) == d("2026-11-20")
    assert due(Clock(d("2026-11-21"), 0)) == d("2026-11-23")


class TestState:
    clock = ACCEPTANCE.pause(d("2026-11-23")).resume(d("2026-11-30")).stop(d("2026-12-01"))

    @pytest.mark.parametrize(
        ("on", "status", "due_day", "remaining", "overdue"),
        [
            ("2026-11-19", "running", "2026-11-25", 3, False),  # before the start: as on the start
            ("2026-11-20", "running", "2026-11-25", 3, False),
            ("2026-11-22", "running", "2026-11-25", 3, False),
            ("2026-11-23", "standing", None, 2, False),  # the day of the pause was counted
            ("2026-11-26", "standing", None, 2, False),
            ("2026-11-30", "running", "2026-12-02", 2, False),  # the day of the resumption was not
            ("2026-12-01", "stopped", "2026-12-02", 1, False),
            ("2027-01-15", "stopped", "2026-12-02", 1, False),
        ],
    )
    def test_day(self, calendar: WorkCalendar, on, status, due_day, remaining, overdue):
        state = self.clock.state(d(on), calendar)
        expected = (status, d(due_day) if due_day else None, remaining, overdue)
        assert (state.status, state.due, state.remaining, state.overdue) == expected

    def test_overdue_begins_after_the_last_day(self, calendar: WorkCalendar):
        states = [ACCEPTANCE.state(d(day), calendar) for day in ("2026-11-25", "2026-11-26")]
        assert [(s.remaining, s.overdue) for s in states] == [(0, False), (-1, True)]
        # Due on a Friday: on Saturday the time is over, though no working day has passed.
        friday = Clock(d("2026-11-18"), 2).state(d("2026-11-21"), calendar)
        assert (friday.due, friday.remaining, friday.overdue) == (d("2026-11-20"), 0, True)

    def test_stopped_too_late(self, calendar: WorkCalendar):
        assert ACCEPTANCE.stop(d("2026-11-27")).state(d("2027-01-01"), calendar).overdue

    def test_a_stop_ends_an_open_pause(self, calendar: WorkCalendar):
        clock = ACCEPTANCE.pause(d("2026-11-23")).stop(d("2026-11-30"))
        assert due(clock) == d("2026-12-02")
        assert clock.state(d("2026-12-30"), calendar).status == "stopped"

    def test_later_events_are_not_known_yet(self, calendar: WorkCalendar):
        clock = ACCEPTANCE.extend(10, on=d("2026-11-24"))
        assert clock.state(d("2026-11-23"), calendar).due == d("2026-11-25")
        assert clock.state(d("2026-11-24"), calendar).due == d("2026-12-09")


@pytest.mark.parametrize(
    "act",
    [
        lambda c: c.pause(d("2026-11-19")),
        lambda c: c.stop(d("2026-11-19")),
        lambda c: c.resume(d("2026-11-24")),
        lambda c: c.pause(d("2026-11-23")).pause(d("2026-11-24")),
        lambda c: c.pause(d("2026-11-23")).resume(d("2026-11-22")),
        lambda c: c.stop(d("2026-11-23")).stop(d("2026-11-24")),
        lambda c: c.stop(d("2026-11-23")).pause(d("2026-11-24")),
        lambda c: c.extend(0, on=d("2026-11-24")),
        lambda c: Clock(c.started_on, -1),
        lambda c: Extension(-1, c.started_on),
    ],
)
def test_what_a_clock_refuses(act):
    with pytest.raises(ValueError, match="."):
        act(ACCEPTANCE)


DAYS = st.dates(date(2025, 1, 1), date(2026, 10, 1))
PAUSES = st.lists(
    st.builds(
        lambda start, length: Pause(start, start + timedelta(days=length)),
        st.dates(date(2024, 12, 1), date(2026, 12, 1)),
        st.integers(0, 60),
    ),
    max_size=5,
).map(tuple)


@given(DAYS, st.integers(1, 30), PAUSES)
def test_the_due_day_moves_by_the_union_of_the_pauses(start, limit, pauses):
    calendar = national_calendar()
    stood = set()
    for pause in pauses:
        for step in range(1, (pause.resumed_on - pause.paused_on).days + 1):
            day = pause.paused_on + timedelta(days=step)
            if day > start and calendar.is_working_day(day):
                stood.add(day)
    moved = calendar.working_days_between(due(Clock(start, limit)), due(Clock(start, limit, pauses)))
    assert moved == len(stood)


@given(DAYS, st.integers(0, 30), PAUSES)
def test_the_order_of_pauses_does_not_matter_nor_do_repeats(start, limit, pauses):
    assert due(Clock(start, limit, pauses)) == due(Clock(start, limit, pauses[::-1] + pauses))


@given(DAYS, st.integers(0, 30), PAUSES)
def test_no_due_day_is_a_day_off(start, limit, pauses):
    assert national_calendar().is_working_day(due(Clock(start, limit, pauses)))


@given(DAYS, st.integers(1, 30), PAUSES, st.integers(0, 200))
def test_time_left_never_grows_without_an_extension(start, limit, pauses, step):
    calendar, clock = national_calendar(), Clock(start, limit, pauses)
    first = start + timedelta(days=step)
    now, next_day = (clock.state(day, calendar).remaining for day in (first, first + timedelta(days=1)))
    assert now - next_day in (0, 1)


@given(DAYS, st.integers(0, 30), st.integers(0, 60), st.integers(0, 30))
def test_a_pause_moves_the_due_day_by_the_working_days_in_it(start, limit, after, length):
    calendar = national_calendar()
    clock, paused = Clock(start, limit), start + timedelta(days=after)
    resumed = paused + timedelta(days=length)
    stood = calendar.working_days_between(paused, resumed)
    moved = clock.pause(paused).resume(resumed)
    assert due(moved) == due(Clock(start, limit + stood))
    if stood == 0:
        assert due(moved) == due(clock)


EXTENSIONS = st.lists(st.builds(Extension, st.integers(1, 20), DAYS), max_size=3).map(tuple)


@given(DAYS, st.integers(0, 30), PAUSES, EXTENSIONS)
def test_extensions_are_more_limit_in_whatever_order(start, limit, pauses, extensions):
    longer = Clock(start, limit + sum(extension.days for extension in extensions), pauses)
    for given_ in (extensions, extensions[::-1]):
        assert due(Clock(start, limit, pauses, given_)) == due(longer)


OPEN = st.none() | st.builds(
    lambda day: Pause(day, None, "异议"), st.dates(date(2025, 1, 1), date(2026, 12, 1))
)
LATER = date(2030, 1, 1)


@given(DAYS, st.integers(0, 30), PAUSES, EXTENSIONS, OPEN, st.none() | st.integers(0, 200))
def test_when_all_has_happened_state_and_due_say_the_same(start, limit, pauses, extensions, standing, stop):
    calendar = national_calendar()
    pauses = (*pauses, standing) if standing else pauses
    stopped_on = None if stop is None else start + timedelta(days=stop)
    # What would come after the stop cannot have happened.
    if stopped_on:
        pauses = tuple(
            p for p in pauses if p.paused_on <= stopped_on and (p.resumed_on or start) <= stopped_on
        )
        extensions = tuple(e for e in extensions if e.granted_on <= stopped_on)
    clock = Clock(start, limit, pauses, extensions, stopped_on)
    state, found = clock.state(LATER, calendar), clock.due(calendar)
    assert state.due == (found.due if found else None)
    assert state.status == ("stopped" if stopped_on else "running" if found else "standing")
    if found:
        last = stopped_on or LATER
        assert state.provisional == found.provisional
        assert state.overdue == (last > found.due)
        assert state.remaining == calendar.working_days_between(last, found.due)


@given(DAYS, st.integers(0, 30), PAUSES, EXTENSIONS, st.integers(0, 300))
def test_a_clock_that_stands_or_runs_never_contradicts_itself(start, limit, pauses, extensions, step):
    state = Clock(start, limit, pauses, extensions).state(start + timedelta(days=step), national_calendar())
    assert (state.due is None) == (state.status == "standing")
    if state.remaining > 0:
        assert not state.overdue
    if state.remaining < 0:
        assert state.overdue


@given(PAUSES)
def test_merged_spans_do_not_touch(pauses):
    spans = merged((pause.paused_on, pause.resumed_on) for pause in pauses)
    assert all(left[1] < right[0] for left, right in zip(spans, spans[1:], strict=False))
