"""What every answer tells the browser, whoever gives it: a page, a file, a refusal, a fault."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import include, path, reverse

from credit_repair.cases.models import CaseDocument
from credit_repair.core.clock import assume
from credit_repair.notices.services import render
from tests import world as county

SECRET = "数据库密码是hunter2"


def broken(request: HttpRequest) -> HttpResponse:
    """A fault of the site."""
    raise RuntimeError(SECRET)


urlpatterns = [path("broken/", broken, name="broken"), path("", include("credit_repair.urls"))]


@pytest.fixture
def site() -> Iterator[Client]:
    """A site with one more address, behind which something breaks."""
    with override_settings(ROOT_URLCONF=__name__):
        yield Client(raise_request_exception=False)


def policy_of(answer: Any) -> dict[str, str]:
    parts = (part.strip().partition(" ") for part in answer["Content-Security-Policy"].split(";"))
    return {name: value for name, _blank, value in parts}


def assert_guarded(answer: Any) -> None:
    policy = policy_of(answer)
    wanted = {"default-src": "'none'", "script-src": "'self'", "style-src": "'self'", "object-src": "'none'"}
    if "sandbox" in policy:  # a download: nothing at all
        wanted = {"default-src": "'none'"}
    else:
        assert policy["form-action"].split()[0] == "'self'"
    assert {name: policy[name] for name in wanted} == wanted
    assert (policy["base-uri"], policy["frame-ancestors"]) == ("'none'", "'none'")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "Access-Control-Allow-Origin" not in answer


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/", 200),
        ("/account/login/", 200),
        ("/me/", 302),
        ("/there-is-nothing/", 404),
        ("/static/desk/desk.js", 200),
        ("/static/desk/emblem.svg", 200),
        ("/static/there-is-nothing.js", 404),
        ("/broken/", 500),
    ],
)
def test_every_kind_of_answer_is_guarded(site: Client, address: str, status: int, settings: Any) -> None:
    settings.WHITENOISE_USE_FINDERS = settings.WHITENOISE_AUTOREFRESH = True
    answer = site.get(address)
    assert answer.status_code == status
    assert_guarded(answer)


@pytest.mark.django_db
def test_a_refused_form_and_a_refused_host_are_guarded_too(settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["desk.example"]
    refused = Client(enforce_csrf_checks=True).post("/account/login/", {}, headers={"host": "desk.example"})
    assert refused.status_code == 403
    assert_guarded(refused)
    foreign = Client(raise_request_exception=False).get("/", headers={"host": "evil.example"})
    assert foreign.status_code == 400
    assert_guarded(foreign)
    assert "evil.example" not in foreign.content.decode()


@pytest.mark.django_db
def test_a_foreign_origin_is_allowed_nothing() -> None:
    answer = Client().get("/", headers={"origin": "https://evil.example"})
    assert [name for name in answer.headers if name.lower().startswith("access-control")] == []


@pytest.mark.django_db
def test_a_file_is_handed_out_to_be_kept_not_to_be_shown() -> None:
    with assume(county.TODAY):
        made = county.build_world()
        case = county.submitted_case(made)
        link = CaseDocument.objects.filter(case=case).last()
        assert link is not None
        render(document_id=link.document_id)
        attachment = case.attachments.first()
        assert attachment is not None
        client = Client()
        client.force_login(made.clerk)
        for address in (
            reverse("attachment", args=[attachment.uuid]),
            reverse("document", args=[link.document.uuid]),
        ):
            answer = client.get(address)
            assert answer.status_code == 200
            assert answer["Content-Disposition"].startswith("attachment")
            assert answer["Content-Type"] in {"application/pdf", "image/png", "image/jpeg"}
            assert_guarded(answer)
            assert "sandbox" in policy_of(answer)
            assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
            assert answer["Cache-Control"] == "private, no-store"


@pytest.mark.django_db
def test_pages_say_their_alphabet(site: Client) -> None:
    for address in ("/", "/account/login/", "/there-is-nothing/", "/broken/"):
        assert site.get(address)["Content-Type"] == "text/html; charset=utf-8", address


@pytest.mark.django_db
def test_a_fault_says_nothing_of_what_broke(site: Client) -> None:
    page = site.get("/broken/").content.decode()
    for word in (SECRET, "RuntimeError", "Traceback", "credit_repair", "hunter2", "django"):
        assert word.lower() not in page.lower(), word


@pytest.mark.django_db
def test_what_does_not_exist_is_not_repeated(site: Client) -> None:
    page = site.get("/there-is-nothing/<script>alert(1)</script>/").content.decode()
    assert "<script>alert" not in page and "alert(1)</" not in page
    assert "urlpatterns" not in page.lower()


@pytest.mark.django_db
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_over_tls_the_browser_is_told_to_stay_there(settings: Any, scheme: str) -> None:
    settings.SECURE_HSTS_SECONDS, settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = 31536000, True
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    answer = Client().get("/", headers={"x-forwarded-proto": scheme})
    if scheme == "https":
        assert answer["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
    else:
        assert (answer.status_code, answer["Location"]) == (301, "https://testserver/")


@pytest.mark.django_db
def test_nobody_learns_which_versions_are_at_work() -> None:
    answer = Client().get("/")
    assert "Server" not in answer and "X-Powered-By" not in answer
