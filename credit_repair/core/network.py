"""Where a request comes from."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest

#: Where a request says nothing usable of where it comes from (a socket, a broken header of a proxy).
NOWHERE = "0.0.0.0"  # nosec B104 # noqa: S104 - nothing is bound to it
#: What one connection to the internet is given: whoever has one address of it has all of them.
IPV6_PREFIX = 64


def client_address(request: HttpRequest) -> str:
    """Return the address of the network from which `request` came, in its one spelling.

    Behind proxies that are trusted (TRUSTED_PROXIES, their number) it is what the outermost of them saw;
    whatever a caller writes into X-Forwarded-For before them is not believed.
    """
    seen = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
    trusted: int = settings.TRUSTED_PROXIES
    said = seen[-trusted] if trusted and len(seen) >= trusted else request.META.get("REMOTE_ADDR", "")
    try:
        address = ipaddress.ip_address(said.partition("%")[0])
    except ValueError:
        return NOWHERE
    return str(getattr(address, "ipv4_mapped", None) or address)


def client_network(request: HttpRequest) -> str:
    """Return that by which trials are counted: the address, of IPv6 the network of a single connection."""
    address = client_address(request)
    if ":" not in address:
        return address
    return str(ipaddress.IPv6Network((address, IPV6_PREFIX), strict=False).network_address)
