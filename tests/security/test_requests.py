"""What a request may do at all: methods, forged forms, doubled fields, foreign hosts, smuggled bodies."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from django.conf import settings as site_settings
from django.contrib import admin
from django.contrib.admin.sites import AdminSite
from django.test import Client, RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from gunicorn.config import Config
from gunicorn.http.errors import ParseException
from gunicorn.http.parser import RequestParser

from credit_repair.cases.models import Case
from credit_repair.core.clock import assume
from credit_repair.core.network import client_address
from tests import world as county
from tests.test_url_roles import ROWS
from tests.whole_site import Site, build_site

#: Addresses that take a POST without a token of ours, each for a reason.
WITHOUT_TOKEN = {
    "csp_report",  # the browser itself reports; nothing is changed but a line of the log
    "enquiry",  # the secret in the address is the key, and no session is asked for
    "platform_receipts",  # every request is signed, and no session is asked for
    "enquiry_code",  # leads on to that address, and changes nothing
}
#: Addresses that answer a GET by leading on, and change nothing by it.
LEAD_ON = {"account_logout", "set_language"}


@pytest.fixture
def today() -> Iterator[None]:
    with assume(county.TODAY):
        yield


@pytest.fixture
def table(db: None, today: None) -> Site:
    return build_site()


def addresses_of(table: Site, *methods: str) -> dict[str, str]:
    """The table's addresses with a row for one of the methods; asked before anybody signs in."""
    return {name: table.address(name) for name, method, _cells in ROWS if method in methods}


def patterns(resolver: URLResolver | None = None) -> Iterator[URLPattern]:
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            yield from patterns(entry)
        else:
            yield entry


def is_exempt(view: Callable[..., Any]) -> bool:
    return bool(getattr(view, "csrf_exempt", False))


def test_every_form_needs_a_token() -> None:
    exempt = {entry.name or str(entry.pattern) for entry in patterns() if is_exempt(entry.callback)}
    assert exempt <= WITHOUT_TOKEN
    assert isinstance(site_settings.MIDDLEWARE, list)
    assert "django.middleware.csrf.CsrfViewMiddleware" in site_settings.MIDDLEWARE


def test_a_forged_form_changes_nothing_at_any_address(table: Site) -> None:
    """Signed in, but sent by another site's page: every POST of the table is refused before its view."""
    people = [table.people[name] for name in ("clerk", "intake", "data", "superv", "secadm")]
    addresses = addresses_of(table, "POST")
    for name in sorted(set(addresses) - WITHOUT_TOKEN):
        for user in people:
            client = Client(enforce_csrf_checks=True)
            assert user is not None
            client.force_login(user)
            assert client.post(addresses[name], {}).status_code == 403, name


def test_what_changes_something_is_never_a_get(table: Site) -> None:
    """An address that only takes POST answers a GET with 405: an image or a link sets nothing off."""
    read = {name for name, method, _cells in ROWS if method == "GET"}
    addresses, found = addresses_of(table, "POST"), {}
    for name in set(addresses) - read:
        for user in ("clerk", "intake", "data", "superv", "secadm"):
            client = Client()
            client.force_login(table.people[user])  # type: ignore[arg-type]
            found[name, user] = client.get(addresses[name]).status_code
    odd = {key: status for key, status in found.items() if status not in (404, 405) and key[0] not in LEAD_ON}
    assert odd == {}


@pytest.mark.parametrize("method", ["TRACE", "PUT", "PATCH", "DELETE", "CONNECT", "NONSENSE"])
def test_other_methods_are_refused(table: Site, method: str) -> None:
    addresses = addresses_of(table, "GET", "POST")
    client = Client()
    client.force_login(table.people["intake"])  # type: ignore[arg-type]
    ours = [name for name, _method, _cells in ROWS if not name.startswith(("account_", "mfa_", "social"))]
    found = {name: client.generic(method, addresses[name]).status_code for name in ours}
    assert {name: status for name, status in found.items() if status not in (302, 404, 405)} == {}


@pytest.mark.django_db
def test_a_field_in_the_address_is_no_field_of_the_form(today: None) -> None:
    made = county.build_world()
    case = county.complete_draft(made)
    before = Case.objects.get(pk=case.pk).repair.statement  # type: ignore[attr-defined]
    client = Client()
    client.force_login(made.clerk)
    address = reverse("my_filing_statement", args=[case.filing.uuid])
    client.post(f"{address}?statement=forged&corrected=1&revision=1", {})
    assert Case.objects.get(pk=case.pk).repair.statement == before  # type: ignore[attr-defined]


@pytest.mark.django_db
def test_a_field_that_nobody_offered_is_not_taken(today: None) -> None:
    """Mass assignment: state, number, office and subject of a case come from services, never from a form."""
    made = county.build_world()
    case = county.complete_draft(made)
    client = Client()
    client.force_login(made.clerk)
    forged = {"state": "approved", "number": "XF-1", "subject": "1", "intake_office": "1", "filing": "1"}
    answers = {**county.ANSWERS, f"performed_on_{case.uuid}": "2026-06-01", "revision": 1}
    client.post(reverse("my_filing_statement", args=[case.filing.uuid]), {**answers, **forged})
    assert Case.objects.get(pk=case.pk).repair.performed_on == date(2026, 6, 1)  # type: ignore[attr-defined]
    after = Case.objects.get(pk=case.pk)
    assert (after.state, after.number, after.subject_id) == (case.state, case.number, case.subject_id)
    assert (after.intake_office_id, after.filing_id) == (case.intake_office_id, case.filing_id)


@pytest.mark.parametrize(
    ("proxies", "forwarded", "seen"),
    [
        (0, "203.0.113.7", "192.0.2.1"),
        (1, "203.0.113.7", "203.0.113.7"),
        (1, "1.1.1.1, 203.0.113.7", "203.0.113.7"),
        (2, "1.1.1.1, 203.0.113.7, 198.51.100.2", "203.0.113.7"),
        (2, "203.0.113.7", "192.0.2.1"),
        (1, "", "192.0.2.1"),
    ],
)
def test_a_caller_cannot_choose_the_address_it_comes_from(
    settings: Any, proxies: int, forwarded: str, seen: str
) -> None:
    settings.TRUSTED_PROXIES = proxies
    request = RequestFactory().get("/", headers={"x-forwarded-for": forwarded}, REMOTE_ADDR="192.0.2.1")
    assert client_address(request) == seen


@pytest.mark.parametrize(
    "head",
    [
        "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n",
        "Content-Length: 4\r\nContent-Length: 5\r\n",
        "Transfer-Encoding: chunked, identity\r\n",
        "Transfer-Encoding: xchunked\r\n",
        "Content-Length: +4\r\n",
        "Content_Length: 4\r\nX-A : b\r\n",
    ],
)
def test_a_request_of_two_lengths_is_refused(head: str) -> None:
    raw = f"POST / HTTP/1.1\r\nHost: desk.example\r\n{head}\r\n0\r\n\r\n".encode()
    with pytest.raises(ParseException):
        next(RequestParser(Config(), iter([raw]), ("192.0.2.1", 1)))


def test_the_administrators_rooms_have_one_door() -> None:
    """The admin site decides by its own permission, never by the flag `is_staff` alone."""
    made = admin.sites.site
    assert isinstance(made, AdminSite)
    assert made.__class__.has_permission is not AdminSite.has_permission
