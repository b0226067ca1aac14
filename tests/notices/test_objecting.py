"""Objections: what the applicant signs, what is answered with which remedies, what the platforms may know."""

from dataclasses import replace

import pytest

from credit_repair.notices.engine_check import INSTALL_COMMAND, missing_libraries
from credit_repair.notices.objecting import (
    ENDS,
    GROUNDS,
    AnnotationOff,
    AnnotationOn,
    ObjectionAcceptance,
    ObjectionForm,
)
from credit_repair.notices.objection_results import DISMISSED, PARTLY, UPHELD, ObjectionResult, RecheckResult
from credit_repair.notices.parts import Remedies

from .reading import assert_kept, assert_signed_with_text, joined, pages_of, text_of, variants

needs_engine = pytest.mark.skipif(
    bool(missing_libraries()), reason=f"PDF ENGINE MISSING {missing_libraries()}: {INSTALL_COMMAND}"
)
ANSWERS = variants(ObjectionAcceptance, ObjectionResult, RecheckResult)
TO_PLATFORMS = [(kind.template, kind.sample()) for kind in (AnnotationOn, AnnotationOff)]
EVERY = variants(ObjectionForm) + ANSWERS + TO_PLATFORMS


def each(examples):
    return pytest.mark.parametrize(
        "document", [one for _, one in examples], ids=[name for name, _ in examples]
    )


@each(EVERY)
def test_every_example_is_kept_as_it_is(document) -> None:
    assert_kept(document)


@needs_engine
@each(ANSWERS + TO_PLATFORMS)
def test_every_letter_is_signed_below_text_and_names_no_article(document) -> None:
    pages = pages_of(document)
    assert_signed_with_text(document, pages)
    text = joined(pages)
    assert document.party.name in text and document.title in text
    assert document.document_number in "".join(pages)
    assert "None" not in text and "（）" not in text and "条" not in text.replace("条件", "")
    assert "按照社会信用信息异议处理的有关规定" in text or document.template == "annotation_off"


@needs_engine
@each([one for one in ANSWERS if one[1].party.is_person])
def test_a_person_is_not_called_a_unit(document) -> None:
    text = text_of(document)
    assert "你单位" not in text and "统一社会信用代码" not in text


@needs_engine
@pytest.mark.parametrize("name", ["usual", "a person, the whole record", "on the screen"])
def test_the_form_fits_on_one_page_with_all_grounds(name: str) -> None:
    (text,) = pages_of(ObjectionForm.samples()[name])
    assert all(ground in text for ground in GROUNDS.values())
    assert "异议办理期间，该信息加注标注，继续公示" in text
    assert "None" not in text and "（）" not in text


@needs_engine
def test_a_blank_form_leaves_room_to_write_and_is_signed_below_the_declaration() -> None:
    pages = pages_of(ObjectionForm.samples()["blank"])
    assert len(pages) == 2
    assert all(ground in pages[0] for ground in GROUNDS.values()) and "四、事实和理由" in pages[0]
    assert "六、申请人声明" in pages[1] and "申请人（签字或者盖章）" in pages[1]
    assert "None" not in "".join(pages)


@needs_engine
def test_the_form_ticks_what_is_claimed_and_sets_it_beside_what_is_recorded() -> None:
    text = text_of(ObjectionForm.sample())
    assert "√记载有错误" in text and text.count("√") == 1
    assert "罚款金额3万元0.3万元" in text and "向濉溪县信用办提出异议" in text
    whole = text_of(ObjectionForm.samples()["a person, the whole record"])
    assert "对该信息整体有异议" in whole and "现在的记载" not in whole and "签名" in whole
    assert "盖章" not in whole


@needs_engine
def test_a_form_signed_on_the_screen_says_who_signed_and_leaves_no_place_for_a_seal() -> None:
    text = text_of(ObjectionForm.samples()["on the screen"])
    assert "签署人：周小敏（经办人）" in text and "盖章" not in text


@needs_engine
def test_a_form_of_many_fields_repeats_its_head_and_signs_below_text() -> None:
    pages = pages_of(ObjectionForm.samples()["many fields"])
    assert all("申请人认为应当是" in page for page in pages)
    assert all(f"违法事实第{n}项" in "".join(pages) for n in range(1, 13))
    assert "提出异议" in pages[-1] and "申请人（盖章）" in pages[-1]


@needs_engine
def test_the_acceptance_says_until_when_and_that_publication_goes_on() -> None:
    text = text_of(ObjectionAcceptance.sample())
    assert "信息提供单位濉溪县市场监督管理局核查" in text and "2026年12月1日前（含当日）" in text
    assert "自2026年11月20日起加注异议标注" in text and "标注期间，该信息继续公示" in text
    assert "信用修复申请" not in text
    waiting = text_of(ObjectionAcceptance.samples()["a person, while a repair waits"])
    assert "信用修复申请，在异议办理期间暂停计算期限" in waiting and "信息提供单位" not in waiting


@needs_engine
@each(TO_PLATFORMS)
def test_the_platforms_learn_neither_grounds_nor_what_was_imposed(document) -> None:
    text = text_of(document)
    for secret in ("罚款", "万元", "金额", "李明华", *GROUNDS.values()):
        assert secret not in text
    for address in document.addressees:
        assert address in text
    assert document.record.document_number in text and document.case_number in text


@needs_engine
def test_an_annotation_is_set_at_once_or_by_a_day_and_judges_nothing() -> None:
    on = AnnotationOn.sample()
    text = text_of(on)
    assert "收到本通知后立即" in text and "标注不表示该信息有误" in text and "照常公示" in text
    due = AnnotationOff.sample().due
    assert "2026年12月15日前（含当日）为该信息加注" in text_of(replace(on, due=due))


@needs_engine
@pytest.mark.parametrize("end", ENDS)
def test_the_annotation_goes_at_every_end_and_old_content_with_it(end: str) -> None:
    text = text_of(replace(AnnotationOff.sample(), end=end))
    assert f"已于2026年12月10日{ENDS[end]}" in text
    assert "请勿继续展示原来的内容和标注记录" in text and "濉信异〔2026〕4号" in text


@needs_engine
def test_a_corrected_record_is_told_with_old_and_new_and_the_way_to_a_recheck() -> None:
    text = text_of(ObjectionResult.sample())
    assert "异议成立" in text and "予以更正为：0.3万元" in text and "已于2026年11月26日更正" in text
    assert "2026年12月10日前（含当日）向濉溪县信用办申请复核一次" in text
    assert "保留异议标注" in text and "行政复议" not in text


@needs_engine
@pytest.mark.parametrize("name", ["corrected", "withdrawn"])
def test_the_words_that_uphold_an_objection_stand_on_one_page(name: str) -> None:
    pages = pages_of(ObjectionResult.samples()[name])
    assert sum("二、处理结果" in page and "异议成立。" in page for page in pages) == 1


@needs_engine
def test_a_withdrawn_record_is_not_told_again() -> None:
    text = text_of(ObjectionResult.samples()["withdrawn"])
    assert "予以删除" in text and "不再共享和使用" in text
    assert "罚款" not in text and "万元" not in text and "标注" not in text


@needs_engine
@each(
    [
        ("kept", ObjectionResult.samples()["kept"]),
        ("partly", ObjectionResult.samples()["partly, many fields, long names"]),
        ("recheck", RecheckResult.sample()),
    ]
)
def test_what_is_not_granted_says_why_and_names_the_remedies(document) -> None:
    text = text_of(document)
    assert document.reasons[0] in text
    assert "六十日内向濉溪县人民政府申请行政复议" in text
    assert "六个月内依法向濉溪县人民法院提起行政诉讼" in text


@pytest.mark.parametrize("kind", [ObjectionResult, RecheckResult])
@pytest.mark.parametrize("result", [PARTLY, DISMISSED])
def test_an_adverse_result_cannot_be_made_without_reasons_and_remedies(kind, result: str) -> None:
    bare = replace(kind.sample(), result=UPHELD, reasons=(), remedies=None)
    with pytest.raises(ValueError, match="reasons and remedies"):
        replace(bare, result=result, reasons=("与决定书一致",))
    with pytest.raises(ValueError, match="reasons and remedies"):
        replace(bare, result=result, remedies=Remedies.sample())


@needs_engine
def test_a_result_of_many_fields_repeats_the_heads_of_its_columns() -> None:
    pages = pages_of(ObjectionResult.samples()["partly, many fields, long names"])
    rows = [page for page in pages if "使用不合格的原材料" in page]
    assert len(rows) > 1 and all("核查结论" in page for page in rows)
    assert "无法核实" in "".join(pages)


@needs_engine
def test_the_recheck_names_the_first_result_and_is_the_last() -> None:
    text = text_of(RecheckResult.sample())
    assert "濉信异〔2026〕7号" in text and "维持原处理结果" in text and "复核以一次为限" in text
    changed = text_of(RecheckResult.samples()["changed by the level above"])
    assert "变更原处理结果" in changed and "予以更正为：0.3万元" in changed
    assert "濉溪县信用办于2026年11月26日作出" in changed


@needs_engine
@pytest.mark.parametrize("count", range(0, 22, 2))
def test_the_seal_stands_below_text_however_long_the_result(count: int) -> None:
    sample = ObjectionResult.samples()["kept"]
    document = replace(sample, facts=("经核对行政处罚决定书原件和缴款记录，没有发现差错。" * count + "完。",))
    assert_signed_with_text(document, pages_of(document))
