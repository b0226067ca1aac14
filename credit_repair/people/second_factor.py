"""The second factor: who must have one, who has one, and which sessions were opened with one.

A session is strong once a second factor was shown in it: at sign-in, at a reauthentication, or when the
person set one up in this very session. A factor that was set up elsewhere makes no older session strong.
"""

from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.core.internal.cryptokit import normalize_user_code
from allauth.mfa import app_settings
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from credit_repair.core.clock import today
from credit_repair.people import access
from credit_repair.people.single_sign_on import SECOND_FACTOR_KEY

#: In the session: the person who set up a second factor in it.
PROVEN = "second_factor_proven"
#: In the session: where the person wanted to go when they were led to set up or show a second factor.
WANTED = "second_factor_wanted"
#: Recovery codes come with one of these; they are none by themselves.
FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def must_have(user: Any) -> bool:
    """Whether `user` may come in only with a second factor."""
    return bool(settings.SECOND_FACTOR_REQUIRED) and access.needs_second_factor(user=user, on=today())


def has(user: Any) -> bool:
    """Whether `user` has set up a second factor."""
    return Authenticator.objects.filter(user=user, type__in=FACTORS).exists()


def is_last(authenticator: Authenticator) -> bool:
    """Whether its owner has no other second factor."""
    others = Authenticator.objects.filter(user_id=authenticator.user_id, type__in=FACTORS)
    return not others.exclude(pk=authenticator.pk).exists()


def is_strong(request: HttpRequest) -> bool:
    """Whether this session was opened with a second factor. Asks the database nothing."""
    session = request.session
    if session.get(SECOND_FACTOR_KEY) or session.get(PROVEN) == request.user.pk:
        return True
    records = get_authentication_records(request, request.user)
    return any(record.get("method") == "mfa" for record in records)


def use_code(*, user: Any, code: str) -> bool:
    """Count a code of an app as used, for as long as it would be taken; return whether it was fresh.

    allauth remembers it for one step of the clock, and takes it in the steps before and after, too.
    """
    seconds = app_settings.TOTP_PERIOD * (2 * app_settings.TOTP_TOLERANCE + 1)
    digest = salted_hmac("credit_repair.people.second_factor.code", normalize_user_code(code)).hexdigest()
    return bool(cache.add(f"second-factor-code:{user.pk}:{digest}", True, timeout=seconds))


def prove(request: HttpRequest) -> None:
    """Note that the person has set up a second factor in this session."""
    request.session[PROVEN] = request.user.pk
