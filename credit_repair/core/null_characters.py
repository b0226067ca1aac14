"""Addresses with a NUL in them: no text has one, and PostgreSQL refuses the question instead of saying no."""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest

NUL = "\x00"


def refuse_null_characters(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """Middleware: what is asked for under such an address does not exist. Forms see to what is posted."""

    def middleware(request: HttpRequest) -> Any:
        return get_response(request)

    def process_view(request: HttpRequest, _view: Any, args: Any, kwargs: dict[str, Any]) -> None:
        answers = [value for _key, values in request.GET.lists() for value in values]
        if any(NUL in str(value) for value in (*args, *kwargs.values(), *answers)):
            raise Http404

    middleware.process_view = process_view  # type: ignore[attr-defined]
    return middleware
