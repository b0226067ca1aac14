"""What is attached 附件 to an issued document: what it says, as JSON that a program can read.

Only what the document itself says, and where that came from: a text that is not printed is left out, so is
every reply code and the drawing of a signature, and a personal number that an official wrote into a text is
masked.
"""

from __future__ import annotations

import html
import json
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Any

from stdnum.cn import ric

from credit_repair.notices.bases import Document, IssuedDocument
from credit_repair.notices.freezing import freeze
from credit_repair.notices.glyphs import normalise_text
from credit_repair.rules import said

if TYPE_CHECKING:
    from credit_repair.notices.models import Document as Row

FILE_NAME = "data.json"
#: Changes where a program that reads the file would have to know.
FORMAT = "credit-repair-document/1"

#: Never attached, in whatever document they stand: codes that open something, drawings, and words that only
#: serve to make sentences.
KEPT_BACK = frozenset(
    {"sealed_secret", "reply_code", "query_code", "signature", "seal", "style_id", "matter"}
)
#: Attached though no letter of them is printed: they stand in the QR code.
IN_THE_CODE = frozenset({"verify_url", "document_uuid"})

_TAG = re.compile(r"<[^>]*>")
_SPACE = re.compile(r"\s+")
_OUR_WORD = re.compile(r"[a-z][a-z_]*")  # such as `upheld`: how the program calls what is printed in words
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_LONG_NUMBER = re.compile(r"(?<![0-9A-Za-z])[0-9]{17}[0-9Xx](?![0-9A-Za-z])")


@dataclass(frozen=True)
class Attached:
    """The data of a document, and their moment, which is the document's and no clock's.

    Attributes:
        about: where the document comes from: kind, number, date, rule set, version of the template.
        content: what it was made of, frozen; see `freezing.freeze`. None for no file: what an applicant signs
            comes back as an upload, and those may not hold other files.
        moment: morning of the day of issue.
    """

    about: dict[str, Any]
    content: dict[str, Any] | None
    moment: datetime

    def file(self, markup: str) -> bytes | None:
        """Return the JSON file for the document with this markup; the same input gives the same bytes."""
        if self.content is None:
            return None
        printed = _bare(html.unescape(_TAG.sub("", markup)))
        whole = {"format": FORMAT, **self.about, "content": _printed(self.content, printed) or {}}
        return json.dumps(whole, ensure_ascii=False, sort_keys=True, indent=1).encode()


def attached_to(row: Row, document: Document, *, drawn_with: str) -> Attached:
    """Return the data of an issued document.

    Args:
        row: the document's row.
        document: what it says.
        drawn_with: version of the template with which the PDF is made; where it is not the one of the day of
            issue, the data say both.
    """
    about: dict[str, Any] = {
        "kind": row.kind,
        "title": row.title,
        "number": row.number or "",
        "issued_on": row.issued_on.isoformat(),
        "rule_set": row.rule_set,
        "template_version": row.template_version,
    }
    if row.template_version and drawn_with != row.template_version:
        about["drawn_with"] = drawn_with
    content = freeze(document) if isinstance(document, IssuedDocument) else None
    return Attached(about, content, datetime.combine(row.issued_on, time(), tzinfo=UTC))


def _printed(value: Any, text: str) -> Any:
    """Return of `value` what stands in the text; None where nothing is left."""
    if isinstance(value, dict):
        kept = {
            key: inner if key in IN_THE_CODE else _printed(inner, text)
            for key, inner in value.items()
            if key not in KEPT_BACK
        }
        return {key: inner for key, inner in kept.items() if inner not in (None, "")} or None
    if isinstance(value, list):
        return [found for inner in value if (found := _printed(inner, text)) is not None] or None
    if isinstance(value, str):
        return _LONG_NUMBER.sub(_masked, value) if _stands(value, text) else None
    return value


def _stands(value: str, text: str) -> bool:
    if _OUR_WORD.fullmatch(value):
        return True
    if _DAY.fullmatch(value):
        return said(date.fromisoformat(value)) in text or value in text
    return bool(value.strip()) and _bare(value) in text


def _bare(text: str) -> str:
    return _SPACE.sub("", normalise_text(text))


def _masked(found: re.Match[str]) -> str:
    number = found[0]
    return number[:6] + "*" * 8 + number[-4:] if ric.is_valid(number.upper()) else number
