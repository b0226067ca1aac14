"""A seal uploaded as SVG: what it is allowed to be, and the clean drawing made of it.

Nothing of the file itself is kept. Its shapes are read, checked one by one, and drawn anew: what is not a
known shape with known attributes is refused, not repaired, so that nobody is surprised by what is stamped.
"""

from __future__ import annotations

import re
from typing import Any

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException
from django.utils.translation import gettext as _

from credit_repair.core.wording import bracketed

LARGEST_BYTES = 200 * 1024
MOST_SHAPES = 500
DEEPEST = 8

#: How PNG, JPEG, GIF, PDF and compressed files begin.
_OTHERS = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"%PDF", b"PK", b"\x1f\x8b")
_SVG = "{http://www.w3.org/2000/svg}"
_GEOMETRY = {
    "path": {"d"},
    "circle": {"cx", "cy", "r"},
    "ellipse": {"cx", "cy", "rx", "ry"},
    "rect": {"x", "y", "width", "height", "rx", "ry"},
    "line": {"x1", "y1", "x2", "y2"},
    "polygon": {"points"},
    "polyline": {"points"},
    "g": set(),
}
# Numbers may follow one another with nothing between, so nothing is taken back once it is read (?> ++ *+):
# otherwise a long row of digits is tried in every way of parting it, and holds the process for ever.
_NUMBER = r"(?>[-+]?(?:\d++\.?\d*+|\.\d++)(?:[eE][-+]?\d{1,2})?)"
_LENGTH = re.compile(rf"{_NUMBER}(?:px)?")
_NUMBERS = re.compile(rf"(?:{_NUMBER}[\s,]*+)++")
_PATH = re.compile(rf"\s*+[Mm](?:[MmLlHhVvCcSsQqTtAaZz\s,]|{_NUMBER})*+")
_COLOUR = re.compile(r"none|#[0-9a-fA-F]{3}|#[0-9a-fA-F]{6}|red|black|white|currentColor")
_WORD = re.compile(r"[a-z]+")
_TRANSFORM = re.compile(
    rf"(?:\s*+(?:matrix|translate|scale|rotate|skewX|skewY)\((?:{_NUMBER}[\s,]*+)++\)[\s,]*+)++"
)
_LOOKS = {
    "fill": _COLOUR,
    "stroke": _COLOUR,
    "fill-rule": _WORD,
    "clip-rule": _WORD,
    "stroke-linecap": _WORD,
    "stroke-linejoin": _WORD,
    "stroke-width": _LENGTH,
    "stroke-miterlimit": _LENGTH,
    "opacity": _LENGTH,
    "fill-opacity": _LENGTH,
    "stroke-opacity": _LENGTH,
    "transform": _TRANSFORM,
}
_RULES = {"d": _PATH, "points": _NUMBERS}
#: Say something about the drawing and draw nothing; left out. So is everything of a drawing program's own.
_SILENT = {"title", "desc", "metadata"}
_HARMLESS = {"id", "version", "class", "viewBox", "width", "height", "preserveAspectRatio", "x", "y"}


class BadSeal(ValueError):
    """The drawing cannot be a seal; the words say what stands in it that may not."""


def clean_seal(data: bytes) -> str:
    """Return the drawing as an SVG element of shapes alone, to be put in a page without further thought.

    Raises BadSeal, in words for the person who uploaded it.
    """
    if len(data) > LARGEST_BYTES:
        raise BadSeal(_("文件超过%(most)dKB，请简化图形后再上传。") % {"most": LARGEST_BYTES // 1024})
    if data.startswith(_OTHERS):
        raise BadSeal(_("这个文件不是SVG，而是改了名字的图片或PDF。请用制图软件另存为SVG，改扩展名不行。"))
    try:
        root = ElementTree.fromstring(data, forbid_dtd=True)
    except (ElementTree.ParseError, DefusedXmlException, ValueError, LookupError):
        raise BadSeal(
            _("不是完好的SVG文件，或者带有文档类型、实体声明。请用制图软件另存为“普通SVG”。")
        ) from None
    if root.tag != f"{_SVG}svg":
        raise BadSeal(_("不是SVG图形文件。"))
    for name in root.attrib:
        if not name.startswith("{") and name not in _HARMLESS and name not in _LOOKS:
            raise _refused("svg", name)
    box = _view_box(root)
    looks = _attributes(root, "svg", _LOOKS.keys())
    shapes: list[str] = []
    for child in root:
        _draw(child, shapes, depth=1)
    if not any(not shape.startswith(("<g", "</g")) for shape in shapes):
        raise BadSeal(_("图里没有图形。文字要先转成轮廓（路径）。"))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="seal" width="42mm" height="42mm" viewBox="{box}">'
        f"<g{looks}>{''.join(shapes)}</g></svg>"
    )


def _view_box(root: Any) -> str:
    """Return the square that is drawn; a seal is as wide as high, else it would be stamped distorted."""
    given = root.get("viewBox") or f"0 0 {root.get('width', '')} {root.get('height', '')}"
    numbers = re.findall(_NUMBER, given)
    if len(numbers) != 4:
        raise BadSeal(_("没有写明画布大小（viewBox）。"))
    width, height = float(numbers[2]), float(numbers[3])
    if not (0 < width < 1e5 and 0.98 < height / width < 1.02):
        raise BadSeal(_("画布必须是正方形，印章要撑满画布，四周不留空白。"))
    return " ".join(f"{float(number):g}" for number in numbers)


def _draw(element: Any, shapes: list[str], *, depth: int) -> None:
    if not isinstance(element.tag, str):
        return  # a comment or a processing instruction
    if not element.tag.startswith(_SVG):
        if element.tag.startswith("{"):
            return  # a drawing program's notes to itself
        raise _refused(element.tag)
    name = element.tag.removeprefix(_SVG)
    if name in _SILENT or (name == "defs" and not len(element)):
        return
    if name not in _GEOMETRY:
        raise _refused(name)
    if depth > DEEPEST:
        raise BadSeal(_("图形分组太深，请解除分组后再上传。"))
    if len(shapes) >= 2 * MOST_SHAPES:
        raise BadSeal(_("图形太多（最多%(most)d个），请合并后再上传。") % {"most": MOST_SHAPES})
    for given in element.attrib:
        if given.startswith("{"):
            if "xlink" in given:
                raise _refused(name, "xlink:" + given.rpartition("}")[2])
            continue
        if given not in _GEOMETRY[name] and given not in _LOOKS and given not in ("id", "class"):
            raise _refused(name, given)
    inside = _attributes(element, name, (*_GEOMETRY[name], *_LOOKS))
    if name != "g":
        if len(element) and any(child.tag not in {_SVG + each for each in _SILENT} for child in element):
            raise _refused(name)
        shapes.append(f"<{name}{inside}/>")
        return
    shapes.append(f"<g{inside}>")
    for child in element:
        _draw(child, shapes, depth=depth + 1)
    shapes.append("</g>")


def _attributes(element: Any, name: str, allowed: Any) -> str:
    """Return the allowed attributes that are there, each of which is a number, a colour or the like."""
    found = []
    for key in allowed:
        value = element.get(key)
        if value is None:
            continue
        rule = _RULES.get(key) or _LOOKS.get(key) or _LENGTH
        if not rule.fullmatch(value.strip()):
            raise _refused(name, key)
        found.append(f' {key}="{" ".join(value.split())}"')
    return "".join(found)


def _refused(name: str, attribute: str = "") -> BadSeal:
    what = name[:40] + bracketed(attribute[:40]) if attribute else name[:40]
    return BadSeal(
        _(
            "图里有不能使用的内容：%(what)s。印章只能由路径和基本图形组成，不能有脚本、样式表、链接、"
            "图片、文字和外部引用；文字请先转成轮廓。"
        )
        % {"what": what}
    )
