"""Officials and administrators come in with a second factor, and with nothing less."""

import logging
import re
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY
from allauth.mfa.webauthn.internal import auth as webauthn_auth
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from credit_repair.core.models import AuditEntry
from credit_repair.people import access
from credit_repair.people.audit_words import action_name
from credit_repair.people.models import Role
from credit_repair.people.single_sign_on import SECOND_FACTOR_KEY
from tests import world as county
from tests.people.signing_in import (
    HERE,
    enter,
    give_password,
    give_totp,
    is_in,
    last_mail,
    person,
    totp_code,
    try_in,
)
from tests.registry.factories import OfficeFactory

pytestmark = pytest.mark.django_db

LIMITS = {"second_factor": "5/10m/key", "login_failed": "30/5m/ip"}

INDEX, OFFICE = reverse("mfa_index"), reverse("office")
ACTIVATE, CODES = reverse("mfa_activate_totp"), reverse("mfa_view_recovery_codes")
AUTHENTICATE, DEACTIVATE = reverse("mfa_authenticate"), reverse("mfa_deactivate_totp")


@pytest.fixture(autouse=True)
def _required(settings):
    cache.clear()
    settings.SECOND_FACTOR_REQUIRED = True


@pytest.fixture
def official():
    user = county.member(OfficeFactory(credit=True), Role.INTAKE, name="李受")
    give_password(user)
    user.emailaddress_set.create(email=user.email, primary=True, verified=True)
    return user


def enrol(client):
    """Set up the codes of an app on the page; return its secret."""
    client.get(ACTIVATE)
    secret = client.session[SECRET_SESSION_KEY]
    assert client.post(ACTIVATE, {"code": totp_code(secret)})["Location"] == CODES
    return secret


def passkey_of(user):
    """A passkey in the database; no browser has it."""
    return Authenticator.objects.create(
        user=user, type=Authenticator.Type.WEBAUTHN, data={"name": "办公电脑", "credential": {}}
    )


def test_an_official_without_one_reaches_only_the_pages_that_set_one_up(official):
    client = enter(official)
    for address in (OFFICE, reverse("office_records"), reverse("front"), "/admin/", reverse("me")):
        answer = client.get(address)
        assert (answer.status_code, answer["Location"]) == (302, INDEX), address
    page = client.get(INDEX).content.decode()
    assert "您的账号用于办理公务，登录必须使用两步验证。请先设置一种，再继续。" in page
    for name in ("mfa_activate_totp", "mfa_add_webauthn", "account_email"):
        assert client.get(reverse(name)).status_code == 200, name
    assert client.post(reverse("account_logout")).status_code == 302
    assert not is_in(client)


def test_a_post_is_refused_as_well_and_nothing_is_done(official):
    client = enter(official)
    before = AuditEntry.objects.count()
    for name in ("account_change_password", "usersessions_list", "office_import_new", "office_calendar_set"):
        assert client.post(reverse(name), {"day": "2027-01-04"})["Location"] == INDEX
    assert AuditEntry.objects.count() == before
    official.refresh_from_db()
    assert official.check_password("three-odd-words-together")


def test_whoever_sets_one_up_goes_on_to_where_they_wanted(official):
    client = enter(official)
    client.get(reverse("office_records"))
    enrol(client)
    page = client.get(CODES).content.decode()
    assert f'href="{reverse("office_records")}"' in page
    assert client.get(OFFICE).status_code == 200


def test_a_strong_session_costs_no_query_of_its_own(official, monkeypatch):
    client = enter(official, secret=give_totp(official))
    monkeypatch.setattr(access, "needs_second_factor", lambda **_: pytest.fail("asked the database"))
    assert client.get(reverse("front")).status_code == 200


def test_who_must_have_one_is_asked_of_the_database_in_one_query(official):
    with CaptureQueriesContext(connection) as asked:
        assert access.needs_second_factor(user=official, on=county.TODAY)
    assert len(asked) == 1


def test_an_official_with_one_comes_in_with_it(official):
    client = enter(official, secret=give_totp(official))
    assert client.get(OFFICE).status_code == 200


def test_the_password_alone_opens_nothing(official):
    give_totp(official)
    client = Client()
    assert try_in(client, official.username)["Location"] == AUTHENTICATE
    assert not is_in(client)
    wrong = client.post(AUTHENTICATE, {"code": "000000"}).content.decode()
    assert "验证没有通过" in wrong
    assert not is_in(client)
    for name in ("office", "account_home", "mfa_index", "mfa_reauthenticate"):
        assert client.get(reverse(name))["Location"].startswith(reverse("account_login")), name


@pytest.mark.parametrize("kind", ["system", "security", "audit"])
def test_administrators_must_have_one(kind):
    user = county.administrator(kind)
    client = Client()
    client.force_login(user)
    assert client.get("/admin/")["Location"] == INDEX


def test_applicants_need_none():
    client = enter(person())
    assert client.get(reverse("me")).status_code == 200


def test_a_session_that_is_older_than_the_factor_must_show_it(official):
    old, new = enter(official), enter(official)
    secret = enrol(new)
    way = reverse("mfa_reauthenticate")
    assert old.get(OFFICE)["Location"].startswith(way)
    # It sets up no second one of its own, takes none away, and the password is not asked instead.
    for name in ("mfa_add_webauthn", "mfa_deactivate_totp", "account_reauthenticate"):
        assert old.get(reverse(name))["Location"].startswith(way), name
    answer = old.post(way, {"code": totp_code(secret, step=1), "next": OFFICE})
    assert answer["Location"] == OFFICE
    assert old.get(OFFICE).status_code == 200


def test_a_second_factor_of_the_single_sign_on_counts(official):
    client = enter(official)
    session = client.session
    session[SECOND_FACTOR_KEY] = True
    session.save()
    assert client.get(OFFICE).status_code == 200


def test_the_last_one_cannot_be_removed_by_who_must_have_one(official):
    client = enter(official, secret=give_totp(official))
    page = client.get(DEACTIVATE).content.decode()
    assert "必须使用两步验证" in page
    client.post(DEACTIVATE)
    assert official.authenticator_set.filter(type="totp").exists()

    passkey = passkey_of(official)
    client.post(DEACTIVATE)
    assert not official.authenticator_set.filter(type="totp").exists()
    remove = reverse("mfa_remove_webauthn", args=[passkey.pk])
    assert "必须使用两步验证" in client.get(remove).content.decode()
    assert client.post(remove)["Location"] == reverse("mfa_list_webauthn")
    assert official.authenticator_set.filter(pk=passkey.pk).exists()


def test_an_applicant_may_do_without_again():
    user = person()
    client = enter(user, secret=give_totp(user))
    client.post(DEACTIVATE)
    assert not user.authenticator_set.exists()
    assert last_mail(user.email).subject == "已停用动态码"


def test_nobody_removes_or_renames_the_passkey_of_another(official):
    passkey = passkey_of(official)
    user = person()
    client = enter(user, secret=give_totp(user))
    for name in ("mfa_remove_webauthn", "mfa_edit_webauthn"):
        assert client.get(reverse(name, args=[passkey.pk])).status_code == 404


def test_wrong_codes_are_counted_for_the_account(settings, official):
    settings.ACCOUNT_RATE_LIMITS = LIMITS
    secret = give_totp(official)
    thief = Client()
    try_in(thief, official.username, at="10.9.9.9")
    for _ in range(5):
        thief.post(AUTHENTICATE, {"code": "000000"})
    refused = thief.post(AUTHENTICATE, {"code": totp_code(secret)})
    assert "尝试次数过多" in refused.content.decode()
    assert not is_in(thief)


def test_the_owner_comes_in_on_their_own_device_all_the_same(settings, official):
    secret = give_totp(official)
    own = enter(official, secret=secret)
    own.post(reverse("account_logout"))
    settings.ACCOUNT_RATE_LIMITS = LIMITS
    thief = Client()
    try_in(thief, official.username)
    for _ in range(6):
        thief.post(AUTHENTICATE, {"code": "000000"})
    try_in(own, official.username, at=HERE)
    own.post(AUTHENTICATE, {"code": totp_code(secret, step=1)})
    assert is_in(own)


def test_recovery_codes_are_shown_once_and_each_opens_once(official):
    client = enter(official)
    enrol(client)
    codes = re.findall(r'<li class="dk-code">(\d+)</li>', client.get(CODES).content.decode())
    assert len(codes) == 10
    assert not re.findall(r'<li class="dk-code">', client.get(CODES).content.decode())
    assert client.get(reverse("mfa_download_recovery_codes")).status_code == 403
    for expected in (True, False):
        one = Client()
        try_in(one, official.username)
        one.post(AUTHENTICATE, {"code": codes[0]})
        assert is_in(one) is expected


def test_secrets_lie_encrypted(official):
    secret = give_totp(official)
    for held in official.authenticator_set.values_list("data", flat=True):
        assert secret not in str(held)
        assert any(str(value).startswith("gAAAA") for value in held.values())


def test_the_code_for_the_app_is_a_picture_and_a_text(official):
    client = enter(official)
    page = client.get(ACTIVATE).content.decode()
    assert 'src="data:image/svg+xml;base64,' in page
    assert client.session[SECRET_SESSION_KEY] in page


def test_a_change_of_the_second_factor_is_told_and_written_down(official, django_capture_on_commit_callbacks):
    client = enter(official)
    with django_capture_on_commit_callbacks(execute=True):
        enrol(client)
    assert last_mail(official.email).subject == "已启用动态码"
    assert AuditEntry.objects.filter(action="people.totp_activated", actor_id=official.pk).exists()


def test_whoever_has_a_second_factor_is_never_asked_for_the_password_instead():
    user = person()
    client = enter(user, secret=give_totp(user))
    session = client.session
    records = session["account_authentication_methods"]
    session["account_authentication_methods"] = [{**record, "at": 0} for record in records]
    session.save()
    answer = client.get(reverse("mfa_add_webauthn"))
    assert answer["Location"].startswith(reverse("mfa_reauthenticate"))
    by_password = client.get(reverse("account_reauthenticate"))
    assert by_password["Location"].startswith(reverse("mfa_reauthenticate"))


@pytest.mark.parametrize("later", [0, 31, 59])
def test_a_code_of_an_app_opens_once_for_as_long_as_it_counts(official, monkeypatch, later):
    secret = give_totp(official)
    start = time.time() // 30 * 30
    monkeypatch.setattr(time, "time", lambda: start)
    code = totp_code(secret, step=1)  # of a device whose clock is ahead: it is taken for 90 seconds
    for at, expected in ((start, True), (start + later, False)):
        monkeypatch.setattr(time, "time", lambda at=at: at)
        one = Client()
        assert try_in(one, official.username)["Location"] == AUTHENTICATE
        one.post(AUTHENTICATE, {"code": code})
        assert is_in(one) is expected


def test_the_code_that_set_the_app_up_opens_nothing_else(official):
    secret = enrol(enter(official))
    code = totp_code(secret)
    other = Client()
    try_in(other, official.username)
    for spelling in (code, f"{code[:3]} {code[3:]}"):
        assert "验证没有通过" in other.post(AUTHENTICATE, {"code": spelling}).content.decode()
    assert not is_in(other)


def test_a_wrong_second_factor_is_written_without_name_or_code(official, caplog):
    give_totp(official)
    thief = Client(REMOTE_ADDR="10.9.9.9")
    try_in(thief, official.username, at="10.9.9.9")
    thief.post(AUTHENTICATE, {"code": "000000"})
    entry = AuditEntry.objects.get(action="people.second_factor_failed")
    assert (entry.object_id, entry.actor_id) == (str(official.pk), None)
    assert entry.data == {"address": "10.9.9.9"}
    assert action_name(entry.action) == "两步验证没有通过"
    line = f"wrong second factor (code): account {official.pk} from 10.9.9.9"
    assert ("credit_repair.sign_in", logging.WARNING, line) in caplog.record_tuples
    assert official.username not in caplog.text
    assert "000000" not in caplog.text


def test_a_passkey_that_does_not_fit_is_written_down(official, caplog, monkeypatch):
    monkeypatch.setattr(webauthn_auth, "begin_authentication", lambda user: {})
    give_totp(official)
    passkey_of(official)
    thief = Client(REMOTE_ADDR="10.9.9.9")
    try_in(thief, official.username, at="10.9.9.9")
    thief.post(AUTHENTICATE, {"credential": '{"id": "AAAA"}'})
    assert f"wrong second factor (passkey): account {official.pk} from 10.9.9.9" in caplog.messages
    assert AuditEntry.objects.filter(action="people.second_factor_failed").count() == 1
    assert not is_in(thief)


def test_what_is_held_back_is_a_line_of_the_log_and_no_row_each_time(settings, official, caplog):
    settings.ACCOUNT_RATE_LIMITS = {"second_factor": "2/10m/key"}
    give_totp(official)
    thief = Client()
    try_in(thief, official.username)
    for _ in range(4):
        thief.post(AUTHENTICATE, {"code": "000000"})
    held = f"held back (too many wrong second factors): account {official.pk} from 127.0.0.1"
    assert caplog.messages.count(held) == 2
    assert AuditEntry.objects.filter(action="people.second_factor_failed").count() == 2


def test_who_came_in_is_written_with_the_kind_of_factor(official, caplog):
    caplog.set_level(logging.INFO, logger="credit_repair.sign_in")
    enter(official, secret=give_totp(official))
    assert f"signed in: account {official.pk} from {HERE} by password+totp" in caplog.messages


def test_a_sign_in_that_waits_for_the_code_ends_with_the_password(official):
    secret = give_totp(official)
    thief, own = Client(), enter(official, secret=secret)
    try_in(thief, official.username)
    new = "brand-new-odd-words"
    own.post(
        reverse("account_change_password"),
        {"oldpassword": "three-odd-words-together", "password1": new, "password2": new},
    )
    answer = thief.post(AUTHENTICATE, {"code": totp_code(secret, step=1)})
    assert answer["Location"] == reverse("account_login")
    assert not is_in(thief)
    assert thief.get(reverse("account_login")).status_code == 200  # it asks for the password anew
    assert thief.get(AUTHENTICATE)["Location"] == reverse("account_login")


def test_the_page_of_sign_in_does_not_lead_back_to_a_step_that_has_ended(official):
    give_totp(official)
    waiting = Client()
    try_in(waiting, official.username)
    assert waiting.get(reverse("account_login"))["Location"] == AUTHENTICATE
    official.set_password("brand-new-odd-words")
    official.save()
    assert waiting.get(reverse("account_login")).status_code == 200
