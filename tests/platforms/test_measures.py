"""What departments do because of a record: it arises with the publication and ends by their receipts."""

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from credit_repair.platforms import services
from credit_repair.platforms.models import Measure, MeasureRule, Message
from credit_repair.platforms.receipts import Said, take_receipt
from tests.platforms.conftest import Script, confirm, publication_on, run
from tests.registry.factories import AS_OF, PlatformFactory, RecordFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def bank():
    return department("bank", "sharing", "sanction")


def department(code, *kinds, record_kind="penalty", **fields):
    made = PlatformFactory(
        code=code, kind="department", required=False, endpoint="https://platform.test", **fields
    )
    for kind in kinds:
        MeasureRule.objects.create(platform=made, kind=kind, record_kind=record_kind, name=f"{code} {kind}")
    return made


def announced(**fields):
    """A record that its platform was told to publish."""
    publication = publication_on(
        PlatformFactory(endpoint="https://platform.test"),
        RecordFactory(**fields),
        state="publishing",
        shown_at=None,
    )
    services.announce_new_publications(today=AS_OF)
    return publication.record


def end(record):
    return services.enqueue_removal(record=record, cause=uuid.uuid4(), cause_text="信用修复")


def states():
    return sorted(Measure.objects.values_list("kind", "state"))


@pytest.mark.django_db(transaction=True)
def test_measures_arise_with_the_publication_and_end_by_the_departments_receipt(bank):
    record = announced()
    assert states() == [("sanction", "in_force"), ("sharing", "in_force")]
    assert not Message.objects.filter(platform=bank).exists(), "a department takes the measure by itself"
    services.announce_new_publications(today=AS_OF)
    assert Measure.objects.count() == 2, "once"

    script = Script(confirm)
    run(script)
    end(record)
    assert states() == [("sanction", "ending"), ("sharing", "ending")]
    assert list(
        Message.objects.filter(platform=bank).order_by("sequence").values_list("action", flat=True)
    ) == [
        "stop_sharing",
        "lift_sanction",
    ]
    run(script)
    assert states() == [("sanction", "ended"), ("sharing", "ended")]
    ended = Measure.objects.get(kind="sanction")
    assert (ended.receipt, ended.ended_at is not None) == ("R-2", True)


def test_a_rule_is_for_its_kind_of_record_and_for_today(bank):
    department("tax", "sharing", record_kind="serious_list")
    MeasureRule.objects.filter(platform=bank, kind="sharing").update(active=False)
    announced()
    assert states() == [("sanction", "in_force")]


def test_a_measure_keeps_its_name_whatever_becomes_of_its_rule(bank):
    record = announced()
    MeasureRule.objects.all().delete()
    end(record)
    assert {each.name for each in Measure.objects.all()} == {"bank sharing", "bank sanction"}
    assert Message.objects.filter(platform=bank).count() == 2


def test_a_publisher_that_also_shares_is_told_once_of_each(bank):
    publisher = PlatformFactory(actions=["stop_sharing", "lift_sanction"])
    record = publication_on(publisher).record
    Measure.objects.create(
        record=record, platform=publisher, kind="sharing", name="共享", applied_at=record.created_at
    )
    end(record)
    assert list(Message.objects.order_by("sequence").values_list("action", flat=True)) == [
        "terminate",
        "stop_sharing",
        "lift_sanction",
    ]
    assert states() == [("sharing", "ending")]


def test_who_is_told_and_has_not_answered_is_not_told_twice(bank):
    record = announced()
    end(record)
    end(record)
    assert Message.objects.filter(platform=bank).count() == 2
    Message.objects.filter(platform=bank, action="stop_sharing").update(state="given_up")
    end(record)
    assert Message.objects.filter(platform=bank, action="stop_sharing").count() == 2
    assert Message.objects.filter(platform=bank, action="lift_sanction").count() == 1


def test_a_record_with_measures_alone_ends_them_too(bank):
    record = RecordFactory()
    Measure.objects.create(
        record=record, platform=bank, kind="sanction", name="限制", applied_at=record.created_at
    )
    assert [message.action for message in end(record)] == ["lift_sanction"]


def test_the_same_cause_again_changes_nothing(bank):
    record, cause = announced(), uuid.uuid4()
    first = services.enqueue_removal(record=record, cause=cause, cause_text="")
    assert services.enqueue_removal(record=record, cause=cause, cause_text="") == first


def test_a_removal_asks_the_same_however_many_departments_are_told():
    def asked(departments):
        record = RecordFactory()
        for _each in range(departments):
            made = PlatformFactory(kind="department")
            for kind in ("sharing", "sanction"):
                Measure.objects.create(
                    record=record, platform=made, kind=kind, name="措施", applied_at=record.created_at
                )
        with CaptureQueriesContext(connection) as caught:
            end(record)
        return len(caught)

    assert asked(6) == asked(1)


def test_measures_come_back_with_the_record_where_their_rule_stands_and_the_department_is_told(bank):
    tax = department("tax", "sharing", "sanction", actions=["restore"])
    record = announced()
    end(record)
    MeasureRule.objects.filter(platform=tax, kind="sanction").update(active=False)
    services.reinstate_measures(record=record, cause=uuid.uuid4(), cause_text="撤销修复")
    assert set(Measure.objects.values_list("platform__code", "kind", "state")) == {
        ("bank", "sharing", "ending"),
        ("bank", "sanction", "ending"),
        ("tax", "sharing", "in_force"),
        ("tax", "sanction", "ending"),
    }
    told = Message.objects.filter(platform=tax).order_by("sequence")
    assert [each.action for each in told] == ["stop_sharing", "lift_sanction", "restore"]
    assert not Message.objects.filter(platform=bank, action="restore").exists()


def test_a_website_that_is_not_ours_is_told_nothing():
    theirs = PlatformFactory(kind="third_party", transport="by_hand", required=False)
    assert (
        services.enqueue(
            record=RecordFactory(), platform=theirs, action="terminate", cause=uuid.uuid4(), cause_text=""
        )
        is None
    )


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("first", ["accepted", "failed"])
def test_what_is_to_be_reinstated_and_ends_again_is_ended_by_a_message_behind_the_reinstatement(first):
    """Before the department has answered the first time: else it would be told last to go on."""
    bank = department("bank", "sharing", actions=["restore"])
    record = announced()
    end(record)
    told = Message.objects.filter(platform=bank)
    told.update(state=first, attempts=1, accepted_at=told.get().created_at)
    services.reinstate_measures(record=record, cause=uuid.uuid4(), cause_text="撤销修复")
    end(record)
    end(record)
    assert list(told.order_by("sequence").values_list("action", flat=True)) == [
        "stop_sharing",
        "restore",
        "stop_sharing",
    ]

    take_receipt(
        platform=bank, said=Said(str(told.earliest("sequence").uuid), "R-1", "applied"), source="file"
    )
    assert states() == [("sharing", "ending")], "the receipt of before the reinstatement ends nothing"
    run(Script(confirm))
    measure = Measure.objects.get()
    assert (measure.state, measure.receipt) == ("ended", told.latest("sequence").receipt)
