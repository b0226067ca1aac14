"""The way in and out."""

import pytest
from django.test import Client
from django.urls import reverse

from credit_repair.people.services import grant_mandate, join_office
from tests.home.conftest import PASSWORD, SINCE, person
from tests.world import signed_in

pytestmark = pytest.mark.django_db
URL = reverse("account_login")


def sign_in(client, username, **more):
    return client.post(URL, {"login": username, "password": PASSWORD, **more})


def test_officials_are_led_to_their_inbox_and_others_to_their_records(credit, subject):
    join_office(user=person("official"), office=credit, role="intake", since=SINCE)
    grant_mandate(user=person("clerk"), subject=subject, since=SINCE)
    for username, home in (("official", "office"), ("clerk", "me")):
        client = Client()
        assert sign_in(client, username)["Location"] == reverse("after_sign_in")
        assert client.get(reverse("after_sign_in"))["Location"] == reverse(home)


@pytest.mark.parametrize(
    ("wanted", "led_to"),
    [
        ("/me/cases/", "/me/cases/"),
        ("https://evil.example/me/", reverse("after_sign_in")),
        ("//evil.example/", reverse("after_sign_in")),
        ("javascript:alert(1)", reverse("after_sign_in")),
    ],
)
def test_only_a_safe_next_is_followed(wanted, led_to):
    person("clerk")
    assert sign_in(Client(), "clerk", next=wanted)["Location"] == led_to


def test_next_is_carried_through_the_form():
    assert 'name="next" value="/me/cases/"' in Client().get(URL, {"next": "/me/cases/"}).content.decode()


@pytest.mark.parametrize("username", ["clerk", "gone", "nobody"])
def test_a_refusal_never_says_what_was_wrong(username):
    person("clerk")
    gone = person("gone")
    gone.is_active = False
    gone.save()
    answer = Client().post(URL, {"login": username, "password": "wrong-password"})
    assert "用户名或密码不正确" in answer.content.decode()


def test_inactive_people_do_not_come_in():
    gone = person("gone")
    gone.is_active = False
    gone.save()
    client = Client()
    assert sign_in(client, "gone")["Location"] == reverse("account_inactive")
    assert "已经停用" in client.get(reverse("account_inactive")).content.decode()
    assert client.get(reverse("me")).status_code == 302


def test_who_is_signed_in_needs_no_form():
    assert signed_in(person("clerk")).get(URL)["Location"] == reverse("after_sign_in")


def test_signing_out_is_a_post():
    client = signed_in(person("clerk"))
    assert "确定要退出登录吗" in client.get(reverse("account_logout")).content.decode()
    assert client.get(reverse("me")).status_code == 200
    assert client.post(reverse("account_logout"))["Location"] == reverse("front")
    assert client.get(reverse("me")).status_code == 302


def test_accounts_are_listed_only_in_a_demo(settings, credit):
    join_office(user=person("shouli"), office=credit, role="intake", since=SINCE)
    settings.DEMO, settings.DEMO_PASSWORD = False, "demo-password-1"
    page = Client().get(URL).content.decode()
    assert "shouli" not in page
    assert "demo-password-1" not in page
    settings.DEMO = True
    page = Client().get(URL).content.decode()
    assert "shouli" in page
    assert "濉溪县信用办 · 受理人员" in page
    assert "demo-password-1" in page


def test_sign_in_page_bears_the_name_of_the_site(settings):
    settings.SITE_NAME = "濉溪信用修复"
    assert "濉溪信用修复" in Client().get(URL).content.decode()


def test_expired_form_is_explained():
    answer = Client(enforce_csrf_checks=True).post(URL, {"login": "a", "password": "b"})
    assert answer.status_code == 403
    assert "页面已过期" in answer.content.decode()


def test_front_page_says_what_matters():
    page = Client().get(reverse("front")).content.decode()
    for words in ("3个工作日", "10个工作日", "不收任何费用", "中介", reverse("account_login")):
        assert words in page


def test_pages_carry_no_inline_code(clerk):
    answer = clerk.get(reverse("me"))
    page = answer.content.decode()
    assert "style=" not in page
    assert "<script>" not in page
    assert "script-src 'self'" in answer["Content-Security-Policy"]


def test_a_next_that_leads_back_to_signing_in_turns_in_no_circle():
    person("clerk")
    client = Client()
    sign_in(client, "clerk")
    assert client.get(URL, {"next": URL})["Location"] == reverse("after_sign_in")
