"""How dates, amounts and identity numbers are written in a penalty table."""

import re
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from operator import mul

from django.utils.translation import gettext as _
from stdnum.cn import uscc

from credit_repair.rules import parse_date

#: An amount as tables write it. Nine digits of 万元 are more than any fine, and what SQLite keeps exactly.
_AMOUNT = re.compile(r"[+-]?\d{1,9}(\.\d+)?", re.ASCII)
_SIX_PLACES = Decimal("0.000001")

_CODE = re.compile(r"[0-9A-Z]{18}")
_RESIDENT_ID = re.compile(r"\d{17}[\dX]", re.ASCII)
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECK_CHARACTERS = "10X98765432"


def read_date(cell: str | date) -> date | None:
    """Return the date in a cell, None for an empty one.

    Text is 2026/01/31, 2026-01-31 or 20260131; a date cell of .xlsx is taken as it is.
    Raises ValueError for any other form and for a day that does not exist.
    """
    if isinstance(cell, date):
        return cell
    return _date_of(cell) if cell else None


@lru_cache(maxsize=10_000)  # the same few days on row after row
def _date_of(text: str) -> date:
    return parse_date(text)


@lru_cache(maxsize=10_000)
def read_amount(text: str) -> Decimal | None:
    """Return the amount in 万元 with six decimals (one fen), None for an empty cell.

    Raises ValueError with words for what is no plain number, or one of more than nine digits.
    """
    if not text:
        return None
    if not _AMOUNT.fullmatch(text):
        raise ValueError(_("金额“%(text)s”无法识别") % {"text": text[:40]})
    return Decimal(text).quantize(_SIX_PLACES, rounding=ROUND_HALF_UP)


def read_code(text: str) -> str:
    """Return a unified social credit code as it is compared: capital letters, no blanks around it."""
    return text.strip().upper()


@lru_cache(maxsize=50_000)  # a table names the same authorities, and often subjects, on row after row
def is_credit_code(code: str) -> bool:
    """Whether `code` is a valid unified social credit code 统一社会信用代码 (GB 32100-2015)."""
    # The library would forgive blanks, dashes and small letters.
    return bool(_CODE.fullmatch(code)) and uscc.is_valid(code)


def public_code(text: str) -> str:
    """Return a valid unified social credit code as it is compared; nothing for what is none.

    What is none may be somebody's identity number.
    """
    code = read_code(text)
    return code if is_credit_code(code) else ""


def is_resident_id(number: str) -> bool:
    """Whether `number` can be a resident identity number 居民身份证号码.

    Only length, birth date and check character count. The district does not: districts are renamed and
    merged, and numbers given out before that stay valid.
    """
    number = number.strip().upper()
    if not _RESIDENT_ID.fullmatch(number):
        return False
    try:
        date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return False
    total = sum(map(mul, map(int, number[:17]), _ID_WEIGHTS))
    return number[17] == _ID_CHECK_CHARACTERS[total % 11]
