"""How wide the date of a document 成文日期 is printed (GB/T 9704): Arabic numerals, no leading zeros."""

from __future__ import annotations

from datetime import date

from credit_repair.rules import said

_DIGIT_EM = 0.5  # digits of the body face are half a character wide


def date_width(day: date) -> float:
    """Return the printed width of `rules.said(day)` in characters (em) of the body face.

    The date's right edge stands four characters from the margin and the issuer is centred over it, so the
    width decides where the issuer's name and the seal stand.
    """
    return sum(_DIGIT_EM if char.isdigit() else 1.0 for char in said(day))
