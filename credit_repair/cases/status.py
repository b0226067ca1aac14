"""Asking how a case stands, with its number and the filing's query code 查询码: for anybody who has both.

What is answered names nobody and gives no reason. A number that is not there, and a code that is wrong, get
the same answer after the same work.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.crypto import constant_time_compare

from credit_repair.cases.kinds import PublicStatus, kind_of
from credit_repair.cases.models import QUERY_CODE_LETTERS, Case
from credit_repair.cases.presenters import clock_items
from credit_repair.core import codes

_NUMBER = re.compile(r"([A-Z]{2,6})-?([0-9]{4})-?([0-9]{6,9})")
_DASHES = re.compile(r"[‐-―−ー]")
#: Compared with where there is no case: no code has this letter.
_NO_CODE = "0000-0000-0000"


def read_number(text: str) -> str | None:
    """Return a case number as it is stored, XF-2026-000118, of what a person typed; None where it is none.

    Small letters, wide ones, blanks and missing hyphens do no harm.
    """
    found = _NUMBER.fullmatch(_plain(text))
    return "-".join(found.groups()) if found else None


def read_code(text: str) -> str | None:
    """Return a query code as it is stored, ABCD-EFGH-JKLM, of what a person typed; None where it is none."""
    code = codes.read_code(text, letters=QUERY_CODE_LETTERS)
    return codes.in_groups(code) if code else None


def has_strange_letters(text: str) -> bool:
    """Whether what was typed as a query code has letters that no code has: 0, O, 1, I."""
    return any(letter in "0O1I" for letter in _plain(text))


def _plain(text: str) -> str:
    wide = unicodedata.normalize("NFKC", text).upper()
    return re.sub(r"\s", "", _DASHES.sub("-", wide))


def case_with(*, number: str, code: str) -> Case | None:
    """Return the submitted case `number` if `code` is its filing's query code, else None."""
    case = Case.objects.select_related("filing").filter(number=number, submitted_on__isnull=False).first()
    expected = case.filing.query_code if case is not None else _NO_CODE
    return case if constant_time_compare(expected, code) and case is not None else None


@dataclass(frozen=True)
class Answer:
    """What is told of a case: its kind and state in words, the way, with whom it lies, the next deadline."""

    number: str
    kind: str
    state: str
    status: PublicStatus
    submitted_on: date | None
    closed_on: date | None
    clocks: list[dict[str, Any]]
    documents: int


def status_of(case: Case, *, today: date) -> Answer:
    """Return how a case of any kind stands on a day, for anybody."""
    kind = kind_of(case)
    whole = (
        Case.objects.select_related("intake_office", kind.details)
        .prefetch_related("clocks__pauses", "clocks__extensions", "steps__office")
        .get(pk=case.pk)
    )
    clocks = clock_items(whole, today=today, running_only=True)
    return Answer(
        number=whole.number or "",
        kind=str(kind.label),
        state=str(kind.states(whole.state).label),
        status=kind.status(whole, today),
        submitted_on=whole.submitted_on,
        closed_on=whole.closed_on,
        clocks=clocks,
        documents=whole.documents.filter(document__state="ready")
        .exclude(document__kind="commitment_letter")
        .count(),
    )
