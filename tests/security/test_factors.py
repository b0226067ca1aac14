"""Codes, seeds and tokens: how they are made, how long they are, for whom and until when they count."""

import logging
import math
import re
import time
from typing import Any

import jwt
import pytest
from allauth.account.adapter import get_adapter
from allauth.mfa import app_settings as mfa
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.socialaccount.providers.base import ProviderException
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from django.core import mail as outbox
from django.core import signing
from django.test import Client
from django.urls import reverse
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from credit_repair.mail.services import send_waiting
from credit_repair.people import openid
from credit_repair.people.models import User
from tests import world as county
from tests.people import signing_in

#: What changes how somebody comes in.
DELICATE = ["mfa_activate_totp", "mfa_add_webauthn", "account_email"]
ISSUER, AUDIENCE = "https://sso.example", "our-name-there"


def test_seeds_and_codes_come_from_the_systems_chance() -> None:
    seeds = {generate_totp_secret() for _number in range(50)}
    assert len(seeds) == 50
    assert all(len(seed) * 5 >= 160 for seed in seeds), "base32: five bits a character"
    assert len({RecoveryCodes.generate_seed() for _number in range(50)}) == 50


@pytest.mark.django_db
def test_codes_are_long_enough() -> None:
    """Twenty bits and more: nobody guesses one within the few trials that are allowed."""
    assert mfa.RECOVERY_CODE_DIGITS * math.log2(10) >= 20
    by_mail = {get_adapter().generate_email_verification_code() for _number in range(100)}
    assert len(by_mail) == 100
    assert min(len(re.sub(r"\W", "", code)) for code in by_mail) * math.log2(10) >= 19.9
    user = county.make_user()
    assert len(set(RecoveryCodes.activate(user).generate_codes())) == mfa.RECOVERY_CODE_COUNT


@pytest.mark.django_db
def test_a_seed_lies_encrypted_and_belongs_to_one_person() -> None:
    seed = generate_totp_secret()
    TOTP.activate(county.make_user(), seed)
    assert seed not in str(Authenticator.objects.values_list("data", flat=True)[0])


@pytest.mark.django_db
def test_a_code_counts_in_the_browser_that_asked_for_it() -> None:
    password = "correct horse battery staple"
    register = {
        "display_name": "周小敏",
        "email": "x@example.com",
        "password1": password,
        "password2": password,
    }
    asked, other = Client(), Client()
    asked.post(reverse("account_signup"), register)
    send_waiting()
    found = re.search(r"\b([A-Z0-9]{3,}-?[A-Z0-9]{3,})\b", str(outbox.outbox[-1].body))
    assert found, outbox.outbox[-1].body
    where = reverse("account_email_verification_sent")
    other.post(where, {"code": found[1]})
    assert "_auth_user_id" not in other.session
    asked.post(where, {"code": found[1]})
    assert asked.session["_auth_user_id"] == str(User.objects.get().pk)


@pytest.mark.django_db
def test_a_new_password_takes_no_second_factor_away() -> None:
    user = signing_in.person()
    secret = signing_in.give_totp(user)
    client, new = Client(), "four-odd-words-put-together"
    client.post(reverse("account_reset_password"), {"email": user.email})
    code = signing_in.code_of(signing_in.last_mail(user.email))
    answer = client.post(reverse("account_confirm_password_reset_code"), {"code": code})
    client.post(answer["Location"], {"password1": new, "password2": new})
    assert not signing_in.is_in(client)

    answer = signing_in.try_in(client, user.username, new)
    assert answer["Location"] == reverse("mfa_authenticate")
    assert not signing_in.is_in(client)
    client.post(reverse("mfa_authenticate"), {"code": signing_in.totp_code(secret)})
    assert signing_in.is_in(client)


@pytest.mark.django_db
@pytest.mark.parametrize("name", DELICATE)
def test_delicate_changes_ask_again_a_while_after_sign_in(name: str) -> None:
    client = signing_in.enter(signing_in.person())
    session = client.session
    records = session["account_authentication_methods"]
    session["account_authentication_methods"] = [{**record, "at": 0} for record in records]
    session.save()
    answer = client.post(reverse(name), {"email": "new@example.com", "action_add": "1"})
    assert answer.status_code == 302 and "reauthenticate" in answer["Location"], name


# -- tokens of single sign-on


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def keys_of(*keys: Any) -> dict[str, Any]:
    """The provider's published keys."""
    listed = []
    for number, each in enumerate(keys):
        kind = RSAAlgorithm if isinstance(each, rsa.RSAPrivateKey) else ECAlgorithm
        listed.append({**kind.to_jwk(each.public_key(), as_dict=True), "kid": str(number), "use": "sig"})
    return {"keys": listed}


def token(key: Any, *, algorithm: str = "RS256", kid: str = "0", **changed: Any) -> str:
    now = int(time.time())
    claims = {"iss": ISSUER, "sub": "1", "aud": AUDIENCE, "iat": now, "exp": now + 300, **changed}
    return jwt.encode(
        {k: v for k, v in claims.items() if v is not None}, key, algorithm, headers={"kid": kid}
    )


def read(text: str, keys: dict[str, Any]) -> dict[str, Any]:
    return openid.verified_claims(text, keys=keys, issuer=ISSUER, audience=AUDIENCE)


def test_a_token_as_it_should_be_is_read(key: rsa.RSAPrivateKey) -> None:
    curve = ec.generate_private_key(ec.SECP256R1())
    keys = keys_of(key, curve)
    assert read(token(key), keys)["sub"] == "1"
    assert read(token(curve, algorithm="ES256", kid="1"), keys)["sub"] == "1"


def test_a_token_counts_in_its_time_for_us_from_its_provider(key: rsa.RSAPrivateKey) -> None:
    hour = 3600
    now = int(time.time())
    for changed in (
        {"exp": now - hour},
        {"exp": None},
        {"nbf": now + hour},
        {"iat": now + hour},
        {"aud": "another"},
        {"aud": None},
        {"aud": [AUDIENCE, "another"]},
        {"azp": "another"},
        {"iss": "https://evil.example"},
        {"iss": None},
        {"sub": None},
        {"sub": ""},
    ):
        with pytest.raises(ProviderException):
            read(token(key, **changed), keys_of(key))


def test_only_signatures_with_a_key_of_the_providers_own_count(key: rsa.RSAPrivateKey) -> None:
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    keys = keys_of(key)
    public = keys["keys"][0]["n"]
    forged = [
        token(other),
        token(None, algorithm="none"),
        token(str(public) * 2, algorithm="HS256"),  # the published key, taken for one that both sides know
        token(key, kid="9"),
        token(key)[:-4] + "AAAA",
        "not.a.token",
        "",
    ]
    for text in forged:
        with pytest.raises(ProviderException):
            read(text, keys)
    assert not {"none", "HS256", "HS384", "HS512"} & set(openid.ALGORITHMS)


def test_what_was_signed_for_one_thing_counts_for_no_other() -> None:
    made = signing.dumps([1], salt="one")
    with pytest.raises(signing.BadSignature):
        signing.loads(made, salt="another")
    with pytest.raises(signing.SignatureExpired):
        signing.loads(made, salt="one", max_age=-1)


# -- faults


@pytest.mark.django_db
def test_a_fault_is_written_to_the_log(caplog: pytest.LogCaptureFixture, settings: Any) -> None:
    settings.ROOT_URLCONF = "tests.security.test_headers"
    with caplog.at_level(logging.ERROR):
        Client(raise_request_exception=False).get("/broken/")
    found = [record for record in caplog.records if record.exc_info and "broken" in record.getMessage()]
    assert found and found[0].levelno == logging.ERROR
