"""From a file to rows: CSV in UTF-8 (with or without BOM) or GB18030, or a workbook .xlsx; streaming.

`SourceTable` first goes through all of the file, so that one which breaks off in the middle is refused before
anything is changed. What it finds is kept aside, so that `rows()` need not read the file a second time.
"""

import codecs
import csv
import hashlib
import io
import pickle
import re
import tempfile
import zipfile
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

import openpyxl
from django.utils.translation import gettext as _

from credit_repair.registry.importing.columns import ImportUnreadable, Layout, fields_of, layout_for

Cell = str | date
#: One data row: its number (the first is 1) and what stands in each field.
RawRow = tuple[int, dict[str, Cell]]

_ENCODINGS = ("utf-8-sig", "gb18030")
_CHUNK = 1024 * 1024
_ZIP_START = b"PK\x03\x04"
_OLD_EXCEL_START = b"\xd0\xcf\x11\xe0"
_UTF16_STARTS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_MAX_UNPACKED_BYTES = 200 * 1024**2
#: What is not a sheet, above all xl/sharedStrings.xml, is held in memory as a whole.
_MAX_PART_BYTES = 50 * 1024**2
_SHEETS = "xl/worksheets/"
_MAX_CELL = 10 * 1024 * 1024
#: No table means these; PostgreSQL takes no NUL, and no workbook the last two.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufeff\ufffe\uffff]")
_DATES = frozenset(("decision_date", "valid_until", "own_until", "removed_on"))
#: Up to here the rows are kept in memory, beyond it in a file without a name.
_MEMORY_BYTES = 32 * 1024**2
_KEPT_AT_ONCE = 500


class SourceTable:
    """A table that can be read from its first row to its last, as often as one likes.

    `file` is a path, or a binary file that can go back to its start. `kind` is a Record.Kind; without it, the
    header decides. `layout` is the table's, `sha256` the hash of its bytes, `count` the number of its data
    rows.

    Raises ImportUnreadable where it cannot be read, with words that say what to do.
    """

    layout: Layout

    def __init__(self, file: str | Path | IO[bytes], *, kind: str | None = None) -> None:
        with _opened(file) as self._file:
            self.sha256 = self._digest()
            encoding = self._find_encoding()
            self._file.seek(0)
            lines = self._workbook_lines() if encoding is None else self._text_lines(encoding)
            self._kept = tempfile.SpooledTemporaryFile(_MEMORY_BYTES)  # noqa: SIM115 - closed in close()
            try:
                with closing(lines):
                    self.count = self._keep(lines, kind)
            except BaseException:
                self.close()
                raise

    @property
    def kind(self) -> str:
        """What the rows are, as a Record.Kind."""
        return self.layout.kind

    def __enter__(self) -> "SourceTable":
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def close(self) -> None:
        """Forget the rows. The caller's file stays open."""
        self._kept.close()

    def rows(self) -> Iterator[RawRow]:
        """Yield the data rows. Empty rows are left out, but counted, so that numbers fit the file."""
        place = 0
        while True:
            self._kept.seek(place)
            try:
                some = pickle.load(self._kept)  # nosec B301 # noqa: S301 - written by this object, a moment ago
            except EOFError:
                return
            place = self._kept.tell()
            for number, cells in some:
                yield number, self.layout.empty | dict(zip(self._fields, cells, strict=False))

    def _keep(self, lines: Iterator[Iterable[Any]], kind: str | None) -> int:
        """Find the layout by the header, keep every row that is not empty, and return how many there are."""
        header = next(lines, None)
        if header is None:
            raise ImportUnreadable(_("文件是空的，请重新选择。"))
        titles = [_as_text(cell) for cell in header]
        self.layout = layout_for(titles, kind=kind)
        fields = fields_of(titles, layout=self.layout)
        self._fields = [field for field in fields if field]
        wanted = [(place, field in _DATES) for place, field in enumerate(fields) if field]
        count, some = 0, []
        for number, line in enumerate(lines, start=1):
            cells = _cells(wanted, line)
            if any(cells):
                some.append((number, cells))
                count += 1
            if len(some) == _KEPT_AT_ONCE:
                pickle.dump(some, self._kept)
                some = []
        pickle.dump(some, self._kept)
        return count

    def _digest(self) -> str:
        digest = hashlib.sha256()
        self._file.seek(0)
        while chunk := self._file.read(_CHUNK):
            digest.update(chunk)
        return digest.hexdigest()

    def _find_encoding(self) -> str | None:
        """The encoding of a text file; None for a workbook. The content decides, never the name."""
        self._file.seek(0)
        start = self._file.read(4)
        if start == _ZIP_START:
            return None
        if start == _OLD_EXCEL_START:
            raise ImportUnreadable(_("这是旧版Excel（.xls）文件。请在Excel中另存为.xlsx或CSV后再导入。"))
        if start.startswith(_UTF16_STARTS):
            raise ImportUnreadable(_("文件编码是UTF-16。请另存为“CSV UTF-8”后再导入。"))
        for encoding in _ENCODINGS:
            if self._decodes_as(encoding):
                return encoding
        raise ImportUnreadable(_("文件编码无法识别。请另存为“CSV UTF-8”、GB18030编码的CSV或.xlsx后再导入。"))

    def _decodes_as(self, encoding: str) -> bool:
        decoder = codecs.getincrementaldecoder(encoding)()
        self._file.seek(0)
        try:
            while chunk := self._file.read(_CHUNK):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
        return True

    def _text_lines(self, encoding: str) -> Generator[Iterable[Any], None, None]:
        # The limit is the module's own; a cell of many pages must come through to be refused by its row.
        csv.field_size_limit(_MAX_CELL)
        text = io.TextIOWrapper(self._file, encoding=encoding, newline="")
        try:
            yield from csv.reader(text)
        except csv.Error as error:
            words = _("CSV内容无法读取（%(why)s）。请检查引号和换行，或另存为.xlsx后再导入。")
            raise ImportUnreadable(words % {"why": error}) from error
        finally:
            # Left alone, the wrapper would close the caller's file.
            if not self._file.closed:
                text.detach()

    def _workbook_lines(self) -> Generator[Iterable[Any], None, None]:
        try:
            self._refuse_what_unpacks_too_large()
            book = openpyxl.load_workbook(self._file, read_only=True, data_only=True)
            try:
                sheet = book.worksheets[0]
                # Some programs write a wrong size into the sheet, and rows beyond it would be lost.
                sheet.reset_dimensions()
                yield from sheet.iter_rows(values_only=True)
            finally:
                book.close()
        except ImportUnreadable:
            raise
        # openpyxl and the parsers below it raise errors of many kinds for a broken workbook.
        except Exception as error:
            words = _("工作簿无法读取（%(why)s）。请用Excel打开后另存为.xlsx再导入。")
            raise ImportUnreadable(words % {"why": type(error).__name__}) from error

    def _refuse_what_unpacks_too_large(self) -> None:
        """A small file can unpack to more than the memory holds; the sizes stand in its directory."""
        with zipfile.ZipFile(self._file) as archive:
            parts = archive.infolist()
        # By place, not by name: the workbook itself says which of its parts holds the shared strings.
        largest = max((part.file_size for part in parts if not part.filename.startswith(_SHEETS)), default=0)
        if sum(part.file_size for part in parts) > _MAX_UNPACKED_BYTES or largest > _MAX_PART_BYTES:
            raise ImportUnreadable(_("工作簿解压后太大，请分成几个文件，或另存为CSV后再导入。"))


@contextmanager
def _opened(file: str | Path | IO[bytes]) -> Iterator[IO[bytes]]:
    """Open a path, and close it again; a file that somebody handed in stays open."""
    if not isinstance(file, str | Path):
        yield file
        return
    try:
        opened = Path(file).open("rb")  # noqa: SIM115 - closed below
    except OSError as error:
        raise ImportUnreadable(_why_not_opened(error)) from error
    with opened:
        yield opened


def _why_not_opened(error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return _("文件打不开：没有这个文件。请检查文件名和所在的文件夹。")
    if isinstance(error, IsADirectoryError):
        return _("文件打不开：这是一个文件夹。请选择其中的一个文件。")
    return _("文件打不开：没有读取的权限，或磁盘有问题。请检查后再导入。")


def _cells(wanted: Sequence[tuple[int, bool]], line: Iterable[Any]) -> list[Cell]:
    """What stands in the columns that are wanted. What a short line has not, is empty."""
    given = list(line)
    if len(given) <= wanted[-1][0]:
        given += [""] * (wanted[-1][0] + 1 - len(given))
    return [
        _as_date_or_text(given[place]) if is_date else _as_text(given[place]) for place, is_date in wanted
    ]


def _as_date_or_text(cell: Any) -> Cell:
    if isinstance(cell, datetime):
        return cell.date()
    return cell if isinstance(cell, date) else _as_text(cell)


def _as_text(cell: Any) -> str:
    if isinstance(cell, str):
        text = cell.strip()
        # Nearly every cell is: this asks a thirtieth of what cleaning costs.
        return text if text.isprintable() else _CONTROL.sub("", text).replace("\r\n", "\n").strip()
    if cell is None:
        return ""
    if isinstance(cell, float):
        return _number_as_text(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    return str(cell)


def _number_as_text(number: float) -> str:
    """A number as a person sees it in the sheet: no exponent, no .0 behind whole numbers."""
    return str(int(number)) if number.is_integer() else format(Decimal(repr(number)), "f")
