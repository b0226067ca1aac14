"""Calendar arithmetic on local dates (Asia/Shanghai), without any notion of today."""

import re
from calendar import monthrange
from datetime import date

# The three forms that the 双公示 tables use; every other form is a bad date.
_FORMS = re.compile(r"(\d{4})(?:-(\d\d)-(\d\d)|/(\d\d)/(\d\d)|(\d\d)(\d\d))", re.ASCII)


def add_months(day: date, months: int) -> date:
    """The same day of the month, so many calendar months later, clamped to the end of the month.

    :param day: the day to start from.
    :param months: calendar months, zero or more (or less, to go back).
    :returns: e.g. 2026-11-30 + 3 months = 2027-02-28. As an end of a period it is the last day in it.
    :raises ValueError: when the result lies outside the years 1 to 9999.
    """
    count = day.year * 12 + day.month - 1 + months
    year, month = divmod(count, 12)
    if not date.min.year <= year <= date.max.year:
        raise ValueError("日期超出可以计算的范围")
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def parse_date(text: str) -> date:
    """Read a date written 2026-01-31, 2026/01/31 or 20260131.

    :param text: the text; blanks around it do not matter.
    :returns: the date.
    :raises ValueError: for any other form and for days that do not exist.
    """
    found = _FORMS.fullmatch(text.strip())
    if not found:
        raise ValueError(f"日期“{text}”写法不对，请写成 2026-01-31")
    year, month, day = (int(part) for part in found.groups() if part is not None)
    try:
        return date(year, month, day)
    except ValueError as error:
        raise ValueError(f"日期“{text}”不存在，请核对") from error


def said(day: date) -> str:
    """The day as people read it, e.g. 2026年7月11日."""
    return f"{day.year}年{day.month}月{day.day}日"
