"""Reading what spreadsheets write: penalty types and hints."""

import csv
from pathlib import Path

import pytest

from credit_repair.rules import RuleBook, UnknownPenaltyType, derive_hints, national_book, parse_penalty_types

SHARED = Path("/work/shared/data/penalties_2026.csv")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("罚款", ("罚款",)),
        ("罚款;没收违法所得;责令停止执业", ("罚款", "没收违法所得", "限制从业")),
        ("罚款；没收非法财物", ("罚款", "没收非法财物")),
        ("罚款、吊销许可证", ("罚款", "吊销许可证件")),
        ("警告,罚款", ("警告", "罚款")),
        ("警告，通报批评。", ("警告", "通报批评")),
        (" 罚款 ; ; 暂扣许可证 ", ("罚款", "暂扣许可证件")),
        ("罚款／警告", ("罚款", "警告")),
        ("罚款\n警告", ("罚款", "警告")),
        ("责令停产整治", ("责令停产停业",)),
        ("其他-责令停产整治", ("责令停产停业",)),
        ("其他－责令停止执业", ("限制从业",)),
        ("其他—罚款", ("罚款",)),
        ("罚款;罚款;处以罚款", ("罚款",)),
        ("没收违法所得、没收非法财物", ("没收违法所得", "没收非法财物")),
    ],
)
def test_what_is_read(text, expected):
    assert parse_penalty_types(text) == expected


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("口头表扬", "口头表扬"),
        ("罚款;口头表扬", "口头表扬"),
        ("其他-补种树木", "其他-补种树木"),
        ("其他", "其他"),
        ("罚 款", "罚"),
        ("", ""),
        (" ；; ", ""),
    ],
)
def test_what_is_refused(text, name):
    with pytest.raises(UnknownPenaltyType) as caught:
        parse_penalty_types(text)
    assert caught.value.name == name


def test_every_type_and_alias_reads_as_what_it_stands_for(book: RuleBook):
    for kind in book.penalty_types:
        assert parse_penalty_types(kind.name) == (kind.name,)
    for alias in book.words.aliases:
        assert parse_penalty_types(alias.alias) == (alias.name,)
        assert parse_penalty_types(f"其他-{alias.alias}") == (alias.name,)


@pytest.mark.skipif(not SHARED.exists(), reason="the shared table is not here")
def test_the_shared_table_is_read_whole():
    with SHARED.open(encoding="utf-8-sig", newline="") as lines:
        for row in csv.DictReader(lines):
            assert parse_penalty_types(row["处罚类别"])


@pytest.mark.parametrize(
    ("law", "sector"),
    [
        ("《中华人民共和国食品安全法》第一百二十四条", "food"),
        ("《中华人民共和国药品管理法》", "drug"),
        ("《中华人民共和国特种设备安全法》", "special_equipment"),
        ("《中华人民共和国安全生产法》第九十七条", "work_safety"),
        ("《中华人民共和国消防法》第六十条第一款", "fire"),
        ("《中华人民共和国价格法》", None),
        ("《中华人民共和国消防法》、《中华人民共和国安全生产法》", "fire"),
        ("《中华人民共和国安全生产法》、《中华人民共和国消防法》", "work_safety"),
        ("", None),
    ],
)
def test_the_sector_by_the_law(law, sector):
    assert derive_hints(legal_basis=law).sector == sector


def test_the_procedure_by_the_document_number():
    assert derive_hints(doc_no="（濉）市监简罚〔2026〕3号").procedure == "simple"
    assert derive_hints(doc_no="（濉）市监处罚〔2026〕3号").procedure == "ordinary"


def test_the_authority_by_its_name():
    assert derive_hints(authority_name="濉溪县市场监督管理局").authority_kind == "market"
    assert derive_hints(authority_name="濉溪县税务局").authority_kind == "other"


def test_a_word_counts_in_its_own_column_only():
    hints = derive_hints(facts="该店负责人学习了消防法", doc_no="食品安全法", legal_basis="简罚")
    assert (hints.sector, hints.procedure) == (None, "ordinary")


def test_each_find_has_its_reason():
    hints = derive_hints(
        legal_basis="《食品安全法》", doc_no="市监简罚〔2026〕1号", authority_name="眉县市场监督管理局"
    )
    assert [step.text for step in hints.basis] == [
        "处罚依据中有“食品安全法”，行业按“食品”处理",
        "文号中有“简罚”，程序按“简易程序”处理",
        "机关名称中有“市场监督管理”，机关类别按“市场监督管理部门”处理",
    ]
    assert derive_hints().basis == ()


def test_every_sector_with_a_rule_has_a_name():
    book = national_book()
    ruled = {path.split(".")[1] for path in book.paths("ndrc-58") if path.startswith("sector_min_months.")}
    assert ruled == {"food", "drug", "special_equipment", "work_safety", "fire"}
    assert ruled <= set(book.sectors)
