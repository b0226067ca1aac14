"""Who comes in by single sign-on, and who does not.

Enterprises may come new. Officials come by invitation alone: their identity is connected to the account that
they have, by themselves or, where the provider is trusted for it, by the address that both have verified.
"""

import logging
from typing import Any

from allauth.account.models import EmailAddress
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.stages import AuthenticateStage
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialLogin
from allauth.socialaccount.providers.base import AuthProcess
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from credit_repair.core import audit
from credit_repair.core.clock import now, today
from credit_repair.mail.services import queue_mail
from credit_repair.people import access
from credit_repair.people.models import User
from credit_repair.people.openid import ProviderSession, SingleSignOnProvider
from credit_repair.people.pending import EndsWithThePassword
from credit_repair.people.services.mandate_proofs import prove_by_claims

logger = logging.getLogger(__name__)

ENTERPRISE, OFFICIAL = "enterprise", "official"
#: In the session: the provider itself has asked for a second factor. people.middleware reads it.
SECOND_FACTOR_KEY = "sso_second_factor"
#: What RFC 8176 calls more than a password: several factors, a one-time code, a key or a card in the hand.
STRONG_METHODS = {"mfa", "otp", "hwk", "swk", "sc"}
#: What belongs to the protocol and proves nothing about a person.
_PROTOCOL = {"aud", "azp", "exp", "iat", "nbf", "nonce", "jti", "at_hash", "c_hash", "sid", "amr", "acr"}


def says_second_factor(claims: dict[str, Any], *, kind: str) -> bool:
    """Whether the provider of `kind` is one that asks for a second factor, and its token says that it did."""
    sso = settings.SINGLE_SIGN_ON[kind]
    methods = claims.get("amr")
    strong = isinstance(methods, list) and any(method in STRONG_METHODS for method in methods)
    return bool(sso["second_factor"]) and (strong or claims.get("acr") in sso["acr"])


class SingleSignOnAdapter(DefaultSocialAccountAdapter):
    """Lets allauth's single sign-on keep the rules of this site."""

    error_messages = {
        **DefaultSocialAccountAdapter.error_messages,
        "email_taken": _l("这个邮箱已经有账号。请先用密码登录，再关联统一身份认证。"),
        "no_password": _l("您的账号还没有密码，解除以后就不能登录。请先设置密码。"),
        "no_verified_email": _l("您的账号还没有验证过的邮箱，解除以后就不能找回密码。请先验证邮箱。"),
        "disconnect_last": _l("这是您唯一的登录方式，不能解除。"),
    }

    def get_requests_session(self) -> ProviderSession:
        """Return the way to a provider: over TLS, with a time-out."""
        return ProviderSession()

    def list_apps(self, request: Any, provider: Any = None, client_id: Any = None) -> list[SocialApp]:
        """Return the providers of the settings. A row of the database makes none: it would be a back door."""
        apps = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"]
        return [
            SocialApp(provider="openid_connect", **app)
            for app in apps
            if provider in (None, app["provider_id"]) and client_id in (None, app["client_id"])
        ]

    def list_providers(self, request: Any) -> list[SingleSignOnProvider]:
        """Return the providers that people can choose from."""
        return [SingleSignOnProvider(request, app=app) for app in self.list_apps(request)]

    def get_provider(self, request: Any, provider: str, client_id: Any = None) -> SingleSignOnProvider:
        """Return the provider of that id. Raises SocialApp.DoesNotExist."""
        return SingleSignOnProvider(request, app=self.get_app(request, provider, client_id))

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Decide who came. Raises ImmediateHttpResponse with a page where they cannot come in this way."""
        claims: dict[str, Any] = sociallogin.claims
        kind = sociallogin.account.provider
        sociallogin.token = None  # a token is for this one request
        state = sociallogin.state
        nonce = state.pop("nonce", None)
        if not nonce or not constant_time_compare(str(claims.get("nonce", "")), nonce):
            logger.warning("single sign-on %s: wrong nonce", kind)
            raise ImmediateHttpResponse(error_page(request))
        state["second_factor"] = says_second_factor(claims, kind=kind)
        state["claims"] = {key: value for key, value in claims.items() if key not in _PROTOCOL}
        if state.get("process") == AuthProcess.CONNECT:
            _may_connect(request, sociallogin)
        elif sociallogin.is_existing:
            _may_come_this_way(request, sociallogin)
        elif kind == OFFICIAL:
            _connect_by_address(request, sociallogin)
        else:
            _may_come_new(request, claims)

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """Whether somebody unknown may make an account by this way."""
        return bool(sociallogin.account.provider == ENTERPRISE)

    def is_auto_signup_allowed(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """Whether name and address are known, so that nothing needs to be asked."""
        return bool(sociallogin.user.display_name and sociallogin.email_addresses)

    def populate_user(self, request: HttpRequest, sociallogin: SocialLogin, data: dict[str, Any]) -> User:
        """Fill in the person's name, as the provider knows it."""
        user: User = super().populate_user(request, sociallogin, {**data, "name": ""})
        user.display_name = str(data.get("name") or "").strip()[:50]
        return user

    def get_signup_form_initial_data(self, sociallogin: SocialLogin) -> dict[str, Any]:
        """Return what the form begins with: also an address that is yet to be verified."""
        return {
            "email": str(sociallogin.state.get("claims", {}).get("email") or ""),
            "display_name": sociallogin.user.display_name,
        }

    @transaction.atomic
    def save_user(self, request: HttpRequest, sociallogin: SocialLogin, form: Any = None) -> User:
        """Make the account."""
        if form is not None:
            sociallogin.user.display_name = form.cleaned_data["display_name"]
        user: User = super().save_user(request, sociallogin, form)
        audit.record(actor=user, action="people.join_by_single_sign_on", target=user)
        return user

    def get_connect_redirect_url(self, request: HttpRequest, socialaccount: SocialAccount) -> str:
        """Return to the page of the connected identities."""
        return redirect("socialaccount_connections").url

    def send_notification_mail(
        self, template: str, user: User, context: Any = None, email: Any = None
    ) -> None:
        """Tell the person by mail that an identity was connected or taken away; write it down."""
        done = "disconnected" if template.endswith("disconnected") else "connected"
        account: SocialAccount = (context or {})["account"]
        audit.record(
            actor=user, action=f"people.identity_{done}", target=user, data={"provider": account.provider}
        )
        queue_mail(
            key=f"identity_{done}:{user.pk}:{account.provider}:{now().isoformat()}",
            kind=f"identity_{done}",
            to_address=user.email,
            to_name=str(user),
            context={"provider": settings.SINGLE_SIGN_ON.get(account.provider, {}).get("name", "")},
            first_time=True,
        )

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Any,
        error: Any = None,
        exception: Any = None,
        extra_context: Any = None,
    ) -> None:
        """Write one line for who operates the site, without anything that the provider sent."""
        why = str(exception) if type(exception).__name__ == "ProviderException" else type(exception).__name__
        logger.warning(
            "single sign-on %s failed: %s", provider.sub_id, why if exception else error or "unknown"
        )


def error_page(request: HttpRequest) -> HttpResponse:
    """Answer that it did not work, and what to do."""
    return render(request, "socialaccount/authentication_error.html", status=401)


def kind_for(user: Any) -> str:
    """Return which provider is for `user`: officials and administrators have one of their own."""
    return OFFICIAL if access.needs_second_factor(user=user, on=today()) else ENTERPRISE


def _may_connect(request: HttpRequest, sociallogin: SocialLogin) -> None:
    """Each account has one identity of the provider that is for its kind of person."""
    kind = sociallogin.account.provider
    wanted = kind_for(request.user)
    has_one = SocialAccount.objects.filter(user=request.user, provider=kind).exists()
    if kind != wanted:
        words = _("这个统一身份认证不适用于您的账号，没有关联。")
    elif has_one and not sociallogin.is_existing:
        words = _("您的账号已经关联了一个身份。要换成另一个，请先解除原来的关联。")
    else:
        return
    messages.error(request, words)
    raise ImmediateHttpResponse(redirect("socialaccount_connections"))


def _may_come_this_way(request: HttpRequest, sociallogin: SocialLogin) -> None:
    """An identity that was connected earlier opens the account only while its owner is of that kind: the
    enterprises' provider does not let officials in, nor the officials' who is none any more."""
    wanted = kind_for(sociallogin.user)
    if sociallogin.account.provider == wanted:
        return
    logger.warning(
        "single sign-on %s: account %s is of the other kind",
        sociallogin.account.provider,
        sociallogin.user.pk,
    )
    page = render(request, "socialaccount/other_way.html", {"is_official": wanted == OFFICIAL}, status=403)
    raise ImmediateHttpResponse(page)


def _connect_by_address(request: HttpRequest, sociallogin: SocialLogin) -> None:
    """Connect an official's identity the first time by the address that both sides have verified."""
    user = _official_of(sociallogin.claims)
    if user is None:
        page = render(request, "socialaccount/not_invited.html", status=403)
        raise ImmediateHttpResponse(page)
    with transaction.atomic():
        sociallogin.connect(request, user)


def _official_of(claims: dict[str, Any]) -> User | None:
    """Return the one active official with that verified address who has no identity yet."""
    if not settings.SINGLE_SIGN_ON[OFFICIAL]["trust_email"] or claims.get("email_verified") is not True:
        return None
    address = str(claims.get("email") or "").strip().lower()
    found = EmailAddress.objects.filter(email=address, verified=True).select_related("user")[:2]
    users = [entry.user for entry in found] if address else []
    if len(users) != 1 or not access.needs_second_factor(user=users[0], on=today()):
        return None
    if SocialAccount.objects.filter(user=users[0], provider=OFFICIAL).exists():
        return None
    return users[0]


def _may_come_new(request: HttpRequest, claims: dict[str, Any]) -> None:
    """An address that has an account here opens it by its own sign-in, never by a new identity's word."""
    address = str(claims.get("email") or "").strip().lower()
    if claims.get("email_verified") is True and EmailAddress.objects.filter(email=address).exists():
        page = render(request, "socialaccount/address_taken.html", {"address": address}, status=409)
        raise ImmediateHttpResponse(page)


def signed_in(*, request: HttpRequest, user: User, sociallogin: SocialLogin) -> None:
    """Do what follows once somebody has come in by single sign-on: their session has begun."""
    state = sociallogin.state
    if state.get("second_factor") and sociallogin.account.provider == OFFICIAL:
        request.session[SECOND_FACTOR_KEY] = (
            True  # an applicant's would count on when they become an official
        )
    if sociallogin.account.provider == ENTERPRISE and state.get("claims"):
        try:
            prove_by_claims(user=user, claims=state["claims"], today=today())
        except Exception:  # whoever has signed in is in: what could not be proved is asked for by letter
            logger.exception("single sign-on: the identity plugin failed")


class SecondFactorStage(EndsWithThePassword, AuthenticateStage):
    """Asks for the second factor at sign-in, save where the provider has done so already."""

    def _should_handle(self, request: HttpRequest) -> bool:
        sociallogin = (self.login.signal_kwargs or {}).get("sociallogin")
        if sociallogin is not None and sociallogin.state.get("second_factor"):
            return bool(sociallogin.account.provider != kind_for(self.login.user))
        return bool(super()._should_handle(request))
