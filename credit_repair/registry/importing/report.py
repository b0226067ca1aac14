"""What became of every row."""

import csv
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import IO

from credit_repair.registry.importing.checks import Finding

HEADER = ("row", "outcome", "field", "code", "reason")


class Outcome(StrEnum):
    """What became of a row."""

    TAKEN = "taken"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


@dataclass(frozen=True)
class RowOutcome:
    """One line of the report. Exactly one per data row.

    A taken or updated row that needs a look has field and code of its first warning, and the words of all.
    """

    row: int
    outcome: Outcome
    field: str = ""
    code: str = ""
    reason: str = ""

    @classmethod
    def of(cls, row: int, outcome: Outcome, findings: Iterable[Finding] = ()) -> "RowOutcome":
        """Return the line for what was found in a row."""
        found = tuple(findings)
        if not found:
            return cls(row, outcome)
        return cls(row, outcome, found[0].field, found[0].code, "".join(finding.reason for finding in found))

    @property
    def needs_a_look(self) -> bool:
        """Whether a person should read it: refused, or taken with a warning."""
        return bool(self.code)

    def as_tuple(self) -> tuple[int, str, str, str, str]:
        """The line in the order of the header."""
        return self.row, self.outcome.value, self.field, self.code, self.reason


class CsvReport:
    """The report as CSV, written to `file` (opened with newline="") as the rows come.

    `with_file` puts the name of the file before each line, where there are several.
    """

    def __init__(self, file: IO[str], *, with_file: bool = False) -> None:
        self._writer = csv.writer(file, lineterminator="\n")
        self._with_file = with_file
        self._writer.writerow(("file", *HEADER) if with_file else HEADER)

    def of(self, name: str) -> Callable[[RowOutcome], None]:
        """Return what writes a line for a row of the file `name`."""
        before = (name,) if self._with_file else ()

        def write(outcome: RowOutcome) -> None:
            self._writer.writerow((*before, *outcome.as_tuple()))

        return write


def csv_report(file: IO[str]) -> Callable[[RowOutcome], None]:
    """Write the header to `file` (opened with newline="") and return what writes a line."""
    return CsvReport(file).of("")
