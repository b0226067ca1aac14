"""A signature written on a screen, as lines in a document: points and nothing else, never a picture."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Self

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

#: The longer side of a signature in its own units: fine enough for print, short enough to be kept.
EXTENT = 1000
#: The pen's width in the same units: about half a millimetre in print.
_PEN = 13

Stroke = tuple[int, ...]


@dataclass(frozen=True)
class Signature:
    """A signature on the screen 在线签名, with who wrote it and when.

    Attributes:
        name: the signer's name.
        capacity: in what capacity, such as 经办人.
        signed_at: day and time, such as 2026年11月20日 15:32.
        strokes: each stroke as x and y by turns, whole numbers from 0 to EXTENT, from the top left corner.
    """

    name: str
    capacity: str
    signed_at: str
    strokes: tuple[Stroke, ...]

    @property
    def svg(self) -> SafeString:
        """The strokes as an SVG element; its size is the style sheet's."""
        width = max((max(stroke[0::2]) for stroke in self.strokes), default=0)
        height = max((max(stroke[1::2]) for stroke in self.strokes), default=0)
        paths = format_html_join("", '<path d="{}"/>', ((_path(stroke),) for stroke in self.strokes))
        return format_html(
            '<svg xmlns="http://www.w3.org/2000/svg" class="ink" viewBox="{} {} {} {}"'
            ' preserveAspectRatio="xMinYMax meet" fill="none" stroke="#111" stroke-width="{}"'
            ' stroke-linecap="round" stroke-linejoin="round">{}</svg>',
            -_PEN,
            -_PEN,
            width + 2 * _PEN,
            height + 2 * _PEN,
            _PEN,
            paths,
        )

    @classmethod
    def sample(cls) -> Self:
        """A made-up flourish."""
        return cls(
            "周小敏",
            "经办人",
            "2026年11月20日 15:32",
            (
                (60, 60, 40, 200, 0, 330),
                (60, 60, 200, 40, 260, 60, 250, 200, 240, 330, 210, 300),
                (110, 130, 200, 120),
                (150, 90, 150, 200),
                (110, 240, 120, 300, 200, 290, 190, 230, 110, 240),
                (480, 60, 490, 200, 470, 330, 440, 300),
                (400, 150, 380, 220, 350, 260),
                (560, 140, 600, 200, 620, 250),
                (700, 60, 660, 150),
                (690, 100, 800, 90),
                (720, 140, 700, 240, 800, 230, 810, 140, 720, 140),
                (860, 60, 830, 160),
                (840, 110, 1000, 100),
                (960, 110, 920, 220, 820, 330),
                (870, 180, 930, 260, 1000, 330),
            ),
        )


def _path(stroke: Stroke) -> str:
    """Return a stroke as path data: curves through the middles between its points; a dot for one point."""
    points = [(int(x), int(y)) for x, y in zip(stroke[0::2], stroke[1::2], strict=True)]
    (x, y), *rest = points
    if not rest:
        return f"M{x} {y}h1"
    parts = [f"M{x} {y}"]
    for (x, y), (next_x, next_y) in zip(rest, rest[1:], strict=False):
        parts.append(f"Q{x} {y} {(x + next_x) // 2} {(y + next_y) // 2}")
    parts.append(f"L{rest[-1][0]} {rest[-1][1]}")
    return "".join(parts)


def scaled(strokes: Sequence[Sequence[tuple[float, float]]]) -> tuple[Stroke, ...]:
    """Return strokes in a signature's own units, cut to what is written on; points that do not move the pen
    are left out."""
    xs = [x for stroke in strokes for x, _y in stroke]
    ys = [y for stroke in strokes for _x, y in stroke]
    left, top = min(xs), min(ys)
    unit = EXTENT / (max(max(xs) - left, max(ys) - top) or 1)
    return tuple(
        tuple(_flat((round((x - left) * unit), round((y - top) * unit)) for x, y in stroke))
        for stroke in strokes
    )


def _flat(points: Iterator[tuple[int, int]]) -> Iterator[int]:
    last = None
    for point in points:
        if last is None or abs(point[0] - last[0]) + abs(point[1] - last[1]) > 2:
            yield from point
            last = point
