"""The report on a file that somebody left: what became of each line, kept and given back as CSV."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from credit_repair.core.tables import safe_text

RECEIPTS_HEADER = ("line", "id", "outcome", "detail")
#: As the import's own report.
ROWS_HEADER = ("row", "outcome", "field", "code", "reason")
WHOLE_HEADER = ("file", "outcome", "detail")


@dataclass
class Report:
    """What became of a file.

    rows    one for each line, in the order of the header; of a table of records those that need a look
    lines   how many there were; `taken` of them did what they were for, `refused` did not
    """

    header: Sequence[str]
    rows: list[Sequence[Any]] = field(default_factory=list)
    lines: int = 0
    taken: int = 0
    refused: int = 0

    def add(self, row: Sequence[Any], *, good: bool) -> None:
        """Add a line."""
        self.rows.append(row)
        self.count(good=good)

    def count(self, *, good: bool) -> None:
        """Count a line that is not listed."""
        self.lines += 1
        self.taken += good
        self.refused += not good


def as_csv(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    """Yield the report as CSV, in UTF-8 with the mark by which spreadsheets know it, and nothing in it a
    formula."""
    yield "\ufeff".encode()
    for row in (header, *rows):
        line = io.StringIO()
        csv.writer(line, lineterminator="\n").writerow(
            [safe_text(cell) if isinstance(cell, str) else cell for cell in row]
        )
        yield line.getvalue().encode()
