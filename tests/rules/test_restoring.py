"""Until when publicity that comes back lasts: the former last day, or for the days not served."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credit_repair.rules import (
    RecordFacts,
    RuleBook,
    WorkCalendar,
    answer_by,
    assess,
    parse_rule_set,
    restored_until,
)
from credit_repair.rules.restoring import rest_of_period
from tests.rules.conftest import d

DAYS = st.dates(date(2024, 1, 1), date(2030, 1, 1))
SPANS = st.integers(min_value=0, max_value=1500)


@given(ended_on=DAYS, left=SPANS, waited=SPANS)
def test_the_former_last_day_stays_by_default(ended_on: date, left: int, waited: int) -> None:
    until, again = ended_on + timedelta(left), ended_on + timedelta(waited)
    assert restored_until(until=until, ended_on=ended_on, restored_on=again, rest="original_end") == until


@given(ended_on=DAYS, left=SPANS, waited=st.integers(min_value=1, max_value=1500))
def test_made_up_are_exactly_the_days_that_were_not_served(ended_on: date, left: int, waited: int) -> None:
    until, again = ended_on + timedelta(left), ended_on + timedelta(waited)
    found = restored_until(until=until, ended_on=ended_on, restored_on=again, rest="days_left")
    assert found is not None
    assert (found - again).days + 1 == left, "days shown again, the first and the last counted"
    assert found >= until


@given(ended_on=DAYS, left=SPANS)
def test_who_comes_back_the_same_day_or_the_next_loses_and_gains_nothing(ended_on: date, left: int) -> None:
    until = ended_on + timedelta(left)
    for again in (ended_on, ended_on + timedelta(1)):
        assert restored_until(until=until, ended_on=ended_on, restored_on=again, rest="days_left") == until


@given(ended_on=DAYS, left=SPANS, first=SPANS, second=SPANS)
def test_who_is_restored_later_is_never_shown_for_less(
    ended_on: date, left: int, first: int, second: int
) -> None:
    until = ended_on + timedelta(left)
    ends = [
        restored_until(
            until=until, ended_on=ended_on, restored_on=ended_on + timedelta(day), rest="days_left"
        )
        for day in sorted((first, second))
    ]
    assert ends[0] <= ends[1]  # type: ignore[operator]


def test_what_has_no_last_day_gets_none() -> None:
    day = d("2026-11-20")
    for rest in ("original_end", "days_left"):
        assert restored_until(until=None, ended_on=day, restored_on=day, rest=rest) is None  # type: ignore[arg-type]


FACTS = RecordFacts(kind="penalty", decision_date=d("2026-04-16"), penalty_types=("罚款",))


def with_days_left(book: RuleBook) -> RuleBook:
    text = (
        "id: ours\nkind: repair-graded\ntitle: 本市\nsource: 本市\nlevel: city\n"
        'in_force: {from: null, to: null}\nmark: "?"\noverrides: [ndrc-36]\nvalues:\n'
        '  revoke.restore_until: {value: days_left, mark: "?", basis: 本市规定}\n'
    )
    return book.with_overrides([parse_rule_set(text, "ours.yaml")])


@pytest.mark.parametrize(("ours", "until"), [(False, "2027-04-16"), (True, "2027-08-24")])
def test_the_rules_say_which_of_the_two(book: RuleBook, ours: bool, until: str) -> None:
    """Shown until 2027-04-16; repaired on 2026-07-20, 270 days before; back on 2026-11-28."""
    laws = with_days_left(book) if ours else book
    assessment = assess(FACTS, book=laws, filed_on=d("2026-11-28"))
    found = rest_of_period(
        assessment, ended_on=d("2026-07-20"), restored_on=d("2026-11-28"), sector=None, book=laws
    )
    assert found == d(until)


def test_a_later_assessment_keeps_what_is_made_up_and_says_why(book: RuleBook) -> None:
    facts = RecordFacts(
        kind="penalty",
        decision_date=d("2026-04-16"),
        penalty_types=("罚款",),
        restored_until=d("2027-08-24"),
    )
    found = assess(facts, book=book, filed_on=d("2027-01-04"))
    assert (found.max_until, found.effective_until) == (d("2027-04-16"), d("2027-08-24"))
    assert "没有公示的天数顺延补足，公示至2027年8月24日止" in found.basis[-1].text
    shorter = RecordFacts(
        kind="penalty",
        decision_date=d("2026-04-16"),
        penalty_types=("罚款",),
        restored_until=d("2026-12-31"),
    )
    assert assess(shorter, book=book, filed_on=d("2027-01-04")).effective_until == d("2027-04-16")


def test_the_subject_has_five_working_days_for_its_answer(book: RuleBook, calendar: WorkCalendar) -> None:
    found = answer_by(d("2026-11-20"), facts=FACTS, book=book, calendar=calendar)
    assert (found.due, found.provisional) == (d("2026-11-27"), False)
