"""Reasons are counted as documents count."""

import pytest

from credit_repair.notices.templatetags.counting import chinese, counted


def test_several_lines_are_counted_and_a_single_one_is_not() -> None:
    assert counted(("甲",)) == ["甲"]
    assert counted(("甲", "乙")) == ["（一）甲", "（二）乙"]


@pytest.mark.parametrize(
    ("number", "words"), [(1, "一"), (10, "十"), (12, "十二"), (20, "二十"), (21, "二十一"), (99, "九十九")]
)
def test_numbers_are_written_in_chinese(number: int, words: str) -> None:
    assert chinese(number) == words
