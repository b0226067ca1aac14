"""Forwarding, guidance, reminder and certificate: what each says, and what it keeps to itself."""

from dataclasses import replace
from datetime import date

import pytest

from credit_repair.notices.engine_check import INSTALL_COMMAND, missing_libraries
from credit_repair.notices.guiding import (
    GUIDING,
    ForwardingNotice,
    GuidanceNotice,
    ReminderLetter,
    RepairCertificate,
    StillPublic,
)

from .reading import OLD_DETAIL, assert_kept, assert_signed_with_text, joined, pages_of, text_of, variants

needs_engine = pytest.mark.skipif(
    bool(missing_libraries()), reason=f"PDF ENGINE MISSING {missing_libraries()}: {INSTALL_COMMAND}"
)
EVERY = variants(*GUIDING)


@pytest.mark.parametrize("document", [one for _, one in EVERY], ids=[name for name, _ in EVERY])
def test_every_example_is_kept_as_it_is(document) -> None:
    assert_kept(document)


@needs_engine
@pytest.mark.parametrize("document", [one for _, one in EVERY], ids=[name for name, _ in EVERY])
def test_every_example_is_signed_below_text_and_addresses_its_party(document) -> None:
    pages = pages_of(document)
    assert_signed_with_text(document, pages)
    text = joined(pages)
    assert document.party.name in text and document.title in text
    assert "None" not in text and "（）" not in text and "条" not in text.replace("条件", "")
    if document.party.is_person:
        assert "你单位" not in text and "统一社会信用代码" not in text


@needs_engine
def test_a_forwarded_application_keeps_its_day_and_names_who_takes_it_in_until_when() -> None:
    text = text_of(ForwardingNotice.sample())
    assert "于2026年11月20日" in text and "2026年11月23日将申请和全部材料转送淮北市信用办" in text
    assert "2026年11月26日前（含当日）决定是否受理" in text
    assert "不需要重新提交材料" in text and "转送不是不予受理" in text
    assert "电话：0561-1111111" in text and "信用修复管理办法" in text


@needs_engine
def test_guidance_says_from_when_until_when_and_what_first() -> None:
    text = text_of(GuidanceNotice.sample())
    assert "属于一般失信信息" in text
    assert "最短公示期至2026年7月16日届满" in text and "自2026年7月17日起" in text
    assert "最长公示期至2027年4月16日届满" in text
    assert "缴纳罚款3万元" in text and "10个工作日内答复" in text
    assert "不收取任何费用" in text and "不改变行政处罚决定" in text


@needs_engine
def test_guidance_about_what_is_not_published_asks_for_no_application() -> None:
    text = text_of(GuidanceNotice.samples()["minor"])
    assert "一般不公示" in text and "怎样申请" not in text and "不能提前停止公示" not in text
    assert "三、其他事项" in text


@needs_engine
def test_guidance_about_what_ends_by_itself_gives_the_day_and_asks_for_no_application() -> None:
    text = "".join(pages_of(GuidanceNotice.samples()["alone"]))
    assert "最长公示期至2026年7月16日届满" in text and "不需要为停止公示提出申请" in text
    assert "不能提前停止公示" not in text and "网上办理" not in text


@needs_engine
def test_guidance_about_what_cannot_end_early_says_so_and_does_not_invite() -> None:
    text = "".join(pages_of(replace(GuidanceNotice.sample(), min_until=None, repairable_from=None)))
    assert "该信息不能提前停止公示" in text and "怎样申请" not in text and "网上办理" not in text


@needs_engine
def test_a_reminder_lists_numbers_and_days_and_leaves_the_choice() -> None:
    text = text_of(ReminderLetter.sample())
    for said in ("濉市监罚〔2026〕118号", "2026年7月17日", "2027年4月16日", "截至2026年11月20日"):
        assert said in text
    assert "自己决定" in text and "不收取任何费用" in "".join(pages_of(ReminderLetter.sample()))
    assert "3万元" not in text and "XF-" not in text


@needs_engine
def test_a_reminder_of_many_records_repeats_its_head_on_every_page_of_the_table() -> None:
    letter = ReminderLetter.samples()["many"]
    pages = pages_of(letter)
    assert all(row.record.document_number in "".join(pages) for row in letter.rows)
    tables = [page for page in pages if "濉市监罚" in page]
    assert len(tables) > 1 and all("决定单位" in page for page in tables)


@needs_engine
@pytest.mark.parametrize("count", range(0, 20, 4))
def test_a_certificate_of_any_length_is_signed_below_text(count: int) -> None:
    left = tuple(StillPublic("濉溪县市场监督管理局", f"濉市监罚〔2026〕{n}号") for n in range(count))
    certificate = replace(RepairCertificate.sample(), still_public=left)
    assert_signed_with_text(certificate, pages_of(certificate))


@needs_engine
def test_a_certificate_says_that_nothing_is_public_on_its_day_and_how_long_it_holds() -> None:
    (text,) = pages_of(RepairCertificate.sample())
    assert "截至2026年11月23日" in text and "没有正在公示的失信信息" in text
    assert "有效期至2026年12月22日（含当日）" in text
    assert text.endswith("有效期至2026年12月22日—1—"), "at the foot of every page"
    assert "核验码：K7Q4-29XM-8DPC-3TRB" in text


@needs_engine
@pytest.mark.parametrize("name", RepairCertificate.samples())
def test_a_certificate_shows_no_old_detail(name: str) -> None:
    text = text_of(RepairCertificate.samples()[name])
    for word in (*OLD_DETAIL, "XF-", "案件编号"):
        assert word not in text, word


def test_a_certificate_has_no_place_for_kind_sum_or_facts() -> None:
    assert set(StillPublic.__dataclass_fields__) == {"authority", "document_number"}
    assert "record" not in RepairCertificate.__dataclass_fields__


@needs_engine
def test_a_certificate_names_what_is_still_public_by_authority_and_number_alone() -> None:
    text = text_of(RepairCertificate.samples()["left"])
    assert "共1项" in text and "濉溪县市场监督管理局" in text and "濉市监罚〔2026〕118号" in text
    assert "除上表所列以外，没有正在公示的失信信息" in text


def test_a_certificate_names_no_case_and_does_not_end_before_its_day() -> None:
    with pytest.raises(ValueError, match="no case"):
        replace(RepairCertificate.sample(), case_number="XF-2026-000118")
    with pytest.raises(ValueError, match="ends no earlier"):
        replace(RepairCertificate.sample(), valid_until=date(2026, 11, 22))
