"""Statistics of reasons: what was given when, by which office, and how often."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from credit_repair.cases.models import Case, ReasonCode
from credit_repair.core import clock
from credit_repair.people.models import Role
from credit_repair.repairs.reason_counts import reason_counts
from tests.registry.factories import OfficeFactory, RecordFactory
from tests.world import TODAY, World, answer_gaps, build_world, correction_case, deciding_case, do, member

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    made = build_world()
    ReasonCode.objects.update_or_create(
        kind="repair", use="refused", code="duties_open", defaults={"text": "义务没有履行完", "active": True}
    )
    for reason in ("义务没有履行完\n另外说明", "义务没有履行完"):
        record = RecordFactory(subject=made.subject, authority=made.authority)
        with clock.assume(TODAY):
            case = deciding_case(made, record=record)
            do(case, "refuse", made.approver, reason=reason, codes=["duties_open"], next_steps="")
    with clock.assume(TODAY):
        correction_case(made)
    return made


def counted(world: World, first: date = TODAY, last: date = TODAY) -> list[tuple[str, str, str, int]]:
    rows = reason_counts(offices=[world.credit.pk, world.authority.pk], first=first, last=last)
    return sorted((row.office, row.use, row.code, row.count) for row in rows)


def test_every_reason_is_counted_for_the_office_that_gave_it(world: World) -> None:
    assert counted(world) == [
        ("濉溪县交通运输局", "refused", "", 1),
        ("濉溪县交通运输局", "refused", "duties_open", 2),
        ("濉溪县信用办", "correction", "", 1),
    ]


def test_what_was_asked_before_a_case_was_sent_on_counts_for_who_asked(world: World) -> None:
    other = OfficeFactory(credit=True, name="烈山区信用办", document_prefix="烈信修")
    member(other, Role.INTAKE)
    case = Case.objects.get(state="correction")
    with clock.assume(TODAY):
        answer_gaps(world, case)
        do(case, "resubmit", world.clerk)
        do(case, "forward", world.intake, office=other, reason="应由烈山区信用办受理")
    rows = reason_counts(offices=[world.credit.pk, other.pk], first=TODAY, last=TODAY)
    assert [(row.office, row.use, row.count) for row in rows] == [("濉溪县信用办", "correction", 1)]


def test_only_the_period_and_the_offices_asked_for_count(world: World) -> None:
    before = TODAY - timedelta(days=1)
    assert counted(world, first=date(2026, 1, 1), last=before) == []
    assert reason_counts(offices=[OfficeFactory().pk], first=TODAY, last=TODAY) == []


def test_an_official_reads_and_exports_those_of_their_own_office(world: World) -> None:
    client = Client()
    client.force_login(world.approver)
    with clock.assume(TODAY):
        page = client.get(reverse("office_reasons")).content.decode()
        file = client.get(reverse("office_reasons"), {"format": "csv"})
        odd = client.get(reverse("office_reasons"), {"first": "gestern", "last": "2026-11-20"})
    assert "义务没有履行完" in page and "濉溪县信用办</td>" not in page
    lines = b"".join(file.streaming_content if file.streaming else [file.content]).decode("utf-8-sig")
    assert "濉溪县交通运输局,不予修复,义务没有履行完,2" in lines
    assert odd.status_code == 200
