"""What a person finds about one record: it prevails over the source's words, and says on what basis."""

from datetime import date

import pytest

from credit_repair.core.models import AuditEntry
from credit_repair.registry.models import Record, RecordEvent
from credit_repair.registry.services.adjust import RecordNotAdjusted, adjust_record, preview_adjustment
from tests.registry.factories import PlatformFactory, PublicationFactory, RecordFactory, SectorFactory
from tests.registry.tables import as_csv, row, take_in
from tests.world import make_user

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 20)


def adjust(
    record: Record, *, basis: str = "某法第一条", reason: str = "经核对决定书", **values
) -> RecordEvent:
    return adjust_record(
        record=record, actor=make_user("钱数"), today=TODAY, values=values, basis=basis, reason=reason
    )


def test_a_class_set_by_hand_moves_the_dates_and_keeps_its_basis() -> None:
    record = RecordFactory(decision_date=date(2026, 5, 6))
    event = adjust(record, set_class="serious")
    record.refresh_from_db()
    assert (record.rule_class, record.set_class_basis) == ("serious", "某法第一条")
    assert record.repairable_from == date(2027, 5, 7)
    assert record.effective_until == date(2029, 5, 6)
    assert event.what == "adjusted"
    assert event.actor_label == "钱数"
    assert event.data["changes"]["set_class"] == {"old": "", "new": "serious"}
    assert event.data["changes"]["effective_until"] == {"old": "2027-05-06", "new": "2029-05-06"}
    assert (event.data["basis"], event.data["reason"]) == ("某法第一条", "经核对决定书")
    assert AuditEntry.objects.filter(action="adjust_record", object_id=str(record.uuid)).count() == 1


def test_an_empty_value_goes_back_to_what_the_words_say() -> None:
    record = RecordFactory(decision_date=date(2026, 5, 6))
    adjust(record, set_class="serious")
    adjust(record, set_class="", basis="")
    record.refresh_from_db()
    assert (record.rule_class, record.set_class_basis) == ("general", "")
    assert record.effective_until == date(2027, 5, 6)


def test_the_period_of_another_law_prevails() -> None:
    record = RecordFactory(decision_date=date(2026, 5, 6))
    adjust(record, set_min_months=9, set_max_months=24)
    record.refresh_from_db()
    assert (record.min_until, record.max_until) == (date(2027, 2, 6), date(2028, 5, 6))
    assert record.set_period_basis == "某法第一条"


def test_sector_restriction_and_repeat_offence_ask_for_a_reason_alone() -> None:
    record = RecordFactory(decision_date=date(2026, 5, 6))
    food = SectorFactory()
    adjust(record, basis="", sector=food, restriction_until=date(2027, 1, 31))
    record.refresh_from_db()
    assert (record.sector, record.repairable_from) == (food, date(2027, 2, 1))
    adjust(record, basis="", repeat_offender=True)
    record.refresh_from_db()
    assert record.rule_class == "serious"


def test_what_is_no_longer_to_be_published_is_unpublished_and_comes_back() -> None:
    record = RecordFactory(decision_date=date(2026, 10, 6))
    shown = PublicationFactory(record=record)
    adjust(record, basis="", procedure="simple")
    record.refresh_from_db()
    assert record.standing == Record.Standing.UNPUBLISHED
    shown.state, shown.removed_at = "removed", record.changed_at
    shown.save()
    adjust(record, basis="", procedure="")
    record.refresh_from_db()
    shown.refresh_from_db()
    assert (record.standing, shown.state) == (Record.Standing.ACTIVE, "publishing")


@pytest.mark.parametrize(
    ("values", "basis", "reason", "field"),
    [
        ({"set_class": ""}, "某法", "核对", ""),
        ({"set_class": "serious"}, " ", "核对", "basis"),
        ({"set_max_months": 6}, "", "核对", "basis"),
        ({"procedure": "simple"}, "", " ", "reason"),
        ({"set_min_months": 12, "set_max_months": 6}, "某法", "核对", "set_min_months"),
        ({"set_max_months": 0}, "某法", "核对", "set_max_months"),
        ({"restriction_until": date(2026, 5, 5)}, "", "核对", "restriction_until"),
        ({"restriction_until": date.max}, "", "核对", "restriction_until"),
    ],
)
def test_what_does_not_fit_is_refused_where_it_stands(values, basis, reason, field) -> None:
    record = RecordFactory(decision_date=date(2026, 5, 6))
    with pytest.raises(RecordNotAdjusted) as refused:
        adjust(record, basis=basis, reason=reason, **values)
    assert refused.value.field == field
    assert not record.events.exists()


def test_a_record_that_has_ended_is_not_adjusted() -> None:
    record = RecordFactory(standing=Record.Standing.REPAIRED, ended_on=TODAY)
    with pytest.raises(RecordNotAdjusted):
        adjust(record, set_class="serious")


def test_a_preview_says_what_would_follow_and_saves_nothing() -> None:
    record = RecordFactory(decision_date=date(2026, 5, 6))
    made = preview_adjustment(
        record=record, today=TODAY, values={"set_class": "serious"}, basis="某法", reason="核对"
    )
    assert made.follows["rule_class"] == ("general", "serious")
    record.refresh_from_db()
    assert (record.set_class, record.rule_class) == ("", "general")
    assert not record.events.exists()


def test_what_came_in_unpublished_and_is_found_to_be_published_goes_to_the_platforms_of_its_import() -> None:
    platform = PlatformFactory()
    mild = row(1, penalty_text="警告", fine="", own_until="", decision_date="2026/11/10")
    take_in(as_csv([mild]), platforms=[platform])
    record = Record.objects.get()
    assert record.standing == Record.Standing.UNPUBLISHED
    adjust(record, set_class="general")
    there = record.publications.get()
    assert (there.platform, there.state) == (platform, "publishing")
