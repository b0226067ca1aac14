"""What must not go into production: `manage.py check --deploy` says it."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
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
