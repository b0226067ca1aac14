"""The fonts of the notices, and the check that they hold every character before anything is rendered.

A character without a glyph prints as an empty box on a document that has a number and a seal, while the text
extracted from the PDF still looks right. So characters are checked against the fonts' own tables (cmap)
beforehand, and a document with an unknown character is refused.

This module does not import WeasyPrint: numbering and issuing call it in processes that never render.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from fontTools.ttLib import TTFont

FONTS_DIR = Path(__file__).resolve().parent / "fonts"

FULL_WIDTH_YEN = "\uffe5"  # ￥: FandolFang draws a dollar sign for it
YEN = "\u00a5"  # ¥

# Line ends and the zero-width space (a place where a long code may break) need no glyph.
_NEEDS_NO_GLYPH = frozenset("\n\r\t\u200b")


@dataclasses.dataclass(frozen=True)
class Font:
    """One face of the chain.

    Attributes:
        role: what it is for: "body" 仿宋, "title" 小标宋, "heading" 黑体, "subheading" 楷体, "rare" 宋体.
        family: the internal name that the style sheet uses.
        path: the font file.
    """

    role: str
    family: str
    path: Path


FONT_CHAIN: tuple[Font, ...] = (
    Font("body", "CR Fang", FONTS_DIR / "cr-fang.otf"),
    Font("rare", "CR Song", FONTS_DIR / "cr-song.otf"),
    Font("title", "CR Title", FONTS_DIR / "cr-title.otf"),
    Font("heading", "CR Hei", FONTS_DIR / "cr-hei.otf"),
    Font("subheading", "CR Kai", FONTS_DIR / "cr-kai.otf"),
)
"""The bundled faces. Every role falls back to "body", then to "rare"."""


@dataclasses.dataclass(frozen=True)
class MissingCharacter:
    """A character that no font of the chain can draw.

    Attributes:
        character: the character itself.
        where: names of the context fields it stands in; empty when a bare text was checked.
    """

    character: str
    where: tuple[str, ...] = ()

    @property
    def code_point(self) -> str:
        """The code point as U+XXXX."""
        return f"U+{ord(self.character):04X}"


class MissingGlyphs(ValueError):  # noqa: N818 - it carries the glyphs that are missing
    """Some characters cannot be printed; the message, in Chinese, says which and what to do.

    Attributes:
        missing: the characters, in the order of their first appearance.
    """

    def __init__(self, missing: Iterable[MissingCharacter]) -> None:
        self.missing = tuple(missing)
        listed = "、".join(f"“{item.character}”（{item.code_point}）" for item in self.missing)
        super().__init__(
            f"文书没有生成：有{len(self.missing)}个字符没有字形，无法打印：{listed}。"
            "请先核对是否录错；确属姓名、名称用字的，请联系系统管理员安装含有该字的字体，再重新生成。"
        )

    @property
    def at_field(self) -> str:
        """What to say at the field in which they were just typed: nothing was to be made yet."""
        listed = "、".join(f"“{item.character}”（{item.code_point}）" for item in self.missing)
        words = _("%(listed)s没有字形，印不出来。请换成别的字；确实要用的，请系统管理员安装字体。")
        return words % {"listed": listed}

    @property
    def characters(self) -> str:
        """All missing characters as one text."""
        return "".join(item.character for item in self.missing)


def font_chain(office_fonts: tuple[Font, ...] = ()) -> tuple[Font, ...]:
    """Return the faces in use: an office's own, licensed ones before the site's and the bundled ones.

    `office_fonts` are those of the style of one office (`dressing.fonts_of`).

    `settings.NOTICE_FONTS` maps a role to a font file, such as `{"body": "/etc/fonts/fangsong.ttf"}`.
    The bundled faces stay behind them, so that an office's font may lack characters.

    Raises:
        FileNotFoundError: a configured file does not exist.
    """
    own = []
    for role, path in (getattr(settings, "NOTICE_FONTS", None) or {}).items():
        if not Path(path).is_file():
            raise FileNotFoundError(f"NOTICE_FONTS: no font file {path} for role {role!r}")
        own.append(Font(role, f"Office {role.title()}", Path(path)))
    return (*office_fonts, *own, *FONT_CHAIN)


def families(role: str, office_fonts: tuple[Font, ...] = ()) -> tuple[str, ...]:
    """Return the family names for a role in the order in which a character is looked up in them."""
    chain = font_chain(office_fonts)
    return tuple(
        font.family
        for wanted in dict.fromkeys((role, "body", "rare"))
        for font in chain
        if font.role == wanted
    )


@lru_cache(maxsize=32)
def code_points(path: Path) -> frozenset[int]:
    """Return the code points a font file has glyphs for; read once per process."""
    with TTFont(path, lazy=True) as font:
        return frozenset(font.getBestCmap())


def _covered(*roles: str) -> frozenset[int]:
    """Return the code points of all faces with one of these roles."""
    return _union(tuple(font.path for font in font_chain() if font.role in roles))


@lru_cache(maxsize=8)
def _union(paths: tuple[Path, ...]) -> frozenset[int]:
    return frozenset().union(*(code_points(path) for path in paths))


def normalise_text(text: str) -> str:
    """Return the text with the full-width yen sign ￥ (U+FFE5) turned into ¥ (U+00A5).

    Nothing else is touched: a name is printed with the characters it was given.
    """
    return text.replace(FULL_WIDTH_YEN, YEN)


def missing_characters(text: str) -> tuple[str, ...]:
    """Return the characters that no face can draw, each once, in order. The text is normalised first."""
    covered = _covered("body", "rare")
    candidates = dict.fromkeys(normalise_text(text))
    return tuple(char for char in candidates if ord(char) not in covered and char not in _NEEDS_NO_GLYPH)


def rare_characters(text: str) -> tuple[str, ...]:
    """Return the characters that will be drawn by the rare face (a 宋体 among 仿宋: a known fallback).

    Each is given once, in order of appearance. Worth showing to the official who issues the document.
    """
    body, rare = _covered("body"), _covered("rare")
    candidates = dict.fromkeys(normalise_text(text))
    return tuple(char for char in candidates if ord(char) not in body and ord(char) in rare)


def check_text(text: str) -> None:
    """Check that every character of a text can be printed.

    Raises:
        MissingGlyphs: some cannot.
    """
    missing = missing_characters(text)
    if missing:
        raise MissingGlyphs(MissingCharacter(char) for char in missing)


def check_context(context: object) -> None:
    """Check every text in a document's context, however deep: a mapping, a dataclass, or sequences of these.

    Raises:
        MissingGlyphs: some characters cannot be printed; each names the fields it stands in.
    """
    places: dict[str, list[str]] = {}
    for where, text in _texts(context, ""):
        for char in missing_characters(text):
            places.setdefault(char, []).append(where)
    if places:
        raise MissingGlyphs(MissingCharacter(char, tuple(where)) for char, where in places.items())


def _texts(value: Any, where: str) -> Iterator[tuple[str, str]]:
    """Yield (path of field names, text) for all texts in a value."""
    if isinstance(value, str):
        yield where, value
    elif value is None or isinstance(value, bool | int | float | Decimal | date | bytes):
        return  # digits and signs: in every font
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        for field in dataclasses.fields(value):
            yield from _texts(getattr(value, field.name), _join(where, field.name))
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _texts(item, _join(where, str(key)))
    elif isinstance(value, Iterable):
        for index, item in enumerate(value):
            yield from _texts(item, _join(where, str(index)))
    else:
        yield where, str(value)  # lazy translations and the like: checked as they will print


def _join(where: str, name: str) -> str:
    return f"{where}.{name}" if where else name
