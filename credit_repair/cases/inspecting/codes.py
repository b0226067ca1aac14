"""QR codes of commitment letters 信用修复承诺书 and where they lie; check codes 核验码 of documents."""

import re
from dataclasses import dataclass

import zxingcpp
from PIL import Image

_FORMATS = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
_LETTER = re.compile(r"CXL:([0-9a-f]{32})", re.IGNORECASE)
#: A check code: in the address that its QR code leads to, and as it is printed, in groups.
_SIGN = "[2-9A-HJ-NP-Z]"
_ADDRESS = re.compile(rf"/verify/({_SIGN}{{16}})/?$")
_PRINTED = re.compile(rf"(?<![0-9A-Za-z-]){_SIGN}{{4}}(?:-{_SIGN}{{4}}){{3}}(?![0-9A-Za-z-])")

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


def check_codes(image: Image.Image | None, text: str) -> list[str]:
    """Return the check codes on a page, without hyphens: those of its QR codes, then those of its text."""
    read = zxingcpp.read_barcodes(image.convert("L"), formats=_FORMATS) if image else []
    led = [found.group(1) for code in read if (found := _ADDRESS.search(code.text.strip()))]
    return [*led, *(printed.replace("-", "") for printed in _PRINTED.findall(text))]
