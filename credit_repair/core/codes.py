"""Codes that are printed, typed and read out: unguessable, and of signs that nobody mistakes."""

import re
import secrets
import unicodedata

#: Letters and digits that nobody mistakes for one another on paper or on the telephone: 5 bits each.
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


def new_code(letters: int) -> str:
    """Return a code of that many letters, 5 random bits each, without hyphens."""
    return "".join(secrets.choice(ALPHABET) for _position in range(letters))


def read_code(text: str, *, letters: int) -> str | None:
    """Return the code that a person typed as it is stored; None where it can be none.

    Small letters, wide ones, blanks and hyphens of any sort do no harm.
    """
    wide = unicodedata.normalize("NFKC", text).upper()
    code = re.sub(r"[\s‐-―−ー-]", "", wide)
    return code if re.fullmatch(rf"[{ALPHABET}]{{{letters}}}", code) else None


def in_groups(code: str) -> str:
    """Return a code in groups of four, as it is printed: K7Q4-29XM-…"""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))
