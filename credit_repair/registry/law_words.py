"""What the rules say, in the reader's language.

The rules know no language but Chinese: they make whole sentences, which are also stored with records and
cases. For whoever reads something else, a sentence is found again by its pattern here and said anew, with its
days, classes and amounts. What is quoted from a regulation, and what people have written, stays as it is and
is marked as Chinese. Nothing here changes what a Chinese reader sees.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal
from functools import lru_cache

from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from credit_repair.core.languages import CHINESE, quoted, reads_chinese
from credit_repair.core.wording import day_text, listed
from credit_repair.registry.law_sentences import PATTERNS, TERMS
from credit_repair.registry.wording import PENALTIES, amount, penalty_name
from credit_repair.rules.types import CLASS_NAMES, LIST_NAMES, MARK_NOTES

CLASS_WORDS = {"minor": _l("轻微失信"), "general": _l("一般失信"), "serious": _l("严重失信")}
LIST_WORDS = {
    "serious_list": _l("严重失信主体名单"),
    "abnormal_list": _l("异常名录"),
    "other": _l("其他失信信息"),
}
_MARK_WORDS = {"C": "", "L": _l("（依据间接来源）"), "?": _l("（依据尚待核实）")}
_SECTOR_WORDS = {
    "food": _l("食品"),
    "drug": _l("药品"),
    "special_equipment": _l("特种设备"),
    "work_safety": _l("安全生产"),
    "fire": _l("消防"),
    "environment": _l("生态环境"),
    "health": _l("卫生健康"),
    "construction": _l("住房和城乡建设"),
    "transport": _l("交通运输"),
    "tax": _l("税务"),
    "labour": _l("人力资源和社会保障"),
    "price": _l("价格"),
    "market": _l("市场监督管理"),
}
_DAY = re.compile(r"(\d+)年(\d+)月(\d+)日")


def class_name(code: str | None) -> str:
    """Return what a class 失信等级 is called; nothing for none."""
    return str(CLASS_WORDS.get(code or "", ""))


def list_name(code: str) -> str:
    """Return what a list is called."""
    return str(LIST_WORDS[code])


def sector_name(code: str | None, names: Mapping[str, str]) -> str:
    """Return what a sector is called, by the rules' own `names` where it has none in the catalogue."""
    known = names.get(code or "", code or "")
    found = _SECTOR_WORDS.get(code or "")
    return known if reads_chinese() or found is None else str(found)


def mark_note(mark: str) -> str:
    """Return the note behind a basis that is not confirmed."""
    return MARK_NOTES.get(mark, "") if reads_chinese() else str(_MARK_WORDS.get(mark, ""))


def in_readers_words(text: str) -> str:
    """Return a sentence of the rules in the reader's language; where it has none, marked as Chinese.

    What comes back is safe for a page: marked or plain, it is escaped once.
    """
    if reads_chinese() or not CHINESE.search(text):
        return text
    found = _said_anew(text)
    return quoted(text) if found is None else found


def plain_in_readers_words(text: str) -> str:
    """Return the same without any mark, for a file or a sentence that goes on."""
    return text if reads_chinese() else _said_anew(text) or text


def sentences(texts: Iterable[str]) -> str:
    """Return sentences of the rules, which have no full stop, one after the other."""
    said = [format_html("{}{}", in_readers_words(text), _("。")) for text in texts]
    return format_html_join("" if reads_chinese() else " ", "{}", ((each,) for each in said))


def term(text: str) -> str:
    """Return a fixed term of the rules (a title of an item, of a condition) in the reader's language."""
    return _(text) if text in TERMS else text


def _said_anew(text: str) -> str | None:
    if text in TERMS:
        return _(text)
    for pattern, sentence in _patterns():
        found = pattern.fullmatch(text)
        if found is None:
            continue
        said = _(sentence)
        if said == sentence:
            return None
        return said % {name: _part(name, words) for name, words in found.groupdict().items()}
    return None


@lru_cache(maxsize=1)
def _patterns() -> list[tuple[re.Pattern[str], str]]:
    """The sentences as patterns; what has more fixed words is tried first."""
    return [
        (_pattern(sentence), sentence)
        for sentence in sorted(PATTERNS, key=lambda each: len(re.sub(r"%\(\w+\)s", "", each)), reverse=True)
    ]


def _pattern(sentence: str) -> re.Pattern[str]:
    parts = re.split(r"%\((\w+)\)s", sentence)
    made = [
        re.escape(part) if place % 2 == 0 else f"(?P<{part}>{_SHAPES[part.partition('_')[0]][0]})"
        for place, part in enumerate(parts)
    ]
    return re.compile("".join(made))


def _part(name: str, words: str) -> str:
    return _SHAPES[name.partition("_")[0]][1](words)


def _day(words: str) -> str:
    found = _DAY.fullmatch(words)
    return day_text(date(*map(int, found.groups()))) if found else words


def _one_of(names: Mapping[str, str]) -> str:
    return "|".join(map(re.escape, names.values()))


def _back(names: Mapping[str, str], say: Callable[[str], str]) -> Callable[[str], str]:
    codes = {words: code for code, words in names.items()}
    return lambda words: say(codes[words])


def _inside(say: Callable[[str], str]) -> Callable[[str], str]:
    """A name within a sentence does not begin with a capital."""

    def said(words: str) -> str:
        found = say(words)
        return found[:1].lower() + found[1:]

    return said


_PENALTY = "|".join(map(re.escape, PENALTIES))
#: Kind of a placeholder (its name up to "_") → how it looks in Chinese, how it is said anew.
_SHAPES: dict[str, tuple[str, Callable[[str], str]]] = {
    "day": (_DAY.pattern.replace("(", "(?:"), _day),
    "class": (_one_of(CLASS_NAMES), _inside(_back(CLASS_NAMES, class_name))),
    "list": (_one_of(LIST_NAMES), _inside(_back(LIST_NAMES, list_name))),
    "penalty": (_PENALTY, penalty_name),
    "penalties": (
        f"(?:{_PENALTY})(?:、(?:{_PENALTY}))*",
        lambda words: listed(map(penalty_name, words.split("、"))),
    ),
    "number": (r"\d+", str),
    "amount": (r"[\d.]+", lambda words: amount(Decimal(words))),
    "term": ("|".join(map(re.escape, TERMS)), _inside(_)),
    "sentence": (".+", plain_in_readers_words),
    "words": (".+", str),
}
