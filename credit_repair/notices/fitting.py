"""Whether a letter that runs over its page by a few lines is set a little closer 调整行距.

GB/T 9704 moves the lines closer where what is left of a page does not hold the seal and the date; else two
lines and the seal would stand on a second page by themselves. How much a text fills is worked out here,
before anything is laid out: a second layout would cost more than all the rest. A line too many or too few
does no harm: the letter is a little closer than it need be, or runs over as it would have.
"""

from __future__ import annotations

import re
from html import unescape
from unicodedata import east_asian_width

#: In points, as notices.css has them.
LINE = 28.95
_BODY, _PAGE, _PAGE_WIDTH, _HEAD = 15.75, 637.8, 441.0, 144.75
_TITLE_END, _SIGNATURE = LINE, 3 * LINE
_CLOSER_TITLE_END, _CLOSER_SIGNATURE = LINE / 2, 70.0
_ENTRY_LEAST, _ENTRY_PADDING, _ENTRY_LINE, _ENTRY_WIDTH_EM = 86.85, 18.0, 17.0, 29.0
#: Distances of lines from the usual one to the least that reads well, and how the style sheet calls them.
_STEPS = ((LINE, "closer"), (27.1, "closer by-27"), (25.3, "closer by-25"))
#: Tables by their class: size of the type, distance of its lines, what a row and a cell have around it.
_TABLES = {"records": (12.0, 17.0, 10.4, 10.0), "findings": (12.0, 17.0, 8.0, 10.0)}
_TABLE = (14.0, 19.3, 9.05, 12.0)

_LINE_EM, _TITLE_LINE_EM, _INDENT_EM = 28.0, 20.0, 2.0
_PIECE = re.compile(
    r'<table\b[^>]*?(?:class="(?P<class>\w+)")?>(?P<table>.*?)</table>'
    r'|<div class="entry">(?P<entry>.*?)</div></div>'
    r"|<(?P<kind>p|h1|h2)\b(?P<attributes>[^>]*)>(?P<text>.*?)</(?P=kind)>",
    re.S,
)
_COLUMN = re.compile(r'<col(?: style="width: ([0-9.]+)(em|pt)")?>')
_CELL = re.compile(r"<t[hd][^>]*>(.*?)</t[hd]>", re.S)
_PARAGRAPH = re.compile(r"<p\b[^>]*>(.*?)</p>", re.S)
_LINE_END = re.compile(r"<br>|</div>\s*<div>")
_TAG, _BLANKS = re.compile(r"<[^>]*>"), re.compile(r"[ \t\n]+")
# What a line is not broken in: a number, a code or a word; a character with the marks that cling to it.
_UNIT = re.compile(
    r"[（《〔“‘]*(?:[A-Za-z0-9][A-Za-z0-9.:/_%-]*|[^，。、；：！？）》〕”’…])[，。、；：！？）》〕”’…]*|."
)
_HALF_EMPTY = frozenset("，。、；：）》〕”")


def closeness(markup: str, signature_lines: int) -> str:
    """Return the classes that make a letter end on its first page; empty where none is needed, or none helps.

    Args:
        markup: the finished HTML from the head on.
        signature_lines: lines of the signature with its date.
    """
    before, _title, text = markup.partition("<h1>")
    text, signed, _after = ("<h1>" + text).partition('<div class="signature">')
    if not signed or _PIECE.sub("", text).strip():
        return ""
    lines, fixed = signature_lines, _HEAD if 'class="head"' in before else 0.0
    for piece in _PIECE.finditer(text):
        if piece["table"] is not None:
            fixed += _table_height(piece["table"], *_TABLES.get(piece["class"] or "", _TABLE))
        elif piece["entry"] is not None:
            fixed += _entry_height(piece["entry"])
        elif piece["kind"] == "h1":
            fixed += _filled(piece["text"], 0.0, _TITLE_LINE_EM) * LINE
        else:
            indent = 0.0 if "flush" in piece["attributes"] else _INDENT_EM
            lines += _filled(piece["text"], indent, _LINE_EM)
    if fixed + _TITLE_END + _SIGNATURE + lines * LINE <= _PAGE:
        return ""
    room = _PAGE - fixed - _CLOSER_TITLE_END - _CLOSER_SIGNATURE
    return next((name for step, name in _STEPS if lines * step <= room), "")


def _table_height(table: str, size: float, leading: float, around_row: float, around_cell: float) -> float:
    """Return how high a table is; one row is one row of cells, however they span."""
    given = [float(width or 0) * (_BODY if unit == "em" else 1) for width, unit in _COLUMN.findall(table)]
    rest = (_PAGE_WIDTH - sum(given)) / (given.count(0.0) or 1)
    widths = [((width or rest) - around_cell) / size for width in given]
    height = 0.0
    for row in table.split("</tr>")[:-1]:
        cells = zip(_CELL.findall(row), widths, strict=False)
        most = max(sum(_filled(part, 0.0, width) for part in _LINE_END.split(cell)) for cell, width in cells)
        height += most * leading + around_row
    return height


def _entry_height(entry: str) -> float:
    """Return how high the block is that says where one applies online."""
    count = sum(_filled(text, 0.0, _ENTRY_WIDTH_EM) for text in _PARAGRAPH.findall(entry))
    return max(_ENTRY_LEAST, _ENTRY_PADDING + count * _ENTRY_LINE)


def _filled(inner: str, indent: float, width: float) -> int:
    """Return how many lines a text fills that are `width` em wide, the first less its indent."""
    text = _BLANKS.sub(" ", unescape(_TAG.sub("", inner))).strip()
    count, at = 1, indent
    for unit in _UNIT.findall(text):
        length = sum(map(_width, unit))
        # The right half of a mark at the end of a line is empty and may stand out.
        if at + length - (0.5 if unit[-1] in _HALF_EMPTY else 0.0) > width:
            count, at = count + 1, 0.0
        at += length
    return count


def _width(char: str) -> float:
    """Return the width of a character in em, as 仿宋 has it."""
    if east_asian_width(char) in "WFA":
        return 1.0
    return 0.74 if char.isupper() else 0.5
