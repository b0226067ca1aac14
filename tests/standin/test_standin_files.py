"""The platform behind a front-end machine: batches with checksums come in, receipts go out."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from standin.files import Exchange, main
from standin.script import Script
from standin.store import Store


class Machine:
    """A folder, a platform behind it, and the site's side of both."""

    def __init__(self, folder: Path, script: dict[str, Any]) -> None:
        self.folder, self.now = folder, 1000.0
        self.store = Store(folder / "platform.sqlite3")
        self.exchange = Exchange(folder, store=self.store, script=Script(script), now=lambda: self.now)

    def put(self, number: int, *messages: dict[str, Any], checksum: str = "") -> None:
        path = self.folder / "out" / f"city-{number:08d}.jsonl"
        content = b"".join(json.dumps(message).encode() + b"\n" for message in messages)
        path.write_bytes(content)
        digest = checksum or hashlib.sha256(content).hexdigest()
        path.with_name(path.name + ".sha256").write_text(f"{digest}  {path.name}\n")

    def receipts(self) -> dict[str, list[dict[str, Any]]]:
        """What stands in files whose checksum agrees, by their names."""
        found = {}
        for path in sorted((self.folder / "in").glob("*.jsonl")):
            words = path.with_name(path.name + ".sha256").read_text().split()
            if words == [hashlib.sha256(path.read_bytes()).hexdigest(), path.name]:
                found[path.name] = [json.loads(line) for line in path.read_bytes().splitlines()]
        return found


@pytest.fixture
def machine(tmp_path):
    return lambda **script: Machine(tmp_path, script)


def test_a_batch_is_applied_and_answered_line_by_line(machine, sender):
    here = machine()
    messages = [sender.message(), sender.message()]
    here.put(1, *messages)
    assert here.exchange.run_once() == 1
    (lines,) = here.receipts().values()
    assert [(line["id"], line["effect"]) for line in lines] == [(m["id"], "applied") for m in messages]
    assert list(here.receipts()) == ["city-00000001-receipt-1.jsonl"]
    assert here.exchange.run_once() == 0, "it was moved away"


def test_the_same_batch_again_is_answered_with_the_same_receipts(machine, sender):
    here = machine()
    message = sender.message()
    for _ in range(2):
        here.put(1, message)
        here.exchange.run_once()
    first, second = here.receipts().values()
    assert second[0] == first[0] | {"effect": "already"}
    assert here.store.counted()["took_effect_once"] == 1


def test_what_has_no_true_checksum_is_left_alone(machine, sender):
    here = machine()
    here.put(1, sender.message(), checksum="0" * 64)
    assert here.exchange.run_once() == 0
    (here.folder / "out" / "city-00000001.jsonl.sha256").unlink()
    assert here.exchange.run_once() == 0
    assert here.receipts() == {}


def test_the_lowest_number_is_read_first(machine, sender):
    here = machine()
    record = {"id": sender.message()["record"]["id"]}
    here.put(2, sender.message("terminate", 2, record=record))
    here.put(1, sender.message("publish", 1, record=record))
    assert here.exchange.run_once() == 2
    assert here.store.counted()["order_violations"] == 0


def test_a_line_that_is_none_is_refused_and_the_others_are_taken(machine, sender):
    here = machine()
    good = sender.message()
    here.put(1, sender.message() | {"action": "vanish"}, good)
    here.exchange.run_once()
    (lines,) = here.receipts().values()
    assert [line["effect"] for line in lines] == ["refused", "applied"]
    assert "action" in lines[0]["detail"]


@pytest.mark.parametrize(
    ("rule", "effects", "applied"),
    [
        ({"do": "status", "status": 422, "detail": "主体不存在"}, [["refused"]], 0),
        ({"do": "close", "moment": "before"}, [], 0),
        ({"do": "close", "moment": "after"}, [], 1),
        ({"do": "twice"}, [["applied"], ["applied"]], 1),
        ({"do": "later", "lost": 1}, [], 1),
    ],
)
def test_the_script_is_followed_line_by_line(machine, sender, rule, effects, applied):
    here = machine(rules=[rule])
    here.put(1, sender.message())
    here.exchange.run_once()
    assert [[line["effect"] for line in lines] for lines in here.receipts().values()] == effects
    assert here.store.counted()["took_effect_once"] == applied


def test_a_receipt_that_comes_later_comes_in_a_file_of_its_own(machine, sender):
    here = machine(rules=[{"when": {"nth": 1}, "do": "later", "after": 60}])
    first, second = sender.message(), sender.message()
    here.put(1, first, second)
    here.exchange.run_once()
    assert [[line["id"] for line in lines] for lines in here.receipts().values()] == [[second["id"]]]
    here.now += 61
    here.exchange.run_once()
    assert [[line["id"] for line in lines] for lines in here.receipts().values()] == [
        [second["id"]],
        [first["id"]],
    ]


@pytest.mark.parametrize("do", ["garbage", "close"])
def test_a_receipt_file_can_be_broken_or_left_out(machine, sender, do):
    here = machine(rules=[{"when": {"request": "file"}, "do": do}])
    here.put(1, sender.message())
    here.exchange.run_once()
    assert here.receipts() == {}
    assert here.store.counted()["took_effect_once"] == 1


def test_it_is_a_program(tmp_path, sender):
    here = Machine(tmp_path, {})
    here.put(1, sender.message())
    arguments = ["--folder", str(tmp_path), "--store", str(tmp_path / "other.sqlite3"), "--once"]
    assert main(arguments) == 0
    assert len(here.receipts()) == 1
    (tmp_path / "wrong.json").write_text('{"rules": [{"do": "dance"}]}')
    assert main([*arguments, "--script", str(tmp_path / "wrong.json")]) == 2
