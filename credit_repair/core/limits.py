"""How often something may be asked for; the figures are in settings.ACCOUNT_RATE_LIMITS.

Counting is allauth's, so that our views and its own count in one place and by one address of the network.
"""

import logging
from collections.abc import Callable
from functools import wraps
from math import ceil
from typing import Any

from allauth.account import app_settings
from allauth.decorators import rate_limit
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

from credit_repair.core.network import client_address

View = Callable[..., HttpResponseBase]
_UNIT_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
#: For allauth's own views, of whose action we are not told.
USUAL_WAIT_SECONDS = 300


def limited(action: str, *, get: bool = False) -> Callable[[View], View]:
    """Count `action`, and answer 429 where it came too often. Reading is counted only with `get`.

    An action that is counted per user stands behind the door, so that there is a user.
    """

    def decorate(view: View) -> View:
        counted = rate_limit(action=action, limit_get=get)(view)

        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            request.limited_as = action  # type: ignore[attr-defined]
            response: HttpResponseBase = counted(request, *args, **kwargs)
            return response

        return guarded

    return decorate


def longest_wait(action: str) -> int:
    """Return after how many seconds at the latest `action` may be tried again."""
    rates = str(app_settings.RATE_LIMITS.get(action) or "").split(",")
    waits = [_seconds(rate.split("/")[1]) for rate in rates if "/" in rate]
    return max(waits, default=USUAL_WAIT_SECONDS)


def _seconds(duration: str) -> int:
    amount, unit = duration.strip()[:-1], duration.strip()[-1]
    return ceil(float(amount or 1) * _UNIT_SECONDS[unit])


def too_many(request: HttpRequest) -> HttpResponse:
    """Answer 429, and say when to try again. allauth finds it as handler429 of the addresses."""
    action = getattr(request, "limited_as", "")
    seconds = longest_wait(action) if action else USUAL_WAIT_SECONDS
    user = getattr(request, "user", None)
    account = f"account {user.pk}" if user is not None and user.is_authenticated else "no account"
    # allauth's own views tell no action: they are those of sign-in and of one's account.
    log = logging.getLogger("credit_repair.limits" if action else "credit_repair.sign_in")
    log.warning("held back (%s): %s from %s", action or "too often", account, client_address(request))
    response = render(
        request, "429.html", {"minutes": ceil(seconds / 60), "signing_in": not action}, status=429
    )
    response["Retry-After"] = str(seconds)
    response["Cache-Control"] = "no-store"
    return response
