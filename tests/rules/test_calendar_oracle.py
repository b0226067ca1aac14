"""Our working days against a second package, day by day, for every year that the State Council has announced.

`holidays` guesses the years after the last announcement, so it is asked for announced years alone.
"""

from datetime import date, timedelta

import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from credit_repair.rules import WorkCalendar, national_calendar

from .conftest import d

YEARS = range(2020, 2027)
ONE = timedelta(days=1)
FIRST, LAST = date(YEARS[0], 1, 1), date(YEARS[-1], 12, 31)
OTHER = holidays.country_holidays("CN", years=range(YEARS[0] - 1, YEARS[-1] + 1))


@pytest.mark.parametrize("year", YEARS)
def test_both_packages_agree_on_every_day(calendar: WorkCalendar, year):
    days = [date(year, 1, 1) + ONE * number for number in range(366)]
    days = [day for day in days if day.year == year]
    assert len(days) == 366 - (year % 4 > 0)
    assert [day for day in days if calendar.is_working_day(day) != OTHER.is_working_day(day)] == []


# Days on which a notice of the State Council's general office decides against what one would expect.
DECIDED = [
    ("2020-01-19", True, "a Sunday worked for Spring Festival 2020"),
    ("2020-01-31", False, "Spring Festival extended to 02-02 because of the epidemic"),
    ("2020-02-01", False, "first announced as a Saturday worked, then taken into the extension"),
    ("2020-02-03", True, "the first day after the extension"),
    ("2020-06-28", True, "a Sunday worked for the Dragon Boat Festival"),
    ("2022-12-31", False, "an ordinary Saturday before New Year's Day 2023"),
    ("2023-01-02", False, "the Monday after a New Year's Day on a Sunday"),
    ("2024-02-09", True, "New Year's Eve 2024: rest was recommended, not ordered"),
    ("2025-01-28", False, "New Year's Eve 2025: by the regulation of 2024 a day off"),
    ("2026-01-04", True, "a Sunday worked for New Year's Day"),
    ("2026-02-28", True, "a Saturday worked for Spring Festival"),
]


@pytest.mark.parametrize(("day", "working", "why"), DECIDED)
def test_days_decided_by_a_notice(calendar: WorkCalendar, day, working, why):
    assert calendar.is_working_day(d(day)) == working, why


@given(st.dates(FIRST, LAST - ONE * 200), st.integers(1, 100))
def test_both_packages_count_the_same_due_day(start, days):
    assert national_calendar().add_working_days(start, days).due == OTHER.get_nth_working_day(start, days)


@given(st.dates(FIRST, LAST - ONE), st.dates(FIRST, LAST))
def test_both_packages_count_the_same_days_between(a, b):
    low, high = sorted((a, b))
    expected = OTHER.get_working_days_count(low + ONE, high) if low < high else 0
    assert national_calendar().working_days_between(low, high) == expected
