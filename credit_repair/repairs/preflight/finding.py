"""A finding: one piece of advice about a file, an application or the whole filing."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from credit_repair.cases.models import Case, StoredFile


class Tone(StrEnum):
    """How much a finding matters: a warning may well lead to a correction notice."""

    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One piece of advice 提示.

    Attributes:
        code: which finding it is, see preflight.table.
        title: what was found, as a sentence.
        text: more about it; may be empty.
        todo: what to do about it.
        file: the file it is about, None where it is about no file.
        kind: as material of which kind the file was found, a value of Attachment.Kind; empty for no file.
        cases: primary keys of the applications it is about; empty for the whole filing.
    """

    code: str
    title: str
    text: str = ""
    todo: str = ""
    tone: Tone = Tone.WARNING
    file: StoredFile | None = None
    kind: str = ""
    cases: frozenset[int] = frozenset()


def of_file(findings: Iterable[Finding], stored: StoredFile) -> list[Finding]:
    """Return the findings about a file."""
    return [found for found in findings if found.file is not None and found.file.pk == stored.pk]


def with_unsigned_letter(findings: Iterable[Finding]) -> set[int]:
    """Return the keys of the applications whose letter was brought, and looks as if nobody had signed it."""
    return {key for found in findings if found.code == "letter_unsigned" for key in found.cases}


def of_case(findings: Iterable[Finding], case: Case) -> list[Finding]:
    """Return the findings about an application, and about its files."""
    return [found for found in findings if case.pk in found.cases]
