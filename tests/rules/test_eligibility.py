"""Who may be repaired: each condition alone, and all of them together."""

import json
from dataclasses import replace
from typing import Any

import pytest

from credit_repair.rules import (
    Explanation,
    RecordFacts,
    RuleBook,
    Situation,
    barred_until_after_false_material,
    explain,
    national_book,
    parse_rule_set,
)
from credit_repair.rules.schema import CONDITIONS

from .conftest import assessed, d

#: Asked only where a rule of the sector asks.
VOLUNTARY = CONDITIONS[-3:]

# General, decided 2026-04-10: minimum to 07-10, repairable from 07-11, published to 2027-04-10.
GENERAL = assessed("2026-04-10", "罚款")
READY = Situation(today=d("2026-11-20"), assessment=GENERAL, duties="proved", commitment_signed=True)


def explained(**changes: Any) -> Explanation:
    return explain(replace(READY, **changes), book=national_book())


def condition(code: str, **changes: Any):
    return next(c for c in explained(**changes).conditions if c.code == code)


def test_everything_met():
    found = explained()
    assert found.eligible_now
    assert found.first_day == d("2026-07-11")
    assert [c.code for c in found.conditions] == list(CONDITIONS[: -len(VOLUNTARY)])
    assert all(c.text and c.title and c.basis for c in found.conditions)
    assert found.blockers == ()


CASES = [
    # code, changes, state, from_day
    ("published", {}, "met", None),
    ("published", {"assessment": assessed("2026-11-01", "警告")}, "not_met", None),
    ("published", {"assessment": assessed("2026-11-01", "警告"), "published_in_fact": True}, "met", None),
    ("published", {"published_in_fact": False}, "not_met", None),
    ("record_in_force", {}, "met", None),
    ("record_in_force", {"record_ended_on": d("2026-11-20")}, "not_met", None),
    ("record_in_force", {"record_ended_on": d("2026-11-21")}, "met", None),
    ("period_running", {"today": d("2027-04-10")}, "met", None),
    ("period_running", {"today": d("2027-04-11")}, "not_met", None),
    ("period_running", {"today": d("2027-04-11"), "held_at_maximum": True}, "met", None),
    ("minimum_period", {"today": d("2026-07-10")}, "not_yet", "2026-07-11"),
    ("minimum_period", {"today": d("2026-07-11")}, "met", "2026-07-11"),
    (
        "minimum_period",
        {"assessment": assessed("2026-11-01", "通报批评", authority_kind="market")},
        "met",
        None,
    ),
    ("restriction_over", {}, "met", None),
    ("restriction_over", {"restriction_until": d("2026-11-20")}, "not_yet", "2026-11-21"),
    ("restriction_over", {"restriction_until": d("2026-11-19")}, "met", "2026-11-20"),
    ("duties_performed", {"duties": "proved"}, "met", None),
    ("duties_performed", {"duties": "declared"}, "met", None),
    ("duties_performed", {"duties": "open"}, "not_met", None),
    ("duties_performed", {"duties": None}, "unknown", None),
    ("commitment_signed", {}, "met", None),
    ("commitment_signed", {"commitment_signed": False}, "not_met", None),
    ("not_barred", {"barred_until": d("2026-11-20")}, "not_yet", "2026-11-21"),
    ("not_barred", {"barred_until": d("2026-11-19")}, "met", "2026-11-20"),
    ("no_open_application", {"open_case": "XF-2026-0001"}, "not_met", None),
    ("no_other_bar", {"other_bar": "某法另有规定"}, "not_met", None),
]


@pytest.mark.parametrize(("code", "changes", "state", "from_day"), CASES)
def test_condition(code, changes, state, from_day):
    found = condition(code, **changes)
    assert (found.state, found.from_day) == (state, d(from_day) if from_day else None)
    assert bool(found.todo) == (state != "met")
    assert explained(**changes).eligible_now == (state == "met")


def test_the_restriction_of_the_assessment_counts_too():
    both = assessed("2026-04-10", "限制从业", restriction_until=d("2028-01-15"))
    assert condition("restriction_over", assessment=both).from_day == d("2028-01-16")
    later = condition("restriction_over", assessment=both, restriction_until=d("2028-02-01"))
    assert later.from_day == d("2028-02-02")


class TestFirstDay:
    def test_it_is_the_last_of_all_days(self):
        found = explained(
            today=d("2026-05-01"), restriction_until=d("2026-09-30"), barred_until=d("2026-08-01")
        )
        assert found.first_day == d("2026-10-01")
        assert not found.eligible_now

    def test_it_does_not_wait_for_the_applicant(self):
        found = explained(duties=None, commitment_signed=False)
        assert (found.first_day, found.eligible_now) == (d("2026-07-11"), False)
        assert found.waits_for_applicant
        assert not explained(duties=None, open_case="XF-1").waits_for_applicant
        assert not explained().waits_for_applicant

    def test_a_minor_record_can_be_repaired_from_the_day_of_the_decision(self):
        minor = assessed("2026-11-10", "罚款", procedure="simple", authority_kind="market")
        found = explained(assessment=minor)
        assert (found.first_day, found.eligible_now) == (d("2026-11-10"), True)
        assert "无需申请" in condition("period_running", assessment=minor).text

    def test_it_never_comes_when_publicity_ends_before(self):
        # The maximum ends 2029-04-10, the restriction a year later.
        late = assessed("2026-04-10", "限制从业", restriction_until=d("2030-04-10"))
        assert explained(assessment=late).first_day is None
        # ... unless publicity is held because the duty is not performed.
        assert explained(assessment=late, held_at_maximum=True).first_day == d("2030-04-11")

    @pytest.mark.parametrize(
        "changes",
        [
            {"today": d("2028-01-01")},
            {"record_ended_on": d("2026-10-01")},
            {"assessment": assessed("2025-05-01", "警告")},
        ],
    )
    def test_it_never_comes_when_there_is_nothing_to_repair(self, changes):
        assert explained(**changes).first_day is None


def test_the_rules_of_the_day_of_filing_give_the_basis(book: RuleBook):
    # A record of 2024: filed in 2026, order 36 gives the conditions, confirmed; in 2025, order 58, unknown.
    now = assessed("2024-04-10", "罚款")
    then = assessed("2024-04-10", "罚款", filed_on=d("2025-04-10"))
    assert condition("duties_performed", assessment=now).mark == "C"
    assert condition("duties_performed", assessment=then).mark == "?"


def test_a_local_rule_can_leave_a_condition_out(book: RuleBook):
    local = parse_rule_set(
        "id: city\nkind: repair-graded\ntitle: 本市\nsource: 本市\nlevel: city\n"
        'in_force: {from: 2026-06-01, to: null}\nmark: "?"\noverrides: [ndrc-36]\nvalues:\n'
        '  condition.commitment_signed: {value: false, mark: "?", basis: 本市免交承诺书}\n',
        "city.yaml",
    )
    ours = book.with_overrides([local])
    situation = replace(READY, commitment_signed=False)
    assert explain(situation, book=ours).eligible_now
    assert not explain(replace(situation, today=d("2026-05-31")), book=ours).eligible_now


SECTOR_ASKS = (
    "id: food-training\nkind: repair-graded\ntitle: 行业规定\nsource: 行业规定\nlevel: sector\nsector: food\n"
    'in_force: {from: 2026-06-01, to: null}\nmark: "?"\noverrides: [ndrc-36]\nvalues:\n'
    '  condition.training: {value: true, mark: "?", basis: 本行业规定修复前参加一次信用培训}\n'
)


@pytest.mark.parametrize(
    ("sector", "done", "state"),
    [
        ("food", {}, "not_met"),
        ("food", {"training": "declared"}, "met"),
        ("food", {"training": "confirmed"}, "met"),
        ("food", {"credit_report": "confirmed"}, "not_met"),
        ("fire", {}, None),
        (None, {}, None),
    ],
)
def test_what_is_voluntary_is_a_condition_only_where_a_rule_of_the_sector_says_so(
    book: RuleBook, sector: str | None, done: dict[str, Any], state: str | None
) -> None:
    ours = book.with_overrides([parse_rule_set(SECTOR_ASKS, "food.yaml")])
    found = explain(replace(READY, sector=sector, activities=done), book=ours)
    assert [c.state for c in found.conditions if c.code in VOLUNTARY] == ([state] if state else [])
    assert found.eligible_now == (state in (None, "met"))


def test_the_bar_after_false_material(book: RuleBook):
    facts = RecordFacts(kind="penalty", decision_date=d("2026-04-10"), penalty_types=("罚款",))
    until = barred_until_after_false_material(d("2028-02-29"), facts=facts, book=book)
    assert until == d("2031-02-28")
    market = replace(facts, authority_kind="market")
    assert barred_until_after_false_material(d("2026-11-20"), facts=market, book=book) == d("2029-11-20")


def test_the_answer_is_json():
    plain = explained(today=d("2026-05-01")).as_dict()
    assert json.loads(json.dumps(plain, ensure_ascii=False)) == plain
    assert plain["first_day"] == "2026-07-11"
    minimum = next(c for c in plain["conditions"] if c["code"] == "minimum_period")
    assert minimum["text"] == "最短公示期至2026年7月10日止，自2026年7月11日起可以申请"
    assert minimum["from_day"] == "2026-07-11"
