"""Identity numbers that stand where a public code or a text belongs: masked before anybody reads them."""

import re
import unicodedata

#: A resident identity number in a text, of 18 places or, before 1999, of 15.
_RESIDENT = re.compile(
    r"(?<!\d)(\d{4})(?:\d{2}(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])\d{2}(\d[\dXx])"
    r"|\d{4}(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])\d(\d{2}))(?!\d)"
)
#: How one begins, also where a digit is missing or too many at its end.
_BEGINS_LIKE_RESIDENT = re.compile(r"\d{6}(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])")
_STARS = "*" * 12
_SHOWN = 40


def without_personal_numbers(text: str) -> str:
    """Return `text` with every resident identity number in it masked."""
    return _RESIDENT.sub(lambda found: f"{found[1]}{_STARS}{found[2] or found[3]}", text)


def looks_personal(text: str) -> bool:
    """Whether `text` looks like a resident identity number, however it is spaced and though it be a digit
    short or long."""
    plain = "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text)))
    return bool(_BEGINS_LIKE_RESIDENT.search(plain) or _RESIDENT.search(plain))


def shown_code(text: str, *, personal: bool = False) -> str:
    """Return what stands in a column of codes as a report may repeat it, 40 characters at most.

    What looks like a resident identity number is masked, however it is spaced and though it be a digit short
    or long. With `personal`, whatever stands there is a person's number, and masked.
    """
    plain = "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text)))
    if personal or looks_personal(text):
        return f"{plain[:4]}{_STARS}{plain[-2:]}" if len(plain) > 8 else _STARS
    return text[:_SHOWN]
