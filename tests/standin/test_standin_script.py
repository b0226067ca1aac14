"""The script: which rule is played when, and what the sender sees of it."""

# ruff: noqa: S310 (every address here is our own server's)

from __future__ import annotations

import http.client
import json
import time
import uuid
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

import pytest

from standin.script import Request as Asked
from standin.script import Script, ScriptError, load

TOKEN = "token"  # noqa: S105


def play(script: Script, *requests: Asked) -> list[str]:
    return [fault.label if (fault := script.next(asked)) else "" for asked in requests]


def message(action: str = "publish", record: str = "r", message_id: str = "m") -> Asked:
    return Asked("message", action, record, message_id)


def script_of(*rules: dict) -> Script:
    return Script({"rules": list(rules)})


# ---- which rule ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ({}, "xxxxxx"),
        ({"nth": 2}, ".x...."),
        ({"nth": [1, 6]}, "x....x"),
        ({"every": 3}, "..x..x"),
        ({"first": 2}, "xx...."),
        ({"action": "terminate"}, "...xxx"),
        ({"action": ["terminate"], "nth": 1}, "...x.."),
        ({"record": "b"}, ".x.x.x"),
        ({"request": "receipt"}, "......"),
        ({"attempt": 1}, "x..x.."),
    ],
)
def test_a_rule_is_played_where_it_fits(when, expected):
    script = script_of({"when": when, "do": "twice"})
    asked = [message(a, "ab"[i % 2], a) for i, a in enumerate(["publish"] * 3 + ["terminate"] * 3)]
    assert "".join("x" if label else "." for label in play(script, *asked)) == expected


def test_the_first_rule_that_fits_is_played_and_only_so_often():
    script = script_of(
        {"do": "status", "status": 429, "times": 2}, {"when": {"nth": 2}, "do": "twice"}, {"do": "close"}
    )
    assert play(script, *[message()] * 5) == [
        "status 429",
        "status 429",
        "close after",
        "twice",
        "close after",
    ]
    assert script.played == {"status 429": 2, "close after": 2, "twice": 1}


def test_rules_and_outages_go_by_the_time_since_the_beginning():
    now = [50.0]
    script = Script(
        {
            "rules": [{"when": {"from": 5, "until": 10}, "do": "twice"}],
            "outages": [{"from": 1, "until": 2}, {"every": 100, "for": 10}],
        },
        now=lambda: now[0],
    )
    played, down = [], []
    for seconds in (0, 1.5, 4.9, 5, 9.9, 10, 95, 100):
        now[0] = 50 + seconds
        played.append(bool(script.next(message())))
        down.append(script.is_down())
    assert played == [False, False, False, True, True, False, False, False]
    assert down == [False, True, False, False, False, False, True, False]


def test_the_same_seed_is_the_same_play():
    def run(seed: int) -> list[str]:
        rules = [{"do": "later", "by": "callback", "lost": 0.5, "probability": 0.5}]
        return play(Script({"seed": seed, "rules": rules}), *[message()] * 40)

    assert run(7) == run(7) != run(8)
    assert set(run(7)) == {"", "later callback", "later callback lost"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("nonsense", "not JSON"),
        ("[]", "must be a JSON object"),
        ('{"rule": []}', "script.rule: is not known here"),
        ('{"rules": [{"do": "dance"}]}', "rules[0].do: must be one of status, garbage"),
        ('{"rules": [{"do": "twice", "status": 500}]}', "rules[0].status: is not known here"),
        (
            '{"rules": [{"do": "status", "status": "500"}]}',
            "rules[0].status: must be a number",
        ),
        (
            '{"rules": [{"do": "twice", "when": {"action": "vanish"}}]}',
            "rules[0].when.action: must be",
        ),
        (
            '{"rules": [{"do": "twice", "probability": 2}]}',
            "rules[0].probability: must be a number",
        ),
        ('{"outages": [{"every": 10}]}', "outages[0].for: must be a number"),
    ],
)
def test_a_script_that_cannot_be_read_is_refused_by_name(text, words):
    with pytest.raises(ScriptError) as caught:
        load(text)
    assert words in str(caught.value)


# ---- what the sender sees -------------------------------------------------------------------------------


@pytest.fixture
def scripted(server, sender):
    """Set the rules, post one message, and say what came of it and what took effect."""

    def run(*rules: dict):
        server.script = Script({"rules": list(rules)})
        sent = sender.message()
        try:
            seen = sender.post(sent)
        except (OSError, http.client.HTTPException, ValueError) as error:
            seen = (0, type(error).__name__)
        return sent, seen, sender.ask("/api/v1/effects")[1]["took_effect_once"]

    return run


@pytest.mark.parametrize(
    ("rule", "status", "effects"),
    [
        ({"do": "status", "status": 422, "detail": "主体不存在"}, 422, 0),
        ({"do": "status", "status": 500}, 500, 0),
        ({"do": "status", "status": 500, "effect": True}, 500, 1),
        ({"do": "close", "moment": "before"}, 0, 0),
        ({"do": "close", "moment": "after"}, 0, 1),
        ({"do": "close", "moment": "middle"}, 0, 1),
        ({"do": "garbage", "garbage": "text"}, 0, 1),
        ({"do": "garbage", "garbage": "half"}, 0, 1),
        ({"do": "garbage", "garbage": "content_type"}, 0, 1),
        ({"do": "garbage", "garbage": "empty"}, 0, 1),
        ({"do": "twice"}, 200, 1),
        ({"do": "slow", "bytes_per_second": 20_000}, 200, 1),
        ({"do": "delay", "delay": 0.01}, 200, 1),
        ({"do": "later", "by": "polling"}, 202, 1),
        ({"do": "later", "by": "polling", "refused": True}, 202, 0),
    ],
)
def test_each_fault_is_seen_and_has_the_effect_it_should(scripted, sender, rule, status, effects):
    sent, seen, took_effect = scripted({**rule, "times": 1})
    assert (seen[0], took_effect) == (status, effects)
    if rule.get("by") is None:
        assert sender.post(sent)[1]["effect"] == ("already" if effects else "applied")
        assert sender.ask("/api/v1/effects")[1]["took_effect_once"] == 1


def test_a_receipt_can_be_for_another_message(scripted):
    sent, (status, answer), _ = scripted({"do": "garbage", "garbage": "wrong_id"})
    assert status == 200
    assert answer["id"] != sent["id"]


def test_a_platform_that_is_busy_says_until_when(server, sender):
    server.script = Script({"rules": [{"do": "status", "status": 429, "retry_after": 7}]})
    body = json.dumps(sent := sender.message()).encode()
    timestamp = str(int(time.time()))
    headers = {
        "X-Message-Id": sent["id"],
        "X-Timestamp": timestamp,
        "X-Signature": server.verification.sign(timestamp, body),
    }
    with pytest.raises(HTTPError) as caught:
        urlopen(Request(server.url + "/api/v1/messages", body, headers), timeout=10)
    assert caught.value.headers["Retry-After"] == "7"


def test_a_receipt_that_is_asked_for(server, sender):
    server.script = Script({"rules": [{"do": "later", "by": "polling", "after": 60}]})
    sent = sender.message()
    asked = f"/api/v1/messages/{sent['id']}"
    assert sender.ask(asked)[0] == 404
    status, taken = sender.post(sent)
    assert (status, list(taken)) == (202, ["id", "reference"])
    assert sender.ask(asked) == (202, taken)
    assert sender.post(sent) == (202, taken), "sent again it is the same"
    server.store._write(lambda db: db.execute("UPDATE promised SET due = 0"))
    assert sender.ask(asked)[1]["effect"] == "applied"
    assert sender.post(sent)[1]["effect"] == "already"


def test_a_message_that_is_refused_later_is_looked_at_anew_when_it_comes_again(server, sender):
    rule = {"do": "later", "by": "polling", "after": 0, "refused": True, "detail": "主体不存在", "times": 1}
    server.script = Script({"rules": [rule]})
    sent = sender.message()
    sender.post(sent)
    status, problem = sender.ask(f"/api/v1/messages/{sent['id']}")
    assert (status, problem["detail"]) == (422, "主体不存在")
    assert sender.post(sent)[1]["effect"] == "applied"


@pytest.mark.parametrize(("rule", "status"), [({"do": "status", "status": 503}, 503), ({"do": "delay"}, 404)])
def test_questions_follow_the_script_too(server, sender, rule, status):
    server.script = Script({"rules": [rule | {"when": {"request": ["receipt", "record"]}}]})
    assert sender.ask(f"/api/v1/messages/{uuid.uuid4()}")[0] == status
    assert sender.ask(f"/api/v1/records/{uuid.uuid4()}")[0] == status
    assert sender.post(sender.message())[0] == 200


def test_it_goes_down_and_comes_up_again_at_the_same_address(server, sender):
    server.script = Script({"outages": [{"from": 0, "until": 0.4}]})
    deadline = time.monotonic() + 5
    while True:
        try:
            sender.ask("/api/v1/effects")
        except (URLError, ConnectionError):
            break
        assert time.monotonic() < deadline
    while True:
        try:
            assert sender.post(sender.message())[0] == 200
            break
        except (URLError, ConnectionError):
            assert time.monotonic() < deadline


# ---- what is counted ------------------------------------------------------------------------------------


def test_what_arrived_and_what_took_effect_is_counted(server, sender, record):
    first = sender.message("publish", 1, record={"id": record})
    for _ in range(3):
        sender.post(first)
    sender.apply("terminate", record, 5)
    sender.post(sender.message("annotate", 3, record={"id": record}))
    server.script = Script({"rules": [{"do": "status", "status": 500}]})
    sender.post(lost := sender.message())
    said = sender.ask("/api/v1/effects")[1]
    assert said["outcomes"] == {"applied": 2, "already": 2, "stale": 1, "status 500": 1}
    assert (said["messages"], said["received"], said["repeated"]) == (4, 6, 1)
    assert (said["took_effect_once"], said["took_effect_more_than_once"]) == (2, 0)
    assert said["order_violations"] == 1
    assert said["faults"] == {"status 500": 1}
    rows = {row["message"]: row for row in sender.ask("/api/v1/effects/messages")[1]["messages"]}
    assert (rows[first["id"]]["received"], rows[first["id"]]["took_effect"]) == (3, 1)
    assert (rows[lost["id"]]["received"], rows[lost["id"]]["took_effect"]) == (1, 0)
    listed = sender.ask(f"/api/v1/effects/messages?record={record}&limit=2")[1]
    assert len(listed["messages"]) == 2
    assert listed["next"] == listed["messages"][-1]["message"]


# ---- control ---------------------------------------------------------------------------------------------


def control(server, body: bytes | None = None, token: str = TOKEN) -> tuple[int, dict]:
    request = Request(server.url + "/control/script", body, {"Authorization": f"Bearer {token}"})
    try:
        with urlopen(request, timeout=10) as answer:
            return answer.status, json.load(answer)
    except HTTPError as error:
        return error.code, {}


def test_the_script_can_be_changed_while_it_runs_by_who_has_the_token(server, sender):
    assert control(server, b"{}")[0] == 404, "without a token nobody may"
    server.control_token = TOKEN
    assert control(server, b"{}", token="other")[0] == 404
    assert control(server, b'{"rules": [{"do": "dance"}]}')[0] == 422
    assert control(server, b'{"rules": [{"do": "status", "status": 503}]}')[0] == 200
    assert sender.post(sender.message())[0] == 503
    assert control(server)[1]["played"] == {"status 503": 1}


# ---- the store underneath ---------------------------------------------------------------------------------


def test_messages_that_wait_together_are_written_together_and_one_that_fails_fails_alone(server, sender):
    store = server.store
    begun: list[str] = []
    store._connection.set_trace_callback(lambda sql: begun.append(sql) if sql.startswith("BEGIN") else None)
    ran: list[int] = []

    def fail(_db: object) -> None:
        raise RuntimeError("disk on fire")

    from standin.store import _Work

    works = [_Work(lambda db, n=n: ran.append(n)) for n in range(3)]
    store._queue.extend([works[0], works[1], works[2]])
    store._run_queue()
    assert (len(begun), ran) == (1, [0, 1, 2])
    broken, sound = _Work(fail), _Work(lambda db: ran.append(9))
    store._queue.extend([broken, sound])
    store._run_queue()
    sound.result()
    with pytest.raises(RuntimeError):
        broken.result()
    assert sender.post(sender.message())[1]["effect"] == "applied"


def test_a_store_of_the_former_version_is_brought_up_to_date(tmp_path):
    import sqlite3

    from standin.schema import FIRST
    from standin.store import Store

    path = tmp_path / "former.sqlite3"
    with sqlite3.connect(path) as former:
        former.executescript(FIRST + "PRAGMA user_version = 1;")
    store = Store(path)
    assert store.counted()["received"] == 0
    store.close()


def test_the_digest_of_the_documented_example_is_reproduced():
    """The worked example of docs/messages.md, computed by this side."""
    from standin.verification import Verification

    sign = Verification("example-secret").sign
    assert sign("1790000000", b'{"version":1,"id":"6d1f3a9e-5a0e-4e0a-9c55-0f8a3c1f7b11"}').startswith(
        "4ec635f5"
    )
    assert sign("1790000000", b"", target="GET /api/v1/records?limit=500&after=").startswith("5ad5ebd1")
    receipt = b'{"version":1,"id":"6d1f3a9e-5a0e-4e0a-9c55-0f8a3c1f7b11","receipt":"R-1","effect":"applied"}'
    assert sign("1790000000", receipt, target="POST /platforms/city/receipts/").startswith("0914f5ca")
