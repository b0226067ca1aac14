"""The three administrators: apart from each other, and from offices and subjects, in both directions."""

from datetime import timedelta

import pytest

from credit_repair.core.models import AuditEntry
from credit_repair.people import access
from credit_repair.people.errors import MandateRefused, NotYours, PeopleRefused
from credit_repair.people.models import Administration, Role, User
from credit_repair.people.services import administrators, grant_mandate, join_office
from tests import world as county
from tests.people.invited import TODAY, YESTERDAY, security
from tests.registry.factories import OfficeFactory, SubjectFactory

pytestmark = pytest.mark.django_db


def appoint(actor: User, user: User, kind: str = "audit", **days) -> Administration:
    return administrators.appoint(
        actor=actor, user=user, kind=kind, **{"since": TODAY, "today": TODAY, **days}
    )


def remove(actor: User, user: User) -> None:
    row = user.administrations.order_by("-pk").first()
    administrators.remove(actor=actor, administration=row, reason="轮岗", today=TODAY)


def test_a_security_administrator_appoints_and_it_is_written_down() -> None:
    actor, user = security(), county.make_user()
    appoint(actor, user)
    assert access.administers(user=user, kind="audit", on=TODAY)
    assert AuditEntry.objects.get(action="people.appoint_administrator").actor_id == actor.pk


@pytest.mark.parametrize("kind", ["system", "audit"])
def test_the_other_administrators_appoint_nobody(kind: str) -> None:
    actor = county.administrator(kind)
    with pytest.raises(NotYours):
        appoint(actor, county.make_user())


def test_nobody_appoints_themself() -> None:
    actor = security()
    with pytest.raises(PeopleRefused, match="另一位安全管理员"):
        appoint(actor, actor)


@pytest.mark.parametrize("until", [None, TODAY + timedelta(days=5)])
def test_nobody_holds_two_kinds_on_one_day(until) -> None:
    actor, user = security(), county.make_user()
    appoint(actor, user, "system", until=until)
    with pytest.raises(PeopleRefused, match="一人只担任一种"):
        appoint(actor, user, "audit", since=TODAY + timedelta(days=3))


def test_one_kind_after_the_other_is_another_matter() -> None:
    actor, user = security(), county.make_user()
    appoint(actor, user, "system", until=TODAY + timedelta(days=5))
    appoint(actor, user, "audit", since=TODAY + timedelta(days=6))
    assert user.administrations.count() == 2


def test_who_serves_or_acts_for_a_subject_is_not_appointed() -> None:
    actor, office = security(), OfficeFactory()
    official = county.member(office, Role.INTAKE)
    standing_in = county.substitute_of(official, OfficeFactory())
    standing_in.memberships.update(until=YESTERDAY)
    for user in (official, standing_in, county.clerk_of(SubjectFactory())):
        with pytest.raises(PeopleRefused, match="管理员不办理业务"):
            appoint(actor, user)


def test_who_served_until_yesterday_may_be_appointed() -> None:
    user = county.member(OfficeFactory(), Role.INTAKE, until=YESTERDAY)
    appoint(security(), user)
    assert access.administers(user=user, kind="audit", on=TODAY)


def test_an_administrator_joins_no_office_and_gets_no_mandate() -> None:
    user = county.administrator("system")
    with pytest.raises(PeopleRefused, match="系统管理员"):
        join_office(user=user, office=OfficeFactory(), role=Role.INTAKE, since=TODAY)
    with pytest.raises(MandateRefused):
        grant_mandate(user=user, subject=SubjectFactory(), since=TODAY)


def test_removed_it_is_over_at_once() -> None:
    actor, user = security(), county.administrator("system")
    remove(actor, user)
    assert not access.is_administrator(user=user, on=TODAY)
    assert AuditEntry.objects.get(action="people.remove_administrator").data["reason"] == "轮岗"


def test_one_who_was_appointed_today_can_be_removed_today() -> None:
    actor, user = security(), county.make_user()
    appoint(actor, user)
    remove(actor, user)
    assert not access.is_administrator(user=user, on=TODAY)
    entry = AuditEntry.objects.get(action="people.remove_administrator")
    assert entry.data["since"] == str(TODAY), "what was taken away is written down"


def test_the_last_security_administrator_stays() -> None:
    actor = security()
    with pytest.raises(PeopleRefused, match="唯一的安全管理员"):
        remove(actor, actor)
    assert access.administers(user=actor, kind="security", on=TODAY)


@pytest.mark.postgres
def test_of_two_who_remove_each_other_one_stays(postgres: None) -> None:
    two = [security(), security()]

    def act(number: int) -> None:
        remove(two[number], two[1 - number])

    _done, errors = county.in_threads(2, act)
    assert [type(error) for error in errors] == [NotYours]
    assert sum(access.administers(user=each, kind="security", on=TODAY) for each in two) == 1
