"""When sessions end, and who ends them."""

from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from credit_repair.people import sessions
from tests import world as county
from tests.people.signing_in import enter, is_in, person

pytestmark = pytest.mark.django_db

ME, LIST, LEFT = reverse("me"), reverse("usersessions_list"), reverse("account_session")
BY_SCRIPT = {"X-Requested-With": "XMLHttpRequest", "Accept": "application/json"}


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self):
        self.at = datetime.now(tz=UTC).timestamp()

    def __call__(self):
        return self.at

    def pass_by(self, *, minutes=0, seconds=0):
        self.at += minutes * 60 + seconds


@pytest.fixture
def wall(monkeypatch):
    cache.clear()
    clock = Clock()
    monkeypatch.setattr(sessions, "moment", clock)
    return clock


@pytest.fixture
def client(wall):
    return enter(person())


def led_to_sign_in(answer):
    """The way to sign in, as what it says."""
    where = urlsplit(answer["Location"])
    assert where.path == reverse("account_login")
    return {key: values[0] for key, values in parse_qs(where.query).items()}


def test_a_session_ends_after_a_time_without_use(client, wall):
    wall.pass_by(minutes=29)
    assert is_in(client)
    wall.pass_by(minutes=29)
    assert is_in(client)
    wall.pass_by(minutes=31)
    asked = led_to_sign_in(client.get(f"{ME}?page=2"))
    assert asked == {"ended": "idle", "next": f"{ME}?page=2"}
    page = client.get(reverse("account_login"), asked).content.decode()
    assert "您超过30分钟没有操作" in page
    assert 'name="next"' in page


def test_a_session_ends_after_a_working_day_however_busy(client, wall):
    for _ in range(24):
        wall.pass_by(minutes=19)
        assert is_in(client)
    wall.pass_by(minutes=25)
    asked = led_to_sign_in(client.get(ME))
    assert asked["ended"] == "whole"
    assert "最长8小时" in client.get(reverse("account_login"), asked).content.decode()


def test_the_limits_are_settings(client, wall, settings):
    settings.SESSION_IDLE_MINUTES = 5
    wall.pass_by(minutes=6)
    assert not is_in(client)


def test_an_ended_session_is_gone_for_good(client, wall):
    key = client.session.session_key
    wall.pass_by(minutes=31)
    client.get(ME)
    assert not Session.objects.filter(session_key=key).exists()
    assert not UserSession.objects.filter(session_key=key).exists()


def test_whoever_sent_a_form_too_late_is_told_and_returns_to_it(client, wall):
    wall.pass_by(minutes=31)
    answer = client.post(
        reverse("account_change_password"), {}, HTTP_REFERER="http://testserver/account/password/change/"
    )
    asked = led_to_sign_in(answer)
    assert asked["next"] == "/account/password/change/"
    assert "没有保存" in client.get(reverse("account_login"), asked).content.decode()


@pytest.mark.parametrize("referer", ["https://evil.example/x", "javascript:alert(1)", ""])
def test_a_form_from_elsewhere_leads_nowhere_else(client, wall, referer):
    wall.pass_by(minutes=31)
    asked = led_to_sign_in(client.post(LIST, HTTP_REFERER=referer))
    assert asked["next"] == reverse("after_sign_in")


def test_a_part_of_a_page_leads_the_whole_page_to_sign_in(client, wall):
    wall.pass_by(minutes=31)
    answer = client.get(ME, HTTP_HX_REQUEST="true", HTTP_HX_CURRENT_URL=f"http://testserver{LIST}")
    assert answer.status_code == 204
    assert answer["HX-Redirect"].startswith(reverse("account_login"))
    assert "sessions" in answer["HX-Redirect"]


def test_what_a_script_asks_by_itself_is_no_use(client, wall):
    for _ in range(4):
        wall.pass_by(minutes=8)
        client.get(LEFT, headers=BY_SCRIPT)
    assert not is_in(client)


def test_the_button_of_the_warning_prolongs_the_session(client, wall):
    wall.pass_by(minutes=28, seconds=30)
    left = client.get(LEFT, headers=BY_SCRIPT).json()
    assert (left["why"], left["seconds"]) == ("idle", 90)
    left = client.post(LEFT, headers=BY_SCRIPT).json()
    assert left["seconds"] == 30 * 60
    wall.pass_by(minutes=20)
    assert is_in(client)


def test_pages_of_who_is_signed_in_carry_the_warning(client):
    assert "data-dk-session" in client.get(ME).content.decode()
    assert "data-dk-session" not in Client().get(reverse("front")).content.decode()


def test_a_session_is_stamped_once_a_minute(client, wall):
    client.get(ME)
    wall.pass_by(seconds=40)
    with CaptureQueriesContext(connection) as often:
        client.get(ME)
    wall.pass_by(seconds=40)
    with CaptureQueriesContext(connection) as later:
        client.get(ME)
    written = [query["sql"] for query in often if query["sql"].startswith(("UPDATE", "INSERT"))]
    assert written == []
    assert any("usersessions" in query["sql"] for query in later if query["sql"].startswith("UPDATE"))
    row = UserSession.objects.get(session_key=client.session.session_key)
    assert abs(row.last_seen_at.timestamp() - wall.at) < 1


def test_a_deactivated_person_is_out_at_once(wall):
    user = person()
    client = enter(user)
    user.is_active = False
    user.save()
    assert not is_in(client)


def test_a_session_that_began_another_way_is_listed_too(wall):
    user = county.make_user()
    client = Client()
    client.force_login(user)
    client.get(ME)
    assert UserSession.objects.filter(user=user).count() == 1
    assert sessions.end_sessions(user=user) == 1
    assert not is_in(client)


def test_all_sessions_end_but_one(wall):
    user = person()
    this, *others = (enter(user) for _ in range(3))
    assert sessions.end_sessions(user=user, but=this.session.session_key) == 2
    assert is_in(this)
    assert not any(is_in(other) for other in others)


def test_people_see_their_sessions_and_end_one_or_all_others(wall):
    user = person()
    this, phone, desk = enter(user, at="10.0.0.1"), enter(user, at="10.0.0.2"), enter(user, at="10.0.0.3")
    page = this.get(LIST).content.decode()
    assert page.count("这台设备") == 1
    for address in ("10.0.0.1", "10.0.0.2", "10.0.0.3"):
        assert address in page

    row = UserSession.objects.get(session_key=phone.session.session_key)
    assert this.post(reverse("account_session_end", args=[row.pk]))["Location"] == LIST
    assert not is_in(phone)
    assert is_in(desk)
    assert "退出其他所有设备" in this.get(LIST).content.decode()
    this.post(LIST)
    assert not is_in(desk)
    assert is_in(this)
    assert "您只在这台设备上登录" in this.get(LIST).content.decode()


def test_nobody_ends_the_session_of_another(client):
    other = enter(person("别人"))
    row = UserSession.objects.get(session_key=other.session.session_key)
    client.post(reverse("account_session_end", args=[row.pk]))
    assert is_in(other)


def test_sessions_that_have_ended_by_themselves_are_not_listed(wall):
    user = person()
    enter(user, at="10.0.0.9")
    wall.pass_by(minutes=35)
    assert "10.0.0.9" not in enter(user).get(LIST).content.decode()


def test_the_list_asks_no_more_for_more_sessions(wall):
    user = person()
    client = enter(user)

    def queries():
        with CaptureQueriesContext(connection) as asked:
            client.get(LIST)
        return len(asked)

    queries()
    few = queries()
    for _ in range(6):
        enter(user)
    assert queries() == few
