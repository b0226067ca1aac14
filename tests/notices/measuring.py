"""What stands on a page of a finished PDF, in points from its top left corner: texts, paths, lines, seals."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader
from pypdf.generic import ContentStream

from credit_repair.notices.contexts import Document
from credit_repair.notices.render import render_pdf

MM = 72 / 25.4
BODY, LINE = 15.75, 28.95
LEFT, TOP = 28 * MM, 37 * MM
RIGHT = LEFT + 28 * BODY
FIRST_BASELINE = TOP + (LINE - BODY) / 2 + 0.88 * BODY

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


def seal_of(shapes: list[Shape]) -> Iterator[Shape]:
    """Find the ring of a seal: the large red stroke."""
    for shape in shapes:
        width, height = shape.right - shape.left, shape.bottom - shape.top
        if shape.operator in {"S", "s"} and len(shape.colour) == 3 and min(width, height) > 35 * MM:
            yield shape
