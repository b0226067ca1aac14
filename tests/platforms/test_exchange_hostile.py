"""Files that do harm, meant or by mistake: one of them never keeps the others from their turn."""

import json

import pytest

from credit_repair.platforms.exchange import inbound
from credit_repair.platforms.exchange.passes import exchange_once
from credit_repair.platforms.exchange.reports import as_csv
from credit_repair.platforms.models import Alert, Channel, InboundFile, Message
from credit_repair.registry.models import Publication
from tests.platforms.conftest import publication_on, queue
from tests.platforms.test_exchange_in import (  # noqa: F401 - fixtures
    RECEIPTS,
    city,
    leave,
    names,
    place,
    receipt,
    report,
    sent,
    supplied,
)
from tests.registry.factories import RecordFactory
from tests.registry.tables import AUTHORITY_CODE

pytestmark = pytest.mark.django_db

HALF = "\\ud800"


def change(**said):
    return json.dumps({"action": "withdraw", "reason": "撤销", "on": "2026-11-20"} | said).replace(
        "HALF", HALF
    )


KEY = {"doc_no": "1号", "authority_code": AUTHORITY_CODE, "subject_code": "X"}


@pytest.mark.parametrize(
    "line",
    [
        change(record=KEY | {"doc_no": "HALF"}),
        change(record=KEY | {"subject_code": "\0"}),
        change(record={"person_number": "HALF", "doc_no": "1", "authority_code": "2"}),
        '{"action": "correct", "row": {"\\ud800": "1"}}',
        '{"action": "correct", "row": {"决定书文号": "\\ud800"}}',
    ],
)
def test_characters_that_nothing_can_store_cost_their_line_alone(place, supplied, line):  # noqa: F811
    leave(place, "city-changes-1.jsonl", line + "\n" + change(record="none"))
    found = exchange_once()
    assert (found.read, found.broken) == (1, {})
    assert [each["outcome"] for each in report(place, "city-changes-1.jsonl")] == ["refused", "refused"]


def test_a_reason_that_nothing_can_store_is_refused(place, supplied):  # noqa: F811
    record = RecordFactory(authority=supplied)
    line = change(record=str(record.uuid), reason="HALF", on=str(record.decision_date))
    leave(place, "city-changes-1.jsonl", line)
    exchange_once()
    assert report(place, "city-changes-1.jsonl")[0]["code"] == "bad_line"
    record.refresh_from_db()
    assert record.standing == "active"


def test_records_with_characters_that_nothing_can_store_are_refused(place, supplied):  # noqa: F811
    leave(place, "city-records-1.jsonl", '{"决定书文号": "\\ud800"}')
    exchange_once()
    assert report(place, "city-records-1.jsonl", "refused")[0]["outcome"] == "refused"


def test_a_table_whose_columns_never_end_is_refused_before_it_is_built(place, supplied):  # noqa: F811
    lines = "".join(f'{{"k{number}": ""}}\n' for number in range(3000))
    leave(place, "city-records-1.jsonl", lines)
    exchange_once()
    assert "列名超过" in report(place, "city-records-1.jsonl", "refused")[0]["detail"]


def test_a_file_by_which_the_program_fails_keeps_no_other_file_or_platform_waiting(
    city,  # noqa: F811
    place,  # noqa: F811
    sent,  # noqa: F811
    monkeypatch,
):
    def fails(*args):
        raise RuntimeError("a fault of ours")

    monkeypatch.setattr(inbound, "take_changes", fails)
    leave(place, "city-changes-1.jsonl", [{}])
    leave(place, RECEIPTS, [receipt(sent[0])])
    waiting = queue(publication_on(city, state=Publication.State.REMOVING).record, city)
    found = exchange_once()
    waiting.refresh_from_db()
    assert (found.read, found.sent, waiting.state) == (1, 1, "accepted")
    assert "city-changes-1.jsonl" in found.broken["city"]
    assert "city-changes-1.jsonl" in names(place / "in"), "it is tried again"
    assert Alert.objects.get().kind == "files"


def test_a_file_that_vanishes_is_no_fault(place, sent, monkeypatch):  # noqa: F811
    leave(place, "city-nonsense.txt", "x")
    found = inbound.arrived

    def vanishing(folders):
        listed = found(folders)
        for name in listed:
            (folders.inbox / name).unlink()
        return listed

    monkeypatch.setattr(inbound, "arrived", vanishing)
    exchange_once()
    assert InboundFile.objects.count() == 0


def test_what_was_refused_for_lack_of_leave_is_read_once_there_is_leave(place, supplied):  # noqa: F811
    Channel.objects.update(supplier=None)
    record = RecordFactory(authority=supplied)
    line = change(record=str(record.uuid), on=str(record.decision_date))
    leave(place, "city-changes-1.jsonl", line)
    exchange_once()
    assert InboundFile.objects.get().state == "refused"

    Channel.objects.update(supplier=supplied)
    leave(place, "city-changes-1.jsonl", line)
    exchange_once()
    record.refresh_from_db()
    assert (InboundFile.objects.get().state, record.standing) == ("taken", "withdrawn")


def test_what_was_left_under_the_name_of_another_kind_is_read_under_its_own(place, supplied):  # noqa: F811
    record = RecordFactory(authority=supplied)
    line = change(record=str(record.uuid), on=str(record.decision_date))
    leave(place, "city-records-1.jsonl", line)
    exchange_once()
    leave(place, "city-changes-1.jsonl", line)
    exchange_once()
    record.refresh_from_db()
    found = InboundFile.objects.get()
    assert (found.kind, found.name, found.state) == ("changes", "city-changes-1.jsonl", "taken")
    assert record.standing == "withdrawn"


def test_a_file_that_takes_the_place_of_the_one_being_read_is_read_too(place, sent, monkeypatch):  # noqa: F811
    first, second = sent
    leave(place, RECEIPTS, [receipt(first)])
    taken = inbound.take_receipts

    def replaced_meanwhile(**said):
        monkeypatch.setattr(inbound, "take_receipts", taken)
        # As a platform should: written aside, then renamed into its place.
        path = leave(place, "aside", [receipt(second)], checksum=False)
        leave(place, RECEIPTS, path.read_bytes())
        path.unlink()
        return taken(**said)

    monkeypatch.setattr(inbound, "take_receipts", replaced_meanwhile)
    exchange_once()
    exchange_once()
    assert set(Message.objects.values_list("state", flat=True)) == {"confirmed"}
    assert names(place / "in") == []


@pytest.mark.parametrize("cell", ["=1+1", " =1+1", "＝1+1", "\n@x", "-1"])
def test_nothing_in_a_report_is_a_formula(cell):
    [_mark, _header, line] = as_csv(["detail"], [[cell]])
    assert line.decode().lstrip('"').startswith("'")
