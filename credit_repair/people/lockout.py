"""Who is locked out after too many failures, and who never is."""

from typing import Any

from django.http import HttpRequest


def name_tried(request: HttpRequest | None, credentials: dict[str, Any] | None = None) -> str:
    """Return the name or address under which somebody tries to sign in, as all its spellings count as one."""
    given = (credentials or {}).get("username") or (credentials or {}).get("email") or ""
    if not given and request is not None:
        given = request.POST.get("login", "")
    return str(given).strip().lower()[:150]


def is_known_device(request: HttpRequest, credentials: dict[str, Any] | None = None) -> bool:
    """Whether this device has come in under this name before."""
    return False
