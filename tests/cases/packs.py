"""What the tests of packs 打包 stand on: documents with files, a pack, and what is in it."""

import hashlib
import io
import zipfile
from collections.abc import Callable
from typing import Any

import openpyxl
import pypdf
from django.core.files.base import ContentFile
from django.http import HttpResponse
from django.urls import reverse

from credit_repair.cases.models import Case
from credit_repair.cases.services import pack_making, packing
from credit_repair.core import clock
from credit_repair.notices.models import Document, DocumentPack, PackItem
from credit_repair.people.models import User
from credit_repair.registry.models import Office
from tests.cases.test_documents_register import made as without_file
from tests.world import TODAY, signed_in

Outcome, State = PackItem.Outcome, DocumentPack.State
INDEX = "文书目录.xlsx"


def pdf_of(pages: int = 1, *, width: float = 200) -> bytes:
    """A PDF of empty pages; what it is, its width tells."""
    writer, file = pypdf.PdfWriter(), io.BytesIO()
    for _page in range(pages):
        writer.add_blank_page(width=width, height=300)
    writer.write(file)
    return file.getvalue()


def made(
    office: Office, serial: int, *, case: Case | None = None, pdf: bytes | None = None, **fields: Any
) -> Document:
    """A decision of an office with its file."""
    document = without_file(office, serial, case=case, **fields)
    content = pdf or pdf_of()
    document.file.save(f"{document.uuid}.pdf", ContentFile(content), save=False)
    document.sha256, document.size = hashlib.sha256(content).hexdigest(), len(content)
    document.state, document.signed_by = "ready", "濉溪县交通运输局"
    document.save()
    return document


def asked(user: User, kind: str = "zip", **chosen: Any) -> DocumentPack:
    given = {"order": "newest", "today": TODAY, "now": moment(), **chosen}
    return packing.ask_for_pack(user=user, kind=kind, **given)


def moment() -> Any:
    with clock.assume(TODAY):
        return clock.now()


def run(pack: DocumentPack, *, hold: Callable[[], None] = lambda: None) -> DocumentPack:
    """Make the pack as a worker does, until nothing is left to do."""
    while pack_making.make_pack(uuid=pack.uuid, on=TODAY, at=moment(), hold=hold):
        pass
    pack.refresh_from_db()
    return pack


def archive(pack: DocumentPack) -> zipfile.ZipFile:
    with pack.file.open("rb") as opened:
        return zipfile.ZipFile(io.BytesIO(opened.read()))


def index(pack: DocumentPack) -> list[dict[str, Any]]:
    sheet: Any = openpyxl.load_workbook(io.BytesIO(archive(pack).read(INDEX))).active
    header, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(header, row, strict=True)) for row in rows]


def outcomes(pack: DocumentPack) -> list[str]:
    return list(pack.items.order_by("position").values_list("outcome", flat=True))


def get(user: User, name: str, *arguments: Any, query: str = "", **headers: str) -> HttpResponse:
    with clock.assume(TODAY):
        return signed_in(user).get(reverse(name, args=arguments) + query, headers=headers)


def post(user: User, name: str, *arguments: Any, query: str = "", **given: Any) -> HttpResponse:
    with clock.assume(TODAY):
        return signed_in(user).post(reverse(name, args=arguments) + query, given)


def text(response: HttpResponse) -> str:
    return response.content.decode()
