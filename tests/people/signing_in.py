"""How tests come in by the form, with a second factor, or with a code from a mail."""

import re
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.test import Client
from django.urls import reverse

from credit_repair.mail.models import Mail
from credit_repair.people.models import User
from tests import world as county

PASSWORD = "three-odd-words-together"
LOGIN = reverse("account_login")
HERE, ELSEWHERE = "10.0.0.1", "10.0.0.2"


def person(name: str = "周小敏", *, verified: bool = True, **fields: Any) -> User:
    """Somebody with a password and a verified address."""
    user = county.make_user(name, **fields)
    give_password(user)
    if verified and user.email:
        EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
    return user


def give_password(user: User) -> None:
    """Let `user` come in with PASSWORD."""
    user.set_password(PASSWORD)
    user.save()


def try_in(client: Client, name: str, password: str = PASSWORD, *, at: str = HERE, **more: Any) -> Any:
    """Send the sign-in form from an address of the network."""
    return client.post(LOGIN, {"login": name, "password": password, **more}, REMOTE_ADDR=at)


def give_totp(user: User) -> str:
    """Set up the codes of an app, and recovery codes; return the secret."""
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    RecoveryCodes.activate(user)
    return secret


def totp_code(secret: str, step: int = 0) -> str:
    """The code that the app shows now, or a step before or after: each opens once."""
    return format_hotp_value(hotp_value(secret, list(yield_hotp_counters_from_time())[1 + step]))


def enter(user: User, *, secret: str = "", at: str = HERE) -> Client:
    """Come in by the form, with the second factor where there is one."""
    client = Client(REMOTE_ADDR=at)
    answer = try_in(client, user.username, at=at)
    if secret:
        assert answer["Location"] == reverse("mfa_authenticate")
        answer = client.post(reverse("mfa_authenticate"), {"code": totp_code(secret)})
    assert answer["Location"] == reverse("after_sign_in"), answer["Location"]
    return client


def is_in(client: Client) -> bool:
    """Whether the client's session is somebody's."""
    return bool(client.get(reverse("account_home")).status_code == 200)


def last_mail(to: str) -> Mail:
    """The last mail to that address."""
    mail: Mail = Mail.objects.filter(to_address=to).latest("pk")
    return mail


def code_of(mail: Mail) -> str:
    """The code in a mail."""
    found = re.search(r"^\d{8}$", mail.secret_body, re.MULTILINE)
    assert found, mail.secret_body
    return found[0]
