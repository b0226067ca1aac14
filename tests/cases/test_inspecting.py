"""What is seen in files that came in, and that no file brings anything down."""

import time
from io import BytesIO
from pathlib import Path
from typing import Any

import pypdf
import pytest
import segno
from django.core.files.base import ContentFile
from PIL import Image

from credit_repair.cases.inspecting import process
from credit_repair.cases.inspecting.process import ReaderDied, facts_of, ink_on
from credit_repair.cases.inspecting.reading import facts, ink
from credit_repair.cases.inspecting.text import found_in
from credit_repair.cases.models import StoredFile
from credit_repair.cases.services import inspection
from credit_repair.cases.services.inspection import UNREADABLE, inspect_stored_file
from credit_repair.core.jobs import run_due
from tests.cases import scans
from tests.registry.factories import MOMENT
from tests.world import World, bring, draft

PDF, JPEG, PNG, OFD = "application/pdf", "image/jpeg", "image/png", "application/ofd"
ONE, OTHER = "7f3a0c52e1b94d6f8a2b90c14d5e6f70", "0b1c2d3e4f5a6b7c8d9e0f1a2b3c4d5e"


@pytest.fixture(scope="module")
def letter() -> bytes:
    return scans.letter(ONE)


def looks(data: bytes, mime: str = JPEG) -> list[dict[str, Any]]:
    return list(facts(data, mime=mime, sought=[])["looks"])


# The text


def test_numbers_and_names_are_found_whatever_the_width_and_the_brackets() -> None:
    text = "根据《行政处罚决定书》（濉）交罚〔2026〕 第12 号，濉溪 华泰物流有限公司缴清罚款。"
    found = found_in([text], sought=["濉溪华泰物流有限公司", "别家公司"])
    assert found["numbers"] == ["[濉]交罚[2026]第12号"]
    assert found["found"] == ["濉溪华泰物流有限公司"]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("现依据濉交罚[2026]3号作出", "濉交罚[2026]3号"),
        ("处罚决定书(濉市监罚〔2025〕18号)", "濉市监罚[2025]18号"),
        ("皖淮濉交罚【2026】0007号", "皖淮濉交罚[2026]0007号"),
    ],
)
def test_words_before_a_number_are_none_of_it(text: str, number: str) -> None:
    assert found_in([text], sought=[])["numbers"] == [number]


def test_a_valid_credit_code_is_kept_and_no_identity_number_ever() -> None:
    text = "代码：91350100M000100Y43，证件 340621198001010011，110101199003077774，错码 91350100M000100Y40"
    assert found_in([text], sought=[])["codes"] == ["91350100M000100Y43"]


def test_the_text_itself_is_not_kept() -> None:
    found = facts(scans.text_pdf("张三丰 电话 13800000000 缴款凭证"), mime=PDF, sought=[])
    assert "13800000000" not in str(found)
    assert found["chars"] > 10


# The look


def test_a_clear_page_has_nothing_wrong() -> None:
    assert looks(scans.photograph(scans.written())) == [{}]
    assert looks(scans.jpeg(scans.written(lines=1))) == [{}]


@pytest.mark.parametrize("dpi", [100, 200])
def test_an_empty_page_is_blank_also_as_a_photograph_on_a_table(dpi: int) -> None:
    assert looks(scans.jpeg(scans.blank(dpi=dpi))) == [{"blank": True}]
    assert looks(scans.photograph(scans.blank(dpi=dpi))) == [{"blank": True}]


def test_what_nobody_can_read_is_told_apart() -> None:
    page = scans.written()
    assert looks(scans.photograph(page, blur=5)) == [{"bad": "blurred"}]
    assert looks(scans.jpeg(page.resize((400, 566)))) == [{"bad": "small"}]
    assert looks(scans.jpeg(page.point(lambda tone: tone // 4))) == [{"bad": "dark"}]
    assert looks(scans.jpeg(page.point(lambda tone: 225 + tone * 30 // 255))) == [{"bad": "faint"}]


def test_each_page_of_a_pdf_is_looked_at_and_a_text_is_never_blurred() -> None:
    assert looks(scans.pdf_of(scans.written(), scans.blank(), scans.written()), PDF) == [
        {},
        {"blank": True},
        {},
    ]
    assert looks(scans.text_pdf("一行字"), PDF) == [{}]


def test_pages_beyond_the_twentieth_are_only_counted() -> None:
    writer = pypdf.PdfWriter()
    for _page in range(30):
        writer.add_blank_page(595, 842)
    buffer = BytesIO()
    writer.write(buffer)
    found = facts(buffer.getvalue(), mime=PDF, sought=[])
    assert (found["pages"], len(found["looks"])) == (30, 20)


def test_an_ofd_gives_its_text_and_its_pictures(letter: bytes) -> None:
    scan = scans.jpeg(scans.printed(letter))
    found = facts(scans.ofd("濉交罚〔2026〕12号", "第二页", pictures=(scan,)), mime=OFD, sought=["第二页"])
    assert (found["kind"], found["pages"], found["numbers"]) == ("ofd", 2, ["濉交罚[2026]12号"])
    assert found["found"] == ["第二页"]
    assert [one["document"] for one in found["letters"]] == [ONE]


def test_a_png_with_nothing_behind_its_words_lies_on_white_paper() -> None:
    page = scans.written().convert("RGBA")
    page.putalpha(page.convert("L").point(lambda tone: 255 - tone))
    assert looks(scans.png(page), PNG) == [{}]


# The letters


def test_the_letters_in_a_scan_are_known_by_their_codes_page_by_page(letter: bytes) -> None:
    pages = scans.pdf_of(scans.printed(letter), scans.written(), scans.printed(scans.letter(OTHER)))
    found = facts(pages, mime=PDF, sought=[])
    assert found["letters"] == [{"document": ONE, "page": 1}, {"document": OTHER, "page": 3}]


def test_other_codes_are_nobodys_business() -> None:
    page = scans.blank()
    buffer = BytesIO()
    segno.make("https://example.com/secret").save(buffer, kind="png", scale=6)
    page.paste(Image.open(buffer).convert("RGB"), (300, 300))
    found = facts(scans.jpeg(page), mime=JPEG, sought=[])
    assert found["letters"] == []
    assert "secret" not in str(found)


@pytest.mark.parametrize(("dpi", "degrees"), [(100, 2), (150, -5), (150, 90), (200, 180), (300, 2)])
def test_a_hand_is_told_from_the_print_however_the_page_lies(letter: bytes, dpi: int, degrees: int) -> None:
    page = scans.printed(letter, dpi=dpi)

    def seen(page: Any) -> Any:
        return ink(scans.photograph(page, degrees=degrees), letter, mime=JPEG, names=[ONE])[ONE]

    assert seen(page) == {"signed": False, "stamp": False}
    assert seen(scans.signed(page)) == {"signed": True, "stamp": False}
    assert seen(scans.signed(page, colour=(40, 60, 170))) == {"signed": True, "stamp": False}
    assert seen(scans.stamped(page)) == {"signed": True, "stamp": True}


def test_a_phone_held_upright_says_so_in_the_picture_and_the_letter_is_read(letter: bytes) -> None:
    lying = scans.signed(scans.printed(letter)).rotate(90, expand=True)
    data = scans.jpeg(lying, orientation=6)
    assert ink(data, letter, mime=JPEG, names=[ONE])[ONE]["signed"] is True


def test_the_letter_that_was_never_printed_is_not_signed(letter: bytes) -> None:
    assert ink(letter, letter, mime=PDF, names=[ONE])[ONE] == {"signed": False, "stamp": False}


def test_of_another_page_under_the_same_code_nothing_is_said(letter: bytes) -> None:
    """The code alone was cut out and laid on a page of other words."""
    page, printed = scans.written(), scans.printed(letter)
    corner = (printed.width * 2 // 3, 0, printed.width, printed.height // 6)
    page.paste(printed.crop(corner), corner[:2])
    assert ink(scans.jpeg(page), letter, mime=JPEG, names=[ONE])[ONE]["signed"] is None


# The process


def test_a_scan_of_three_pages_is_looked_into_quickly(letter: bytes) -> None:
    page = scans.signed(scans.printed(letter, dpi=200))
    scan = scans.pdf_of(page, page, page)
    begun = time.monotonic()
    facts_of(scan, mime=PDF, sought=["濉溪"])
    ink_on(scan, {ONE: letter}, mime=PDF)
    assert time.monotonic() - begun < 6  # about one second by itself; others compute here, too


HOSTILE = {
    "garbage PDF": (b"%PDF-1.7\n" + b"\xff\x00garbage" * 500, PDF),
    "garbage JPEG": (b"\xff\xd8\xff\xe0" + b"\x00garbage" * 500, JPEG),
    "garbage PNG": (b"\x89PNG\r\n\x1a\n" + b"garbage" * 500, PNG),
    "garbage OFD": (b"PK\x03\x04" + b"garbage" * 500, OFD),
    "OFD without a page": (scans.ofd(), OFD),
    "OFD with an entity bomb": (scans.ofd("&a;", head='<!DOCTYPE x [<!ENTITY a "aaaa">]>'), OFD),
    "nothing": (b"", PDF),
    "unknown": (b"MZ", "application/x-dosexec"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_ends_its_reader_and_nothing_else(name: str) -> None:
    data, mime = HOSTILE[name]
    with pytest.raises(ReaderDied):
        facts_of(data, mime=mime, sought=[])


def test_a_truncated_file_is_read_as_far_as_it_goes_or_ends_its_reader() -> None:
    whole = scans.pdf_of(scans.written(), scans.written())
    picture = scans.jpeg(scans.written())
    for data, mime in ((whole, PDF), (picture, JPEG), (scans.png(scans.written()), PNG)):
        for part in (0.02, 0.5, 0.95):
            try:
                assert facts_of(data[: int(len(data) * part)], mime=mime, sought=[])["pages"] >= 1
            except ReaderDied:
                continue


def test_a_page_as_large_as_a_field_costs_no_more_than_another() -> None:
    writer = pypdf.PdfWriter()
    writer.add_blank_page(200_000, 200_000)
    buffer = BytesIO()
    writer.write(buffer)
    assert facts_of(buffer.getvalue(), mime=PDF, sought=[])["pages"] == 1


def test_a_reader_that_takes_too_long_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "MOST_SECONDS", 0.01)
    with pytest.raises(ReaderDied, match="TimeoutExpired"):
        facts_of(scans.jpeg(scans.blank()), mime=JPEG, sought=[])


def test_the_reader_knows_no_secret_and_no_django(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "do not tell")
    assert "SECRET_KEY" not in process._bare_environment()
    for source in Path(process.__file__).parent.glob("*.py"):
        assert "django" not in source.read_text(encoding="utf-8").replace("without Django", "")


# The service


def kept(world: World, content: bytes, mime: str = PDF) -> StoredFile:
    case = draft(world)
    stored = StoredFile(
        filing=case.filing, name="凭证", mime=mime, size=len(content), sha256="0" * 64, uploaded_at=MOMENT
    )
    stored.file.save("x", ContentFile(content), save=False)
    stored.save()
    return stored


def test_a_file_is_looked_into_by_the_job_that_keeping_it_asked_for(world: World) -> None:
    case = draft(world)
    bring(world, case, "proof")
    run_due()
    stored = StoredFile.objects.get()
    assert stored.inspected_at is not None
    assert stored.facts["kind"] == "pdf"
    assert stored.facts["looks"] == [{"blank": True}]
    assert world.subject.name in stored.facts["sought"]
    assert world.record.doc_no in stored.facts["sought"]


def test_what_cannot_be_read_is_kept_as_that_and_nothing_is_raised(world: World) -> None:
    stored = kept(world, b"%PDF-1.7 garbage")
    inspect_stored_file(file_id=stored.pk)
    stored.refresh_from_db()
    assert stored.facts == UNREADABLE
    assert stored.inspected_at is not None


def test_a_file_that_is_gone_and_one_whose_bytes_are_gone_are_passed_over(world: World) -> None:
    inspect_stored_file(file_id=0)
    stored = kept(world, b"%PDF-1.7")
    stored.file.storage.delete(stored.file.name)
    inspect_stored_file(file_id=stored.pk)
    stored.refresh_from_db()
    assert stored.facts == UNREADABLE


def test_a_locked_file_is_said_to_be_locked(world: World) -> None:
    writer = pypdf.PdfWriter()
    writer.add_blank_page(100, 100)
    writer.encrypt("x")
    buffer = BytesIO()
    writer.write(buffer)
    stored = kept(world, buffer.getvalue())
    inspect_stored_file(file_id=stored.pk)
    stored.refresh_from_db()
    assert stored.facts == {"unreadable": True, "locked": True}


@pytest.mark.parametrize(
    "lie",
    [{}, {"looks": "x"}, {"pages": "x"}, {"letters": [{"document": "<script>", "page": 1}]}, {"looks": 3}],
)
def test_a_reader_that_lies_is_not_believed(
    world: World, lie: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = {"kind": "pdf", "pages": 1, "looks": [], "letters": [], "chars": 0}
    answer = {**honest, **dict.fromkeys(("numbers", "codes", "sought", "found"), []), **lie} if lie else {}
    monkeypatch.setattr(inspection, "facts_of", lambda *_given, **_more: answer)
    stored = kept(world, b"%PDF")
    inspect_stored_file(file_id=stored.pk)
    stored.refresh_from_db()
    assert stored.facts == UNREADABLE


def test_a_file_is_looked_into_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    stored = kept(world, scans.jpeg(scans.blank()), JPEG)
    inspect_stored_file(file_id=stored.pk)
    monkeypatch.setattr(inspection, "facts_of", lambda *_given, **_more: pytest.fail("looked into twice"))
    inspect_stored_file(file_id=stored.pk)
