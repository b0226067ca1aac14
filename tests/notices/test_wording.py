"""Passages in an office's own words: what may stand in them, and that the site's own are what is printed."""

import dataclasses
from typing import Any

import pytest
from django.template.loader import render_to_string

from credit_repair.notices.bases import Passage
from credit_repair.notices.freezing import freeze, thaw
from credit_repair.notices.previewing import example
from credit_repair.notices.wording import (
    LONGEST,
    BadWording,
    check_wording,
    filled,
    kinds,
    placeholders,
    slot_of,
    slots,
    tidied,
)

PASSAGES = [(kind, slot.key) for kind in kinds() for slot in slots(kind)]


def printed(document: Any) -> str:
    return render_to_string(f"notices/{document.template}.html", document.to_context())


@pytest.mark.parametrize(("kind", "key"), PASSAGES)
def test_the_sites_own_words_are_those_of_the_template(kind: str, key: str) -> None:
    document = example(kind)
    slot = slot_of(kind, key)
    assert slot is not None
    check_wording(slot.default, kind=kind, slot=slot)
    if not slot.default:
        return
    worded = dataclasses.replace(document, passages=(Passage(key, filled(slot.default, document)),))
    assert printed(worded) == printed(document)


@pytest.mark.parametrize(("kind", "key"), PASSAGES)
def test_an_offices_words_stand_in_every_place_that_is_offered(kind: str, key: str) -> None:
    document = example(kind)
    worded = dataclasses.replace(document, passages=(Passage(key, "本单位自己的话<b>。"),))
    assert "本单位自己的话&lt;b&gt;。" in printed(worded)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("请致电{电话号码}，{联系单位}，{电话}。", "没有占位词{电话号码}"),
        ("请致电{联系单位}{电话}，{。", "没有成对"),
        ("请致电{联系单位}。", "必须保留占位词{电话}"),
        ("{联系单位}{电话}", "完整的句子"),
        ("请致电{联系单位}{电话}\U0001f600。", "U+1F600"),
        ("请致电{联系单位}{电话}。" + "好" * LONGEST, "不能超过600字"),
        ("请致电{联系单位}{电话}，{复议机关}。", "没有占位词{复议机关}"),
    ],
)
def test_what_cannot_stand_in_a_document_is_refused_in_words(text: str, said: str) -> None:
    slot = slot_of("acceptance_notice", "contact")
    assert slot is not None
    with pytest.raises(BadWording, match=said.replace("{", r"\{").replace("+", r"\+")):
        check_wording(text, kind="acceptance_notice", slot=slot)


def test_what_is_typed_becomes_one_paragraph_with_plain_braces() -> None:
    assert tidied("  请致电｛电话｝，\n  或到窗口。 \n") == "请致电{电话}，或到窗口。"


def test_every_placeholder_of_every_kind_prints_something() -> None:
    for kind in kinds():
        document: Any = kinds()[kind].sample()  # type: ignore[attr-defined]
        for name in placeholders(kind):
            assert "{" not in filled("{" + name + "}", document), (kind, name)


def test_opening_hours_that_nobody_entered_leave_no_hole() -> None:
    document: Any = kinds()["acceptance_notice"].sample()  # type: ignore[attr-defined]
    assert not document.contact.hours
    assert filled("请在{办公时间}来电。", document) == "请在工作日来电。"
    contact = dataclasses.replace(document.contact, hours="工作日9:00—17:00")
    open_then = dataclasses.replace(document, contact=contact)
    assert filled("请在{办公时间}来电。", open_then) == "请在工作日9:00—17:00来电。"


def test_a_fact_with_braces_is_not_read_as_a_placeholder() -> None:
    document: Any = kinds()["acceptance_notice"].sample()  # type: ignore[attr-defined]
    named = dataclasses.replace(document, case_number="{电话}")
    assert filled("编号{案件编号}。", named) == "编号{电话}。"


def test_a_document_keeps_its_passages_when_it_is_frozen() -> None:
    document: Any = kinds()["acceptance_notice"].sample()  # type: ignore[attr-defined]
    worded = dataclasses.replace(
        document, passages=(Passage("closing", "特此通知。"),), head="濉溪县信用办文件", seal=""
    )
    assert thaw(type(worded), freeze(worded)) == worded
