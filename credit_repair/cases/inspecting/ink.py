"""Whether somebody signed or stamped a commitment letter: the scan is laid over the letter as it was printed.

The QR code tells where the page lies in the picture; the printed words near the signature correct that, for a
small code tells little about the far end of a page. Ink that the print does not explain is somebody's hand;
red is a stamp 公章.
"""

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import pypdfium2
from PIL import Image, ImageChops, ImageFilter, ImageStat

from credit_repair.cases.inspecting.codes import LetterCode, Point, letter_codes
from credit_repair.cases.inspecting.pages import Page, ink_mask

#: Points to a millimetre in which print and scan are compared.
_PER_MM = 4
_PT_PER_MM = 72 / 25.4
#: What the signature is written beside or over, in the letter's own words.
_LABELS = ("（盖章）", "签字", "（签名）")
#: How far above and below those words a hand or a stamp may reach, and what is left out at the sides, in mm.
_ABOVE, _BELOW, _SIDE = 22, 32, 14
#: The part of the page, from its foot, that is taken for the signature's where the words are not found.
_FOOT = 0.42
#: How far print and scan may still lie apart after the code has placed them, in mm.
_ASTRAY = 12
#: How much of the print must be found again for the two to count as placed.
_FOUND_AGAIN = 0.45
#: Square millimetres of ink beyond the print from which somebody has written or stamped.
_WRITTEN, _STAMPED = 9, 25
#: A scan that lies further off, in mm, is a crooked photograph: print that lies astray looks like ink there,
#: and only so much of it is a hand for certain.
_CROOKED, _CERTAIN = 5, 30


@dataclass(frozen=True)
class _Print:
    """The page of a letter with its code, as printed: its picture at _PER_MM, the code's corners, and the
    box in which it is signed, both in those points."""

    image: Image.Image
    corners: tuple[Point, Point, Point, Point]
    box: tuple[int, int, int, int]


def ink_of(page: Page, code: LetterCode, *, original: bytes) -> dict[str, Any]:
    """Return {"signed": …, "stamp": …}: whether a hand or a stamp is on the letter with that code.

    signed    None where it cannot be told, because print and scan could not be laid over one another
    """
    printed = _print_of(original, code.identity)
    if printed is None or page.image is None:
        return {"signed": None, "stamp": False}
    scan = _laid_over(page.image, code, printed)
    left, top, right, bottom = printed.box
    margin = _ASTRAY * _PER_MM
    wide = (left, top - margin, right, bottom + margin)
    shift, placed = _shift(_ink(_cut(printed.image, wide)), _ink(_cut(scan, wide)))
    scan = _cut(scan, (left + shift[0], top + shift[1], right + shift[0], bottom + shift[1]))
    stamp = _area(_red(scan)) >= _STAMPED
    if stamp:
        return {"signed": True, "stamp": True}
    if not placed:
        return {"signed": None, "stamp": False}
    beyond = _area(ImageChops.subtract(_ink(scan), _thick(_ink(_cut(printed.image, printed.box)))))
    crooked = math.hypot(*shift) > _CROOKED * _PER_MM
    return {"signed": _verdict(beyond, crooked=crooked), "stamp": False}


def _verdict(beyond: int, *, crooked: bool) -> bool | None:
    if crooked and _WRITTEN <= beyond < _CERTAIN:
        return None
    return beyond >= _WRITTEN


@lru_cache(maxsize=4)
def _print_of(original: bytes, identity: str) -> _Print | None:
    document = pypdfium2.PdfDocument(original)
    for page in document:
        image = page.render(scale=_PER_MM / _PT_PER_MM).to_pil().convert("RGB")
        # The code's corners are read at twice that: they carry the whole page.
        codes = letter_codes(page.render(scale=2 * _PER_MM / _PT_PER_MM).to_pil().convert("RGB"))
        for code in codes:
            if code.identity == identity:
                corners = tuple((x / 2, y / 2) for x, y in code.corners)
                return _Print(image, corners, _box(page, image))  # type: ignore[arg-type]
    return None


def _box(page: pypdfium2.PdfPage, image: Image.Image) -> tuple[int, int, int, int]:
    """Where the letter is signed: around its own words for that, else the foot of the page."""
    text = page.get_textpage()
    tops = []
    for label in _LABELS:
        search = text.search(label)
        while found := search.get_next():
            _left, bottom, _right, top = text.get_charbox(found[0])
            tops.append(page.get_height() - (bottom + top) / 2)
    side = _SIDE * _PER_MM
    if not tops:
        return side, round(image.height * (1 - _FOOT)), image.width - side, image.height - side
    scale = _PER_MM / _PT_PER_MM
    top = round(min(tops) * scale) - _ABOVE * _PER_MM
    bottom = round(max(tops) * scale) + _BELOW * _PER_MM
    return side, max(top, 0), image.width - side, min(bottom, image.height)


def _laid_over(scan: Image.Image, code: LetterCode, printed: _Print) -> Image.Image:
    """The scan, turned and scaled so that its code lies where it lies on the print."""
    # A similarity, as complex numbers: scan = turn * print + move, the best for the four corners.
    there = [complex(*point) for point in code.corners]
    here = [complex(*point) for point in printed.corners]
    middle_there, middle_here = sum(there) / 4, sum(here) / 4
    turn = sum(
        (t - middle_there) * (h - middle_here).conjugate() for t, h in zip(there, here, strict=True)
    ) / sum(abs(h - middle_here) ** 2 for h in here)
    move = middle_there - turn * middle_here
    # Fewer points to a page are asked for than the scan has: smooth it first, or thin strokes fall through.
    if abs(turn) > 1.5:
        scan = scan.filter(ImageFilter.BoxBlur(abs(turn) / 3))
    return scan.transform(
        printed.image.size,
        Image.Transform.AFFINE,
        (turn.real, -turn.imag, move.real, turn.imag, turn.real, move.imag),
        Image.Resampling.BILINEAR,
        fillcolor="white",
    )


def _shift(printed: Image.Image, scan: Image.Image) -> tuple[tuple[int, int], bool]:
    """How far the scan lies off the print, in points, and whether the print was found again in it."""
    coarse = _best_shift(printed.reduce(4), scan.reduce(4), (0, 0), reach=_ASTRAY * _PER_MM // 4)
    start = (coarse[0] * 4, coarse[1] * 4)
    fine = _best_shift(printed, scan, start, reach=4)
    thick = ImageChops.offset(scan, -fine[0], -fine[1]).filter(ImageFilter.MaxFilter(5))
    again = ImageStat.Stat(ImageChops.multiply(printed, thick)).mean[0]
    return fine, again >= _FOUND_AGAIN * max(ImageStat.Stat(printed).mean[0], 0.01)


def _best_shift(
    printed: Image.Image, scan: Image.Image, start: tuple[int, int], *, reach: int
) -> tuple[int, int]:
    soft = printed.filter(ImageFilter.BoxBlur(1))

    def agreement(shift: tuple[int, int]) -> float:
        moved = ImageChops.offset(scan, -shift[0], -shift[1])
        return float(ImageStat.Stat(ImageChops.multiply(soft, moved)).sum[0])

    around = range(-reach, reach + 1)
    shifts = [(start[0] + x, start[1] + y) for x in around for y in around]
    return max(shifts, key=lambda shift: (agreement(shift), -math.dist(shift, start)))


def _cut(image: Image.Image, box: tuple[int, int, int, int]) -> Image.Image:
    """A part of a page; what lies beyond its edge is white."""
    size = (box[2] - box[0], box[3] - box[1])
    return image.transform(size, Image.Transform.EXTENT, box, fillcolor="white")


def _ink(image: Image.Image) -> Image.Image:
    """Ink of any colour: blue and red are dark in one of the colours."""
    red, green, blue = image.split()
    return ink_mask(ImageChops.darker(ImageChops.darker(red, green), blue))


def _red(image: Image.Image) -> Image.Image:
    red, green, blue = image.split()
    return ImageChops.subtract(red, ImageChops.lighter(green, blue)).point(
        lambda tone: 255 if tone > 45 else 0
    )


def _thick(mask: Image.Image) -> Image.Image:
    """The print with some two millimetres around it: scans and photographs are never quite straight."""
    return mask.filter(ImageFilter.MaxFilter(9)).filter(ImageFilter.MaxFilter(9))


def _area(mask: Image.Image) -> int:
    """How many square millimetres have ink in them; specks do not count."""
    cells = mask.reduce(_PER_MM).point(lambda tone: 1 if tone > 40 else 0)
    return int(ImageStat.Stat(cells).sum[0])
