"""An office's own style and words put on a document when it is issued; frozen with it from then on."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TypeVar

from django.db.models import CharField, F, TextField, Value
from django.db.models.functions import Cast

from credit_repair.registry.models import Office

from .bases import Document, IssuedDocument, Passage
from .glyphs import Font
from .models import NoticeText, OfficeStyle
from .seal import seal_svg, uploaded_seal
from .wording import filled, slot_of

#: Roles of fonts that an office may choose, in the order of the form.
ROLES = ("body", "title", "heading", "subheading")

Dressed = TypeVar("Dressed", bound=Document)


def current_style(office: Office | None) -> OfficeStyle | None:
    """Return the approved style of an office; None where it has none of its own."""
    return OfficeStyle.objects.filter(office=office, state="current").first() if office else None


def current_texts(office: Office | None, kind: str) -> dict[str, str]:
    """Return the office's approved passages of a kind, by slot, with their placeholders."""
    if office is None:
        return {}
    rows = NoticeText.objects.filter(office=office, kind=kind, state="current").exclude(text="")
    return {row.slot: row.text for row in rows if slot_of(kind, row.slot)}


def dressed(document: Dressed, office: Office | None) -> Dressed:
    """Return `document` in the style and words that `office` has now; what applicants sign has neither."""
    if not isinstance(document, IssuedDocument) or office is None:
        return document
    style, texts = _look_of(office, document.template)
    return dressed_in(document, style=style, texts=texts, office=office.name)


def _look_of(office: Office, kind: str) -> tuple[OfficeStyle | None, dict[str, str]]:
    """Return current_style(), with what is printed alone, and current_texts() in one statement: every act
    that issues a letter asks this."""
    styles = OfficeStyle.objects.filter(office=office, state="current").order_by()
    texts = NoticeText.objects.filter(office=office, kind=kind, state="current").exclude(text="").order_by()
    none = Value("", output_field=CharField())
    found = styles.values_list(
        Value("style", output_field=CharField()), Cast("head", TextField()), "address", "phone", "hours", "pk"
    ).union(texts.values_list(F("slot"), F("text"), none, none, none, F("pk")), all=True)
    style, words = None, {}
    for name, text, address, phone, hours, pk in found:
        if name == "style":
            style = OfficeStyle(pk=pk, head=text, address=address, phone=phone, hours=hours)
        elif slot_of(kind, name):
            words[name] = text
    return style, words


def dressed_in(
    document: Dressed, *, style: OfficeStyle | None, texts: dict[str, str], office: str
) -> Dressed:
    """Return `document` in a given style and given passages; `office` is whose contact the style's is."""
    assert isinstance(document, IssuedDocument)  # noqa: S101 - for the reader of types
    changed = document
    if style is not None:
        contact = document.contact
        if contact.office == office:  # where a letter names another office to ask, its contact stays
            contact = dataclasses.replace(
                contact,
                address=style.address or contact.address,
                phone=style.phone or contact.phone,
                hours=style.hours or contact.hours,
            )
        changed = dataclasses.replace(changed, head=style.head, contact=contact, style_id=style.pk, seal="")
    passages = tuple(Passage(slot, filled(text, changed)) for slot, text in sorted(texts.items()))
    return dataclasses.replace(changed, passages=passages)


def style_of(document: Document) -> OfficeStyle | None:
    """Return the style in which a frozen document was issued; None for none."""
    key = getattr(document, "style_id", None)
    return (
        OfficeStyle.objects.select_related(*(f"font_{role}" for role in ROLES)).get(pk=key) if key else None
    )


def fonts_of(style: OfficeStyle | None) -> tuple[Font, ...]:
    """Return the office's own fonts, to be looked in before the site's."""
    if style is None:
        return ()
    found = ((role, getattr(style, f"font_{role}")) for role in ROLES)
    return tuple(
        Font(role, f"Own {font.sha256[:12]} {role}", Path(font.file.path)) for role, font in found if font
    )


def seal_of(style: OfficeStyle | None, *, issuer: str, demo: bool) -> str:
    """Return the seal as SVG: the one that the office uploaded, or one drawn from its name."""
    if style is not None and style.seal_svg:
        return uploaded_seal(style.seal_svg, demo)
    return seal_svg(issuer, demo)
