"""QR codes of commitment letters 信用修复承诺书, and where they lie on a page."""

import re
from dataclasses import dataclass

import zxingcpp
from PIL import Image

_FORMATS = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
_LETTER = re.compile(r"CXL:([0-9a-f]{32})", re.IGNORECASE)

Point = tuple[float, float]


@dataclass(frozen=True)
class LetterCode:
    """The code of one of our letters: its identity, and its corners in the picture, in pixels, as the code
    is read: top left, top right, bottom right, bottom left."""

    identity: str
    corners: tuple[Point, Point, Point, Point]


def letter_codes(image: Image.Image) -> list[LetterCode]:
    """Return the codes of our letters in a picture; what other codes say is nobody's business here."""
    found = _read(image) or _read_enlarged(image)
    return list({code.identity: code for code in found}.values())


def _read(image: Image.Image, *, scale: float = 1.0, left: int = 0, top: int = 0) -> list[LetterCode]:
    codes = []
    for barcode in zxingcpp.read_barcodes(image.convert("L"), formats=_FORMATS):
        told = _LETTER.fullmatch(barcode.text.strip())
        if told:
            at = barcode.position
            corners = tuple(
                (point.x / scale + left, point.y / scale + top)
                for point in (at.top_left, at.top_right, at.bottom_right, at.bottom_left)
            )
            codes.append(LetterCode(told.group(1).lower(), corners))  # type: ignore[arg-type]
    return codes


def _read_enlarged(image: Image.Image) -> list[LetterCode]:
    """Look again where a small scan leaves few pixels to a point of the code."""
    if max(image.size) > 2000:
        return []
    grey = image.convert("L").resize((image.width * 2, image.height * 2), Image.Resampling.BICUBIC)
    return _read(grey, scale=2.0)
