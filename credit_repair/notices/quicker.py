"""What makes WeasyPrint quicker for our documents, without changing a page.

There is no hook for any of it, so functions are replaced; WeasyPrint and pydyf are pinned exactly, the layout
tests measure the pages, and tests/notices/test_quicker.py holds each replacement to the original's output.
"""

from __future__ import annotations

import gc
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, lru_cache
from types import SimpleNamespace
from typing import Any

# Of a QR code: moves, and lines to the right. Numbers apart from letters; nothing else.
_BARS = re.compile(r"(?:[Mm]-?[0-9.]+ -?[0-9.]+|h[0-9.]+)+")
_BAR = re.compile(r"([Mmh])(-?[0-9.]+)(?: (-?[0-9.]+))?")
# Of a seal or a signature on the screen: absolute commands without units.
_ABSOLUTE = re.compile(r"[MLHVCQZ0-9 .,-]+")
#: Best compression takes four times as long and makes a file smaller by one part in a hundred.
_COMPRESSION = 4


@cache
def make_quicker() -> None:
    """Replace what is slow, once in a process. It imports WeasyPrint."""
    import pydyf
    from tinyhtml5 import inputstream
    from weasyprint import svg
    from weasyprint.svg.path import path as original

    def path(image: Any, node: Any, font_size: float) -> None:
        data = node.get("d", "")
        if any(name.startswith("marker") for name in node.attrib):
            original(image, node, font_size)
        elif _BARS.fullmatch(data):
            image.stream.stream.append(bars(data))
        elif _ABSOLUTE.fullmatch(data):
            image.stream.stream.append(_drawn(data))
        else:
            original(image, node, font_size)

    @lru_cache(maxsize=64)
    def _drawn(data: str) -> bytes:
        """Return what the original draws; a seal is the same on all documents of an office."""
        stream = pydyf.Stream()
        node = SimpleNamespace(get=lambda _name, _default="": data, vertices=[])
        image = SimpleNamespace(stream=stream, point=lambda x, y, _size: (float(x), float(y)))
        original(image, node, 0)
        return b"\n".join(stream.stream)

    svg.TAGS["path"] = path
    _compute_plainly()
    inputstream.characters_until_regex = _Patterns()
    pydyf.zlib = SimpleNamespace(compressobj=lambda level: zlib.compressobj(level=min(level, _COMPRESSION)))


def _compute_plainly() -> None:
    """Have properties that no rule sets inherited or initial at once, as most are on most elements.

    The original asks anew each time what kind of property it has before it.
    """
    from weasyprint.css import (
        COMPUTER_FUNCTIONS,
        INHERITED,
        INITIAL_NOT_COMPUTED,
        INITIAL_VALUES,
        PHYSICAL_FUNCTIONS,
        ComputedStyle,
    )

    original = ComputedStyle.__missing__
    plain = {
        key
        for key in INITIAL_VALUES
        if key not in ("page", "position", "float", "display")
        and not key.startswith(("__", "text_decoration_"))
    }
    # What else may set a property: a logical one, such as margin_inline_start for margin_left.
    others = {
        key: frozenset(PHYSICAL_FUNCTIONS[key](block="ttb", inline=way) for way in ("ltr", "rtl"))
        if key in PHYSICAL_FUNCTIONS
        else frozenset()
        for key in plain
    }

    def missing(style: Any, key: str) -> Any:
        if key not in plain or key in style.cascaded or not others[key].isdisjoint(style.cascaded):
            return original(style, key)
        if key in INHERITED:
            if style.parent_style is None:
                return original(style, key)
            value = style[key] = style.parent_style[key]
            return value
        value = INITIAL_VALUES[key]
        if key in INITIAL_NOT_COMPUTED and key in COMPUTER_FUNCTIONS:
            value = COMPUTER_FUNCTIONS[key](style, key, value)
        style[key] = value
        return value

    ComputedStyle.__missing__ = missing


class _Patterns(dict[tuple[Any, bool], re.Pattern[str]]):
    """Patterns for runs of characters, in these or in any but these, each made once.

    The HTML parser means to keep them and does not: it files each under itself.
    """

    def __missing__(self, key: tuple[Any, bool]) -> re.Pattern[str]:
        characters, among = key
        listed = "".join(f"\\x{ord(character):02x}" for character in characters)
        pattern = self[key] = re.compile(f"[{'' if among else '^'}{listed}]+")
        return pattern


@contextmanager
def without_collecting() -> Iterator[None]:
    """Keep the garbage collector from looking, again and again, at a document that is still being made."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


@dataclass
class _Written:
    """An object of a PDF as pydyf asks for it while it writes, put into bytes already."""

    number: int
    generation: int
    compressible: bool
    data: bytes
    free: str = "n"
    offset: int = 0

    @property
    def indirect(self) -> bytes:
        """The object between its number and its end."""
        return b"%d %d obj\n%b\nendobj" % (self.number, self.generation, self.data)


def write_once(pdf: Any) -> None:
    """Put each object into bytes now: pydyf would compress each twice, for the file and its identifier.

    Args:
        pdf: the document, complete; WeasyPrint hands it to a `finisher`.
    """
    pdf.objects[:] = [
        item if item.free == "f" else _Written(item.number, item.generation, item.compressible, item.data)
        for item in pdf.objects
    ]


def bars(data: str) -> bytes:
    """Return a QR code's path as PDF operators: each bar is a move and a line to the right."""
    x = y = 0.0
    drawn = ["0 0 m"]
    for letter, first, second in _BAR.findall(data):
        if letter == "M":
            x, y = float(first), float(second)
        elif letter == "m":
            x, y = x + float(first), y + float(second)
        else:
            x += float(first)
        drawn.append(f"{x:g} {y:g} {'l' if letter == 'h' else 'm'}")
    return "\n".join(drawn).encode()


def spelt_out(sheet: str) -> str:
    """Return a style sheet with its variables of :root put in where they are used.

    WeasyPrint reads a rule with a variable anew for every element that it applies to.
    """
    for name, value in re.findall(r":root \{ (--[a-z]+): ([^;]*); \}", sheet):
        sheet = sheet.replace(f"var({name})", value)
    return sheet
