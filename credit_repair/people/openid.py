"""OpenID Connect as this site speaks it: stricter than the library that it stands on.

Over TLS alone, within seconds, following no redirect; the id token's signature, issuer, audience and nonce
are always looked at, also where the token came straight from the provider; of what the provider says
nothing is stored but who it is about.
"""

import secrets
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

import jwt
import requests
from allauth.socialaccount.models import SocialApp, SocialLogin
from allauth.socialaccount.providers.base import ProviderException
from allauth.socialaccount.providers.base.constants import AuthProcess
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

#: Signed with a key of the provider's own; never with one that both sides know, never unsigned.
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
WELL_KNOWN = "/.well-known/openid-configuration"
#: The longest name of a person at the provider that allauth's column takes.
LONGEST_SUBJECT = 191
#: What only a signed token may say, whatever else the provider answers.
_SIGNED_ONLY = {"iss", "aud", "azp", "exp", "iat", "nonce", "amr", "acr", "auth_time"}


def require_tls(url: str) -> None:
    """Refuse to speak to a provider in the open. Raises ProviderException; tests alone switch it off."""
    if urlsplit(url).scheme != "https" and not settings.SSO_WITHOUT_TLS:
        raise ProviderException("the provider has an address without TLS")


class ProviderSession(requests.Session):
    """The way to a provider. What holds longer than the time-out, or leads elsewhere, has failed."""

    def request(self, method: Any, url: Any, **options: Any) -> requests.Response:  # type: ignore[override]
        """Ask; see requests.Session.request."""
        require_tls(str(url))
        options["allow_redirects"] = False
        options["timeout"] = settings.SOCIALACCOUNT_REQUESTS_TIMEOUT
        return super().request(method, url, **options)


def verified_claims(token: str, *, keys: dict[str, Any], issuer: str, audience: str) -> dict[str, Any]:
    """Return what the id token says, once signature, issuer, audience and dates are right.

    `keys` is the provider's JSON Web Key Set. Raises ProviderException.
    """
    try:
        header = jwt.get_unverified_header(token)
        key = _key(jwt.PyJWKSet.from_dict(keys), header.get("kid"))
        claims: dict[str, Any] = jwt.decode(
            token,
            key=key.key,
            algorithms=ALGORITHMS,
            issuer=issuer,
            audience=audience,
            leeway=60,
            options={"require": ["iss", "sub", "aud", "exp", "iat"]},
        )
    except (jwt.PyJWTError, AttributeError, KeyError, TypeError, ValueError) as error:
        raise ProviderException(f"the id token is not valid: {type(error).__name__}") from error
    several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    if claims.get("azp", None if several else audience) != audience:
        raise ProviderException("the id token is for another party")
    if not isinstance(claims["sub"], str) or not 0 < len(claims["sub"]) <= LONGEST_SUBJECT:
        raise ProviderException("the id token names nobody")
    return claims


def _key(keys: jwt.PyJWKSet, name: str | None) -> jwt.PyJWK:
    usable = [key for key in keys.keys if key.public_key_use in (None, "sig")]
    if name is None and len(usable) == 1:
        return usable[0]
    for key in usable:
        if name is not None and key.key_id == name:
            return key
    raise ProviderException("the id token is signed with a key that the provider does not name")


class Connection(OpenIDConnectOAuth2Adapter):
    """Speaks to one provider."""

    @cached_property
    def openid_config(self) -> dict[str, Any]:
        """Return the provider's own description. Raises ProviderException where it cannot be used."""
        address: str = self.get_provider().server_url
        found = _json(address)
        for name in ("issuer", "authorization_endpoint", "token_endpoint", "jwks_uri"):
            if not isinstance(found.get(name), str):
                raise ProviderException(f"the provider's description has no {name}")
            require_tls(found[name])
        if found["issuer"].rstrip("/") + WELL_KNOWN != address:
            raise ProviderException("the provider's description is another's")
        return found

    def complete_login(self, request: HttpRequest, app: SocialApp, token: Any, **kwargs: Any) -> SocialLogin:
        """Return who came, from the id token and what the provider adds to it."""
        about = self.openid_config
        signed = verified_claims(
            str(kwargs["response"].get("id_token") or ""),
            keys=_json(about["jwks_uri"]),
            issuer=about["issuer"],
            audience=app.client_id,
        )
        added: dict[str, Any] = {}
        if "userinfo_endpoint" in about:
            added = self._fetch_user_info(token.token)
            if added.get("sub") != signed["sub"]:
                raise ProviderException("the provider tells of another person")
        claims = {key: value for key, value in added.items() if key not in _SIGNED_ONLY} | signed
        return self.get_provider().sociallogin_from_response(request, claims)

    @property
    def access_token_url(self) -> str:
        """Where the code is changed for tokens."""
        address: str = self.openid_config["token_endpoint"]
        return address


def _json(address: str) -> dict[str, Any]:
    with ProviderSession() as session:
        answer = session.get(address)
        answer.raise_for_status()
        found = answer.json()
    if not isinstance(found, dict):
        raise ProviderException("the provider's answer is no object")
    return found


class SingleSignOnProvider(OpenIDConnectProvider):
    """One of the providers in the settings. A link cannot ask it for more than the site does."""

    oauth2_adapter_class = Connection

    @property
    def login_address(self) -> str:
        """Where a form leads to the provider."""
        return reverse("openid_connect_login", args=[self.sub_id])

    def serialize(self) -> dict[str, Any]:
        """Return by what the provider is found again."""
        return {"id": self.sub_id, "app.client_id": self.app.client_id}

    def get_redirect_from_request_kwargs(self, request: HttpRequest) -> dict[str, Any]:
        """Take from the request where to go afterwards, and whether to connect; nothing else."""
        asked = super().get_redirect_from_request_kwargs(request)
        connecting = asked["process"] == AuthProcess.CONNECT and request.user.is_authenticated
        kept = {"process": AuthProcess.CONNECT if connecting else AuthProcess.LOGIN}
        return kept | {key: asked[key] for key in ("next_url",) if key in asked}

    def redirect(
        self, request: HttpRequest, process: Any, next_url: Any = None, data: Any = None, **kwargs: Any
    ) -> Any:
        """Lead to the provider with a nonce that its token must bring back."""
        nonce = secrets.token_urlsafe(24)
        return super().redirect(
            request,
            process,
            next_url=next_url,
            data=data,
            auth_params={**self.get_auth_params(), "nonce": nonce},
            nonce=nonce,
            **kwargs,
        )

    def sociallogin_from_response(self, request: HttpRequest, response: dict[str, Any]) -> SocialLogin:
        """Return the sign-in, with all claims on it for this one request."""
        login: SocialLogin = super().sociallogin_from_response(request, response)
        login.claims = response
        return login

    def extract_uid(self, data: dict[str, Any]) -> str:
        """Return who it is at the provider."""
        return str(data["sub"])

    def extract_extra_data(self, data: dict[str, Any]) -> dict[str, Any]:
        """Store nothing of what the provider says: it is asked anew each time."""
        return {}

    def extract_email_addresses(self, data: dict[str, Any]) -> list[Any]:
        """Return the address that the provider has verified, and no other."""
        return super().extract_email_addresses(data) if data.get("email_verified") is True else []

    def extract_common_fields(self, data: dict[str, Any]) -> dict[str, Any]:
        """Return name, and the address where it was verified."""
        verified = data.get("email_verified") is True
        return {"name": data.get("name"), "email": data.get("email") if verified else None}
