"""What people are told while a local rule does not fit the rule files and no date can be computed."""

import logging
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from credit_repair.home.context import OFFICE_SIDE
from credit_repair.registry.law import LawBroken

logger = logging.getLogger(__name__)


def explain_broken_law(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """Middleware: answer 503 in plain words; to officials with the rule and the way to withdraw it."""

    def middleware(request: HttpRequest) -> Any:
        return get_response(request)

    def process_exception(request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, LawBroken):
            return None
        logger.error("no date can be computed: %s", error)
        # The office's side lets in officials alone, and they were let in before anything was computed.
        reason = str(error) if request.path_info.startswith(OFFICE_SIDE) else ""
        return render(request, "503.html", {"reason": reason}, status=503)

    middleware.process_exception = process_exception  # type: ignore[attr-defined]
    return middleware
