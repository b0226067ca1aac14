"""What can be found about a file that came in, found outside the request and kept with it."""

import logging
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from credit_repair.cases.inspecting.process import ReaderDied, facts_of, ink_on
from credit_repair.cases.models import Case, CaseDocument, Filing, StoredFile
from credit_repair.core.clock import now
from credit_repair.notices.models import Document

logger = logging.getLogger(__name__)

#: What is kept of a file that nobody could look into.
UNREADABLE: dict[str, Any] = {"unreadable": True}


def inspect_stored_file(*, file_id: int) -> None:
    """Look into a file once and keep what was found; one that is gone by now is passed over.

    Kept is little, and no text: see inspecting.reading.facts(); {"unreadable": True} where the file brought
    the reader down, or took too long. A file never makes this fail.
    """
    stored = StoredFile.objects.select_related("filing__subject").filter(pk=file_id).first()
    if stored is None or stored.inspected_at is not None:
        return
    try:
        facts = _looked_into(stored)
    except (ReaderDied, OSError) as error:  # OSError: the bytes are not there
        logger.warning("file %s could not be looked into: %s", stored.pk, error)
        facts = UNREADABLE
    StoredFile.objects.filter(pk=file_id, inspected_at__isnull=True).update(facts=facts, inspected_at=now())


def _looked_into(stored: StoredFile) -> dict[str, Any]:
    with stored.file.open("rb") as file:
        data = file.read()
    found = facts_of(data, mime=stored.mime, sought=_sought(stored.filing))
    if found.get("locked"):
        return {**UNREADABLE, "locked": True}
    try:
        facts = _kept(found)
    except (KeyError, TypeError, ValueError, AttributeError):
        raise ReaderDied("the answer has another form") from None
    return {**facts, "letters": _with_ink(data, stored, facts["letters"])}


def _sought(filing: Filing) -> list[str]:
    """The names and numbers that a file of this filing may be about."""
    subject = filing.subject
    names = [subject.name, *subject.former_names.values_list("name", flat=True)] if subject else []
    numbers = Case.objects.filter(filing=filing, record__isnull=False).values_list(
        "record__doc_no", flat=True
    )
    return [text for text in dict.fromkeys((*names, *numbers)) if text]


def _kept(found: dict[str, Any]) -> dict[str, Any]:
    """What is kept of the reader's answer, each of the kind that it must be: a file may have made it lie."""
    return {
        "kind": str(found["kind"])[:10],
        "pages": int(found["pages"]),
        "looks": [_look(look) for look in found["looks"][:60]],
        "letters": [
            {"document": UUID(letter["document"]).hex, "page": int(letter["page"])}
            for letter in found["letters"][:60]
        ],
        "chars": int(found["chars"]),
        **{key: _texts(found[key]) for key in ("numbers", "codes", "sought", "found")},
    }


def _look(look: dict[str, Any]) -> dict[str, Any]:
    if look.get("blank"):
        return {"blank": True}
    return {"bad": str(look["bad"])[:10]} if "bad" in look else {}


def _texts(texts: Iterable[Any]) -> list[str]:
    return [str(text)[:200] for text in texts][:100]


def _with_ink(data: bytes, stored: StoredFile, letters: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The letters found in a file, those of this filing with what a hand has added to them."""
    printed = _printed(stored.filing, [letter["document"] for letter in letters])
    if not printed:
        return letters
    try:
        ink = ink_on(data, printed, mime=stored.mime)
    except ReaderDied as error:
        logger.warning("letters in file %s could not be compared: %s", stored.pk, error)
        ink = {}
    return [{**letter, **_hand(ink.get(letter["document"]))} for letter in letters]


def _printed(filing: Filing, identities: list[str]) -> dict[str, bytes]:
    links = CaseDocument.objects.select_related("document").filter(
        case__filing=filing,
        document__uuid__in=identities,
        document__kind="commitment_letter",
        document__state=Document.State.READY,
    )
    printed = {}
    for link in links:
        with link.document.file.open("rb") as file:
            printed[link.document.uuid.hex] = file.read()
    return printed


def _hand(ink: Any) -> dict[str, Any]:
    if not isinstance(ink, dict):
        return {}
    signed = ink.get("signed")
    return {"signed": signed if isinstance(signed, bool) else None, "stamp": ink.get("stamp") is True}
