"""What the platform keeps: one SQLite file, one transaction for the messages that wait together.

The transaction is the promise: message, effect and receipt are committed together before the answer is
written. Killed before the commit, the platform has never heard of the message and the sender tries again;
killed after it, the next attempt finds the receipt. Either way the effect is counted once.

While one thread waits for the disk, messages of other connections queue up, and the next one writes them all
(group commit): none is answered before the transaction it is in has been committed.
"""

from __future__ import annotations

import json
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Generic, TypeVar

from .asking import Asking, Page, search_form
from .commitments import write_commitment, write_subject
from .html import CHINA
from .protocol import Action, Message, ProblemError, Record
from .schema import bring_up_to_date

__all__ = ["CHINA", "Answer", "Page", "Promise", "Store", "StoreError", "Waiting"]

T = TypeVar("T")


@dataclass(frozen=True)
class Answer:
    id: str
    receipt: str
    effect: str  # applied, already, stale
    at: str


@dataclass(frozen=True)
class Waiting:
    """Taken; the receipt comes later."""

    id: str
    reference: str


@dataclass(frozen=True)
class Promise:
    """How a receipt is to come later.

    after   seconds until it is ready
    calls   how often it is called back; 0 where it is to be asked for
    refused why the message is refused then, without effect; None where it takes effect at once
    """

    after: float
    calls: int = 0
    refused: str | None = None


@dataclass(frozen=True)
class Call:
    """A receipt that is due to be called back."""

    message: str
    receipt: str
    effect: str
    at: str
    refused: str | None


class StoreError(Exception):
    """The file cannot be used; the words are for the person who started the program."""


class _Work(Generic[T]):
    """Something to be done in the next transaction, and what came of it."""

    def __init__(self, do: Callable[[sqlite3.Connection], T]) -> None:
        self._do = do
        self.is_done = False
        self._value: T | None = None
        self._error: Exception | None = None

    def run(self, db: sqlite3.Connection) -> None:
        self._error = None  # it may run twice: a transaction that broke off is begun again
        try:
            self._value = self._do(db)
        except ProblemError as problem:  # an answer; all else breaks the transaction off
            self._error = problem

    def failed(self, error: Exception) -> None:
        self._error, self.is_done = error, True

    def result(self) -> T:
        if self._error is not None:
            raise self._error
        return self._value  # type: ignore[return-value]


class Store(Asking):
    """The platform's memory. Safe to use from many threads.

    One connection under one lock: SQLite has one writer anyway, and with the connection kept open the
    write-ahead log is not folded into the file after every request. Another process on the same file is
    kept apart by ``BEGIN IMMEDIATE`` and the unique constraints.
    """

    def __init__(self, path: Path | str) -> None:
        self._lock = threading.Lock()
        self._queue: deque[_Work[object]] = deque()
        try:
            self._connection = sqlite3.connect(
                path, timeout=10, isolation_level=None, check_same_thread=False
            )
            self._connection.row_factory = sqlite3.Row
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA synchronous = FULL")  # a receipt must outlive a power cut
            with self._lock, self._transaction() as db:
                if not bring_up_to_date(db):
                    raise StoreError("this file was made by another program or version; give another --store")
        except sqlite3.Error as error:
            raise StoreError(f"{path}: {error}") from error

    def close(self) -> None:
        with self._lock:
            self._connection.close()

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        """A transaction of whoever holds the lock."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield self._connection
            self._connection.execute("COMMIT")
        except BaseException:
            with suppress(sqlite3.Error):  # a full disk has ended the transaction by itself
                self._connection.execute("ROLLBACK")
            raise

    def _write(self, do: Callable[[sqlite3.Connection], T]) -> T:
        """Do it in a transaction that it may share with what others wait for; return once committed."""
        work: _Work[T] = _Work(do)
        self._queue.append(work)  # type: ignore[arg-type]
        with self._lock:
            if not work.is_done:
                self._run_queue()
        return work.result()

    def _run_queue(self) -> None:
        works = [self._queue.popleft() for _ in range(len(self._queue))]
        try:
            self._run(works)
        except Exception as error:
            if len(works) == 1:
                works[0].failed(error)
                return
            for work in works:  # one of them is to blame: each for itself
                try:
                    self._run([work])
                except Exception as own:
                    work.failed(own)

    def _run(self, works: list[_Work[object]]) -> None:
        with self._transaction() as db:
            for work in works:
                work.run(db)
        for work in works:
            work.is_done = True

    # ---- what the sender asks for --------------------------------------------------------------------

    def receive(self, message: Message, promise: Promise | None = None) -> Answer | Waiting:
        """Apply a message once, and answer with its receipt as often as it comes.

        :param promise: where its receipt is to come later, how
        :raises ProblemError: 409, when the id belongs to another message
        """
        return self._write(lambda db: self._receive(db, message, promise))

    def note(self, message: Message, outcome: str) -> None:
        """Count an arrival that was left without effect."""
        self._write(lambda db: self._arrived(db, message, outcome))

    def _arrived(self, db: sqlite3.Connection, message: Message, outcome: str, at: str = "") -> None:
        db.execute(
            "INSERT INTO arrival (message, record, sequence, action, outcome, at) VALUES (?, ?, ?, ?, ?, ?)",
            [message.id, message.about, message.sequence, message.action, outcome, at or _now()],
        )

    def _receive(self, db: sqlite3.Connection, message: Message, promise: Promise | None) -> Answer | Waiting:
        at = _now()
        known = db.execute("SELECT digest, receipt, at FROM message WHERE id = ?", [message.id]).fetchone()
        if known is not None and known["digest"] != message.digest:
            self._arrived(db, message, "conflict", at)
            raise ProblemError(409, f"message {message.id} was received before with another body")
        promised = self._promised(db, message.id)
        if promised is not None:
            if promised["due"] > time.time():
                self._arrived(db, message, "already", at)
                return Waiting(message.id, promised["reference"])
            if promised["refused"] is not None:  # sent again after a refusal: it is looked at anew
                db.execute("DELETE FROM promised WHERE message = ?", [message.id])
        if known is not None:
            self._arrived(db, message, "already", at)
            return Answer(message.id, known["receipt"], "already", known["at"])
        if promise is not None:
            reference = f"T-{message.id[:8]}"
            db.execute(
                "INSERT INTO promised (message, reference, due, refused, calls, next_call)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                [
                    message.id,
                    reference,
                    time.time() + promise.after,
                    promise.refused,
                    promise.calls,
                    time.time() + promise.after,
                ],
            )
            if promise.refused is not None:
                self._arrived(db, message, "refused", at)
                return Waiting(message.id, reference)
            self._take(db, message, at)
            return Waiting(message.id, reference)
        return self._take(db, message, at)

    def _promised(self, db: sqlite3.Connection, message_id: str) -> sqlite3.Row | None:
        row: sqlite3.Row | None = db.execute(
            "SELECT reference, due, refused FROM promised WHERE message = ?", [message_id]
        ).fetchone()
        return row

    def _take(self, db: sqlite3.Connection, message: Message, at: str) -> Answer:
        table = "subject" if message.record is None else "record"  # the two names that there are
        last = db.execute(
            f"SELECT sequence FROM {table} WHERE id = ?",  # noqa: S608
            [message.about],
        ).fetchone()
        stale = last is not None and message.sequence <= last["sequence"]
        number = db.execute(
            "SELECT coalesce(max(seq), 0) + 1 FROM sqlite_sequence WHERE name = 'message'"
        ).fetchone()[0]
        receipt = f"R-{at[:10].replace('-', '')}-{number:06d}"
        effect = "stale" if stale else "applied"
        self._arrived(db, message, effect, at)
        db.execute(
            "INSERT INTO message (number, id, digest, record, sequence, action, cause_id, cause_text,"
            " issued_at, effect, receipt, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                number,
                message.id,
                message.digest,
                message.about,
                message.sequence,
                message.action,
                message.cause_id,
                message.cause_text,
                message.issued_at,
                effect,
                receipt,
                at,
            ],
        )
        if not stale:
            if message.subject is not None:
                write_subject(db, message, message.subject, receipt=receipt)
            if message.record is not None:
                self._apply(db, message, message.record, at=at, receipt=receipt, is_new=last is None)
            if message.commitment is not None:
                write_commitment(db, message, message.commitment, at=at, receipt=receipt)
            self._count_effect(db, message)
        return Answer(message.id, receipt, effect, at)

    def _apply(
        self,
        db: sqlite3.Connection,
        message: Message,
        record: Record,
        *,
        at: str,
        receipt: str,
        is_new: bool,
    ) -> None:
        if is_new or message.action in (Action.PUBLISH, Action.RESTORE, Action.CORRECT):
            self._write_fields(db, record)
        db.execute(
            "UPDATE record SET sequence = ?, last_receipt = ? WHERE id = ?",
            [message.sequence, receipt, record.id],
        )
        # Interview, commitment, stop_sharing and lift_sanction change nothing that is shown: they stand in
        # the record's history.
        match message.action:
            case Action.PUBLISH | Action.RESTORE:
                db.execute(
                    "UPDATE record SET since = CASE WHEN published THEN since ELSE ? END, published = 1,"
                    " removed_at = NULL, removal_receipt = NULL WHERE id = ?",
                    [at, record.id],
                )
            case Action.TERMINATE:
                db.execute(
                    "UPDATE record SET published = 0, since = NULL, removed_at = coalesce(removed_at, ?),"
                    " removal_receipt = coalesce(removal_receipt, ?) WHERE id = ?",
                    [at, receipt, record.id],
                )
            case Action.SHIELD:
                db.execute("UPDATE record SET shielded = 1 WHERE id = ?", [record.id])
            case Action.UNSHIELD:
                db.execute("UPDATE record SET shielded = 0 WHERE id = ?", [record.id])
            case Action.ANNOTATE:
                db.execute("UPDATE record SET annotation = ? WHERE id = ?", [message.cause_text, record.id])
            case Action.CLEAR_ANNOTATION:
                db.execute("UPDATE record SET annotation = NULL WHERE id = ?", [record.id])

    def _count_effect(self, db: sqlite3.Connection, message: Message) -> None:
        db.execute(
            "INSERT INTO effect (record, action, count) VALUES (?, ?, 1)"
            " ON CONFLICT (record, action) DO UPDATE SET count = count + 1",
            [message.about, message.action],
        )

    def _write_fields(self, db: sqlite3.Connection, record: Record) -> None:
        fields = {
            "doc_no": record.doc_no,
            "subject_name": record.subject_name,
            "subject_code": record.subject_code,
            "authority_name": record.authority_name,
            "decision_date": record.decision_date,
            "penalty_types": json.dumps(record.penalty_types, ensure_ascii=False),
            "content": record.content,
            "published_until": record.published_until,
            "search_doc_no": search_form(record.doc_no),
            "search_subject": search_form(f"{record.subject_name} {record.subject_code}"),
        }
        # The column names stand above; only values come from outside.
        names = ", ".join(fields)
        marks = ", ".join("?" for _ in fields)
        updates = ", ".join(f"{name} = excluded.{name}" for name in fields)
        db.execute(
            f"INSERT INTO record (id, sequence, last_receipt, {names}) VALUES (?, 0, '', {marks})"  # noqa: S608
            f" ON CONFLICT (id) DO UPDATE SET {updates}",
            [record.id, *fields.values()],
        )

    # ---- receipts that come later ---------------------------------------------------------------------

    def receipt_of(self, message_id: str) -> Answer | Waiting | None:
        """Return the receipt of a message as it was first given; None when it was never heard of.

        :raises ProblemError: 422, when it was taken and refused later
        """
        with self._lock:
            promised = self._promised(self._connection, message_id)
            found = self._connection.execute(
                "SELECT receipt, effect, at FROM message WHERE id = ?", [message_id]
            ).fetchone()
        if promised is not None and promised["due"] > time.time():
            return Waiting(message_id, promised["reference"])
        if promised is not None and promised["refused"] is not None:
            raise ProblemError(422, promised["refused"])
        return None if found is None else Answer(message_id, found["receipt"], found["effect"], found["at"])

    def calls_due(self, limit: int = 50) -> list[Call]:
        """Return the receipts that are to be called back now."""
        rows = self._all(
            "SELECT p.message, p.refused, m.receipt, m.effect, m.at FROM promised p LEFT JOIN message m"
            " ON m.id = p.message WHERE p.calls > 0 AND p.next_call <= ? ORDER BY p.next_call LIMIT ?",
            [time.time(), limit],
        )
        return [
            Call(
                row["message"], row["receipt"] or "", row["effect"] or "", row["at"] or _now(), row["refused"]
            )
            for row in rows
        ]

    def called(self, message_id: str, *, again_in: float | None = None) -> None:
        """Note that a call-back was made, or (`again_in` seconds) was in vain and is to be made again."""
        if again_in is None:
            statement = "UPDATE promised SET calls = calls - 1, next_call = ? WHERE message = ?"
        else:
            statement = "UPDATE promised SET next_call = ? WHERE message = ?"
        values = [time.time() + (again_in or 0.0), message_id]
        self._write(lambda db: db.execute(statement, values))


def _now() -> str:
    return datetime.now(UTC).astimezone(CHINA).isoformat(timespec="milliseconds")
