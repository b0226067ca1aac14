"""The layout of GB/T 9704, measured on the finished PDF in points from the top left corner of the page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader
from pypdf.generic import ContentStream

from credit_repair.notices.contexts import (
    AcceptanceNotice,
    CommitmentLetter,
    DecisionApprove,
    Document,
    Party,
)
from credit_repair.notices.engine_check import INSTALL_COMMAND, missing_libraries
from credit_repair.notices.render import render_pdf

pytestmark = pytest.mark.skipif(
    bool(missing_libraries()), reason=f"PDF ENGINE MISSING {missing_libraries()}: {INSTALL_COMMAND}"
)

MM = 72 / 25.4
BODY, LINE = 15.75, 28.95
LEFT, TOP = 28 * MM, 37 * MM
RIGHT = LEFT + 28 * BODY
FIRST_BASELINE = TOP + (LINE - BODY) / 2 + 0.88 * BODY
HANZI = "信用修复管理办法规定失信主体纠正行为履行义务后可以申请"
NOT_AT_START = set("，。、；：！？）》〕”’…%")
NOT_AT_END = set("（《〔“‘")

Matrix = tuple[float, float, float, float, float, float]


@dataclass(frozen=True)
class Run:
    """A piece of text: its font and size, where it begins and ends, and its baseline."""

    text: str
    font: str
    size: float
    left: float
    right: float
    baseline: float


@dataclass(frozen=True)
class Shape:
    """A painted path: the operator that painted it, its colour, and its box."""

    operator: str
    colour: tuple[float, ...]
    left: float
    top: float
    right: float
    bottom: float


def times(one: Matrix, two: Matrix) -> Matrix:
    a, b, c, d, e, f = one
    g, h, i, j, k, m = two
    return (a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + m)


class Font:
    """Widths and characters of a font as the PDF declares them."""

    def __init__(self, font: Any) -> None:
        self.name = str(font["/BaseFont"]).split("+")[-1]
        declared = font["/DescendantFonts"][0].get_object()
        self.widths: dict[int, float] = {}
        self.default = float(declared.get("/DW", 1000))
        row = [item.get_object() for item in declared["/W"].get_object()]
        while row:
            first, second = int(row[0]), row[1]
            if isinstance(second, list):
                self.widths.update({first + index: float(width) for index, width in enumerate(second)})
                row = row[2:]
            else:
                self.widths.update(dict.fromkeys(range(first, int(second) + 1), float(row[2])))
                row = row[3:]
        table = font["/ToUnicode"].get_object().get_data().decode("ascii")
        self.chars = {
            int(glyph, 16): bytes.fromhex(char).decode("utf-16-be")
            for glyph, char in re.findall(r"^<([0-9a-fA-F]+)>\s*<([0-9a-fA-F]+)>\s*$", table, re.M)
        }


def measure(page: Any) -> tuple[list[Run], list[Shape]]:
    """Read all texts and painted paths of a page."""
    fonts = {name: Font(font.get_object()) for name, font in page["/Resources"]["/Font"].items()}
    height = float(page.mediabox.height)
    state: dict[str, Any] = {"matrix": (1, 0, 0, 1, 0, 0), "font": None, "size": 0.0, "RG": (), "rg": ()}
    stack: list[dict[str, Any]] = []
    text_matrix: Matrix = (1, 0, 0, 1, 0, 0)
    points: list[tuple[float, float]] = []
    runs, shapes = [], []
    for operands, raw in ContentStream(page.get_contents(), page.pdf).operations:
        operator = raw.decode()
        if operator == "q":
            stack.append(dict(state))
        elif operator == "Q":
            state = stack.pop()
        elif operator == "cm":
            state["matrix"] = times(tuple(map(float, operands)), state["matrix"])
        elif operator in {"rg", "RG"}:
            state[operator] = tuple(map(float, operands))
        elif operator == "Tf":
            state["font"], state["size"] = fonts[operands[0]], float(operands[1])
        elif operator == "Tm":
            text_matrix = tuple(map(float, operands))
        elif operator == "TJ":
            runs.append(read_text(operands[0], state, times(text_matrix, state["matrix"]), height))
        elif operator in {"m", "l", "c", "re"}:
            values = list(map(float, operands))
            if operator == "re":
                values = [values[0], values[1], values[0] + values[2], values[1] + values[3]]
            a, b, c, d, e, f = state["matrix"]
            points += [
                (a * x + c * y + e, height - (b * x + d * y + f))
                for x, y in zip(values[::2], values[1::2], strict=True)
            ]
        elif operator in {"S", "s", "f", "f*", "B", "n"}:
            if points and operator != "n":
                colour = state["RG"] if operator in {"S", "s"} else state["rg"]
                xs, ys = zip(*points, strict=True)
                shapes.append(Shape(operator, colour, min(xs), min(ys), max(xs), max(ys)))
            points = []
    return runs, shapes


def read_text(items: Any, state: dict[str, Any], matrix: Matrix, height: float) -> Run:
    """Read one TJ: strings of two-byte glyph numbers, and shifts in thousandths."""
    font, size = state["font"], state["size"]
    advance, text = 0.0, ""
    for item in items:
        if isinstance(item, int | float):
            advance -= float(item) / 1000 * size
            continue
        data = item if isinstance(item, bytes) else item.original_bytes
        for index in range(0, len(data), 2):
            glyph = int.from_bytes(data[index : index + 2], "big")
            advance += font.widths.get(glyph, font.default) / 1000 * size
            text += font.chars.get(glyph, "\ufffd")
    scale, left = matrix[0], matrix[4]
    return Run(text, font.name, size * scale, left, left + advance * scale, height - matrix[5])


def pages_of(document: Document) -> list[tuple[list[Run], list[Shape]]]:
    pdf = render_pdf(template=document.template, context=document.to_context())
    return [measure(page) for page in PdfReader(BytesIO(pdf)).pages]


def lines(runs: list[Run]) -> list[Run]:
    """Join the runs of body size on one baseline to lines, from top to bottom."""
    joined: dict[float, list[Run]] = {}
    for run in runs:
        if run.size == pytest.approx(BODY, abs=0.01) and run.baseline < FIRST_BASELINE + 22 * LINE:
            joined.setdefault(round(run.baseline, 1), []).append(run)
    found = []
    for baseline in sorted(joined):
        parts = sorted(joined[baseline], key=lambda run: run.left)
        text = "".join(part.text for part in parts)
        found.append(replace(parts[0], text=text, right=parts[-1].right))
    return found


def with_fact(text: str) -> DecisionApprove:
    return replace(DecisionApprove.sample(), facts=(text,))


def seal_of(shapes: list[Shape]) -> Iterator[Shape]:
    """Find the ring of a seal: the large red stroke."""
    for shape in shapes:
        width, height = shape.right - shape.left, shape.bottom - shape.top
        if shape.operator in {"S", "s"} and len(shape.colour) == 3 and min(width, height) > 35 * MM:
            yield shape


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


@pytest.mark.parametrize("count", range(24))
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


@pytest.mark.parametrize("count", range(4, 18))
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
