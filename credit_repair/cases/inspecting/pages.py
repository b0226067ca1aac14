"""What a page looks like: whether it is blank, and whether anybody can read it."""

from dataclasses import dataclass
from typing import Any

from PIL import Image, ImageChops, ImageFilter, ImageStat

#: A page whose longer side has fewer pixels cannot be read: A4 at 75 dpi.
_SMALLEST = 850
#: The brightness of the paper below which a picture is too dark, of 255.
_DARK_PAPER = 95
#: How much darker than the paper around it a point must be to count as ink, of 255.
_INK = 45
#: The part of a page that the ink of one line of small type covers; below it there is nothing.
_BLANK = 0.0003
#: More ink than this in the margins alone is none.
_TABLE = 0.012
#: The sharpest edges of text that can still be read: differences of neighbouring points at _WIDTH, of 255.
_BLURRED = 34
_WIDTH = 1000


@dataclass
class Page:
    """One page as it was read.

    image     its picture, upright, in colour; None where there is none
    text      the text that it has by itself
    pixels    the longer side of what was photographed or scanned; None where it was set by a computer
    """

    image: Image.Image | None
    text: str = ""
    pixels: int | None = None


def look_of(page: Page, *, has_code: bool) -> dict[str, Any]:
    """Return what is wrong with the look of a page: {"blank": True}, {"bad": "small", "dark", "faint" or
    "blurred"}, or nothing.

    has_code    that a code was read on it, so that it is sharp and bright enough
    """
    if page.image is None or page.text.strip() or has_code:
        return {}
    if page.pixels is not None and page.pixels < _SMALLEST:
        return {"bad": "small"}
    grey = _inner(page.image)
    if _quantile(grey.histogram(), 0.75) < _DARK_PAPER:  # the tone at which the brightest quarter begins
        return {"bad": "dark"}
    inked = ink_mask(grey)
    share = ImageStat.Stat(inked).mean[0] / 255
    if share < _BLANK:
        return _look_of_empty(page.image, grey)
    if page.pixels is not None and _sharpness(grey, inked) < _BLURRED:
        return {"bad": "blurred"}
    return {}


def _look_of_empty(image: Image.Image, grey: Image.Image) -> dict[str, Any]:
    """The look of a page with no ink in its middle: pale, blank, or with something in its margins."""
    if _has_faint_lines(grey):
        return {"bad": "faint"}
    around = ImageStat.Stat(ink_mask(_inner(image, margin=25))).mean[0] / 255
    # A line in the margin is little ink; a table on which the paper lies is much.
    return {} if _BLANK <= around < _TABLE else {"blank": True}


def ink_mask(grey: Image.Image, *, least: int = _INK) -> Image.Image:
    """Return a picture that is white where a point is darker than the paper around it, black elsewhere.

    Shadows and uneven light do not count as ink.
    """
    small = grey.reduce(4).filter(ImageFilter.MaxFilter(9)).filter(ImageFilter.BoxBlur(2))
    paper = small.resize(grey.size, Image.Resampling.BILINEAR)
    return ImageChops.subtract(paper, grey).point(lambda tone: 255 if tone > least else 0)


def _inner(image: Image.Image, *, margin: int = 10) -> Image.Image:
    """The page at one size, without its margins, one part in `margin` on each side: scans have shadows there,
    and photographs a table."""
    grey = image.convert("L")
    grey = grey.resize((_WIDTH, max(round(grey.height * _WIDTH / grey.width), 8)), Image.Resampling.BOX)
    margin_x, margin_y = grey.width // margin, grey.height // margin
    return grey.crop((margin_x, margin_y, grey.width - margin_x, grey.height - margin_y))


def _quantile(counts: list[int], part: float) -> int:
    left = part * sum(counts)
    for tone, count in enumerate(counts):
        left -= count
        if left <= 0:
            return tone
    return 255


def _has_faint_lines(grey: Image.Image) -> bool:
    """Whether there are lines of something, too pale to be ink."""
    pale = ink_mask(grey.filter(ImageFilter.MedianFilter(3)), least=12)
    return bool(ImageStat.Stat(pale).mean[0] / 255 > 0.02)


def _sharpness(grey: Image.Image, inked: Image.Image) -> float:
    """How steep the steepest edges around the ink are, in tones from one point to the next."""
    across = ImageChops.difference(grey, ImageChops.offset(grey, 1, 0))
    down = ImageChops.difference(grey, ImageChops.offset(grey, 0, 1))
    near_ink = inked.filter(ImageFilter.MaxFilter(5))
    counts = ImageChops.lighter(across, down).histogram(near_ink)
    return _quantile(counts, 0.97)
