"""What all documents have, and what an office's documents have besides."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import Any, ClassVar

import segno
from django.utils.safestring import SafeString, mark_safe

from credit_repair.rules import said

from .dates import date_width
from .parts import Contact, Party

NDRC_36 = "《信用修复管理办法》（国家发展改革委令第36号）"

_HEAD_WIDTH_PT = 441.0  # 28 characters of 15.75 pt
_HEAD_LARGEST_PT = 46.0
_SIGNATURE_MARGIN_EM = 4.0  # the date stands four characters from the right margin
_NO_BREAK_UP_TO = 15  # characters of an issuer's name that fit over the date


@dataclass(frozen=True)
class Passage:
    """A passage in the office's own words: `slot` is its name in templates, `text` what it says."""

    slot: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Document:
    """What all documents have.

    Attributes:
        party: who it is about.
        case_number: number of the case, or of the draft before there is a case.
        demo: whether it comes from a demonstration; every page then says so.
    """

    template: ClassVar[str]
    title: ClassVar[str]
    numbered: ClassVar[bool] = False

    party: Party
    case_number: str
    demo: bool = False

    def to_context(self) -> dict[str, Any]:
        """Return the template's context: the fields by name, and `title`."""
        fields = {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}
        return {"title": self.title, "numbered": self.numbered, **fields}


@dataclass(frozen=True, kw_only=True)
class IssuedDocument(Document):
    """A document that an office issues over its signature and seal.

    Attributes:
        issuer: full name of the office that issues it, 发文机关.
        issue_date: its date 成文日期.
        contact: where questions are answered.
        seal: the office's seal as SVG (`seal.seal_svg`); empty for a draft without a seal.
        verify_url: address that tells whether the document is genuine; printed as a QR code. Empty for none.
        verify_code: the code to type in instead of scanning; empty for none.
        head: what the red head says 发文机关标志; empty for the issuer's name.
        style_id: key of the office's style (`models.OfficeStyle`), for seal and fonts; None for the site's.
        passages: passages in the office's own words, which stand instead of the template's.
    """

    issuer: str
    issue_date: date
    contact: Contact
    seal: str = ""
    verify_url: str = ""
    verify_code: str = ""
    head: str = ""
    style_id: int | None = None
    passages: tuple[Passage, ...] = ()

    def to_context(self) -> dict[str, Any]:
        """Return the template's context, with the measures of head and signature in `layout`."""
        head = self.head or self.issuer
        return {
            **super().to_context(),
            "head": head,
            "said": {passage.slot: passage.text for passage in self.passages},
            "seal": mark_safe(self.seal),  # made by seal_svg, or of shapes that clean_seal drew anew
            "qr": qr_svg(self.verify_url) if self.verify_url else "",
            "head_size": f"{min(_HEAD_LARGEST_PT, _HEAD_WIDTH_PT / max(len(head), 1)):.2f}",
            "signed_on": said(self.issue_date),
            "signature_width": f"{2 * _SIGNATURE_MARGIN_EM + date_width(self.issue_date):g}",
            "issuer_lines": _balanced(self.issuer),
        }


@dataclass(frozen=True, kw_only=True)
class NumberedDocument(IssuedDocument):
    """An issued document with a document number 文号 and a red head.

    Attributes:
        document_number: such as 濉信修〔2026〕12号.
        legal_basis: regulations by name and number, without articles.
        replaces: number of the document that this one corrects and replaces 更正重发; empty for none.
    """

    numbered: ClassVar[bool] = True

    document_number: str
    legal_basis: tuple[str, ...] = (NDRC_36,)
    replaces: str = ""


def _balanced(name: str) -> tuple[str, ...]:
    """Return an issuer's name in one line, or in even lines where it is too long to stand over the date."""
    count = -(-len(name) // _NO_BREAK_UP_TO)
    size = -(-len(name) // max(count, 1)) or 1
    return tuple(name[start : start + size] for start in range(0, len(name), size))


def qr_svg(text: str) -> SafeString:
    """Return the QR code of an address or a code as an SVG element; its size is the style sheet's."""
    buffer = BytesIO()
    segno.make(text, error="m", micro=False).save(
        buffer, kind="svg", border=0, xmldecl=False, svgns=True, svgclass="qr", lineclass=None, omitsize=True
    )
    return mark_safe(buffer.getvalue().decode())  # of squares alone: the text is not in it
