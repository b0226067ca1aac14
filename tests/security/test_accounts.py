"""Accounts from outside: what a form may set, what a key opens, what a page shows of a password."""

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as site
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from credit_repair.core.clock import assume
from credit_repair.people.models import Role, User
from tests import world as county
from tests.registry.factories import OfficeFactory

pytestmark = pytest.mark.django_db

PASSWORD = "correct horse battery staple"
NEW = "another horse, another staple"


class Inputs(HTMLParser):
    """The input fields of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[dict[str, str | None]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "input":
            self.found.append(dict(attrs))


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    with assume(county.TODAY):
        yield


@pytest.fixture
def person() -> User:
    user = county.make_user("周小敏", username="xiaomin", email="")
    user.set_password(PASSWORD)
    user.save()
    return user


def sign_in(client: Client, user: User, password: str = PASSWORD) -> Any:
    return client.post(reverse("account_login"), {"login": user.username, "password": password})


def test_a_registration_gives_no_rights() -> None:
    """Mass assignment: what a stranger adds to the form of registration is not taken."""
    forged = dict.fromkeys(
        ("is_staff", "is_superuser", "groups", "user_permissions", "is_active", "pk", "id"), "1"
    )
    Client().post(
        reverse("account_signup"),
        {
            "display_name": "周小敏",
            "email": "x@example.com",
            "password1": PASSWORD,
            "password2": PASSWORD,
            **forged,
        },
    )
    user = User.objects.get()
    assert (user.is_staff, user.is_superuser, user.groups.count()) == (False, False, 0)
    assert not user.memberships.exists() and not user.mandates.exists() and not user.administrations.exists()


def test_the_key_of_a_session_is_new_after_sign_in_and_worthless_after_sign_out(person: User) -> None:
    client = Client()
    client.get(reverse("account_login"))
    session = client.session
    session["planted"] = "by somebody else"
    session.save()
    planted = client.cookies[site.SESSION_COOKIE_NAME] = session.session_key
    sign_in(client, person)
    key = client.cookies[site.SESSION_COOKIE_NAME].value
    assert key and key != planted
    assert client.get(reverse("me")).status_code == 200
    client.post(reverse("account_logout"))
    thief = Client()
    for old in (key, planted):
        thief.cookies[site.SESSION_COOKIE_NAME] = old
        assert thief.get(reverse("me")).status_code == 302


def test_a_shut_account_is_out_at_once_with_every_session(person: User) -> None:
    client = Client()
    sign_in(client, person)
    assert client.get(reverse("me")).status_code == 200
    User.objects.filter(pk=person.pk).update(is_active=False)
    assert client.get(reverse("me")).status_code == 302


def test_a_changed_password_ends_what_was_signed_in_elsewhere(person: User) -> None:
    here, elsewhere = Client(), Client()
    sign_in(here, person)
    sign_in(elsewhere, person)
    here.post(
        reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    )
    assert User.objects.get().check_password(NEW)
    assert elsewhere.get(reverse("me")).status_code == 302
    assert here.get(reverse("me")).status_code == 200


@pytest.mark.parametrize("old", ["", "a wrong password", NEW])
def test_a_password_is_changed_by_whoever_knows_the_old_one(person: User, old: str) -> None:
    client = Client()
    sign_in(client, person)
    client.post(reverse("account_change_password"), {"oldpassword": old, "password1": NEW, "password2": NEW})
    assert User.objects.get().check_password(PASSWORD)


def test_passwords_are_hidden_and_managers_may_fill_them_in(person: User) -> None:
    signed = Client()
    sign_in(signed, person)
    for client, name in (
        (Client(), "account_login"),
        (Client(), "account_signup"),
        (signed, "account_change_password"),
    ):
        page = client.get(reverse(name)).content.decode()
        fields = [each for each in Inputs(page).found if "password" in str(each.get("name"))]
        assert fields, name
        for field in fields:
            assert field["type"] == "password"
            assert field.get("autocomplete") in {"current-password", "new-password"}
            assert "maxlength" not in field or int(field["maxlength"] or 0) >= 64
            assert "onpaste" not in field and "readonly" not in field
    scripts = (site.BASE_DIR / "credit_repair").rglob("static/**/*.js")
    assert not any(re.search(r"[\"']paste[\"']", script.read_text(encoding="utf-8")) for script in scripts)


def test_every_page_of_somebody_signed_in_leads_out() -> None:
    office = OfficeFactory(credit=True)
    for user, address in (
        (county.member(office, Role.INTAKE), reverse("office_records")),
        (county.make_user("路人"), reverse("me")),
        (county.administrator("security"), reverse("front")),
    ):
        client = Client()
        client.force_login(user)
        assert f'action="{reverse("account_logout")}"' in client.get(address).content.decode(), address


def test_the_administrators_site_has_no_sign_in_of_its_own() -> None:
    user = county.administrator("system")
    user.set_password(PASSWORD)
    user.is_staff = user.is_superuser = True
    user.save()
    client = Client()
    answer = client.post(reverse("admin:login"), {"username": user.username, "password": PASSWORD})
    assert answer.status_code == 302 and answer["Location"].startswith(reverse("account_login"))
    assert "_auth_user_id" not in client.session
    assert "django.contrib.auth.backends.ModelBackend" not in site.AUTHENTICATION_BACKENDS
    assert admin.site.login_form is None


def test_pages_of_somebody_signed_in_are_kept_by_nobody(person: User) -> None:
    client = Client()
    sign_in(client, person)
    for address in (reverse("me"), reverse("front"), "/there-is-nothing/"):
        answer = client.get(address)
        assert "no-store" in answer["Cache-Control"], address
        assert "public" not in answer["Cache-Control"] and "Cookie" in answer["Vary"], address
    assert "cache" in client.post(reverse("account_logout"))["Clear-Site-Data"]


def test_every_cookie_that_we_write_is_guarded() -> None:
    for file in Path(site.BASE_DIR, "credit_repair").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(".set_cookie"):
                said = {word.arg: ast.unparse(word.value) for word in node.keywords}
                assert said.get("httponly") == "True", file
                assert said.get("secure") == "settings.HTTPS", file
                assert said.get("samesite") in {"'Lax'", "'Strict'"}, file
                assert "domain" not in said, file
                # The prefix __Host- asks for the whole host.
                assert said.get("path", "'/'") == "'/'", f"{file}: the prefix __Host- needs the path /"
