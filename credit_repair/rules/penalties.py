"""From the penalty column of a spreadsheet (处罚类别) to the names that the rules use."""

import re
import unicodedata
from functools import lru_cache

from .book import PenaltyWords, RuleBook
from .loader import national_book


class UnknownPenaltyType(ValueError):  # noqa: N818 - the name of the import code
    """A penalty type neither in the list nor among the aliases; import code ``unknown_penalty_type``."""

    def __init__(self, name: str) -> None:
        super().__init__(f"不认识的处罚类别“{name}”" if name else "处罚类别为空")
        self.name = name


def parse_penalty_types(text: str, *, book: RuleBook | None = None) -> tuple[str, ...]:
    """Split a penalty column and translate each part into its canonical name.

    :param text: e.g. ``罚款；没收违法所得;责令停止执业``; half and full width are the same.
    :param book: whose types and aliases count; the national one by default.
    :returns: canonical names, each once, in the order of the text.
    :raises UnknownPenaltyType: with the part as written in ``name``; empty when there is none at all.
    """
    return _parse(text, book or national_book())


@lru_cache(maxsize=4096)
def _parse(text: str, book: RuleBook) -> tuple[str, ...]:
    parts = [part for part in _splitter(book.words).split(text) if part]
    if not parts:
        raise UnknownPenaltyType("")
    return tuple(dict.fromkeys(_canonical(part, book) for part in parts))


def _canonical(part: str, book: RuleBook) -> str:
    names = _names(book)
    plain = _normal(part)
    if plain in names:
        return names[plain]
    for prefix in book.words.prefixes:
        rest = plain.removeprefix(_normal(prefix))
        if rest != plain and rest in names:
            return names[rest]
    raise UnknownPenaltyType(part.strip())


@lru_cache(maxsize=8)
def _names(book: RuleBook) -> dict[str, str]:
    names = {_normal(alias.alias): alias.name for alias in book.words.aliases}
    return names | {_normal(kind.name): kind.name for kind in book.penalty_types}


@lru_cache(maxsize=8)
def _splitter(words: PenaltyWords) -> re.Pattern[str]:
    return re.compile(f"[{re.escape(words.separators)}\\s]+")


def _normal(text: str) -> str:
    """Full width to half width, every dash the same."""
    return re.sub(r"[‐‑‒–—―−ー_]+", "-", unicodedata.normalize("NFKC", text).strip())
