"""What the tests of the rules share: the national book, the calendar, and short ways to write things."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from credit_repair.rules import (
    Assessment,
    RecordFacts,
    RuleBook,
    WorkCalendar,
    assess,
    national_book,
    national_calendar,
)

FILED = date(2026, 11, 20)


def d(text: str) -> date:
    return date.fromisoformat(text)


def assessed(decision: str, *penalties: str, fine: str | None = None, **more: Any) -> Assessment:
    """Assess a penalty of the national book as if filed on 2026-11-20."""
    book = more.pop("book", None) or national_book()
    filed_on = more.pop("filed_on", FILED)
    facts = RecordFacts(
        kind=more.pop("kind", "penalty"),
        decision_date=d(decision),
        penalty_types=penalties,
        fine=Decimal(fine) if fine else None,
        **more,
    )
    return assess(facts, book=book, filed_on=filed_on)


@pytest.fixture(scope="session")
def book() -> RuleBook:
    return national_book()


@pytest.fixture(scope="session")
def calendar() -> WorkCalendar:
    return national_calendar()
