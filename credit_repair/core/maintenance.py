"""While the site is being worked on (MAINTENANCE=1), everybody reads when to come back."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

#: What programs that watch the site ask, and what the page itself needs.
STILL_ANSWERED = ("/health/", "/static/")


def bare_frame() -> dict[str, Any]:
    """Return what a page shows without asking database or session: from the settings alone."""
    return {
        "site_name": settings.SITE_NAME,
        "host_office": settings.SITE_HOST_NAME,
        "contact_phone": settings.SITE_PHONE,
        "contact_hours": settings.SITE_HOURS,
        "contact_address": settings.SITE_ADDRESS,
        "icp_number": settings.ICP_NUMBER,
    }


def closed_for_maintenance(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """Middleware: answer 503 with Retry-After, before sessions and database are asked."""

    def middleware(request: HttpRequest) -> Any:
        if not settings.MAINTENANCE or request.path_info.startswith(STILL_ANSWERED):
            return get_response(request)
        minutes = settings.MAINTENANCE_MINUTES
        page = render_to_string("maintenance.html", {**bare_frame(), "minutes": minutes})
        answer = HttpResponse(page, status=503)
        answer["Retry-After"] = str(minutes * 60)
        answer["Cache-Control"] = "no-store"
        return answer

    return middleware
