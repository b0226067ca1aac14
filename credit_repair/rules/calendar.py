"""Working days (工作日): the State Council's calendar with its make-up days, under an office's own overrides.

chinesecalendar gives the announced years and refuses the others. For a year not yet announced we count
weekends alone and say so: the answer is provisional, and whoever stored it computes it anew when the year
arrives.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import chinese_calendar

SATURDAY = 5


@dataclass(frozen=True)
class DayOverride:
    """A day that an office declares to be a working day or a day off, with the reason."""

    working: bool
    reason: str


@dataclass(frozen=True)
class Due:
    """A due day; provisional when it rests on a year whose holidays are not yet announced."""

    due: date
    provisional: bool


@dataclass(frozen=True)
class _Year:
    days: tuple[int, ...]
    announced: bool


class WorkCalendar:
    """Counts working days. Immutable: changed overrides are a new calendar.

    Each year is a sorted tuple of ordinals, made once, so that an answer costs a bisection, not a walk.

    :param overrides: day → what it is; a reason is asked for because others will have to understand it.
    :param announced_years: years that the overrides describe completely, ahead of the package.
    """

    def __init__(
        self,
        overrides: Mapping[date, DayOverride] | None = None,
        announced_years: Iterable[int] = (),
    ) -> None:
        self.overrides = dict(overrides or {})
        self.announced_years = frozenset(announced_years)
        self._years: dict[int, _Year] = {}

    def is_announced(self, year: int) -> bool:
        """Are the holidays of this year known?"""
        return self._year(year).announced

    def is_working_day(self, day: date) -> bool:
        """Is this a working day? In a year not announced: is it no weekend?"""
        days, ordinal = self._year(day.year).days, day.toordinal()
        place = bisect_left(days, ordinal)
        return place < len(days) and days[place] == ordinal

    def add_working_days(self, start: date, n: int) -> Due:
        """The n-th working day after the start; the start itself is not counted.

        :param start: the day of the event; it may be a day off.
        :param n: working days, zero or more. With 0 ("the same day") it is the start, or the next working day
            if the start is a day off: no due day is a day off.
        :returns: the day at whose end the time is over.
        :raises ValueError: for a negative n, or when the day lies beyond the year 9999.
        """
        if n < 0:
            raise ValueError("工作日数不能为负数")
        if n == 0 and self.is_working_day(start):
            return Due(start, not self.is_announced(start.year))
        left, year, provisional = max(n, 1), start.year, False
        after = start.toordinal()
        while True:
            if year > date.max.year:
                raise ValueError("日期超出可以计算的范围")
            current = self._year(year)
            place = bisect_right(current.days, after) + left - 1
            # The start's own year does not matter when the start is its last day: nothing in it is counted.
            provisional = provisional or (not current.announced and after < date(year, 12, 31).toordinal())
            if place < len(current.days):
                return Due(date.fromordinal(current.days[place]), provisional)
            left = place - len(current.days) + 1
            year += 1

    def working_days_between(self, a: date, b: date) -> int:
        """The number of working days in (a, b]: a is not counted, b is; negative when b lies before a."""
        if b < a:
            return -self.working_days_between(b, a)
        days_a, days_b = self._year(a.year).days, self._year(b.year).days
        up_to_b = bisect_right(days_b, b.toordinal()) - bisect_right(days_a, a.toordinal())
        return up_to_b + sum(len(self._year(year).days) for year in range(a.year, b.year))

    def remaining_working_days(self, today: date, due: date) -> int:
        """Working days left after today until the due day ends; 0 on the day itself, negative when over."""
        return self.working_days_between(today, due)

    def next_working_day(self, day: date) -> date:
        """The day itself if it is a working day, else the first one after it."""
        return self.add_working_days(day, 0).due

    def _year(self, year: int) -> _Year:
        if year not in self._years:
            self._years[year] = self._build(year)
        return self._years[year]

    def _build(self, year: int) -> _Year:
        bare = _bare_year(year)
        own = {day.toordinal(): each.working for day, each in self.overrides.items() if day.year == year}
        off = {ordinal for ordinal, working in own.items() if not working}
        days = tuple(sorted({*bare.days, *own} - off)) if own else bare.days
        return _Year(days, bare.announced or year in self.announced_years)


@lru_cache(maxsize=1)
def national_calendar() -> WorkCalendar:
    """The announced calendar without any override, made once per process."""
    return WorkCalendar()


@lru_cache(maxsize=64)
def _bare_year(year: int) -> _Year:
    """The year without any override. Kept for the process: the package is slow, calendars are often made."""
    announced = _package_knows(year)
    first, last = date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal()
    days = (date.fromordinal(ordinal) for ordinal in range(first, last + 1))
    return _Year(tuple(day.toordinal() for day in days if _works(day, announced)), announced)


def _works(day: date, announced: bool) -> bool:
    return bool(chinese_calendar.is_workday(day)) if announced else day.weekday() < SATURDAY


def _package_knows(year: int) -> bool:
    try:
        chinese_calendar.is_workday(date(year, 1, 1))
    except NotImplementedError:
        return False
    return True
