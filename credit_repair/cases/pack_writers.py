"""The file of a pack 打包, written as its documents come: one document is held at a time."""

import threading
import zipfile
from collections.abc import Sequence
from datetime import datetime
from typing import IO, Any

from django.template.loader import render_to_string

from credit_repair.cases.pack_names import Names
from credit_repair.core.tables import as_xlsx

#: The list of what is in a pack and of what is not: for a spreadsheet, and to be read and printed.
INDEX_TABLE, INDEX_PAGE = "文书目录.xlsx", "文书目录.html"
_CHUNK = 256 * 1024


class ZipWriter:
    """Writes documents and their index into an archive. PDFs are packed already and stored as they are."""

    ending = ".zip"
    mime = "application/zip"

    def __init__(self, file: IO[bytes], *, made_at: datetime) -> None:
        self._archive = zipfile.ZipFile(file, "w", zipfile.ZIP_STORED)
        self._date_time = made_at.timetuple()[:6]
        self._names = Names(INDEX_TABLE, INDEX_PAGE)
        self.pages = 0

    def __enter__(self) -> "ZipWriter":
        return self

    def __exit__(self, *error: object) -> None:
        self._archive.close()

    def add(self, pdf: bytes, *, stem: str) -> dict[str, Any]:
        """Put a document in; return under which name."""
        name = self._names.take(stem, ".pdf")
        self._archive.writestr(self._entry(name), pdf)
        return {"file_name": name}

    def finish(
        self, *, header: Sequence[str], rows: Sequence[Sequence[Any]], context: dict[str, Any]
    ) -> None:
        """Put the index in, as a table and as a page, and end the archive."""
        with as_xlsx(header, rows) as table, self._archive.open(self._entry(INDEX_TABLE), "w") as entry:
            while piece := table.read(_CHUNK):
                entry.write(piece)
        page = render_to_string(
            "office/document_pack_index.html", {**context, "header": header, "rows": rows}
        )
        self._archive.writestr(self._entry(INDEX_PAGE), page, zipfile.ZIP_DEFLATED)
        self._archive.close()

    def _entry(self, name: str) -> zipfile.ZipInfo:
        entry = zipfile.ZipInfo(name, self._date_time)
        entry.external_attr = 0o640 << 16
        return entry


#: PDFium may be used by one thread of a process at a time.
_pdfium = threading.Lock()


class CannotBind(ValueError):
    """A file is no PDF that can be bound with others."""


class PrintWriter:
    """Binds documents into one PDF for the printer, by PDFium: measured, a tenth of pypdf's time and a third
    of its memory, which is less than twice the finished file. It is loaded by who binds, and by nobody else.

    What is bound is a copy to be printed: signatures do not survive it, so their empty frames are left out.
    """

    ending = ".pdf"
    mime = "application/pdf"

    def __init__(self, file: IO[bytes], *, two_sided: bool) -> None:
        import pypdfium2

        self._file, self._two_sided, self._pdfium = file, two_sided, pypdfium2
        with _pdfium:
            self._bound = pypdfium2.PdfDocument.new()
        self.pages = 0

    def __enter__(self) -> "PrintWriter":
        return self

    def __exit__(self, *error: object) -> None:
        with _pdfium:
            self._bound.close()

    def add(self, pdf: bytes, *, stem: str) -> dict[str, Any]:
        """Bind a document in; return on which page it begins. Raises CannotBind where it is no PDF."""
        with _pdfium:
            try:
                document = self._pdfium.PdfDocument(pdf)
            except self._pdfium.PdfiumError as error:
                raise CannotBind(str(error)) from error
            if self._two_sided and self.pages % 2:
                self._blank_page()
            first = self.pages
            # A page that is looked at stays in memory as long as its document: never one of the bound ones.
            for page in document:
                self._without_frames(page)
            self._bound.import_pages(document)
            document.close()
            self.pages = len(self._bound)
        return {"page": first + 1}

    def finish(self, **index: Any) -> None:
        """Write it out. The index stands on the page of the pack."""
        with _pdfium:
            self._bound.save(self._file)

    def _blank_page(self) -> None:
        """Fill the back of a sheet, of the size of its front."""
        self._bound.new_page(*self._bound.get_page_size(self.pages - 1)).close()
        self.pages += 1

    def _without_frames(self, page: Any) -> None:
        raw = self._pdfium.raw
        for annotation in reversed(range(raw.FPDFPage_GetAnnotCount(page))):
            raw.FPDFPage_RemoveAnnot(page, annotation)
        page.close()
