"""What the table of cases cannot show: reasons, marks, overrides, refusals, properties."""

import json
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credit_repair.rules import (
    ClassOverride,
    NoRuleSet,
    PeriodOverride,
    RecordFacts,
    RuleBook,
    UnknownPenaltyType,
    assess,
    national_book,
    parse_rule_set,
)
from credit_repair.rules.types import CLASS_ORDER

from .conftest import FILED, assessed, d

PENALTIES = [kind.name for kind in national_book().penalty_types]
DAYS = st.dates(date(2015, 1, 1), date(2035, 12, 31))


def texts(assessment):
    return [step.text for step in assessment.basis]


def mark_of(assessment, words):
    return next(step.mark for step in assessment.basis if words in step.text)


def test_each_date_is_explained():
    said = " ".join(texts(assessed("2026-04-10", "罚款")))
    assert (
        "决定日期2026年4月10日，属于一般失信，最短公示期3个月，至2026年7月10日止，自2026年7月11日起可申请"
        in said
    )
    assert "最长公示期12个月，至2027年4月10日止" in said


def test_both_rule_sets_are_kept():
    found = assessed("2025-04-10", "罚款")
    assert (found.rule_set, found.procedure_rule_set) == ("ndrc-58", "ndrc-36")
    assert assessed("2025-04-10", "罚款", filed_on=d("2026-03-31")).procedure_rule_set == "ndrc-58"
    assert assessed("2025-04-10", "罚款", authority_kind="market").procedure_rule_set == "samr-107"
    early = assessed("2025-04-10", "罚款", authority_kind="market", filed_on=d("2025-12-24"))
    assert early.procedure_rule_set == "ndrc-58"


def test_the_day_of_filing_changes_no_class_and_no_date():
    early, late = (assessed("2025-04-10", "罚款", filed_on=d(day)) for day in ("2025-05-01", "2027-01-01"))
    assert (early.rule_set, early.min_until, early.max_until) == (
        late.rule_set,
        late.min_until,
        late.max_until,
    )


@pytest.mark.parametrize(
    ("decision", "kind", "mark"),
    [
        ("2023-04-30", "other", "?"),
        ("2023-05-01", "other", "C"),
        ("2023-04-30", "market", "?"),
        ("2024-06-01", "market", "?"),
        ("2025-12-24", "market", "?"),
        ("2025-12-25", "market", "C"),
        ("2026-04-01", "other", "C"),
    ],
)
def test_the_mark_of_the_governing_set(decision, kind, mark):
    assert assessed(decision, "罚款", authority_kind=kind).basis[0].mark == mark


def test_unsure_rules_are_marked():
    assert mark_of(assessed("2026-05-01", "行政拘留"), "行政拘留") == "?"
    assert mark_of(assessed("2024-05-01", "罚款", sector="drug"), "药品") == "L"
    assert mark_of(assessed("2024-05-01", "罚款", sector="food"), "食品") == "C"
    # samr-107 takes order 36's criteria and the day of the decision: both ?.
    market = assessed("2026-05-01", "罚款", authority_kind="market")
    assert mark_of(market, "属于一般失信") == "?"
    assert mark_of(market, "起算") == "?"


def test_simple_procedure_with_a_heavy_penalty_is_pointed_out():
    heavy = assessed("2026-05-01", "责令停产停业", procedure="simple")
    assert any("请核对程序" in text for text in texts(heavy))
    assert not any("请核对程序" in text for text in texts(assessed("2026-05-01", "罚款", procedure="simple")))


def test_the_heaviest_type_is_named():
    found = assessed("2026-05-01", "吊销许可证件", "罚款", "限制从业")
    assert any("按最重的“限制从业”认定" in text for text in texts(found))


def test_only_market_minor_records_need_no_application():
    assert not assessed("2026-05-01", "通报批评", authority_kind="market").application_needed
    assert assessed("2026-05-01", "罚款", authority_kind="market").application_needed
    # Removal from a list is a decision, even where the list counts as minor.
    assert assessed("2026-05-01", kind="abnormal_list", authority_kind="market").application_needed


class TestOwnUntil:
    def test_the_earlier_end_counts(self):
        assert assessed("2026-05-01", "罚款", own_until=d("2027-01-31")).effective_until == d("2027-01-31")
        assert assessed("2026-05-01", "罚款", own_until=d("2030-01-31")).effective_until == d("2027-05-01")
        assert assessed("2026-05-01", "罚款").effective_until == d("2027-05-01")

    def test_on_a_list_without_limit_it_is_the_only_end(self):
        assert assessed("2026-05-01", kind="abnormal_list").effective_until is None
        found = assessed("2026-05-01", kind="abnormal_list", own_until=d("2029-05-01"))
        assert found.effective_until == d("2029-05-01")

    def test_before_the_minimum_it_is_reported_and_kept(self):
        found = assessed("2026-05-01", "罚款", own_until=d("2026-07-31"))
        assert found.own_until_before_minimum
        assert found.effective_until == found.own_until == d("2026-07-31")
        assert not assessed("2026-05-01", "罚款", own_until=d("2026-08-01")).own_until_before_minimum

    def test_what_is_never_published_has_no_end(self):
        assert assessed("2025-05-01", "警告", own_until=d("2026-05-01")).effective_until is None

    def test_the_last_day_belongs_to_the_period(self):
        found = assessed("2026-05-01", "罚款")
        assert not found.has_ended(d("2027-05-01"))
        assert found.has_ended(d("2027-05-02"))


def test_a_restriction_beyond_the_maximum_lengthens_nothing():
    found = assessed("2026-05-01", "限制从业", restriction_until=d("2031-05-01"))
    assert found.max_until == found.effective_until == d("2029-05-01")
    assert found.repairable_from == d("2031-05-02")
    assert any("不能提前结束公示" in text for text in texts(found))


class TestOverridesOnARecord:
    def test_a_class_set_by_hand_goes_before_everything(self):
        override = ClassOverride("serious", "局务会议认定情节严重")
        found = assessed("2026-05-01", "警告", procedure="simple", class_override=override)
        assert (found.rule_class, found.published, found.min_until) == ("serious", True, d("2027-05-01"))
        assert any("局务会议认定情节严重" in text for text in texts(found))

    def test_order_58_has_no_classes_to_set(self):
        found = assessed("2025-05-01", "罚款", class_override=ClassOverride("serious", "理由"))
        assert found.rule_class is None
        assert found.min_until == d("2025-08-01")
        assert any("未采用" in text for text in texts(found))

    def test_another_laws_period_prevails(self):
        override = PeriodOverride(basis="某行政法规", min_months=6, max_months=24)
        found = assessed("2026-05-01", "罚款", period_override=override)
        assert (found.min_until, found.max_until) == (d("2026-11-01"), d("2028-05-01"))
        assert any("某行政法规" in text for text in texts(found))

    def test_no_minimum_by_another_law(self):
        found = assessed("2026-05-01", "罚款", period_override=PeriodOverride(basis="某法", min_months=0))
        assert (found.min_until, found.repairable_from) == (None, d("2026-05-01"))
        assert found.max_until == d("2027-05-01")

    def test_what_is_never_published_stays_without_dates(self):
        found = assessed("2025-05-01", "警告", period_override=PeriodOverride(basis="某法", max_months=6))
        assert found.max_until is None

    @pytest.mark.parametrize(
        "bad", [{"basis": " "}, {"basis": "x", "min_months": -1}, {"basis": "x", "max_months": 0}]
    )
    def test_bad_periods_are_refused(self, bad):
        with pytest.raises(ValueError, match="basis|months"):
            PeriodOverride(**bad)


class TestRefusals:
    def test_an_unknown_type(self):
        with pytest.raises(UnknownPenaltyType) as caught:
            assessed("2026-05-01", "罚款", "口头表扬")
        assert caught.value.name == "口头表扬"

    @pytest.mark.parametrize(
        "bad",
        [
            {"kind": "gift"},
            {"procedure": "quick"},
            {"authority_kind": "army"},
            {"fine": Decimal("-1")},
            {"fine": Decimal("NaN")},
            {"penalty_types": ()},
        ],
    )
    def test_bad_facts(self, bad):
        facts = {"kind": "penalty", "decision_date": FILED, "penalty_types": ("罚款",)}
        with pytest.raises(ValueError, match="."):
            RecordFacts(**(facts | bad))

    def test_no_rule_set_in_force(self, book: RuleBook):
        sets = [replace(s, in_force_to=d("2027-01-01")) if s.id == "ndrc-36" else s for s in book.rule_sets]
        ended = replace(book, rule_sets=tuple(sets))
        with pytest.raises(NoRuleSet):
            assessed("2028-01-01", "罚款", book=ended)


def test_doubts_about_the_record_are_told():
    assert any("没有罚款" in text for text in texts(assessed("2026-05-01", "警告", fine="2")))
    assert any("不在规则的行业表里" in text for text in texts(assessed("2024-05-01", "罚款", sector="fod")))


def thresholds(**values):
    lines = "".join(
        f'  fine.{key}: {{value: "{value}", mark: "?", basis: 本市食品处罚裁量标准}}\n'
        for key, value in values.items()
    )
    lines = lines.replace("__", ".")
    return parse_rule_set(
        "id: city-fines\nkind: repair-graded\ntitle: 本市标准\nsource: 本市\nlevel: city\n"
        'in_force: {from: null, to: null}\nmark: "?"\noverrides: [ndrc-36]\nvalues:\n' + lines,
        "city-fines.yaml",
    )


class TestThresholds:
    def test_a_very_large_fine_is_serious(self, book: RuleBook):
        local = book.with_overrides([thresholds(very_large__default="100")])
        assert assessed("2026-05-01", "罚款", fine="99.999999", book=local).rule_class == "general"
        assert assessed("2026-05-01", "罚款", fine="100", book=local).rule_class == "serious"
        # The simple procedure decides before any amount.
        assert (
            assessed("2026-05-01", "罚款", fine="100", procedure="simple", book=local).rule_class == "minor"
        )

    def test_the_sectors_own_threshold_goes_before_the_default(self, book: RuleBook):
        local = book.with_overrides([thresholds(very_large__default="100", very_large__food="10")])
        assert assessed("2026-05-01", "罚款", fine="20", sector="food", book=local).rule_class == "serious"
        assert assessed("2026-05-01", "罚款", fine="20", sector="fire", book=local).rule_class == "general"

    def test_a_large_fine_is_named(self, book: RuleBook):
        local = book.with_overrides([thresholds(large__default="5")])
        assert any("较大数额" in text for text in texts(assessed("2026-05-01", "罚款", fine="5", book=local)))

    def test_an_amount_without_a_fine_does_not_count(self, book: RuleBook):
        local = book.with_overrides([thresholds(very_large__default="100")])
        assert assessed("2026-05-01", "没收违法所得", fine="500", book=local).rule_class == "general"


def test_the_day_that_decides_is_a_setting(book: RuleBook):
    other = parse_rule_set(
        "id: by-filing\nkind: general\ntitle: 设置\nsource: 设置\nlevel: city\n"
        'in_force: {from: null, to: null}\nmark: "?"\noverrides: [general]\nvalues:\n'
        '  classes_from: {value: filing_day, mark: "?", basis: 本市从新}\n',
        "by-filing.yaml",
    )
    assert assessed("2025-05-01", "罚款", book=book.with_overrides([other])).rule_set == "ndrc-36"


def test_the_answer_is_json(book: RuleBook):
    plain = assessed("2026-05-01", "罚款", own_until=d("2027-01-01")).as_dict()
    assert json.loads(json.dumps(plain, ensure_ascii=False)) == plain
    assert plain["book_hash"] == book.content_hash
    assert {"text", "source", "mark"} == set(plain["basis"][0])


FACTS = st.builds(
    RecordFacts,
    kind=st.just("penalty"),
    decision_date=DAYS,
    penalty_types=st.lists(st.sampled_from(PENALTIES), min_size=1, unique=True).map(tuple),
    fine=st.none() | st.decimals(0, 10**6, places=6),
    procedure=st.sampled_from(["ordinary", "simple"]),
    sector=st.none() | st.sampled_from(["food", "drug", "fire", "tax"]),
    authority_kind=st.sampled_from(["other", "market"]),
    own_until=st.none() | DAYS,
    restriction_until=st.none() | DAYS,
    repeat_offender=st.booleans(),
)


@given(FACTS)
def test_dates_keep_their_order(facts):
    found = assess(facts, book=national_book(), filed_on=FILED)
    if found.repairable_from is None:
        assert found.rule_class is None
        assert not found.published
        assert found.min_until is found.max_until is found.effective_until is None
        return
    assert found.repairable_from >= facts.decision_date
    if found.min_until:
        assert found.repairable_from >= found.min_until + timedelta(days=1)
        assert found.min_until < found.max_until
    if facts.restriction_until:
        assert found.repairable_from > facts.restriction_until
    assert found.effective_until <= found.max_until
    assert all(step.text and step.source for step in found.basis)


@given(FACTS)
def test_an_application_can_be_filed_from_the_day_after_the_minimum(facts):
    found = assess(replace(facts, restriction_until=None), book=national_book(), filed_on=FILED)
    if found.min_until:
        assert found.repairable_from == found.min_until + timedelta(days=1)
    elif found.repairable_from:
        assert found.repairable_from == facts.decision_date


@given(FACTS, st.sampled_from(PENALTIES))
def test_one_more_penalty_never_lightens(facts, extra):
    book = national_book()
    more = replace(facts, penalty_types=tuple(dict.fromkeys((*facts.penalty_types, extra))))
    light, heavy = (assess(f, book=book, filed_on=FILED) for f in (facts, more))
    if light.rule_class:
        assert CLASS_ORDER.index(heavy.rule_class) >= CLASS_ORDER.index(light.rule_class)
    assert heavy.published >= light.published


def test_other_information_says_that_it_goes_by_the_general_class_and_that_this_is_not_certain():
    found = assessed("2026-05-01", kind="other")
    said = next(step for step in found.basis if step.text.startswith("其他失信信息"))
    assert (said.text, said.source, said.mark) == ("其他失信信息，按一般失信对待", "ndrc-36", "?")
    assert said.line.endswith("（依据尚待核实）")
    assert found.application_needed
