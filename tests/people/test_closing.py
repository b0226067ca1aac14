"""A closed account: what it held does not come back with it, and of two who close each other one stays."""

from datetime import timedelta

import pytest
from allauth.socialaccount.models import SocialAccount
from guardian.shortcuts import get_objects_for_user

from credit_repair.core import clock
from credit_repair.core.models import AuditEntry
from credit_repair.mail.models import Mail
from credit_repair.people import access
from credit_repair.people.errors import MandateRefused, NotYours, PeopleRefused
from credit_repair.people.models import Mandate, MandateApplication, Role, User
from credit_repair.people.services import (
    acceptances,
    administrators,
    apply_for_mandate,
    grant_mandate,
    invitations,
    join_office,
    prolong_mandate,
    refresh_caches,
)
from credit_repair.people.services import mandate_applications as applications
from credit_repair.people.services.closing import close_account
from credit_repair.people.services.posts import give_roles, set_last_day
from tests import world as county
from tests.people.invited import NOW, PASSWORD, TODAY, confirm, invite, secret_of, security
from tests.registry.factories import OfficeFactory, SubjectFactory

pytestmark = pytest.mark.django_db

TOMORROW = TODAY + timedelta(days=1)


@pytest.fixture(autouse=True)
def _today():
    with clock.assume(TODAY):
        yield


@pytest.fixture
def guard() -> User:
    """The security administrator."""
    return security()


@pytest.fixture
def official() -> User:
    return confirm(county.member(OfficeFactory(credit=True), Role.DATA, name="李数"))


def close(user: User, guard: User) -> None:
    close_account(actor=guard, user=user, reason="离职", today=TODAY)


def regain(user: User, guard: User) -> User:
    """Let the closed account be opened again; return it as it is now."""
    invitation = invitations.regain(actor=guard, user=user, reason="返聘", now=NOW)
    acceptances.accept_regain(secret=secret_of(invitation), password=PASSWORD, now=NOW)
    return User.objects.get(pk=user.pk)


def ask(user: User) -> MandateApplication:
    subject = SubjectFactory()
    return apply_for_mandate(
        user=user,
        name=subject.name,
        number=subject.code,
        capacity="representative",
        purpose="new",
        office=user.memberships.get().office,
        letter=county.upload(),
        today=TODAY,
    )


# -- mandates


@pytest.mark.parametrize(
    "since", [county.SINCE, TODAY, TOMORROW], ids=["long since", "today", "from tomorrow"]
)
def test_no_mandate_comes_back_with_an_account_that_is_regained(official: User, guard: User, since) -> None:
    subject = SubjectFactory()
    grant_mandate(user=official, subject=subject, since=since)
    close(official, guard)
    back = regain(official, guard)
    assert not get_objects_for_user(back, "registry.act_for").exists()
    for day in (TODAY, TOMORROW, TODAY + timedelta(days=30)):
        refresh_caches(today=day)
        assert not access.may_act_for(user=back, subject=subject, on=day)
    assert Mandate.objects.get(user=official).end_reason == "离职", "it stays written down"


def test_two_mandates_for_one_subject_both_end(official: User, guard: User) -> None:
    subject = SubjectFactory()
    grant_mandate(user=official, subject=subject, since=county.SINCE, until=TODAY)
    grant_mandate(user=official, subject=subject, since=TOMORROW)
    close(official, guard)
    back = regain(official, guard)
    assert not any(access.may_act_for(user=back, subject=subject, on=day) for day in (TODAY, TOMORROW))


def test_an_application_that_waits_is_taken_back_and_cannot_be_approved(official: User, guard: User) -> None:
    application = ask(official)
    intake = county.member(application.office, Role.INTAKE)
    close(official, guard)
    application.refresh_from_db()
    assert application.state == MandateApplication.State.WITHDRAWN and application.decided_at is not None
    entry = AuditEntry.objects.get(action="people.withdraw_mandate_application")
    assert (entry.actor_id, entry.data["reason"]) == (guard.pk, "离职")
    with pytest.raises(MandateRefused):
        applications.approve(application=application, actor=intake, today=TODAY)
    assert not Mandate.objects.exists()


def test_a_closed_account_gets_no_mandate_whatever_the_caller_still_believes(official: User) -> None:
    running = grant_mandate(user=official, subject=SubjectFactory(), since=county.SINCE, until=TOMORROW)
    User.objects.filter(pk=official.pk).update(is_active=False)
    assert official.is_active, "as it was read before"
    with pytest.raises(MandateRefused) as granted:
        grant_mandate(user=official, subject=SubjectFactory(), since=TODAY)
    with pytest.raises(MandateRefused) as prolonged:
        prolong_mandate(mandate=running, until=None)
    assert granted.value.code == prolonged.value.code == "inactive"
    running.refresh_from_db()
    assert running.until == TOMORROW


# -- posts and links


def test_a_closed_account_joins_nothing_whatever_the_caller_still_believes(
    official: User, guard: User
) -> None:
    post, invitation = official.memberships.get(), invite(guard, email=official.email)
    User.objects.filter(pk=official.pk).update(is_active=False)
    assert official.is_active, "as it was read before"
    office = OfficeFactory()
    for act in (
        lambda: join_office(user=official, office=office, role=Role.INTAKE, since=TODAY),
        lambda: give_roles(
            actor=guard, user=official, office=office, roles=[Role.INTAKE], since=TODAY, today=TODAY
        ),
        lambda: set_last_day(actor=guard, membership=post, until=TOMORROW, reason="x", today=TODAY),
        lambda: acceptances.accept_existing(secret=secret_of(invitation), user=official, now=NOW),
    ):
        with pytest.raises(PeopleRefused, match="已经停用"):
            act()
    assert official.memberships.count() == 1


def test_an_invitation_sent_before_the_closing_opens_nothing_after_it(official: User, guard: User) -> None:
    invitation = invite(guard, email=official.email)
    secret = secret_of(invitation)
    close(official, guard)
    back = regain(official, guard)
    with pytest.raises(acceptances.Gone):
        acceptances.accept_existing(secret=secret, user=back, now=NOW)


def test_anothers_invitation_stays_good_though_the_closed_account_claimed_the_address(
    official: User, guard: User
) -> None:
    invitation = invite(guard)
    official.emailaddress_set.create(email=invitation.email, verified=False, primary=False)
    close(official, guard)
    assert acceptances.find(secret=secret_of(invitation), now=NOW) == invitation


# -- identities of single sign-on


def test_closing_takes_the_identities_of_single_sign_on(official: User, guard: User) -> None:
    SocialAccount.objects.create(user=official, provider="official", uid="li")
    other = SocialAccount.objects.create(user=county.make_user(), provider="official", uid="other")
    close(official, guard)
    assert SocialAccount.objects.get() == other
    entry = AuditEntry.objects.get(action="people.identity_disconnected")
    assert (entry.actor_id, entry.object_id) == (guard.pk, str(official.pk))


@pytest.mark.parametrize("held", [0, 1])
def test_regaining_takes_the_identities_too_and_says_so_where_there_were_any(
    official: User, guard: User, held: int
) -> None:
    for number in range(held):
        SocialAccount.objects.create(user=official, provider="official", uid=f"li{number}")
    regain(official, guard)
    assert not SocialAccount.objects.exists()
    assert AuditEntry.objects.filter(action="people.identity_disconnected").count() == held
    mails = Mail.objects.filter(kind__in=["regained", "regained_told"])
    assert mails.count() == 2
    assert all(("统一身份认证" in mail.body) is bool(held) for mail in mails)


# -- two at once


@pytest.mark.postgres
@pytest.mark.parametrize("how", ["close", "remove"])
def test_of_two_security_administrators_who_end_each_other_one_stays(postgres: None, how: str) -> None:
    two = [security(), security()]

    def act(number: int) -> None:
        actor, user = two[number], User.objects.get(pk=two[1 - number].pk)
        if number == 0 or how == "close":
            close(user, actor)
        else:
            row = user.administrations.get()
            administrators.remove(actor=actor, administration=row, reason="轮岗", today=TODAY)

    _done, errors = county.in_threads(2, act)
    assert [type(error) for error in errors] == [NotYours]
    left = [access.administers(user=user, kind="security", on=TODAY) for user in User.objects.all()]
    assert left.count(True) == 1


@pytest.mark.postgres
def test_an_account_that_is_closed_while_its_application_is_approved_holds_no_mandate(
    postgres: None, official: User, guard: User
) -> None:
    application = ask(official)
    intake = county.member(application.office, Role.INTAKE)

    def act(number: int) -> None:
        if number:
            close(official, guard)
        else:
            applications.approve(application=application, actor=intake, today=TODAY)

    _done, errors = county.in_threads(2, act)
    assert {type(error) for error in errors} <= {MandateRefused}, "and neither waited for the other for ever"
    assert not User.objects.get(pk=official.pk).is_active
    assert not Mandate.objects.filter(user=official, end_reason="").exists()
