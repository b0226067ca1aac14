"""How allauth's parts speak to the rest of the site."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.http import HttpRequest

from credit_repair.core.crypto import box
from credit_repair.core.network import client_address


class AccountAdapter(DefaultAccountAdapter):
    """Accounts: mails go out as rows, addresses of the network are read as everywhere."""

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return where the request comes from."""
        return client_address(request)


class SecondFactorAdapter(DefaultMFAAdapter):
    """Second factors: their secrets are encrypted at rest."""

    def encrypt(self, text: str) -> str:
        """Return `text` as the database holds it."""
        return box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Return what encrypt() was given."""
        return box().decrypt(encrypted_text.encode()).decode()


class SingleSignOnAdapter(DefaultSocialAccountAdapter):
    """Single sign-on: enterprises may come new, officials only by invitation."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """Whether somebody unknown may make an account by this way."""
        return bool(sociallogin.account.provider == "enterprise")
