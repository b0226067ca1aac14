"""From a file to facts."""

from collections.abc import Callable, Iterator, Sequence
from types import ModuleType
from typing import Any

import pypdfium2

from credit_repair.cases.inspecting import ofd, pdf, picture
from credit_repair.cases.inspecting.codes import check_codes, letter_codes
from credit_repair.cases.inspecting.ink import ink_of
from credit_repair.cases.inspecting.pages import Page, look_of
from credit_repair.cases.inspecting.text import found_in

#: No document of ours has more than its own; a file with many is none.
MOST_CHECK_CODES = 20

_READERS: dict[str, ModuleType] = {
    "application/pdf": pdf,
    "image/jpeg": picture,
    "image/png": picture,
    "application/ofd": ofd,
}


def facts(data: bytes, *, mime: str, sought: Sequence[str]) -> dict[str, Any]:
    """Return what can be seen in a file.

    kind      pdf, picture or ofd
    pages     how many there are
    looks     of each page that was looked at, see pages.look_of()
    letters   the letters of ours in it: [{"document": identity, "page": from 1}]
    chars, numbers, codes, sought, found   see text.found_in()
    locked    the only one, and True, where the file needs a password
    """
    reader = _READERS[mime]
    try:
        return _facts(reader, data, sought)
    except pypdfium2.PdfiumError as error:
        if getattr(error, "err_code", None) == pypdfium2.raw.FPDF_ERR_PASSWORD:
            return {"locked": True}
        raise


def _facts(reader: ModuleType, data: bytes, sought: Sequence[str]) -> dict[str, Any]:
    looks, letters, texts = [], [], []
    for number, page in enumerate(_pages(reader, data), start=1):
        codes = letter_codes(page.image) if page.image else []
        letters += [{"document": code.identity, "page": number} for code in codes]
        looks.append(look_of(page, has_code=bool(codes)))
        texts.append(page.text)
    return {
        "kind": reader.__name__.rpartition(".")[2],
        "pages": reader.count(data),
        "looks": looks,
        "letters": letters,
        **found_in(texts, sought=sought),
    }


def ink(data: bytes, *printed: bytes, mime: str, names: Sequence[str]) -> dict[str, Any]:
    """Return, for each of our letters in a scan, whether somebody signed or stamped it; see ink.ink_of()."""
    originals = dict(zip(names, printed, strict=True))
    found: dict[str, Any] = {}
    for page in _pages(_READERS[mime], data):
        for code in letter_codes(page.image) if page.image else []:
            if code.identity in originals:
                now = ink_of(page, code, original=originals[code.identity])
                found[code.identity] = _stronger(found.get(code.identity), now)
    return found


def _stronger(one: dict[str, Any] | None, other: dict[str, Any]) -> dict[str, Any]:
    """Of two pictures of one letter, the one on which it is signed."""
    return other if one is None or not one["signed"] else one


def _pages(reader: ModuleType, data: bytes) -> Iterator[Page]:
    found: Iterator[Page] = reader.pages(data)
    return found


def checks(data: bytes, *, mime: str) -> dict[str, Any]:
    """Return the check codes 核验码 in a file: {"codes": [16 letters each, every one once]}."""
    found: dict[str, None] = {}
    for page in _pages(_READERS[mime], data):
        found |= dict.fromkeys(check_codes(page.image, page.text))
        if len(found) >= MOST_CHECK_CODES:
            break
    return {"codes": list(found)[:MOST_CHECK_CODES]}


TASKS: dict[str, Callable[..., dict[str, Any]]] = {"facts": facts, "ink": ink, "checks": checks}
