"""Lists as files for a spreadsheet, .xlsx and CSV: nothing in them is ever run as a formula.

A value keeps its kind: dates are dates, amounts are numbers, and a text stays the text that it was, also
where it looks like a formula or like a number with leading zeros.
"""

import csv
import io
import re
import tempfile
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import chain, islice
from typing import IO, Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from credit_repair.core.clock import today

#: A column: its title (also a lazy text), and what it shows of a row. None and "" leave the cell empty.
Column = tuple[object, Callable[[Any], Any]]
Columns = Sequence[Column]
Rows = Iterable[Sequence[Any]]

CONTENT_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
#: What begins a formula, once a spreadsheet has dropped the blanks and made wide signs narrow.
_FORMULA_STARTS = ("=", "+", "-", "@")
#: What no XML document can hold.
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
#: How the format writes a character by its number: what only looks like that has to be told apart.
_XML_ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_LONGEST_CELL = 32_767
_SHEET_TITLE = 31
_MEASURED_ROWS = 50
_NARROWEST, _WIDEST = 8, 48
#: Rows fetched at a time: so much of a list is in memory at once.
_CHUNK = 1000
_IN_MEMORY = 1024 * 1024


class Share(float):
    """A share of one, written as a percentage: Share(0.975) is 97.5%."""


def safe_text(text: str) -> str:
    """Return `text` so that no spreadsheet takes it for a formula: an apostrophe before what could be one."""
    return f"'{text}" if may_be_formula(text) else text


def may_be_formula(text: str) -> bool:
    """Whether a spreadsheet could take `text` for a formula.

    Leading blanks do not hide one, nor do the wide forms of its signs, as in ＝1+1.
    """
    if text.startswith(("\t", "\r", "\n")):
        return True
    seen = next((sign for sign in text if not _is_skipped(sign)), "")
    return unicodedata.normalize("NFKC", seen).startswith(_FORMULA_STARTS)


def _is_skipped(sign: str) -> bool:
    """Whether a spreadsheet may look past the sign: a blank, or one that is not seen at all."""
    return sign.isspace() or unicodedata.category(sign) in ("Cc", "Cf", "Zl", "Zp", "Zs")


def as_csv(header: Sequence[str], rows: Rows) -> Iterator[bytes]:
    """Yield a CSV line by line: UTF-8 with a BOM, which spreadsheets want for Chinese, and CRLF.

    `rows` may be endless; one is held at a time.
    """
    yield "\ufeff".encode()
    line = io.StringIO(newline="")
    writer = csv.writer(line, lineterminator="\r\n")
    for row in chain([header], rows):
        writer.writerow([_csv_cell(value) for value in row])
        yield line.getvalue().encode("utf-8", errors="replace")
        line.seek(0)
        line.truncate()


def _csv_cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, Share):
        return f"{value:.1%}"
    if isinstance(value, datetime):
        return f"{_local(value):%Y-%m-%d %H:%M}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(_plain(value), "f")
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return safe_text(str(value))


def as_xlsx(header: Sequence[str], rows: Rows, *, title: str = "") -> IO[bytes]:
    """Return a workbook of one sheet as an open temporary file, at its beginning; the caller closes it.

    Rows are written as they come, so a long list takes no more memory than a short one.
    """
    book = Workbook(write_only=True)
    sheet: Any = book.create_sheet(_sheet_title(title))
    sheet.freeze_panes = "A2"
    cells = _Cells(sheet)
    coming = iter(rows)
    first = list(islice(coming, _MEASURED_ROWS))
    for number, width in enumerate(_widths(header, first), start=1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    sheet.append([cells.heading(text) for text in header])
    count = 1
    for row in chain(first, coming):
        sheet.append([cells.of(value) for value in row])
        count += 1
    sheet.auto_filter.ref = f"A1:{get_column_letter(max(len(header), 1))}{count}"
    file = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - handed on, open
    book.save(file)
    file.seek(0)
    return file


class _Cells:
    """The cells of a sheet, one style for each kind of value, made once."""

    def __init__(self, sheet: Any) -> None:
        self._sheet = sheet
        self._text = self._style(quotePrefix=True)
        self._heading = self._style(quotePrefix=True, font=Font(bold=True))
        self._numbers = {
            datetime: self._style(number_format="yyyy-mm-dd hh:mm"),
            date: self._style(number_format="yyyy-mm-dd"),
            Decimal: self._style(number_format="#,##0.######"),
            Share: self._style(number_format="0.0%"),
            int: self._style(number_format="0"),
            float: self._style(number_format="General"),
        }

    def _style(self, **looks: Any) -> Any:
        model: Any = WriteOnlyCell(self._sheet)
        for name, value in looks.items():
            setattr(model, name, value)
        return model._style

    def heading(self, text: str) -> Any:
        """Return a cell of the first line."""
        return self._texts(text, self._heading)

    def of(self, value: Any) -> Any:
        """Return a cell of the kind of `value`, None for an empty one."""
        if value is None or value == "":
            return None
        style = None if isinstance(value, bool) else self._numbers.get(type(value))
        if style is None:
            return self._texts(str(value), self._text)
        if isinstance(value, datetime):
            value = _local(value).replace(tzinfo=None)
        cell: Any = WriteOnlyCell(self._sheet, value)
        cell._style = style
        return cell

    def _texts(self, text: str, style: Any) -> Any:
        cell: Any = WriteOnlyCell(self._sheet, _xml_text(text))
        cell.data_type = "s"  # openpyxl has taken a text that begins with = for a formula, #N/A for an error
        cell._style = style
        return cell


def without_unwritable(text: str) -> str:
    """Return `text` with a mark in place of what no XML document, and so no workbook, can hold."""
    return _NOT_XML.sub("\ufffd", text)


def _xml_text(text: str) -> str:
    r"""The text as XML can hold it: line ends as \n, a mark in place of what XML has no way to write."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _XML_ESCAPE.sub("_x005F_", without_unwritable(text))[:_LONGEST_CELL]


def _sheet_title(title: str) -> str:
    return re.sub(r"[\\*?:/\[\]]", " ", title).strip("' ")[:_SHEET_TITLE] or "1"


def _widths(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> list[int]:
    """How wide each column is, by its title and its first rows; a Chinese character takes two places."""
    found = [_places(text) for text in header]
    for row in rows:
        for number, value in enumerate(row[: len(found)]):
            found[number] = max(found[number], _places(_csv_cell(value)))
    return [min(max(width + 2, _NARROWEST), _WIDEST) for width in found]


def _places(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text[:_WIDEST])


def _local(moment: datetime) -> datetime:
    return timezone.localtime(moment) if timezone.is_aware(moment) else moment


def _plain(amount: Decimal) -> Decimal:
    """The amount without the zeros behind it that only the column's width has given it."""
    return amount.normalize() if amount.is_finite() else amount


@dataclass(frozen=True)
class TableFile:
    """A list that was written: the open file, how many rows it has, whether there would have been more."""

    file: IO[bytes]
    rows: int
    cut: bool


def wanted_format(request: HttpRequest) -> str:
    """Return the kind of file that the address asks for with ?format=, or "" where it asks for the page."""
    wanted = request.GET.get("format", "")
    return wanted if wanted in CONTENT_TYPES else ""


def write_table(kind: str, *, name: str, columns: Columns, rows: Iterable[Any]) -> TableFile:
    """Write `rows` as a file of `kind`, "csv" or "xlsx", no more of them than EXPORT_MAX_ROWS.

    A query is read in chunks. Where rows are left out, the last line of the file says so.
    """
    limit: int = settings.EXPORT_MAX_ROWS
    count = _Count(limit=limit)
    header = [str(title) for title, _value in columns]
    values = count.through([value(row) for _title, value in columns] for row in _in_chunks(rows, limit + 1))
    file: IO[bytes]
    if kind == "xlsx":
        file = as_xlsx(header, values, title=name)
    else:
        file = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - handed on, open
        for line in as_csv(header, values):
            file.write(line)
        file.seek(0)
    return TableFile(file=file, rows=count.written, cut=count.cut)


def _in_chunks(rows: Iterable[Any], limit: int) -> Iterator[Any]:
    if isinstance(rows, QuerySet):
        return rows[:limit].iterator(chunk_size=_CHUNK)
    return islice(rows, limit)


@dataclass
class _Count:
    """Counts the rows that go through; after `limit` of them it closes with a line that says so."""

    limit: int
    written: int = 0
    cut: bool = False

    def through(self, rows: Rows) -> Iterator[Sequence[Any]]:
        for row in rows:
            if self.written == self.limit:
                self.cut = True
                words = _("这里只有前%s行，其余没有导出。请在页面上缩小范围后再导出。")
                yield [words % self.limit]
                return
            self.written += 1
            yield row


def table_response(request: HttpRequest, *, name: str, columns: Columns, rows: Iterable[Any]) -> FileResponse:
    """Answer with `rows` as the file that the address asks for, e.g. 信用记录-2026-11-20.xlsx.

    Call it where `wanted_format(request)` is set, behind the same door and with the same query as the page.
    """
    kind = wanted_format(request)
    return file_response(write_table(kind, name=name, columns=columns, rows=rows), kind=kind, name=name)


def file_response(table: TableFile, *, kind: str, name: str) -> FileResponse:
    """Answer with a table that was written; its name says where it was cut."""
    part = _("-前%s行") % table.rows if table.cut else ""
    return FileResponse(
        table.file,
        as_attachment=True,
        filename=f"{name}-{today().isoformat()}{part}.{kind}",
        content_type=CONTENT_TYPES[kind],
        headers={"Cache-Control": "no-store"},
    )
