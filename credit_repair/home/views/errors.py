"""What people read when something went wrong: what happened, what to do, whom to call."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.csrf import requires_csrf_token

from credit_repair.core.clock import now
from credit_repair.core.maintenance import bare_frame
from credit_repair.home.context import frame_of


def _page(request: HttpRequest, status: int) -> HttpResponse:
    frame = frame_of(request)
    side = "office/base.html" if frame.in_office and frame.memberships else "public/base.html"
    return render(request, f"{status}.html", {"frame_template": side}, status=status)


@requires_csrf_token
def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: the request made no sense. Its host may be forged, so that nothing is asked of it."""
    return HttpResponse(render_to_string("400.html", bare_frame()), status=400)


@requires_csrf_token
def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: not for this person."""
    return _page(request, 403)


@requires_csrf_token
def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: nothing here, or nothing for this person."""
    return _page(request, 404)


@requires_csrf_token
def server_error(request: HttpRequest) -> HttpResponse:
    """500: asks neither session nor database, of which one may be what failed."""
    return HttpResponse(render_to_string("500.html", {**bare_frame(), "at": now()}), status=500)


@requires_csrf_token
def csrf_failure(request: HttpRequest, reason: str = "", **_more: Any) -> HttpResponse:
    """403: the form lay open too long, or came from elsewhere."""
    return HttpResponse(
        render_to_string("403_csrf.html", {**bare_frame(), "debug": settings.DEBUG, "reason": reason}),
        status=403,
    )
