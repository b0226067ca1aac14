"""The accounts of a demonstration beside the sign-in form."""

from typing import Any

from django import template
from django.conf import settings

from credit_repair.core.clock import today
from credit_repair.home.demo_accounts import demo_accounts

register = template.Library()


@register.simple_tag
def demo_sign_in() -> dict[str, Any] | None:
    """Return the demonstration's accounts and their password; nothing anywhere else."""
    if not settings.DEMO:
        return None
    accounts = demo_accounts(on=today())
    return {"accounts": accounts, "password": settings.DEMO_PASSWORD} if accounts else None
