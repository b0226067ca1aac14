"""The parts of a subject's file 主体档案: each package says what it adds, and to whom.

Registered at start-up, so that the file needs to know none of them by name.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from credit_repair.registry.models import Subject

#: Who reads a file: an official, or whoever acts for the subject.
OFFICE, SUBJECT = "office", "subject"


@dataclass(frozen=True)
class FileReader:
    """Who reads the file of a subject, on which day: `side` is OFFICE or SUBJECT."""

    user: Any
    on: date
    side: str


@dataclass(frozen=True)
class FileLine:
    """One line of a file.

    day    when it happened
    title  what it is, in a few words
    text   the rest, one sentence or two; empty for none
    state  how it stands, for a tag, and the tag's tone
    url    the page that says more, for this reader; empty for none
    over   it holds no longer: repaired, expired, superseded. Nothing that others get to see names it
    """

    day: date
    title: str
    text: str = ""
    state: str = ""
    tone: str = "neutral"
    url: str = ""
    over: bool = False


#: Returns the newest lines first, at most `limit`, with nothing the reader may not see.
Lines = Callable[[Subject, FileReader, int], list[FileLine]]


@dataclass(frozen=True)
class FilePart:
    """A part of the file: `title` is its heading, lazily translated; `empty` what it says without lines."""

    code: str
    title: Any
    empty: Any
    lines: Lines
    #: Whether it goes into what is issued over a seal 主体信用档案, which the subject shows to others.
    for_others: bool = False
    #: Parts stand in the order of this number.
    place: int = 100


_parts: dict[str, FilePart] = {}


def register(part: FilePart) -> None:
    """Let a package add a part to every subject's file."""
    _parts[part.code] = part


def parts() -> list[FilePart]:
    """Return the parts in their order."""
    return sorted(_parts.values(), key=lambda part: (part.place, part.code))
