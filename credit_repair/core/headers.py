"""What every answer tells the browser beside the page."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest

#: Nothing here needs them; passkeys are for this site alone.
PERMISSIONS = ", ".join(
    [
        *(
            f"{feature}=()"
            for feature in (
                "accelerometer",
                "autoplay",
                "browsing-topics",
                "camera",
                "display-capture",
                "geolocation",
                "gyroscope",
                "magnetometer",
                "microphone",
                "midi",
                "payment",
                "usb",
            )
        ),
        "publickey-credentials-create=(self)",
        "publickey-credentials-get=(self)",
    ]
)
REPORTS_GROUP = "csp"
REPORTS_PATH = "/csp-report/"
SIGN_OUT = "account_logout"


def protective_headers(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """Middleware: what the browser may do with an answer, and for how long it may keep it: not at all where
    somebody is signed in. At sign-out it forgets what it has of the site."""

    def middleware(request: HttpRequest) -> Any:
        response = get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault("Reporting-Endpoints", f'{REPORTS_GROUP}="{REPORTS_PATH}"')
        signing_out = request.method == "POST" and getattr(request.resolver_match, "url_name", "") == SIGN_OUT
        if signing_out:
            response.headers["Clear-Site-Data"] = '"cache", "storage"'
        if (signing_out or _is_personal(request)) and "no-store" not in response.get("Cache-Control", ""):
            response.headers["Cache-Control"] = "private, no-store"
        return response

    return middleware


def _is_personal(request: HttpRequest) -> bool:
    """Whether the answer may depend on who is signed in; a session that nobody looked at is left alone."""
    session = getattr(request, "session", None)
    return session is not None and session.accessed and SESSION_KEY in session
