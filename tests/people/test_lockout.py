"""Whoever guesses is locked out; nobody locks out another."""

from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from credit_repair.people import lockout
from tests.people.signing_in import (
    ELSEWHERE,
    HERE,
    PASSWORD,
    code_of,
    enter,
    is_in,
    last_mail,
    person,
    try_in,
)

pytestmark = pytest.mark.django_db

WRONG = "wrong-password"


@pytest.fixture(autouse=True)
def _nothing_counted():
    cache.clear()


@pytest.fixture
def user():
    return person(email="zhou@example.com")


def fail(name, times, *, client=None, at=HERE):
    """Fail to sign in so many times; return the last answer."""
    client = client or Client()
    return [try_in(client, name, WRONG, at=at) for _ in range(times)][-1]


def test_a_stranger_is_locked_out_after_five_failures(user):
    assert fail(user.username, 4).status_code == 200
    answer = fail(user.username, 1)
    assert answer.status_code == 429
    page = answer.content.decode()
    assert "暂时不能登录" in page
    assert reverse("account_reset_password") in page
    assert try_in(Client(), user.username, PASSWORD).status_code == 429  # also with the right password


def test_the_page_says_when_it_ends(user, settings):
    fail(user.username, 5)
    last = AccessAttempt.objects.latest("attempt_time").attempt_time
    page = fail(user.username, 1).content.decode()
    ends = timezone.localtime(last + settings.AXES_COOLOFF_TIME)
    assert ends.strftime("%H:%M") in page


def test_it_ends_by_itself(user):
    fail(user.username, 5)
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=16))
    assert try_in(Client(), user.username)["Location"] == reverse("after_sign_in")


def test_trying_on_while_locked_does_not_prolong_it(user):
    fail(user.username, 5)
    before = AccessAttempt.objects.get().attempt_time
    fail(user.username, 5)
    assert AccessAttempt.objects.get().attempt_time == before


@pytest.mark.parametrize("spelling", ["{0}", "{0} ", " {1}", "{1}"])
def test_another_spelling_of_the_name_begins_nothing_anew(user, spelling):
    name = user.username
    fail(name, 4)
    tried = spelling.format(name.upper(), name.title())
    assert fail(tried, 1).status_code == 429


def test_the_owner_comes_in_from_elsewhere(user):
    fail(user.username, 9)
    assert try_in(Client(), user.username, at=ELSEWHERE)["Location"] == reverse("after_sign_in")


def test_the_owner_comes_in_on_their_own_device_from_the_same_address(user):
    own = enter(user)
    own.post(reverse("account_logout"))
    fail(user.username, 9)
    for name in (user.username, user.email):
        fail(name, 9)
        assert try_in(own, name)["Location"] == reverse("after_sign_in")
        own.post(reverse("account_logout"))


def test_a_device_is_known_for_its_own_accounts_only(user):
    other = person("别人")
    own = enter(user)
    own.post(reverse("account_logout"))
    assert fail(other.username, 5, client=own).status_code == 429


def test_failures_on_a_known_device_are_limited_by_the_address(user, settings):
    own = enter(user)
    own.post(reverse("account_logout"))
    settings.ACCOUNT_RATE_LIMITS = {"login_failed": "6/5m/ip"}
    for _ in range(6):
        assert "用户名或密码不正确" in fail(user.username, 1, client=own).content.decode()
    page = try_in(own, user.username).content.decode()
    assert "尝试次数过多" in page
    assert not is_in(own)


def test_the_address_is_limited_whatever_names_are_tried(settings):
    settings.ACCOUNT_RATE_LIMITS = {"login_failed": "6/5m/ip"}
    for number in range(6):
        fail(f"name-{number}", 1)
    assert "尝试次数过多" in fail("name-7", 1).content.decode()


def test_too_many_requests_are_answered_in_words(settings, user):
    settings.ACCOUNT_RATE_LIMITS = {"login": "2/m/ip"}
    fail(user.username, 2)
    answer = fail(user.username, 1)
    assert answer.status_code == 429
    assert "操作太频繁" in answer.content.decode()


def test_success_forgets_the_failures_under_each_spelling(user):
    fail(user.username, 4)
    fail(user.email, 4)
    enter(user)
    assert not AccessAttempt.objects.exists()


def test_whoever_sets_a_new_password_by_mail_comes_in_at_once(user):
    fail(user.username, 5)
    client = Client(REMOTE_ADDR=HERE)
    client.post(reverse("account_reset_password"), {"email": user.email})
    code = {"code": code_of(last_mail(user.email))}
    where = client.post(reverse("account_confirm_password_reset_code"), code)["Location"]
    new = "four-odd-words-put-together"
    client.post(where, {"password1": new, "password2": new})
    assert try_in(Client(), user.username, new)["Location"] == reverse("after_sign_in")


def test_an_unknown_name_is_locked_as_a_known_one_is(user):
    known, unknown = fail(user.username, 5), fail("nobody", 5)
    assert (known.status_code, unknown.status_code) == (429, 429)
    assert "nobody" not in unknown.content.decode()


def test_the_cookie_of_the_device_cannot_be_read_by_scripts_or_forged(user):
    client = Client()
    answer = try_in(client, user.username)
    cookie = answer.cookies[lockout.COOKIE]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert int(cookie["max-age"]) == 180 * 86400
    forged = Client()
    forged.cookies[lockout.COOKIE] = cookie.value[:-2] + "xx"
    assert fail(user.username, 5, client=forged).status_code == 429


def test_no_password_that_was_tried_is_kept(user):
    fail(user.username, 2)
    kept = AccessAttempt.objects.get()
    assert WRONG not in kept.post_data + kept.get_data


def test_a_locked_name_does_not_end_a_session(user):
    own = enter(user)
    fail(user.username, 9)
    assert is_in(own)


@pytest.mark.parametrize("spelling", ["KISS", "k\u0131ss", "ki\u017fs", "\u212aiss", "ｋｉｓｓ", " kiss "])
def test_whatever_a_database_takes_for_the_same_name_is_counted_as_one(spelling):
    person("别人", username="kiss", email="kiss@example.com")
    fail("kiss", 4)
    assert fail(spelling, 1).status_code == 429


@pytest.mark.parametrize("exists", [True, False])
def test_the_count_does_not_tell_whether_name_and_address_are_somebodys(exists):
    if exists:
        person("别人", username="kiss", email="kiss@example.com")
    fail("kiss@example.com", 4)
    assert fail("kiss", 1).status_code == 200


def test_a_network_of_ipv6_is_counted_as_one_address(user):
    for number in range(4):
        fail(user.username, 1, at=f"2001:db8:1:2::{number + 1}")
    assert fail(user.username, 1, at="2001:db8:1:2:ffff::1").status_code == 429
    assert try_in(Client(), user.username, at="2001:db8:1:3::1")["Location"] == reverse("after_sign_in")


def test_the_limits_count_a_network_of_ipv6_as_one_address(user, settings):
    settings.ACCOUNT_RATE_LIMITS = {"login_failed": "2/5m/ip"}
    for number in range(2):
        fail(f"name-{number}", 1, at=f"2001:db8:1:2::{number + 1}")
    assert "尝试次数过多" in fail("name", 1, at="2001:db8:1:2::9").content.decode()
    assert "尝试次数过多" not in fail("name", 1, at="2001:db8:1:3::9").content.decode()


def test_ipv4_within_ipv6_is_an_address_of_its_own(user):
    fail(user.username, 5, at="::ffff:10.0.0.1")
    assert fail(user.username, 1, at="10.0.0.1").status_code == 429
    assert try_in(Client(), user.username, at="::ffff:10.0.0.2")["Location"] == reverse("after_sign_in")


def test_who_comes_from_nowhere_is_counted_too(user):
    assert fail(user.username, 5, at="").status_code == 429


def test_the_page_of_sessions_shows_the_whole_address(user):
    client = enter(user, at="2001:db8:1:2::77")
    assert "2001:db8:1:2::77" in client.get(reverse("usersessions_list")).content.decode()


def test_what_is_locked_out_is_written_with_the_account_and_without_the_name(user, caplog):
    fail(user.username, 6)
    fail("nobody", 5)
    lines = [each.getMessage() for each in caplog.records if each.name == "credit_repair.sign_in"]
    assert lines.count(f"held back (locked out): account {user.pk} from {HERE}") == 2
    assert lines.count(f"held back (locked out): no account from {HERE}") == 1
    assert user.username not in " ".join(lines)
