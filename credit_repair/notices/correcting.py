"""A notice issued anew with its slips corrected 更正重发: what may be corrected, and what comes of that.

The office's contact becomes the one of today, and slips of the pen are mended in what an official wrote.
Facts, days and results are not: where these are wrong, the notice is revoked and the case decided anew. A
decision on the matter itself is not corrected here: one person alone must not change what two have made.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from .bases import NumberedDocument
from .contexts import (
    AcceptanceNotice,
    CorrectionNotice,
    ExtensionNotice,
    ForwardingNotice,
    NonAcceptanceNotice,
)
from .dressing import current_style
from .freezing import thaw
from .models import Document
from .parts import Contact

#: The notices that can be corrected, each with what an official wrote in it.
CORRECTABLE: dict[str, tuple[type[NumberedDocument], tuple[str, ...]]] = {
    AcceptanceNotice.template: (AcceptanceNotice, ()),
    CorrectionNotice.template: (CorrectionNotice, ("items",)),
    NonAcceptanceNotice.template: (NonAcceptanceNotice, ("reasons", "next_steps")),
    ExtensionNotice.template: (ExtensionNotice, ("reasons",)),
    ForwardingNotice.template: (ForwardingNotice, ("reasons",)),
}


#: How long a slip of the pen is at most: what is longer is another statement.
LONGEST_SLIP = 20
#: Where a notice promises a day.
_PROMISED = ("correct_by", "decision_due", "acceptance_due", "decide_by")


class CannotCorrect(ValueError):
    """The notice cannot be corrected so; `field` is the form's, if one; the words say what to do."""

    def __init__(self, words: str, *, field: str = "") -> None:
        super().__init__(words)
        self.field = field


@dataclass(frozen=True)
class Slip:
    """A slip of the pen: what stands in the notice, and what should. Both empty for none."""

    wrong: str = ""
    right: str = ""


def is_correctable(row: Document) -> bool:
    """Whether a document is a notice that holds, and of a kind that can be corrected."""
    return row.kind in CORRECTABLE and row.standing == Document.Standing.VALID and row.number is not None


def promised_day(row: Document) -> date | None:
    """Return until when the notice says that something is to be done; None where it promises no day."""
    found = next((row.context[name] for name in _PROMISED if row.context.get(name)), None)
    return date.fromisoformat(found) if found else None


def written_in(row: Document) -> list[str]:
    """Return what an official wrote in a notice, where slips may be corrected."""
    _kind, fields = CORRECTABLE[row.kind]
    return [text for name in fields for text in row.context.get(name, ())]


def corrected(row: Document, slip: Slip, *, today: date) -> NumberedDocument:
    """Return the notice as it would be issued in the place of `row` on that day, without a number yet.

    Raises CannotCorrect where a slip is not found in what was written, or nothing would be another.
    """
    kind, fields = CORRECTABLE[row.kind]
    old: Any = thaw(kind, row.context)
    changes = _mended({name: getattr(old, name) for name in fields}, slip) if slip.wrong else {}
    contact = _contact_now(row, old.contact)
    if not slip.wrong and contact == old.contact:
        raise CannotCorrect(_("没有要更正的内容：联系方式没有变化，也没有填写要更正的文字。"))
    return dataclasses.replace(
        old,
        **changes,
        contact=contact,
        head="",
        style_id=None,
        passages=(),
        issue_date=today,
        document_number="",
        verify_url="",
        verify_code="",
        replaces=row.number or "",
    )


def _mended(texts: dict[str, tuple[str, ...]], slip: Slip) -> dict[str, tuple[str, ...]]:
    """Return the texts with the slip mended, which must stand in them once: nothing else is to change."""
    for field, words in (("wrong", slip.wrong), ("right", slip.right)):
        if len(words) > LONGEST_SLIP:
            raise CannotCorrect(_("一次只更正错漏的字，不超过%s个。") % LONGEST_SLIP, field=field)
    found = sum(text.count(slip.wrong) for lines in texts.values() for text in lines)
    if not found:
        raise CannotCorrect(_("文书的文字里没有这几个字。请照文书原文填写要更正的字。"), field="wrong")
    if found > 1:
        raise CannotCorrect(
            _("这几个字在文书里不止一处，请连同前后的字一起填写，只对应要更正的一处。"), field="wrong"
        )
    mended = {
        name: tuple(text.replace(slip.wrong, slip.right).strip() for text in lines)
        for name, lines in texts.items()
    }
    if not all(text for lines in mended.values() for text in lines):
        raise CannotCorrect(_("更正以后，这一条就没有文字了。请填写改成什么。"), field="right")
    if any(text.strip() == slip.wrong.strip() for lines in texts.values() for text in lines):
        raise CannotCorrect(
            _("不能把整条都换掉，请只填写错漏的字。整条有误的，请撤销文书并依法重新作出。"), field="wrong"
        )
    return mended


def _contact_now(row: Document, contact: Contact) -> Contact:
    """Return the office's contact as its letters say it now; another office's stays."""
    office = row.office
    if office is None or contact.office != office.name:
        return contact
    style = current_style(office)
    return Contact(
        office=office.name,
        address=(style and style.address) or office.address,
        phone=(style and style.phone) or office.phone,
        hours=(style and style.hours) or "",
    )
