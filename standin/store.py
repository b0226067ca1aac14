"""What the platform keeps: one SQLite file, one transaction per message.

The transaction is the promise: message, effect and receipt are committed together before the answer is
written. Killed before the commit, the platform has never heard of the message and the sender tries again;
killed after it, the next attempt finds the receipt. Either way the effect is counted once.
"""

from __future__ import annotations

import json
import sqlite3
import threading
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

from .protocol import Action, Message, ProblemError, Record

CHINA = timezone(timedelta(hours=8))  # not zoneinfo: a bare system has no time zone data

SCHEMA_VERSION = 1
SCHEMA = """
CREATE TABLE record (
    id              TEXT PRIMARY KEY,
    sequence        INTEGER NOT NULL,
    doc_no          TEXT NOT NULL,
    subject_name    TEXT NOT NULL,
    subject_code    TEXT NOT NULL,
    authority_name  TEXT NOT NULL,
    decision_date   TEXT NOT NULL,
    penalty_types   TEXT NOT NULL,
    content         TEXT NOT NULL,
    published_until TEXT NOT NULL,
    search_doc_no   TEXT NOT NULL,
    search_subject  TEXT NOT NULL,
    published       INTEGER NOT NULL DEFAULT 0 CHECK (published IN (0, 1)),
    shielded        INTEGER NOT NULL DEFAULT 0 CHECK (shielded IN (0, 1)),
    shown           INTEGER GENERATED ALWAYS AS (published AND NOT shielded) VIRTUAL,
    annotation      TEXT,
    since           TEXT,
    removed_at      TEXT,
    removal_receipt TEXT,
    last_receipt    TEXT NOT NULL
) STRICT;
CREATE INDEX record_shown ON record (shown, since);
CREATE INDEX record_removed ON record (removed_at) WHERE removed_at IS NOT NULL;

CREATE TABLE message (
    number          INTEGER PRIMARY KEY AUTOINCREMENT,
    id              TEXT NOT NULL UNIQUE,
    digest          TEXT NOT NULL,
    record          TEXT NOT NULL,
    sequence        INTEGER NOT NULL,
    action          TEXT NOT NULL,
    cause_id        TEXT NOT NULL,
    cause_text      TEXT NOT NULL,
    issued_at       TEXT NOT NULL,
    effect          TEXT NOT NULL CHECK (effect IN ('applied', 'stale')),
    receipt         TEXT NOT NULL UNIQUE,
    at              TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX message_applied_once ON message (record, sequence) WHERE effect = 'applied';

CREATE TABLE effect (
    record          TEXT NOT NULL,
    action          TEXT NOT NULL,
    count           INTEGER NOT NULL,
    PRIMARY KEY (record, action)
) STRICT;
"""


@dataclass(frozen=True)
class Answer:
    id: str
    receipt: str
    effect: str  # applied, already, stale
    at: str


@dataclass(frozen=True)
class Page:
    """A part of a list, and how long the whole is."""

    rows: list[sqlite3.Row]
    total: int


class StoreError(Exception):
    """The file cannot be used; the words are for the person who started the program."""


class Store:
    """The platform's memory. Safe to use from many threads.

    One connection under one lock: SQLite has one writer anyway, and with the connection kept open the
    write-ahead log is not folded into the file after every request. Another process on the same file is
    kept apart by ``BEGIN IMMEDIATE`` and the unique constraints.
    """

    def __init__(self, path: Path | str) -> None:
        self._lock = threading.Lock()
        try:
            self._connection = sqlite3.connect(
                path, timeout=10, isolation_level=None, check_same_thread=False
            )
            self._connection.row_factory = sqlite3.Row
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA synchronous = FULL")  # a receipt must outlive a power cut
            self._migrate()
        except sqlite3.Error as error:
            raise StoreError(f"{path}: {error}") from error

    def _migrate(self) -> None:
        with self._transaction() as db:
            version = db.execute("PRAGMA user_version").fetchone()[0]
            if version == SCHEMA_VERSION:
                return
            if version != 0 or db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
                raise StoreError("this file was made by another program or version; give another --store")
            for statement in SCHEMA.split(";\n"):
                if statement.strip():
                    db.execute(statement)
            db.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")

    def close(self) -> None:
        with self._lock:
            self._connection.close()

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    # ---- what the sender asks for --------------------------------------------------------------------

    def receive(self, message: Message) -> Answer:
        """Apply a message once, and answer with its receipt as often as it comes.

        :raises ProblemError: 409, when the id belongs to another message
        """
        now = datetime.now(UTC).astimezone(CHINA)
        at = now.isoformat(timespec="milliseconds")
        with self._transaction() as db:
            known = db.execute("SELECT * FROM message WHERE id = ?", [message.id]).fetchone()
            if known is not None:
                if known["digest"] != message.digest:
                    raise ProblemError(409, f"message {message.id} was received before with another body")
                return Answer(message.id, known["receipt"], "already", known["at"])

            last = db.execute("SELECT sequence FROM record WHERE id = ?", [message.record.id]).fetchone()
            stale = last is not None and message.sequence <= last["sequence"]
            number = db.execute("SELECT coalesce(max(seq), 0) + 1 FROM sqlite_sequence").fetchone()[0]
            receipt = f"R-{now:%Y%m%d}-{number:06d}"
            effect = "stale" if stale else "applied"
            db.execute(
                "INSERT INTO message (number, id, digest, record, sequence, action, cause_id, cause_text,"
                " issued_at, effect, receipt, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    number,
                    message.id,
                    message.digest,
                    message.record.id,
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
                self._apply(db, message, at=at, receipt=receipt, is_new=last is None)
            return Answer(message.id, receipt, effect, at)

    def _apply(
        self, db: sqlite3.Connection, message: Message, *, at: str, receipt: str, is_new: bool
    ) -> None:
        record = message.record
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
        db.execute(
            "INSERT INTO effect (record, action, count) VALUES (?, ?, 1)"
            " ON CONFLICT (record, action) DO UPDATE SET count = count + 1",
            [record.id, message.action],
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

    # ---- what is asked about -------------------------------------------------------------------------

    def _all(self, sql: str, values: list[object]) -> list[sqlite3.Row]:
        with self._lock:
            return self._connection.execute(sql, values).fetchall()

    def is_alive(self) -> bool:
        try:
            return bool(self._all("SELECT count(*) FROM sqlite_master", []))
        except sqlite3.Error:
            return False

    def record(self, record_id: str) -> sqlite3.Row | None:
        return next(iter(self._all("SELECT * FROM record WHERE id = ?", [record_id])), None)

    def records(self, *, shown: bool | None, after: str, limit: int) -> list[sqlite3.Row]:
        """Records in the order of their UUIDs, behind ``after``."""
        return self._all(
            "SELECT * FROM record WHERE id > ? AND (? IS NULL OR shown = ?) ORDER BY id LIMIT ?",
            [after, shown, shown, limit],
        )

    def effects(self, record_id: str) -> dict[str, int]:
        """How often each action took effect on the record."""
        rows = self._all("SELECT action, count FROM effect WHERE record = ? ORDER BY action", [record_id])
        return {row["action"]: row["count"] for row in rows}

    def history(self, record_id: str) -> list[sqlite3.Row]:
        """The messages that took effect on the record, the newest first."""
        return self._all(
            "SELECT * FROM message WHERE record = ? AND effect = 'applied' ORDER BY number DESC", [record_id]
        )

    def shown(self, *, query: str, limit: int, offset: int) -> Page:
        """What is published now, the newest first. ``query``: part of subject, code or document number."""
        like = _like(query)
        return self._page(
            "shown = 1 AND (search_subject LIKE ? ESCAPE '\\' OR search_doc_no LIKE ? ESCAPE '\\')",
            "since DESC, id",
            [like, like],
            limit,
            offset,
        )

    def removed(self, *, query: str, limit: int, offset: int) -> Page:
        """What was taken down, the newest first. Found by document number only: to be findable under the
        subject's name is what a record taken down no longer is."""
        return self._page(
            "removed_at IS NOT NULL AND search_doc_no LIKE ? ESCAPE '\\'",
            "removed_at DESC, id",
            [_like(query)],
            limit,
            offset,
        )

    def _page(self, where: str, order: str, values: list[object], limit: int, offset: int) -> Page:
        # `where` and `order` are the constants just above.
        total = self._all(f"SELECT count(*) AS n FROM record WHERE {where}", values)[0]["n"]  # noqa: S608
        rows = self._all(
            f"SELECT * FROM record WHERE {where} ORDER BY {order} LIMIT ? OFFSET ?",  # noqa: S608
            [*values, limit, offset],
        )
        return Page(rows, total)


def search_form(text: str) -> str:
    """The text as it is searched: width, case, spaces and kinds of brackets do not matter.

    People type （2023） or [2023] where the document says 〔2023〕.
    """
    text = unicodedata.normalize("NFKC", text).casefold()
    return "".join(text.translate(_BRACKETS).split())


_BRACKETS = str.maketrans("[]{}<>〔〕【】〈〉《》「」〖〗", "()" * 9)


def _like(query: str) -> str:
    escaped = search_form(query).replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"
