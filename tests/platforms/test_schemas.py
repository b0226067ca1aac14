"""The contract's schemas, what the site says, and what the stand-in takes: all three agree."""

import copy
import json
import uuid
from datetime import UTC

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker

from credit_repair.platforms import payloads
from credit_repair.platforms.models import Message
from credit_repair.platforms.receipts import BadReceipt, read_receipt
from credit_repair.platforms.schemas import schema
from standin.protocol import Action, ProblemError, parse_message
from tests.platforms.conftest import publication_on, queue
from tests.registry.factories import PlatformFactory, RecordFactory

NAMES = ("message", "receipt", "problem")
ACTIONS = list(Message.Action)


def fits(name, data) -> bool:
    return not list(Draft202012Validator(schema(name), format_checker=FormatChecker()).iter_errors(data))


@pytest.mark.parametrize("name", NAMES)
def test_each_is_a_schema(name):
    Draft202012Validator.check_schema(schema(name))
    assert schema(name)["$id"].endswith(f":v1:{name}")


def test_schema_site_and_stand_in_have_the_same_actions():
    listed = schema("message")["properties"]["action"]["enum"]
    assert set(listed) == set(Message.Action.values) == set(Action)


@pytest.mark.django_db
@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("full", [True, False], ids=["full", "scanty"])
def test_what_the_site_says_is_what_the_contract_says(action, full):
    fields = (
        {"content": "罚款。" * 9000, "penalty_types": ["罚款", "没收违法所得"]}
        if full
        else {"content": "", "doc_no": "", "penalty_types": [" "], "effective_until": None}
    )
    platform = PlatformFactory(actions=Message.Action.values)
    record = RecordFactory(**({"assessed": False} if not full else {}), **fields)
    message = queue(publication_on(platform, record).record, platform, action)
    payload = json.loads(payloads.encode(message.payload))
    assert fits("message", payload)
    assert parse_message(payloads.encode(payload), header_id=payload["id"]).action == action
    assert len(payloads.encode(payload)) < 128 * 1024
    says_more = any(
        payload["record"][name] for name in ("subject_code", "decision_date", "content", "penalty_types")
    )
    assert says_more == (action in ("publish", "restore", "correct"))


def good_message(**changed):
    body = {
        "version": 1,
        "id": str(uuid.UUID(int=7, version=4)),
        "sequence": 3,
        "action": "publish",
        "record": {
            "id": str(uuid.UUID(int=8, version=4)),
            "doc_no": "（示）市监罚〔2026〕1号",
            "subject_name": "示例食品有限公司",
            "subject_code": "91340402QF808N2594",
            "authority_name": "示例县市场监督管理局",
            "decision_date": "2026-03-02",
            "penalty_types": ["罚款"],
            "content": "罚款人民币20000元",
            "published_until": None,
        },
        "cause": {"id": str(uuid.UUID(int=9, version=4)), "text": ""},
        "issued_at": "2026-11-21T09:30:00+08:00",
    }
    return body | changed


def _at(path, value):
    """A change of the good message at a dotted path; MISSING takes the field away."""

    def change(body):
        *way, last = path.split(".")
        for name in way:
            body = body[name]
        if value is MISSING:
            del body[last]
        else:
            body[last] = value

    return change


MISSING = "<missing>"
TEXTS = ("record.doc_no", "record.subject_name", "record.authority_name")
NULLABLE = ("record.subject_code", "record.content", "record.decision_date", "record.published_until")
IDS = ("id", "record.id", "cause.id")
BAD = [
    *[(path, bad) for path in IDS for bad in (None, 7, "", "x" * 36, "6d1f3a9e", {})],
    *[(path, bad) for path in TEXTS for bad in (None, 7, "", " ", "x" * 501, "a\0b", "\0", [])],
    *[(path, bad) for path in NULLABLE for bad in (7, True, [], {})],
    *[(path, bad) for path in NULLABLE[2:] for bad in ("yesterday", "2026-02-30", "2026/01/01")],
    ("record.content", "x" * 20_001),
    ("record.content", "a\0b"),
    ("record.subject_code", "x" * 501),
    ("cause.text", 7),
    ("cause.text", "x" * 20_001),
    *[("record.penalty_types", bad) for bad in (None, "罚款", [7], [""], [" "], ["罚款"] * 51, ["x" * 501])],
    *[("sequence", bad) for bad in (-1, True, "1", None, 2**63, 1.5)],
    *[("version", bad) for bad in (0, 2, "1", None, True, MISSING)],
    *[("action", bad) for bad in ("remove", "", None, 7, "PUBLISH", [], MISSING)],
    *[("issued_at", bad) for bad in (None, "", "2026-11-21", "2026-11-21T09:30:00", 7, MISSING)],
    *[(part, bad) for part in ("record", "cause") for bad in (None, [], "x", MISSING)],
    *[(path, MISSING) for path in (*IDS, *TEXTS, "record.penalty_types", "sequence")],
]


def unrecorded(**changed):
    body = good_message(action="commitment")
    del body["record"]
    return (
        body
        | {
            "subject": {
                "id": str(uuid.UUID(int=5, version=4)),
                "name": "示例食品有限公司",
                "code": "91340402QF808N2594",
            },
            "commitment": {
                "id": str(uuid.UUID(int=6, version=4)),
                "type": "voluntary",
                "title": "诚信经营承诺",
                "items": ["明码标价"],
                "made_on": "2026-11-20",
                "valid_until": None,
                "state": "made",
            },
        }
        | changed
    )


def test_a_commitment_may_be_without_a_record_and_is_taken_with_one_too():
    with_record = good_message(action="commitment") | {"commitment": unrecorded()["commitment"]}
    for body in (unrecorded(), with_record, good_message(action="commitment")):
        assert fits("message", body)
        assert stand_in_takes(body)


BAD_UNRECORDED = [
    *[("action", bad) for bad in ("publish", "interview", "terminate")],
    *[(part, bad) for part in ("subject", "commitment") for bad in (None, [], "x", MISSING)],
    *[(path, bad) for path in ("subject.id", "commitment.id") for bad in (None, 7, "x", MISSING)],
    *[(path, bad) for path in ("subject.name", "commitment.title") for bad in ("", " ", "x" * 501, MISSING)],
    *[("subject.code", bad) for bad in (7, [], "x" * 501)],
    *[("commitment.type", bad) for bad in ("other", None, 7, MISSING)],
    *[("commitment.state", bad) for bad in ("done", None, [], MISSING)],
    *[("commitment.items", bad) for bad in ([], None, [""], ["x" * 2001], ["x"] * 51, MISSING)],
    *[("commitment.made_on", bad) for bad in (None, "2026/11/20", 7, MISSING)],
    *[("commitment.valid_until", bad) for bad in ("2026-02-30", 7)],
]


@pytest.mark.parametrize(("path", "bad"), BAD_UNRECORDED, ids=lambda value: _name(value))
def test_both_refuse_what_is_bad_without_a_record(path, bad):
    body = unrecorded()
    _at(path, bad)(body)
    assert not fits("message", body)
    assert not stand_in_takes(body)


def stand_in_takes(body) -> bool:
    header = body.get("id") if isinstance(body.get("id"), str) else None
    try:
        parse_message(json.dumps(body).encode(), header_id=header)
    except ProblemError as problem:
        assert problem.status == 422
        return False
    return True


def test_both_take_what_is_good():
    assert fits("message", good_message())
    assert stand_in_takes(good_message())


def _name(value):
    return "missing" if value is MISSING else str(value)[:24]


@pytest.mark.parametrize(("path", "bad"), BAD, ids=_name)
def test_both_refuse_what_is_bad(path, bad):
    body = good_message()
    _at(path, bad)(body)
    assert not fits("message", body)
    assert not stand_in_takes(body)


letters = st.characters(exclude_categories=["Cs", "Zs", "Zl", "Zp", "Cc"])
words = st.text(letters, max_size=520)
good_or_odd = st.fixed_dictionaries(
    {},
    optional={
        "record.doc_no": words,
        "record.subject_name": words,
        "record.subject_code": st.none() | words,
        "record.penalty_types": st.lists(st.text(letters, max_size=4), max_size=52),
        "record.decision_date": st.none() | st.dates().map(str) | st.integers(),
        "record.id": st.uuids().map(str) | st.text(max_size=3),
        "sequence": st.integers(-2, 2**64) | st.booleans(),
        "action": st.sampled_from(ACTIONS) | st.text(max_size=4),
        "issued_at": st.datetimes(timezones=st.just(UTC)).map(lambda moment: moment.isoformat()),
        "further": st.integers(),
        "record.further": st.text(max_size=2),
    },
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(good_or_odd)
def test_schema_and_stand_in_agree(changes):
    body = copy.deepcopy(good_message())
    for path, value in changes.items():
        _at(path, str(value) if path == "action" else value)(body)
    assert fits("message", body) == stand_in_takes(body)


def good_receipt(**changed):
    return {"id": str(uuid.UUID(int=7, version=4)), "receipt": "R-1", "effect": "applied"} | changed


receipts = st.fixed_dictionaries(
    {},
    optional={
        "version": st.sampled_from([1, 2, "1", True]),
        "id": st.uuids().map(str) | st.text(max_size=3) | st.none(),
        "receipt": st.text(letters, max_size=210) | st.integers(),
        "effect": st.sampled_from(["applied", "already", "stale", "refused", "perhaps", None]),
        "detail": st.text(letters, max_size=510) | st.none(),
        "further": st.booleans(),
    },
)


@settings(max_examples=80, deadline=None)
@given(receipts)
def test_schema_and_site_agree_on_receipts(changes):
    said = good_receipt(**changes)
    try:
        read_receipt(said)
    except BadReceipt:
        assert not fits("receipt", said)
    else:
        assert fits("receipt", said)


@pytest.mark.parametrize("missing", ["id", "receipt", "effect"])
def test_a_receipt_has_its_three_fields(missing):
    said = good_receipt()
    del said[missing]
    assert not fits("receipt", said)
    with pytest.raises(BadReceipt):
        read_receipt(said)


@pytest.mark.django_db
def test_what_the_call_back_refuses_with_is_a_problem_of_the_contract(client):
    answer = client.post("/platforms/city/receipts/", b"{}", content_type="application/json")
    assert answer.status_code == 401
    assert fits("problem", answer.json())
