"""The glyph check: what is printed, what falls back knowingly, what is refused."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from credit_repair.notices import glyphs
from credit_repair.notices.contexts import DOCUMENTS, AcceptanceNotice, Party
from credit_repair.notices.glyphs import MissingGlyphs

UNPRINTABLE = "\U0001f600"  # an emoji: in no font of ours


def test_a_missing_character_is_named_with_its_code_point_and_what_to_do() -> None:
    with pytest.raises(MissingGlyphs) as caught:
        glyphs.check_text(f"濉溪县{UNPRINTABLE}公司\ue000")
    assert caught.value.characters == f"{UNPRINTABLE}\ue000"
    assert [item.code_point for item in caught.value.missing] == ["U+1F600", "U+E000"]
    assert "U+1F600" in str(caught.value)
    assert "系统管理员" in str(caught.value)


def test_the_context_check_names_the_fields() -> None:
    document = replace(AcceptanceNotice.sample(), party=Party(f"{UNPRINTABLE}公司", "x"))
    with pytest.raises(MissingGlyphs) as caught:
        glyphs.check_context(document)
    assert caught.value.missing[0].where == ("party.name",)
    glyphs.check_context({"day": date(2026, 11, 21), "rows": [{"name": "濉溪"}, None, 3]})
    with pytest.raises(MissingGlyphs) as caught:
        glyphs.check_context({"rows": [{"name": "濉溪"}, {"name": UNPRINTABLE}]})
    assert caught.value.missing[0].where == ("rows.1.name",)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.template)
def test_samples_can_be_printed(document: type) -> None:
    glyphs.check_context(document.sample())


@pytest.mark.parametrize("char", "镕堃喆㛃𠅤")
def test_characters_of_names_come_from_the_rare_face(char: str) -> None:
    glyphs.check_text(char)
    assert glyphs.rare_characters(f"王{char}") == (char,)


def test_ordinary_text_does_not_need_the_rare_face() -> None:
    text = "濉信修〔2026〕12号：《信用修复管理办法》（第36号）“整改”——完成……①②、；！？¥3%×·　"
    glyphs.check_text(text)
    assert glyphs.rare_characters(text) == ()


def test_the_whole_basic_block_can_be_printed_but_for_a_handful() -> None:
    basic = "".join(map(chr, range(0x4E00, 0x9FA6)))
    assert len(glyphs.missing_characters(basic)) == 0


def test_full_width_yen_becomes_the_half_width_one() -> None:
    assert glyphs.normalise_text("￥300") == "¥300"
    assert ord(glyphs.normalise_text("￥")) == 0xA5
    glyphs.check_text("￥300")
    for font in glyphs.FONT_CHAIN:  # so that no text can reach FandolFang's dollar sign
        assert 0xFFE5 not in glyphs.code_points(font.path)


def test_all_faces_share_the_vertical_metrics_of_the_body() -> None:
    """A line that falls back to another face must not become taller: the page would leave its grid."""
    for font in glyphs.FONT_CHAIN:
        with TTFont(font.path, lazy=True) as face:
            assert (face["hhea"].ascent, face["hhea"].descent, face["hhea"].lineGap) == (880, -120, 0)


def test_faces_have_internal_names_and_licences_lie_beside_them() -> None:
    for font in glyphs.FONT_CHAIN:
        with TTFont(font.path, lazy=True) as face:
            assert face["name"].getDebugName(1) == font.family
    assert {path.name for path in glyphs.FONTS_DIR.glob("LICENSE-*")} == {
        "LICENSE-Fandol-GPL.txt",
        "LICENSE-Fandol-README.txt",
        "LICENSE-Noto-OFL.txt",
    }
    assert sum(path.stat().st_size for path in glyphs.FONTS_DIR.iterdir()) < 30_000_000


def test_an_offices_own_face_comes_first_and_the_bundled_ones_stay(settings, tmp_path: Path) -> None:
    own = tmp_path / "own.otf"
    own.write_bytes((glyphs.FONTS_DIR / "cr-kai.otf").read_bytes())
    settings.NOTICE_FONTS = {"body": str(own)}
    assert glyphs.families("body") == ("Office Body", "CR Fang", "CR Song")
    assert glyphs.families("title") == ("CR Title", "Office Body", "CR Fang", "CR Song")
    settings.NOTICE_FONTS = {"body": str(tmp_path / "none.otf")}
    with pytest.raises(FileNotFoundError):
        glyphs.font_chain()
