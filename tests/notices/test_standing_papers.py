"""Who may act: the certificate of the legal representative, and a power for one matter."""

from dataclasses import replace
from datetime import date

import pytest

from credit_repair.notices.engine_check import INSTALL_COMMAND, missing_libraries
from credit_repair.notices.glyphs import check_context
from credit_repair.notices.standing import POWERS, STANDING, PowerForMatter, RepresentativeCertificate

from .reading import assert_kept, joined, pages_of, text_of, variants

needs_engine = pytest.mark.skipif(
    bool(missing_libraries()), reason=f"PDF ENGINE MISSING {missing_libraries()}: {INSTALL_COMMAND}"
)
EVERY = variants(*STANDING)


@pytest.mark.parametrize("document", [one for _, one in EVERY], ids=[name for name, _ in EVERY])
def test_every_example_is_kept_as_it_is_and_can_be_printed(document) -> None:
    assert_kept(document)
    check_context(document)


@needs_engine
@pytest.mark.parametrize("document", [one for _, one in EVERY], ids=[name for name, _ in EVERY])
def test_every_example_is_signed_below_text_and_asks_for_no_identity_number(document) -> None:
    pages = pages_of(document)
    text = joined(pages)
    assert document.title in text and "None" not in text and "（）" not in text
    before, _, _ = pages[-1].partition("（公章）：" if not document.party.is_person else "委托人（签字）：")
    assert len(before) > 20, "the place to sign stands without text"
    assert "身份证号码：" not in text


@needs_engine
@pytest.mark.parametrize("kind", STANDING, ids=lambda kind: kind.template)
@pytest.mark.parametrize("name", ["usual", "blank"])
def test_the_usual_and_the_blank_paper_are_one_page(kind, name: str) -> None:
    assert len(pages_of(kind.samples()[name])) == 1


@needs_engine
def test_a_certificate_says_who_is_what_of_whom() -> None:
    text = text_of(RepresentativeCertificate.sample())
    assert "李明华现任我单位执行董事兼总经理" in text and "91340621MA2NXK8T4J" in text
    assert "由窗口当场核对" in text


@needs_engine
def test_a_power_gives_what_is_marked_and_no_more() -> None:
    text = text_of(PowerForMatter.sample())
    assert "■　撤回申请" not in text and "□　撤回申请" in text and f"■　{POWERS['sign']}" in text
    assert "2026年11月20日至2027年1月31日" in text and "不得转委托" in text


def test_a_power_that_there_is_not_and_a_term_that_ends_before_it_begins_are_refused() -> None:
    with pytest.raises(ValueError, match="sell"):
        replace(PowerForMatter.sample(), powers=("file", "sell"))
    with pytest.raises(ValueError, match="before it begins"):
        replace(PowerForMatter.sample(), valid_until=date(2026, 11, 19))


@needs_engine
@pytest.mark.parametrize("count", range(1, 24, 4))
def test_the_place_to_sign_never_stands_without_text(count: int) -> None:
    power = PowerForMatter.samples()["many"]
    pages = pages_of(replace(power, records=power.records[:1] * count))
    (page,) = [page for page in pages if "委托单位（公章）：" in page]
    assert "授权范围内的行为" in page


def test_a_blank_power_marks_nothing() -> None:
    boxes = PowerForMatter.samples()["blank"].to_context()["boxes"]
    assert [box for box, _ in boxes] == ["□"] * len(POWERS)


@needs_engine
def test_a_power_without_any_mark_gives_nothing() -> None:
    text = text_of(replace(PowerForMatter.sample(), powers=()))
    assert "■　" not in text and "标“□”的不授权" in text


@needs_engine
def test_a_persons_power_does_not_speak_of_a_unit_that_gives_it() -> None:
    text = text_of(PowerForMatter.samples()["person"])
    assert "我单位" not in text and "委托单位" not in text and "法定代表人" not in text
