"""At the maximum publicity ends by itself, unless the rules of a sector hold it until the duties are done."""

import contextlib
import itertools
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from credit_repair.platforms import expiry
from credit_repair.platforms.expiry import expire_records
from credit_repair.platforms.models import Message
from credit_repair.registry.flags import has_flag, held_records
from credit_repair.registry.models import Record
from credit_repair.registry.services.adjust import adjust_record
from credit_repair.registry.services.held import NotHeld, keep_held, release_held
from credit_repair.registry.services.law import set_rule, withdraw_rule
from credit_repair.registry.settlers import reassess_outdated
from credit_repair.repairs.selectors import explain_record
from tests.platforms.conftest import publication_on
from tests.registry.factories import PlatformFactory, RecordFactory, SectorFactory
from tests.world import make_user

pytestmark = pytest.mark.django_db

DECIDED = date(2026, 5, 6)
#: The first day after the maximum of one year.
OVER = date(2027, 5, 7)


def hold_rule(sector=None):
    return set_rule(
        rule_set="ndrc-36",
        path="at_max_unperformed",
        value="hold",
        level="sector" if sector else "city",
        sector=sector,
        in_force_from=date(2026, 4, 1),
        in_force_to=None,
        basis="某行业主管部门规定",
        reason="本行业另有规定",
        actor=None,
    )


def held_record(**fields) -> Record:
    record = publication_on(PlatformFactory(), RecordFactory(decision_date=DECIDED, **fields)).record
    expire_records(today=OVER)
    record.refresh_from_db()
    return record


def test_by_default_the_maximum_is_the_end():
    assert held_record().standing == "expired"


def test_a_record_whose_rules_hold_it_stays_shown_with_a_flag_and_one_event():
    hold_rule()
    record = held_record()
    assert (record.standing, has_flag(record, "held")) == ("active", True)
    assert not Message.objects.exists()
    assert list(held_records()) == [record]

    assert expire_records(today=date(2027, 5, 8)) == 0
    assert record.events.filter(what="held").count() == 1


def test_the_rule_of_a_sector_holds_its_records_alone():
    food = SectorFactory()
    hold_rule(food)
    assert held_record(sector=food).standing == "active"
    assert held_record().standing == "expired"


@pytest.mark.parametrize(
    "fields", [{"own_until": date(2027, 1, 6)}, {"duties_performed_on": date(2026, 6, 1)}]
)
def test_an_own_end_before_the_maximum_and_performed_duties_end_it(fields):
    hold_rule()
    assert held_record(**fields).standing == "expired"


def test_held_records_cost_the_run_nothing_each_and_are_not_met_again():
    hold_rule()
    RecordFactory.create_batch(2, decision_date=DECIDED)
    expire_records(today=OVER)

    def queries():
        with CaptureQueriesContext(connection) as caught:
            expire_records(today=OVER, batch=100)
        return len(caught)

    few = queries()
    RecordFactory.create_batch(8, decision_date=DECIDED)
    expire_records(today=OVER)
    assert held_records().count() == 10
    assert queries() == few


def test_the_walk_goes_past_held_records_whatever_the_batch():
    food = SectorFactory()
    hold_rule(food)
    for number in range(9):
        RecordFactory(decision_date=DECIDED, sector=food if number % 3 else None)
    assert expire_records(today=OVER, batch=2) == 3
    assert held_records().count() == 6
    RecordFactory(decision_date=DECIDED)
    assert expire_records(today=OVER, batch=2) == 1


def test_once_the_duties_are_found_performed_the_next_run_ends_it():
    hold_rule()
    record = held_record()
    event = release_held(
        record=record,
        actor=make_user("赵批"),
        today=OVER,
        performed_on=date(2027, 4, 1),
        note="已核对缴款凭证",
    )
    assert (event.what, event.data["performed_on"]) == ("released", "2027-04-01")
    assert not has_flag(record, "held")
    assert expire_records(today=OVER) == 1
    assert Message.objects.get().action == "terminate"


def test_a_note_that_duties_are_open_keeps_it_shown():
    hold_rule()
    record = held_record()
    keep_held(record=record, actor=make_user("赵批"), today=OVER, note="罚款尚未缴清")
    assert expire_records(today=OVER) == 0
    assert has_flag(record, "held")
    assert record.events.filter(what="held").last().data["reason"] == "罚款尚未缴清"


@pytest.mark.parametrize(
    ("performed_on", "note", "field"),
    [
        (date(2026, 5, 5), "核对", "performed_on"),
        (date(2027, 5, 8), "核对", "performed_on"),
        (date(2027, 4, 1), " ", "note"),
    ],
)
def test_a_release_that_does_not_fit_is_refused(performed_on, note, field):
    hold_rule()
    record = held_record()
    with pytest.raises(NotHeld) as refused:
        release_held(record=record, actor=make_user(), today=OVER, performed_on=performed_on, note=note)
    assert refused.value.field == field
    record.refresh_from_db()
    assert record.duties_performed_on is None


def test_what_is_not_held_is_not_released():
    with pytest.raises(NotHeld):
        keep_held(record=RecordFactory(), actor=make_user(), today=OVER, note="核对")


def test_a_withdrawn_rule_lets_go():
    rule = hold_rule()
    record = held_record()
    withdraw_rule(override=rule, reason="规定已废止", actor=None)
    assert expire_records(today=OVER) == 1
    record.refresh_from_db()
    assert (record.standing, has_flag(record, "held")) == ("expired", False)


def test_a_longer_period_found_by_a_person_takes_the_flag_off():
    hold_rule()
    record = held_record()
    values = {"set_max_months": 36}
    adjust_record(
        record=record, actor=make_user(), today=OVER, values=values, basis="某法", reason="另有规定"
    )
    assert not has_flag(record, "held")
    assert expire_records(today=OVER) == 0
    assert record.standing == "active"


def test_a_held_record_can_still_be_repaired_on_application():
    hold_rule()
    record = held_record()
    explanation = explain_record(record=record, today=OVER)
    running = next(each for each in explanation.conditions if each.code == "period_running")
    assert running.state == "met"
    assert "继续公示" in running.text
    assert explanation.waits_for_applicant
    assert explanation.first_day == date(2026, 8, 7)


def longer_maximum(months=36):
    return set_rule(
        rule_set="ndrc-36",
        path="class.general.max_months",
        value=months,
        level="city",
        sector=None,
        in_force_from=date(2026, 1, 1),
        in_force_to=None,
        basis="某市规定",
        reason="本市另有规定",
        actor=None,
    )


def test_a_longer_period_of_the_rules_takes_the_flag_off_by_itself():
    hold_rule()
    record = held_record()
    longer_maximum()
    reassess_outdated(today=OVER)
    expire_records(today=OVER)
    record.refresh_from_db()
    assert (record.standing, has_flag(record, "held")) == ("active", False)
    assert "尚未届满" in record.flags.get().off_reason


def test_a_record_whose_period_runs_again_is_neither_released_nor_kept():
    hold_rule()
    record = held_record()
    longer_maximum()
    reassess_outdated(today=OVER)
    with pytest.raises(NotHeld, match="尚未届满"):
        release_held(
            record=record, actor=make_user(), today=OVER, performed_on=date(2027, 4, 1), note="已核对"
        )
    with pytest.raises(NotHeld, match="尚未届满"):
        keep_held(record=record, actor=make_user(), today=OVER, note="尚未缴清")
    record.refresh_from_db()
    assert record.duties_performed_on is None


@pytest.mark.parametrize("cut", range(5))
def test_a_run_that_is_cut_off_anywhere_ends_and_holds_each_once(cut, monkeypatch):
    food = SectorFactory()
    hold_rule(food)
    for number in range(4):
        record = RecordFactory(decision_date=DECIDED, sector=food if number % 2 else None)
        publication_on(PlatformFactory(), record)
    real, calls = expiry._expire, itertools.count()

    def cut_off(key, **options):
        if next(calls) == cut:
            raise KeyboardInterrupt
        return real(key, **options)

    with monkeypatch.context() as patch, contextlib.suppress(KeyboardInterrupt):
        patch.setattr(expiry, "_expire", cut_off)
        expire_records(today=OVER, batch=2)
    expire_records(today=OVER, batch=2)
    assert Record.objects.filter(standing="expired").count() == 2
    assert [record.events.filter(what="held").count() for record in held_records()] == [1, 1]
    assert list(Message.objects.values_list("action", flat=True)) == ["terminate"] * 2
