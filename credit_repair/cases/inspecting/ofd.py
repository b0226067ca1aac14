"""OFD files: the text of their pages, and the pictures in them."""

import re
import zipfile
from collections.abc import Iterator
from io import BytesIO

from defusedxml import ElementTree

from credit_repair.cases.inspecting import picture
from credit_repair.cases.inspecting.limits import MOST_PAGES, PAGE_PIXELS
from credit_repair.cases.inspecting.pages import Page

_PAGE = re.compile(r"(?:^|/)Pages/Page_(\d+)/Content\.xml$", re.IGNORECASE)
_PICTURE = re.compile(r"\.(?:jpe?g|png)$", re.IGNORECASE)
_MOST_ENTRIES = 2000
_MOST_BYTES = 20 * 1024 * 1024
#: What draws something on a page besides text.
_DRAWING = {"PathObject", "ImageObject", "CompositeObject", "PageBlock"}


def count(data: bytes) -> int:
    """Return how many pages there are."""
    with zipfile.ZipFile(BytesIO(data)) as archive:
        return len(_contents(archive))


def pages(data: bytes, *, size: int = PAGE_PIXELS) -> Iterator[Page]:
    """Return the text of the first pages, then each picture as a page: a scan in an OFD is a picture.

    A page is not drawn, so nothing is said about its look. Raises zipfile.BadZipFile, ValueError or
    ElementTree.ParseError where it is none.
    """
    with zipfile.ZipFile(BytesIO(data)) as archive:
        contents = _contents(archive)
        if not contents:
            raise ValueError("no page")
        for name in contents[:MOST_PAGES]:
            yield Page(image=None, text=_text(archive, name))
        pictures = [name for name in archive.namelist() if _PICTURE.search(name)]
        for name in pictures[:MOST_PAGES]:
            yield from picture.pages(_read(archive, name), size=size)


def _contents(archive: zipfile.ZipFile) -> list[str]:
    names = archive.namelist()
    if len(names) > _MOST_ENTRIES:
        raise ValueError("too many entries")
    numbered = [(int(found.group(1)[:6]), name) for name in names if (found := _PAGE.search(name))]
    return [name for _number, name in sorted(numbered)]


def _read(archive: zipfile.ZipFile, name: str) -> bytes:
    """Read an entry, but no more than it may be: what its head says of its size may be a lie."""
    with archive.open(name) as entry:
        data = entry.read(_MOST_BYTES + 1)
    if len(data) > _MOST_BYTES:
        raise ValueError("entry too large")
    return data


def _text(archive: zipfile.ZipFile, name: str) -> str:
    root = ElementTree.fromstring(_read(archive, name))
    return "".join(node.text or "" for node in root.iter() if node.tag.rpartition("}")[2] == "TextCode")
