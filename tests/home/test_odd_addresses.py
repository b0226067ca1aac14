"""Addresses that nobody types by mistake: they are answered in words, never with a fault of the site."""

import pytest
from django.urls import reverse

from credit_repair.core.clock import assume
from credit_repair.people.models import Role
from tests.registry.factories import OfficeFactory
from tests.world import TODAY, member

pytestmark = pytest.mark.django_db


@pytest.fixture
def official(client):
    client.force_login(member(OfficeFactory(credit=True), Role.SUPERVISOR, Role.DATA))
    with assume(TODAY):
        yield client


@pytest.mark.parametrize(
    "address",
    [
        "/office/imports/supply/source/?code=%00&name=x",
        "/office/records/?q=%00",
        "/office/rules/editions/abc%00/",
        "/office/rules/?words=%00",
    ],
)
def test_a_null_character_leads_nowhere(official, address):
    assert official.get(address).status_code == 404


def test_the_calculator_counts_within_the_years_of_the_calendar(official):
    answer = official.get(reverse("office_calendar"), {"start": "9999-12-30", "days": "10"})
    assert answer.status_code == 200
    assert "以前的日期" in answer.content.decode()
