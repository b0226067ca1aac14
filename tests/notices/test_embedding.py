"""Embedded fonts hold a document's characters, each found by the number that the pages name it with."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from typing import Any

import pypdfium2
import pytest
from fontTools.cffLib import CFFFontSet
from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.ttLib import TTFont
from PIL import ImageChops
from pypdf import PdfReader

from credit_repair.notices import embedding
from credit_repair.notices.contexts import AcceptanceNotice, CommitmentLetter
from credit_repair.notices.engine_check import INSTALL_COMMAND, missing_libraries
from credit_repair.notices.glyphs import FONTS_DIR, font_chain
from credit_repair.notices.render import render_pdf

pytestmark = pytest.mark.skipif(
    bool(missing_libraries()), reason=f"PDF ENGINE MISSING {missing_libraries()}: {INSTALL_COMMAND}"
)

DOCUMENTS = [
    replace(AcceptanceNotice.sample(), party=replace(AcceptanceNotice.sample().party, name="濉溪㛃喆建材厂")),
    CommitmentLetter.sample(),
]
IDS = ["notice with rare characters", "letter with headings"]


def made(document: Any) -> bytes:
    return render_pdf(template=document.template, context=document.to_context())


def embedded(pdf: bytes) -> list[tuple[Any, Any, bytes]]:
    """Return each embedded font: its family, its CIDFont dictionary, its file."""
    fonts: dict[str, tuple[Any, Any, bytes]] = {}
    for page in PdfReader(BytesIO(pdf)).pages:
        for font in page["/Resources"]["/Font"].values():
            cid_font = font.get_object()["/DescendantFonts"][0].get_object()
            file = cid_font["/FontDescriptor"]["/FontFile3"].get_object()
            assert file["/Subtype"] == "/CIDFontType0C"
            name = cid_font["/BaseFont"].partition("+")[2]
            fonts[name] = (cid_font["/FontDescriptor"]["/FontFamily"], cid_font, file.get_data())
    return list(fonts.values())


def cids(widths: Any) -> set[int]:
    """Return the numbers that a CIDFont gives widths for: those its pages use."""
    found, at = set(), 0
    while at < len(widths):
        found |= {widths[at] + step for step in range(len(widths[at + 1]))}
        at += 2
    return found


def drawn(glyph_set: Any, name: str) -> Any:
    pen = DecomposingRecordingPen(glyph_set)
    glyph_set[name].draw(pen)
    return pen.value


@pytest.mark.parametrize("document", DOCUMENTS, ids=IDS)
def test_a_strict_reader_finds_every_character(document: Any) -> None:
    """By the CID in the charset, as ISO 32000-1, 9.7.4.2 says, it is the glyph of that number in our font."""
    ours = {font.family: TTFont(font.path) for font in font_chain()}
    fonts = embedded(made(document))
    assert len(fonts) >= 2
    for family, cid_font, file in fonts:
        assert "/CIDToGIDMap" not in cid_font
        outlines = CFFFontSet()
        outlines.decompile(BytesIO(file), None)
        top = outlines.topDictIndex[0]
        source = ours[str(family)]
        names, originals = source.getGlyphOrder(), source.getGlyphSet()
        used = cids(cid_font["/W"])
        assert used <= {int(name[3:]) for name in top.charset[1:]} | {0}
        for cid in sorted(used - {0}):
            pen = DecomposingRecordingPen({})
            top.CharStrings[f"cid{cid:05}"].draw(pen)
            assert pen.value == drawn(originals, names[cid]), f"{family}: CID {cid}"


@pytest.mark.parametrize("document", DOCUMENTS, ids=IDS)
def test_pages_look_as_with_the_engines_own_embedding(document: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Such a reader as takes CIDs for glyph numbers, as pdfium does of OpenType, showed the same before."""
    close = made(document)
    from weasyprint.pdf import fonts

    replaced = fonts.Font._harfbuzz_subset
    theirs = next(
        cell.cell_contents
        for cell in replaced.__closure__
        if getattr(cell.cell_contents, "__qualname__", "") == "Font._harfbuzz_subset"
    )
    monkeypatch.setattr(fonts.Font, "_harfbuzz_subset", theirs)
    whole = made(document)
    assert len(close) < len(whole)
    for mine, other in zip(_pages(close), _pages(whole), strict=True):
        brightest = max(high for _low, high in ImageChops.difference(mine, other).getextrema())
        assert brightest <= 48  # of 255: edges are rounded a little otherwise, no stroke is elsewhere


def _pages(pdf: bytes) -> list[Any]:
    return [page.render(scale=1).to_pil().convert("RGB") for page in pypdfium2.PdfDocument(BytesIO(pdf))]


class TestNumberedByGlyph:
    @pytest.mark.parametrize("path", sorted(FONTS_DIR.glob("*.otf")), ids=lambda path: path.stem)
    def test_the_charset_counts_and_nothing_else_is_changed(self, path: Any) -> None:
        before = path.read_bytes()
        after = embedding.numbered_by_glyph(before)
        assert after is not None
        assert len(after) == len(before)
        assert sum(old != new for old, new in zip(before, after, strict=True)) <= 5
        charset = TTFont(BytesIO(after))["CFF "].cff.topDictIndex[0].charset
        assert charset[1:] == [f"cid{number:05}" for number in range(1, len(charset))]

    def test_other_outlines_are_left_alone(self) -> None:
        from fontTools.fontBuilder import FontBuilder
        from fontTools.pens.t2CharStringPen import T2CharStringPen
        from fontTools.pens.ttGlyphPen import TTGlyphPen

        for true_type in (True, False):
            builder = FontBuilder(1000, isTTF=true_type)
            builder.setupGlyphOrder([".notdef", "A"])
            builder.setupCharacterMap({65: "A"})
            if true_type:
                builder.setupGlyf({name: TTGlyphPen(None).glyph() for name in (".notdef", "A")})
            else:
                pen = T2CharStringPen(500, None)
                outlines = {name: pen.getCharString() for name in (".notdef", "A")}
                builder.setupCFF("Test", {}, outlines, {})
            builder.setupHorizontalMetrics({".notdef": (500, 0), "A": (500, 0)})
            builder.setupHorizontalHeader()
            builder.setupPost()
            file = BytesIO()
            builder.font.save(file)
            assert embedding.numbered_by_glyph(file.getvalue()) is None
