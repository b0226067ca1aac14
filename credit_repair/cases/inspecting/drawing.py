"""A page of a file as a picture, for who looks at the evidence."""

from io import BytesIO
from types import ModuleType

from PIL import Image

from credit_repair.cases.inspecting import pdf, picture

#: What can be drawn; an OFD cannot.
_DRAWERS: dict[str, ModuleType] = {"application/pdf": pdf, "image/jpeg": picture, "image/png": picture}
#: A page with more colours than this is a photograph: as a PNG it is sent in so many, or it takes megabytes.
_COLOURS = 256


def draw(data: bytes, *, mime: str, page: int, width: int) -> bytes:
    """Return a page, counted from 1, as a PNG about `width` points wide.

    Raises KeyError for a kind of file that cannot be drawn, and what pdf.drawn() and picture.drawn() raise.
    """
    drawn: Image.Image = _DRAWERS[mime].drawn(data, page=page, width=width)
    if drawn.getcolors(_COLOURS) is None:
        drawn = drawn.quantize(_COLOURS, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.FLOYDSTEINBERG)
    written = BytesIO()
    drawn.save(written, "PNG", compress_level=6)
    return written.getvalue()
