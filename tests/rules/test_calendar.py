"""Working days: known vectors, overrides, provisional answers, properties."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credit_repair.rules import DayOverride, WorkCalendar, add_months, national_calendar, parse_date

from .conftest import d

ONE = timedelta(days=1)
DAYS = st.dates(date(2023, 1, 1), date(2029, 12, 31))

VECTORS = [
    ("2026-02-12", "2026-02-24", "2026-02-28", "2026-03-04"),
    ("2026-09-18", "2026-09-22", "2026-09-29", "2026-10-09"),
    ("2026-09-30", "2026-10-10", "2026-10-15", "2026-10-20"),
    ("2026-11-20", "2026-11-25", "2026-12-01", "2026-12-04"),
]


@pytest.mark.parametrize(("start", "three", "seven", "ten"), VECTORS)
def test_vector(calendar: WorkCalendar, start, three, seven, ten):
    for days, due in ((3, three), (7, seven), (10, ten)):
        found = calendar.add_working_days(d(start), days)
        assert (found.due, found.provisional) == (d(due), False)


OFF = [
    ("2026-01-01", "2026-01-03"),
    ("2026-02-15", "2026-02-23"),
    ("2026-04-04", "2026-04-06"),
    ("2026-05-01", "2026-05-05"),
    ("2026-06-19", "2026-06-21"),
    ("2026-09-25", "2026-09-27"),
    ("2026-10-01", "2026-10-07"),
]
MAKE_UP = ["2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10"]


def test_the_whole_of_2026(calendar: WorkCalendar):
    day = d("2026-01-01")
    while day.year == 2026:
        off = any(d(first) <= day <= d(last) for first, last in OFF)
        working = day.isoformat() in MAKE_UP or (day.weekday() < 5 and not off)
        assert calendar.is_working_day(day) == working, day
        day += ONE


def test_a_year_not_announced_is_provisional(calendar: WorkCalendar):
    # 12-31 is the last working day of 2026; 2027-01-01 is a Friday, and nobody has announced it.
    assert calendar.add_working_days(d("2026-12-30"), 1).provisional is False
    due = calendar.add_working_days(d("2026-12-30"), 2)
    assert (due.due, due.provisional) == (d("2027-01-01"), True)
    assert calendar.is_announced(2026)
    assert not calendar.is_announced(2027)


def test_only_days_after_the_start_make_it_provisional(calendar: WorkCalendar):
    # 2003 is unknown to the package, 2004 known: from the last day of 2003 on, all is known.
    assert not calendar.is_announced(2003)
    assert calendar.add_working_days(d("2003-12-31"), 1).provisional is False
    assert calendar.add_working_days(d("2003-12-30"), 2).provisional is True


def test_the_same_day(calendar: WorkCalendar):
    assert calendar.add_working_days(d("2026-11-20"), 0).due == d("2026-11-20")
    # A Saturday and the golden week: no due day is a day off.
    assert calendar.add_working_days(d("2026-11-21"), 0).due == d("2026-11-23")
    assert calendar.add_working_days(d("2026-10-01"), 0).due == d("2026-10-08")
    assert calendar.next_working_day(d("2026-02-28")) == d("2026-02-28")


def test_overrides():
    storm = WorkCalendar(
        {d("2026-11-23"): DayOverride(False, "大雪停工"), d("2026-11-21"): DayOverride(True, "调休")}
    )
    assert storm.is_working_day(d("2026-11-21"))
    assert not storm.is_working_day(d("2026-11-23"))
    # 21 (Sat, working), 24, 25
    assert storm.add_working_days(d("2026-11-20"), 3).due == d("2026-11-25")
    assert storm.add_working_days(d("2026-11-20"), 2).due == d("2026-11-24")


def test_an_office_can_announce_a_year_itself():
    off = {d("2027-01-01"): DayOverride(False, "元旦")}
    calendar = WorkCalendar(off, announced_years=[2027])
    due = calendar.add_working_days(d("2026-12-31"), 1)
    assert (due.due, due.provisional) == (d("2027-01-04"), False)


def test_remaining(calendar: WorkCalendar):
    due = d("2026-11-25")
    days = ("2026-11-20", "2026-11-21", "2026-11-25", "2026-11-26", "2026-11-30")
    assert [calendar.remaining_working_days(d(day), due) for day in days] == [3, 3, 0, -1, -3]


def test_refusals(calendar: WorkCalendar):
    with pytest.raises(ValueError, match="负数"):
        calendar.add_working_days(d("2026-11-20"), -1)
    with pytest.raises(ValueError, match="范围"):
        calendar.add_working_days(d("9999-12-31"), 1)


@given(DAYS, st.integers(1, 300))
def test_between_is_the_inverse_of_add(start, days):
    calendar = national_calendar()
    assert calendar.working_days_between(start, calendar.add_working_days(start, days).due) == days


@given(DAYS, DAYS)
def test_add_is_the_inverse_of_between(a, b):
    calendar = national_calendar()
    start, due = min(a, b), calendar.next_working_day(max(a, b) + ONE)
    assert calendar.add_working_days(start, calendar.working_days_between(start, due)).due == due


@given(DAYS, st.integers(0, 300))
def test_no_due_day_is_a_day_off(start, days):
    calendar = national_calendar()
    assert calendar.is_working_day(calendar.add_working_days(start, days).due)


@given(DAYS, st.integers(1, 300))
def test_a_later_start_and_a_longer_time_never_end_earlier(start, days):
    calendar = national_calendar()
    due = calendar.add_working_days(start, days).due
    assert calendar.add_working_days(start + ONE, days).due >= due
    assert calendar.add_working_days(start, days + 1).due > due > start


@given(DAYS, DAYS)
def test_between_counts_day_by_day(a, b):
    calendar = national_calendar()
    low, high = sorted((a, b))
    high = min(high, low + timedelta(days=400))
    walked = sum(calendar.is_working_day(low + ONE * step) for step in range(1, (high - low).days + 1))
    assert calendar.working_days_between(low, high) == walked
    assert calendar.working_days_between(high, low) == -walked


@given(DAYS, DAYS, DAYS)
def test_between_adds_up(a, b, c):
    between = national_calendar().working_days_between
    assert between(a, c) == between(a, b) + between(b, c)


@given(DAYS, st.integers(0, 100), DAYS, st.booleans())
def test_one_declared_day_moves_a_due_day_by_one_working_day_at_most(start, days, declared, working):
    before = national_calendar()
    after = WorkCalendar({declared: DayOverride(working, "通知")})
    old, new = (calendar.add_working_days(start, days).due for calendar in (before, after))
    if declared < start or declared > max(old, new):
        assert new == old
    elif working:
        assert before.working_days_between(new, old) in (0, 1)
    else:
        assert after.working_days_between(old, new) in (0, 1)
    assert after.is_working_day(new)
    assert (new >= old) if not working else (new <= old)


@given(DAYS, st.booleans())
def test_a_declared_day_is_what_was_declared_and_no_other_changes(declared, working):
    before, after = national_calendar(), WorkCalendar({declared: DayOverride(working, "通知")})
    for day in (declared + ONE * step for step in range(-20, 21)):
        expected = working if day == declared else before.is_working_day(day)
        assert after.is_working_day(day) == expected


@given(DAYS, st.integers(0, 300))
def test_a_due_day_is_provisional_where_it_needs_a_year_not_announced(start, days):
    calendar = national_calendar()
    found = calendar.add_working_days(start, days)
    first_counted = found.due if days == 0 and found.due == start else start + ONE
    years = range(first_counted.year, found.due.year + 1)
    assert found.provisional == (not all(calendar.is_announced(year) for year in years))


# -- calendar months


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        ("2026-03-01", 3, "2026-06-01"),
        ("2026-11-30", 3, "2027-02-28"),
        ("2027-11-30", 3, "2028-02-29"),
        ("2028-02-29", 12, "2029-02-28"),
        ("2026-08-31", 1, "2026-09-30"),
        ("2026-12-31", 2, "2027-02-28"),
        ("2026-01-29", 1, "2026-02-28"),
        ("2026-01-30", 1, "2026-02-28"),
        ("2026-01-31", 1, "2026-02-28"),
        ("2028-01-29", 1, "2028-02-29"),
        ("2028-01-31", 1, "2028-02-29"),
        ("2028-02-29", 36, "2031-02-28"),
        ("2028-02-29", 48, "2032-02-29"),
        ("2099-11-30", 3, "2100-02-28"),
        ("2026-05-31", -3, "2026-02-28"),
        ("2026-05-31", 0, "2026-05-31"),
    ],
)
def test_add_months(start, months, end):
    assert add_months(d(start), months) == d(end)


@given(st.dates(date(1950, 1, 1), date(2100, 1, 1)), st.integers(0, 600))
def test_months_are_clamped_and_never_spill_over(start, months):
    end = add_months(start, months)
    assert (end.year * 12 + end.month) - (start.year * 12 + start.month) == months
    assert end.day == start.day or (end.day < start.day and (end + ONE).day == 1)


@given(st.dates(date(1950, 1, 1), date(2100, 1, 1)), st.integers(0, 600))
def test_months_are_monotone(start, months):
    assert add_months(start + ONE, months) >= add_months(start, months)
    assert add_months(start, months + 1) > add_months(start, months)


def test_months_beyond_the_calendar():
    with pytest.raises(ValueError, match="范围"):
        add_months(d("9999-12-01"), 1)


@pytest.mark.parametrize("text", ["2026-01-31", "2026/01/31", "20260131", " 2026-01-31 "])
def test_dates_that_are_read(text):
    assert parse_date(text) == d("2026-01-31")


@pytest.mark.parametrize(
    "text",
    ["", "2026-1-31", "2026-02-30", "2026.01.31", "2026-01/31", "2026-W05-1", "31-01-2026", "２０２６0131"],
)
def test_dates_that_are_refused(text):
    with pytest.raises(ValueError, match="日期"):
        parse_date(text)
