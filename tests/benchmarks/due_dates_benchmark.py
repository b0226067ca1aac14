"""How many due dates and assessments one core computes in a minute.

    python -m tests.benchmarks.due_dates_benchmark [--count 1000000] [--json]

Random days and limits from a fixed seed. Beside our figures stand two baselines of the same run: the naive
walk, day by day with chinese_calendar.is_workday, and a bare addition of calendar days, which knows of no
holiday and is the least that an answer can cost. A ratio compares with the walk. Figures depend on the
machine; none is asserted anywhere.
"""

import argparse
import json
import random
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import chinese_calendar

from credit_repair.rules import (
    Clock,
    Extension,
    Pause,
    RecordFacts,
    assess,
    national_book,
    national_calendar,
)

SEED = 20261120
FILED = date(2026, 11, 20)
ONE_DAY = timedelta(days=1)
MILLION = 1_000_000


@dataclass(frozen=True)
class Figure:
    """One measurement: what, how many, and how many a minute. `ratio` is against the naive walk."""

    name: str
    count: int
    per_minute: int
    ratio: float | None = None


def measure(count: int = MILLION) -> list[Figure]:
    """Compute `count` due dates, as many whole clocks, and a fiftieth of both of what is slow; one core."""
    calendar = national_calendar()
    starts = random_starts(count)
    clocks = random_clocks(starts)
    few = max(count // 50, 1)
    walk = _timed("naive walk, chinese_calendar day by day", starts[:few], lambda each: walked(*each))
    bare = _timed("bare addition of calendar days", starts, lambda each: each[0] + timedelta(days=each[1]))
    due = _timed("due date: add_working_days", starts, lambda each: calendar.add_working_days(*each))
    whole = _timed(
        "whole clock: a pause, an extension, due", clocks, lambda each: whole_clock(*each).due(calendar)
    )
    state = _timed(
        "whole clock and how it stands on a day",
        clocks[: max(count // 10, 1)],
        lambda each: whole_clock(*each).state(FILED, calendar),
    )
    facts = random_facts(few)
    book = national_book()
    assessed = _timed("assessment of a record", facts, lambda each: assess(each, book=book, filed_on=FILED))
    ours = [_against(walk, each) for each in (bare, due, whole, state)]
    return [walk, *ours, assessed]


def walked(start: date, days: int) -> date:
    """The n-th working day after a day, found by walking: the baseline."""
    day = start
    while days:
        day += ONE_DAY
        days -= chinese_calendar.is_workday(day)
    return day


def random_starts(count: int) -> list[tuple[date, int]]:
    """Days from 2020 to the middle of 2026, and limits of 1 to 30 working days."""
    chance = random.Random(SEED)
    first = date(2020, 1, 1)
    return [(first + timedelta(days=chance.randrange(2370)), chance.randint(1, 30)) for _ in range(count)]


def random_clocks(starts: Sequence[tuple[date, int]]) -> list[tuple[date, int, date, date, date]]:
    """For each start: the days on which the clock is paused, resumed and extended."""
    chance = random.Random(SEED)
    found = []
    for start, limit in starts:
        paused = start + timedelta(days=chance.randint(0, 10))
        resumed = paused + timedelta(days=chance.randint(0, 20))
        found.append((start, limit, paused, resumed, resumed + ONE_DAY))
    return found


def whole_clock(start: date, limit: int, paused: date, resumed: date, extended: date) -> Clock:
    """A clock as it is made of stored rows."""
    return Clock(start, limit, (Pause(paused, resumed, "补正"),), (Extension(10, extended),))


def random_facts(count: int) -> list[RecordFacts]:
    """Records as the register holds them: decisions of 2024 to 2026, one to three penalties."""
    chance = random.Random(SEED)
    names = [kind.name for kind in national_book().penalty_types]
    return [
        RecordFacts(
            kind="penalty",
            decision_date=date(2024, 1, 1) + timedelta(days=chance.randrange(1050)),
            penalty_types=tuple(chance.sample(names, chance.randint(1, 3))),
            fine=Decimal(chance.randint(1, 10**6)) / 100,
            procedure=chance.choice(("ordinary", "simple")),
            sector=chance.choice((None, "food", "fire", "transport")),
            authority_kind=chance.choice(("other", "market")),
        )
        for _ in range(count)
    ]


def _timed(name: str, each_of: Sequence[Any], work: Callable[[Any], object]) -> Figure:
    work(each_of[0])  # years are read once for the process
    began = time.perf_counter()
    for each in each_of:
        work(each)
    took = time.perf_counter() - began
    return Figure(name, len(each_of), int(len(each_of) / took * 60))


def _against(baseline: Figure, figure: Figure) -> Figure:
    ratio = round(figure.per_minute / baseline.per_minute, 1)
    return Figure(figure.name, figure.count, figure.per_minute, ratio)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print, as a table or as JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--count", type=int, default=MILLION, help="how many due dates (a million)")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")
    options = parser.parse_args(arguments)
    figures = measure(options.count)
    if options.json:
        sys.stdout.write(json.dumps([asdict(figure) for figure in figures]) + "\n")
        return
    sys.stdout.write(f"{'':42}{'computed':>12}{'a minute':>16}{'of the walk':>14}\n")
    for figure in figures:
        ratio = f"{figure.ratio:.1f} x" if figure.ratio else ""
        sys.stdout.write(f"{figure.name:42}{figure.count:>12,}{figure.per_minute:>16,}{ratio:>14}\n")


if __name__ == "__main__":
    main()
