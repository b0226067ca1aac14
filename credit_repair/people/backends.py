"""Who a name and a password belong to."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.internal.userkit import filter_users_by_email, get_user_by_username
from django.http import HttpRequest

from credit_repair.people.models import User


class PasswordBackend(AuthenticationBackend):
    """Hashes a password once for each account that is meant, so that time does not tell whether there is one.

    allauth tries an address both as an address and as a name; here an account is found both ways first, and
    tried once. Where none is found, allauth hashes once all the same.
    """

    def _authenticate(self, request: HttpRequest | None, **credentials: Any) -> Any:
        password = credentials.get("password") or ""
        for user in _meant(credentials):
            if self._check_password(user, password):
                return user
        return None


def _meant(credentials: dict[str, Any]) -> list[User]:
    """Return the accounts with that address or user name, each once; there is more than one only where the
    user name of one is the address of another."""
    given = [credentials.get(key) for key in ("email", "username")]
    found: dict[int, User] = {}
    for said in dict.fromkeys(str(each) for each in given if each):
        for user in filter_users_by_email(said, prefer_verified=True, for_login=True):
            found.setdefault(user.pk, user)
    named = get_user_by_username(str(credentials["username"])) if credentials.get("username") else None
    if named is not None:
        found.setdefault(named.pk, named)
    return list(found.values())
