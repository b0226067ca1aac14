"""What the columns of a record say, in words, about its sector, its procedure and its authority.

The penalty table has no columns for these three. The office carries its kind and sector; where it does not,
the words of ``data/hints.yaml`` speak, and an official may set them on the record with a reason.
"""

from collections.abc import Mapping

from .book import Hint, RuleBook
from .loader import national_book
from .types import AUTHORITY_NAMES, Basis, Hints

HINTS_SOURCE = "hints"

_FIELD_NAMES = {
    "legal_basis": "处罚依据",
    "doc_no": "文号",
    "authority_name": "机关名称",
    "facts": "违法事实",
}
_GIVES_NAMES = {"sector": "行业", "procedure": "程序", "authority_kind": "机关类别"}
_VALUE_NAMES = {"simple": "简易程序", "ordinary": "普通程序"} | AUTHORITY_NAMES


def derive_hints(
    *,
    legal_basis: str = "",
    doc_no: str = "",
    authority_name: str = "",
    facts: str = "",
    book: RuleBook | None = None,
) -> Hints:
    """Find sector, procedure and kind of authority in the words of a record.

    :param legal_basis: 处罚依据; of several laws, the one named first decides.
    :param doc_no: 行政处罚决定书文号.
    :param authority_name: 处罚机关.
    :param facts: 违法事实.
    :param book: whose hints count; the national one by default.
    :returns: what was found, else no sector, ordinary procedure, other authority; a reason for each find.
    """
    book = book or national_book()
    texts = {"legal_basis": legal_basis, "doc_no": doc_no, "authority_name": authority_name, "facts": facts}
    found = {gives: _first(gives, texts, book) for gives in _GIVES_NAMES}
    sector, procedure, authority = found["sector"], found["procedure"], found["authority_kind"]
    return Hints(
        sector=sector.value if sector else None,
        procedure="simple" if procedure and procedure.value == "simple" else "ordinary",
        authority_kind="market" if authority and authority.value == "market" else "other",
        basis=tuple(_reason(hint, book) for hint in found.values() if hint),
    )


def _first(gives: str, texts: Mapping[str, str], book: RuleBook) -> Hint | None:
    """The hint whose word stands first in its text; the order of the file settles a tie."""
    hits = [hint for hint in book.hints if hint.gives == gives and hint.word in texts[hint.field]]
    return min(hits, key=lambda hint: texts[hint.field].index(hint.word), default=None)


def _reason(hint: Hint, book: RuleBook) -> Basis:
    meaning = book.sectors[hint.value] if hint.gives == "sector" else _VALUE_NAMES[hint.value]
    text = f"{_FIELD_NAMES[hint.field]}中有“{hint.word}”，{_GIVES_NAMES[hint.gives]}按“{meaning}”处理"
    return Basis(text, HINTS_SOURCE, hint.mark)
