"""What officials write for everybody to read, in a public notice 公告 or as a reason on the page of a check:
no number of a person stands in it, however it is set apart."""

import re
import unicodedata
from collections.abc import Iterator

from django.utils.translation import gettext as _

from credit_repair.registry.personal_numbers import without_personal_numbers

#: What may stand between two digits of one number: blanks, dashes, dots, brackets, and what nobody sees.
_UNSEEN = "\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0001-\U000e007f"
_GAP = rf"[\s\-‐-―−－.．·_()（）/{_UNSEEN}]*"
#: Looked for at every place where a group of digits begins, because two numbers can follow each other.
_IDENTITIES = [
    re.compile(rf"(?<!\d)(?=(\d(?:{_GAP}\d){{16}}{_GAP}[\dXxＸｘ])(?!\d))"),
    re.compile(rf"(?<!\d)(?=(\d(?:{_GAP}\d){{14}})(?!\d))"),
]
_MOBILE = re.compile(rf"(?<!\d)(?=(?:(?:00)?86)?{_GAP}(1{_GAP}[3-9](?:{_GAP}\d){{9}})(?!\d))")
_GAPS = re.compile(_GAP)


def refusal(text: str, *, known: str = "") -> str:
    """Return in words why `text` may not be published; empty where it may.

    :param known: a text whose telephone numbers are the office's own, and may stand.
    """
    plain = unicodedata.normalize("NFKC", text)
    if any(True for _found in _identities_in(plain)):
        return _("这里写的内容任何人都可以看到，不要写身份证号码。请删去以后再提交。")
    if _mobiles_in(plain) - _mobiles_in(unicodedata.normalize("NFKC", known)):
        return _("这里写的内容任何人都可以看到，不要写个人的手机号码。请写单位的联系电话。")
    return ""


def masked(text: str) -> str:
    """Return `text` as anybody may read it: every identity number in it is masked, however it is spaced."""
    for start, end, hidden in sorted(_identities_in(text), reverse=True):
        text = text[:start] + hidden + text[end:]
    return text


def _identities_in(text: str) -> Iterator[tuple[int, int, str]]:
    """Find the identity numbers: where each begins and ends, and how it is masked; none overlaps another."""
    taken = 0
    found = sorted(
        (each.span(1) for pattern in _IDENTITIES for each in pattern.finditer(text)),
        key=lambda span: (span[0], -span[1]),
    )
    for start, end in found:
        number = _joined(text[start:end])
        hidden = without_personal_numbers(number)
        if start >= taken and hidden != number:
            taken = end
            yield start, end, hidden


def _mobiles_in(text: str) -> set[str]:
    return {_joined(each[1]) for each in _MOBILE.finditer(text)}


def _joined(number: str) -> str:
    return unicodedata.normalize("NFKC", _GAPS.sub("", number))
