"""Where a request comes from."""

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """Return the address of the network from which `request` came.

    Behind proxies that are trusted (TRUSTED_PROXIES, their number) it is what the outermost of them saw;
    whatever a caller writes into X-Forwarded-For before them is not believed.
    """
    seen = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
    trusted: int = settings.TRUSTED_PROXIES
    if trusted and len(seen) >= trusted:
        return seen[-trusted]
    address: str = request.META.get("REMOTE_ADDR", "")
    return address
