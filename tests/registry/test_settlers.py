"""Records follow the rules in force: what a local rule changes, and what it leaves alone."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from credit_repair.core.models import Job
from credit_repair.registry.law import current_book
from credit_repair.registry.models import (
    LawEdition,
    Platform,
    Publication,
    Record,
    RecordEvent,
    RuleOverride,
)
from credit_repair.registry.services.law import LawNotChanged, set_rule, withdraw_rule
from credit_repair.registry.services.offices import reassess_records_of
from credit_repair.registry.settlers import reassess_outdated
from credit_repair.rules import UnknownPenaltyType
from tests.registry.factories import (
    MOMENT,
    OfficeFactory,
    PlatformFactory,
    PublicationFactory,
    RecordFactory,
    SectorFactory,
)
from tests.registry.tables import as_csv, row, take_in

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


def unpublished_general() -> RuleOverride:
    return longer_minimum(path="class.general.published", months=False)  # type: ignore[arg-type]


def test_what_came_in_unpublished_goes_to_the_platforms_of_its_import_once_it_is_to_be_published() -> None:
    meant, retired, _other = PlatformFactory(), PlatformFactory(), PlatformFactory()
    override = unpublished_general()
    take_in(as_csv([row(1), row(2)]), platforms=[meant, retired])
    assert not Publication.objects.exists()
    Platform.objects.filter(pk=retired.pk).update(active=False)

    withdraw_rule(override=override, reason="撤回", actor=None)
    reassess_outdated(today=TODAY)
    assert set(Record.objects.values_list("standing", flat=True)) == {Record.Standing.ACTIVE}
    found = Publication.objects.values_list("record", "platform", "state")
    keys = Record.objects.order_by("pk").values_list("pk", flat=True)
    assert sorted(found) == [(pk, meant.pk, "publishing") for pk in keys]


def test_publishing_many_for_the_first_time_asks_as_little_as_publishing_one() -> None:
    platform = PlatformFactory()

    def queries(numbers: range) -> int:
        override = unpublished_general()
        reassess_outdated(today=TODAY)
        take_in(as_csv([row(number) for number in numbers]), platforms=[platform])
        withdraw_rule(override=override, reason="撤回", actor=None)
        with CaptureQueriesContext(connection) as caught:
            reassess_outdated(today=TODAY)
        return len(caught)

    # One more or less to find the outdated hash, by whether it sorts before or after the current one.
    assert queries(range(2, 20)) <= queries(range(20, 21)) + 1
    assert Publication.objects.count() == 19


def test_a_record_that_cannot_be_computed_keeps_no_other_from_its_turn() -> None:
    first, bad, last = (RecordFactory(decision_date=date(2026, 5, 6)) for _each in range(3))
    Record.objects.filter(pk=bad.pk).update(penalty_types=["不认识的处罚"])
    longer_minimum()
    with pytest.raises(UnknownPenaltyType):
        reassess_outdated(today=TODAY)
    for record in (first, bad, last):
        record.refresh_from_db()
    assert [each.repairable_from.month for each in (first, bad, last)] == [11, 8, 11]
    assert bad.rulebook_hash != current_book().content_hash


def test_the_records_of_an_office_with_another_sector_follow_its_rules() -> None:
    food, office = SectorFactory(), OfficeFactory()
    set_rule(
        rule_set="ndrc-36",
        path="class.general.min_months",
        value=6,
        level="sector",
        sector=food,
        in_force_from=date(2026, 1, 1),
        in_force_to=None,
        basis="某行业规定",
        reason="本行业另有规定",
        actor=None,
    )
    record = RecordFactory(authority=office, decision_date=date(2026, 5, 6))
    ended = RecordFactory(authority=office, standing=Record.Standing.REPAIRED, ended_on=TODAY)
    elsewhere = RecordFactory(decision_date=date(2026, 5, 6))
    reassess_outdated(today=TODAY)
    office.sector = food
    office.save()

    assert reassess_records_of(office=office, actor=None) == 1
    assert Job.objects.filter(name="apply_law").exists()
    assert reassess_outdated(today=TODAY) == 1
    for each in (record, ended, elsewhere):
        each.refresh_from_db()
    assert (record.repairable_from, elsewhere.repairable_from) == (date(2026, 11, 7), date(2026, 8, 7))
    assert ended.rulebook_hash
    assert reassess_outdated(today=TODAY) == 0
