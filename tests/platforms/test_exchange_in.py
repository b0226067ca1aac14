"""What is left in the inbox: read when it is whole, once, with a report; and what somebody may try."""

import csv
import hashlib
import io
import json
import os
import time
import uuid

import pytest

from credit_repair.core import clock
from credit_repair.core.models import AuditEntry
from credit_repair.core.settling import settle_all
from credit_repair.people.audit_words import ACTIONS
from credit_repair.platforms.exchange import inbound
from credit_repair.platforms.exchange.folders import prepare_folders
from credit_repair.platforms.exchange.passes import exchange_once
from credit_repair.platforms.models import (
    Alert,
    Channel,
    FileBatch,
    InboundFile,
    Message,
    ReceivedReceipt,
)
from credit_repair.registry.keys import natural_key
from credit_repair.registry.models import ImportBatch, Office, Publication, Record, RecordAlias, RecordEvent
from tests.platforms.conftest import publication_on, queue
from tests.registry.factories import AS_OF, OfficeFactory, PlatformFactory, RecordFactory
from tests.registry.tables import AUTHORITY_CODE, as_csv, as_lines, as_workbook, row

pytestmark = pytest.mark.django_db


@pytest.fixture
def city(settings, tmp_path):
    settings.EXCHANGE_ROOT = tmp_path / "exchange"
    platform = PlatformFactory(code="city", transport="files", endpoint="", secret="")
    Channel.objects.create(platform=platform, folder="city")
    prepare_folders(platform)
    return platform


@pytest.fixture
def place(city, settings):
    return settings.EXCHANGE_ROOT / "city"


@pytest.fixture
def sent(city):
    """Two removals that went out as a file."""
    messages = [queue(publication_on(city, state=Publication.State.REMOVING).record, city) for _ in range(2)]
    exchange_once()
    return messages


@pytest.fixture
def supplied(city):
    """The folder may bring records of an authority."""
    office = OfficeFactory(code=AUTHORITY_CODE, name="濉溪县交通运输局")
    Channel.objects.update(supplier=office)
    with clock.assume(AS_OF):
        yield office


def leave(place, name, content, *, checksum=True):
    if isinstance(content, list):
        content = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in content)
    if isinstance(content, io.BytesIO):
        content = content.getvalue()
    content = content if isinstance(content, bytes) else content.encode()
    path = place / "in" / name
    path.write_bytes(content)
    if checksum is True:
        checksum = hashlib.sha256(content).hexdigest()
    if checksum:
        (place / "in" / f"{name}.sha256").write_bytes(
            f"{checksum}  {name}\n".encode(errors="surrogateescape")
        )
    return path


def receipt(message, **changed):
    return {"id": str(getattr(message, "uuid", message)), "receipt": "R-1", "effect": "applied"} | changed


def names(folder):
    return sorted(found.name for found in folder.iterdir())


def report(place, name, folder="done"):
    text = (place / folder / f"{name}.report.csv").read_text("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def columns(rows, *fields):
    return [tuple(line[field] for field in fields) for line in rows]


RECEIPTS = "city-00000001-receipt-1.jsonl"


# ---- receipts ------------------------------------------------------------------------------------------


def test_receipts_confirm_are_reported_line_by_line_and_close_the_batch(place, sent):
    first, second = sent
    leave(place, RECEIPTS, [receipt(first), receipt(uuid.uuid4()), receipt(second, receipt=""), ["?"]])
    exchange_once()
    assert columns(report(place, RECEIPTS), "line", "outcome") == [
        ("1", "taken"),
        ("2", "unknown"),
        ("3", "invalid"),
        ("4", "invalid"),
    ]
    assert names(place / "in") == []
    assert names(place / "done") == [RECEIPTS, f"{RECEIPTS}.report.csv", f"{RECEIPTS}.sha256"]
    first.refresh_from_db()
    assert (first.state, first.receipt) == ("confirmed", "R-1")
    row_ = InboundFile.objects.get()
    assert (row_.state, row_.lines, row_.taken, row_.refused) == ("taken", 4, 1, 3)
    assert FileBatch.objects.get().state == "written"

    leave(place, "city-00000001-receipt-2.jsonl", [receipt(second)])
    exchange_once()
    batch = FileBatch.objects.get()
    assert (batch.state, batch.answered_at is not None) == ("answered", True)
    assert names(place / "out") == []
    assert "city-00000001.jsonl" in names(place / "done")
    assert ReceivedReceipt.objects.filter(source="file", outcome="taken").count() == 2


def test_a_refusal_goes_to_a_person(place, sent):
    leave(place, RECEIPTS, [receipt(sent[0], receipt="", effect="refused", detail="主体不存在")])
    exchange_once()
    sent[0].refresh_from_db()
    assert (sent[0].state, sent[0].last_error) == ("failed", "主体不存在")
    assert FileBatch.objects.get().state == "written"


def test_a_file_without_its_checksum_is_still_being_written(place, sent):
    path = leave(place, RECEIPTS, [receipt(sent[0])], checksum=False)
    (place / "in" / ".city-00000001-receipt-2.jsonl.tmp").write_text("half")
    exchange_once()
    assert path.exists()
    assert not InboundFile.objects.exists()


@pytest.mark.parametrize("checksum", ["0" * 64, "no checksum", "é"])
def test_a_file_that_is_not_what_its_checksum_says_is_refused_with_the_reason(place, sent, checksum):
    leave(place, RECEIPTS, [receipt(sent[0])], checksum=checksum)
    exchange_once()
    assert names(place / "in") == []
    assert RECEIPTS in names(place / "refused")
    (line,) = report(place, RECEIPTS, "refused")
    assert "校验" in line["detail"]
    sent[0].refresh_from_db()
    assert sent[0].state == "accepted"
    assert InboundFile.objects.get().state == "refused"
    assert Alert.objects.get().cleared_at is None
    # The same content with the right checksum is read: what was refused was not known to be it.
    leave(place, RECEIPTS, [receipt(sent[0])])
    exchange_once()
    assert columns(report(place, RECEIPTS), "outcome") == [("taken",)]


def test_the_same_content_under_another_name_is_answered_with_the_first_outcome(place, sent):
    lines = [receipt(sent[0]), receipt(uuid.uuid4())]
    leave(place, RECEIPTS, lines)
    exchange_once()
    leave(place, "city-00000001-receipt-9.jsonl", lines)
    exchange_once()
    assert report(place, "city-00000001-receipt-9.jsonl") == report(place, RECEIPTS)
    assert InboundFile.objects.count() == 1
    assert ReceivedReceipt.objects.count() == 2


def test_another_file_of_the_same_name_does_not_take_the_first_ones_place(place, sent):
    for message in sent:
        leave(place, RECEIPTS, [receipt(message)])
        exchange_once()
    kept = [name for name in names(place / "done") if name.endswith(".jsonl")]
    assert len([name for name in kept if "receipt" in name]) == 2


@pytest.mark.parametrize("step", ["_finish", "put", "move_away"])
def test_after_a_crash_the_file_is_gone_through_once_more_and_nothing_happens_twice(
    place, sent, monkeypatch, step
):
    class Died(BaseException):
        pass

    def dying(*args, **options):
        raise Died

    leave(place, RECEIPTS, [receipt(message) for message in sent])
    with monkeypatch.context() as patched:
        patched.setattr(inbound, step, dying)
        with pytest.raises(Died):
            exchange_once()
    assert RECEIPTS in names(place / "in")
    exchange_once()
    assert columns(report(place, RECEIPTS), "outcome") == [("taken",), ("taken",)]
    assert names(place / "in") == []
    assert InboundFile.objects.get().taken == 2
    assert ReceivedReceipt.objects.count() == 2


def test_a_checksum_whose_file_has_gone_is_swept_away_in_time(place, city, monkeypatch):
    (place / "in" / "x.jsonl.sha256").write_text("0" * 64)
    old, new = place / "done" / "old.jsonl", place / "in" / "city-records-1.csv"
    old.write_text("x")
    new.write_text("x")
    exchange_once()
    assert len(names(place / "in")) == 2
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 2 * 86400)
    exchange_once()
    assert names(place / "in") == ["city-records-1.csv"]
    assert old.exists()
    monkeypatch.setattr(time, "time", lambda: now + 31 * 86400)
    exchange_once()
    assert not old.exists()
    assert new.exists()


# ---- what somebody may try -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "province-00000001-receipt-1.jsonl",
        "city-1-receipt-1.jsonl",
        "city-records-.csv",
        "city-records-1.exe",
        "city-records-a b.csv",
        "=cmd|x.jsonl",
        "a\nb.jsonl",
        "\udcff.jsonl",
        "x" * 200 + ".jsonl",
        "号" * 75 + ".jsonl",
    ],
    ids=ascii,
)
def test_a_name_that_nobody_knows_is_refused(place, sent, name):
    leave(place, name, [receipt(sent[0])])
    exchange_once()
    assert names(place / "in") == []
    assert len([kept for kept in names(place / "refused") if kept.endswith(".report.csv")]) == 1
    assert all(kept.isprintable() for kept in names(place / "refused"))
    sent[0].refresh_from_db()
    assert sent[0].state == "accepted"


def test_links_pipes_and_folders_are_not_followed(place, sent, tmp_path):
    secret = tmp_path / "secret.jsonl"
    secret.write_text(json.dumps(receipt(sent[0])) + "\n")
    digest = hashlib.sha256(secret.read_bytes()).hexdigest()
    inbox = place / "in"
    (inbox / RECEIPTS).symlink_to(secret)
    os.mkfifo(inbox / "city-00000001-receipt-2.jsonl")
    (inbox / "city-00000001-receipt-3.jsonl").mkdir()
    leave(place, "city-00000001-receipt-4.jsonl", [receipt(sent[1])], checksum=False)
    for number in (1, 2, 3):
        (inbox / f"city-00000001-receipt-{number}.jsonl.sha256").write_text(digest)
    (inbox / "city-00000001-receipt-4.jsonl.sha256").symlink_to(secret)
    exchange_once()
    assert names(inbox) == []
    assert secret.exists()
    assert InboundFile.objects.filter(state="refused").count() == 4
    assert not ReceivedReceipt.objects.exists()


def test_lines_too_long_or_too_many_are_refused_as_a_whole(place, sent, monkeypatch):
    leave(place, RECEIPTS, b"[" * (300 * 1024))
    leave(place, "city-00000001-receipt-2.jsonl", b"[" * 100_000 + b"\n\xff\n\n")
    exchange_once()
    assert "过长" in report(place, RECEIPTS, "refused")[0]["detail"]
    assert columns(report(place, "city-00000001-receipt-2.jsonl"), "line", "outcome") == [
        ("1", "invalid"),
        ("2", "invalid"),
    ]
    monkeypatch.setattr(inbound, "RECEIPTS_MAX_BYTES", 10)
    leave(place, "city-00000001-receipt-3.jsonl", [receipt(sent[0])])
    exchange_once()
    assert "city-00000001-receipt-3.jsonl" in names(place / "refused")


def test_a_platform_confirms_nothing_of_another(place, sent):
    other = PlatformFactory(code="town", transport="files")
    Channel.objects.create(platform=other, folder="town")
    prepare_folders(other)
    leave(place.parent / "town", "town-00000001-receipt-1.jsonl", [receipt(sent[0])])
    exchange_once()
    assert columns(report(place.parent / "town", "town-00000001-receipt-1.jsonl"), "outcome") == [
        ("unknown",)
    ]
    sent[0].refresh_from_db()
    assert sent[0].state == "accepted"


def test_a_file_that_cannot_be_read_keeps_nothing_else_back(place, sent, city, monkeypatch):
    real = os.open

    def guarded(path, *args, **options):
        if str(path).endswith(RECEIPTS):
            raise PermissionError(13, "denied")
        return real(path, *args, **options)

    leave(place, RECEIPTS, [receipt(sent[0])])
    leave(place, "city-00000001-receipt-2.jsonl", [receipt(sent[1])])
    queue(publication_on(city).record, city)
    monkeypatch.setattr(os, "open", guarded)
    report_ = exchange_once()
    assert RECEIPTS in report_.broken["city"]
    assert (report_.read, report_.sent) == (1, 1)
    assert RECEIPTS in names(place / "in")


def test_a_file_on_which_the_program_fails_stays_and_keeps_nothing_else_back(place, sent, monkeypatch):
    def failing(*args, **options):
        raise ZeroDivisionError("bug")

    leave(place, "city-00000001-receipt-1.jsonl", [receipt(sent[0])])
    leave(place, "city-changes-1.jsonl", [{}])
    monkeypatch.setattr(inbound, "_take_receipts", failing)
    found = exchange_once()
    assert "程序出错" in found.broken["city"]
    assert names(place / "in") == [RECEIPTS, f"{RECEIPTS}.sha256"]
    assert "city-changes-1.jsonl" in names(place / "refused")
    monkeypatch.undo()
    exchange_once()
    assert columns(report(place, RECEIPTS), "outcome") == [("taken",)]


# ---- records -------------------------------------------------------------------------------------------


def test_a_table_comes_in_as_on_the_website_and_is_not_kept(place, city, supplied):
    city.required = True
    city.save()
    leave(place, "city-records-1.csv", as_csv([row(1), row(2, name="")]))
    exchange_once()
    assert columns(report(place, "city-records-1.csv"), "row", "outcome", "code") == [
        ("2", "refused", "missing_name")
    ]
    assert names(place / "done") == ["city-records-1.csv.report.csv", "city-records-1.csv.sha256"]
    file = InboundFile.objects.get()
    assert (file.kind, file.lines, file.taken, file.refused) == ("records", 2, 1, 1)
    assert Record.objects.get().publications.get().platform == city
    assert set(AuditEntry.objects.values_list("action", flat=True)) <= set(ACTIONS)
    # The same again is answered from memory: no second import.
    leave(place, "city-records-2.csv", as_csv([row(1), row(2, name="")]))
    exchange_once()
    assert report(place, "city-records-2.csv") == report(place, "city-records-1.csv")
    assert ImportBatch.objects.count() == 1


def test_a_workbook_comes_in_too(place, city, supplied):
    leave(place, "city-records-1.xlsx", as_workbook([row(1), row(2)]))
    exchange_once()
    assert report(place, "city-records-1.xlsx") == []
    assert Record.objects.count() == 2


def test_rows_may_come_as_json_lines(place, city, supplied):
    header, cells = as_lines([row(1)])
    leave(place, "city-records-1.jsonl", [dict(zip(header, cells, strict=True))])
    leave(place, "city-records-2.jsonl", [{"决定书文号": 7}])
    leave(place, "city-records-3.csv", "no table")
    exchange_once()
    assert Record.objects.count() == 1
    assert "不是以列名为键" in report(place, "city-records-2.jsonl", "refused")[0]["detail"]
    assert report(place, "city-records-3.csv", "refused")[0]["outcome"] == "refused"


def test_a_folder_without_a_supplier_brings_no_records(place, city):
    leave(place, "city-records-1.csv", as_csv([row(1)]))
    leave(place, "city-changes-1.jsonl", [{"action": "withdraw"}])
    exchange_once()
    assert not Record.objects.exists()
    assert "没有开通" in report(place, "city-records-1.csv", "refused")[0]["detail"]
    assert "没有开通" in report(place, "city-changes-1.jsonl", "refused")[0]["detail"]


def test_a_supplier_brings_its_own_records_alone(place, city, supplied):
    Channel.objects.update(supplier=OfficeFactory(name="别的机关"))
    leave(place, "city-records-1.csv", as_csv([row(1)]))
    exchange_once()
    assert columns(report(place, "city-records-1.csv"), "code") == [("not_your_office",)]


def test_a_credit_office_brings_those_of_its_division(place, city, supplied):
    ours = OfficeFactory(kind=Office.Kind.CREDIT, division=AUTHORITY_CODE[2:6] + "00")
    Channel.objects.update(supplier=ours)
    leave(place, "city-records-1.csv", as_csv([row(1)]))
    exchange_once()  # the only credit office there is
    elsewhere = OfficeFactory(kind=Office.Kind.CREDIT, division="110101")
    leave(place, "city-records-2.csv", as_csv([row(2)]))
    exchange_once()
    assert Record.objects.count() == 2
    Channel.objects.update(supplier=elsewhere)
    leave(place, "city-records-3.csv", as_csv([row(3)]))
    exchange_once()
    assert columns(report(place, "city-records-3.csv"), "code") == [("not_your_office",)]


# ---- changes -------------------------------------------------------------------------------------------


@pytest.fixture
def record(supplied, city):
    subject_code = row(1)["code"]
    leave_key = natural_key(doc_no=row(1)["doc_no"], authority_code=AUTHORITY_CODE, subject_key=subject_code)
    made = RecordFactory(
        authority=supplied, doc_no=row(1)["doc_no"], subject__code=subject_code, natural_key=leave_key
    )
    publication_on(city, made, state=Publication.State.SHOWN)
    return made


def withdrawal(record, /, **changed):
    return {
        "version": 1,
        "action": "withdraw",
        "record": str(record.uuid),
        "on": "2026-11-01",
        "reason": "行政复议撤销",
    } | changed


def changes(place, *lines, name="city-changes-1.jsonl"):
    leave(place, name, list(lines))
    exchange_once()
    return columns(report(place, name), "row", "outcome", "code")


def test_a_record_that_its_source_withdraws_ends_and_the_platforms_are_told(place, record, city):
    assert changes(place, withdrawal(record)) == [("1", "updated", "")]
    record.refresh_from_db()
    assert (record.standing, str(record.ended_on)) == ("withdrawn", "2026-11-01")
    event = RecordEvent.objects.get(record=record, what="withdrawn")
    assert event.data == {"by": "withdraw", "reason": "行政复议撤销"}
    assert event.actor_label == "濉溪县交通运输局"
    settle_all(today=AS_OF)
    assert Message.objects.get(record=record).action == "terminate"
    # Said once more, it is no news.
    assert changes(place, withdrawal(record, action="revoke"), name="city-changes-2.jsonl") == [
        ("1", "unchanged", "")
    ]


def test_a_record_is_known_by_its_key_and_its_former_keys_too(place, record):
    said = {
        "doc_no": "(濉)交罚[2026]1号",
        "authority_code": AUTHORITY_CODE,
        "subject_code": row(1)["code"],
    }
    assert changes(place, withdrawal(record, record=said)) == [("1", "updated", "")]
    former = natural_key(doc_no="旧1号", authority_code=AUTHORITY_CODE, subject_key=row(1)["code"])
    RecordAlias.objects.create(record=record, natural_key=former)
    said["doc_no"] = "旧1号"
    assert changes(place, withdrawal(record, record=said), name="city-changes-2.jsonl") == [
        ("1", "unchanged", "")
    ]


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"record": str(uuid.UUID(int=7))}, "unknown_record"),
        ({"record": "x"}, "unknown_record"),
        ({"record": {}}, "bad_line"),
        ({"record": {"doc_no": 7}}, "bad_line"),
        ({"record": None}, "bad_line"),
        ({"action": "delete"}, "bad_action"),
        ({"action": None}, "bad_action"),
        ({"reason": ""}, "missing_reason"),
        ({"reason": 7}, "missing_reason"),
        ({"reason": "x" * 501}, "missing_reason"),
        ({"on": "2099-01-01"}, "bad_date"),
        ({"on": "2020-01-01"}, "bad_date"),
        ({"on": "yesterday"}, "bad_date"),
        ({"on": None}, "bad_date"),
    ],
    ids=str,
)
def test_a_line_that_does_not_fit_has_a_code_and_stops_no_other(place, record, changed, code):
    good = withdrawal(record)
    assert changes(place, withdrawal(record, **changed), ["?"], good) == [
        ("1", "refused", code),
        ("2", "refused", "bad_line"),
        ("3", "updated", ""),
    ]


def test_nobody_withdraws_what_is_anothers_or_has_ended_otherwise(place, record, supplied):
    foreign = RecordFactory()
    ended = RecordFactory(authority=supplied)
    Record.objects.filter(pk=ended.pk).update(standing="repaired", ended_on="2026-10-01")
    assert changes(place, withdrawal(foreign), withdrawal(ended)) == [
        ("1", "refused", "not_your_office"),
        ("2", "refused", "already_ended"),
    ]
    foreign.refresh_from_db()
    assert foreign.standing == "active"


def test_a_corrected_row_changes_a_known_record_and_makes_no_new_one(place, city, supplied):
    def line(n, **changed):
        header, cells = as_lines([row(n, **changed)])
        return {"action": "correct", "row": dict(zip(header, cells, strict=True))}

    leave(place, "city-records-1.csv", as_csv([row(1), row(2)]))
    exchange_once()
    assert changes(
        place,
        line(1, content="罚款人民币10000元", fine="1"),
        line(2),
        line(3),
        {"action": "correct", "row": {"x": ""}},
        {"action": "correct", "row": {"x": "y"}},
        line(2, decision_date="?"),
    ) == [
        ("1", "updated", ""),
        ("2", "unchanged", ""),
        ("3", "refused", "unknown_record"),
        ("4", "refused", "bad_line"),
        ("5", "refused", "bad_line"),
        ("6", "refused", "bad_date"),
    ]
    assert Record.objects.count() == 2
    assert Record.objects.get(doc_no=row(1)["doc_no"]).content == "罚款人民币10000元"
