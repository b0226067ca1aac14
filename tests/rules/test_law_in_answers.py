"""The law, section by section, as it shows in answers: what no single case computed by hand states."""

from itertools import combinations_with_replacement

import pytest

from credit_repair.rules import (
    Clock,
    RuleBook,
    UnknownPenaltyType,
    WorkCalendar,
    derive_hints,
    parse_penalty_types,
    parse_rule_set,
)

from .conftest import assessed, d
from .test_book import PENALTY_CLASSES

# -- which set governs: the day of the decision, the kind of authority

GOVERNING = [
    # decision, other authorities, market supervision
    ("2015-06-01", "ndrc-58", "ndrc-58"),
    ("2023-04-30", "ndrc-58", "ndrc-58"),
    ("2023-05-01", "ndrc-58", "ndrc-58"),
    ("2025-12-24", "ndrc-58", "ndrc-58"),
    ("2025-12-25", "ndrc-58", "samr-107"),
    ("2026-03-31", "ndrc-58", "samr-107"),
    ("2026-04-01", "ndrc-36", "samr-107"),
    ("2026-11-20", "ndrc-36", "samr-107"),
]


@pytest.mark.parametrize(("day", "other", "market"), GOVERNING)
def test_which_set_governs_a_decision(day, other, market):
    assert assessed(day, "罚款").rule_set == other
    assert assessed(day, "罚款", authority_kind="market").rule_set == market


@pytest.mark.parametrize(("day", "other", "market"), GOVERNING)
def test_which_set_governs_a_filing(day, other, market):
    old = {"decision": "2015-01-01", "filed_on": d(day)}
    assert assessed(old["decision"], "罚款", filed_on=old["filed_on"]).procedure_rule_set == other
    found = assessed(old["decision"], "罚款", filed_on=old["filed_on"], authority_kind="market")
    assert found.procedure_rule_set == market


# -- what is published

PUBLISHED = [
    # decision, penalties, authority and procedure, class, published
    ("2026-05-20", ("警告",), {}, "minor", False),
    ("2026-05-20", ("通报批评",), {}, "minor", False),
    ("2026-05-20", ("警告", "通报批评"), {}, "minor", False),
    ("2026-05-20", ("罚款",), {"procedure": "simple"}, "minor", False),
    ("2026-05-20", ("罚款",), {}, "general", True),
    ("2026-05-20", ("限制从业",), {}, "serious", True),
    ("2026-05-20", ("警告",), {"authority_kind": "market"}, "minor", False),
    ("2026-05-20", ("警告",), {"authority_kind": "market", "procedure": "simple"}, "minor", False),
    ("2026-05-20", ("警告", "通报批评"), {"authority_kind": "market"}, "minor", True),
    ("2026-05-20", ("罚款",), {"authority_kind": "market", "procedure": "simple"}, "minor", True),
    ("2025-05-20", ("警告",), {}, None, False),
    ("2025-05-20", ("通报批评",), {}, None, False),
    ("2025-05-20", ("警告", "罚款"), {}, None, True),
    ("2025-05-20", ("责令停产停业",), {"procedure": "simple"}, None, False),
]


@pytest.mark.parametrize(("day", "penalties", "more", "rule_class", "published"), PUBLISHED)
def test_what_is_published(day, penalties, more, rule_class, published):
    found = assessed(day, *penalties, **more)
    assert (found.rule_class, found.published) == (rule_class, published)


# -- the heaviest class governs, whatever stands first

CLASS_OF = {name: rule_class for name, rule_class, _mark in PENALTY_CLASSES}


@pytest.mark.parametrize(("lighter", "heavier"), list(combinations_with_replacement(CLASS_OF, 2)))
def test_of_two_penalties_the_heavier_gives_the_class(lighter, heavier):
    for penalties in ((lighter, heavier), (heavier, lighter)):
        assert assessed("2026-05-20", *dict.fromkeys(penalties)).rule_class == CLASS_OF[heavier]


# -- what real tables write

ALIASES = [
    ("责令停产整治", "责令停产停业"),
    ("责令停止执业", "限制从业"),
    ("吊销许可证", "吊销许可证件"),
    ("暂扣许可证", "暂扣许可证件"),
    ("其他-责令停产整治", "责令停产停业"),
    ("其他-暂扣许可证", "暂扣许可证件"),
]


@pytest.mark.parametrize(("written", "meant"), ALIASES)
def test_an_alias_that_the_law_names_is_read(written, meant):
    assert parse_penalty_types(written) == (meant,)


def test_what_is_in_neither_list_is_refused():
    with pytest.raises(UnknownPenaltyType):
        parse_penalty_types("责令改正")


HINTS = [
    ({"legal_basis": "《中华人民共和国食品安全法》"}, ("food", "ordinary", "other")),
    ({"legal_basis": "《中华人民共和国安全生产法》"}, ("work_safety", "ordinary", "other")),
    ({"legal_basis": "《中华人民共和国消防法》"}, ("fire", "ordinary", "other")),
    ({"doc_no": "濉交简罚〔2026〕1号"}, (None, "simple", "other")),
    ({"authority_name": "濉溪县市场监督管理局"}, (None, "ordinary", "market")),
    ({"legal_basis": "《公路安全保护条例》"}, (None, "ordinary", "other")),
    ({}, (None, "ordinary", "other")),
]


@pytest.mark.parametrize(("words", "expected"), HINTS)
def test_sector_procedure_and_authority_by_words_else_none_and_ordinary(words, expected):
    found = derive_hints(**words)
    assert (found.sector, found.procedure, found.authority_kind or "other") == expected


# -- what may be set otherwise, and to what


@pytest.mark.parametrize(
    ("path", "value", "good"),
    [
        ("at_max_unperformed", "hold", True),
        ("at_max_unperformed", "wait", False),
        ("bar.false_material.years", 5, True),
        ("revoke.answer.days", 3, True),
        ("revoke.restore_until", "days_left", True),
        ("revoke.restore_until", "never", False),
        ("clock.extension.days", 15, True),
        ("clock.extension.times", 0, True),
        ("clock.correction.days", 5, True),
        ("fine.very_large.food", '"50"', True),
        ("fine.very_large.food", 50.5, False),
    ],
)
def test_settings_an_office_may_lay_over_the_law(book: RuleBook, path, value, good):
    text = (
        "id: ours\nkind: repair-graded\ntitle: 本市\nsource: 本市\nlevel: city\n"
        'in_force: {from: null, to: null}\nmark: "?"\noverrides: [ndrc-36]\nvalues:\n'
        f'  {path}: {{value: {value}, mark: "?", basis: 本市规定}}\n'
    )
    if not good:
        with pytest.raises(ValueError, match=path):
            book.with_overrides([parse_rule_set(text, "ours.yaml")])
        return
    ours = book.with_overrides([parse_rule_set(text, "ours.yaml")])
    assert str(ours.view("ndrc-36", on=d("2026-11-20"))[path].value) == str(value).strip('"')


# -- clocks: what each gives for something that happens on Friday 2026-11-20

CLOCKS = [
    ("acceptance", "2026-11-25"),  # 23, 24, 25
    ("decision", "2026-12-01"),  # 23 to 27, 30, 1
    ("answer", "2026-12-04"),  # 23 to 27, 30 to 4
    ("correction", "2026-12-04"),
    ("stop_publicity", "2026-11-20"),  # the same day
    ("stop_publicity_platform", "2026-11-25"),
    ("withdraw_changed", "2026-11-25"),
    ("publish_new", "2026-12-01"),
]


@pytest.mark.parametrize(("kind", "due"), CLOCKS)
def test_when_each_clock_is_due(book: RuleBook, calendar: WorkCalendar, kind, due):
    limit = book.view("ndrc-36", on=d("2026-11-20"))[f"clock.{kind}.days"].value
    found = Clock(d("2026-11-20"), limit).due(calendar)
    assert found is not None
    assert (found.due, found.provisional) == (d(due), False)


def test_the_extension_comes_once_and_adds_ten_days(book: RuleBook, calendar: WorkCalendar):
    rules = book.view("ndrc-36", on=d("2026-11-20"))
    answer = Clock(d("2026-11-20"), rules["clock.answer.days"].value)
    longer = answer.extend(rules["clock.extension.days"].value, on=d("2026-12-04"))
    assert longer.due(calendar).due == d("2026-12-18")
    assert rules["clock.extension.times"].value == 1
