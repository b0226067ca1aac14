"""Joining, leaving, prolonging, coming back; and the caches that follow the dates and the table of roles."""

from datetime import date

import pytest
from guardian.shortcuts import get_group_perms

from credit_repair.people import access, roles, services
from credit_repair.people.models import Membership, Role, User
from credit_repair.registry.models import Office, Subject
from tests.registry.factories import OfficeFactory, SubjectFactory
from tests.world import make_user

pytestmark = pytest.mark.django_db

START, LEFT, LATER = date(2026, 1, 5), date(2026, 11, 18), date(2026, 11, 20)


@pytest.fixture
def office() -> Office:
    made: Office = OfficeFactory()
    return made


@pytest.fixture
def person() -> User:
    return make_user("王核")


def may(person: User, office: Office) -> bool:
    return access.may_at_office(user=person, permission="verify", office=office, on=LATER)


def join(person: User, office: Office, until: date | None = None) -> Membership:
    return services.join_office(user=person, office=office, role=Role.VERIFIER, since=START, until=until)


def test_who_comes_back_from_the_same_day_is_let_in(person: User, office: Office) -> None:
    services.leave_office(membership=join(person, office), until=LEFT)
    services.refresh_caches(today=LATER)
    assert not may(person, office)

    join(person, office)

    assert may(person, office)


def test_a_membership_that_is_prolonged_opens_at_once(person: User, office: Office) -> None:
    membership = join(person, office, until=LEFT)
    services.refresh_caches(today=LATER)

    services.leave_office(membership=membership, until=None)

    assert may(person, office)


def test_a_mandate_that_is_granted_again_or_prolonged_counts_at_once(person: User) -> None:
    subject: Subject = SubjectFactory()
    mandate = services.grant_mandate(user=person, subject=subject, since=START, until=LEFT)
    services.refresh_caches(today=LATER)
    assert not access.may_act_for(user=person, subject=subject, on=LATER)

    services.grant_mandate(user=person, subject=subject, since=START)
    assert access.may_act_for(user=person, subject=subject, on=LATER)

    services.end_mandate(mandate=mandate, until=LEFT)
    assert not access.may_act_for(user=person, subject=subject, on=LATER)
    services.end_mandate(mandate=mandate, until=LATER)
    assert access.may_act_for(user=person, subject=subject, on=LATER)


def test_a_change_in_the_table_of_roles_reaches_groups_that_exist(
    person: User, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    join(person, office)
    monkeypatch.setitem(roles.OFFICE_PERMISSIONS, Role.VERIFIER, ("see_cases", "supervise"))

    assert services.refresh_caches(today=LATER) == 1

    group = services.group_of(office=office, role=Role.VERIFIER)
    assert set(get_group_perms(group, office)) == {"see_cases", "supervise"}
    assert services.refresh_caches(today=LATER) == 0
