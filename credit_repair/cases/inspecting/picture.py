"""Pictures: JPEG and PNG."""

import warnings
from collections.abc import Iterator
from io import BytesIO

from PIL import Image, ImageOps

from credit_repair.cases.inspecting.limits import MOST_PIXELS, PAGE_PIXELS
from credit_repair.cases.inspecting.pages import Page

_FORMATS = ("JPEG", "PNG")


def count(data: bytes) -> int:
    """A picture is one page."""
    return 1


def pages(data: bytes, *, size: int = PAGE_PIXELS) -> Iterator[Page]:
    """Return the picture as a page, upright, its longer side no longer than `size` pixels.

    Raises what Pillow raises where it is none, ValueError where it is too large to open.
    """
    warnings.simplefilter("ignore", Image.DecompressionBombWarning)
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    with Image.open(BytesIO(data), formats=_FORMATS) as opened:
        longer = max(opened.size)
        if opened.width * opened.height > MOST_PIXELS:
            raise ValueError("too many pixels")
        opened.draft("RGB", (size, size))  # a JPEG is unpacked at a fraction of its size
        picture = ImageOps.exif_transpose(_on_white(opened))
    picture.thumbnail((size, size), Image.Resampling.BOX)
    yield Page(image=picture, pixels=longer)


def drawn(data: bytes, *, page: int, width: int) -> Image.Image:
    """Return the picture upright, no wider than `width` points, and never larger than it is.

    Raises IndexError for any page but the first, and what pages() raises.
    """
    if page != 1:
        raise IndexError(page)
    image = next(pages(data, size=2 * width)).image
    if image is None:
        raise ValueError("no picture")
    image.thumbnail((width, 2 * width), Image.Resampling.LANCZOS)
    return image


def _on_white(image: Image.Image) -> Image.Image:
    """The picture in colour; what is transparent lies on white paper."""
    if image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info:
        image = image.convert("RGBA")
        paper = Image.new("RGB", image.size, "white")
        paper.paste(image, mask=image.getchannel("A"))
        return paper
    if image.mode.startswith("I"):  # 16 bits a point
        image = image.point(lambda tone: tone / 257)
    exif = image.getexif()
    picture = image.convert("RGB")
    picture.getexif().update(exif)
    return picture
