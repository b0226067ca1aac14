"""Complaints, putting right and proof of service: what each says, and what it keeps to itself."""

from dataclasses import replace
from datetime import date

import pytest

from credit_repair.notices.complaining import (
    ANONYMOUS,
    PARTLY,
    SUBSTANTIATED,
    UNSUBSTANTIATED,
    ComplaintAnswer,
    ComplaintRegistration,
)
from credit_repair.notices.engine_check import INSTALL_COMMAND, missing_libraries
from credit_repair.notices.parts import RecordFacts, Remedies
from credit_repair.notices.rectifying import (
    InterviewRecord,
    InterviewReminder,
    InterviewWarning,
    RectificationOrder,
    RectificationPromise,
)
from credit_repair.notices.serving import ELECTRONIC, LEFT, WAYS, ServiceRecord

from .reading import assert_kept, assert_signed_with_text, joined, pages_of, text_of, variants

needs_engine = pytest.mark.skipif(
    bool(missing_libraries()), reason=f"PDF ENGINE MISSING {missing_libraries()}: {INSTALL_COMMAND}"
)
LETTERS = variants(
    ComplaintRegistration, ComplaintAnswer, RectificationOrder, InterviewReminder, InterviewWarning
)
PAPERS = variants(InterviewRecord, RectificationPromise, ServiceRecord)


def each(examples):
    return pytest.mark.parametrize(
        "document", [one for _, one in examples], ids=[name for name, _ in examples]
    )


@each(LETTERS + PAPERS)
def test_every_example_is_kept_as_it_is(document) -> None:
    assert_kept(document)


@needs_engine
@each(LETTERS)
def test_every_letter_is_signed_below_text_and_names_no_article(document) -> None:
    pages = pages_of(document)
    assert_signed_with_text(document, pages)
    text = joined(pages)
    assert document.party.name in text and document.title in text and document.case_number in text
    assert "None" not in text and "（）" not in text and "条" not in text.replace("条件", "")
    if document.party.is_person:
        assert "你单位" not in text and "统一社会信用代码" not in text


@needs_engine
@each(PAPERS)
def test_every_paper_has_its_title_and_nothing_left_open_by_mistake(document) -> None:
    text = text_of(document)
    assert document.title in text and document.party.name in text
    assert "None" not in text and "（）" not in text and "身份证号" not in text


@needs_engine
def test_a_complaint_is_registered_with_its_day_and_its_code() -> None:
    (text,) = pages_of(ComplaintRegistration.sample())
    assert "被投诉单位濉溪县市场监督管理局" in text and "涉及案件XF-2026-000096" in text
    assert "2026年12月11日前（含当日）答复" in text and "查询码：K7Q4-29XM-3TRB" in text
    assert "没有上下级关系的人员办理" in text and "行政复议" not in text


@needs_engine
def test_an_anonymous_complaint_names_nobody_and_warns_that_the_code_is_all_there_is() -> None:
    document = ComplaintRegistration.samples()["anonymous"]
    text = text_of(document)
    assert document.party == ANONYMOUS and "匿名投诉人：你于2026年11月20日" in text
    assert "遗失后不能补发" in text and "涉及案件" not in text
    assert "遗失后不能补发" not in text_of(ComplaintRegistration.sample())


@needs_engine
def test_a_complaint_that_is_right_is_told_what_was_done_and_who_looks_again() -> None:
    text = text_of(ComplaintAnswer.sample())
    assert "投诉反映的情况属实" in text and "致歉" in text
    assert "2026年12月18日前（含当日）申请再次办理一次，由淮北市信用办办理" in text
    assert "行政复议" not in text


@needs_engine
@pytest.mark.parametrize("name", ["not right", "partly", "the second look"])
def test_a_complaint_that_is_not_right_in_full_is_told_why_and_the_remedies(name: str) -> None:
    document = ComplaintAnswer.samples()[name]
    text = text_of(document)
    assert document.reasons[0] in text and "申请行政复议" in text and "提起行政诉讼" in text
    assert ("再次办理以一次为限" in text) == document.second_look
    assert ("申请再次办理一次" in text) != document.second_look


@pytest.mark.parametrize("outcome", [PARTLY, UNSUBSTANTIATED])
def test_an_adverse_answer_cannot_be_made_without_reasons_and_remedies(outcome: str) -> None:
    right = ComplaintAnswer.sample()
    assert right.outcome == SUBSTANTIATED and right.remedies is None
    with pytest.raises(ValueError, match="reasons and remedies"):
        replace(right, outcome=outcome, remedies=Remedies.sample())
    with pytest.raises(ValueError, match="reasons and remedies"):
        replace(right, outcome=outcome, reasons=("没有发现投诉所说的情况",))
    with pytest.raises(ValueError, match="a body and a day"):
        replace(right, review_until=None)


@needs_engine
def test_an_order_says_what_is_wrong_what_to_do_by_when_and_the_remedies() -> None:
    document = RectificationOrder.sample()
    text = text_of(document)
    for expected in (*document.faults, *document.demands):
        assert expected in text
    assert "2026年11月6日前（含当日）" in text and "提示约谈" in text and "警示约谈" in text
    assert "申请行政复议" in text and "提起行政诉讼" in text and "信用修复管理办法" in text


@needs_engine
def test_an_order_to_an_office_speaks_of_no_credit_file() -> None:
    text = text_of(RectificationOrder.samples()["an office"])
    assert "信用档案" not in text and "申请信用修复" not in text and "行政复议" not in text


def test_an_order_to_a_subject_cannot_be_made_without_remedies() -> None:
    office = RectificationOrder.samples()["an office"]
    with pytest.raises(ValueError, match="remedies"):
        replace(office, record=RecordFacts.sample())


@needs_engine
def test_the_two_interviews_differ_in_what_came_before_and_what_comes_next() -> None:
    first, second = text_of(InterviewReminder.sample()), text_of(InterviewWarning.sample())
    for text in (first, second):
        assert "责令整改通知书》（濉市监信整〔2026〕2号）" in text and "上午9时30分" in text
        assert "可以陈述意见、提交材料" in text and "记入你单位的信用档案，并推送有关平台" in text
    assert "将进行警示约谈" in first and "逾期没有完成" in first
    assert "经2026年11月16日提示约谈后，仍没有完成" in second and "将进行警示约谈" not in second
    absent = text_of(InterviewWarning.samples()["nobody came"])
    assert "通知提示约谈（你单位没有到场）后，仍没有完成" in absent


@needs_engine
def test_the_record_of_an_interview_is_signed_by_both_sides_and_on_every_page() -> None:
    pages = pages_of(InterviewRecord.samples()["over pages"])
    assert len(pages) > 2 and all("被约谈人逐页签名" in page for page in pages)
    for place in ("被约谈人（签名）", "约谈人（签名）", "记录人（签名）", "认为无误", "拒绝签名的"):
        assert place in pages[-1]
    assert "√警示约谈" in pages[0] and "√提示约谈" not in pages[0]


@needs_engine
@pytest.mark.parametrize("count", range(1, 12))
def test_the_place_to_sign_a_record_stands_below_text(count: int) -> None:
    sample = InterviewRecord.sample()
    last = pages_of(replace(sample, said=sample.said[:1] * count))[-1]
    assert "认为无误" in last.split("约谈人（签名）")[0]


@needs_engine
@pytest.mark.parametrize("name", ["usual", "a person", "blank"])
def test_a_promise_fits_on_one_page(name: str) -> None:
    (text,) = pages_of(RectificationPromise.samples()[name])
    assert "依法承担相应责任" in text and "记入信用记录" in text
    assert ("本人" in text and "我单位" not in text) == (name == "a person")


@needs_engine
def test_a_promise_answers_the_order_item_by_item_by_a_day() -> None:
    text = text_of(RectificationPromise.sample())
    assert "濉市监信整〔2026〕2号" in text and "2026年11月30日前（含当日）" in text
    assert "（一）缴清罚款余款1.2万元" in text and "承诺单位（盖章）" in text
    signed = text_of(RectificationPromise.samples()["on the screen"])
    assert "签署人：周小敏（经办人）" in signed and "盖章" not in signed


@needs_engine
@pytest.mark.parametrize("name", ["handed over", "left", "electronic", "blank"])
def test_a_proof_of_service_fits_on_one_page_with_all_ways(name: str) -> None:
    (text,) = pages_of(ServiceRecord.samples()[name])
    assert all(way in text for way in WAYS.values())


@needs_engine
def test_what_is_left_says_the_refusal_and_the_witness() -> None:
    text = text_of(ServiceRecord.samples()["left"])
    assert "√留置送达" in text and "拒绝签收" in text and "赵强（经济开发区社区居民委员会）" in text
    assert "2026年10月13日10时15分" in text


@needs_engine
def test_what_arrived_electronically_names_consent_and_arrival_and_is_signed_by_nobody() -> None:
    text = text_of(ServiceRecord.samples()["electronic"])
    assert "2026年9月28日同意电子送达" in text and "到达时间2026年10月12日15时32分" in text
    assert "到达受送达人系统的日期为送达日期" in text
    assert "收件人签名" not in text and "见证人" not in text and "签收" not in text


@needs_engine
def test_a_proof_of_service_of_many_documents_lists_them_all_and_is_signed_at_the_end() -> None:
    pages = pages_of(ServiceRecord.samples()["by post, many"])
    assert len(pages) == 2 and all("送达文书名称" in page for page in pages)
    assert all(f"濉市监信整〔2026〕{n}号" in "".join(pages) for n in range(1, 25))
    assert "送达人签名" in pages[-1]


@needs_engine
@pytest.mark.parametrize("count", range(1, 12))
def test_all_who_sign_a_proof_of_service_sign_on_one_page_with_its_note(count: int) -> None:
    sample = ServiceRecord.sample()
    pages = pages_of(replace(sample, documents=sample.documents * count))
    for place in ("送达时间", "收件人签名或者盖章", "见证人签名或者盖章", "送达人签名", "为送达日期"):
        assert place in pages[-1]


def test_leaving_needs_refusal_and_witness_and_electronic_service_a_consent() -> None:
    direct = ServiceRecord.sample()
    left = ServiceRecord.samples()["left"]
    with pytest.raises(ValueError, match="a refusal and a witness"):
        replace(left, witnesses=())
    with pytest.raises(ValueError, match="a refusal and a witness"):
        replace(left, refusal="")
    with pytest.raises(ValueError, match="consent"):
        replace(direct, way=ELECTRONIC, served_on=date(2026, 10, 12))
    assert replace(direct, way=LEFT).served_on is None, "a paper to be filled in by hand can be made"
