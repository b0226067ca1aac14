"""What the pages of sign-in and the frame need of people's sessions."""

from typing import Any
from urllib.parse import quote

from django import template
from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from credit_repair.people import second_factor, sessions

register = template.Library()


@register.simple_tag(takes_context=True)
def session_end(context: template.Context) -> dict[str, Any] | None:
    """Return how long the session of this page lasts, for who is signed in."""
    request = context.get("request")
    if request is None or not request.user.is_authenticated or sessions.OPENED not in request.session:
        return None
    left, why = sessions.seconds_left(request.session, at=sessions.moment())
    return {"seconds": left, "why": why, "warn": sessions.WARNING_SECONDS}


@register.simple_tag
def session_limits() -> dict[str, int]:
    """Return the minutes without use and the hours in all that a session lasts."""
    return {"minutes": settings.SESSION_IDLE_MINUTES, "hours": settings.SESSION_HOURS}


@register.simple_tag(takes_context=True)
def wanted_page(context: template.Context) -> str:
    """Return where the person wanted to go before they were led to set up a second factor."""
    return str(context["request"].session.get(second_factor.WANTED, ""))


@register.simple_tag(takes_context=True)
def must_have_second_factor(context: template.Context) -> bool:
    """Whether the person of this page may come in only with a second factor."""
    return second_factor.must_have(context["request"].user)


@register.simple_tag
def account_crumbs(*parts: str) -> list[dict[str, str]]:
    """Return the way to a page of one's own account; within 两步验证 with the part "second_factor"."""
    crumbs = [{"label": _("账号与安全"), "url": reverse("account_home")}]
    if "second_factor" in parts:
        crumbs.append({"label": _("两步验证"), "url": reverse("mfa_index")})
    return crumbs


@register.simple_tag
def codes_file(codes: list[str]) -> str:
    """Return a file with the recovery codes as an address, so that nothing has to ask for them once more."""
    text = render_to_string(
        "mfa/recovery_codes/download.txt", {"unused_codes": codes, "site_name": settings.SITE_NAME}
    )
    return f"data:text/plain;charset=utf-8,{quote(text)}"
