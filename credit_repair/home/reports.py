"""The report of an import as a file for a spreadsheet."""

import csv
import io
from collections.abc import Iterable

from credit_repair.registry.importing.report import HEADER
from credit_repair.registry.models import ImportLine

#: What makes a spreadsheet take a text for a formula.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def safe_cell(text: str) -> str:
    """Return `text` so that no spreadsheet runs it: a quote before what would begin a formula."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def report_csv(lines: Iterable[ImportLine]) -> bytes:
    """Return the lines as CSV in UTF-8 with a BOM, which spreadsheets want for Chinese."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(HEADER)
    for line in lines:
        words = (line.outcome, line.field, line.code, line.reason)
        writer.writerow((line.row, *(safe_cell(word) for word in words)))
    return text.getvalue().encode("utf-8-sig")
