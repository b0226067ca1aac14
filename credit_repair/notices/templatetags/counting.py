"""Counting in documents, as GB/T 9704 counts within a text: （一）, （二）."""

from collections.abc import Sequence

from django import template

register = template.Library()

_DIGITS = "一二三四五六七八九"


@register.filter
def counted(lines: Sequence[str]) -> list[str]:
    """Return the lines with their numbers before them; a single one stands without."""
    if len(lines) < 2:
        return list(lines)
    return [f"（{chinese(number)}）{line}" for number, line in enumerate(lines, start=1)]


@register.filter("in_chinese")
def chinese(number: int) -> str:
    """Return a number from 1 to 99 in Chinese: 三, 十, 十二, 二十一."""
    tens, ones = divmod(number, 10)
    return (
        (_DIGITS[tens - 1] if tens > 1 else "") + ("十" if tens else "") + (_DIGITS[ones - 1] if ones else "")
    )
