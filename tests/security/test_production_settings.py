"""What an installation behind TLS is set to, without anybody setting it."""

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher

from tests.security.production import production, run

HALF_A_YEAR = 180 * 24 * 3600


@pytest.mark.parametrize("cookie", ["SESSION", "CSRF", "LANGUAGE"])
def test_every_cookie_is_for_this_host_over_tls_and_for_no_script(cookie: str) -> None:
    found = production()
    assert found[f"{cookie}_COOKIE_NAME"].startswith("__Host-")
    assert found[f"{cookie}_COOKIE_SECURE"] is True
    assert found[f"{cookie}_COOKIE_HTTPONLY"] is True
    assert found[f"{cookie}_COOKIE_SAMESITE"] == "Lax"
    # What the prefix asks for besides: the whole host, and no other.
    assert (found[f"{cookie}_COOKIE_PATH"], found[f"{cookie}_COOKIE_DOMAIN"]) == ("/", None)


def test_browsers_are_told_to_use_tls_for_a_year_and_below_this_host_too() -> None:
    found = production()
    assert found["SECURE_HSTS_SECONDS"] >= 365 * 24 * 3600
    assert found["SECURE_HSTS_INCLUDE_SUBDOMAINS"] is True
    assert found["SECURE_SSL_REDIRECT"] is True


def test_debugging_and_the_demo_are_off_unless_somebody_turns_them_on() -> None:
    found = production()
    assert (found["DEBUG"], found["DEMO"], found["ASSUMED_TODAY"]) == (False, False, None)
    assert found["SECOND_FACTOR_REQUIRED"] is True


def test_every_kind_of_trial_has_a_limit() -> None:
    limits = production()["ACCOUNT_RATE_LIMITS"]
    assert {"login", "login_failed", "signup", "reset_password", "reauthenticate", "upload"} <= set(limits)
    assert all(limits.values())


def test_passwords_are_hashed_slowly() -> None:
    first = production()["PASSWORD_HASHERS"][0]
    assert first == "django.contrib.auth.hashers.PBKDF2PasswordHasher"
    assert PBKDF2PasswordHasher.iterations >= 600_000
    assert PBKDF2PasswordHasher.digest().name == "sha256"


def test_a_session_is_a_row_of_the_server_and_its_key_says_nothing() -> None:
    found = production()
    assert found["SESSION_ENGINE"] == "django.contrib.sessions.backends.db"
    assert found["SESSION_SERIALIZER"] == "django.contrib.sessions.serializers.JSONSerializer"
    assert found["SESSION_COOKIE_AGE"] <= 12 * 3600
    assert found["SESSION_IDLE_MINUTES"] <= 60


def test_djangos_own_check_for_production_finds_nothing() -> None:
    ended = run("manage.py", "check", "--deploy", "--fail-level", "WARNING")
    assert ended.returncode == 0, ended.stderr
