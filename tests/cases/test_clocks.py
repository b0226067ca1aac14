"""Stored clocks: their due days follow from their events, and from the working days in force."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from credit_repair.cases import selectors, settlers
from credit_repair.cases.errors import ActionRefused
from credit_repair.cases.models import Case, Clock, TimelineEvent
from credit_repair.cases.presenters import clock_items
from credit_repair.cases.services import clocks
from credit_repair.core.models import AuditEntry
from credit_repair.core.settling import settle_all
from credit_repair.registry.law import one_law
from credit_repair.registry.services import law
from credit_repair.rules import national_calendar
from tests.registry.factories import RecordFactory
from tests.world import TODAY, World, do, make_user, submitted_case, verifying_case

pytestmark = pytest.mark.django_db


def d(text: str) -> date:
    return date.fromisoformat(text)


@pytest.fixture
def case(world: World) -> Case:
    """Filed on Friday 2026-11-20: acceptance due 11-25, answer due 12-04."""
    return submitted_case(world)


@pytest.fixture(autouse=True)
def _nothing_checked_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settlers, "_checked", None)


def clock(case: Case, kind: str = "acceptance") -> Clock:
    return Clock.objects.get(case=case, kind=kind)


def pause(case: Case, day: str, reason: str = "补正", kind: str = "acceptance") -> Clock:
    return clocks.pause_clock(case=case, kind=kind, today=d(day), reason=reason)


def resume(case: Case, day: str, reason: str = "", kind: str = "acceptance") -> Clock:
    return clocks.resume_clock(case=case, kind=kind, today=d(day), reason=reason)


def extend(
    case: Case, *, days: int = 10, day: str = "2026-11-23", kind: str = "answer", reason: str = "案情复杂"
) -> Clock:
    return clocks.extend_clock(case=case, kind=kind, days=days, today=d(day), reason=reason)


class TestPauses:
    def test_the_example_of_the_rules(self, case: Case) -> None:
        assert clock(case).due_on == d("2026-11-25")
        assert pause(case, "2026-11-23").due_on is None
        assert clock(case).due_on is None
        assert resume(case, "2026-11-30").due_on == d("2026-12-02")
        assert clock(case).due_on == d("2026-12-02")

    def test_only_the_named_clock_stands(self, case: Case) -> None:
        pause(case, "2026-11-23")
        assert clock(case, "answer").due_on == d("2026-12-04")

    def test_two_reasons_hold_it_until_both_are_gone(self, case: Case) -> None:
        pause(case, "2026-11-23", "补正")
        pause(case, "2026-11-24", "鉴定")
        assert resume(case, "2026-11-26", "补正").due_on is None
        assert resume(case, "2026-11-30", "鉴定").due_on == d("2026-12-02"), "overlapping days count once"

    def test_without_a_reason_every_pause_ends(self, case: Case) -> None:
        pause(case, "2026-11-23", "补正")
        pause(case, "2026-11-24", "鉴定")
        assert resume(case, "2026-11-30").due_on == d("2026-12-02")

    def test_it_can_stand_twice_for_the_same_reason(self, case: Case) -> None:
        for first, last in (("2026-11-23", "2026-11-24"), ("2026-11-25", "2026-11-26")):
            pause(case, first)
            resume(case, last)
        assert clock(case).due_on == d("2026-11-27")

    def test_a_standing_clock_that_is_stopped_gets_its_due_day(self, case: Case) -> None:
        pause(case, "2026-11-23")
        clocks.stop_clock(case=case, kind="acceptance", today=d("2026-11-30"))
        assert (clock(case).stopped_on, clock(case).due_on) == (d("2026-11-30"), d("2026-12-02"))

    def test_the_end_of_a_case_stops_standing_and_running_clocks(self, world: World, case: Case) -> None:
        pause(case, "2026-11-23")
        do(case, "withdraw", world.clerk, today=d("2026-11-30"))
        assert {c.kind: (c.stopped_on, c.due_on) for c in case.clocks.all()} == {
            "acceptance": (d("2026-11-30"), d("2026-12-02")),
            "answer": (d("2026-11-30"), d("2026-12-04")),
        }

    def test_a_due_day_moved_into_the_next_year_is_provisional(self, case: Case) -> None:
        pause(case, "2026-11-23")
        moved = resume(case, "2026-12-31")
        assert (moved.due_on, moved.provisional) == (d("2027-01-04"), True)


@pytest.mark.parametrize(
    ("act", "code"),
    [
        (lambda case: pause(case, "2026-11-23", kind="decision"), "no_clock"),
        (lambda case: pause(case, "2026-11-23", " "), "no_reason"),
        (lambda case: pause(case, "2026-11-19"), "too_early"),
        (lambda case: (pause(case, "2026-11-23"), pause(case, "2026-11-24")), "clock_stands"),
        (lambda case: resume(case, "2026-11-23"), "clock_runs"),
        (lambda case: (pause(case, "2026-11-23"), resume(case, "2026-11-24", "鉴定")), "clock_runs"),
        (lambda case: (pause(case, "2026-11-23"), resume(case, "2026-11-22")), "too_early"),
        (lambda case: resume(case, "2026-11-23", kind="decision"), "no_clock"),
        (lambda case: extend(case, kind="decision"), "no_clock"),
        (lambda case: extend(case, days=11), "too_long"),
        (lambda case: extend(case, days=0), "too_long"),
        (lambda case: extend(case, reason=""), "no_reason"),
        (lambda case: extend(case, day="2026-11-19"), "too_early"),
        (lambda case: (extend(case, days=1), extend(case, days=1)), "extended_already"),
        (lambda case: extend(case, day="2026-12-05"), "overdue"),  # the Saturday after a due Friday
    ],
)
def test_what_is_refused_says_why_and_changes_nothing(case: Case, act: Any, code: str) -> None:
    with pytest.raises(ActionRefused) as refused:
        act(case)
    assert refused.value.code == code
    assert refused.value.words.endswith("。")


class TestExtension:
    def test_it_moves_the_due_day(self, case: Case) -> None:
        assert extend(case).due_on == d("2026-12-18")
        assert clock(case, "answer").limit_days == 10, "the limit itself is kept"

    def test_on_the_last_day_it_is_not_too_late(self, case: Case) -> None:
        assert extend(case, days=1, day="2026-12-04").due_on == d("2026-12-07")

    def test_each_clock_has_its_own(self, case: Case) -> None:
        extend(case)
        assert extend(case, kind="acceptance", days=2).due_on == d("2026-11-27")

    def test_a_standing_clock_can_be_extended(self, case: Case) -> None:
        pause(case, "2026-11-23")
        assert extend(case, kind="acceptance", days=2, day="2026-12-10").due_on is None
        assert resume(case, "2026-12-10").due_on == d("2026-12-16")

    def test_how_long_and_how_often_say_the_rules_of_the_day_of_filing(self, world: World) -> None:
        chief = make_user("科长")
        for path, value in (("clock.extension.days", 3), ("clock.extension.times", 2)):
            law.set_rule(
                rule_set="ndrc-36",
                path=path,
                value=value,
                level="city",
                sector=None,
                in_force_from=TODAY,
                in_force_to=TODAY,
                basis="本市规定",
                reason="便民",
                actor=chief,
            )
        case = submitted_case(world)
        with pytest.raises(ActionRefused, match="1至3个工作日"):
            extend(case, days=4)
        extend(case, days=3)
        assert extend(case, days=3).due_on == d("2026-12-14")
        with pytest.raises(ActionRefused, match="最多延长2次"):
            extend(case, days=1)


class TestPages:
    def test_a_page_shows_what_the_events_make(self, case: Case) -> None:
        pause(case, "2026-11-23")
        extend(case)
        items = {item["label"]: item for item in clock_items(case, today=d("2026-11-24"))}
        assert (items["受理期限"]["state"], items["受理期限"]["days"]) == ("paused", 2)
        assert (items["答复期限"]["due"], items["答复期限"]["days"]) == (d("2026-12-18"), 18)

    def test_no_clock_asks_for_its_own_events(self, world: World) -> None:
        def inbox() -> int:
            with CaptureQueriesContext(connection) as caught, one_law():
                steps = list(selectors.steps_by_deadline(user=world.intake, on=TODAY))
                assert [selectors.clock_view(step.clock, today=TODAY) for step in steps if step.clock]
            return len(caught)

        extend(submitted_case(world))
        inbox()  # what is cached once for the process is not counted
        few = inbox()
        for _each in range(3):
            record = RecordFactory(subject=world.subject, authority=world.authority)
            pause(submitted_case(world, record=record), "2026-11-23")
        assert inbox() == few


# -- the working days change

#: A Friday; what is announced for 2027 in these tests is invented.
YEAR_END = d("2026-12-25")


def announce(days: dict[date, bool]) -> None:
    law.announce_year(year=2027, source="国务院办公厅通知", days=days, actor=make_user("科长"))


def told(case: Case) -> list[TimelineEvent]:
    return list(case.events.filter(action="recompute_due_date"))


class TestRecomputation:
    def test_an_announced_year_makes_a_due_day_certain(self, world: World) -> None:
        case = submitted_case(world, today=YEAR_END)
        # 12-28 to 12-31 are four; weekends alone make 01-01 the fifth and 01-08 the tenth.
        answer = clock(case, "answer")
        assert (answer.due_on, answer.provisional) == (d("2027-01-08"), True)
        announce({d("2027-01-01"): False, d("2027-01-03"): True})
        assert settlers.recompute_due_dates(today=YEAR_END) == 1
        answer.refresh_from_db()
        # The Friday off and the Sunday worked: the same day, no longer provisional.
        assert (answer.due_on, answer.provisional) == (d("2027-01-08"), False)
        (event,) = told(case)
        assert event.text == (
            "答复期限的到期日仍为2027年1月8日，原为2027年1月8日（暂定）。原因：2027年放假安排已公布。"
        )

    def test_it_says_from_which_day_to_which_and_why(self, world: World) -> None:
        case = verifying_case(world, today=YEAR_END)
        assert clock(case, "decision").due_on == d("2027-01-05")
        announce({d("2027-01-01"): False})
        settle_all(today=YEAR_END)
        decision = clock(case, "decision")
        assert (decision.due_on, decision.provisional) == (d("2027-01-06"), False)
        assert "决定期限的到期日由2027年1月5日（暂定）改为2027年1月6日。原因：2027年放假安排已公布。" in {
            event.text for event in told(case)
        }
        assert {event.audience for event in told(case)} == {"internal"}
        assert {(event.state_from, event.state_to) for event in told(case)} == {(case.state, case.state)}
        entry = AuditEntry.objects.filter(action="recompute_due_date", data__clock="decision").get()
        assert (entry.data["from"], entry.data["to"]) == ("2027-01-05", "2027-01-06")
        assert entry.object_id == str(case.uuid)

    def test_a_declared_day_moves_a_certain_due_day(self, case: Case) -> None:
        law.set_calendar_day(day=d("2026-11-24"), working=False, reason="大雪停工", actor=make_user("科长"))
        assert settlers.recompute_due_dates(today=TODAY) == 2
        assert clock(case).due_on == d("2026-11-26")
        assert "受理期限的到期日由2026年11月25日改为2026年11月26日。原因：工作日历有调整。" in {
            event.text for event in told(case)
        }

    def test_a_second_run_changes_nothing(self, case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
        law.set_calendar_day(day=d("2026-11-24"), working=False, reason="大雪停工", actor=make_user("科长"))
        settlers.recompute_due_dates(today=TODAY)
        monkeypatch.setattr(settlers, "_checked", None)  # as in another process
        assert settlers.recompute_due_dates(today=TODAY) == 0
        assert len(told(case)) == 2

    def test_pauses_and_extensions_are_kept(self, case: Case) -> None:
        pause(case, "2026-11-23")
        resume(case, "2026-11-30")
        extend(case, kind="acceptance", days=1)
        law.set_calendar_day(day=d("2026-12-01"), working=False, reason="停电", actor=make_user("科长"))
        settlers.recompute_due_dates(today=TODAY)
        assert clock(case).due_on == d("2026-12-04")

    def test_what_stands_or_has_stopped_is_left_alone(self, world: World, case: Case) -> None:
        pause(case, "2026-11-23")
        clocks.stop_clock(case=case, kind="answer", today=d("2026-11-23"))
        law.set_calendar_day(day=d("2026-11-24"), working=False, reason="大雪停工", actor=make_user("科长"))
        assert settlers.recompute_due_dates(today=TODAY) == 0
        assert (clock(case).due_on, clock(case, "answer").due_on) == (None, d("2026-12-04"))

    def test_all_batches_are_gone_through(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(settlers, "BATCH", 2)
        for _each in range(3):
            submitted_case(world, record=RecordFactory(subject=world.subject, authority=world.authority))
        law.set_calendar_day(day=d("2026-11-24"), working=False, reason="大雪停工", actor=make_user("科长"))
        assert settlers.recompute_due_dates(today=TODAY) == 6

    def test_it_looks_once_a_day_where_nothing_has_changed(self, case: Case) -> None:
        settlers.recompute_due_dates(today=TODAY)
        with CaptureQueriesContext(connection) as caught:
            assert settlers.recompute_due_dates(today=TODAY) == 0
        assert len(caught) <= 1, "which law is in force"
        # A row written by the old calendar in the moment of the change is found the next day.
        Clock.objects.filter(case=case, kind="acceptance").update(due_on=d("2026-11-26"))
        assert settlers.recompute_due_dates(today=TODAY) == 0
        assert settlers.recompute_due_dates(today=TODAY + timedelta(days=1)) == 1
        assert clock(case).due_on == d("2026-11-25")

    def test_one_clock_that_fails_keeps_no_other_from_its_turn(
        self, case: Case, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        law.set_calendar_day(day=d("2026-11-24"), working=False, reason="大雪停工", actor=make_user("科长"))
        tell = settlers._tell

        def fails_once(case: Case, of: Clock, before: Any) -> None:
            if of.kind == "acceptance":
                raise RuntimeError("no room")
            tell(case, of, before)

        monkeypatch.setattr(settlers, "_tell", fails_once)
        with pytest.raises(RuntimeError):
            settlers.recompute_due_dates(today=TODAY)
        assert (clock(case).due_on, clock(case, "answer").due_on) == (d("2026-11-25"), d("2026-12-07"))
        monkeypatch.setattr(settlers, "_tell", tell)
        assert settlers.recompute_due_dates(today=TODAY) == 1


def test_the_calendar_of_these_tests_has_no_2027() -> None:
    """When the package brings 2027, the tests above need another year."""
    assert not national_calendar().is_announced(2027)
