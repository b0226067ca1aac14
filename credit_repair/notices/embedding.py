"""Fonts as they are embedded 字体嵌入: only the document's characters, found by every reader.

A page names its characters by glyph number. Where outlines are CID-keyed (CFF, such as the site's own), a
reader looks such a number up in the font's table of CIDs, the charset, unless it takes the font for a whole
OpenType file: then it counts glyphs. WeasyPrint embeds whole files with the charset as it came, so that one
reader shows the page and the next shows empty space. Here the charset is made to say 1, 2, 3 … before
anything is taken from the font, and the outlines are embedded by themselves (CIDFontType0C), which leaves one
way to read them. The thousands of empty places between the characters go with it: smaller, and quicker.

There is no hook for it, so functions are replaced; WeasyPrint is pinned exactly, and
tests/notices/test_embedding.py reads the embedded fonts and compares pages.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from functools import cache
from typing import Any

#: Fonts that are kept as HarfBuzz has read them: the site's five and those of some offices.
_MOST_FACES = 32
#: The tables that a reader of a PDF has no use for; of those that WeasyPrint drops, what a font may have.
_USELESS = (b"BASE", b"DSIG", b"GDEF", b"GPOS", b"GSUB", b"JSTF", b"SVG ", b"VORG", b"vhea", b"vmtx")
#: The tables that hold outlines; one of them stays, or nothing can be drawn.
_OUTLINE_TABLES = frozenset(("CFF ", "CFF2", "glyf"))
_CHARSET, _ROS, _ESCAPE = 15, (12, 30), 12
_INTEGER, _SHORT, _REAL = 29, 28, 30
#: How a file begins in which outlines are CFF: an OpenType file, and CFF by itself (version, length of
#: header, size of offsets).
_OPEN_TYPE = b"OTTO"
_OUTLINES = (_OPEN_TYPE, *(bytes((1, 0, 4, size)) for size in (1, 2, 3, 4)))


def numbered_by_glyph(font: bytes) -> bytes | None:
    """Return an OpenType font with CID-keyed outlines whose CIDs are its glyph numbers.

    Args:
        font: the file.

    Returns:
        The file with its charset written over and nothing else changed; None where its outlines are not
        CID-keyed: then the glyph numbers are what readers use in any case.
    """
    tables = _tables(font)
    if font[:4] != _OPEN_TYPE or not {"CFF ", "maxp"} <= tables.keys():
        return None
    start, length = tables["CFF "]
    offset = _charset_of_cids(font[start : start + length])
    if offset is None:
        return None
    glyphs = struct.unpack_from(">H", font, tables["maxp"][0] + 4)[0]
    # One range of CIDs, from 1 to the last. It is never longer than what stands there.
    charset = struct.pack(">BHB", 1, 1, glyphs - 2) if glyphs < 258 else struct.pack(">BHH", 2, 1, glyphs - 2)
    changed = bytearray(font)
    changed[start + offset : start + offset + len(charset)] = charset
    return bytes(changed)


def outlines_of(font: bytes) -> bytes:
    """Return the CFF outlines of an OpenType font by themselves."""
    start, length = _tables(font)["CFF "]
    return font[start : start + length]


def is_whole(font: bytes) -> bool:
    """Can every character be taken from a font, as embedding will? Outlines are not read before.

    Args:
        font: the file. A document has been drawn in it before, so that the engine is set up.

    Returns:
        Whether a font of all its characters has outlines; True without HarfBuzz's subsetting library.
    """
    embed_closely()
    from weasyprint.pdf.fonts import get_hb_object_data
    from weasyprint.text.ffi import ffi, harfbuzz, harfbuzz_subset

    if not harfbuzz_subset or not harfbuzz.hb_version_atleast(6, 0, 0):
        return True
    content = numbered_by_glyph(font) or font
    memory = ffi.from_buffer(content)
    blob = ffi.gc(
        harfbuzz.hb_blob_create(memory, len(content), 1, ffi.NULL, ffi.NULL), harfbuzz.hb_blob_destroy
    )
    face = ffi.gc(harfbuzz.hb_face_create(blob, 0), harfbuzz.hb_face_destroy)
    wanted = ffi.gc(harfbuzz_subset.hb_subset_input_create_or_fail(), harfbuzz_subset.hb_subset_input_destroy)
    glyphs = list(range(struct.unpack_from(">H", font, _tables(font)["maxp"][0] + 4)[0]))
    harfbuzz.hb_set_add_sorted_array(
        harfbuzz_subset.hb_subset_input_glyph_set(wanted), ffi.new("hb_codepoint_t[]", glyphs), len(glyphs)
    )
    harfbuzz_subset.hb_subset_input_set_flags(wanted, harfbuzz_subset.HB_SUBSET_FLAGS_DESUBROUTINIZE)
    made = ffi.gc(harfbuzz_subset.hb_subset_or_fail(face, wanted), harfbuzz.hb_face_destroy)
    return made != ffi.NULL and not _OUTLINE_TABLES.isdisjoint(_tables(get_hb_object_data(made)))


def say_how_embedded(pdf: Any) -> None:
    """Say in a finished PDF which fonts are outlines by themselves: WeasyPrint calls all with CFF OpenType.

    Args:
        pdf: the document, before it is written; WeasyPrint hands it to a `finisher`.
    """
    for item in pdf.objects:
        extra = getattr(item, "extra", None)
        if extra and extra.get("Subtype") == "/OpenType" and item.stream[0][:4] != _OPEN_TYPE:
            extra["Subtype"] = "/CIDFontType0C"
        elif isinstance(item, dict) and item.get("Subtype") == "/CIDFontType0":
            item.pop("CIDToGIDMap", None)  # it is for TrueType only


def _tables(font: bytes) -> dict[str, tuple[int, int]]:
    """Return where the tables of an OpenType file stand: offset and length by tag."""
    count = struct.unpack_from(">H", font, 4)[0]
    records = (struct.unpack_from(">4s4xLL", font, 12 + 16 * number) for number in range(count))
    return {tag.decode("latin-1"): (offset, length) for tag, offset, length in records}


def _charset_of_cids(cff: bytes) -> int | None:
    """Return where the charset of CID-keyed outlines stands; None where they have none."""
    _names, after_names = _index(cff, cff[2])
    tops, _after = _index(cff, after_names)
    entries = _entries(cff[tops[0] : tops[1]])
    offset = entries.get((_CHARSET,), [0])[-1]
    return offset if _ROS in entries and offset > 2 else None


def _index(cff: bytes, at: int) -> tuple[list[int], int]:
    """Return where the objects of an INDEX begin, with the end of the last, and where the INDEX ends."""
    count = struct.unpack_from(">H", cff, at)[0]
    if not count:
        return [], at + 2
    size = cff[at + 2]
    base = at + 2 + size * (count + 1)
    starts = [
        base + int.from_bytes(cff[at + 3 + size * number : at + 3 + size * (number + 1)])
        for number in range(count + 1)
    ]
    return starts, starts[-1]


def _entries(data: bytes) -> dict[tuple[int, ...], list[int]]:
    """Return the operators of a DICT with their whole-number operands."""
    found: dict[tuple[int, ...], list[int]] = {}
    operands: list[int] = []
    at = 0
    while at < len(data):
        first = data[at]
        if first <= 21:
            width = 2 if first == _ESCAPE else 1
            found[tuple(data[at : at + width])], operands = operands, []
            at += width
            continue
        number, width = _operand(data, at)
        operands.append(number)
        at += width
    return found


def _operand(data: bytes, at: int) -> tuple[int, int]:
    """Return an operand of a DICT and its length; 0 for a real number, of which none is asked for."""
    first = data[at]
    if first == _SHORT:
        return struct.unpack_from(">h", data, at + 1)[0], 3
    if first == _INTEGER:
        return struct.unpack_from(">l", data, at + 1)[0], 5
    if first == _REAL:
        end = at + 1
        while data[end] & 0x0F != 0x0F and data[end] >> 4 != 0x0F:
            end += 1
        return 0, end + 1 - at
    if first <= 246:
        return first - 139, 1
    if first <= 250:
        return (first - 247) * 256 + data[at + 1] + 108, 2
    return -(first - 251) * 256 - data[at + 1] - 108, 2


@dataclass(frozen=True)
class _Face:
    """A font as HarfBuzz has read it.

    Attributes:
        face: the font to take characters from.
        content: its file.
        by_cid: are its outlines CID-keyed, and each CID the number of its glyph?
        held: what `face` and its key refer to and must not be let go of.
    """

    face: Any
    content: bytes
    by_cid: bool
    held: tuple[Any, ...]


@cache
def embed_closely() -> None:
    """Replace how WeasyPrint takes a document's characters out of a font, once in a process.

    Without HarfBuzz's subsetting library, or with one from before 6.0, nothing is replaced.
    """
    from weasyprint.pdf import fonts
    from weasyprint.text.ffi import ffi, harfbuzz, harfbuzz_subset

    if not harfbuzz_subset or not harfbuzz.hb_version_atleast(6, 0, 0):
        return
    ffi.cdef(
        """
        hb_face_t * hb_subset_preprocess (hb_face_t *source);
        hb_blob_t * hb_blob_create (
            const char *data, unsigned int length, int mode, void *user, void *destroy);
        hb_face_t * hb_face_create (hb_blob_t *blob, unsigned int index);
        """
    )
    original = fonts.Font._harfbuzz_subset
    original_content = fonts.get_hb_object_data
    kept: dict[Any, _Face] = {}

    def content_of(face: Any) -> bytes:
        """Return a font's file, without copying its megabytes for each document."""
        if face in kept:
            return kept[face].content
        content: bytes = original_content(face)
        return content

    def face_of(face: Any, content: bytes) -> _Face:
        """Return a font as it is read once for all documents; held, so that its address stays its own."""
        if face not in kept:
            if len(kept) >= _MOST_FACES:
                kept.clear()
            kept[face] = _read(face, content)
        return kept[face]

    def _read(face: Any, content: bytes) -> _Face:
        held: tuple[Any, ...] = (ffi.gc(harfbuzz.hb_face_reference(face), harfbuzz.hb_face_destroy),)
        changed = numbered_by_glyph(content)
        if changed is not None:
            memory = ffi.from_buffer(changed)
            blob = ffi.gc(
                harfbuzz.hb_blob_create(memory, len(changed), 1, ffi.NULL, ffi.NULL), harfbuzz.hb_blob_destroy
            )
            face = ffi.gc(harfbuzz.hb_face_create(blob, 0), harfbuzz.hb_face_destroy)
            held = (*held, memory, blob, face)
        read = ffi.gc(harfbuzz_subset.hb_subset_preprocess(face), harfbuzz.hb_face_destroy)
        return _Face(read, changed or content, changed is not None, held)

    def subset(font: Any, to_unicode: dict[int, str], hinting: bool) -> None:
        prepared = face_of(font.hb_face, font.file_content)
        if prepared.by_cid and not font.missing:
            taken = _taken(prepared.face, sorted(to_unicode), hinting)
            if taken:
                font.file_content = outlines_of(taken)
                return
        own, font.hb_face = font.hb_face, prepared.face
        try:
            original(font, to_unicode, hinting)
        finally:
            font.hb_face = own

    def _taken(face: Any, glyphs: list[int], hinting: bool) -> bytes:
        """Return a font of these characters alone; empty where HarfBuzz cannot make one."""
        wanted = ffi.gc(
            harfbuzz_subset.hb_subset_input_create_or_fail(), harfbuzz_subset.hb_subset_input_destroy
        )
        _add(harfbuzz_subset.hb_subset_input_glyph_set(wanted), glyphs)
        dropped = harfbuzz_subset.hb_subset_input_set(wanted, harfbuzz_subset.HB_SUBSET_SETS_DROP_TABLE_TAG)
        _add(dropped, sorted(harfbuzz.hb_tag_from_string(tag, -1) for tag in _USELESS))
        flags = harfbuzz_subset.HB_SUBSET_FLAGS_DESUBROUTINIZE
        if not hinting:
            flags |= harfbuzz_subset.HB_SUBSET_FLAGS_NO_HINTING
        harfbuzz_subset.hb_subset_input_set_flags(wanted, flags)
        made = ffi.gc(harfbuzz_subset.hb_subset_or_fail(face, wanted), harfbuzz.hb_face_destroy)
        return content_of(made)

    def _add(numbers: Any, added: list[int]) -> None:
        harfbuzz.hb_set_add_sorted_array(numbers, ffi.new("hb_codepoint_t[]", added), len(added))

    fonts.Font.type = property(lambda font: "otf" if font.file_content[:4] in _OUTLINES else "ttf")
    fonts.Font._harfbuzz_subset = subset
    fonts.get_hb_object_data = content_of
