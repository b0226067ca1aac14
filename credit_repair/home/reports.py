"""The report of an import as a file for a program; a page's own export is for people."""

from collections.abc import Iterable

from credit_repair.core.tables import as_csv
from credit_repair.registry.importing.report import HEADER
from credit_repair.registry.models import ImportLine
from credit_repair.registry.personal_numbers import without_personal_numbers


def report_csv(lines: Iterable[ImportLine]) -> bytes:
    """Return the lines as CSV in UTF-8 with a BOM, which spreadsheets want for Chinese."""
    rows = (
        (line.row, line.outcome, line.field, line.code, without_personal_numbers(line.reason))
        for line in lines
    )
    return b"".join(as_csv(HEADER, rows))
