"""Registration, codes from mails, passwords, addresses."""

import re
import time

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from credit_repair.core.models import AuditEntry
from credit_repair.mail.models import Mail
from credit_repair.mail.services import send_waiting
from credit_repair.people import account_mails
from credit_repair.people.models import User
from credit_repair.people.sign_in_forms import PASSWORD_RULES
from tests import world as county
from tests.people.signing_in import (
    PASSWORD,
    code_of,
    enter,
    give_totp,
    is_in,
    last_mail,
    person,
    totp_code,
    try_in,
)

pytestmark = pytest.mark.django_db

SIGNUP, CODE = reverse("account_signup"), reverse("account_email_verification_sent")
NEW = {
    "display_name": "周小敏",
    "email": "zhou@example.com",
    "phone": "13800000000",
    "password1": PASSWORD,
    "password2": PASSWORD,
}


@pytest.fixture(autouse=True)
def _nothing_counted():
    cache.clear()


def test_whoever_registers_comes_in_with_the_code_from_the_mail(client):
    assert client.post(SIGNUP, NEW)["Location"] == CODE
    assert not is_in(client)
    user = User.objects.get(email="zhou@example.com")
    assert (user.display_name, user.phone) == ("周小敏", "13800000000")

    wrong = client.post(CODE, {"code": "00000000", "action": "verify"})
    assert "验证码不正确" in wrong.content.decode()
    code = code_of(last_mail("zhou@example.com"))
    answer = client.post(CODE, {"code": f" {code[:4]} {code[4:]} ", "action": "verify"})

    assert answer["Location"] == reverse("after_sign_in")
    assert is_in(client)
    assert EmailAddress.objects.get(user=user).verified
    assert AuditEntry.objects.filter(action="people.registered", object_id=str(user.pk)).exists()


def test_a_taken_address_looks_like_any_other_and_its_owner_is_told(client):
    owner = person(email="zhou@example.com")
    assert client.post(SIGNUP, NEW)["Location"] == CODE
    page = client.get(CODE).content.decode()
    assert "zhou@example.com" in page
    assert User.objects.filter(email=owner.email).count() == 1
    mail = last_mail(owner.email)
    assert mail.subject == "您已经有账号"
    assert reverse("account_reset_password") in mail.secret_body


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"password2": "three-odd-words-apart"}, "两次输入的密码不一致"),
        ({"password1": "zhou@example.com", "password2": "zhou@example.com"}, "邮箱"),
        (
            {
                "display_name": "欧阳修远志高",
                "password1": "欧阳修远志高8888",
                "password2": "欧阳修远志高8888",
            },
            "姓名",
        ),
        ({"password1": "short-1", "password2": "short-1"}, "10"),
    ],
)
def test_a_password_that_will_not_do_is_refused_in_words(client, changed, words):
    page = client.post(SIGNUP, {**NEW, **changed})
    assert page.status_code == 200
    assert words in page.content.decode()
    assert not User.objects.filter(email="zhou@example.com").exists()


def test_the_rules_for_passwords_are_read_before_one_is_typed(client):
    assert str(PASSWORD_RULES) in client.get(SIGNUP).content.decode()
    inside = enter(person())
    assert str(PASSWORD_RULES) in inside.get(reverse("account_change_password")).content.decode()


def test_codes_lie_encrypted_and_are_gone_once_they_were_sent(client):
    client.post(SIGNUP, NEW)
    mail = last_mail("zhou@example.com")
    code = code_of(mail)
    assert code not in mail.subject + mail.body
    send_waiting()
    mail.refresh_from_db()
    assert (mail.state, mail.secret_body, mail.body) == ("sent", "", "")


def test_a_forgotten_password_is_set_anew_and_every_session_ends():
    user = person()
    elsewhere = enter(user)
    client = Client()
    client.post(reverse("account_reset_password"), {"email": user.email})
    answer = client.post(
        reverse("account_confirm_password_reset_code"), {"code": code_of(last_mail(user.email))}
    )
    assert answer["Location"] == reverse("account_complete_password_reset")
    assert str(PASSWORD_RULES) in client.get(answer["Location"]).content.decode()
    new = "four-odd-words-put-together"
    client.post(answer["Location"], {"password1": new, "password2": new})

    assert not is_in(elsewhere)
    assert last_mail(user.email).subject == "您的密码已重设"
    assert try_in(Client(), user.username).status_code == 200
    assert try_in(Client(), user.username, new)["Location"] == reverse("after_sign_in")


def test_who_asks_for_an_unknown_address_learns_nothing(client):
    known = person()
    answers = []
    for address in (known.email, "nobody@example.com"):
        one = Client()
        answer = one.post(reverse("account_reset_password"), {"email": address})
        page = one.get(answer["Location"]).content.decode().replace(address, "")
        answers.append((answer.status_code, answer["Location"], re.sub(r'value="[^"]{64}"', "", page)))
    assert answers[0] == answers[1]
    assert last_mail("nobody@example.com").subject == "这个邮箱没有账号"


def test_a_code_is_tried_three_times_and_no_more():
    user = person()
    client = Client()
    client.post(reverse("account_reset_password"), {"email": user.email})
    code = code_of(last_mail(user.email))
    page = reverse("account_confirm_password_reset_code")
    for _ in range(3):
        client.post(page, {"code": "00000000" if code != "00000000" else "11111111"})
    assert client.post(page, {"code": code})["Location"] == reverse("account_login")


def test_a_changed_password_ends_the_other_sessions_and_keeps_this_one():
    user = person()
    this, other = enter(user), enter(user)
    new = "four-odd-words-put-together"
    sent = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    assert this.post(reverse("account_change_password"), sent)["Location"] == reverse("account_home")
    assert is_in(this)
    assert not is_in(other)
    mail = last_mail(user.email)
    assert mail.subject == "您的密码已修改"
    assert "127.0.0.1" in mail.secret_body or "10.0.0.1" in mail.secret_body
    assert AuditEntry.objects.filter(action="people.password_changed", actor_id=user.pk).exists()


def test_a_new_address_counts_once_its_code_was_typed_and_the_old_one_is_told():
    user = person(email="old@example.com")
    client = enter(user)
    assert (
        client.post(reverse("account_email"), {"email": "new@example.com", "action_add": "1"})["Location"]
        == CODE
    )
    user.refresh_from_db()
    assert user.email == "old@example.com"
    client.post(CODE, {"code": code_of(last_mail("new@example.com")), "action": "verify"})
    user.refresh_from_db()
    assert user.email == "new@example.com"
    assert last_mail("old@example.com").subject == "您的邮箱已更换"


def test_an_account_without_any_address_is_asked_for_no_code():
    assert is_in(enter(person(email="")))


def test_an_address_that_was_never_verified_is_verified_at_sign_in():
    user = person(verified=False)
    client = Client()
    assert try_in(client, user.username)["Location"] == CODE
    assert not is_in(client)
    client.post(CODE, {"code": code_of(last_mail(user.email)), "action": "verify"})
    assert is_in(client)


def test_people_come_in_by_address_as_by_name():
    user = person(email="zhou@example.com")
    for name in (user.username.upper(), "ZHOU@example.com", " zhou@example.com "):
        assert try_in(Client(), name)["Location"] == reverse("after_sign_in"), name


@pytest.mark.parametrize("kind", [*account_mails.NOTICES, *account_mails.LETTERS])
def test_every_mail_is_in_chinese_and_says_whom_to_ask(settings, kind):
    settings.SITE_PHONE = "0561-1234567"
    account_mails.write(kind=kind, to_address="a@example.com", context={"code": "12345678", "ip": "10.0.0.1"})
    mail = last_mail("a@example.com")
    assert re.match(r"[一-鿿]", mail.subject)
    assert "0561-1234567" in mail.secret_body
    assert "{{" not in mail.secret_body
    assert not re.search(r"[A-Za-z]{3,}", re.sub(r"\S+(@|://|/)\S+", "", mail.secret_body))


ANYBODYS = ("account_login", "account_signup", "account_reset_password", "account_inactive")
ONES_OWN = (
    "account_home",
    "account_email",
    "account_change_password",
    "account_logout",
    "usersessions_list",
    "mfa_index",
    "mfa_activate_totp",
    "mfa_add_webauthn",
    "mfa_list_webauthn",
)
WITH_CODES = (
    "mfa_index",
    "mfa_deactivate_totp",
    "mfa_generate_recovery_codes",
    "mfa_view_recovery_codes",
    "mfa_reauthenticate",
)
#: Names and abbreviations that are no English.
NO_ENGLISH = r"English|EN|u\d+|example\.com|otpauth|Mac|Chrome|TOTP|[A-Z2-7]{16,}|txt"


def words_of(page: str) -> str:
    """What a reader sees of a page."""
    page = re.sub(r"<(script|title|style)\b.*?</\1>", "", page, flags=re.DOTALL)
    return re.sub(NO_ENGLISH, "", re.sub(r"<[^>]+>", " ", page))


def test_every_page_is_ours_in_plain_chinese_without_inline_code():
    anybody, own = Client(), enter(person())
    user = person("李受")
    secret = give_totp(user)
    coded = enter(user, secret=secret)
    asked = Client()
    try_in(asked, user.username)
    for client, names in (
        (anybody, ANYBODYS),
        (own, ONES_OWN),
        (coded, WITH_CODES),
        (asked, ("mfa_authenticate",)),
    ):
        for name in names:
            answer = client.get(reverse(name))
            page = answer.content.decode()
            assert answer.status_code == 200, name
            assert page.count("<h1") == 1, name
            assert 'class="dk-brand"' in page, name
            assert "style=" not in page, name
            assert not re.search(r"<script(?![^>]*(src=|application/json))", page), name
            english = re.findall(r"[A-Za-z]{2,}", words_of(page))
            assert english == [], (name, english)


def test_the_page_of_the_account_shows_what_is_set():
    user = person()
    give_totp_code = give_totp(user)
    page = enter(user, secret=give_totp_code).get(reverse("account_home")).content.decode()
    for words in (user.email, "动态码", "1台", reverse("account_change_password")):
        assert words in page
    assert totp_code(give_totp_code) not in page


def test_everybody_finds_the_way_to_their_account(client):
    client.force_login(county.make_user())
    assert f'href="{reverse("account_home")}"' in client.get(reverse("front")).content.decode()


def test_no_mail_goes_out_by_another_way(mailoutbox, client):
    client.post(SIGNUP, NEW)
    assert mailoutbox == []
    assert Mail.objects.count() == 1


@pytest.fixture
def hashes(monkeypatch):
    """How often a password is hashed: that is what takes the time."""
    counted = []
    encode = MD5PasswordHasher.encode
    monkeypatch.setattr(
        MD5PasswordHasher, "encode", lambda self, *said: (counted.append(1), encode(self, *said))[1]
    )
    return counted


def test_registration_takes_as_long_whether_the_address_has_an_account_or_not(hashes):
    taken = person("周老板").email
    found = []
    for address in (taken, "free@example.com"):
        hashes.clear()
        answer = Client().post(SIGNUP, {**NEW, "email": address})
        found.append((len(hashes), answer["Location"]))
    assert found == [(1, CODE), (1, CODE)]


def test_a_failed_sign_in_takes_as_long_whether_there_is_an_account_or_not(hashes):
    known, shut, by_provider = person("known"), person("shut"), person("provider")
    shut.is_active = False
    shut.save()
    by_provider.set_unusable_password()
    by_provider.save()
    counts = {}
    for user in (known, shut, by_provider):
        for name in (user.username, user.email):
            hashes.clear()
            try_in(Client(), name, "wrong-words")
            counts[name] = len(hashes)
    for name in ("nobody", "nobody@example.com"):
        hashes.clear()
        try_in(Client(), name, "wrong-words")
        counts[name] = len(hashes)
    assert set(counts.values()) == {1}, counts


def test_an_address_opens_its_owner_s_account_also_where_it_is_the_name_of_another():
    owner = person("周老板", email="zhou@example.com")
    other = person("别人", email="other@example.com", username="zhou@example.com")
    other.set_password("another-odd-password")
    other.save()
    for name, password, whose in (
        (owner.username, PASSWORD, owner),
        ("zhou@example.com", PASSWORD, owner),
        ("other@example.com", "another-odd-password", other),
    ):
        client = Client()
        try_in(client, name, password)
        assert client.session["_auth_user_id"] == str(whose.pk)


def test_an_account_that_is_shut_while_a_code_is_awaited_does_not_open(client):
    client.post(SIGNUP, NEW)
    code = code_of(last_mail(NEW["email"]))
    User.objects.filter(email=NEW["email"]).update(is_active=False)
    assert client.post(CODE, {"code": code, "action": "verify"})["Location"] == reverse("account_login")
    assert not is_in(client)


def test_codes_of_mails_end_after_ten_minutes(client, monkeypatch):
    client.post(SIGNUP, NEW)
    code, sent = code_of(last_mail(NEW["email"])), time.time()
    assert "10分钟" in client.get(CODE).content.decode()
    monkeypatch.setattr(time, "time", lambda: sent + 601)
    client.post(CODE, {"code": code, "action": "verify"})
    assert not is_in(client)
    assert not EmailAddress.objects.get(email=NEW["email"]).verified


def test_a_failure_and_a_limit_are_written_without_the_name(settings, caplog):
    user = person()
    settings.ACCOUNT_RATE_LIMITS = {"login_failed": "1/5m/ip"}
    for _ in range(2):
        try_in(Client(), user.username, "wrong-words")
    lines = [each.getMessage() for each in caplog.records if each.name == "credit_repair.sign_in"]
    assert lines == [
        "name and password do not fit: no account from 10.0.0.1",
        "held back (too many failed sign-ins): no account from 10.0.0.1",
    ]
