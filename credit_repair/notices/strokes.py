"""Signatures written on a screen 屏幕签名, as a browser sends them: strokes of points, and nothing else."""

import json
import math
from collections.abc import Iterator, Sequence
from typing import Any

from django.utils.translation import gettext as _

from credit_repair.notices.ink import Stroke, scaled

#: A name of four characters has some sixty strokes at most, each of some dozens of points.
MOST_BYTES = 200_000
MOST_STROKES = 200
MOST_POINTS = 6_000
#: Pixels of the canvas, of which no screen has so many.
LARGEST = 10_000
#: What is shorter or smaller, in pixels, is a slip of the pen and no name.
SHORTEST, SMALLEST = 120, 24

Points = Sequence[tuple[float, float]]


class SignatureRefused(ValueError):  # noqa: N818 - it carries words for the person
    """What was written is no signature; the message says so in words."""


def strokes_of(text: str) -> tuple[Stroke, ...]:
    """Return the strokes in `text`: a JSON list of strokes, each a list of points [x, y] in pixels.

    They come back in a signature's own units. Raises SignatureRefused with words.
    """
    if not text.strip():
        raise SignatureRefused(_("请在方框里签名。"))
    strokes = _parsed(text)
    if not strokes or _length(strokes) < SHORTEST or _extent(strokes) < SMALLEST:
        raise SignatureRefused(_("签名太短了，请在方框里写下完整的姓名。"))
    return scaled(strokes)


def _parsed(text: str) -> list[Points]:
    """Return the strokes; what no browser of ours sends is refused."""
    unreadable = SignatureRefused(_("签名没有保存成功，请清除后重新签一次。"))
    if len(text) > MOST_BYTES:
        raise unreadable
    try:
        read = json.loads(text)
        strokes = [[_point(point) for point in stroke] for stroke in read]
    except (ValueError, TypeError, RecursionError):
        raise unreadable from None
    strokes = [stroke for stroke in strokes if stroke]
    if not isinstance(read, list) or len(strokes) > MOST_STROKES:
        raise unreadable
    if sum(len(stroke) for stroke in strokes) > MOST_POINTS:
        raise unreadable
    return list(strokes)


def _point(point: Any) -> tuple[float, float]:
    x, y = point
    if not _is_place(x) or not _is_place(y):
        raise ValueError("not a place on the canvas")
    return float(x), float(y)


def _is_place(value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return 0 <= value <= LARGEST  # neither infinity nor NaN is


def _length(strokes: Sequence[Points]) -> float:
    """How far the pen went."""
    return sum(
        math.dist(here, there) for stroke in strokes for here, there in zip(stroke, stroke[1:], strict=False)
    )


def _extent(strokes: Sequence[Points]) -> float:
    """The longer side of what was written on."""
    sides = [_side(strokes, axis) for axis in (0, 1)]
    return max(sides)


def _side(strokes: Sequence[Points], axis: int) -> float:
    places = list(_places(strokes, axis))
    return max(places) - min(places)


def _places(strokes: Sequence[Points], axis: int) -> Iterator[float]:
    return (point[axis] for stroke in strokes for point in stroke)
