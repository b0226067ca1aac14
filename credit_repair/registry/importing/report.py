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


def csv_report(file: IO[str]) -> Callable[[RowOutcome], None]:
    """Write the header to `file` (opened with newline="") and return what writes a line."""
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(HEADER)

    def write(outcome: RowOutcome) -> None:
        writer.writerow(outcome.as_tuple())

    return write
