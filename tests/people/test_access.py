"""The doors: who may, from which day to which."""

from datetime import date, timedelta
from io import StringIO

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.management import call_command
from guardian.shortcuts import assign_perm, remove_perm
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from credit_repair.people import access
from credit_repair.people.models import Mandate, Membership, Role, User
from credit_repair.people.roles import OFFICE_PERMISSIONS, roles_with
from credit_repair.people.services import (
    end_mandate,
    grant_mandate,
    group_of,
    join_office,
    leave_office,
    refresh_caches,
)
from credit_repair.registry.models import Office, Subject
from tests.registry.factories import OfficeFactory, SubjectFactory
from tests.world import SINCE, TODAY, clerk_of, make_user, member

pytestmark = pytest.mark.django_db

FIRST, LAST = date(2026, 11, 10), date(2026, 11, 19)


@pytest.fixture
def office() -> Office:
    return OfficeFactory()


def may(user: object, office: Office, permission: str, on: date = TODAY) -> bool:
    return access.may_at_office(user=user, permission=permission, office=office, on=on)


@pytest.mark.parametrize(
    ("on", "open_"),
    [
        (date(2026, 11, 9), False),
        (date(2026, 11, 10), True),
        (date(2026, 11, 19), True),
        (date(2026, 11, 20), False),
    ],
    ids=["day-before", "first-day", "last-day", "day-after"],
)
def test_both_days_of_a_membership_and_of_a_mandate_belong_to_it(
    office: Office, on: date, open_: bool
) -> None:
    official = member(office, Role.INTAKE, since=FIRST, until=LAST)
    subject = SubjectFactory()
    clerk = clerk_of(subject, since=FIRST, until=LAST)
    assert may(official, office, "intake", on) is open_
    assert access.is_official(user=official, on=on) is open_
    members = access.members_with(office=office, permission="intake", on=on)
    assert (official in members) is open_
    assert access.may_act_for(user=clerk, subject=subject, on=on) is open_
    assert (subject in access.subjects_of(user=clerk, on=on)) is open_


def test_an_open_end_does_not_end(office: Office) -> None:
    official = member(office, Role.APPROVER)
    clerk = clerk_of(subject := SubjectFactory())
    assert may(official, office, "approve", date(2099, 1, 1))
    assert access.may_act_for(user=clerk, subject=subject, on=date(2099, 1, 1))


def test_an_ended_membership_opens_nothing_although_the_group_is_still_there(office: Office) -> None:
    official = member(office, Role.VERIFIER)
    leave_office(membership=official.memberships.get(), until=LAST)
    assert official.groups.count() == 1, "the cache is refreshed at night"
    assert not may(official, office, "verify")
    assert not access.offices_where(user=official, permission="see_cases", on=TODAY).exists()
    assert may(official, office, "verify", LAST), "the last day still counts"


def test_an_ended_mandate_opens_nothing_although_the_permission_is_still_there() -> None:
    clerk = clerk_of(subject := SubjectFactory())
    end_mandate(mandate=clerk.mandates.get(), until=LAST)
    assert not access.may_act_for(user=clerk, subject=subject, on=TODAY)


def test_a_permission_without_a_membership_opens_nothing(office: Office) -> None:
    user = make_user()
    assign_perm("registry.approve", user, office)
    user.groups.add(group_of(office=office, role=Role.APPROVER))
    assert not may(user, office, "approve")


def test_a_permission_without_a_mandate_opens_nothing() -> None:
    user, subject = make_user(), SubjectFactory()
    assign_perm("registry.act_for", user, subject)
    assert not access.may_act_for(user=user, subject=subject, on=TODAY)


@pytest.mark.parametrize("role", Role.values)
def test_a_role_gives_its_permissions_at_its_own_office_alone(office: Office, role: str) -> None:
    official, elsewhere = member(office, role), OfficeFactory()
    for permission in ("see_cases", "intake", "verify", "approve", "supervise", "import_records"):
        assert may(official, office, permission) is (permission in OFFICE_PERMISSIONS[role])
        assert not may(official, elsewhere, permission)


def test_two_roles_at_two_offices_do_not_mix(office: Office) -> None:
    other = OfficeFactory()
    official = member(office, Role.VERIFIER)
    join_office(user=official, office=other, role=Role.APPROVER, since=SINCE)
    assert may(official, office, "verify") and may(official, other, "approve")
    assert not may(official, office, "approve") and not may(official, other, "verify")
    assert set(access.offices_where(user=official, permission="see_cases", on=TODAY)) == {office, other}


def test_an_administrator_reads_no_cases(office: Office) -> None:
    root = make_user(is_superuser=True, is_staff=True)
    subject = SubjectFactory()
    assert not access.offices_where(user=root, permission="see_cases", on=TODAY).exists()
    assert not access.may_act_for(user=root, subject=subject, on=TODAY)
    assert not access.is_official(user=root, on=TODAY)


@pytest.mark.parametrize("who", ["inactive", "stranger"])
def test_who_cannot_sign_in_may_nothing(office: Office, who: str) -> None:
    subject = SubjectFactory()
    user: User | AnonymousUser = AnonymousUser()
    if who == "inactive":
        user = member(office, Role.INTAKE)
        grant_mandate(user=user, subject=subject, since=SINCE)
        user.is_active = False
        user.save(update_fields=["is_active"])
    assert not access.may_sign_in(user)
    assert not may(user, office, "intake")
    assert not access.may_act_for(user=user, subject=subject, on=TODAY)
    assert not access.is_official(user=user, on=TODAY)
    assert not access.members_with(office=office, permission="intake", on=TODAY).exists()


def test_nobody_acts_for_nobody() -> None:
    assert not access.may_act_for(user=clerk_of(SubjectFactory()), subject=None, on=TODAY)


def test_two_mandates_for_one_subject_show_it_once() -> None:
    clerk = clerk_of(subject := SubjectFactory())
    grant_mandate(user=clerk, subject=subject, since=FIRST)
    assert list(access.subjects_of(user=clerk, on=TODAY)) == [subject]


def test_one_persons_mandate_does_not_lend_its_dates_to_another(office: Office) -> None:
    subject = SubjectFactory()
    ended = clerk_of(subject, until=LAST)
    clerk_of(subject)
    assert not access.may_act_for(user=ended, subject=subject, on=TODAY)


def test_members_are_those_with_the_permission_each_once(office: Office) -> None:
    both = member(office, Role.INTAKE, Role.SUPERVISOR)
    join_office(user=both, office=office, role=Role.INTAKE, since=FIRST)
    member(office, Role.APPROVER)
    member(OfficeFactory(), Role.INTAKE)
    assert list(access.members_with(office=office, permission="intake", on=TODAY)) == [both]
    assert access.members_with(office=office, permission="see_cases", on=TODAY).count() == 2


def test_roles_with_a_permission() -> None:
    assert roles_with("approve") == [Role.APPROVER]
    assert set(roles_with("see_cases")) == {Role.INTAKE, Role.VERIFIER, Role.APPROVER, Role.SUPERVISOR}


# -- the nightly refresh


def test_the_refresh_takes_what_has_ended_and_says_how_much(office: Office) -> None:
    official = member(office, Role.INTAKE, until=LAST)
    clerk = clerk_of(SubjectFactory(), until=LAST)
    staying = member(office, Role.INTAKE)
    assert refresh_caches(today=LAST) == 0
    assert refresh_caches(today=TODAY) == 2
    assert refresh_caches(today=TODAY) == 0, "nothing is left to change"
    assert not official.groups.exists() and staying.groups.count() == 1
    assert not clerk.has_perm("registry.act_for", clerk.mandates.get().subject)


def test_the_refresh_gives_what_was_written_by_hand(office: Office) -> None:
    user, subject = make_user(), SubjectFactory()
    Membership.objects.create(user=user, office=office, role=Role.APPROVER, since=FIRST)
    Mandate.objects.create(user=user, subject=subject, since=FIRST)
    assert not may(user, office, "approve")
    assert refresh_caches(today=TODAY) == 2
    assert may(User.objects.get(pk=user.pk), office, "approve")
    assert access.may_act_for(user=user, subject=subject, on=TODAY)


def test_the_refresh_keeps_a_mandate_that_goes_on_or_is_still_to_begin() -> None:
    subject, other = SubjectFactory(), SubjectFactory()
    clerk = clerk_of(subject, until=LAST)
    grant_mandate(user=clerk, subject=subject, since=TODAY)
    grant_mandate(user=clerk, subject=other, since=date(2026, 12, 1))
    assert refresh_caches(today=TODAY) == 0
    assert access.may_act_for(user=clerk, subject=subject, on=TODAY)
    assert access.may_act_for(user=clerk, subject=other, on=date(2026, 12, 1))


def test_a_membership_that_is_still_to_begin_gets_its_group_on_its_day(office: Office) -> None:
    official = member(office, Role.INTAKE, since=date(2026, 12, 1))
    refresh_caches(today=TODAY)
    assert not official.groups.exists()
    refresh_caches(today=date(2026, 12, 1))
    assert may(User.objects.get(pk=official.pk), office, "intake", date(2026, 12, 1))


def test_the_refresh_leaves_other_groups_alone(office: Office) -> None:
    from django.contrib.auth.models import Group

    official = member(office, Role.INTAKE, until=LAST)
    official.groups.add(Group.objects.create(name="newsletter"))
    refresh_caches(today=TODAY)
    assert [group.name for group in official.groups.all()] == ["newsletter"]


class DatesDecide(TestCase):
    """Whatever the two days are, the doors agree with plain arithmetic."""

    @settings(max_examples=25, deadline=None, derandomize=True)
    @given(
        since=st.integers(-20, 20),
        length=st.none() | st.integers(0, 20),
        on=st.integers(-30, 50),
    )
    def test_access_is_since_to_until(self, since: int, length: int | None, on: int) -> None:
        first = TODAY + timedelta(days=since)
        last = None if length is None else first + timedelta(days=length)
        day = TODAY + timedelta(days=on)
        office: Office = OfficeFactory()
        subject: Subject = SubjectFactory()
        official = member(office, Role.VERIFIER, since=first, until=last)
        clerk = clerk_of(subject, since=first, until=last)
        wanted = first <= day and (last is None or day <= last)
        assert may(official, office, "verify", day) is wanted
        assert access.may_act_for(user=clerk, subject=subject, on=day) is wanted


def test_after_an_update_a_role_has_what_is_new_to_it_by_a_command(office: Office) -> None:
    clerk = member(office, Role.WINDOW)
    remove_perm("registry.file_at_window", group_of(office=office, role=Role.WINDOW), office)
    assert not may(clerk, office, "file_at_window")
    call_command("refresh_permissions", stdout=StringIO())
    assert may(User.objects.get(pk=clerk.pk), office, "file_at_window")
