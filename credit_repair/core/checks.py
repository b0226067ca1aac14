"""What must not go into production: `manage.py check --deploy` says it."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.core.exceptions import ImproperlyConfigured


def require_own_key() -> None:
    """Refuse to serve real people with the key that everybody knows: sessions could be forged, and the
    personal numbers that are encrypted under it read. Raises ImproperlyConfigured."""
    if settings.SECRET_KEY == settings.INSECURE_SECRET_KEY and not (settings.DEMO or settings.DEBUG):
        raise ImproperlyConfigured(
            "Set SECRET_KEY in the environment to a long random text of your own, and keep it. "
            "请在环境变量SECRET_KEY中设置本单位自己的长随机密钥并妥善保管。"
        )


@register(Tags.security, deploy=True)
def refuse_demo_in_production(**kwargs: Any) -> list[CheckMessage]:
    """The demo's fixed passwords and the known secret key are for a closed show alone."""
    found: list[CheckMessage] = []
    if settings.SECRET_KEY == settings.INSECURE_SECRET_KEY:
        found.append(
            Error(
                "SECRET_KEY is the known one.",
                hint="Set SECRET_KEY in the environment to a long random text, and keep it.",
                id="desk.E001",
            )
        )
    if settings.DEMO:
        found.append(
            Error(
                "DEMO is on: fixed accounts with a known password.",
                hint="Unset DEMO in the environment.",
                id="desk.E002",
            )
        )
    if settings.ASSUMED_TODAY is not None:
        found.append(
            Error(
                "ASSUMED_TODAY is set: every date on the site is invented.",
                hint="Unset ASSUMED_TODAY.",
                id="desk.E003",
            )
        )
    return found


@register(Tags.security, deploy=True)
def name_weak_settings(**kwargs: Any) -> list[CheckMessage]:
    """Name what runs, but protects less than it seems to."""
    found: list[CheckMessage] = []
    if not settings.CACHE_URL:
        found.append(
            Warning(
                "CACHE_URL is not set: each process counts its own rate limits, and forgets them at its end.",
                hint="Set CACHE_URL to a Redis that all web processes share.",
                id="desk.W001",
            )
        )
    if settings.ACCOUNT_RATE_LIMITS is False:
        found.append(
            Warning(
                "RATE_LIMITS_OFF is set: passwords and codes can be tried without end.",
                hint="Unset RATE_LIMITS_OFF.",
                id="desk.W002",
            )
        )
    if not settings.SECOND_FACTOR_REQUIRED:
        found.append(
            Warning(
                "SECOND_FACTOR_REQUIRED is off: an official's password is enough to come in.",
                hint="Unset SECOND_FACTOR_REQUIRED.",
                id="desk.W003",
            )
        )
    if not settings.FIELD_KEYS:
        found.append(
            Warning(
                "FIELD_KEYS is not set: personal numbers are encrypted under SECRET_KEY itself.",
                hint="Set FIELD_KEYS before the first import; docs/operate.md says how.",
                id="desk.W004",
            )
        )
    if settings.HTTPS and not settings.TRUSTED_PROXIES:
        found.append(
            Warning(
                "TRUSTED_PROXIES is 0: behind a proxy, everybody seems to come from one address, and one "
                "person's failures count for all.",
                hint="Set TRUSTED_PROXIES to the number of proxies that stand before the site.",
                id="desk.W005",
            )
        )
    here = settings.EMAIL_HOST in ("localhost", "127.0.0.1", "::1")
    if settings.EMAIL_BACKEND.endswith("smtp.EmailBackend") and not here and not settings.EMAIL_USE_TLS:
        found.append(
            Warning(
                "EMAIL_USE_TLS is off and EMAIL_HOST is another machine: codes travel in clear.",
                hint="Set EMAIL_USE_TLS=1, or hand mails to a server on this machine.",
                id="desk.W006",
            )
        )
    if settings.HTTPS and not settings.SITE_URL.startswith("https://"):
        found.append(
            Warning(
                "SITE_URL is no https:// address: the links of invitations lead past TLS.",
                hint="Set SITE_URL to the address at which people reach the site.",
                id="desk.W007",
            )
        )
    open_ways = [
        kind for kind, sso in settings.SINGLE_SIGN_ON.items() if sso["server_url"].startswith("http://")
    ]
    if open_ways:
        found.append(
            Error(
                f"Single sign-on without TLS: {', '.join(open_ways)}. Nobody comes in by it.",
                hint="Give the provider's address with https://.",
                id="desk.E004",
            )
        )
    return found
