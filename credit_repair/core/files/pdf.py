"""Whether a PDF is no more than paper: it opens without a password, has pages, runs nothing, carries nothing.

Every object that a viewer follows from the catalogue is looked at, with limits of its own on time and
number: what costs too much to look at is refused.
"""

import io
import logging
import time
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _
from pypdf import Configuration, PdfReader, apply_configuration
from pypdf.errors import PdfReadError
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, StreamObject

from credit_repair.core.files.refusals import CarriesAFile, UploadRefused

MOST_PAGES = 200
#: Enough for a scan or a form of that many pages, with bookmarks and fields.
MOST_OBJECTS = 50_000
LONGEST_SECONDS = 6.0

_LIMITS = Configuration(
    maximum_declared_stream_length=40_000_000,
    zlib_maximum_output_length=40_000_000,
    stream_decoding_work_maximum_length=80_000_000,
)
_MOST_XREF_ENTRIES = 300_000
#: Actions that run something, send something, or open another file.
_ACTIVE = {
    "/JavaScript",
    "/Launch",
    "/ImportData",
    "/SubmitForm",
    "/GoToE",
    "/RichMediaExecute",
    "/Rendition",
}
_MEDIA = {"/RichMedia", "/3D", "/Movie", "/Sound", "/Screen"}
#: What is drawn, and the way back up: nothing there is ever run.
_NOT_FOLLOWED = {
    "/Parent",
    "/P",
    "/Resources",
    "/Contents",
    "/AP",
    "/DR",
    "/Thumb",
    "/Metadata",
    "/StructTreeRoot",
    "/OCProperties",
    "/OutputIntents",
}
# What it finds odd in strangers' files is told to the person, not to the operator.
logging.getLogger("pypdf").setLevel(logging.ERROR)


class _TimeUp(BaseException):
    """Not an Exception: the reader mends what it can, and this must go through."""


class _Timed(io.BytesIO):
    """A file that may be read only for so long."""

    def __init__(self, content: bytes, until: float) -> None:
        super().__init__(content)
        self.until = until

    def read(self, size: int | None = -1, /) -> bytes:
        if time.monotonic() > self.until:
            raise _TimeUp
        return super().read(size)


def check_pdf(content: bytes) -> None:
    """Look at a PDF as far as a viewer would follow it.

    Raises UploadRefused with words where it is broken, locked, too long, runs something or carries
    another file.
    """
    try:
        with apply_configuration(_LIMITS):
            _check(content, time.monotonic() + LONGEST_SECONDS)
    except UploadRefused:
        raise
    except (_TimeUp, MemoryError, RecursionError) as error:
        raise UploadRefused(_too_complex()) from error
    except Exception as error:  # whatever a broken file makes the reader fail in
        if b"/Encrypt" in content:
            raise UploadRefused(_locked()) from error
        raise UploadRefused(_broken()) from error


def _check(content: bytes, until: float) -> None:
    reader = _open(content, until)
    if reader.is_encrypted:
        raise UploadRefused(_locked())
    root = reader.root_object
    tree = _resolved(root.get("/Pages"))
    pages = _count_pages(tree)
    said = _resolved(tree.get("/Count")) if isinstance(tree, DictionaryObject) else 0
    if isinstance(said, int) and pages < said <= MOST_PAGES:
        raise UploadRefused(_broken())
    if pages == 0:
        raise UploadRefused(_("这个PDF里没有一页内容，请重新扫描或另存后再上传。"))
    if pages > MOST_PAGES:
        raise UploadRefused(
            _("这个PDF超过%(most)s页，请只上传需要的几页，或分成几个文件上传。") % {"most": MOST_PAGES}
        )
    for found in _dictionaries(root, until):
        _refuse_active(found)


def _open(content: bytes, until: float) -> PdfReader:
    """Open a PDF; one whose table of contents is missing is searched for its objects, as viewers do."""
    try:
        return PdfReader(_Timed(content, until), xref_stream_maximum_entries=_MOST_XREF_ENTRIES)
    except PdfReadError:
        mended = content + b"\nstartxref\n0\n%%EOF\n"
        return PdfReader(_Timed(mended, until), xref_stream_maximum_entries=_MOST_XREF_ENTRIES)


def _count_pages(tree: Any) -> int:
    """Count the leaves of the page tree, up to one more than may be; a tree that goes round in a circle
    has none."""
    pages, steps, waiting = 0, 0, [tree]
    while waiting and pages <= MOST_PAGES:
        steps += 1
        if steps > MOST_OBJECTS:
            raise UploadRefused(_too_complex())
        node = _resolved(waiting.pop())
        if not isinstance(node, DictionaryObject):
            continue
        kids = node.get("/Kids")
        if isinstance(kids, ArrayObject):
            waiting.extend(kids)
        else:
            pages += 1
    return pages


def _dictionaries(root: DictionaryObject, until: float) -> Iterator[DictionaryObject]:
    """Return every dictionary that can be come to from `root`, each once."""
    seen: set[tuple[int, int]] = set()
    waiting: list[Any] = [root]
    looked_at = 0
    while waiting:
        node = waiting.pop()
        if isinstance(node, IndirectObject):
            name = (node.idnum, node.generation)
            if name in seen:
                continue
            seen.add(name)
            node = node.get_object()
        if not isinstance(node, DictionaryObject | ArrayObject):
            continue
        looked_at += 1
        if looked_at > MOST_OBJECTS:
            raise UploadRefused(_too_complex())
        if time.monotonic() > until:
            raise _TimeUp
        if isinstance(node, ArrayObject):
            waiting.extend(list.__iter__(node))
        else:
            yield node
            waiting.extend(node.raw_get(key) for key in node if str(key) not in _NOT_FOLLOWED)


def _refuse_active(found: DictionaryObject) -> None:
    if "/XFA" in found:
        raise UploadRefused(
            _("这个PDF是填写用的动态表单，不能直接上传。请填好后用“打印为PDF”另存一份再上传。")
        )
    if "/JS" in found or _name(found, "/S") in _ACTIVE:
        raise UploadRefused(
            _("这个PDF里有会自动运行的内容，为了安全不能接收。请用“打印为PDF”另存一份后再上传。")
        )
    if "/EF" in found and not _is_invoice_data(found):
        raise CarriesAFile(
            _("这个PDF里夹带了别的文件，不能接收。请用“打印为PDF”另存一份，夹带的文件另外上传。")
        )
    if _name(found, "/Subtype") in _MEDIA:
        raise UploadRefused(_("这个PDF里有视频、声音或动画，不能接收。请用“打印为PDF”另存一份后再上传。"))


def _is_invoice_data(found: DictionaryObject) -> bool:
    """Whether a file that a PDF carries is no more than the data of an electronic invoice 电子发票.

    Every such invoice carries them, and is the proof that people have: XML by its name and its first letters.
    """
    name = str(found.get("/UF") or found.get("/F") or "")
    carried = _resolved(found.get("/EF"))
    if not name.lower().endswith(".xml") or not isinstance(carried, DictionaryObject):
        return False
    streams = [_resolved(carried.raw_get(key)) for key in carried]
    return bool(streams) and all(
        isinstance(stream, StreamObject)
        and stream.get_data().lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<?xml")
        for stream in streams
    )


def _name(found: DictionaryObject, key: str) -> str:
    return str(found.get(key, "")) if key in found else ""


def _resolved(node: Any) -> Any:
    return node.get_object() if isinstance(node, IndirectObject) else node


def _broken() -> str:
    return _("这个PDF不完整或者已经损坏，打不开。请重新扫描，或用“打印为PDF”另存一份后再上传。")


def _locked() -> str:
    return _("这个PDF有密码或者限制，打不开。请去掉密码，或用“打印为PDF”另存一份后再上传。")


def _too_complex() -> str:
    return _("这个PDF的结构过于复杂，不能检查。请用“打印为PDF”另存一份后再上传。")
