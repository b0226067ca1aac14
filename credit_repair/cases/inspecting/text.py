"""What is kept of a text: which of the sought names occur, document numbers 文号, credit codes."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any

from stdnum.cn import ric, uscc

_BRACKETS = str.maketrans("〔〕【】()", "[][][]")
#: [濉]交罚[2026]12号, with what stands before it as far as it may belong to it.
_NUMBER = re.compile(r"([\u4e00-\u9fff\[\]]{1,18})(\[\d{4}\]第?[A-Z]?\d{1,7}(?:-\d{1,4})?号)")
#: Words after which a number begins that nothing sets apart from them.
_BEFORE_NUMBER = re.compile(
    r".*(?:依据|根据|按照|关于|作出的?|下达的?|决定书|通知书|文书号|文号|编号|案号|及|和|与|的|为|以)"
)
_CODE = re.compile(r"(?<![0-9A-Z])[0-9A-HJ-NPQRTUWXY]{18}(?![0-9A-Z])")
_MOST_FOUND = 20


def plain(text: str) -> str:
    """Return a text as names and numbers are looked for in it: width, case, blanks, brackets aside."""
    return "".join(unicodedata.normalize("NFKC", text).upper().translate(_BRACKETS).split())


def found_in(texts: Sequence[str], *, sought: Iterable[str]) -> dict[str, Any]:
    """Return what is kept of the text of a file; the text itself is not."""
    whole = plain("".join(texts))
    return {
        "chars": len(whole),
        "numbers": _first(_without_words(*match) for match in _NUMBER.findall(whole)),
        "codes": _first(_codes(texts, whole)),
        "sought": list(sought),
        "found": [name for name in sought if plain(name) and plain(name) in whole],
    }


def _without_words(prefix: str, rest: str) -> str:
    """A number without the words before it; a bracket that was opened before it is none of its own."""
    prefix = _BEFORE_NUMBER.sub("", prefix).lstrip("]")
    if prefix.count("[") > prefix.count("]"):
        prefix = prefix.rpartition("[")[2]
    return f"{prefix}{rest}"


def _codes(texts: Sequence[str], whole: str) -> Iterable[str]:
    """Valid credit codes. What may be a person's identity number is none."""
    spaced = unicodedata.normalize("NFKC", " ".join(texts)).upper()
    for code in (*_CODE.findall(spaced), *_CODE.findall(whole)):
        if uscc.is_valid(code) and not ric.is_valid(code):
            yield code


def _first(found: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(found))[:_MOST_FOUND]
