"""The platform behind a front-end machine 前置机: numbered batches are read from a folder, receipts written.

::

    python -m standin.files --folder DIR --store FILE.sqlite3 [--script FILE] [--once] [--pause 1]

``DIR`` has what the site's exchange folder of this platform has: ``out/`` (the site's batches, read here) and
``in/`` (our receipts). A batch ``out/<code>-<number>.jsonl`` is read when ``<name>.sha256`` is there and
agrees, the lowest number first. For each line the store is asked
as for a posted message; the answers go to ``in/<code>-<number>-receipt-<k>.jsonl``. Every file is written
under a name that begins with a dot and renamed, its checksum behind it. A batch that was read is moved to
``read/``; one that comes again is answered again, with the same receipts. A script that is changed on disk is
read anew.

The script's rules apply line by line: ``status`` with a 4xx is a receipt that refuses; ``later`` goes into a
file of its own when it is ready (``lost``: never), and so does what has a ``delay``; ``twice`` is written in
two files; ``garbage`` is half a line; ``close`` leaves the line out, ``before`` its effect or after it. Rules
with ``"request": "file"`` are about the receipt file as a whole: ``garbage`` breaks its checksum, ``close``
leaves it out (all of it was applied all the same), ``later`` and ``delay`` hold it back.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import signal
import sqlite3
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from .protocol import Message, ProblemError, parse_message
from .script import Fault, Request, Script, ScriptError, load
from .store import Answer, Store, StoreError, Waiting

BATCH = re.compile(r"[^.].*-\d{8}\.jsonl")
FINAL = range(400, 500)


@dataclass(frozen=True)
class Held:
    """A receipt file that is not to be written yet."""

    due: float
    batch: str
    lines: list[bytes]


class Exchange:
    """Reads batches and writes receipts, one pass at a time.

    :param now: a clock in seconds; tests put their own here
    """

    def __init__(
        self, folder: Path, *, store: Store, script: Script, now: Callable[[], float] = time.time
    ) -> None:
        self._out, self._in, self._read = folder / "out", folder / "in", folder / "read"
        for each in (self._out, self._in, self._read):
            each.mkdir(parents=True, exist_ok=True)
        self._store, self.script, self._now = store, script, now
        self._held: list[Held] = []

    def run_once(self) -> int:
        """Read what is there and write what is due; return how many batches were read."""
        read = 0
        for path in sorted(self._out.glob("*.jsonl")):
            content = _believed(path) if BATCH.fullmatch(path.name) else None
            if content is None:
                continue
            self._take(path.stem, content)
            self._put_away(path)
            read += 1
        self._write_due()
        return read

    def _put_away(self, path: Path) -> None:
        for each in (path, _checksum_of(path)):
            with suppress(FileNotFoundError):  # the site may put aside what has all its receipts
                each.rename(self._read / each.name)

    # ---- one batch -------------------------------------------------------------------------------------

    def _take(self, batch: str, content: bytes) -> None:
        now, later = [], []
        for line in content.splitlines():
            said, again, hold = self._answer(line)
            now += said
            later += [Held(self._now(), batch, again)] if again else []
            later += [hold] if hold else []
        self._held += [Held(each.due, batch, each.lines) for each in later]
        fault = self.script.next(Request("file"))
        if fault is not None and fault.do == "close":
            return
        if fault is not None and (fault.do == "later" or fault.delay):
            self._held.append(Held(self._now() + fault.delay + fault.after, batch, now))
            return
        if now:
            self._give(batch, now, is_broken=fault is not None and fault.do == "garbage")

    def _answer(self, line: bytes) -> tuple[list[bytes], list[bytes], Held | None]:
        """Return what is said of one line: in the file, in a second one at once, in one that comes later."""
        try:
            message = parse_message(line, header_id=_id_of(line))
        except ProblemError as problem:
            return [_refusal(_id_of(line), problem.detail)], [], None
        fault = self.script.next(Request("message", str(message.action), message.about, message.id)) or Fault(
            "delay"
        )
        if fault.is_before_effect:
            self._store.note(message, fault.label)
            if fault.do == "status" and fault.status in FINAL:
                return [_refusal(message.id, fault.detail or f"the script says {fault.status}")], [], None
            return [], [], None
        return self._applied(message, fault)

    def _applied(self, message: Message, fault: Fault) -> tuple[list[bytes], list[bytes], Held | None]:
        refused = (fault.detail or "the script refuses it") if fault.do == "later" and fault.refused else None
        try:
            if refused is not None:
                self._store.note(message, "refused")
                said = _refusal(message.id, refused)
            else:
                said = _said(self._store.receive(message))
        except ProblemError as problem:
            return [_refusal(message.id, problem.detail)], [], None
        match fault.do:
            case "later" if fault.lost:
                return [], [], None
            case "later":
                return [], [], Held(self._now() + fault.after, "", [said] * max(fault.copies, 1))
            case "delay" if fault.delay:
                return [], [], Held(self._now() + fault.delay, "", [said])
            case "twice":
                return [said], [said], None
            case "garbage":
                return [said[: len(said) // 2]], [], None
            case "close" | "status":
                return [], [], None
            case _:
                return [said], [], None

    # ---- writing ---------------------------------------------------------------------------------------

    def _write_due(self) -> None:
        due = [held for held in self._held if held.due <= self._now()]
        self._held = [held for held in self._held if held.due > self._now()]
        for batch in sorted({held.batch for held in due}):
            self._give(batch, [line for held in due if held.batch == batch for line in held.lines])

    def _give(self, batch: str, lines: list[bytes], *, is_broken: bool = False) -> None:
        path = self._in / self._free_name(batch)
        content = b"".join(line + b"\n" for line in lines)
        _write(path, content)
        digest = hashlib.sha256(content + (b"broken" if is_broken else b"")).hexdigest()
        _write(_checksum_of(path), f"{digest}  {path.name}\n".encode())

    def _free_name(self, batch: str) -> str:
        """The next number for this batch; the counter outlives the files, which the site moves away."""
        counter = self._read / f".{batch}.receipts"
        number = int(counter.read_text(encoding="ascii")) + 1 if counter.exists() else 1
        _write(counter, str(number).encode())
        return f"{batch}-receipt-{number}.jsonl"


def _believed(path: Path) -> bytes | None:
    """The content, where its checksum is there and agrees."""
    try:
        content = path.read_bytes()
        words = _checksum_of(path).read_text(encoding="ascii").split()
    except (OSError, UnicodeDecodeError):
        return None
    if words != [hashlib.sha256(content).hexdigest(), path.name]:
        sys.stderr.write(f"{path.name}: its checksum does not agree; left alone\n")
        return None
    return content


def _checksum_of(path: Path) -> Path:
    return path.with_name(path.name + ".sha256")


def _write(path: Path, content: bytes) -> None:
    making = path.with_name(f".{path.name.lstrip('.')}.making")
    making.write_bytes(content)
    making.rename(path)


def _id_of(line: bytes) -> str:
    try:
        said = json.loads(line)
        return str(said.get("id", "")) if isinstance(said, dict) else ""
    except ValueError:
        return ""


def _said(answer: Answer | Waiting) -> bytes:
    assert isinstance(answer, Answer)  # nosec B101 # noqa: S101 - nothing was promised
    return json.dumps(
        {
            "version": 1,
            "id": answer.id,
            "receipt": answer.receipt,
            "effect": answer.effect,
            "at": answer.at,
        }
    ).encode()


def _refusal(message_id: str, detail: str) -> bytes:
    said = {"version": 1, "id": message_id, "receipt": "", "effect": "refused", "detail": detail[:500]}
    return json.dumps(said, ensure_ascii=False).encode()


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m standin.files", description="A platform by file drop.")
    parser.add_argument("--folder", type=Path, required=True, help="the exchange folder, with out/ and in/")
    parser.add_argument("--store", type=Path, required=True, help="SQLite file, made when it is not there")
    parser.add_argument("--script", type=Path, help="JSON file that says what goes wrong, and when")
    parser.add_argument("--seed", type=int, help="of the script's chances, before its own")
    parser.add_argument("--pause", type=float, default=1.0, help="seconds between two looks")
    parser.add_argument("--once", action="store_true", help="one look, then end")
    options = parser.parse_args(arguments)
    try:
        script = load(options.script.read_bytes(), seed=options.seed) if options.script else Script({})
        store = Store(options.store)
        exchange = Exchange(options.folder, store=store, script=script)
    except (OSError, ScriptError, StoreError) as error:
        sys.stderr.write(f"standin.files: {error}\n")
        return 2
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    read_at = options.script.stat().st_mtime_ns if options.script else 0
    while not stop.is_set():
        try:
            if options.script and options.script.stat().st_mtime_ns != read_at:
                read_at = options.script.stat().st_mtime_ns
                exchange.script = load(options.script.read_bytes(), seed=options.seed)
            exchange.run_once()
        except (OSError, sqlite3.Error, ScriptError) as error:  # a full disk: tried again at the next look
            sys.stderr.write(f"standin.files: {error!r}\n")
        if options.once:
            break
        stop.wait(options.pause)
    store.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
