"""Messages: once and only once, from the right sender, in the right order."""

from __future__ import annotations

import json
import re
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest


def test_a_message_is_answered_with_a_receipt(sender, record):
    message = sender.message("publish", 1, record={"id": record})
    status, answer = sender.post(message)
    assert status == 200
    assert answer["id"] == message["id"]
    assert answer["effect"] == "applied"
    assert re.fullmatch(r"R-\d{8}-\d{6}", answer["receipt"])
    assert answer["at"].endswith("+08:00")


def test_the_same_message_again_gets_the_same_receipt_and_no_second_effect(sender, record):
    message = sender.message("publish", 1, record={"id": record})
    first = sender.post(message)[1]
    reordered = dict(reversed(message.items()))
    for again in (message, reordered):
        status, answer = sender.post(again)
        assert status == 200
        assert answer == first | {"effect": "already"}
    assert sender.state(record)["effects"] == {"publish": 1}


def test_a_repeated_message_stays_answered_after_later_ones(sender, record):
    message = sender.message("publish", 1, record={"id": record})
    first = sender.post(message)[1]
    sender.apply("terminate", record, 2)
    assert sender.post(message)[1] == first | {"effect": "already"}
    assert sender.state(record)["shown"] is False


def test_the_same_id_with_another_body_is_a_conflict(sender, record):
    message = sender.message("publish", 1, record={"id": record})
    sender.post(message)
    status, problem = sender.post(message | {"action": "terminate", "sequence": 2})
    assert status == 409
    assert message["id"] in problem["detail"]
    assert sender.state(record)["shown"] is True


def test_two_threads_with_the_same_message_have_one_effect(sender, record):
    message = sender.message("publish", 1, record={"id": record})
    threads = 8
    together = Barrier(threads)

    def post(_: int) -> tuple[int, dict]:
        together.wait()
        return sender.post(message)

    with ThreadPoolExecutor(threads) as pool:
        answers = list(pool.map(post, range(threads)))
    assert {status for status, _ in answers} == {200}
    assert sorted(a["effect"] for _, a in answers) == ["already"] * (threads - 1) + ["applied"]
    assert len({a["receipt"] for _, a in answers}) == 1
    assert sender.state(record)["effects"] == {"publish": 1}


@pytest.mark.parametrize("sequence", [5, 4])
def test_a_sequence_that_is_not_higher_is_stale(sender, record, sequence):
    last = sender.apply("terminate", record, 5)
    late = sender.message("publish", sequence, record={"id": record})
    status, answer = sender.post(late)
    assert (status, answer["effect"]) == (200, "stale")
    assert answer["receipt"] != last["receipt"]
    assert sender.post(late)[1] == answer | {"effect": "already"}
    state = sender.state(record)
    assert (state["shown"], state["last_receipt"]) == (False, last["receipt"])
    assert state["effects"] == {"terminate": 1}


def test_sequences_of_different_records_do_not_meet(sender, record):
    sender.apply("publish", record, 9)
    assert sender.apply("publish", str(uuid.uuid4()), 1)["effect"] == "applied"


# ---- who may send ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "headers",
    [
        {"X_Signature": "0" * 64},
        {"X_Signature": "é"},
        {"X_Signature": None},
        {"X_Timestamp": None},
        {"X_Timestamp": "yesterday"},
        {"X_Timestamp": "9" * 4000},
        {"X_Timestamp": "-5"},
    ],
)
def test_what_is_not_signed_right_is_refused(sender, record, headers):
    status, _ = sender.post(sender.message(record={"id": record}), **headers)
    assert status == 401
    assert sender.ask(f"/api/v1/records/{record}")[0] == 404


@pytest.mark.parametrize(("seconds", "expected"), [(-290, 200), (290, 200), (-310, 401), (310, 401)])
def test_a_timestamp_is_good_for_five_minutes(sender, seconds, expected):
    assert sender.post(sender.message(), X_Timestamp=str(int(time.time()) + seconds))[0] == expected


def test_the_signature_covers_the_body(sender):
    message = sender.message()
    other = type(sender)(sender.url, "another secret")
    assert other.post(message)[0] == 401


# ---- what a message is -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"version": 2}, "version"),
        ({"version": True}, "version"),
        ({"id": "7"}, "id"),
        ({"sequence": "1"}, "sequence"),
        ({"sequence": True}, "sequence"),
        ({"sequence": -1}, "sequence"),
        ({"sequence": 2**63}, "sequence"),
        ({"action": "delete"}, "action"),
        ({"action": ["publish"]}, "action"),
        ({"record": {"id": "x"}}, "record.id"),
        ({"record": {"doc_no": " "}}, "record.doc_no"),
        ({"record": {"subject_name": None}}, "record.subject_name"),
        ({"record": {"subject_name": "a\ud800"}}, "record.subject_name"),
        ({"record": {"subject_code": 5}}, "record.subject_code"),
        ({"record": {"authority_name": "长" * 501}}, "record.authority_name"),
        ({"record": {"decision_date": "2026-02-30"}}, "record.decision_date"),
        ({"record": {"penalty_types": "罚款"}}, "record.penalty_types"),
        ({"record": {"penalty_types": ["罚款", 3]}}, "record.penalty_types.1"),
        ({"record": {"content": "\0"}}, "record.content"),
        ({"record": {"published_until": ""}}, "record.published_until"),
        ({"cause": {"id": None}}, "cause.id"),
        ({"issued_at": "2026-11-21T09:30:00"}, "issued_at"),
        ({"issued_at": None}, "issued_at"),
    ],
)
def test_a_wrong_field_is_named(sender, changes, field):
    status, problem = sender.post(sender.message(**changes))
    assert status == 422
    assert problem["field"] == field
    assert problem["reason"]
    assert problem["errors"] == [{"field": field, "reason": problem["reason"]}]


def test_every_wrong_field_is_named_at_once(sender):
    status, problem = sender.post(sender.message(sequence=None, record={"doc_no": ""}) | {"cause": 1})
    assert status == 422
    assert [e["field"] for e in problem["errors"]] == ["sequence", "record.doc_no", "cause"]


def test_what_may_be_unknown_may_be_null(sender, record):
    unknown = {"subject_code": None, "content": None, "decision_date": None, "published_until": None}
    sender.apply("publish", record, 1, record=unknown | {"penalty_types": []})
    assert "未公示" in sender.page(f"/records/{record}")


def test_the_header_must_name_the_same_message(sender):
    status, problem = sender.post(sender.message(), X_Message_Id=str(uuid.uuid4()))
    assert (status, problem["field"]) == (422, "id")


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{", b"\xff", b'{"version": NaN}', b"[" * 200_000, b"9" * 100_000]
)
def test_what_is_not_json_is_refused(sender, body):
    assert sender.post(body)[0] == 422


def test_a_body_over_one_megabyte_is_refused(sender):
    status, _ = sender.post(sender.message(cause={"text": "a" * 1024 * 1024}))
    assert status == 413
    assert sender.post(sender.message())[0] == 200


def test_a_body_just_under_one_megabyte_is_read(sender):
    message = sender.message(padding="")
    message["padding"] = "a" * (1024 * 1024 - len(json.dumps(message)))
    assert sender.post(message)[0] == 200


# ---- what the actions do -----------------------------------------------------------------------------


def test_shown_until_it_is_taken_down(sender, record):
    assert sender.ask(f"/api/v1/records/{record}")[0] == 404
    first = sender.apply("publish", record, 1)
    assert sender.state(record) == {
        "record": record,
        "shown": True,
        "annotated": False,
        "since": first["at"],
        "removed_at": None,
        "last_receipt": first["receipt"],
        "sequence": 1,
        "effects": {"publish": 1},
    }
    last = sender.apply("terminate", record, 2)
    assert sender.state(record) == {
        "record": record,
        "shown": False,
        "annotated": False,
        "since": None,
        "removed_at": last["at"],
        "last_receipt": last["receipt"],
        "sequence": 2,
        "effects": {"publish": 1, "terminate": 1},
    }


def test_restored_it_is_shown_again(sender, record):
    sender.apply("publish", record, 1)
    sender.apply("terminate", record, 2)
    again = sender.apply("restore", record, 3)
    state = sender.state(record)
    assert (state["shown"], state["since"], state["removed_at"]) == (True, again["at"], None)


def test_published_again_it_keeps_the_day_since_when(sender, record):
    first = sender.apply("publish", record, 1)
    sender.apply("publish", record, 2)
    assert sender.state(record)["since"] == first["at"]


def test_a_shield_hides_without_taking_down(sender, record):
    sender.apply("publish", record, 1)
    sender.apply("shield", record, 2)
    state = sender.state(record)
    assert (state["shown"], state["removed_at"]) == (False, None)
    assert "暂时屏蔽" in sender.page(f"/records/{record}")
    sender.apply("unshield", record, 3)
    assert sender.state(record)["shown"] is True


def test_an_annotation_goes_on_and_off(sender, record):
    sender.apply("publish", record, 1)
    sender.apply("annotate", record, 2, cause={"text": "当事人有异议"})
    assert sender.state(record)["annotated"] is True
    assert "当事人有异议" in sender.page(f"/records/{record}")
    sender.apply("clear_annotation", record, 3)
    assert sender.state(record)["annotated"] is False
    assert "当事人有异议" not in sender.page(f"/records/{record}")


def test_a_correction_replaces_the_fields(sender, record):
    sender.apply("publish", record, 1)
    sender.apply("correct", record, 2, record={"content": "罚款人民币9000元"})
    page = sender.page(f"/records/{record}")
    assert "罚款人民币9000元" in page
    assert "罚款人民币20000元" not in page


@pytest.mark.parametrize("action", ["stop_sharing", "lift_sanction", "interview", "commitment"])
def test_other_actions_are_noted_and_change_nothing_that_is_shown(sender, record, action):
    sender.apply("publish", record, 1)
    before = sender.state(record)
    receipt = sender.apply(action, record, 2)["receipt"]
    after = sender.state(record)
    assert after["effects"] == {"publish": 1, action: 1}
    same = ("shown", "annotated", "since", "removed_at")
    assert [after[k] for k in same] == [before[k] for k in same]
    assert receipt in sender.page(f"/records/{record}")


@pytest.mark.parametrize("action", ["terminate", "annotate", "correct", "shield", "interview"])
def test_only_publishing_shows_a_record_never_heard_of(sender, record, action):
    sender.apply(action, record, 1)
    assert sender.state(record)["shown"] is False


# ---- lists -------------------------------------------------------------------------------------------


def test_the_list_can_be_walked_and_narrowed(sender):
    records = sorted(str(uuid.uuid4()) for _ in range(7))
    for record in records:
        sender.apply("publish", record, 1)
    for record in records[:3]:
        sender.apply("terminate", record, 2)

    def walk(query: str) -> list[str]:
        found: list[str] = []
        after = ""
        while after is not None:
            answer = sender.ask(f"/api/v1/records?limit=2&after={after}{query}")[1]
            found += [r["record"] for r in answer["records"]]
            after = answer["next"]
        return found

    assert walk("") == records
    assert walk("&shown=1") == records[3:]
    assert walk("&shown=0") == records[:3]
    assert sender.ask("/api/v1/records?shown=yes")[0] == 422


def test_a_commitment_without_a_record_is_kept_as_it_was_last_said(sender):
    subject, commitment = str(uuid.uuid4()), str(uuid.uuid4())

    def say(state: str, sequence: int) -> tuple[int, dict]:
        message = sender.message("commitment", sequence)
        del message["record"]
        message["subject"] = {"id": subject, "name": "示例<食品>有限公司", "code": None}
        message["commitment"] = {
            "id": commitment,
            "type": "approval",
            "title": "安全生产承诺",
            "items": ["按期整改"],
            "made_on": "2026-11-20",
            "valid_until": None,
            "state": state,
        }
        return sender.post(message)

    assert say("made", 1)[1]["effect"] == "applied"
    assert say("broken", 2)[1]["effect"] == "applied"
    assert say("kept", 2)[1]["effect"] == "stale"
    status, said = sender.ask(f"/api/v1/commitments/{commitment}")
    assert (status, said["state"], said["about"], said["items"]) == (200, "broken", subject, ["按期整改"])
    assert sender.ask(f"/api/v1/commitments/{subject}")[0] == 404
    assert sender.ask("/api/v1/records")[1]["records"] == []
    assert sender.ask("/api/v1/effects")[1]["took_effect_once"] == 2
    listed, detail = sender.page("/commitments"), sender.page(f"/commitments/{commitment}")
    assert "示例&lt;食品&gt;有限公司" in listed
    assert "已违背" in detail
    assert "按期整改" in detail
