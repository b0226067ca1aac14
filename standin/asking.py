"""What is asked about the store: records, pages of them, and what took effect how often."""

from __future__ import annotations

import sqlite3
import threading
import unicodedata
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Page:
    """A part of a list, and how long the whole is."""

    rows: list[sqlite3.Row]
    total: int


class Asking:
    """The store's questions. What changes it stands in `store`."""

    _lock: threading.Lock
    _connection: sqlite3.Connection

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

    def commitment(self, commitment_id: str) -> sqlite3.Row | None:
        return next(iter(self._all("SELECT * FROM commitment WHERE id = ?", [commitment_id])), None)

    def commitments(self, *, limit: int, offset: int) -> Page:
        """What subjects have promised, the newest message first."""
        total = self._all("SELECT count(*) AS n FROM commitment", [])[0]["n"]
        rows = self._all("SELECT * FROM commitment ORDER BY at DESC, id LIMIT ? OFFSET ?", [limit, offset])
        return Page(rows, total)

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

    # ---- what took effect ----------------------------------------------------------------------------

    def counted(self) -> dict[str, Any]:
        """Sum up what arrived and what took effect, from the log of arrivals alone.

        `order_violations`: a message that came for the first time after a later one of its record had taken
        effect, or took effect behind it.
        """
        outcomes = {
            row["outcome"]: row["n"]
            for row in self._all("SELECT outcome, count(*) AS n FROM arrival GROUP BY outcome", [])
        }
        per_message = self._all(
            "SELECT count(*) AS messages, coalesce(sum(n), 0) AS received, count(*) FILTER (WHERE n > 1)"
            " AS repeated, count(*) FILTER (WHERE applied = 1) AS once, count(*) FILTER (WHERE applied > 1)"
            " AS more FROM (SELECT count(*) AS n, count(*) FILTER (WHERE outcome = 'applied') AS applied"
            " FROM arrival GROUP BY message)",
            [],
        )[0]
        violations = self._all(
            "SELECT count(*) AS n FROM (SELECT outcome, sequence, max(CASE WHEN outcome = 'applied' THEN"
            " sequence END) OVER (PARTITION BY record ORDER BY number ROWS BETWEEN UNBOUNDED PRECEDING AND"
            " 1 PRECEDING) AS before FROM arrival) WHERE outcome = 'stale'"
            " OR (outcome = 'applied' AND sequence <= before)",
            [],
        )[0]["n"]
        return {
            "messages": per_message["messages"],
            "received": per_message["received"],
            "repeated": per_message["repeated"],
            "took_effect_once": per_message["once"],
            "took_effect_more_than_once": per_message["more"],
            "order_violations": violations,
            "outcomes": outcomes,
            "records": self._all("SELECT count(*) AS n FROM record", [])[0]["n"],
        }

    def arrivals(self, *, record: str, after: str, limit: int) -> list[sqlite3.Row]:
        """Per message: how often it came and how often it took effect, in the order of the UUIDs behind
        `after`. `record`: of this one alone, where given."""
        return self._all(
            "SELECT message, record, action, sequence, count(*) AS received,"
            " count(*) FILTER (WHERE outcome = 'applied') AS took_effect, min(number) AS first"
            " FROM arrival WHERE message > ? AND (? = '' OR record = ?) GROUP BY message"
            " ORDER BY message LIMIT ?",
            [after, record, record, limit],
        )


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
