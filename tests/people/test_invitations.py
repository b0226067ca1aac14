"""Invitations: who may send them, what a link opens, once; and the way back into an account."""

import re
from datetime import timedelta
from io import StringIO

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from credit_repair.core import clock
from credit_repair.core.models import AuditEntry
from credit_repair.mail.models import Mail
from credit_repair.people import access
from credit_repair.people.errors import NotYours, PeopleRefused
from credit_repair.people.models import Administration, Invitation, Role, User
from credit_repair.people.services import acceptances, administrators, invitations, leave_office
from credit_repair.people.services.closing import close_account
from tests import world as county
from tests.people.invited import NOW, PASSWORD, TODAY, at, confirm, invite, secret_of, security
from tests.registry.factories import OfficeFactory, SubjectFactory

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(days=2)


def accept(invitation: Invitation, username: str = "qianxin") -> User:
    return acceptances.accept_new(
        secret=secret_of(invitation), username=username, password=PASSWORD, now=LATER
    )


def url_of(invitation: Invitation) -> str:
    return reverse("account_invitation", args=[secret_of(invitation)])


def form(username: str = "qianxin", password: str = PASSWORD) -> dict[str, str]:
    return {"username": username, "password1": password, "password2": password}


@pytest.fixture(autouse=True)
def _today():
    with clock.assume(TODAY):
        yield


# -- sent


def test_the_secret_is_in_the_mail_alone_and_its_hash_in_the_database() -> None:
    invitation = invite(security())
    secret = secret_of(invitation)
    mail = Mail.objects.get(kind="invitation")
    assert len(secret) >= 43, "256 bits"
    assert secret not in mail.body and secret not in str(AuditEntry.objects.values_list("data"))
    assert secret not in str(Invitation.objects.values())


@pytest.mark.parametrize("who", ["system", "audit", "supervisor", "root"])
def test_nobody_but_a_security_administrator_invites(who: str) -> None:
    office = OfficeFactory(credit=True)
    people = {
        "supervisor": lambda: county.member(office, Role.SUPERVISOR),
        "root": lambda: county.make_user(is_superuser=True, is_staff=True),
    }
    actor = people.get(who, lambda: county.administrator(who))()
    with pytest.raises(NotYours):
        invite(actor, office=office, roles=[Role.INTAKE])
    assert not Invitation.objects.exists() and not Mail.objects.exists()


def test_the_same_invitation_is_not_sent_twice_while_one_is_open() -> None:
    actor, office = security(), OfficeFactory()
    invite(actor, office=office, roles=[Role.INTAKE])
    with pytest.raises(PeopleRefused, match="重发或者撤销"):
        invite(actor, office=office, roles=[Role.VERIFIER])


def test_an_administrator_cannot_be_invited_to_an_office_nor_an_official_to_administer() -> None:
    actor = security()
    system = confirm(county.administrator("system"))
    official = confirm(county.member(OfficeFactory(), Role.INTAKE))
    clerk = confirm(county.clerk_of(SubjectFactory()))
    with pytest.raises(PeopleRefused, match="系统管理员"):
        invite(actor, email=system.email)
    for person in (official, clerk):
        with pytest.raises(PeopleRefused, match="管理员不办理业务"):
            invite(actor, email=person.email, administration="audit")


# -- accepted by a new person


def test_a_new_person_makes_an_account_and_serves_from_then_on() -> None:
    invitation = invite(security(), until=TODAY + timedelta(days=90))
    user = accept(invitation)
    membership = user.memberships.get()
    assert (membership.role, membership.since) == (Role.INTAKE, LATER.date())
    assert membership.until == TODAY + timedelta(days=90)
    assert user.check_password(PASSWORD) and user.display_name == "钱新"
    assert EmailAddress.objects.get(user=user).verified
    assert AuditEntry.objects.filter(action="people.accept_invitation", actor_id=user.pk).exists()


def test_an_invited_administrator_administers_and_serves_nobody() -> None:
    user = accept(invite(security(), administration="audit"))
    assert access.administers(user=user, kind="audit", on=LATER.date())
    assert not user.memberships.exists()


def test_a_new_person_is_signed_in_and_led_to_a_second_factor(client: Client, settings) -> None:
    settings.SECOND_FACTOR_REQUIRED = True
    invitation = invite(security())
    url = url_of(invitation)
    assert "qian" in client.get(url).content.decode(), "a user name is proposed"
    answer = client.post(url, form())
    assert (answer.status_code, answer["Location"]) == (302, reverse("mfa_index"))
    user = User.objects.get(username="qianxin")
    assert client.session["_auth_user_id"] == str(user.pk)
    assert client.get(reverse("mfa_activate_totp")).status_code == 200, (
        "without asking for the password again"
    )
    led = client.get(reverse("office"))
    assert led.status_code == 302 and led["Location"].startswith("/account/")


@pytest.mark.parametrize(
    ("posted", "words"),
    [
        (form(password="12345678901"), "数字"),
        (form(password="qianxin2026"), "相似"),
        ({**form(), "password2": "another"}, "两次输入的密码不一致"),
        (form(username="taken"), "已经有人使用"),
        (form(username="someone@example.com"), "别的邮箱地址"),
    ],
)
def test_what_cannot_be_taken_is_said_and_the_link_stays_good(client: Client, posted, words: str) -> None:
    county.make_user(username="Taken")
    invitation = invite(security())
    answer = client.post(url_of(invitation), posted)
    assert answer.status_code == 200 and words in answer.content.decode()
    assert not User.objects.filter(display_name="钱新").exists()
    assert client.post(url_of(invitation), form()).status_code == 302


def test_a_link_is_used_once() -> None:
    invitation = invite(security())
    accept(invitation)
    with pytest.raises(acceptances.Gone):
        accept(invitation, username="another")
    assert User.objects.filter(email=invitation.email).count() == 1


def test_resent_the_new_link_opens_and_the_old_one_is_dead() -> None:
    actor = security()
    invitation = invite(actor)
    old = secret_of(invitation)
    invitations.resend(actor=actor, invitation=invitation, now=NOW + timedelta(days=30))
    with pytest.raises(acceptances.Gone):
        acceptances.find(secret=old, now=NOW)
    assert acceptances.find(secret=secret_of(invitation), now=NOW + timedelta(days=30)) == invitation


def test_a_link_that_opens_nothing_gets_one_page_whatever_the_cause(client: Client) -> None:
    actor = security()
    used, revoked = invite(actor), invite(actor, email="b@example.gov.cn")
    urls = [url_of(used), url_of(revoked), reverse("account_invitation", args=["no-such-secret"])]
    accept(used)
    invitations.revoke(actor=actor, invitation=revoked, now=NOW)
    answers = [client.get(url) for url in urls]
    pages = {answer.content.decode().split("<main")[1].split("</main")[0] for answer in answers}
    assert {answer.status_code for answer in answers} == {404}
    assert len(pages) == 1


def test_of_a_link_that_has_expired_it_is_said(client: Client) -> None:
    invitation = invite(security())
    with clock.assume(TODAY + timedelta(days=8)):
        answer = client.get(url_of(invitation))
    assert answer.status_code == 410 and "有效期已过" in answer.content.decode()


def test_what_a_dismissed_administrator_sent_opens_nothing() -> None:
    actor, boss = security(), security()
    invitation = invite(actor)
    administrators.remove(actor=boss, administration=actor.administrations.get(), reason="离任", today=TODAY)
    with pytest.raises(acceptances.Gone):
        accept(invitation)


# -- accepted by somebody who has an account


def test_an_address_alone_adds_nothing_to_an_account(client: Client) -> None:
    person = confirm(county.member(OfficeFactory(), Role.DATA))
    invitation = invite(security(), email=person.email.upper())
    page = client.get(url_of(invitation)).content.decode()
    assert "已经有账号" in page and "next=/account/invitation/" in page
    client.post(url_of(invitation), form())
    with pytest.raises(PeopleRefused, match="请先登录"):
        accept(invitation)
    assert person.memberships.count() == 1
    invitation.refresh_from_db()
    assert invitation.accepted_at is None


def test_who_has_signed_in_accepts_with_the_account_they_have(client: Client) -> None:
    person = confirm(county.member(OfficeFactory(), Role.DATA))
    invitation = invite(security(), email=person.email)
    client.force_login(person)
    assert "接受邀请" in client.get(url_of(invitation)).content.decode()
    client.post(url_of(invitation))
    assert set(person.memberships.values_list("role", flat=True)) == {Role.DATA, Role.INTAKE}


def test_a_forwarded_link_opens_nothing_to_another_account(client: Client) -> None:
    invitation = invite(security())
    other = confirm(county.member(OfficeFactory(), Role.DATA))
    client.force_login(other)
    page = client.post(url_of(invitation)).content.decode()
    assert "不是发给您现在的账号" in page
    assert other.memberships.count() == 1
    with pytest.raises(NotYours):
        acceptances.accept_existing(secret=secret_of(invitation), user=other, now=NOW)


def test_an_address_that_was_never_confirmed_is_nobodys() -> None:
    person = county.make_user()
    EmailAddress.objects.create(user=person, email=person.email, verified=False, primary=True)
    invitation = invite(security(), email=person.email)
    with pytest.raises(NotYours):
        acceptances.accept_existing(secret=secret_of(invitation), user=person, now=NOW)


def test_without_the_second_factor_of_the_session_nothing_is_accepted(client: Client, settings) -> None:
    person = confirm(county.member(OfficeFactory(), Role.DATA))
    invitation = invite(security(), email=person.email)
    settings.SECOND_FACTOR_REQUIRED = True
    client.force_login(person)
    client.post(url_of(invitation))
    assert person.memberships.count() == 1


# -- back into an account


@pytest.fixture
def official() -> User:
    return confirm(county.member(OfficeFactory(), Role.INTAKE, name="李受"))


def lost(official: User, actor: User) -> Invitation:
    return invitations.regain(actor=actor, user=official, reason="手机丢失，已当面核实", now=NOW)


def test_to_regain_sets_a_new_password_takes_the_factors_and_ends_every_session(official: User) -> None:
    Authenticator.objects.create(user=official, type="totp", data={"secret": "x"})
    elsewhere = Client()
    elsewhere.force_login(official)
    UserSession.objects.create(
        user=official, session_key=elsewhere.session.session_key, ip="127.0.0.1", user_agent="x"
    )
    actor = security()
    secret = secret_of(lost(official, actor))
    acceptances.accept_regain(secret=secret, password=PASSWORD, now=NOW)

    official.refresh_from_db()
    assert official.check_password(PASSWORD)
    assert not Authenticator.objects.filter(user=official).exists()
    assert not UserSession.objects.filter(user=official).exists()
    assert elsewhere.get(reverse("office")).status_code == 302
    told = set(Mail.objects.filter(kind__startswith="regained").values_list("to_address", flat=True))
    assert told == {official.email, actor.email}
    with pytest.raises(acceptances.Gone):
        acceptances.accept_regain(secret=secret, password="Another-2026-xx", now=NOW)


def test_the_page_leads_back_to_the_sign_in(client: Client, official: User) -> None:
    invitation = lost(official, security())
    assert official.username in client.get(url_of(invitation)).content.decode()
    answer = client.post(url_of(invitation), {"password1": PASSWORD, "password2": PASSWORD})
    assert answer["Location"] == reverse("account_login")
    assert "_auth_user_id" not in client.session


def test_a_second_link_makes_the_first_one_useless(official: User) -> None:
    actor = security()
    first = secret_of(lost(official, actor))
    lost(official, actor)
    with pytest.raises(acceptances.Gone):
        acceptances.find(secret=first, now=NOW)


def test_nobody_regains_their_own_account_past_the_second_factor() -> None:
    actor = confirm(security())
    with pytest.raises(PeopleRefused, match="另一位安全管理员"):
        lost(actor, actor)


def test_an_applicant_has_their_own_way_back() -> None:
    clerk = confirm(county.clerk_of(SubjectFactory()))
    with pytest.raises(PeopleRefused, match="自己在登录页面"):
        lost(clerk, security())


def test_without_a_confirmed_address_there_is_no_link(official: User) -> None:
    EmailAddress.objects.filter(user=official).update(verified=False)
    with pytest.raises(PeopleRefused, match="没有确认过的邮箱"):
        lost(official, security())


def test_a_closed_account_is_opened_again_by_the_link_and_holds_nothing(official: User) -> None:
    actor = security()
    close_account(actor=actor, user=official, reason="离职", today=TODAY)
    acceptances.accept_regain(secret=secret_of(lost(official, actor)), password=PASSWORD, now=NOW)
    official.refresh_from_db()
    assert official.is_active
    assert not access.is_official(user=official, on=TODAY)


def test_every_mail_says_something_and_leaves_nothing_open(official: User) -> None:
    actor = security()
    invite(actor)
    acceptances.accept_regain(secret=secret_of(lost(official, actor)), password=PASSWORD, now=NOW)
    boss = county.member(official.memberships.get().office, Role.SUPERVISOR)
    for until in (TODAY - timedelta(days=1), TODAY + timedelta(days=9)):
        leave_office(membership=official.memberships.get(), until=until, today=TODAY)

    mails = list(Mail.objects.all())
    kinds = [mail.kind for mail in mails]
    assert sorted(kinds) == sorted(
        ["invitation", "regain", "regained", "regained_told", "membership_ended", "membership_ended"]
    )
    assert Mail.objects.filter(to_address=boss.email).count() == 2
    for mail in mails:
        text = mail.body or mail.secret_body
        assert text.startswith(f"{mail.to_name}，您好：") and mail.subject
        assert not re.search(r"[{}]|None|&[a-z#0-9]+;|  ", f"{mail.subject}{text}"), text


# -- the first administrators


def appoint(*extra: str) -> str:
    out = StringIO()
    call_command(
        "appoint_administrator",
        "--kind=security",
        "--email=first@example.gov.cn",
        "--name=郑安",
        *extra,
        stdout=out,
    )
    return out.getvalue()


def test_the_first_administrator_comes_in_by_a_printed_link(client: Client) -> None:
    path = "/account/invitation/" + appoint().split("/account/invitation/")[1].strip()
    client.post(path, form(username="zhengan"))
    assert Administration.objects.get().kind == "security"


def test_where_there_is_one_it_takes_force_and_a_reason_that_is_kept() -> None:
    security()
    with pytest.raises(CommandError, match="已经有在任的管理员"):
        appoint()
    with pytest.raises(CommandError, match="--reason"):
        appoint("--force")
    appoint("--force", "--reason=两位安全管理员都已离职")
    entry = AuditEntry.objects.get(action="people.invite")
    assert entry.data["reason"] == "两位安全管理员都已离职" and entry.actor_id is None


# -- two at once


@pytest.mark.postgres
def test_of_two_who_accept_at_once_one_comes_in(postgres: None) -> None:
    invitation = invite(security())
    secret = secret_of(invitation)

    def come(number: int) -> User:
        return acceptances.accept_new(
            secret=secret, username=f"qian{number}", password=PASSWORD, now=at(TODAY)
        )

    done, errors = county.in_threads(2, come)
    assert len(done) == 1
    assert [type(error) for error in errors] == [acceptances.Gone]
    assert User.objects.filter(email=invitation.email).count() == 1
