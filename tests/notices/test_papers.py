"""What applicants write and sign: blank and filled in, the letter's code, and a signature as lines."""

import json
from dataclasses import replace
from datetime import date
from io import BytesIO
from typing import Any

import pypdfium2
import pytest
import zxingcpp
from PIL import ImageChops
from pypdf import PdfReader

from credit_repair.notices.bases import Document
from credit_repair.notices.contexts import CommitmentLetter
from credit_repair.notices.engine_check import INSTALL_COMMAND, missing_libraries
from credit_repair.notices.freezing import freeze, thaw
from credit_repair.notices.ink import EXTENT, Signature, scaled
from credit_repair.notices.papers import NOBODY, PAPERS, ApplicationForm, Authorisation, Item, Statement
from credit_repair.notices.parts import Effects, Matter, RecordFacts
from credit_repair.notices.render import render_pdf

needs_engine = pytest.mark.skipif(
    bool(missing_libraries()), reason=f"PDF ENGINE MISSING {missing_libraries()}: {INSTALL_COMMAND}"
)
LIST_ENTRY = RecordFacts(
    "",
    "濉溪县市场监督管理局",
    date(2026, 4, 16),
    "",
    "列入经营异常名录决定",
    "经营异常名录信息",
    Matter(called="列入经营异常名录决定", removed_from="经营异常名录"),
)


def signed() -> CommitmentLetter:
    return replace(CommitmentLetter.sample(), signature=Signature.sample(), signed_on=date(2026, 11, 20))


def pdf_of(document: Document) -> bytes:
    return render_pdf(template=document.template, context=document.to_context())


def text_of(pdf: bytes) -> str:
    return "".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages).replace("\n", "")


def picture(pdf: bytes, page: int = 0, *, dots_per_inch: int = 150) -> Any:
    return pypdfium2.PdfDocument(pdf)[page].render(scale=dots_per_inch / 72).to_pil().convert("L")


@needs_engine
@pytest.mark.parametrize("kind", PAPERS, ids=lambda kind: kind.template)
def test_every_paper_has_its_title_and_fits_on_one_page(kind: type[Document]) -> None:
    pdf = pdf_of(kind.sample())
    assert kind.title in text_of(pdf)
    assert len(PdfReader(BytesIO(pdf)).pages) == 1


@needs_engine
@pytest.mark.parametrize("kind", [ApplicationForm, Statement, Authorisation], ids=lambda kind: kind.template)
def test_a_blank_paper_names_nobody_and_fits_on_one_page(kind: type[Document]) -> None:
    pdf = pdf_of(kind(party=NOBODY, case_number=""))
    text = text_of(pdf)
    assert "（：）" not in text and "None" not in text and "查询码" not in text
    assert len(PdfReader(BytesIO(pdf)).pages) == 1


@needs_engine
def test_a_form_of_many_records_goes_on_over_the_pages_with_its_head() -> None:
    item = Item.sample()
    items = tuple(
        replace(item, record=replace(item.record, document_number=f"濉市监罚〔2026〕{n}号"))
        for n in range(1, 31)
    )
    reader = PdfReader(BytesIO(pdf_of(replace(ApplicationForm.sample(), items=items))))
    texts = [page.extract_text().replace("\n", "") for page in reader.pages]
    assert len(texts) > 2
    assert all("申请事项" in text for text in texts[:-1])
    assert all(f"〔2026〕{n}号" in "".join(texts) for n in range(1, 31))
    assert "".join(texts).count(item.statement[0]) == 1, "what is said of all is said once"


def test_what_is_said_of_some_names_their_rows() -> None:
    one, two = Item.sample(), replace(Item.sample(), statement=("另一种情况。",))
    form = replace(ApplicationForm.sample(), items=(one, two, one))
    assert form.to_context()["statements"] == [("第1项、第3项", one.statement), ("第2项", two.statement)]


@needs_engine
@pytest.mark.parametrize("letter", [CommitmentLetter.sample(), signed()], ids=["to-sign", "signed"])
def test_the_code_of_a_letter_is_read_from_its_picture_and_overlaps_nothing(letter: CommitmentLetter) -> None:
    pdf = pdf_of(letter)
    page = picture(pdf)
    (code,) = zxingcpp.read_barcodes(page)
    assert code.text == f"CXL:{letter.document_uuid}"
    at = code.position
    left, top = min(at.top_left.x, at.bottom_left.x), min(at.top_left.y, at.top_right.y)
    right, bottom = max(at.top_right.x, at.bottom_right.x), max(at.bottom_left.y, at.bottom_right.y)
    dots = 150 / 25.4
    assert 20 * dots < right - left < 23 * dots
    assert right < (210 - 26 + 1) * dots
    quiet = round(3 * dots)
    frame = page.crop((left - quiet, top - quiet, right + quiet, bottom + quiet))
    frame.paste(255, (quiet - 3, quiet - 3, frame.width - quiet + 3, frame.height - quiet + 3))
    assert min(frame.getdata()) > 200, "something stands in the quiet zone"


@needs_engine
def test_a_signature_stands_on_its_line_within_its_page() -> None:
    pdf = pdf_of(signed())
    text = text_of(pdf)
    assert "签署人：周小敏（经办人）" in text and "2026年11月20日" in text and "盖章" not in text
    assert len(PdfReader(BytesIO(pdf)).pages) == 1
    unsigned = pdf_of(replace(signed(), signature=replace(Signature.sample(), strokes=())))
    page = picture(pdf)
    ink = ImageChops.difference(page, picture(unsigned)).point(lambda value: 255 * (value > 64))
    left, top, right, bottom = ink.getbbox() or (0, 0, 0, 0)
    assert ink.histogram()[255] > 300, "nothing is written"
    assert 0.35 * page.width < left < right < 0.85 * page.width
    assert 0.5 * page.height < top < bottom < 0.9 * page.height


def test_a_signed_letter_survives_the_freezer_as_points() -> None:
    letter = signed()
    frozen = json.loads(json.dumps(freeze(letter)))
    assert thaw(CommitmentLetter, frozen) == letter
    assert "svg" not in json.dumps(frozen) and "<" not in json.dumps(frozen)


def test_a_letter_that_was_frozen_before_there_were_codes_is_still_read() -> None:
    frozen = freeze(CommitmentLetter.sample())
    for younger in ("document_uuid", "signature"):
        del frozen[younger]
    del frozen["record"]["matter"]
    letter = thaw(CommitmentLetter, frozen)
    assert letter.record.matter == Matter() and letter.signature is None and not letter.document_uuid


def test_strokes_are_cut_to_what_is_written_on() -> None:
    strokes = scaled([[(100, 40), (100, 41), (300, 140)], [(200, 90)]])
    assert strokes[0][:2] == (0, 0) and strokes[0][-2:] == (EXTENT, EXTENT // 2)
    assert all(0 <= value <= EXTENT for stroke in strokes for value in stroke)
    svg = str(Signature("甲", "经办人", "", strokes).svg)
    assert svg.count("<path") == 2 and "M0 0" in svg and "h1" in svg


def test_a_list_entry_without_a_number_is_known_by_its_day() -> None:
    assert LIST_ENTRY.in_full == "濉溪县市场监督管理局2026年4月16日作出的列入经营异常名录决定"
    assert LIST_ENTRY.known_by == "列入经营异常名录决定（2026年4月16日）"
    ((_, heading, text),) = Effects(
        ends_sharing=False, lifts_sanctions=False, removed_from="经营异常名录"
    ).items
    assert heading == "移出名单。" and "移出经营异常名录" in text


@needs_engine
@pytest.mark.parametrize("count", range(6, 40, 3))
def test_a_signature_never_stands_on_a_page_without_text(count: int) -> None:
    letter = replace(signed(), record=replace(signed().record, penalty_summary="罚款三万元、" * count))
    last = PdfReader(BytesIO(pdf_of(letter))).pages[-1].extract_text()
    before = last.split("承诺单位：")[0]
    assert "签署时间" in last and len(before.replace("\n", "")) > 10
