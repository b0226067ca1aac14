"""What is asked of every request of a person who has signed in."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import Resolver404, resolve, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from credit_repair.people import second_factor as factor
from credit_repair.people import sessions

Next = Callable[[HttpRequest], Any]

#: What stays open to everybody, in whatever state their session is.
OPEN = {"account_login", "account_logout", "account_invitation", "set_language", "set_display", "health"}
#: What leads to a second factor, for who has none yet.
TO_SET_UP = {
    "account_email",
    "account_email_verification_sent",
    "account_reauthenticate",
    "account_session",
    "mfa_activate_totp",
    "mfa_add_webauthn",
    "mfa_index",
}
#: What shows a second factor, for who has one but did not show it in this session.
TO_SHOW = {"account_session", "mfa_reauthenticate", "mfa_reauthenticate_webauthn"}


def end_of_session(get_response: Next) -> Next:
    """Middleware: a session ends after a time without use, and after a time in any case."""

    def middleware(request: HttpRequest) -> Any:
        at = sessions.moment()
        if _has_session(request) and request.user.is_authenticated:
            why = sessions.why_over(request.session, at=at)
            if why:
                key = request.session.session_key
                logout(request)
                sessions.forget_session(key)
                if _name(request) not in OPEN:
                    return _lead(request, _sign_in_again(request, why))
            elif not _by_script(request):
                sessions.stamp(request, at=at)
        response = get_response(request)
        if (
            request.session.accessed
            and request.user.is_authenticated
            and sessions.OPENED not in request.session
        ):
            sessions.stamp(request, at=at)  # it has just begun
        return response

    return middleware


def second_factor(get_response: Next) -> Next:
    """Middleware: officials and administrators come in with a second factor, to every part of the site."""

    def middleware(request: HttpRequest) -> Any:
        asked = settings.SECOND_FACTOR_REQUIRED and _has_session(request)
        if not asked or not request.user.is_authenticated:
            return get_response(request)
        if factor.is_strong(request) or _name(request) in OPEN or not factor.must_have(request.user):
            return get_response(request)
        if factor.has(request.user):
            pages, first = TO_SHOW, "account_reauthenticate"
            words = _("请先完成两步验证，再继续。")
        else:
            pages, first = TO_SET_UP, "mfa_index"
            words = _("您的账号用于办理公务，登录必须使用两步验证。请先设置一种，再继续。")
        if _name(request) in pages:
            return get_response(request)
        if request.method == "GET" and not _by_script(request):
            request.session[factor.WANTED] = request.get_full_path()
        if first == "account_reauthenticate":
            wanted = request.session.get(factor.WANTED, reverse("after_sign_in"))
            return _lead(request, f"{_way_to_show(request)}?{urlencode({'next': wanted})}")
        messages.warning(request, words)
        return _lead(request, reverse(first))

    return middleware


def _has_session(request: HttpRequest) -> bool:
    """Whether the request brings a session at all. Without one nobody looks into it, so that what is the
    same for everybody can be kept by caches."""
    return settings.SESSION_COOKIE_NAME in request.COOKIES


def _way_to_show(request: HttpRequest) -> str:
    from allauth.account.adapter import get_adapter

    return str(get_adapter().get_reauthentication_methods(request.user)[0]["url"])


def _name(request: HttpRequest) -> str:
    try:
        return resolve(request.path_info).view_name
    except Resolver404:
        return ""


def _by_script(request: HttpRequest) -> bool:
    """Whether a script asks by itself: that nobody touches the page is no use of it."""
    fetched = "HX-Request" in request.headers or request.headers.get("X-Requested-With") == "XMLHttpRequest"
    return fetched and request.method == "GET"


def _sign_in_again(request: HttpRequest, why: str) -> str:
    """Return the way to sign in and back to the page; whoever was sending a form goes back to the form."""
    asked = {"ended": why, "next": request.get_full_path()}
    if request.method not in ("GET", "HEAD"):
        asked = {"ended": why, "next": _page_of_form(request), "unsaved": "1"}
    elif "HX-Current-URL" in request.headers:
        asked["next"] = _path(request, request.headers["HX-Current-URL"])
    return f"{reverse('account_login')}?{urlencode(asked)}"


def _page_of_form(request: HttpRequest) -> str:
    return _path(request, request.headers.get("Referer", ""))


def _path(request: HttpRequest, address: str) -> str:
    """Return the path of an address of this site; of any other, the way to one's own first page."""
    if address and url_has_allowed_host_and_scheme(address, allowed_hosts={request.get_host()}):
        parts = urlsplit(address)
        return f"{parts.path}?{parts.query}" if parts.query else parts.path
    return reverse("after_sign_in")


def _lead(request: HttpRequest, address: str) -> HttpResponse:
    """Lead the person, not the part of the page that asked, to `address`."""
    if "HX-Request" in request.headers:
        response = HttpResponse(status=204)
        response["HX-Redirect"] = address
        return response
    return redirect(address)
