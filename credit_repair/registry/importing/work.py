"""What a batch of rows asks to be written."""

from dataclasses import dataclass, field

from credit_repair.registry.importing.changes import Change
from credit_repair.registry.importing.report import RowOutcome
from credit_repair.registry.importing.row import TableRow
from credit_repair.registry.importing.supply import Supply
from credit_repair.registry.models import Record, Subject


@dataclass(frozen=True)
class Refusal:
    """A refused row, the code of its fault, and the subject whose number it gives, where that is known."""

    row: TableRow
    code: str
    subject: Subject | None


@dataclass
class Work:
    """What a batch of rows asks to be written, and what became of each row.

    `withdrawn` and `brought_back` are among the records of `updated`; `refused` has its rows by number.
    """

    taken: list[Record] = field(default_factory=list)
    updated: list[tuple[Record, list[Change]]] = field(default_factory=list)
    unchanged: list[Record] = field(default_factory=list)
    withdrawn: list[Record] = field(default_factory=list)
    brought_back: list[Record] = field(default_factory=list)
    refused: dict[int, Refusal] = field(default_factory=dict)
    outcomes: list[RowOutcome] = field(default_factory=list)
    supply: Supply = field(default_factory=Supply)
