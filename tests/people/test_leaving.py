"""Leaving an office and closing an account: what ends at once, who is told, what stays."""

from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client
from django.urls import reverse

from credit_repair.core.clock import assume
from credit_repair.core.models import AuditEntry, Job
from credit_repair.mail.models import Mail
from credit_repair.people import access
from credit_repair.people.errors import NotYours, PeopleRefused
from credit_repair.people.models import Membership, Role, Substitution, User
from credit_repair.people.reach import reach_of
from credit_repair.people.services import leave_office, refresh_caches
from credit_repair.people.services.closing import close_account, end_all_sessions
from credit_repair.people.services.offices import end_sessions_of_who_left
from credit_repair.people.services.posts import give_roles, set_last_day
from credit_repair.people.services.substitutions import enter_substitution
from credit_repair.registry.models import Office
from tests import world as county
from tests.people.invited import TODAY, YESTERDAY, security
from tests.registry.factories import OfficeFactory, SubjectFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def office() -> Office:
    made: Office = OfficeFactory(credit=True)
    return made


def sign_in(user: User) -> None:
    client = Client()
    client.force_login(user)
    UserSession.objects.create(user=user, session_key=client.session.session_key, ip="::1", user_agent="x")


def sessions(user: User) -> int:
    return UserSession.objects.filter(user=user).count()


def end_now(user: User, role: str = Role.INTAKE) -> None:
    membership = user.memberships.get(role=role)
    leave_office(membership=membership, until=YESTERDAY, today=TODAY, reason="调离")


def test_the_last_service_ended_the_sessions_end_at_once(
    office: Office, django_capture_on_commit_callbacks
) -> None:
    user = county.member(office, Role.INTAKE)
    sign_in(user)
    with django_capture_on_commit_callbacks(execute=True):
        end_now(user)
    assert sessions(user) == 0
    assert Job.objects.filter(name="settle_cases").exists(), "so that tasks fall back"
    assert AuditEntry.objects.filter(action="people.leave_office").latest("pk").data["reason"] == "调离"


@pytest.mark.parametrize("left", ["role", "mandate"])
def test_who_still_serves_or_acts_stays_signed_in(office: Office, left: str) -> None:
    user = county.member(office, Role.INTAKE, *([Role.DATA] if left == "role" else []))
    if left == "mandate":
        county.grant_mandate(user=user, subject=SubjectFactory(), since=county.SINCE)
    sign_in(user)
    end_now(user)
    assert sessions(user) == 1


def test_the_supervisors_of_the_office_are_told(office: Office) -> None:
    boss, user = county.member(office, Role.SUPERVISOR), county.member(office, Role.INTAKE, name="李受")
    county.member(OfficeFactory(), Role.SUPERVISOR)
    end_now(user)
    mail = Mail.objects.get(kind="membership_ended")
    assert mail.to_address == boss.email and "李受已不再担任" in mail.body


def test_an_end_that_is_still_to_come_ends_nothing_yet(office: Office) -> None:
    user = county.member(office, Role.INTAKE)
    sign_in(user)
    leave_office(membership=user.memberships.get(), until=TODAY, today=TODAY)
    assert sessions(user) == 1 and access.is_official(user=user, on=TODAY)

    assert end_sessions_of_who_left(today=TODAY + timedelta(days=1)) == 1
    assert sessions(user) == 0


def test_a_membership_that_began_today_can_be_taken_back_today(office: Office) -> None:
    user = county.member(office, Role.INTAKE, since=TODAY)
    end_now(user)
    assert not access.is_official(user=user, on=TODAY)
    assert not Membership.objects.filter(user=user).exists()
    assert AuditEntry.objects.filter(action="people.leave_office").latest("pk").data["since"] == str(TODAY)


def test_who_has_left_stands_in_for_nobody(office: Office) -> None:
    absent = county.member(office, Role.INTAKE)
    helper = county.substitute_of(absent, OfficeFactory())
    assert access.may_at_office(user=helper, permission="intake", office=office, on=TODAY)
    end_now(helper, Role.DATA)
    assert not access.may_at_office(user=helper, permission="intake", office=office, on=TODAY)


# -- who stands in and leaves


LATER = TODAY + timedelta(days=10)


def stand_in(absent: User, helper: User, *, scope: str = "all") -> Substitution:
    membership = absent.memberships.select_related("office").get()
    return enter_substitution(
        membership=membership,
        substitute=helper,
        actor=absent,
        since=TODAY,
        until=TODAY + timedelta(days=60),
        scope=scope,
        reason="年休假",
        today=TODAY,
    )


def fresh(user: User) -> User:
    return User.objects.get(pk=user.pk)


@pytest.mark.parametrize("left", ["ended", "closed", "moved away"])
def test_a_substitute_who_serves_no_longer_is_asked_nowhere_whatever_the_row_says(
    office: Office, left: str
) -> None:
    absent, helper = county.member(office, Role.INTAKE), county.member(office, Role.DATA)
    row = stand_in(absent, helper)
    if left == "ended":  # by the dates alone: no service has run
        helper.memberships.update(until=TODAY)
    elif left == "closed":
        User.objects.filter(pk=helper.pk).update(is_active=False)
    else:
        helper.memberships.update(office=OfficeFactory())
    asked = {"permission": "intake", "on": LATER}
    refresh_caches(today=LATER)
    assert not access.may_at_office(user=fresh(helper), office=office, **asked)
    assert list(access.members_with(office=office, **asked)) == [absent]
    assert access.able_now(office=office, taker=absent, **asked) == [absent]
    assert not access.stands_in_for(user=fresh(helper), on=LATER).exists()
    assert not helper.groups.filter(name__endswith=":intake").exists()
    Substitution.objects.filter(pk=row.pk).update(scope="own")
    assert not reach_of(user=fresh(helper), on=LATER).in_hand("intake")


def test_a_substitutes_own_mandate_keeps_no_substitution_alive(office: Office) -> None:
    absent, helper = county.member(office, Role.INTAKE), county.member(office, Role.DATA)
    stand_in(absent, helper)
    county.grant_mandate(user=helper, subject=SubjectFactory(), since=county.SINCE)
    end_now(helper, Role.DATA)
    assert not Substitution.objects.exists(), "it was to begin today and has never counted"
    assert not access.may_at_office(user=fresh(helper), permission="intake", office=office, on=TODAY)


def test_a_substitution_ends_with_the_last_membership_that_carries_it(office: Office) -> None:
    absent, helper = county.member(office, Role.INTAKE), county.member(office, Role.DATA, Role.WINDOW)
    county.join_office(user=helper, office=OfficeFactory(), role=Role.DATA, since=county.SINCE)
    row = stand_in(absent, helper)
    was, sooner, soonest = row.until, TODAY + timedelta(days=5), TODAY + timedelta(days=1)
    here = helper.memberships.filter(office=office)
    leave_office(membership=here.get(role=Role.WINDOW), until=soonest, today=TODAY)
    row.refresh_from_db()
    assert row.until == was, "the other role carries it"
    actor = security()
    leave_office(membership=here.get(role=Role.DATA), until=sooner, today=TODAY, actor=actor)
    row.refresh_from_db()
    assert row.until == sooner, "a role at an office far off carries nothing"
    assert AuditEntry.objects.get(action="people.end_substitution").actor_id == actor.pk
    assert access.may_at_office(user=fresh(helper), permission="intake", office=office, on=sooner)
    assert not access.may_at_office(user=fresh(helper), permission="intake", office=office, on=LATER)


@pytest.mark.parametrize("line", ["above", "below"])
def test_serving_the_office_above_or_below_carries_it_too(office: Office, line: str) -> None:
    other = OfficeFactory()
    above, below = (other, office) if line == "above" else (office, other)
    Office.objects.filter(pk=below.pk).update(parent=above)
    absent, helper = county.member(office, Role.INTAKE), county.member(office, Role.DATA)
    row = stand_in(absent, helper)
    county.join_office(user=helper, office=other, role=Role.DATA, since=county.SINCE)
    leave_office(membership=helper.memberships.get(office=office), until=YESTERDAY, today=TODAY)
    assert Substitution.objects.get().until == row.until
    assert access.may_at_office(user=fresh(helper), permission="intake", office=office, on=LATER)


def test_who_stands_in_today_or_later_comes_in_with_a_second_factor_alone(office: Office) -> None:
    absent, helper = county.member(office, Role.INTAKE), county.member(office, Role.DATA)
    row = stand_in(absent, helper)
    helper.memberships.update(until=YESTERDAY)
    assert access.needs_second_factor(user=helper, on=TODAY - timedelta(days=3)), "it is still to begin"
    assert access.needs_second_factor(user=helper, on=row.until)
    assert not access.needs_second_factor(user=helper, on=row.until + timedelta(days=1))


def test_a_dismissed_substitute_opens_no_page_of_the_office(office: Office) -> None:
    absent, helper = county.member(office, Role.INTAKE), county.member(office, Role.DATA)
    stand_in(absent, helper)
    client = Client()
    client.force_login(helper)
    with assume(LATER):
        assert client.get(reverse("office_mandates")).status_code == 200
        helper.memberships.update(until=TODAY)
        assert client.get(reverse("office_mandates")).status_code == 404


# -- what the security administrator does


def test_roles_are_given_and_ends_set_by_a_security_administrator_alone(office: Office) -> None:
    user, boss = county.member(office, Role.INTAKE), county.member(office, Role.SUPERVISOR)
    membership = user.memberships.get()
    for actor in (boss, county.administrator("system"), county.administrator("audit")):
        with pytest.raises(NotYours):
            give_roles(actor=actor, user=user, office=office, roles=[Role.DATA], since=TODAY, today=TODAY)
        with pytest.raises(NotYours):
            set_last_day(actor=actor, membership=membership, until=YESTERDAY, reason="x", today=TODAY)
    give_roles(actor=security(), user=user, office=office, roles=[Role.DATA], since=TODAY, today=TODAY)
    assert user.memberships.count() == 2


def test_a_role_that_is_held_in_those_days_is_not_given_twice(office: Office) -> None:
    user = county.member(office, Role.INTAKE)
    with pytest.raises(PeopleRefused, match="已经是"):
        give_roles(actor=security(), user=user, office=office, roles=[Role.INTAKE], since=TODAY, today=TODAY)


def test_what_has_ended_is_prolonged_and_opens_again(office: Office) -> None:
    user = county.member(office, Role.INTAKE, until=YESTERDAY)
    set_last_day(
        actor=security(), membership=user.memberships.get(), until=None, reason="延长借调", today=TODAY
    )
    assert access.may_at_office(user=user, permission="intake", office=office, on=TODAY)


def test_a_closed_account_opens_nothing_and_nothing_of_it_is_deleted(office: Office) -> None:
    user = county.member(office, Role.INTAKE, name="李受")
    county.grant_mandate(user=user, subject=SubjectFactory(), since=county.SINCE)
    absent = county.member(OfficeFactory(parent=office), Role.APPROVER)
    Substitution.objects.create(
        membership=absent.memberships.get(),
        substitute=user,
        since=TODAY - timedelta(days=3),
        until=TODAY + timedelta(days=3),
        scope="all",
        reason="年休假",
        made_by=absent,
        made_at=county.MOMENT,
    )
    sign_in(user)
    close_account(actor=security(), user=user, reason="离职", today=TODAY)

    user.refresh_from_db()
    assert not user.is_active and sessions(user) == 0
    assert user.memberships.get().until == YESTERDAY
    assert user.mandates.get().until == YESTERDAY
    assert Substitution.objects.get().until == YESTERDAY
    assert AuditEntry.objects.get(action="people.close_account").data == {"reason": "离职"}


def test_nobody_closes_their_own_account_and_nobody_but_security_another(office: Office) -> None:
    actor, user = security(), county.member(office, Role.INTAKE)
    with pytest.raises(PeopleRefused, match="另一位安全管理员"):
        close_account(actor=actor, user=actor, reason="x", today=TODAY)
    for other in (county.administrator("system"), county.member(office, Role.SUPERVISOR)):
        with pytest.raises(NotYours):
            close_account(actor=other, user=user, reason="x", today=TODAY)
        with pytest.raises(NotYours):
            end_all_sessions(actor=other, user=user, reason="x", today=TODAY)


def test_an_administrators_account_is_closed_too() -> None:
    user = county.administrator("system")
    close_account(actor=security(), user=user, reason="离职", today=TODAY)
    assert user.administrations.get().until == YESTERDAY
