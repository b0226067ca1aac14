"""Records follow the rules in force: what a local rule changes, and what it leaves alone."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from credit_repair.registry.law import current_book
from credit_repair.registry.models import LawEdition, Publication, Record, RecordEvent
from credit_repair.registry.services.law import LawNotChanged, set_rule, withdraw_rule
from credit_repair.registry.settlers import reassess_outdated
from tests.registry.factories import MOMENT, PublicationFactory, RecordFactory

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 20)


def longer_minimum(months: int = 6, path: str = "class.general.min_months", since: date = date(2026, 1, 1)):
    return set_rule(
        rule_set="ndrc-36",
        path=path,
        value=months,
        level="city",
        sector=None,
        in_force_from=since,
        in_force_to=None,
        basis="某市公共信用信息管理办法",
        reason="本市另有规定",
        actor=None,
    )


def test_a_local_rule_moves_the_dates_of_records_that_are_still_open() -> None:
    record = RecordFactory(decision_date=date(2026, 5, 6))
    assert record.repairable_from == date(2026, 8, 7)
    override = longer_minimum()
    assert reassess_outdated(today=TODAY) == 1
    record.refresh_from_db()
    assert record.repairable_from == date(2026, 11, 7)
    assert record.rulebook_hash == current_book().content_hash
    event = record.events.get(what=RecordEvent.What.REASSESSED)
    assert event.data["changes"]["repairable_from"] == {"old": "2026-08-07", "new": "2026-11-07"}
    assert LawEdition.objects.filter(hash=record.rulebook_hash).exists()

    withdraw_rule(override=override, reason="办法已废止", actor=None)
    reassess_outdated(today=TODAY)
    record.refresh_from_db()
    assert record.repairable_from == date(2026, 8, 7)


def test_a_second_run_changes_nothing_and_asks_little() -> None:
    RecordFactory()
    longer_minimum()
    reassess_outdated(today=TODAY)
    with CaptureQueriesContext(connection) as caught:
        assert reassess_outdated(today=TODAY) == 0
    assert len(caught) <= 4


def test_what_was_decided_before_the_local_rule_keeps_its_dates_and_gets_no_event() -> None:
    record = RecordFactory(decision_date=date(2026, 5, 6))
    longer_minimum(since=date(2026, 6, 1))
    assert reassess_outdated(today=TODAY) == 0
    record.refresh_from_db()
    assert record.repairable_from == date(2026, 8, 7)
    assert record.rulebook_hash == current_book().content_hash
    assert not record.events.filter(what=RecordEvent.What.REASSESSED).exists()


def test_a_record_that_has_ended_keeps_what_was_true_then() -> None:
    record = RecordFactory(standing=Record.Standing.REPAIRED, ended_on=TODAY)
    before = record.rulebook_hash
    longer_minimum()
    assert reassess_outdated(today=TODAY) == 0
    record.refresh_from_db()
    assert record.rulebook_hash == before


def test_a_record_that_is_no_longer_to_be_published_is_unpublished() -> None:
    record = RecordFactory(decision_date=date(2026, 5, 6))
    longer_minimum(path="class.general.published", months=False)  # type: ignore[arg-type]
    assert reassess_outdated(today=TODAY) == 1
    record.refresh_from_db()
    assert record.standing == Record.Standing.UNPUBLISHED


def test_a_shortest_period_beyond_the_longest_is_refused() -> None:
    with pytest.raises(LawNotChanged, match="最短公示期"):
        longer_minimum(24)


def test_a_record_that_is_to_be_published_again_goes_back_to_its_platforms() -> None:
    record = RecordFactory(decision_date=date(2026, 5, 6))
    there = PublicationFactory(record=record)
    override = longer_minimum(path="class.general.published", months=False)  # type: ignore[arg-type]
    reassess_outdated(today=TODAY)
    Publication.objects.filter(pk=there.pk).update(state=Publication.State.REMOVED, removed_at=MOMENT)
    withdraw_rule(override=override, reason="撤回", actor=None)
    reassess_outdated(today=TODAY)
    record.refresh_from_db()
    there.refresh_from_db()
    assert (record.standing, there.state) == (Record.Standing.ACTIVE, Publication.State.PUBLISHING)
