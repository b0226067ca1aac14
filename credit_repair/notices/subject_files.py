"""A subject's file 主体信用档案 on paper: issued over an office's seal, or printed by whoever may read it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, ClassVar, Self

from django.utils.translation import gettext_noop

from .bases import Document, IssuedDocument
from .parts import Party
from .samples import LONG_NAME, PERSON, issued
from .templatetags.counting import chinese

_OFFICE = "濉溪县信用办"


@dataclass(frozen=True)
class FileFact:
    """A line of the head of a file, such as 正在公示 and 2项."""

    name: str
    value: str


@dataclass(frozen=True)
class FileEntry:
    """Something in a file: its day, what it is, the rest in a sentence or two, and how it stands."""

    day: date
    title: str
    text: str = ""
    state: str = ""


@dataclass(frozen=True)
class FileChapter:
    """A part of a file: its heading, its entries, newest first, and what it says without any.

    more: there are older ones that are left out.
    """

    title: str
    empty: str
    entries: tuple[FileEntry, ...] = ()
    more: bool = False

    @classmethod
    def samples(cls, count: int = 2) -> tuple[Self, ...]:
        """Made-up chapters, the first with `count` entries."""
        records = tuple(
            FileEntry(
                date(2026, 4, 16),
                f"濉市监罚〔2026〕{118 + n}号",
                "濉溪县市场监督管理局；一般失信；公示至2027年4月16日",
                "公示中",
            )
            for n in range(count)
        )
        filed = FileEntry(date(2026, 11, 20), "XF-2026-000118", "信用修复；濉市监罚〔2026〕118号", "核查中")
        return (
            cls("信用记录", "没有信用记录。", records, more=count > 30),
            cls("办件", "没有办件。", (filed,)),
            cls("侵权和司法事件", "没有登记。"),
        )


def _numbered(chapters: tuple[FileChapter, ...]) -> Iterator[tuple[str, FileChapter]]:
    """Each chapter with its numeral: 一, 二, 十二."""
    for place, chapter in enumerate(chapters, start=1):
        yield chinese(place), chapter


_FACTS = (FileFact("正在公示的信用记录", "2项"), FileFact("正在办理的申请", "1件"))


@dataclass(frozen=True, kw_only=True)
class SubjectFile(IssuedDocument):
    """A subject's file 主体信用档案, issued by a credit office: it says how things stand, no more.

    Attributes:
        as_of: the day that it speaks of.
        facts: its figures.
        chapters: its parts, each with its entries.
    """

    template: ClassVar[str] = "subject_file"
    title: ClassVar[str] = gettext_noop("主体信用档案")

    as_of: date
    facts: tuple[FileFact, ...]
    chapters: tuple[FileChapter, ...]

    def to_context(self) -> dict[str, Any]:
        """Return the template's context, with the chapters in their numerals."""
        return {**super().to_context(), "numbered_chapters": list(_numbered(self.chapters))}

    @classmethod
    def sample(cls) -> Self:
        """An enterprise with two records."""
        return cls(
            **{**issued(_OFFICE, date(2026, 11, 23)), "case_number": ""},
            as_of=date(2026, 11, 23),
            facts=_FACTS,
            chapters=FileChapter.samples(),
        )

    @classmethod
    def samples(cls) -> dict[str, Self]:
        """The usual one, a natural person's, and a long one."""
        usual = cls.sample()
        return {
            "usual": usual,
            "person": replace(usual, party=PERSON),
            "many": replace(usual, party=LONG_NAME, chapters=FileChapter.samples(60)),
        }


@dataclass(frozen=True, kw_only=True)
class SubjectFilePrint(Document):
    """The same without a seal: printed on one's own 自助打印, or by an official for use inside the office.

    Attributes:
        as_of: the day that it speaks of.
        facts: its figures.
        chapters: its parts, each with its entries.
        printed_by: who printed it.
        office: the official's office; empty where the subject's own people print it.
    """

    template: ClassVar[str] = "subject_file_print"
    title: ClassVar[str] = gettext_noop("主体信用档案")

    as_of: date
    facts: tuple[FileFact, ...]
    chapters: tuple[FileChapter, ...]
    printed_by: str
    office: str = ""

    def to_context(self) -> dict[str, Any]:
        """Return the template's context, with the chapters in their numerals."""
        return {**super().to_context(), "numbered_chapters": list(_numbered(self.chapters))}

    @classmethod
    def sample(cls) -> Self:
        """An enterprise's own print."""
        return cls(
            party=Party.sample(),
            case_number="",
            demo=True,
            as_of=date(2026, 11, 23),
            facts=_FACTS,
            chapters=FileChapter.samples(),
            printed_by="周小敏",
        )

    @classmethod
    def samples(cls) -> dict[str, Self]:
        """The usual one, an official's about a natural person, and a long one."""
        usual = cls.sample()
        return {
            "usual": usual,
            "office": replace(usual, party=Party("王**", is_person=True), printed_by="李受", office=_OFFICE),
            "many": replace(usual, party=LONG_NAME, chapters=FileChapter.samples(60)),
        }


SUBJECT_FILES: tuple[type[Document], ...] = (SubjectFile, SubjectFilePrint)
"""The documents of this module; each has `template`, `title`, `sample()` and `samples()`."""
