"""Publicity that comes back, rests or goes on where it should not: facts, days, remedies."""

from dataclasses import replace

import pytest

from credit_repair.notices.engine_check import INSTALL_COMMAND, missing_libraries
from credit_repair.notices.publicity import (
    PUBLICITY,
    IntendedRevocation,
    RestorationNotice,
    RevocationDecision,
    StopLetter,
)
from credit_repair.notices.shields import SHIELDS, Shielded, ShieldEndNotice, ShieldNotice

from .reading import assert_kept, assert_signed_with_text, joined, pages_of, text_of, variants

needs_engine = pytest.mark.skipif(
    bool(missing_libraries()), reason=f"PDF ENGINE MISSING {missing_libraries()}: {INSTALL_COMMAND}"
)
EVERY = variants(*PUBLICITY, *SHIELDS)
REMEDIES = ("六十日内向濉溪县人民政府申请行政复议", "六个月内依法向濉溪县人民法院提起行政诉讼")


@pytest.mark.parametrize("document", [one for _, one in EVERY], ids=[name for name, _ in EVERY])
def test_every_example_is_kept_as_it_is(document) -> None:
    assert_kept(document)


@needs_engine
@pytest.mark.parametrize("document", [one for _, one in EVERY], ids=[name for name, _ in EVERY])
def test_every_example_is_signed_below_text_and_names_its_basis(document) -> None:
    pages = pages_of(document)
    assert_signed_with_text(document, pages)
    text = joined(pages)
    assert document.party.name in text and document.title in text
    assert "《信用修复管理办法》（国家发展改革委令第36号）" in text
    assert "None" not in text and "（）" not in text and "条" not in text.replace("条件", "")
    if document.party.is_person and not isinstance(document, StopLetter):
        assert "你单位" not in text


@needs_engine
@pytest.mark.parametrize("name", RevocationDecision.samples())
def test_a_revocation_heard_the_subject_and_names_the_remedies(name: str) -> None:
    decision = RevocationDecision.samples()[name]
    text = text_of(decision)
    assert all(said in text for said in REMEDIES)
    assert "2026年11月18日告知" in text and "陈述、申辩的权利" in text
    assert "撤销濉市监信修〔2026〕3号《准予信用修复决定书》" in text
    assert ("没有收到" in text) is (not decision.heard)


@needs_engine
def test_what_is_intended_is_told_with_the_right_to_answer_and_decides_nothing() -> None:
    text = text_of(IntendedRevocation.sample())
    assert "拟撤销濉市监信修〔2026〕3号《准予信用修复决定书》" in text
    assert "2026年11月25日前（含当日）向我单位陈述和申辩" in text and "自撤销之日起3年内" in text
    assert "行政复议" not in text
    person = text_of(IntendedRevocation.samples()["person"])
    assert "年内不受理" not in person and "暂定" in person


@needs_engine
def test_where_an_order_binds_nobody_was_asked() -> None:
    text = text_of(replace(RevocationDecision.sample(), told_on=None, heard=()))
    assert "不另行听取陈述和申辩" in text and "没有收到" not in text


@needs_engine
def test_a_revocation_says_until_when_it_is_public_again_and_until_when_nobody_applies() -> None:
    text = text_of(RevocationDecision.sample())
    assert "自2026年11月27日起恢复公示" in text and "公示至2027年4月16日（含当日）" in text
    assert "在2029年11月27日前（含当日）提出的信用修复申请，不予受理" in text


@needs_engine
def test_a_revocation_brings_nothing_back_whose_period_is_over() -> None:
    text = text_of(RevocationDecision.samples()["over"])
    assert "公示期已经届满，不恢复公示" in text and "2027年4月16日" not in text


@needs_engine
def test_a_revocation_of_a_list_entry_speaks_of_the_list_and_of_no_end() -> None:
    text = text_of(RevocationDecision.samples()["list"])
    assert "恢复列入和公示" in text and "届满自动停止" not in text


def test_without_a_bar_a_revocation_speaks_of_none() -> None:
    effects = replace(RevocationDecision.sample(), barred_until=None).to_context()["effects"]
    assert [heading for _, heading, _ in effects] == ["恢复公示。", "记入信用记录。"]


@needs_engine
def test_restored_publicity_says_why_since_when_until_when_and_names_the_remedies() -> None:
    text = text_of(RestorationNotice.sample())
    for said in ("濉市监信修〔2026〕11号", "2026年7月20日", "2026年11月27日", "2027年4月16日（含当日）"):
        assert said in text
    assert "自动停止公示，不需要申请" in text and all(said in text for said in REMEDIES)


@needs_engine
def test_restored_publicity_without_a_last_day_says_what_ends_it() -> None:
    text = text_of(replace(RestorationNotice.sample(), restored_until=None))
    assert "公示截止日期" not in text and "至依法移出或者停止公示时为止" in text


@needs_engine
def test_a_shield_names_ruling_records_and_what_ends_it_and_deletes_nothing() -> None:
    text = text_of(ShieldNotice.sample())
    assert "（2026）皖0621破3号《民事裁定书》批准了" in text
    assert "濉市监罚〔2026〕118号" in text and "濉市监罚〔2026〕119号" in text
    assert "自2026年9月8日起" in text and "2028年8月31日" in text
    assert "临时屏蔽不是信用修复" in text and "重整计划终止执行的，恢复公示剩余的期限" in text
    assert "抄送：安徽濉河律师事务所（管理人）" in text
    assert "罚款" not in text


@needs_engine
def test_a_performed_plan_ends_publicity_for_good_and_a_failed_one_brings_it_back_with_remedies() -> None:
    performed, failed = text_of(ShieldEndNotice.sample()), text_of(ShieldEndNotice.samples()["failed"])
    assert "终止公示，不再恢复" in performed and "行政复议" not in performed
    assert "恢复公示" in failed and "2027年4月16日" in failed and "不再公示" in failed
    assert all(said in failed for said in REMEDIES)


@needs_engine
@pytest.mark.parametrize("count", range(1, 22, 4))
def test_signature_and_copies_stand_together_below_text_however_many_records(count: int) -> None:
    notice = replace(ShieldEndNotice.samples()["failed"], rows=Shielded.samples(count))
    pages = pages_of(notice)
    assert_signed_with_text(notice, pages)
    assert "抄送：" in pages[-1] and "核验码：" in pages[-1]


def test_a_failed_plan_without_remedies_is_no_notice() -> None:
    with pytest.raises(ValueError, match="remedies"):
        replace(ShieldEndNotice.sample(), performed=False)


@needs_engine
def test_a_website_is_told_what_when_how_often_and_until_when_and_nothing_old() -> None:
    text = text_of(StopLetter.sample())
    assert "2026年11月20日，我单位看到" in text and "https://www.example.com/company/" in text
    assert "已告知你单位3次" in text and "2026年9月3日（电子邮件）" in text
    assert "2026年12月4日前（含当日）" in text and "停止展示该信息" in text
    for word in ("罚款", "万元", "违法", "XF-"):
        assert word not in text, word


@needs_engine
@pytest.mark.parametrize("name", StopLetter.samples())
def test_the_slip_of_a_website_is_one_page_and_the_last(name: str) -> None:
    pages = pages_of(StopLetter.samples()[name])
    assert pages[-1].startswith("回")
    assert [("答复单位（盖章）" in page) for page in pages] == [False] * (len(pages) - 1) + [True]


@needs_engine
def test_a_first_letter_counts_no_earlier_ones() -> None:
    assert "此前" not in text_of(StopLetter.samples()["first"])
