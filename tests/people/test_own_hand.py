"""Nobody lets themself in, and no link outlives what it rested on: its sender's office, its address."""

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.urls import reverse

from credit_repair.core import clock
from credit_repair.mail.models import Mail
from credit_repair.people import access
from credit_repair.people.errors import PeopleRefused
from credit_repair.people.manage_selectors import key_of
from credit_repair.people.models import Invitation, Role, User
from credit_repair.people.services import acceptances, invitations, join_office
from credit_repair.people.services.posts import give_roles, set_last_day
from tests import world as county
from tests.people.invited import NOW, PASSWORD, TODAY, at, confirm, invite, secret_of, security
from tests.registry.factories import OfficeFactory

pytestmark = pytest.mark.django_db

LAST = TODAY + timedelta(days=3)
AFTER = LAST + timedelta(days=1)


@pytest.fixture(autouse=True)
def _today():
    with clock.assume(TODAY):
        yield


@pytest.fixture
def leaving() -> User:
    """A security administrator whose term ends in three days."""
    user = confirm(security())
    user.administrations.update(until=LAST)
    return user


@pytest.fixture
def official() -> User:
    return confirm(county.member(OfficeFactory(), Role.INTAKE, name="李受"))


def move(user: User, address: str) -> None:
    """Let the person have changed their address, and confirmed the new one."""
    EmailAddress.objects.filter(user=user).delete()
    user.email = address
    user.save(update_fields=["email"])
    confirm(user)


def regain(official: User, actor: User) -> Invitation:
    return invitations.regain(actor=actor, user=official, reason="手机丢失", now=NOW)


# -- a security administrator, for the time after their term


@pytest.mark.parametrize("said", [{"administration": "security"}, {}], ids=["to administer", "to an office"])
def test_nobody_invites_themself_for_the_time_after_their_term(leaving: User, said) -> None:
    with pytest.raises(PeopleRefused, match="另一位安全管理员"):
        invite(leaving, email=f" {leaving.email.upper()}", since=AFTER, **said)
    assert not Invitation.objects.exists() and not Mail.objects.exists()


def test_nobody_gives_roles_to_themself_for_the_time_after_their_term(leaving: User) -> None:
    with pytest.raises(PeopleRefused, match="另一位安全管理员"):
        give_roles(
            actor=leaving,
            user=leaving,
            office=OfficeFactory(),
            roles=[Role.APPROVER],
            since=AFTER,
            today=TODAY,
        )
    assert not leaving.memberships.exists()


def test_nobody_prolongs_their_own_post_that_is_still_to_begin(leaving: User) -> None:
    post = join_office(user=leaving, office=OfficeFactory(), role=Role.DATA, since=AFTER, until=AFTER)
    with pytest.raises(PeopleRefused, match="另一位安全管理员"):
        set_last_day(actor=leaving, membership=post, until=None, reason="x", today=TODAY)
    post.refresh_from_db()
    assert post.until == AFTER


def test_an_invitation_to_an_address_that_becomes_the_senders_opens_nothing_to_them(leaving: User) -> None:
    invitation = invite(leaving, administration="security", since=AFTER)
    move(leaving, invitation.email)
    with pytest.raises(PeopleRefused, match="另一位安全管理员"):
        acceptances.accept_existing(secret=secret_of(invitation), user=leaving, now=NOW)
    with pytest.raises(PeopleRefused, match="另一位安全管理员"):
        invitations.resend(actor=leaving, invitation=invitation, now=NOW)
    assert not access.administers(user=leaving, kind="security", on=AFTER)


def test_the_pages_refuse_it_in_words(client: Client, leaving: User) -> None:
    client.force_login(leaving)
    posted = {
        "email": leaving.email,
        "display_name": "我",
        "what": "administrator",
        "administration": "security",
        "since": AFTER.isoformat(),
        "until": "",
    }
    answer = client.post(reverse("manage_invite"), posted)
    assert answer.status_code == 200 and "另一位安全管理员" in answer.content.decode()
    url = reverse("manage_membership_new", args=[key_of(leaving)])
    posted = {"office": str(OfficeFactory().pk), "since": AFTER.isoformat(), "until": ""}
    answer = client.post(url, {**posted, "roles": ["approver", "supervisor"]})
    assert answer.status_code == 200 and "另一位安全管理员" in answer.content.decode()
    assert not Invitation.objects.exists() and not leaving.memberships.exists()


# -- the sender is no security administrator any more


def test_an_invitation_lets_in_while_its_sender_serves_and_not_a_day_longer(
    client: Client, leaving: User
) -> None:
    invitation = invite(leaving, administration="security")
    secret = secret_of(invitation)
    assert acceptances.find(secret=secret, now=at(LAST)) == invitation
    with pytest.raises(acceptances.Gone):
        acceptances.accept_new(secret=secret, username="friend", password=PASSWORD, now=at(AFTER))
    with clock.assume(AFTER):
        assert client.get(reverse("account_invitation", args=[secret])).status_code == 404
    assert not User.objects.filter(username="friend").exists()


def test_who_has_an_account_is_not_let_in_by_it_either(official: User, leaving: User) -> None:
    invitation, link = invite(leaving, email=official.email), regain(official, leaving)
    join, back = (Mail.objects.get(kind=kind).secret_body for kind in ("invitation", "regain"))
    secrets = [text.split("/account/invitation/")[1].split("/")[0] for text in (join, back)]
    with pytest.raises(acceptances.Gone):
        acceptances.accept_existing(secret=secrets[0], user=official, now=at(AFTER))
    with pytest.raises(acceptances.Gone):
        acceptances.accept_regain(secret=secrets[1], password=PASSWORD, now=at(AFTER))
    assert {invitation.purpose, link.purpose} == {"join", "regain"} and official.memberships.count() == 1


def test_sent_again_by_one_who_serves_it_lets_in_again(leaving: User) -> None:
    other, invitation = security(), invite(leaving)
    invitations.resend(actor=other, invitation=invitation, now=at(AFTER))
    user = acceptances.accept_new(
        secret=secret_of(invitation), username="qianxin", password=PASSWORD, now=at(AFTER)
    )
    assert user.memberships.count() == 1


# -- the address of the account is another one by now


def test_a_link_to_regain_opens_nothing_once_the_address_was_changed(client: Client, official: User) -> None:
    secret = secret_of(regain(official, security()))
    move(official, "li.new@example.gov.cn")
    with pytest.raises(acceptances.Gone):
        acceptances.accept_regain(secret=secret, password=PASSWORD, now=NOW)
    assert client.get(reverse("account_invitation", args=[secret])).status_code == 404
    official.refresh_from_db()
    assert not official.check_password(PASSWORD)


def test_sent_again_the_link_goes_to_the_address_of_now_and_opens(client: Client, official: User) -> None:
    boss = security()
    invitation = regain(official, boss)
    move(official, "li.new@example.gov.cn")
    client.force_login(boss)
    url = reverse("manage_invitation_resend", args=[invitation.uuid])
    assert "li.new@example.gov.cn" in client.post(url, follow=True).content.decode()
    assert Mail.objects.filter(kind="regain").latest("pk").to_address == "li.new@example.gov.cn"
    invitation.refresh_from_db()
    acceptances.accept_regain(secret=secret_of(invitation), password=PASSWORD, now=NOW)
    official.refresh_from_db()
    assert official.check_password(PASSWORD)


def test_without_a_confirmed_address_the_link_is_not_sent_again(official: User) -> None:
    boss = security()
    invitation = regain(official, boss)
    EmailAddress.objects.filter(user=official).update(verified=False)
    with pytest.raises(PeopleRefused, match="没有确认过的邮箱"):
        invitations.resend(actor=boss, invitation=invitation, now=NOW)
    assert Mail.objects.filter(kind="regain").count() == 1
