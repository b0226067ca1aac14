"""What must not be read in a log or in a report of an error is not written there."""

import logging
import sys
from typing import Any

import pytest
from django.http import HttpRequest
from django.test import Client, RequestFactory
from django.urls import path, reverse
from django.views.debug import ExceptionReporter, get_default_exception_reporter_filter

from credit_repair.core.logs import HideSecrets, without_secrets
from tests import world as county

#: Far from where they are used: a report shows the lines of the source round each step.
POSTED = {"password": "hunter2", "statement": "我的陈述", "number": "340621199003070019"}
HEADERS = {"authorization": "Bearer abc", "cookie": "sessionid=deadbeef"}
NUMBER, PHONE, MAIL = "340621199003070019", "13800000000", "zhou@example.com"


def line(message: str, *args: Any, **more: Any) -> logging.LogRecord:
    return logging.LogRecord("django.request", logging.WARNING, "", 0, message, args, more.get("exc_info"))


def test_the_secret_of_a_calendar_is_left_out_of_a_line() -> None:
    record = line("%s: %s", "Not Found", "/calendar/abc-DEF_1.ics")
    assert HideSecrets().filter(record)
    assert record.getMessage() == "Not Found: /calendar/….ics"


def test_other_lines_are_left_as_they_are() -> None:
    record = logging.LogRecord("a", logging.INFO, "", 0, "read %s", ("/me/calendar/",), None)
    assert HideSecrets().filter(record)
    assert (record.msg, record.args) == ("read %s", ("/me/calendar/",))


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("GET /account/invitation/aB3-_x9/ 200", "GET /account/invitation/…/ 200"),
        ("/account/password/reset/key/3f-c7k2-9a8b7c/", "/account/password/reset/key/…/"),
        ("/account/confirm-email/MTI:1abc:xyz/", "/account/confirm-email/…/"),
        ("/account/oidc/official/login/callback/?code=abc&state=def HTTP/1.1", "?code=…&state=… HTTP/1.1"),
        ("Authorization: Bearer abc.def-123", "Authorization: …"),
        ("{'authorization': 'Basic cWl5ZTp4', 'host': 'a'}", "{'authorization': '…', 'host': 'a'}"),
        ("Cookie: sessionid=abc; csrftoken=def", "Cookie: …"),
        ("__Host-sessionid=abc123; path=/", "__Host-sessionid=…; path=/"),
        ("postgres://desk:hunter2@db:5432/desk", "postgres://desk:…@db:5432/desk"),
        ("redis://:hunter2@cache:6379/0", "redis://:…@cache:6379/0"),
        ("password='hunter2' and more", "password='…' and more"),
        ('{"access_token": "abc", "client_secret": "def"}', '{"access_token": "…", "client_secret": "…"}'),
        ("the code: 482913 was sent", "the code: … was sent"),
        ("token eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln here", "token … here"),
        (f"the person {NUMBER} is", "the person … is"),
        ("身份证34062119900307001X有误", "身份证…有误"),
        ("old number 340621900307001.", "old number …."),
        (f"call {PHONE} or +86 {PHONE}", "call … or …"),
        (f"to {MAIL}, and zhou%40example.com", "to …@…, and …@…"),
    ],
)
def test_secrets_and_personal_numbers_are_left_out(said: str, written: str) -> None:
    assert without_secrets(said).endswith(written)


@pytest.mark.parametrize(
    "said",
    [
        "read 1234 rows of 91340621MA2TX00008",  # the code of an organisation is public
        "case 20261120-000123, message 5e1f0c3a-2b7d-4c1e-9f00-138000000001",
        "GET /me/records/5e1f0c3a-2b7d-4c1e-9f00-13800000000a/ 200",
        "status code: 500, exit code 137",
        "2026-11-20 10:15:30,123 took 1763604930.123 s",
        "HTTP/1.1 200 16384",
        "the keys: newest first",
    ],
)
def test_what_tells_of_nobody_is_written(said: str) -> None:
    assert without_secrets(said) == said


def test_an_error_below_a_line_is_cleaned_too() -> None:
    try:
        raise ValueError(f"no such person {NUMBER}, {MAIL}, password=hunter2")
    except ValueError:
        record = line("it failed", exc_info=sys.exc_info())
    HideSecrets().filter(record)
    written = logging.Formatter().format(record)
    assert "ValueError: no such person …, …@…, password=…" in written
    assert NUMBER not in written and "hunter2" not in written


def test_words_that_do_not_fit_their_values_lose_no_line_and_tell_nothing() -> None:
    record = line("two %s and %s", NUMBER)
    assert HideSecrets().filter(record)
    assert NUMBER not in record.getMessage()


@pytest.mark.parametrize("name", ["", "django", "django.server", "django.request", "axes", "celery"])
def test_no_line_of_any_library_goes_past_the_filter(name: str) -> None:
    """Every handler that a line may reach hides secrets (pytest's own apart)."""
    logger: logging.Logger | None = logging.getLogger(name)
    while logger is not None:
        ours = [
            handler
            for handler in logger.handlers
            if not type(handler).__module__.startswith("_pytest")
            and not isinstance(handler, logging.NullHandler)
        ]
        assert all(any(isinstance(f, HideSecrets) for f in handler.filters) for handler in ours), logger
        logger = logger.parent if logger.propagate else None


@pytest.mark.django_db
def test_a_name_that_was_tried_stands_neither_in_the_log_nor_in_the_table(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    from axes.models import AccessAttempt

    user = county.make_user("周小敏", username="zhou-xiaomin")
    client.post(reverse("account_login"), {"login": user.username, "password": "hunter2-wrong"})
    written = " ".join(record.getMessage() for record in caplog.records)
    assert user.username not in written and "hunter2" not in written
    kept = " ".join(f"{found.get_data} {found.post_data}" for found in AccessAttempt.objects.all())
    assert user.username not in kept and "hunter2" not in kept


# ---- reports of an error ---------------------------------------------------------------------------------


def broken(request: HttpRequest) -> None:
    """A view that breaks with something in its hands."""
    secret = f"{NUMBER}-{request.POST['password']}"
    raise RuntimeError(f"broken {len(secret)}")


urlpatterns = [path("broken/", broken, name="broken")]


def _report() -> str:
    request = RequestFactory().post("/broken/", POSTED, headers=HEADERS)
    try:
        broken(request)
    except RuntimeError:
        return ExceptionReporter(request, *sys.exc_info()).get_traceback_html()
    raise AssertionError("it did not break")


def test_a_report_of_an_error_names_what_was_posted_but_no_value(settings: Any) -> None:
    settings.DEBUG = False
    assert type(get_default_exception_reporter_filter()).__name__ == "BareReports"
    text = _report()
    assert "statement" in text and "broken" in text
    for word in ("hunter2", "我的陈述", NUMBER, "Bearer abc", "deadbeef"):
        assert word not in text


def test_a_report_names_no_setting_that_is_secret(settings: Any) -> None:
    settings.DEBUG = False
    settings.CELERY_BROKER_URL = "redis://:hunter2@broker/0"
    settings.SECRET_KEY = "of-this-office-alone"
    safe = get_default_exception_reporter_filter().get_safe_settings()
    assert "hunter2" not in str(safe) and "of-this-office-alone" not in str(safe)
