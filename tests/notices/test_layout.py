"""The layout of GB/T 9704, measured on the finished PDF in points from the top left corner of the page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from credit_repair.notices.contexts import (
    AcceptanceNotice,
    AnnotationOn,
    CommitmentLetter,
    CorrectionNotice,
    DecisionApprove,
    Document,
    ExtensionNotice,
    ForwardingNotice,
    IssuedDocument,
    Party,
)
from credit_repair.notices.engine_check import INSTALL_COMMAND, missing_libraries
from credit_repair.notices.glyphs import missing_characters
from credit_repair.notices.papers import Authorisation
from credit_repair.notices.parts import Contact
from credit_repair.notices.samples import LONG_NAME
from credit_repair.notices.sampling import kinds, samples_of
from credit_repair.notices.seal import seal_svg
from credit_repair.rules import said
from tests.notices.measuring import (
    BODY,
    FIRST_BASELINE,
    LEFT,
    LINE,
    MM,
    RIGHT,
    TOP,
    Run,
    Shape,
    lines,
    pages_of,
    seal_of,
)

pytestmark = pytest.mark.skipif(
    bool(missing_libraries()), reason=f"PDF ENGINE MISSING {missing_libraries()}: {INSTALL_COMMAND}"
)

HANZI = "信用修复管理办法规定失信主体纠正行为履行义务后可以申请"
NOT_AT_START = set("，。、；：！？）》〕”’…%")
NOT_AT_END = set("（《〔“‘")


def with_fact(text: str) -> DecisionApprove:
    return replace(DecisionApprove.sample(), facts=(text,))


def test_a_full_page_has_22_lines_of_28_characters() -> None:
    runs, _ = pages_of(with_fact(HANZI * 60))[1]
    full = lines(runs)
    assert len(full) == 22
    for number, line in enumerate(full):
        assert line.font == "CR-Fang"
        assert len(line.text) == 28
        assert line.left == pytest.approx(LEFT, abs=0.1)
        assert line.right == pytest.approx(RIGHT, abs=0.1)
        assert line.baseline == pytest.approx(FIRST_BASELINE + number * LINE, abs=0.1)
    assert full[-1].baseline < (297 - 35) * MM


def test_first_lines_are_indented_by_two_characters() -> None:
    runs, _ = pages_of(with_fact(HANZI * 5))[0]
    (first,) = [line for line in lines(runs) if line.text.startswith(HANZI[:10]) and len(line.text) == 26]
    assert first.left == pytest.approx(LEFT + 2 * BODY, abs=0.1)
    assert first.right == pytest.approx(RIGHT, abs=0.1)


def test_lines_with_digits_and_punctuation_are_justified_and_broken_rightly() -> None:
    text = "截至2026年11月5日，罚款3.5万元（含“滞纳金”）已缴清；《整改报告》（濉市监〔2026〕7号）等已提交。"
    found = [line for runs, _ in pages_of(with_fact(text * 20)) for line in lines(runs)]
    ends = 0
    for line in found:
        assert line.left >= LEFT - 0.1
        assert line.right <= RIGHT + 0.5, line.text
        assert line.text[0] not in NOT_AT_START, line.text
        assert line.text[-1] not in NOT_AT_END, line.text
        ends += line.right == pytest.approx(RIGHT, abs=0.5)
    assert ends > 0.6 * len(found)


def test_a_fallback_face_does_not_leave_the_grid() -> None:
    runs, _ = pages_of(with_fact("镕堃喆㛃" * 400))[1]
    found = lines(runs)
    assert len(found) == 22
    assert {line.font for line in found} == {"CR-Song"}
    assert found[-1].baseline - found[0].baseline == pytest.approx(21 * LINE, abs=0.1)


def test_head_number_and_red_rule() -> None:
    document = AcceptanceNotice.sample()
    runs, shapes = pages_of(document)[0]
    middle = (LEFT + RIGHT) / 2
    head = next(run for run in runs if run.text == document.issuer and run.font == "CR-Title")
    number = next(run for run in runs if run.text == document.document_number)
    title = next(run for run in runs if run.text == document.title)
    for run in (head, number, title):
        assert (run.left + run.right) / 2 == pytest.approx(middle, abs=0.5)
    assert title.size == pytest.approx(22, abs=0.01)
    red = [
        shape for shape in shapes if len(shape.colour) == 3 and shape.colour[0] > 0.8 > 0.2 > shape.colour[1]
    ]
    rule = min(red, key=lambda shape: shape.bottom - shape.top)
    assert rule.right - rule.left == pytest.approx(28 * BODY, abs=2)
    assert rule.top - (number.baseline + 0.12 * BODY) == pytest.approx(4 * MM, abs=1)


def test_a_long_issuers_name_stays_within_the_text() -> None:
    document = replace(AcceptanceNotice.sample(), issuer="濉溪县社会信用体系建设领导小组办公室信用管理中心")
    for runs, _ in pages_of(document):
        for run in runs:
            assert LEFT - 0.5 <= run.left < run.right <= RIGHT + 0.5, run.text


def test_date_signature_and_seal() -> None:
    document = AcceptanceNotice.sample()
    runs, shapes = pages_of(document)[-1]
    date = next(run for run in runs if run.text == "2026年11月21日")
    name = next(run for run in runs if run.text == document.issuer and run.font == "CR-Fang")
    assert date.right == pytest.approx(RIGHT - 4 * BODY, abs=0.2)
    middle = (date.left + date.right) / 2
    assert (name.left + name.right) / 2 == pytest.approx(middle, abs=0.2)
    assert date.baseline - name.baseline == pytest.approx(LINE, abs=0.1)
    (seal,) = seal_of(shapes)
    assert seal.right - seal.left == pytest.approx((42 - 1.2) * MM, abs=0.5)
    assert (seal.left + seal.right) / 2 == pytest.approx(middle, abs=0.5)
    assert seal.top < name.baseline - BODY
    assert seal.bottom > date.baseline
    last_text = max(line.baseline for line in lines(runs) if line.baseline < name.baseline - 1)
    assert 0 < seal.top - 1.2 * MM / 2 - last_text < LINE  # within a line of the text, and clear of it


def test_page_numbers_stand_at_the_outer_edge() -> None:
    for index, (runs, _) in enumerate(pages_of(with_fact(HANZI * 60)), start=1):
        (number,) = [run for run in runs if run.text.replace(" ", "") == f"—{index}—"]
        assert number.size == pytest.approx(14, abs=0.01)
        assert number.font == "CR-Song"
        assert number.baseline > (297 - 35 + 7) * MM
        if index % 2:
            assert number.right == pytest.approx((210 - 26) * MM - 14, abs=0.5)
        else:
            assert number.left == pytest.approx(LEFT + 14, abs=0.5)


def sweep(*bounds: int) -> list[Any]:
    """Return range(*bounds); of three in a row, make test-all alone tries two."""
    return [
        count if place % 3 == 0 else pytest.param(count, marks=pytest.mark.slow)
        for place, count in enumerate(range(*bounds))
    ]


@pytest.mark.parametrize("count", sweep(24))
def test_the_seal_never_stands_on_a_page_without_text(count: int) -> None:
    """The length is swept over a whole page, so that the signature meets every place near a page's end."""
    document = with_fact(HANZI * count + "完。")
    pages = pages_of(document)
    seals = [(number, seal) for number, (_, shapes) in enumerate(pages) for seal in seal_of(shapes)]
    ((number, seal),) = seals
    assert number == len(pages) - 1
    found = lines(pages[-1][0])
    date = next(line for line in found if "2026年11月27日" in line.text)
    text = [line for line in found if line.baseline < date.baseline - LINE - 1]
    assert len(text) >= 2
    assert seal.bottom < (297 - 35) * MM + 0.5


@pytest.mark.parametrize("count", sweep(4, 18))
def test_the_place_to_sign_never_stands_without_text(count: int) -> None:
    sample = CommitmentLetter.sample()
    document = replace(sample, record=replace(sample.record, penalty_summary=HANZI * count))
    last = lines(pages_of(document)[-1][0])
    place = next(index for index, line in enumerate(last) if "盖章" in line.text)
    assert place >= 2


def test_a_long_party_name_wraps_within_the_text() -> None:
    name = "淮北市相山区国际供应链管理与新能源汽车零部件研究开发（集团）股份有限公司濉溪县南坪镇分公司"
    document = replace(AcceptanceNotice.sample(), party=Party(name, "91340621MA2NXK8T4J"))
    for runs, _ in pages_of(document):
        assert all(line.right <= RIGHT + 0.5 for line in lines(runs))


def everything() -> Iterator[Any]:
    """Yield every named sample of every kind, and each kind about a party with a long name; but for the first
    of each kind, make test-all looks at them."""
    for kind in kinds():
        for place, (name, sample) in enumerate(samples_of(kind).items()):
            marks = [pytest.mark.slow] if place else []
            yield pytest.param(sample, id=f"{kind.template}-{name}", marks=marks)


def of_the_foot(run: Run) -> bool:
    """Does this stand below the text: page number and the foot's words?"""
    return run.baseline > FIRST_BASELINE + 22 * LINE


def above_the_text(run: Run) -> bool:
    """Does this stand in the upper margin: the place where each page of a record is signed?"""
    return run.baseline < TOP


@pytest.mark.parametrize("document", list(everything()))
def test_every_page_of_the_catalogue_keeps_its_measures(document: Document) -> None:
    pages = pages_of(document)
    for number, (runs, shapes) in enumerate(pages, start=1):
        within = [run for run in runs if not of_the_foot(run) and not above_the_text(run)]
        assert within, f"page {number} is empty"
        for run in within:
            assert "\ufffd" not in run.text
            # A mark of punctuation at a line's end may stand a little out: its right half is empty.
            assert run.left >= LEFT - 0.5, run.text
            assert run.right <= RIGHT + 1, run.text
            assert run.baseline <= (297 - 35) * MM + 0.5, run.text
        for shape in shapes:
            assert shape.left >= LEFT - 2, shape
            assert shape.right <= RIGHT + 2, shape
            assert shape.bottom <= (297 - 35) * MM + 2, shape
        (page_number,) = [run for run in runs if re.fullmatch(r"—\d+—", run.text.replace(" ", ""))]
        assert page_number.size == pytest.approx(14, abs=0.01)
        assert of_the_foot(page_number)
    head = pages[0][0]
    heading = [run for run in head if run.size == pytest.approx(22, abs=0.01) and run.font == "CR-Title"]
    assert "".join(run.text for run in heading) == document.title
    if document.numbered:
        assert_red_head(document, *pages[0])
    if isinstance(document, IssuedDocument):
        assert_sealed_with_text(document, pages)


def assert_red_head(document: Any, runs: list[Run], shapes: list[Shape]) -> None:
    """The issuer's name in red over the number, and the red rule 4 mm below that."""
    (number,) = [
        run for run in runs if run.text == document.document_number and run.baseline < TOP + 4 * LINE
    ]
    assert number.size == pytest.approx(BODY, abs=0.01)
    assert any(run.font == "CR-Title" and run.baseline < number.baseline for run in runs)
    rules = [
        shape
        for shape in shapes
        if shape.colour[:1] > (0.8,) and shape.bottom - shape.top < 3 and shape.right - shape.left > 400
    ]
    (rule,) = rules
    assert rule.right - rule.left == pytest.approx(28 * BODY, abs=2)
    assert rule.top - (number.baseline + 0.12 * BODY) == pytest.approx(4 * MM, abs=1)


def assert_sealed_with_text(document: IssuedDocument, pages: list[tuple[list[Run], list[Shape]]]) -> None:
    """One seal, over the date, on a page with at least two lines of the text."""
    ((index, seal),) = [(index, seal) for index, (_, shapes) in enumerate(pages) for seal in seal_of(shapes)]
    runs = pages[index][0]
    signed = said(document.issue_date)
    date = max((run for run in runs if run.text == signed), key=lambda run: run.baseline)
    assert seal.top < date.baseline < seal.bottom
    assert (seal.left + seal.right) / 2 == pytest.approx((date.left + date.right) / 2, abs=0.5)
    text = {
        round(run.baseline)
        for run in runs
        if TOP < run.baseline < date.baseline - 2 * LINE and run.text.strip()
    }
    assert len(text) >= 2, "the signature stands without text"


@pytest.mark.parametrize("kind", [CorrectionNotice, ForwardingNotice, AnnotationOn])
def test_no_more_than_the_last_two_lines_go_with_the_signature(kind: type[Document]) -> None:
    pages = pages_of(kind.sample())
    assert len(pages) == 2
    date = said(kind.sample().issue_date)  # type: ignore[attr-defined]
    found = lines(pages[1][0])
    signature = next(line for line in found if line.text == date)
    assert len([line for line in found if line.baseline < signature.baseline - LINE - 1]) == 2


@pytest.mark.parametrize("length", sweep(1, 30, 2))
def test_a_contact_of_any_length_leaves_two_lines_over_the_signature(length: int) -> None:
    sample = ExtensionNotice.sample()
    contact = Contact("办" * 3, HANZI[:1] * length, "0561")
    pages = pages_of(replace(sample, contact=contact))
    found = lines(pages[-1][0])
    signature = next(line for line in found if line.text == said(sample.issue_date))
    text = [line for line in found if line.baseline < signature.baseline - LINE - 1]
    assert len(text) >= 2


def test_a_line_to_be_filled_in_is_not_torn_by_the_end_of_a_page() -> None:
    longest = replace(LONG_NAME, name=LONG_NAME.name * 3)
    pages = pages_of(replace(Authorisation.sample(), party=longest))
    assert len(pages) == 2
    begins, ends = (
        [number for number, (runs, _) in enumerate(pages) if any(words in run.text for run in runs)]
        for words in ("授权期限", "止。")
    )
    assert begins == ends


@pytest.mark.parametrize("role", ["body", "title"])
def test_rare_characters_of_the_chain_are_drawn(role: str) -> None:
    """In the text, and in the office's name: in the red head, the signature and the seal."""
    rare = "镕堃喆㛃淼犇昇赟翀"
    assert missing_characters(rare) == ()
    document = AcceptanceNotice.sample()
    if role == "body":
        document = replace(document, party=Party(f"{rare}公司", "91340621MA2NXK8T4J"))
    else:
        document = replace(document, issuer=f"{rare}局", seal=seal_svg(f"{rare}局", demo=True))
    drawn = "".join(run.text for runs, _ in pages_of(document) for run in runs)
    for char in rare:
        assert char in drawn
