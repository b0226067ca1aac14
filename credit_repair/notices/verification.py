"""Whether a document is genuine 核验: asked by anybody, with the code that is printed on it."""

import hashlib
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.conf import settings
from django.urls import reverse

from credit_repair.core.codes import in_groups, read_code
from credit_repair.core.languages import fixed_text
from credit_repair.notices.models import Document
from credit_repair.people.masking import masked_name

#: 80 random bits: nobody finds a document by trying.
CHECK_CODE_LETTERS = 16
#: The one document that is made for others to rely upon.
CERTIFICATE = "repair_certificate"


def check_url(code: str) -> str:
    """Return the public address that says whether the document with this code is genuine."""
    return f"{settings.SITE_URL}{reverse('check_document', args=[code])}"


def document_with(text: str) -> Document | None:
    """Return the issued document whose code a person typed or scanned; None where there is none."""
    code = read_code(text, letters=CHECK_CODE_LETTERS)
    if code is None:
        return None
    return Document.objects.select_related("office", "replaced_by").filter(check_code=code).first()


def is_same_file(document: Document, chunks: Iterable[bytes]) -> bool | None:
    """Whether a file, in pieces, is bit by bit the one that was issued; None while that is being made."""
    if document.state != Document.State.READY:
        return None
    digest = hashlib.sha256()
    for chunk in chunks:
        digest.update(chunk)
    return bool(document.sha256) and digest.hexdigest() == document.sha256


def valid_until(document: Document) -> date | None:
    """Return the last day on which a repair certificate 信用修复证明 may be relied upon; else None."""
    said = document.context.get("valid_until") if document.kind == CERTIFICATE else None
    return date.fromisoformat(said) if said else None


def held_by(document: Document) -> dict[str, Any]:
    """Return what a repair certificate 信用修复证明 says to whom its holder gives it; {} for all others.

    It has no number of its own: without these, somebody else's name over a genuine code would go unseen.

    holder        name of an enterprise, name of a person with their given name hidden
    holder_code   统一社会信用代码, "" for a person
    still_public  how many records are still published
    """
    if document.kind != CERTIFICATE:
        return {}
    party = document.context["party"]
    return {
        "holder": masked_name(party["name"]) if party["is_person"] else party["name"],
        "holder_code": party["code"],
        "still_public": len(document.context["still_public"]),
    }


def successor_of(document: Document) -> Document | None:
    """Return what took the place of a replaced document: of several in turn, the last. None for no such."""
    found = document.replaced_by
    while found is not None and found.replaced_by is not None:
        found = found.replaced_by
    return found


def said_of(document: Document, *, on: date) -> dict[str, Any]:
    """Return what anybody may know of a document on that day: not whom it is about, and nothing it says, but
    for the certificate that is made for others (held_by).

    is_over       it was never ended, but the last day on which it may be relied upon has passed
    successor_is  how what took its place stands; empty where nothing did
    """
    until = valid_until(document)
    successor = successor_of(document)
    return {
        **held_by(document),
        "valid_until": until,
        "is_over": until is not None and until < on,
        "title": fixed_text(document.title),
        "number": document.number or "",
        "code": in_groups(document.check_code or ""),
        "office": document.office.name if document.office else "",
        "phone": document.office.phone if document.office else "",
        "issued_on": document.issued_on,
        "sha256": document.sha256,
        "signed_by": document.signed_by,
        "signed_at": document.signed_at,
        "standing": document.standing,
        "is_valid": document.standing == Document.Standing.VALID and not (until is not None and until < on),
        "ended_at": document.ended_at,
        "ended_why": document.ended_why,
        "replaced_by": (successor.number or "") if successor else "",
        "successor_is": successor.standing if successor else "",
    }
