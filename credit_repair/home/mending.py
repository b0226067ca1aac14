"""The refused rows of an import as the table that they came from, to be mended and imported again."""

import io
from collections.abc import Iterable, Iterator
from typing import Any

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter

from credit_repair.core.tables import as_csv, may_be_formula, without_unwritable
from credit_repair.registry.importing.columns import Layout

Rows = Iterable[tuple[dict[str, str], str]]

#: A cell of a workbook holds no more.
MAX_CELL = 32_767
_WIDTH, _WIDE = 18, 48


def refused_workbook(rows: Rows, *, layout: Layout) -> bytes:
    """Return the rows as .xlsx: the columns of their table, and last why each was refused.

    Every cell is text, also the empty ones, so that a code which somebody types keeps its 18 digits; what
    begins like a formula is text too, and reads back as it was.
    """
    book = Workbook(write_only=True)
    sheet = book.create_sheet(layout.name[:31])
    sheet.freeze_panes = "A2"
    header = _header(layout)
    for place, _title in enumerate(header, start=1):
        sheet.column_dimensions[get_column_letter(place)].width = _WIDE if place == len(header) else _WIDTH
    sheet.append([_title_cell(sheet, title) for title in header])
    for line in _lines(rows, layout):
        sheet.append([_text_cell(sheet, text) for text in _shortened(line)])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def refused_csv(rows: Rows, *, layout: Layout) -> bytes:
    """Return the same as CSV in UTF-8 with a BOM, for programs that want it.

    A quote stands before what would be a formula. It would stay in the text when the table is imported
    again: the table to mend is the workbook.
    """
    return b"".join(as_csv(_header(layout), _lines(rows, layout)))


def _header(layout: Layout) -> list[str]:
    return [*(column.header for column in layout.columns), _("拒收原因")]


def _lines(rows: Rows, layout: Layout) -> Iterator[list[str]]:
    for cells, reason in rows:
        yield [*(str(cells.get(column.field) or "") for column in layout.columns), reason]


def _shortened(line: list[str]) -> list[str]:
    """Cut what a workbook cannot hold, and say so beside the reason."""
    if all(len(text) <= MAX_CELL for text in line):
        return line
    words = _("（有内容超过Excel单元格的上限，已截去后面的部分。）")
    return [text[:MAX_CELL] for text in [*line[:-1], line[-1] + words]]


def _title_cell(sheet: Any, title: str) -> Cell:
    cell = WriteOnlyCell(sheet, value=title)
    cell.font = Font(bold=True)
    cell.fill = PatternFill("solid", fgColor="E8EEF4")
    return cell


def _text_cell(sheet: Any, text: str) -> Cell:
    cell = WriteOnlyCell(sheet, value=without_unwritable(text) or None)
    cell.number_format = "@"
    if text:
        # Set after the value: openpyxl takes a text that begins with “=” for a formula.
        cell.data_type = "s"
        cell.quotePrefix = may_be_formula(text)
    return cell
