"""What a message is: its fields, and the plain refusal of everything else."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, NoReturn
from uuid import UUID

VERSION = 1
MAX_SEQUENCE = 2**63 - 1  # what an SQLite integer holds
MAX_TEXT = 500
MAX_CONTENT = 20_000


MAX_ITEM = 2000
TYPES = ("approval", "proof", "repair", "voluntary")
STATES = ("made", "kept", "broken", "withdrawn", "expired")


class Action(StrEnum):
    PUBLISH = "publish"
    TERMINATE = "terminate"
    STOP_SHARING = "stop_sharing"
    LIFT_SANCTION = "lift_sanction"
    RESTORE = "restore"
    ANNOTATE = "annotate"
    CLEAR_ANNOTATION = "clear_annotation"
    CORRECT = "correct"
    SHIELD = "shield"
    UNSHIELD = "unshield"
    INTERVIEW = "interview"
    COMMITMENT = "commitment"


class ProblemError(Exception):
    """A refusal, as it is sent: a status, a sentence, and the fields that are wrong."""

    def __init__(self, status: int, detail: str, errors: list[tuple[str, str]] | None = None) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.errors = errors or []


@dataclass(frozen=True)
class Record:
    """A record as the message gives it. Dates are ISO text or empty."""

    id: str
    doc_no: str
    subject_name: str
    subject_code: str
    authority_name: str
    decision_date: str
    penalty_types: tuple[str, ...]
    content: str
    published_until: str


@dataclass(frozen=True)
class Subject:
    """Whom a message is about that concerns no record."""

    id: str
    name: str
    code: str


@dataclass(frozen=True)
class Commitment:
    """What was promised, and how it stands. Dates are ISO text or empty."""

    id: str
    type: str
    title: str
    items: tuple[str, ...]
    made_on: str
    valid_until: str
    state: str


@dataclass(frozen=True)
class Message:
    """About a record, or about a subject where there is none: one of both."""

    id: str
    sequence: int
    action: Action
    record: Record | None
    subject: Subject | None
    commitment: Commitment | None
    cause_id: str
    cause_text: str
    issued_at: str
    digest: str
    """Of the body as canonical JSON: two bodies that differ in spaces or order of keys are the same."""

    @property
    def about(self) -> str:
        """The UUID of its record or subject: within it the sequence rises."""
        anchor = self.record or self.subject
        return anchor.id if anchor else ""


def parse_message(body: bytes, *, header_id: str | None) -> Message:
    """Read a message out of a request body.

    :param header_id: what ``X-Message-Id`` said
    :raises ProblemError: 422, naming every field that is wrong
    """
    data = _load(body)
    fields = _Fields(data)
    if data.get("version") != VERSION or isinstance(data.get("version"), bool):
        fields.wrong("version", f"must be {VERSION}")
    message_id = fields.uuid("id")
    if message_id and _uuid_or_empty(header_id) != message_id:
        fields.wrong("id", "must be the same as the header X-Message-Id")
    sequence = fields.sequence("sequence")
    action = fields.action("action")
    # A commitment may concern no record; every other message names one.
    is_unrecorded = "record" not in data and ("subject" in data or "commitment" in data)
    if is_unrecorded and action != Action.COMMITMENT:
        fields.wrong("record", "must be an object")
    record = None if is_unrecorded else _record(fields)
    subject = _subject(fields) if is_unrecorded or "subject" in data else None
    commitment = _commitment(fields) if is_unrecorded or "commitment" in data else None
    fields.object("cause")
    cause_id = fields.uuid("cause.id")
    cause_text = fields.text("cause.text", empty=True, longest=MAX_CONTENT)
    issued_at = fields.moment("issued_at")
    fields.done()
    canonical = json.dumps(data, sort_keys=True, separators=(",", ":"))  # ASCII, so any text can be hashed
    return Message(
        id=message_id,
        sequence=sequence,
        action=action,
        record=record,
        subject=subject if record is None else None,
        commitment=commitment,
        cause_id=cause_id,
        cause_text=cause_text,
        issued_at=issued_at,
        digest=hashlib.sha256(canonical.encode()).hexdigest(),
    )


def _record(fields: _Fields) -> Record:
    fields.object("record")
    return Record(
        id=fields.uuid("record.id"),
        doc_no=fields.text("record.doc_no"),
        subject_name=fields.text("record.subject_name"),
        subject_code=fields.text("record.subject_code", empty=True),
        authority_name=fields.text("record.authority_name"),
        decision_date=fields.date("record.decision_date"),
        penalty_types=fields.texts("record.penalty_types"),
        content=fields.text("record.content", empty=True, longest=MAX_CONTENT),
        published_until=fields.date("record.published_until"),
    )


def _subject(fields: _Fields) -> Subject:
    fields.object("subject")
    return Subject(
        id=fields.uuid("subject.id"),
        name=fields.text("subject.name"),
        code=fields.text("subject.code", empty=True),
    )


def _commitment(fields: _Fields) -> Commitment:
    fields.object("commitment")
    items = fields.texts("commitment.items", longest=MAX_ITEM)
    made_on = fields.date("commitment.made_on")
    if not items:
        fields.wrong("commitment.items", "must not be empty")
    if not made_on:
        fields.wrong("commitment.made_on", "must be YYYY-MM-DD")
    return Commitment(
        id=fields.uuid("commitment.id"),
        type=fields.one_of("commitment.type", TYPES),
        title=fields.text("commitment.title"),
        items=items,
        made_on=made_on,
        valid_until=fields.date("commitment.valid_until"),
        state=fields.one_of("commitment.state", STATES),
    )


def _load(body: bytes) -> dict[str, Any]:
    try:
        data = json.loads(body.decode("utf-8"), parse_constant=_no_constant)
    # RecursionError: a body of a hundred thousand brackets is short of 1 MB.
    except (ValueError, RecursionError):
        raise ProblemError(422, "the body is not JSON in UTF-8", [("", "not JSON in UTF-8")]) from None
    if not isinstance(data, dict):
        raise ProblemError(422, "the body must be a JSON object", [("", "must be an object")])
    return data


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)  # NaN and Infinity are not JSON


def _uuid_or_empty(value: object) -> str:
    """The UUID in its usual form; empty for everything else (``UUID()`` takes braces and urn: too)."""
    if not isinstance(value, str) or len(value) != 36:
        return ""
    try:
        return str(UUID(value))
    except ValueError:
        return ""


class _Fields:
    """Reads fields by their dotted path and collects what is wrong, so that one answer names it all."""

    def __init__(self, data: dict[str, Any]) -> None:
        self._data = data
        self._errors: list[tuple[str, str]] = []
        self._silent: set[str] = set()

    def wrong(self, field: str, reason: str) -> None:
        if field.partition(".")[0] not in self._silent:
            self._errors.append((field, reason))

    def done(self) -> None:
        if self._errors:
            field, reason = self._errors[0]
            raise ProblemError(422, f"{field}: {reason}", self._errors)

    def _get(self, path: str) -> Any:
        value: Any = self._data
        for key in path.split("."):
            value = value.get(key) if isinstance(value, dict) else None
        return value

    def object(self, path: str) -> None:
        if not isinstance(self._get(path), dict):
            self.wrong(path, "must be an object")
            self._silent.add(path)  # one complaint is enough; its fields are all missing then

    def uuid(self, path: str) -> str:
        value = _uuid_or_empty(self._get(path))
        if not value:
            self.wrong(path, "must be a UUID")
        return value

    def sequence(self, path: str) -> int:
        value = self._get(path)
        if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MAX_SEQUENCE:
            return value
        self.wrong(path, "must be a whole number, 0 or more")
        return 0

    def action(self, path: str) -> Action:
        value = self._get(path)
        if isinstance(value, str) and value in set(Action):
            return Action(value)
        self.wrong(path, "must be one of " + ", ".join(Action))
        return Action.PUBLISH

    def text(self, path: str, *, empty: bool = False, longest: int = MAX_TEXT) -> str:
        return self._text(path, self._get(path), empty=empty, longest=longest)

    def one_of(self, path: str, known: tuple[str, ...]) -> str:
        value = self._get(path)
        if isinstance(value, str) and value in known:
            return value
        self.wrong(path, "must be one of " + ", ".join(known))
        return ""

    def texts(self, path: str, *, longest: int = MAX_TEXT) -> tuple[str, ...]:
        value = self._get(path)
        if not isinstance(value, list) or len(value) > 50:
            self.wrong(path, "must be a list of at most 50 texts")
            return ()
        return tuple(self._text(f"{path}.{i}", item, longest=longest) for i, item in enumerate(value))

    def _text(self, path: str, value: Any, *, empty: bool = False, longest: int = MAX_TEXT) -> str:
        if value is None and empty:
            return ""
        if not isinstance(value, str):
            self.wrong(path, "must be text" + (" or null" if empty else ""))
            return ""
        value = value.strip()
        if not value and not empty:
            self.wrong(path, "must not be empty")
        elif len(value) > longest:
            self.wrong(path, f"must not be longer than {longest} characters")
        # Half a surrogate pair is legal in JSON but can neither be stored nor shown; NUL cuts texts off.
        elif "\0" in value or any("\ud800" <= c <= "\udfff" for c in value):
            self.wrong(path, "contains a character that is none")
        else:
            return value
        return ""

    def date(self, path: str) -> str:
        return self._parsed(path, lambda text: date.fromisoformat(text).isoformat(), "YYYY-MM-DD or null")

    def moment(self, path: str) -> str:
        def parse(text: str) -> str:
            moment = datetime.fromisoformat(text)
            if moment.tzinfo is None:
                raise ValueError
            return moment.isoformat()

        if self._get(path) is None:
            self.wrong(path, "must be an ISO date and time with its offset from UTC")
            return ""
        return self._parsed(path, parse, "an ISO date and time with its offset from UTC")

    def _parsed(self, path: str, parse: Callable[[str], str], form: str) -> str:
        value = self._get(path)
        if value is None:
            return ""
        try:
            if isinstance(value, str):
                return parse(value)
        except ValueError:
            pass
        self.wrong(path, f"must be {form}")
        return ""
