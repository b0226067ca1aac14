"""What both languages write in their own way: days, lists, a label and what it is of, words in brackets."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from credit_repair.core.languages import reads_chinese

_CHINESE = {
    "date": "Y年n月j日",
    "day": "n月j日",
    "month": "Y年n月",
    "month_name": "n月",
    "datetime": "Y年n月j日 H:i",
    "moment": "Y年n月j日 H:i:s",
    "iso": "Y-m-d",
}
_ENGLISH = {
    "date": "j F Y",
    "day": "j F",
    "month": "F Y",
    "month_name": "F",
    "datetime": "j F Y, H:i",
    "moment": "j F Y, H:i:s",
    "iso": "Y-m-d",
}


def day_text(value: date | datetime | None, style: str = "date") -> str:
    """Return a day as people write it: 2026年11月20日, 20 November 2026; nothing for none.

    `style`: date, day (without the year), month, month_name (without the year), datetime (of a time; of a day
    it is the day), moment (with seconds), iso.
    """
    if not value:
        return ""
    if isinstance(value, datetime):
        value = timezone.localtime(value) if timezone.is_aware(value) else value
    elif style in ("datetime", "moment"):
        style = "date"
    formats = _CHINESE if reads_chinese() else _ENGLISH
    return str(date_format(value, formats.get(style, formats["date"])))


def listed(parts: Iterable[Any]) -> str:
    """Join the members of a list: 甲、乙."""
    return _("、").join(str(part) for part in parts)


def clauses(parts: Iterable[Any]) -> str:
    """Join what stands more apart: 甲；乙."""
    return _("；").join(str(part) for part in parts)


def sentences(*whole: Any) -> str:
    """Let whole sentences follow each other: Chinese ones closely, English ones after a space."""
    return ("" if reads_chinese() else " ").join(str(sentence) for sentence in whole if str(sentence))


def stated(label: Any, words: Any) -> str:
    """Say of what the words are: 原因：更正."""
    return f"{label}{_('：')}{words}"


def bracketed(words: Any) -> str:
    """Put words behind others into brackets: （暂定）."""
    return f"{_('（')}{words}{_('）')}"
