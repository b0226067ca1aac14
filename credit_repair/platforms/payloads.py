"""What a message says, in version 1 of its schema: the body that a platform receives, as JSON.

It is built once, when the message is queued, and stored: every attempt sends the same body. The schema's
fields and limits are the receiving side's; standin/__init__.py documents them.
"""

import json
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from credit_repair.platforms.models import Message
from credit_repair.registry.models import Record, Subject

VERSION = 1
MAX_CONTENT = 20_000

#: Actions after which the platform shows the fields of the message. All others name the record and say no
#: more about it than the schema demands: who takes a record down need not hear its content again.
SHOWING = (Message.Action.PUBLISH, Message.Action.RESTORE, Message.Action.CORRECT)


@dataclass(frozen=True)
class CommitmentSaid:
    """What a message says of a commitment 信用承诺.

    type         approval, proof, repair or voluntary
    items        what was promised, one text for each
    valid_until  the last day; None: as long as the conduct lasts
    state        made, kept, broken, withdrawn or expired
    """

    uuid: UUID
    type: str
    title: str
    items: tuple[str, ...]
    made_on: date
    valid_until: date | None
    state: str


def build(
    message: Message,
    *,
    record: Record | None = None,
    subject: Subject | None = None,
    said: CommitmentSaid | None = None,
) -> dict[str, Any]:
    """Return the complete body of `message`, which must have its UUID, sequence and creation time.

    It is about `record`, or about `subject` where it concerns none; `said` is the commitment it tells of.
    A natural person's number is never in it: the codes are the public credit code or null.
    """
    body: dict[str, Any] = {
        "version": VERSION,
        "id": str(message.uuid),
        "sequence": message.sequence,
        "action": str(message.action),
    }
    if record is not None:
        body["record"] = _shown_fields(record) if message.action in SHOWING else _least_fields(record)
    if subject is not None:
        body["subject"] = {"id": str(subject.uuid), "name": subject.name, "code": subject.code}
    if said is not None:
        body["commitment"] = _commitment(said)
    body["cause"] = {"id": str(message.cause), "text": message.cause_text}
    body["issued_at"] = timezone.localtime(message.created_at).isoformat(timespec="seconds")
    return body


def encode(payload: dict[str, Any]) -> bytes:
    """Return the bytes that are sent and signed."""
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()


def record_id(payload: dict[str, Any]) -> UUID:
    """Return the UUID of the record that a body is about."""
    return UUID(payload["record"]["id"])


def _commitment(said: CommitmentSaid) -> dict[str, Any]:
    return {
        "id": str(said.uuid),
        "type": said.type,
        "title": said.title,
        "items": list(said.items),
        "made_on": said.made_on.isoformat(),
        "valid_until": said.valid_until.isoformat() if said.valid_until else None,
        "state": said.state,
    }


def _least_fields(record: Record) -> dict[str, Any]:
    return {
        "id": str(record.uuid),
        "doc_no": record.doc_no.strip() or _("无文号"),
        "subject_name": record.subject.name,
        "subject_code": None,
        "authority_name": record.authority.name,
        "decision_date": None,
        "penalty_types": [],
        "content": None,
        "published_until": None,
    }


def _shown_fields(record: Record) -> dict[str, Any]:
    return _least_fields(record) | {
        "subject_code": record.subject.code,
        "decision_date": record.decision_date.isoformat(),
        "penalty_types": [name for name in record.penalty_types if name.strip()],
        "content": _fitting(record.content) or None,
        "published_until": record.effective_until.isoformat() if record.effective_until else None,
    }


def _fitting(text: str) -> str:
    """Cut what the schema has no room for, and say so; a refused message would not be published at all."""
    if len(text) <= MAX_CONTENT:
        return text
    mark = _("……（内容过长，全文见处罚决定书）")
    return text[: MAX_CONTENT - len(mark)] + mark
