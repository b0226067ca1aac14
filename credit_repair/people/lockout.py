"""Who is locked out after too many failures, and who never is.

Locked is a name at one address of the network, for a while. A device from which somebody came in before is
never locked for their name: whoever hammers it, even from the same address, shuts nobody out. What is tried
from such a device is still counted for its address (ACCOUNT_RATE_LIMITS).
"""

import unicodedata
from datetime import datetime
from typing import Any

from axes.models import AccessAttempt
from django.conf import settings
from django.core import signing
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from credit_repair.core.network import client_network
from credit_repair.people import sign_in_log
from credit_repair.people.models import User

COOKIE = f"{settings.COOKIE_PREFIX}known_device"
DAYS = 180
#: More accounts than this are not kept on one device; the oldest gives way.
MOST = 8
_SALT = "credit_repair.people.known_device"


def name_tried(request: HttpRequest | None, credentials: dict[str, Any] | None = None) -> str:
    """Return the name or address under which somebody tries to sign in, as all its spellings count as one."""
    said = credentials or {}
    given = said.get("login") or said.get("username") or said.get("email") or ""
    if not given and request is not None:
        given = request.POST.get("login", "")
    return _plain(given)


def is_known_device(request: HttpRequest, credentials: dict[str, Any] | None = None) -> bool:
    """Whether the account of this name has come in from this device before."""
    known = accounts_known_to(request)
    name = name_tried(request, credentials)
    if not known or not name:
        return False
    accounts = User.objects.filter(pk__in=known).values_list("username", "email")
    return any(name in (_plain(username), _plain(email)) for username, email in accounts)


def accounts_known_to(request: HttpRequest) -> list[int]:
    """Return the accounts that have come in from this device, as its signed cookie says."""
    try:
        known = signing.loads(request.COOKIES.get(COOKIE, ""), salt=_SALT, max_age=DAYS * 86400)
    except signing.BadSignature:
        return []
    return [pk for pk in known if isinstance(pk, int)] if isinstance(known, list) else []


def remember_device(request: HttpRequest, response: HttpResponse, *, user: User) -> None:
    """Write on the device that this account came in from it."""
    others = [pk for pk in accounts_known_to(request) if pk != user.pk]
    response.set_cookie(
        COOKIE,
        signing.dumps([user.pk, *others][:MOST], salt=_SALT),
        max_age=DAYS * 86400,
        secure=settings.HTTPS,
        httponly=True,
        samesite="Lax",
    )


def forget_failures(request: HttpRequest, *, user: User) -> None:
    """Whoever has come in begins anew, under each spelling of their name."""
    names = {_plain(user.username), _plain(user.email)} - {""}
    AccessAttempt.objects.filter(username__in=names, ip_address=client_network(request)).delete()


def locked(
    request: HttpRequest, response: HttpResponse | None = None, credentials: dict[str, Any] | None = None
) -> HttpResponse:
    """Answer that this name is locked here, until when, and how else to come in."""
    name = name_tried(request, credentials)
    ends_at = _ends_at(name, client_network(request))
    sign_in_log.held_back(request, user=_account_of(name), why="locked out")
    return render(request, "account/locked.html", {"ends_at": ends_at}, status=429)


def _ends_at(name: str, address: str) -> datetime:
    """Return when so many failures have grown old that fewer than the limit are left."""
    failures = 0
    for at, count in (
        AccessAttempt.objects.filter(username=name, ip_address=address)
        .order_by("-attempt_time")
        .values_list("attempt_time", "failures_since_start")
    ):
        failures += count
        if failures >= settings.AXES_FAILURE_LIMIT:
            return at + settings.AXES_COOLOFF_TIME
    return timezone.now() + settings.AXES_COOLOFF_TIME


def _account_of(name: str) -> User | None:
    found = list(User.objects.filter(Q(username__iexact=name) | Q(email__iexact=name))[:2]) if name else []
    return found[0] if len(found) == 1 else None


def _plain(given: Any) -> str:
    """Return one spelling for all that a database may take for the same, in capitals or small letters.

    It is made of the text alone: did it look for the account, a few failures under an address and one under
    a user name would tell whether both are somebody's. PostgreSQL compares capitals, where ı is I and ſ is S.
    """
    text = unicodedata.normalize("NFKC", str(given)).strip()
    return unicodedata.normalize("NFKC", text.upper().casefold())[:150]
