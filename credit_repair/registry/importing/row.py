"""What a row of a table means."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.functional import cached_property

from credit_repair.registry.importing.columns import Layout
from credit_repair.registry.importing.parsing import read_amount, read_code, read_date
from credit_repair.registry.importing.reader import Cell, RawRow
from credit_repair.registry.keys import list_entry_no, natural_key, personal_key
from credit_repair.registry.models import Subject
from credit_repair.rules import RuleBook, parse_penalty_types

_CATEGORIES = {
    "自然人": Subject.Kind.PERSON,
    "个体工商户": Subject.Kind.SOLE_TRADER,
    "法人及非法人组织": Subject.Kind.ORGANISATION,
    "法人": Subject.Kind.ORGANISATION,
    "非法人组织": Subject.Kind.ORGANISATION,
}
_SOLE_TRADER_CODE = "92"
_RESIDENT_ID_NAMES = ("身份证", "居民身份证")


@dataclass
class TableRow:
    """One data row. A value that is wrong raises ValueError when it is asked for: that is how checks see it.

    `number` counts from 1; `book` knows the penalty types.
    """

    number: int
    cells: dict[str, Cell]
    book: RuleBook
    layout: Layout

    @classmethod
    def read(cls, raw: RawRow, *, book: RuleBook, layout: Layout) -> "TableRow":
        """Return the row of what the reader yields."""
        return cls(number=raw[0], cells=raw[1], book=book, layout=layout)

    def header(self, field: str) -> str:
        """What the table calls a field."""
        return self.layout.headers[field]

    def text(self, field: str) -> str:
        """The text of a field, as the source writes it, without blanks around it."""
        return str(self.cells[field])

    def day(self, field: str) -> date | None:
        """The date in a field, None where it is empty. Raises ValueError for what is none."""
        return read_date(self.cells[field])

    @cached_property
    def decision_date(self) -> date:
        """The day of the decision 处罚决定日期, or of the entry on a list 列入日期.

        Raises ValueError also where it is empty.
        """
        day = self.day("decision_date")
        if day is None:
            raise ValueError("empty")
        return day

    @cached_property
    def own_until(self) -> date | None:
        """The source's own last day of publicity 公示截止期."""
        return self.day("own_until")

    @cached_property
    def removed_on(self) -> date | None:
        """The day on which the source took the entry off its list 移出日期."""
        return self.day("removed_on")

    @cached_property
    def code(self) -> str:
        """The subject's unified social credit code, or nothing."""
        return read_code(self.text("code"))

    @cached_property
    def authority_code(self) -> str:
        """The authority's unified social credit code, or nothing."""
        return read_code(self.text("authority_code"))

    @cached_property
    def source_code(self) -> str:
        """The code of the office that supplies the data, or nothing."""
        return read_code(self.text("source_code"))

    @cached_property
    def kind(self) -> Subject.Kind:
        """The kind of subject, from 行政相对人类别; where that is no help, from the numbers given."""
        named = _CATEGORIES.get(self.text("category"))
        if named is not None:
            return named
        if not self.code and self.text("person_number"):
            return Subject.Kind.PERSON
        if self.code.startswith(_SOLE_TRADER_CODE):
            return Subject.Kind.SOLE_TRADER
        return Subject.Kind.ORGANISATION

    @property
    def is_person(self) -> bool:
        """Whether the subject is a natural person 自然人."""
        return self.kind == Subject.Kind.PERSON

    @cached_property
    def person_number(self) -> str:
        """The number of a natural person's identity document."""
        return self.text("person_number").upper()

    @cached_property
    def person_has_resident_id(self) -> bool:
        """Whether that document is a resident identity card, which it is where the table names none."""
        return self.text("person_id_type") in ("", *_RESIDENT_ID_NAMES)

    @cached_property
    def representative_has_resident_id(self) -> bool:
        """Whether the legal representative's document is a resident identity card."""
        return self.text("representative_id_type") in ("", *_RESIDENT_ID_NAMES)

    @cached_property
    def penalty_types(self) -> tuple[str, ...]:
        """The canonical penalty types, none on a list. Raises UnknownPenaltyType, a ValueError."""
        if self.layout.is_list:
            return ()
        return parse_penalty_types(self.text("penalty_text"), book=self.book)

    def amount(self, field: str) -> Decimal | None:
        """An amount in 万元, None where the cell is empty. Raises ValueError for what is no amount."""
        return read_amount(self.text(field))

    @cached_property
    def subject_key(self) -> str:
        """By what the subject is known again."""
        return personal_key(self.person_number) if self.is_person else self.code

    @cached_property
    def key(self) -> str:
        """The natural key of the record. Of an entry on a list, list and day stand for the number.

        Without a day there is no key, and the row is refused before anybody needs one.
        """
        doc_no = self.text("doc_no")
        if self.layout.is_list:
            try:
                doc_no = list_entry_no(self.text("list_name"), self.decision_date)
            except ValueError:
                return ""
        return natural_key(doc_no=doc_no, authority_code=self.authority_code, subject_key=self.subject_key)
