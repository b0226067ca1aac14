"""What the rules say is found again and said anew in English; in Chinese nothing changes."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from itertools import product

import pytest
from django.utils import translation

from credit_repair.registry import law_words
from credit_repair.registry.law_sentences import PATTERNS, TERMS
from credit_repair.rules import assess, derive_hints, explain, national_book
from credit_repair.rules.eligibility import JUDGES, Situation
from credit_repair.rules.types import CLASS_NAMES, LIST_NAMES, ClassOverride, PeriodOverride, RecordFacts

BOOK = national_book()
TODAY = date(2026, 11, 20)
CHINESE = re.compile(r"[㐀-鿿]")


def records() -> Iterator[RecordFacts]:
    """Records of every kind, by penalties, procedure, kind of authority and day."""
    days = (date(2023, 3, 1), date(2024, 5, 6), date(2026, 1, 15), date(2026, 5, 6))
    penalties = [("警告",), ("罚款",), ("责令停产停业",), ("罚款", "没收违法所得"), ("吊销许可证件", "警告")]
    for day, names, procedure, authority in product(
        days, penalties, ("ordinary", "simple"), ("market", "other")
    ):
        yield RecordFacts(
            kind="penalty",
            decision_date=day,
            penalty_types=names,
            fine=Decimal("2.5") if "罚款" in names else None,
            procedure=procedure,  # type: ignore[arg-type]
            authority_kind=authority,  # type: ignore[arg-type]
        )
    for kind, day in product(LIST_NAMES, days):
        yield RecordFacts(kind=kind, decision_date=day)  # type: ignore[arg-type]
    more = {
        "own_until": {"own_until": date(2026, 2, 1)},
        "late": {"restriction_until": date(2030, 1, 1)},
        "repeat": {"repeat_offender": True},
        "class": {"class_override": ClassOverride("serious", "某法")},
        "period": {"period_override": PeriodOverride("某法", min_months=1)},
        "no_fine": {"fine": Decimal("3"), "penalty_types": ("警告",)},
        "sector": {"sector": "food"},
        "unknown_sector": {"sector": "nowhere"},
    }
    for fields, day in product(more.values(), days):
        yield RecordFacts(**{"kind": "penalty", "decision_date": day, "penalty_types": ("罚款",), **fields})  # type: ignore[arg-type]


def situations() -> Iterator[Situation]:
    base = assess(
        RecordFacts(kind="penalty", decision_date=date(2026, 5, 6), penalty_types=("罚款",)),
        book=BOOK,
        filed_on=TODAY,
    )
    for days in (-150, -60, 0, 200, 400):
        yield Situation(today=TODAY + timedelta(days=days), assessment=base)
    yield Situation(today=TODAY + timedelta(days=400), assessment=base, held_at_maximum=True)
    for more in (
        {"published_in_fact": False},
        {"record_ended_on": date(2026, 10, 1)},
        {"duties": "open"},
        {"duties": "declared"},
        {"duties": "proved"},
        {"commitment_signed": True},
        {"barred_until": date(2027, 1, 1)},
        {"barred_until": date(2026, 1, 1)},
        {"restriction_until": date(2027, 1, 1)},
        {"restriction_until": date(2026, 1, 1)},
        {"open_case": "XF-2026-000001"},
        {"other_bar": "某事由"},
    ):
        yield Situation(today=TODAY, assessment=base, **more)  # type: ignore[arg-type]


def sentences() -> set[str]:
    """Everything that the rules say of these records and situations; what a person wrote is 某…."""
    said: set[str] = set()
    for facts in records():
        said |= {step.text for step in assess(facts, book=BOOK, filed_on=TODAY).basis}
    for basis, number in (("《食品安全法》", ""), ("", "濉简罚〔2026〕1号")):
        hints = derive_hints(legal_basis=basis, doc_no=number, authority_name="某市场监督管理局", book=BOOK)
        said |= {step.text for step in hints.basis}
    for situation in situations():
        for condition in explain(situation, book=BOOK).conditions:
            said |= {condition.text, condition.title, *filter(None, [condition.todo])}
    return said


#: Words of regulations and of people stay Chinese, in brackets, in quotes or behind a colon.
KEPT = re.compile(r"《[^》]*》|“[^”]*”|某\w+")


def test_whatever_the_rules_say_an_english_reader_understands() -> None:
    said = sentences()
    own = {value.basis for rule_set in BOOK.rule_sets for value in rule_set.values}
    quoted = {each for each in said if any(part in own for part in re.split("；", each))}
    assert len(said - quoted) > 60
    with translation.override("en"):
        left = {}
        for each in said - quoted:
            anew = str(law_words.in_readers_words(each))
            for regulation in own:
                anew = anew.replace(regulation, "")
            if "lang=" in anew or CHINESE.search(KEPT.sub("", anew)):
                left[each] = anew
    assert left == {}


def test_a_chinese_reader_reads_what_the_rules_say() -> None:
    with translation.override("zh-hans"):
        assert [each for each in sentences() if law_words.in_readers_words(each) != each] == []


@pytest.mark.parametrize(
    ("chinese", "english"),
    [
        (
            "公示至2027年5月6日止，期满自动停止公示，无需申请",
            "Published until 6 May 2027; publication then ends by itself, no application is needed",
        ),
        ("处罚类别为罚款，属于一般失信", "Penalty: fine; this is a general breach"),
        (
            "罚款13.14万元，达到较大数额（10万元），属于一般失信",
            "A fine of ¥131,400 reaches the large amount (¥100,000): a general breach",
        ),
    ],
)
def test_days_classes_and_amounts_are_said_in_english(chinese: str, english: str) -> None:
    with translation.override("en"):
        assert law_words.in_readers_words(chinese) == english


def test_what_has_no_english_is_marked_as_chinese_and_safe() -> None:
    with translation.override("en"):
        assert law_words.in_readers_words("某条规定<b>") == '<span lang="zh-Hans">某条规定&lt;b&gt;</span>'


def test_names_of_the_rules_and_of_the_catalogue_are_the_same() -> None:
    with translation.override("zh-hans"):
        assert {code: str(name) for code, name in law_words.CLASS_WORDS.items()} == CLASS_NAMES
        assert {code: str(name) for code, name in law_words.LIST_WORDS.items()} == LIST_NAMES
    assert {title for title, _judge in JUDGES.values()} <= TERMS
    assert {kind.name for kind in BOOK.penalty_types} == set(law_words.PENALTIES)


def test_no_two_sentences_claim_the_same_words() -> None:
    assert len(PATTERNS) == len(set(PATTERNS))
    assert not TERMS & set(PATTERNS)
