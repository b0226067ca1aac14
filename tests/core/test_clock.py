"""The day it is."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from credit_repair.core import clock

SHANGHAI = ZoneInfo("Asia/Shanghai")
DAY = date(2026, 11, 20)


def test_the_assumed_day_holds_inside_the_block_alone() -> None:
    assert clock.assumed_day() is None
    with clock.assume(DAY):
        assert clock.today() == DAY
        with clock.assume(date(2027, 1, 1)):
            assert clock.today() == date(2027, 1, 1)
        with clock.assume(None):
            assert clock.today() == DAY, "None changes nothing"
    assert clock.assumed_day() is None


def test_a_failure_inside_the_block_gives_the_day_back() -> None:
    with pytest.raises(RuntimeError), clock.assume(DAY):
        raise RuntimeError
    assert clock.assumed_day() is None


def test_a_whole_process_may_assume_a_day(settings) -> None:
    settings.ASSUMED_TODAY = DAY
    assert clock.today() == DAY
    with clock.assume(date(2027, 1, 1)):
        assert clock.today() == date(2027, 1, 1)


@pytest.mark.parametrize(
    ("utc", "day"),
    [
        (datetime(2026, 11, 20, 15, 59, tzinfo=ZoneInfo("UTC")), date(2026, 11, 20)),
        (datetime(2026, 11, 20, 16, 1, tzinfo=ZoneInfo("UTC")), date(2026, 11, 21)),
    ],
    ids=["before-midnight", "after-midnight"],
)
def test_the_day_changes_at_midnight_in_shanghai(
    monkeypatch: pytest.MonkeyPatch, utc: datetime, day: date
) -> None:
    monkeypatch.setattr(timezone, "now", lambda: utc)
    assert clock.today() == day


@given(day=st.dates(min_value=date(2000, 1, 1), max_value=date(2100, 12, 31)))
def test_now_lies_on_the_assumed_day(day: date) -> None:
    with clock.assume(day):
        assert clock.now().astimezone(SHANGHAI).date() == day == clock.today()
