"""PDF files: the text they have, and what their pages look like."""

from collections.abc import Iterator

import pypdfium2
from PIL import Image

from credit_repair.cases.inspecting.limits import MOST_DRAWN_POINTS, MOST_PAGES, MOST_TEXT, PAGE_PIXELS
from credit_repair.cases.inspecting.pages import Page

#: A dot per inch more than this is more than any scan of a page needs.
_MOST_SCALE = 300 / 72


def count(data: bytes) -> int:
    """Return how many pages there are."""
    return len(pypdfium2.PdfDocument(data))


def pages(data: bytes, *, size: int = PAGE_PIXELS) -> Iterator[Page]:
    """Return the first pages, each drawn with a longer side of `size` pixels.

    Raises pypdfium2.PdfiumError where it is no PDF or needs a password.
    """
    document = pypdfium2.PdfDocument(data)
    left = MOST_TEXT
    for index in range(min(len(document), MOST_PAGES)):
        page = document[index]
        text = _text(page, left)
        left -= len(text)
        yield Page(image=_drawn(page, size), text=text, pixels=None if text.strip() else _scanned(page))
        page.close()


def drawn(data: bytes, *, page: int, width: int) -> Image.Image:
    """Return a page, counted from 1, drawn `width` points wide; a very long one narrower.

    Raises IndexError where there is no such page, and what pages() raises.
    """
    document = pypdfium2.PdfDocument(data)
    if not 1 <= page <= len(document):
        raise IndexError(page)
    found = document[page - 1]
    across, down = (max(side, 1.0) for side in found.get_size())
    most = (MOST_DRAWN_POINTS / (across * down)) ** 0.5
    picture: Image.Image = found.render(scale=min(width / across, most)).to_pil()
    return picture.convert("RGB")


def _text(page: pypdfium2.PdfPage, most: int) -> str:
    text = page.get_textpage()
    found = text.get_text_range(0, min(text.count_chars(), most)) if most > 0 else ""
    text.close()
    return found


def _drawn(page: pypdfium2.PdfPage, size: int) -> Image.Image:
    longer = max(*page.get_size(), 1.0)
    drawn: Image.Image = page.render(scale=min(size / longer, _MOST_SCALE)).to_pil()
    return drawn.convert("RGB")


def _scanned(page: pypdfium2.PdfPage) -> int | None:
    """The longer side, in pixels, of the picture that a scanner laid on the page; None for none."""
    sizes = [
        max(picture.get_px_size())
        for picture in page.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_IMAGE], max_depth=3)
    ]
    # Some scanners lay a page in strips or tiles: many pictures say nothing about the sharpness of the whole.
    return sizes[0] if len(sizes) == 1 else None
