"""Passwords that somebody else would think of: known words and public numbers, with digits round them.

No kind of character is asked for or forbidden, and no password grows old. What is refused is what is guessed
first: docs/security.md has the words.
"""

import re
import unicodedata
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from stdnum.cn import ric, uscc

#: What this site is about, who works here, and what a password is called: nobody has to guess for long.
CONTEXT_WORDS = frozenset(
    {
        "xinyong",
        "xinyongban",
        "xinyongxiufu",
        "xiufu",
        "chengxin",
        "creditrepair",
        "creditoffice",
        "gongshi",
        "shuangongshi",
        "guanliyuan",
        "shouli",
        "hecha",
        "shenpi",
        "duban",
        "chuangkou",
        "qiye",
        "zhengfu",
        "mima",
        "信用",
        "信用办",
        "信用修复",
        "信用修复服务",
        "诚信",
        "双公示",
        "管理员",
        "密码",
    }
)
#: Digits alone are as good as their number: fewer are soon gone through, and a telephone has eleven.
DIGITS_ENOUGH = 16
#: What is left of a common password says something only from here on.
SHORTEST_WORD = 4
_NO_LETTER = re.compile(r"[\W\d_]+")
_NO_SIGN = re.compile(r"[\W_]+")


class NotEasilyGuessed:
    """Refuses a common word, a word of this site, a public number, each also between digits and signs."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raise ValidationError with words that say what to do."""
        plain = unicodedata.normalize("NFKC", password).casefold()
        letters, bare = _NO_LETTER.sub("", plain), _NO_SIGN.sub("", plain)
        if _is_public_number(bare.upper()) or (bare.isdigit() and len(bare) < DIGITS_ENOUGH):
            raise ValidationError(
                _("请不要用电话号码、证件号码、信用代码或一串数字作密码，别人很容易试出来。"),
                code="password_is_a_number",
            )
        if letters in words_of_this_site() or letters in common_words():
            raise ValidationError(
                _("请不要只用常见的词或本网站的名称加数字作密码。可以把几个不相干的词连在一起。"),
                code="password_is_a_known_word",
            )

    def get_help_text(self) -> str:
        """Return what the form says beforehand."""
        return _("请不要用常见的词、电话号码或证件号码作密码。")


def words_of_this_site() -> frozenset[str]:
    """Return the words that everybody here knows, the site's own name and host among them."""
    own = [settings.SITE_NAME, *settings.SITE_HOST_NAME.split(".")]
    return CONTEXT_WORDS | {_NO_LETTER.sub("", word.casefold()) for word in own} - {""}


@lru_cache(maxsize=1)
def common_words() -> frozenset[str]:
    """Return Django's list of common passwords, each without its digits and signs."""
    words = (_NO_LETTER.sub("", word) for word in CommonPasswordValidator().passwords)
    return frozenset(word for word in words if len(word) >= SHORTEST_WORD)


def _is_public_number(number: str) -> bool:
    return ric.is_valid(number) or uscc.is_valid(number)
