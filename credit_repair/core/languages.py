"""Which language somebody reads, and which one is kept.

Chinese comes first: English is shown to whoever has chosen it, by a cookie, and to nobody else, whatever the
browser says. What is stored or sent is always Chinese: another person reads it, who has chosen nothing.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.html import format_html

Answer = Callable[[HttpRequest], HttpResponse]

#: A Chinese character.
CHINESE = re.compile(r"[㐀-鿿]")


@contextmanager
def in_site_language() -> Iterator[None]:
    """Speak the site's own language within: round whatever is stored or sent. Also a decorator.

    (`translation.override` alone is none for functions that several threads call: it keeps what was before
    on itself.)
    """
    with translation.override(settings.LANGUAGE_CODE):
        yield


def said_by_site(words: Any) -> str:
    """Return a lazy text in the site's own language, to be kept."""
    with in_site_language():
        return str(words)


def fixed_text(stored: str) -> str:
    """Return a stored text in the reader's language, where it is one of the fixed ones."""
    return stored if reads_chinese() or not stored else translation.gettext(stored)


def quoted(text: str) -> str:
    """Return Chinese words marked as such, where the page around them is not Chinese."""
    if reads_chinese() or not CHINESE.search(text):
        return text
    return format_html('<span lang="zh-Hans">{}</span>', text)


def reads_chinese() -> bool:
    """Whether the words now go to somebody who reads Chinese."""
    return (translation.get_language() or settings.LANGUAGE_CODE).startswith("zh")


def chosen_language(get_response: Answer) -> Answer:
    """Middleware: speak the language of the cookie, which the view `set_language` writes."""
    known = {code for code, _name in settings.LANGUAGES}

    def answer(request: HttpRequest) -> HttpResponse:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        language = chosen if chosen in known else settings.LANGUAGE_CODE
        translation.activate(language)
        request.LANGUAGE_CODE = language
        response = get_response(request)
        if response.headers.get("Content-Type", "").startswith("text/html"):
            patch_vary_headers(response, ("Cookie",))
        response.headers.setdefault("Content-Language", "zh-Hans" if language.startswith("zh") else language)
        return response

    return answer
