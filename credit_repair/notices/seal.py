"""The round red seal 印章 of an office as SVG.

All characters are drawn as outlines taken from the bundled title face. As text they would need the font in
every viewer, and their letters would be mixed into the text that is extracted from the PDF where the seal
lies over the signature.
"""

from __future__ import annotations

import math
import threading
from functools import lru_cache
from pathlib import Path

from fontTools.pens.svgPathPen import SVGPathPen
from fontTools.pens.transformPen import TransformPen
from fontTools.ttLib import TTFont

from .glyphs import Font, MissingCharacter, MissingGlyphs, code_points, font_chain

DIAMETER_MM = 42.0  # round seals of county and city authorities
RED = "#d7000f"
_OPACITY = "0.82"  # the signature and the date stay legible below the seal

_RING_MM = 1.2  # thickness of the ring
_BASELINE_MM = 13.6  # distance of the characters' feet from the centre
_HEIGHT_MM = 5.0  # height of the characters on the arc
_STAR_MM = 6.3  # radius of the star
_WIDEST_STEP = 30.0  # degrees between characters of a short name
_WIDEST_ARC = 272.0  # degrees between the first and the last character of a long name
_BOTTOM_TEXT = "演示"


_lock = threading.Lock()


@lru_cache(maxsize=8)
def _open(path: Path) -> TTFont:
    return TTFont(path, lazy=True)


def _font_for(char: str) -> Font:
    """Return the first face that has the character: title, then body, then rare."""
    order = ("title", "body", "rare")
    for role in order:
        for font in font_chain():
            if font.role == role and ord(char) in code_points(font.path):
                return font
    raise MissingGlyphs([MissingCharacter(char, ("seal",))])


def _glyph(char: str, width: float, height: float, angle: float, x: float, y: float) -> str:
    """Return path data of a character.

    Args:
        char: the character.
        width, height: size of its box in mm.
        angle: rotation in degrees, clockwise, about the foot of the box.
        x, y: where the middle of the foot of the box stands, in mm from the centre of the seal.
    """
    font = _open(_font_for(char).path)
    glyphs = font.getGlyphSet()
    name = font.getBestCmap()[ord(char)]
    units = font["head"].unitsPerEm
    scale_x, scale_y = width / glyphs[name].width, height / units
    turn = math.radians(angle)
    cos, sin = math.cos(turn), math.sin(turn)
    shift_x, shift_y = -glyphs[name].width / 2, 0.12 * units  # the box reaches 0.12 em below the baseline
    pen = SVGPathPen(glyphs, ntos=lambda number: f"{number:.3f}".rstrip("0").rstrip("."))
    matrix = (
        scale_x * cos,
        scale_x * sin,
        scale_y * sin,
        -scale_y * cos,
        x + scale_x * cos * shift_x + scale_y * sin * shift_y,
        y + scale_x * sin * shift_x - scale_y * cos * shift_y,
    )
    glyphs[name].draw(TransformPen(pen, matrix))
    return pen.getCommands()


def _arc(name: str) -> list[str]:
    """Return the name's characters along the upper arc, feet towards the centre."""
    step = min(_WIDEST_STEP, _WIDEST_ARC / max(len(name) - 1, 1))
    room = math.radians(step) * _BASELINE_MM * 0.98  # the feet are nearest to each other
    width = min(_HEIGHT_MM * 0.95, room)
    paths = []
    for index, char in enumerate(name):
        angle = (index - (len(name) - 1) / 2) * step
        turn = math.radians(angle)
        foot_x, foot_y = _BASELINE_MM * math.sin(turn), -_BASELINE_MM * math.cos(turn)
        paths.append(_glyph(char, width, _HEIGHT_MM, angle, foot_x, foot_y))
    return paths


def _star() -> str:
    """Return path data of the five-pointed star in the middle."""
    points = []
    for corner in range(10):
        # 0.382, the golden section, keeps the edges of the star straight.
        radius = _STAR_MM if corner % 2 == 0 else _STAR_MM * 0.381966
        turn = math.radians(corner * 36)
        points.append(f"{radius * math.sin(turn):.3f} {-radius * math.cos(turn):.3f}")
    return "M" + "L".join(points) + "Z"


def uploaded_seal(svg: str, demo: bool) -> str:
    """Return an uploaded seal (`svg_seals.clean_seal` made it), with 演示 at its foot in a demo.

    A demonstration never carries a seal that could be taken for the real one.
    """
    if not demo:
        return svg
    size, gap = 4.4, 5.6
    with _lock:
        mark = "".join(
            _glyph(char, size, size, 0, (index - (len(_BOTTOM_TEXT) - 1) / 2) * gap, 16.2)
            for index, char in enumerate(_BOTTOM_TEXT)
        )
    half = DIAMETER_MM / 2
    inner = svg.replace(' class="seal"', f' x="{-half:g}" y="{-half:g}"', 1)
    inner = inner.replace(
        'width="42mm" height="42mm"', f'width="{DIAMETER_MM:g}" height="{DIAMETER_MM:g}"', 1
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="seal" width="{DIAMETER_MM:g}mm" '
        f'height="{DIAMETER_MM:g}mm" viewBox="{-half:g} {-half:g} {DIAMETER_MM:g} {DIAMETER_MM:g}">'
        f'{inner}<path fill="{RED}" d="{mark}"/></svg>'
    )


def seal_svg(office_name: str, demo: bool) -> str:
    """Return the seal of an office; see `_drawn`. Safe to call from several threads.

    The fonts are read lazily and shared, which fontTools does not allow two threads to do at once.
    """
    with _lock:
        return _drawn(office_name, demo)


@lru_cache(maxsize=64)
def _drawn(office_name: str, demo: bool) -> str:
    """Return the seal of an office as an SVG element of 42 mm, red on a transparent ground.

    Args:
        office_name: the full name on the seal; 6 to 20 characters look best, more are condensed.
        demo: whether the seal must say 演示, so that a document of a demonstration is never taken for real.

    Raises:
        MissingGlyphs: a character of the name is in no font.
        ValueError: the name is empty.
    """
    if not office_name:
        raise ValueError("a seal needs the name of an office")
    half = DIAMETER_MM / 2
    paths = [_star(), *_arc(office_name)]
    if demo:
        size, gap = 4.4, 5.6
        paths += [
            _glyph(char, size, size, 0, (index - (len(_BOTTOM_TEXT) - 1) / 2) * gap, 16.2)
            for index, char in enumerate(_BOTTOM_TEXT)
        ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="seal" width="{DIAMETER_MM:g}mm" '
        f'height="{DIAMETER_MM:g}mm" viewBox="{-half:g} {-half:g} {DIAMETER_MM:g} {DIAMETER_MM:g}">'
        f'<circle r="{half - _RING_MM / 2:g}" fill="none" stroke="{RED}" stroke-opacity="{_OPACITY}" '
        f'stroke-width="{_RING_MM:g}"/><path fill="{RED}" fill-opacity="{_OPACITY}" '
        f'd="{"".join(paths)}"/></svg>'
    )
