"""Each code with the smallest row that earns it, and the order in which they apply."""

import re

import pytest

from credit_repair.registry.importing.checks import CHECKS, LIST_CHECKS, not_your_office
from credit_repair.registry.importing.columns import HEADERS
from tests.registry.factories import make_resident_id
from tests.registry.tables import as_csv, row, take_in

pytestmark = pytest.mark.django_db

IN_ORDER = [
    "missing_name",
    "missing_doc_no",
    "bad_date",
    "future_decision",
    "until_before_decision",
    "bad_uscc",
    "natural_person_with_uscc",
    "authority_code_bad",
    "unknown_penalty_type",
    "negative_fine",
    "over_long_facts",
    "duplicate",
    "name_code_conflict",
]

#: What to do to a good row, and the column to which the report points.
FAULTS = {
    "missing_name": ({"name": " "}, "name"),
    "missing_doc_no": ({"doc_no": "\u3000"}, "doc_no"),
    "bad_date": ({"decision_date": "2026年5月6日"}, "decision_date"),
    "future_decision": ({"decision_date": "2026/11/21", "own_until": ""}, "decision_date"),
    "until_before_decision": ({"own_until": "2026/05/05"}, "own_until"),
    "bad_uscc": ({"code": "91350100M000100Y4Z"}, "code"),
    "natural_person_with_uscc": ({"category": "自然人"}, "category"),
    "authority_code_bad": ({"authority_code": "11341302MB1234567X"}, "authority_code"),
    "unknown_penalty_type": ({"penalty_text": "罚款;口头表扬"}, "penalty_text"),
    "negative_fine": ({"fine": "-0.000001"}, "fine"),
    "over_long_facts": ({"facts": "违" * 20_001}, "facts"),
}
#: Columns whose reasons repeat what stands in them.
WHERE_NONE_BELONGS = ("code", "authority_code", "source_code", "decision_date", "fine")
#: The two that need a row before them.
LATER = {
    "duplicate": ({}, "doc_no"),
    "name_code_conflict": ({"doc_no": "另一号", "name": "另一家公司"}, "name"),
}


def outcome_of(**changes):
    """Import a good row and after it the same with `changes`; return what became of the second."""
    _batch, outcomes = take_in(as_csv([row(1), row(1, **changes)]))
    assert outcomes[0].outcome == "taken"
    return outcomes[1]


@pytest.mark.parametrize("checks", [CHECKS, LIST_CHECKS])
def test_whose_row_it_is_is_asked_before_the_register_tells_a_name(checks):
    assert [check.__name__ for check in checks][-2:] == ["not_your_office", "name_code_conflict"]


def test_the_checks_stand_in_the_order_of_the_rules():
    assert [check.__name__ for check in CHECKS if check is not not_your_office] == IN_ORDER


@pytest.mark.parametrize("code", IN_ORDER)
def test_each_code(code):
    changes, field = (FAULTS | LATER)[code]
    found = outcome_of(**changes)
    assert (found.outcome, found.code, found.field) == ("refused", code, HEADERS[field])
    assert re.search(r"[\u4e00-\u9fff].*请.*。$", found.reason)


@pytest.mark.parametrize("place", range(len(FAULTS)))
def test_of_several_faults_the_first_in_order_is_reported(place):
    """A row with a fault and all those after it. Faults of one column exclude each other."""
    codes = list(FAULTS)[place:]
    changes = {}
    for code in reversed(codes):
        changes |= FAULTS[code][0]
    if codes[0] == "future_decision":
        changes["own_until"] = "2026/05/05"  # also before the decision
    if codes[0] == "natural_person_with_uscc":
        changes.pop("code", None)
    assert outcome_of(**changes).code == codes[0]


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"decision_date": ""}, "bad_date", "decision_date"),
        ({"own_until": "2027/5/6"}, "bad_date", "own_until"),
        ({"valid_until": "长期"}, "bad_date", "valid_until"),
        ({"code": ""}, "bad_uscc", "code"),
        ({"code": "", "category": "自然人"}, "bad_uscc", "person_number"),
        ({"authority_code": ""}, "authority_code_bad", "authority_code"),
        ({"penalty_text": ""}, "unknown_penalty_type", "penalty_text"),
        ({"confiscated": "-1"}, "negative_fine", "confiscated"),
        ({"fine": "一万"}, "negative_fine", "fine"),
        ({"doc_no": "号" * 201}, "over_long_facts", "doc_no"),
        ({"conduct": "违" * 501}, "over_long_facts", "conduct"),
    ],
)
def test_other_ways_to_earn_a_code(changes, code, field):
    found = outcome_of(**changes)
    assert (found.code, found.field) == (code, HEADERS[field])


def test_a_new_authority_needs_a_name():
    _batch, [found] = take_in(as_csv([row(1, authority="")]))
    assert (found.code, found.field) == ("authority_code_bad", "处罚机关")
    assert outcome_of(doc_no="另一号", authority="").outcome == "taken"


@pytest.mark.parametrize(
    "changes",
    [
        {"facts": "违" * 20_000},
        {"own_until": ""},
        {"own_until": "2026/05/06"},
        {"fine": ""},
        {"fine": "0"},
        {"decision_date": "2026/11/20", "own_until": ""},
        {"penalty_text": "警告；其他-责令停产整治"},
        {"name": "濉溪县华泰物流\u3000有限公司１"},
        {"category": ""},
    ],
)
def test_at_the_edge_a_row_is_taken(changes):
    found = outcome_of(doc_no="另一号", **changes)
    assert found.outcome == "taken"


def test_a_refused_row_leaves_no_trace():
    """Neither its key nor its name counts against the rows after it."""
    rows = [row(1, name="写错的名称", fine="-1"), row(1), row(2, fine="-1"), row(2)]
    _batch, outcomes = take_in(as_csv(rows))
    assert [found.outcome for found in outcomes] == ["refused", "taken", "refused", "taken"]


def test_a_name_with_several_codes_is_no_fault():
    _batch, outcomes = take_in(as_csv([row(1, name="同名公司"), row(2, name="同名公司")]))
    assert [found.outcome for found in outcomes] == ["taken", "taken"]


def test_the_conflict_names_the_name_that_is_known():
    take_in(as_csv([row(1)]))
    _batch, [found] = take_in(as_csv([row(1, doc_no="另一号", name="另一家公司")]))
    assert found.code == "name_code_conflict"
    assert row(1)["name"] in found.reason


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        (
            {"representative_number": "340621199003070000"},
            "bad_representative_number",
            "representative_number",
        ),
        ({"own_until": "2026/08/05"}, "own_until_before_minimum", "own_until"),
        ({"source_code": "11341302MB1234567X"}, "bad_source_code", "source_code"),
    ],
)
def test_warnings_do_not_refuse(changes, code, field):
    batch, [found] = take_in(as_csv([row(1, **changes)]))
    assert (found.outcome, found.code, found.field) == ("taken", code, HEADERS[field])
    [line] = batch.lines.all()
    assert (line.outcome, line.code, line.reason) == ("taken", code, found.reason)


def test_two_warnings_are_one_line_with_both_reasons():
    _batch, [found] = take_in(as_csv([row(1, representative_number="1", own_until="2026/08/05")]))
    assert found.code == "bad_representative_number"
    assert "法定代表人" in found.reason
    assert "最短公示期" in found.reason


def test_no_reason_repeats_a_personal_number():
    number = "340621199003070000"
    person = {"category": "自然人", "code": "", "person_number": number, "name": "张三"}
    _batch, [found] = take_in(as_csv([row(1, representative_number=number, **person)]))
    assert found.outcome == "taken"
    assert number not in found.reason


def test_other_documents_of_a_representative_are_not_checked():
    _batch, [found] = take_in(
        as_csv([row(1, representative_id_type="护照", representative_number="E12345678")])
    )
    assert found.code == ""


@pytest.mark.parametrize(
    ("field", "number"),
    [
        *((field, make_resident_id(7)) for field in WHERE_NONE_BELONGS),
        *((field, "340621850607123") for field in WHERE_NONE_BELONGS),
        *((field, make_resident_id(7)[:-1]) for field in WHERE_NONE_BELONGS[:3]),
    ],
)
def test_no_reason_repeats_an_identity_number_that_stands_in_a_wrong_column(field, number):
    batch, _outcomes = take_in(as_csv([row(1, **{field: number})]))
    reason = batch.lines.get().reason
    assert number not in reason and "****" in reason


def test_no_reason_repeats_a_document_number_of_the_rows_people():
    passport = {"category": "自然人", "code": "E12345678"}
    representative = {
        "representative_id_type": "护照",
        "representative_number": "e12345678",
        "code": "E12345678",
    }
    batch, _outcomes = take_in(as_csv([row(1, **passport), row(2, **representative)]))
    assert [line.code for line in batch.lines.all()] == ["bad_uscc", "bad_uscc"]
    assert not any("E12345678" in line.reason for line in batch.lines.all())


def test_a_wrong_code_that_is_nobodys_number_is_shown_to_be_mended():
    assert "91350100M000100Y4Z" in outcome_of(code="91350100M000100Y4Z").reason
