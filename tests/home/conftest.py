"""People at their doors, on an assumed day."""

from collections.abc import Callable
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from credit_repair.cases.models import Case, Filing, Phase, ReviewStep
from credit_repair.core.clock import assume
from credit_repair.people.models import User
from credit_repair.people.services import grant_mandate, join_office
from credit_repair.registry.models import Office, Record, Subject
from credit_repair.repairs.models import RepairApplication
from tests.registry.factories import OfficeFactory, SubjectFactory
from tests.world import signed_in

TODAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 0, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
SINCE = date(2026, 1, 1)
PASSWORD = "a-long-enough-password"


@pytest.fixture(autouse=True)
def _assumed_today():
    with assume(TODAY):
        yield


def person(username: str) -> User:
    return User.objects.create_user(username, password=PASSWORD, display_name=username)


@pytest.fixture
def credit(db) -> Office:
    return OfficeFactory(credit=True, name="濉溪县信用办")


@pytest.fixture
def authority(db) -> Office:
    return OfficeFactory(name="濉溪县交通运输局")


@pytest.fixture
def subject(db) -> Subject:
    return SubjectFactory(name="濉溪县华泰食品有限公司")


@pytest.fixture
def clerk(subject) -> Client:
    """The enterprise's clerk."""
    user = person("clerk")
    grant_mandate(user=user, subject=subject, since=SINCE)
    return signed_in(user)


@pytest.fixture
def official(db) -> Callable[..., Client]:
    """Make an official and sign them in: official("intake", office)."""

    def make(role: str, office: Office, *, until: date | None = None) -> Client:
        user = person(f"{role}-{User.objects.count()}")
        join_office(user=user, office=office, role=role, since=SINCE, until=until)
        return signed_in(user)

    return make


def open_case(
    record: Record, *, state: str = "submitted", number: str | None = None, office: Office | None = None
) -> Case:
    """A repair application on `record`, with a step at `office`."""
    case = Case.objects.create(
        kind="repair",
        number=number,
        filing=Filing.objects.create(subject=record.subject, created_at=NOW),
        subject=record.subject,
        record=record,
        state=state,
        created_at=NOW,
        submitted_on=TODAY if number else None,
    )
    RepairApplication.objects.create(case=case)
    if office is not None:
        ReviewStep.objects.create(
            case=case,
            phase=Phase.INTAKE,
            position=1,
            office=office,
            state=ReviewStep.State.OPEN,
            opened_on=TODAY,
        )
    return case
