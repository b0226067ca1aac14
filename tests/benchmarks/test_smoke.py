"""The benchmarks run, on little, so that they cannot rot; no time is asserted."""

import json

import pytest

from credit_repair.rules import national_calendar
from tests.benchmarks import due_dates_benchmark


class TestDueDates:
    def test_it_measures_and_prints(self, capsys: pytest.CaptureFixture[str]) -> None:
        due_dates_benchmark.main(["--count", "1000", "--json"])
        figures = json.loads(capsys.readouterr().out)
        assert [figure["count"] for figure in figures] == [20, 1000, 1000, 1000, 100, 20]
        assert all(figure["per_minute"] > 0 for figure in figures)
        due_dates_benchmark.main(["--count", "50"])
        assert "whole clock" in capsys.readouterr().out

    def test_the_baseline_finds_the_same_days(self) -> None:
        calendar = national_calendar()
        for start, days in due_dates_benchmark.random_starts(200):
            assert due_dates_benchmark.walked(start, days) == calendar.add_working_days(start, days).due
