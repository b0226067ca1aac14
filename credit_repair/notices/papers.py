"""What applicants write and sign: their own papers, so without head, number or seal.

The commitment letter is issued and kept; the others are made when somebody asks for one. A paper without a
party is a blank one, to be filled in by hand.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any, ClassVar, Self, TypeVar

from django.utils.translation import gettext_noop

from credit_repair.rules import said

from .bases import Document, qr_svg
from .ink import Signature
from .parts import Party, RecordFacts
from .samples import LONG_NAME

#: What the QR code of a commitment letter begins with; the letter's identity follows.
LETTER_CODE = "CXL:"

#: Nobody yet: the paper is filled in by hand.
NOBODY = Party("")
_BLANK_ROWS = 3

_Paper = TypeVar("_Paper", bound="_Filed")


@dataclass(frozen=True, kw_only=True)
class CommitmentLetter(Document):
    """Commitment letter 信用修复承诺书.

    Attributes:
        record: the record to be repaired; one letter for each.
        addressee: the office the letter is given to.
        document_uuid: its identity in hexadecimal, which issuing sets; printed as a QR code, so that a scan
            tells which letter it is. Empty for none.
        signed_on: date of a signature on the screen; None leaves the date to be written by hand.
        signature: the signature on the screen; None leaves its place to be signed by hand.
    """

    template: ClassVar[str] = "commitment_letter"
    title: ClassVar[str] = gettext_noop("信用修复承诺书")

    record: RecordFacts
    addressee: str
    document_uuid: str = ""
    signed_on: date | None = None
    signature: Signature | None = None

    def to_context(self) -> dict[str, Any]:
        """Return the template's context."""
        return {
            **super().to_context(),
            "signed_on": said(self.signed_on) if self.signed_on else "",
            "qr": qr_svg(LETTER_CODE + self.document_uuid) if self.document_uuid else "",
        }

    @classmethod
    def sample(cls) -> Self:
        """A letter to be signed by hand."""
        return cls(
            party=Party.sample(),
            case_number="查询码 K7Q4-29XM-8DPC",
            record=RecordFacts.sample(),
            addressee="濉溪县信用办",
            document_uuid="7f3a0c52e1b94d6f8a2b90c14d5e6f70",
            demo=True,
        )


@dataclass(frozen=True, kw_only=True)
class BlankCommitment(Document):
    """A commitment letter for anybody, to be filled in by hand."""

    template: ClassVar[str] = "blank_commitment"
    title: ClassVar[str] = gettext_noop("信用修复承诺书")

    @classmethod
    def sample(cls) -> Self:
        """The blank letter."""
        return cls(party=NOBODY, case_number="")


@dataclass(frozen=True)
class Item:
    """One record of an application on paper: what it is, since when its duties are performed, and how.

    Attributes:
        record: the record.
        performed_on: day on which all duties were performed; None leaves it to be written by hand.
        statement: what was done, in paragraphs; empty for none.
    """

    record: RecordFacts
    performed_on: date | None = None
    statement: tuple[str, ...] = ()

    @classmethod
    def sample(cls) -> Self:
        """A made-up penalty whose fine was paid."""
        return cls(RecordFacts.sample(), date(2026, 4, 28), ("罚款3万元已缴清，原材料进货台账已补齐。",))


@dataclass(frozen=True, kw_only=True)
class _Filed(Document):
    """What is written about the records of an application.

    Attributes:
        items: the records; none for a blank paper.
        contact_name: whom to ask; empty leaves it to be written by hand.
        contact_phone: and where.
    """

    items: tuple[Item, ...] = ()
    contact_name: str = ""
    contact_phone: str = ""

    def to_context(self) -> dict[str, Any]:
        """Return the template's context."""
        return {
            **super().to_context(),
            "blank_rows": () if self.items else range(1, _BLANK_ROWS + 1),
            "statements": self._statements(),
        }

    def _statements(self) -> list[tuple[str, tuple[str, ...]]]:
        """Return what was done, each text once, with the numbers of the rows it is about: 第1项、第3项."""
        said_of: dict[tuple[str, ...], list[str]] = {}
        for number, item in enumerate(self.items, start=1):
            if item.statement:
                said_of.setdefault(item.statement, []).append(f"第{number}项")
        alone = len(said_of) == 1 and len(next(iter(said_of.values()))) == len(self.items)
        return [("" if alone else "、".join(numbers), text) for text, numbers in said_of.items()]

    @classmethod
    def sample(cls) -> Self:
        """An application about one record."""
        return cls(
            party=Party.sample(),
            case_number="K7Q4-29XM-3TRB",
            items=(Item.sample(),),
            contact_name="周小敏",
            contact_phone="0561-0000000",
            demo=True,
        )


@dataclass(frozen=True, kw_only=True)
class ApplicationForm(_Filed):
    """Application form 信用修复申请表."""

    template: ClassVar[str] = "application_form"
    title: ClassVar[str] = gettext_noop("信用修复申请表")

    @classmethod
    def samples(cls) -> dict[str, Self]:
        """By name: as it is usual, about many records, blank."""
        return _usual_many_blank(cls)


@dataclass(frozen=True, kw_only=True)
class Statement(_Filed):
    """Statement on correction and performance 改正和履行情况说明."""

    template: ClassVar[str] = "statement"
    title: ClassVar[str] = gettext_noop("改正和履行情况说明")

    @classmethod
    def samples(cls) -> dict[str, Self]:
        """By name: as it is usual, about many records, blank."""
        return _usual_many_blank(cls)


def _usual_many_blank(kind: type[_Paper]) -> dict[str, _Paper]:
    """Return the examples of a paper about the records of an application."""
    usual = kind.sample()
    (item,) = usual.items
    many = tuple(
        replace(
            item,
            record=replace(item.record, document_number=f"濉市监罚〔2026〕{118 + number}号"),
            performed_on=date(2026, 12, 10 + number),
            statement=(*item.statement * (1 + number % 3),),
        )
        for number in range(12)
    )
    return {
        "usual": usual,
        "many": replace(usual, party=LONG_NAME, items=many),
        "blank": kind(party=NOBODY, case_number=""),
    }


@dataclass(frozen=True, kw_only=True)
class Authorisation(Document):
    """Authorisation 授权委托书: who files for the party.

    Attributes:
        agent: name of the person who is authorised; empty leaves it to be written by hand.
        agent_phone: their telephone.
    """

    template: ClassVar[str] = "authorisation"
    title: ClassVar[str] = gettext_noop("授权委托书")

    agent: str = ""
    agent_phone: str = ""

    @classmethod
    def sample(cls) -> Self:
        """An authorisation whose term is written by hand."""
        return cls(party=Party.sample(), case_number="", agent="周小敏", agent_phone="13800000000", demo=True)

    @classmethod
    def samples(cls) -> dict[str, Self]:
        """By name: as it is usual, blank."""
        return {"usual": cls.sample(), "blank": cls(party=NOBODY, case_number="")}


@dataclass(frozen=True, kw_only=True)
class Withdrawal(Document):
    """Withdrawal 撤回申请 of an application that has been filed.

    Attributes:
        record: what the application is about.
        filed_on: day of filing; None where it still waits for its day.
        addressee: the office with which it lies.
    """

    template: ClassVar[str] = "withdrawal"
    title: ClassVar[str] = gettext_noop("撤回信用修复申请书")

    record: RecordFacts
    filed_on: date | None
    addressee: str

    @classmethod
    def sample(cls) -> Self:
        """A withdrawal of an application about a penalty."""
        return cls(
            party=Party.sample(),
            case_number="XF-2026-000118",
            record=RecordFacts.sample(),
            filed_on=date(2026, 11, 20),
            addressee="濉溪县信用办",
            demo=True,
        )


PAPERS: tuple[type[Document], ...] = (BlankCommitment, ApplicationForm, Statement, Authorisation, Withdrawal)
"""The papers that are made when somebody asks for one; each has `template`, `title` and `sample()`."""
