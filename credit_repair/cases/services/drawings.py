"""Pages of stored files as pictures, for who looks at the evidence 核对材料; each is drawn once and kept.

They are drawn by the reading process, which has limits, and kept beside the files by what the file contains:
when the last file with that content goes, they go with it.
"""

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from credit_repair.cases.inspecting.process import ReaderDied, drawn_page
from credit_repair.cases.models import StoredFile

#: How many points wide a page can be had: to look it over, and to read what is small.
WIDTHS = (900, 1800)
#: Pages that are drawn; of a longer file the rest is to be downloaded.
MOST_PAGES = 60
_DRAWN = frozenset({"application/pdf", "image/jpeg", "image/png"})
_FOLDER = "drawn"
#: How long a drawing is kept that nobody may ask for any more.
_KEPT = timedelta(days=30)
#: How long a page that brought the reader down is not tried again, in seconds.
_NOT_AGAIN = 3600
#: Readers at work at once in one process of the site, and seconds that a request waits for its turn.
_AT_ONCE = threading.BoundedSemaphore(2)
_PATIENCE = 15


class CannotDraw(Exception):
    """There is no such page, or nothing of the file can be drawn."""


class TooBusy(Exception):
    """Other pages are being drawn; a little later it will do."""


def pages_of(stored: StoredFile) -> int:
    """Return how many pages of a file can be shown as pictures: 0 for an OFD or a file that nobody can open.

    A PDF that was not looked into yet shows its first page.
    """
    if stored.mime not in _DRAWN or stored.facts.get("unreadable"):
        return 0
    return min(int(stored.facts.get("pages", 1)), MOST_PAGES) if stored.mime == "application/pdf" else 1


def page_picture(*, stored: StoredFile, page: int, width: int) -> bytes:
    """Return a page of a file, counted from 1, as a PNG.

    width    in points, one of WIDTHS
    Raises CannotDraw where there is none, TooBusy where it must wait.
    """
    if width not in WIDTHS or not 1 <= page <= pages_of(stored):
        raise CannotDraw
    name = f"{_folder(stored.sha256)}/{page}-{width}.png"
    try:
        with default_storage.open(name) as kept:
            return bytes(kept.read())
    except FileNotFoundError:
        drawn = _drawn(stored, page, width)
    if not default_storage.exists(name):
        default_storage.save(name, ContentFile(drawn))
    return drawn


def _drawn(stored: StoredFile, page: int, width: int) -> bytes:
    failed = f"undrawable:{stored.sha256}:{page}"
    if cache.get(failed):
        raise CannotDraw
    if not _AT_ONCE.acquire(timeout=_PATIENCE):
        raise TooBusy
    try:
        with stored.file.open("rb") as file:
            return drawn_page(file.read(), mime=stored.mime, page=page, width=width)
    except ReaderDied:
        cache.set(failed, 1, _NOT_AGAIN)
        raise CannotDraw from None
    finally:
        _AT_ONCE.release()


def forget_drawings(sha256: str) -> None:
    """Delete the drawings of a content that no file has any more."""
    if StoredFile.objects.filter(sha256=sha256).exists():
        return
    for name in _names(sha256):
        default_storage.delete(name)
    _drop_folder(sha256)


def sweep_drawings(*, now: datetime) -> int:
    """Delete drawings after a month, they can be made again; return how many."""
    deleted = 0
    for sha256 in _folders():
        names = list(_names(sha256))
        old = [name for name in names if default_storage.get_modified_time(name) < now - _KEPT]
        for name in old:
            default_storage.delete(name)
        if len(old) == len(names):
            _drop_folder(sha256)
        deleted += len(old)
    return deleted


def _folder(sha256: str) -> str:
    return f"{_FOLDER}/{sha256}"


def _folders() -> list[str]:
    try:
        return list(default_storage.listdir(_FOLDER)[0])
    except FileNotFoundError:
        return []


def _names(sha256: str) -> Iterator[str]:
    try:
        files = default_storage.listdir(_folder(sha256))[1]
    except FileNotFoundError:
        return
    for file in files:
        yield f"{_folder(sha256)}/{file}"


def _drop_folder(sha256: str) -> None:
    """A folder of a disk; elsewhere there are none. One in which somebody is drawing just now stays."""
    try:
        default_storage.delete(_folder(sha256))
    except OSError:
        return
