"""The known key and the demo's passwords never meet real people."""

import os
import subprocess
import sys

import pytest
from django.conf import settings as site
from django.core.exceptions import ImproperlyConfigured

from credit_repair.core.checks import name_weak_settings, refuse_demo_in_production, require_own_key


def test_the_known_key_serves_a_demo_and_nobody_else(settings) -> None:
    settings.DEMO = True
    require_own_key()

    settings.DEMO = False
    with pytest.raises(ImproperlyConfigured, match="SECRET_KEY"):
        require_own_key()

    settings.SECRET_KEY = "of this office alone"
    require_own_key()


@pytest.mark.parametrize("part", ["credit_repair.wsgi", "credit_repair.asgi"])
def test_the_web_server_does_not_start_with_the_known_key(part: str) -> None:
    plain = {name: value for name, value in os.environ.items() if name not in ("SECRET_KEY", "DEMO", "DEBUG")}
    ended = subprocess.run(
        [sys.executable, "-c", f"import {part}"],
        cwd=site.BASE_DIR,
        env=plain,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert ended.returncode != 0
    assert "Set SECRET_KEY" in ended.stderr


def test_deploy_check_names_what_must_not_go_into_production(settings) -> None:
    settings.DEMO = True
    assert {found.id for found in refuse_demo_in_production()} == {"desk.E001", "desk.E002"}

    settings.DEMO, settings.SECRET_KEY = False, "of this office alone"
    assert refuse_demo_in_production() == []


SAFE = {
    "CACHE_URL": "redis://cache/0",
    "ACCOUNT_RATE_LIMITS": {"login": "1/m/ip"},
    "SECOND_FACTOR_REQUIRED": True,
    "FIELD_KEYS": ["key"],
    "HTTPS": True,
    "TRUSTED_PROXIES": 1,
    "EMAIL_HOST": "localhost",
    "SITE_URL": "https://desk.example",
}
SMTP = "django.core.mail.backends.smtp.EmailBackend"
IN_THE_OPEN = {"enterprise": {"server_url": "http://sso.example"}, "official": {"server_url": ""}}


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        ({}, []),
        ({"CACHE_URL": ""}, ["desk.W001"]),
        ({"ACCOUNT_RATE_LIMITS": False}, ["desk.W002"]),
        ({"SECOND_FACTOR_REQUIRED": False}, ["desk.W003"]),
        ({"FIELD_KEYS": []}, ["desk.W004"]),
        ({"TRUSTED_PROXIES": 0}, ["desk.W005"]),
        ({"EMAIL_HOST": "mail.example", "EMAIL_BACKEND": SMTP}, ["desk.W006"]),
        ({"EMAIL_HOST": "mail.example", "EMAIL_BACKEND": SMTP, "EMAIL_USE_TLS": True}, []),
        ({"SITE_URL": "http://desk.example"}, ["desk.W007"]),
        ({"SINGLE_SIGN_ON": IN_THE_OPEN}, ["desk.E004"]),
    ],
)
def test_deploy_check_names_what_protects_less_than_it_seems(settings, changed, found) -> None:
    for name, value in (SAFE | changed).items():
        setattr(settings, name, value)
    assert [message.id for message in name_weak_settings()] == found
