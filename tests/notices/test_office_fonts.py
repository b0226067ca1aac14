"""Fonts that an office uploads: what is asked of a file, and how it is kept."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from fontTools.ttLib import TTFont

from credit_repair.notices.dressing import fonts_of
from credit_repair.notices.glyphs import FONTS_DIR, families
from credit_repair.notices.models import OfficeFont, OfficeStyle
from credit_repair.notices.office_fonts import BadFont, check_font, keep_font
from tests.registry.factories import OfficeFactory
from tests.world import make_user

FANG = FONTS_DIR / "cr-fang.otf"


def changed(change: Callable[[Any], None]) -> bytes:
    font = TTFont(FANG)
    change(font)
    buffer = BytesIO()
    font.save(buffer)
    return buffer.getvalue()


def permit(value: int) -> bytes:
    return changed(lambda font: setattr(font["OS/2"], "fsType", value))


def lose(*codes: int) -> bytes:
    def drop(font: Any) -> None:
        for table in font["cmap"].tables:
            for code in codes:
                getattr(table, "cmap", {}).pop(code, None)

    return changed(drop)


def test_a_good_font_says_its_name_and_how_many_letters_it_has() -> None:
    name, ending, count = check_font(FANG.read_bytes())
    assert (bool(name), ending) == (True, "otf") and count > 3000


@pytest.mark.parametrize("value", [0, 4, 8])
def test_a_font_that_may_be_embedded_is_taken(value: int) -> None:
    assert check_font(permit(value))


@pytest.mark.parametrize(
    ("value", "words"),
    [(0x0002, "fsType"), (0x0100, "子集嵌入"), (0x0200, "子集嵌入"), (0x0108, "子集嵌入")],
)
def test_a_font_that_may_not_be_embedded_in_part_is_refused(value: int, words: str) -> None:
    with pytest.raises(BadFont, match=words):
        check_font(permit(value))


def test_a_font_without_common_characters_is_refused_with_them() -> None:
    with pytest.raises(BadFont, match="信、〔"):
        check_font(lose(ord("信"), ord("〔")))


@pytest.mark.parametrize("data", [b"", b"hello", b"wOF2" + b"0" * 100, b"ttcf" + b"0" * 100])
def test_what_is_no_single_font_is_refused(data: bytes) -> None:
    with pytest.raises(BadFont, match="不是OTF或TTF"):
        check_font(data)


@pytest.mark.parametrize("length", [4, 12, 200, 20000])
def test_a_cut_off_font_is_refused(length: int) -> None:
    with pytest.raises(BadFont, match="损坏"):
        check_font(FANG.read_bytes()[:length])


def spoilt(*characters: str) -> bytes:
    """Return the font with what draws these characters overwritten; all its tables are in order."""
    data = bytearray(FANG.read_bytes())
    with TTFont(FANG) as font:
        outlines = font["CFF "].cff[0].CharStrings
        for character in characters:
            drawing = outlines[font.getBestCmap()[ord(character)]].bytecode
            at = data.index(drawing)
            data[at : at + len(drawing)] = bytes(len(drawing))
    return bytes(data)


@pytest.mark.django_db
@pytest.mark.parametrize("characters", ["决定书", "龙"], ids=["common", "in_no_sample"])
def test_a_font_with_spoilt_characters_is_refused_before_any_letter_needs_them(
    settings: Any, tmp_path: Any, characters: str
) -> None:
    settings.MEDIA_ROOT = tmp_path
    data = spoilt(*characters)
    assert check_font(data), "its tables say nothing of it"
    with pytest.raises(BadFont, match="画不出文书"):
        keep_font(office=OfficeFactory(credit=True), data=data, actor=make_user("孙督"))
    assert not OfficeFont.objects.exists() and not list(tmp_path.rglob("*.otf"))


@pytest.mark.django_db
def test_a_font_is_kept_once_and_stands_before_the_sites_own(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    office, person = OfficeFactory(credit=True), make_user("孙督")
    kept = keep_font(office=office, data=FANG.read_bytes(), actor=person)
    assert keep_font(office=office, data=FANG.read_bytes(), actor=person) == kept
    fonts = fonts_of(OfficeStyle(office=office, font_title=kept))
    assert families("title", fonts)[0] == fonts[0].family
    assert families("body", fonts)[0] == "CR Fang"
