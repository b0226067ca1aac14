"""By what a record and a subject are known again."""

import unicodedata
from datetime import date
from functools import lru_cache

from credit_repair.core.crypto import keyed_hash
from credit_repair.registry.names import bare_name

#: The brackets around the year of a document number, as they are typed. NFKC has made half width of the rest.
_BRACKETS = str.maketrans("〔〕【】", "[][]")


def natural_key(*, doc_no: str, authority_code: str, subject_key: str) -> str:
    """Return the natural key of a penalty record: 文号, authority's code, subject's code.

    `subject_key` is `Subject.key`: the code, or the keyed hash of a personal number.
    """
    return f"{document_key(doc_no)}|{authority_code}|{subject_key}"


def list_entry_no(list_name: str, entered_on: date) -> str:
    """Return what stands for the document number of an entry on a list: the list and the day of the entry."""
    return f"{list_name}@{entered_on.isoformat()}"


@lru_cache(maxsize=8192)  # an import asks again and again, for the key and for its length
def document_key(doc_no: str) -> str:
    """Return by what a document number 文号 is known: width, case, blanks and kinds of brackets aside."""
    plain = unicodedata.normalize("NFKC", doc_no).upper().translate(_BRACKETS)
    return "".join(plain.split())


def personal_key(number: str) -> str:
    """Return the key of a natural person by the number of an identity document 证件号码."""
    return keyed_hash(number)


def same_name(one: str, other: str) -> bool:
    """Whether two names are one: blanks, full and half width, and case make no other name."""
    return bare_name(one) == bare_name(other)
