"""The letter of enquiry 协查函: what it says, its slip, and its secret, which its frozen context hides."""

from dataclasses import replace
from io import BytesIO

import pytest
from pypdf import PdfReader

from credit_repair.notices.engine_check import INSTALL_COMMAND, missing_libraries
from credit_repair.notices.enquiries import EnquiryLetter, open_secret, seal_secret
from credit_repair.notices.freezing import freeze, thaw
from credit_repair.notices.render import render_pdf

needs_engine = pytest.mark.skipif(
    bool(missing_libraries()), reason=f"PDF ENGINE MISSING {missing_libraries()}: {INSTALL_COMMAND}"
)
SECRET = "K7Q429XM8DPC3TRBK7Q429XM8D"


def pages(letter: EnquiryLetter) -> list[str]:
    data = render_pdf(template=letter.template, context=letter.to_context())
    return [page.extract_text().replace("\n", "") for page in PdfReader(BytesIO(data)).pages]


@needs_engine
def test_the_letter_asks_on_its_first_page_and_its_slip_is_the_second() -> None:
    letter = EnquiryLetter.sample()
    asking, slip = pages(letter)
    for said in (letter.addressee, letter.document_number, letter.record_number, letter.question[0]):
        assert said in asking
    assert "2026年11月30日前（含当日）" in asking
    assert "没有回复的，不视为同意" in asking
    assert "K7Q4-29XM-8DPC-3TRB-K7Q4-29XM-8D" in slip
    assert letter.reply_site in slip
    for said in ("情况属实", "情况不属实", "无法核实", "回复单位（盖章）"):
        assert said in slip
    assert "K7Q4" not in asking


@needs_engine
def test_a_long_question_and_long_names_keep_the_slip_on_one_page_of_its_own() -> None:
    letter = replace(
        EnquiryLetter.sample(),
        question=("请核实" + "罚款缴纳情况" * 120,),
        addressee="濉溪县" + "综合行政执法" * 10 + "局",
        reply_site="https://xinyongxiufu.xy.some-long-name.gov.cn/enquiry/",
    )
    found = pages(letter)
    assert found[-1].startswith("回")
    assert "K7Q4-29XM-8DPC-3TRB-K7Q4-29XM-8D" in found[-1]
    assert sum("回复单位（盖章）" in page for page in found) == 1


def test_the_frozen_letter_keeps_its_secret_encrypted_and_gives_it_back() -> None:
    letter = EnquiryLetter.sample()
    frozen = freeze(letter)
    assert SECRET not in str(frozen)
    assert open_secret(thaw(EnquiryLetter, frozen).sealed_secret) == SECRET
    assert seal_secret(SECRET) != seal_secret(SECRET)


def test_the_letter_says_nothing_of_the_subject_but_its_name() -> None:
    letter = EnquiryLetter.sample()
    assert (letter.party.code, letter.party.legal_representative) == ("", "")
