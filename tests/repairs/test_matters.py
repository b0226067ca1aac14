"""The four kinds of repair, by their names: in mails, on paper, on pages."""

from datetime import date
from typing import Any

import pytest
from django.utils import translation

from credit_repair.mail.models import Mail
from credit_repair.notices.models import Document
from credit_repair.registry.models import Record
from credit_repair.repairs.matters import facts_on_paper, matter_name, record_line, record_words
from tests.world import World, approved_case, build_world, do, submitted_case, verifying_case

pytestmark = pytest.mark.django_db

K = Record.Kind
#: Kind, what the record says of itself, how a sentence calls it, what is applied for, what is granted.
FOUR: list[tuple[str, dict[str, Any], str, str, str]] = [
    (
        K.PENALTY,
        {"doc_no": "濉交罚〔2026〕5号"},
        "《行政处罚决定书》（濉交罚〔2026〕5号）",
        "终止公示行政处罚信息",
        "修复上述行政处罚信息，终止公示",
    ),
    (
        K.SERIOUS_LIST,
        {"doc_no": "", "list_name": "严重违法失信名单"},
        "列入严重违法失信名单（2026年5月6日）",
        "移出严重失信主体名单",
        "移出严重违法失信名单",
    ),
    (
        K.ABNORMAL_LIST,
        {"doc_no": "", "list_name": ""},
        "列入经营异常名录（2026年5月6日）",
        "移出经营异常名录",
        "移出经营异常名录",
    ),
    (
        K.OTHER,
        {"doc_no": "濉建认〔2026〕16号", "list_name": "未履行信用承诺"},
        "失信信息“未履行信用承诺”（濉建认〔2026〕16号）",
        "修复其他失信信息",
        "修复上述失信信息，终止公示",
    ),
]


def world_of(kind: str, said: dict[str, Any]) -> World:
    world = build_world(record={"decision_date": date(2026, 5, 6), **said})
    Record.objects.filter(pk=world.record.pk).update(kind=kind)
    world.record.refresh_from_db()
    return world


@pytest.mark.parametrize(("kind", "said", "words", "matter", "granted"), FOUR, ids=[row[0] for row in FOUR])
def test_each_is_called_by_its_own_name(
    kind: str, said: dict[str, Any], words: str, matter: str, granted: str
) -> None:
    record = world_of(kind, said).record
    assert record_words(record) == words
    assert record_line(record) == f"濉溪县交通运输局：{words}"
    assert matter_name(record) == matter
    facts = facts_on_paper(record)
    assert facts.matter.name == matter and facts.matter.granted == granted
    assert facts.authority in facts.in_full and "（）" not in facts.in_full + facts.in_short


@pytest.mark.parametrize("kind", K.values)
def test_documents_are_chinese_whoever_asks(kind: str) -> None:
    record = world_of(kind, {"list_name": "" if kind == K.PENALTY else "某名单"}).record
    here = facts_on_paper(record)
    with translation.override("en"):
        assert facts_on_paper(record) == here


def test_a_list_entry_without_a_number_goes_all_the_way_by_its_name() -> None:
    said = {"doc_no": "", "list_name": "严重违法失信名单", "decision_date": date(2025, 5, 6)}
    world = world_of(K.SERIOUS_LIST, said)
    approved_case(world)
    kinds = dict(Document.objects.values_list("kind", "context"))
    for kind in ("acceptance_notice", "decision_approve"):
        assert kinds[kind]["record"]["document_name"] == "列入严重违法失信名单决定"
    assert kinds["decision_approve"]["effects"]["removed_from"] == "严重违法失信名单"
    for mail in Mail.objects.filter(kind__startswith="repair_"):
        assert "“”" not in mail.body and "列入严重违法失信名单（" in mail.body


def test_a_refusal_says_what_is_refused() -> None:
    world = world_of(K.ABNORMAL_LIST, {"doc_no": ""})
    case = verifying_case(world)
    do(case, "give_opinion", world.verifier, opinion="disagree", text="年报仍未补报")
    do(case, "refuse", world.approver, reason="列入情形仍然存在")
    letter = Document.objects.get(kind="decision_refuse").context
    assert letter["record"]["matter"]["refused"] == "移出经营异常名录"


def test_a_penalty_without_a_number_has_no_empty_brackets() -> None:
    world = world_of(K.PENALTY, {"doc_no": ""})
    submitted_case(world)
    body = Mail.objects.get(kind="repair_submitted").body
    assert "《行政处罚决定书》（2026年5月6日）" in body
