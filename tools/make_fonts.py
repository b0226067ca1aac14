"""Make the font subsets that the notices are set in, from Debian's font packages.

    apt-get install texlive-lang-chinese fonts-noto-cjk fonts-noto-cjk-extra
    python tools/make_fonts.py                       # installed packages
    python tools/make_fonts.py --source /tmp/fonts   # packages unpacked with `dpkg-deb -x`, any depth

The result is the same, byte for byte, for the same packages and the same fontTools.

What is done to every face, and why:

* Characters: the body keeps all it has, the title GB 2312, the headings its level 1; the rare face holds
  what the body lacks.
* Names: each face gets an internal name ("CR Fang" …). The licences reserve the original names for the
  originals, and a font of the same name installed on the server can no longer take its place.
* Vertical metrics: all faces get the body's. A line that falls back to another face would otherwise be
  taller than its neighbours and push the page off its grid of 22 lines.
* Layout features and tables for vertical writing are dropped: the documents use neither.
* OpenType CFF, never woff2 and never a collection: both cost WeasyPrint seconds per page.
"""

from __future__ import annotations

import argparse
import gzip
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTCollection, TTFont

HERE = Path(__file__).resolve().parent
TARGET = HERE.parent / "credit_repair" / "notices" / "fonts"
INSTALLED = (Path("/usr/share/fonts"), Path("/usr/share/texlive"), Path("/usr/share/doc"))

ASCENT, DESCENT = 880, -120  # of FandolFang, per 1000 units
TIMESTAMP = 3_786_825_600  # 2024-01-01, in seconds since 1904: a fixed date keeps the files reproducible

FULL_WIDTH_YEN = 0xFFE5  # FandolFang draws it as a dollar sign: dropped, so that no text can use it


@dataclass(frozen=True)
class Face:
    """One font file to make.

    Attributes:
        target: file name in the fonts folder.
        family: internal family name.
        source: file name in the Debian package.
        member: family name of the face inside a collection; empty for a single font.
        package: Debian package that holds the source.
        charset: "all", "gb2312" (both levels), "gb2312-1" (level 1: the faces of our own headings) or "rest"
            (what the body lacks, with Latin for the page numbers).
    """

    target: str
    family: str
    source: str
    member: str
    package: str
    charset: str


BODY = Face("cr-fang.otf", "CR Fang", "FandolFang-Regular.otf", "", "texlive-lang-chinese", "all")
FACES = (
    BODY,
    Face("cr-kai.otf", "CR Kai", "FandolKai-Regular.otf", "", "texlive-lang-chinese", "gb2312-1"),
    Face(
        "cr-title.otf", "CR Title", "NotoSerifCJK-Bold.ttc", "Noto Serif CJK SC", "fonts-noto-cjk", "gb2312"
    ),
    Face(
        "cr-hei.otf",
        "CR Hei",
        "NotoSansCJK-Medium.ttc",
        "Noto Sans CJK SC Medium",
        "fonts-noto-cjk-extra",
        "gb2312-1",
    ),
    Face("cr-song.otf", "CR Song", "NotoSerifCJK-Regular.ttc", "Noto Serif CJK SC", "fonts-noto-cjk", "rest"),
)


def gb2312(last_row: int = 87) -> set[int]:
    """Return the code points of GB 2312: rows 16–55 are level 1 (3755 characters), 56–87 level 2."""
    points: set[int] = set()
    for row in (*range(1, 10), *range(16, last_row + 1)):
        for cell in range(1, 95):
            try:
                points.add(ord(bytes([0xA0 + row, 0xA0 + cell]).decode("gb2312")))
            except UnicodeDecodeError:
                continue  # an empty cell
    return points


def latin_and_punctuation() -> set[int]:
    """Return the code points every face should have besides its hanzi."""
    points = set(range(0x20, 0x7F)) | set(range(0xA0, 0x100)) | set(range(0x2010, 0x2040))
    points |= set(range(0x3000, 0x3020)) | set(range(0xFF01, 0xFF5F))
    return points


def han(points: Iterable[int]) -> set[int]:
    """Return the Chinese characters (basic block, extensions, compatibility forms) among code points."""
    blocks = ((0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x323AF))
    return {point for point in points if any(low <= point <= high for low, high in blocks)}


def wanted(face: Face, available: set[int], body: set[int]) -> set[int]:
    """Return the code points to keep in a face.

    Args:
        face: the face to make.
        available: code points of its source.
        body: code points of the finished body face.
    """
    if face.charset == "all":
        points = set(available)
    elif face.charset == "rest":
        symbols = {point for point in available if 0x2010 <= point <= 0x27BF}
        points = (han(available) | symbols) - body | latin_and_punctuation()
    else:
        last_row = 55 if face.charset == "gb2312-1" else 87
        points = gb2312(last_row) | latin_and_punctuation()
    return (points & available) - {FULL_WIDTH_YEN}


def find(name: str, package: str, roots: Iterable[Path]) -> Path:
    """Return the path of a source file; exit with the package to install when it is not there."""
    for root in roots:
        for path in sorted(root.rglob(name)):
            return path
    sys.exit(f"{name} not found: apt-get install {package}, or give --source with the unpacked package")


def open_face(path: Path, member: str) -> TTFont:
    """Open a font file, or one member of a collection by its family name."""
    if path.suffix not in {".ttc", ".otc"}:
        return TTFont(path, recalcTimestamp=False, lazy=False)
    for font in TTCollection(path, lazy=True).fonts:
        if font["name"].getDebugName(1) == member:
            font.recalcTimestamp = False
            return font
    sys.exit(f"{path} has no face {member!r}")


def rename(font: TTFont, family: str) -> None:
    """Give the font its internal name everywhere, keeping copyright, licence and version lines."""
    postscript = family.replace(" ", "") + "-Regular"
    table = font["name"]
    kept = {0, 5, 13, 14}
    table.names = [record for record in table.names if record.nameID in kept and record.platformID == 3]
    for name_id, text in ((1, family), (2, "Regular"), (3, postscript), (4, family), (6, postscript)):
        table.setName(text, name_id, 3, 1, 0x409)
    cff = font["CFF "].cff
    cff.fontNames = [postscript]
    top = cff.topDictIndex[0]
    top.FullName, top.FamilyName, top.Weight = family, family, "Regular"
    font["OS/2"].usWeightClass = 400  # the style sheet names each face by family alone
    font["OS/2"].fsSelection = 0x40
    font["head"].macStyle = 0


def level_metrics(font: TTFont) -> None:
    """Set the vertical metrics of the body on a face, so that falling back never changes a line's height."""
    hhea, os2 = font["hhea"], font["OS/2"]
    hhea.ascent, hhea.descent, hhea.lineGap = ASCENT, DESCENT, 0
    os2.sTypoAscender, os2.sTypoDescender, os2.sTypoLineGap = ASCENT, DESCENT, 0
    os2.usWinAscent, os2.usWinDescent = ASCENT, -DESCENT


def make(face: Face, roots: Iterable[Path], target: Path, body: set[int]) -> set[int]:
    """Make one face; return its code points."""
    font = open_face(find(face.source, face.package, roots), face.member)
    options = Options()
    options.layout_features = []
    options.name_IDs = ["*"]
    options.name_languages = ["*"]
    options.notdef_outline = True
    options.hinting = False
    options.desubroutinize = False
    options.drop_tables += ["vhea", "vmtx", "VORG", "BASE", "GPOS", "GSUB", "GDEF"]
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=wanted(face, set(font.getBestCmap()), body))
    subsetter.subset(font)
    rename(font, face.family)
    level_metrics(font)
    font["head"].created = font["head"].modified = TIMESTAMP
    path = target / face.target
    font.save(path)
    print(f"{path.name:14} {path.stat().st_size / 1e6:5.1f} MB  {len(font.getBestCmap())} characters")
    return set(font.getBestCmap())


def copy_licences(roots: Iterable[Path], target: Path) -> None:
    """Lay the licence texts beside the fonts, as the licences ask."""
    docs = find("doc/texlive-doc/fonts/fandol", "texlive-lang-chinese", roots)
    copying = docs / "COPYING.gz"
    text = gzip.decompress(copying.read_bytes()) if copying.exists() else (docs / "COPYING").read_bytes()
    (target / "LICENSE-Fandol-GPL.txt").write_bytes(text)
    (target / "LICENSE-Fandol-README.txt").write_bytes((docs / "README").read_bytes())
    noto = find("fonts-noto-cjk/copyright", "fonts-noto-cjk", roots)
    (target / "LICENSE-Noto-OFL.txt").write_bytes(noto.read_bytes())


def main() -> None:
    """Read the arguments and make all faces."""
    layout = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=layout)
    parser.add_argument("--source", type=Path, action="append", help="folder to search (repeatable)")
    parser.add_argument("--target", type=Path, default=TARGET, help="folder to write to")
    arguments = parser.parse_args()
    roots = tuple(arguments.source or INSTALLED)
    arguments.target.mkdir(parents=True, exist_ok=True)
    body: set[int] = set()
    for face in FACES:
        points = make(face, roots, arguments.target, body)
        if face is BODY:
            body = points
    copy_licences(roots, arguments.target)


if __name__ == "__main__":
    main()
