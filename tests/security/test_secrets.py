"""What must not be guessed, changed, or learnt by how long an answer takes."""

import ast
import base64
import math
from pathlib import Path

import httpcore
import httpx
import pytest
from cryptography.fernet import InvalidToken
from django.conf import settings
from django.contrib.sessions.backends.base import VALID_KEY_CHARS, SessionBase
from django.contrib.sessions.backends.db import SessionStore

from credit_repair.cases import models as cases
from credit_repair.core import codes, crypto
from credit_repair.platforms.transports.http import HttpTransport
from credit_repair.registry.models import Platform
from credit_repair.reminders import feeds


@pytest.mark.django_db
def test_the_key_of_a_session_cannot_be_guessed() -> None:
    keys = set()
    for _number in range(20):
        session = SessionStore()
        session.create()
        keys.add(session.session_key)
    assert len(keys) == 20
    for key in keys:
        assert key is not None
        assert len(key) * math.log2(len(VALID_KEY_CHARS)) >= 128
    assert SessionStore._get_new_session_key is SessionBase._get_new_session_key  # type: ignore[attr-defined]


def test_the_secret_of_an_address_has_256_bits() -> None:
    assert feeds.SECRET_BYTES * 8 >= 256


def test_a_query_code_is_drawn_from_the_systems_chance() -> None:
    drawn = {cases.new_query_code() for _number in range(200)}
    assert len(drawn) == 200
    assert 12 * math.log2(len(codes.ALPHABET)) >= 60


def test_what_was_encrypted_and_then_changed_is_not_read() -> None:
    written = bytearray(base64.urlsafe_b64decode(crypto.box().encrypt(b"340621199003070019")))
    for place in (1, 20, len(written) - 1):
        changed = written.copy()
        changed[place] ^= 1
        with pytest.raises(InvalidToken):
            crypto.box().decrypt(base64.urlsafe_b64encode(bytes(changed)))


def test_the_same_number_is_encrypted_differently_each_time() -> None:
    assert len({crypto.box().encrypt(b"340621199003070019") for _number in range(50)}) == 50


def test_a_key_of_the_wrong_length_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "FIELD_KEYS", [base64.urlsafe_b64encode(b"too short").decode()])
    with pytest.raises(ValueError, match="32"):
        crypto.box()


def test_secrets_are_compared_in_constant_time_or_found_by_their_hash() -> None:
    """No == between secrets: the stand-in compares signatures by hmac, the site asks for hashes."""
    words = ("secret", "signature", "token", "password")
    found = []
    for file in [
        *Path(settings.BASE_DIR, "credit_repair").rglob("*.py"),
        *Path(settings.BASE_DIR, "standin").rglob("*.py"),
    ]:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Compare) or not isinstance(node.ops[0], ast.Eq | ast.NotEq):
                continue
            sides = [node.left, *node.comparators]
            if any(isinstance(side, ast.Constant) for side in sides):
                continue
            if all(any(word in ast.unparse(side).lower() for word in words) for side in sides):
                found.append((file.name, ast.unparse(node)))
    # Whether a known key is in use is asked at the start, of the operator's own settings.
    allowed = {"SECRET_KEY == settings.INSECURE_SECRET_KEY", "secret == DEMO_SECRET"}
    # The token of a lease tells one relay from another; nobody outside ever sends one.
    allowed.add("tokens.get(each.message.pk) == each.message.lease_token")
    assert [line for line in found if not any(line[1].endswith(good) for good in allowed)] == []


def test_platforms_are_called_over_checked_tls_and_nowhere_else() -> None:
    transport = HttpTransport()
    pool = transport._clients.of(Platform(endpoint="https://platform.test"))
    try:
        # The transport itself follows no redirect: an answer cannot send a message elsewhere.
        assert isinstance(pool, httpx.HTTPTransport)
        assert isinstance(pool._pool, httpcore.ConnectionPool), "no proxy from the environment"
        context = pool._pool._ssl_context
        assert context.check_hostname is True and context.verify_mode.name == "CERT_REQUIRED"
        assert context.minimum_version.name in {"TLSv1_2", "TLSv1_3"}
    finally:
        transport.close()
