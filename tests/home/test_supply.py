"""The pages over the quality of supply and over wrong codes, and who sees whose."""

import io
import json
from datetime import date

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from credit_repair.registry.models import ImportBatch, ImportLine, SupplyCount
from tests.home.conftest import NOW, TODAY
from tests.home.test_queries import grows
from tests.registry.factories import OfficeFactory, RecordFactory, SubjectFactory

pytestmark = pytest.mark.django_db
SUPPLY, SOURCE, CODES = (
    reverse(name) for name in ("office_supply", "office_supply_source", "office_wrong_codes")
)


def batch(**fields):
    made = {"file_name": "十一月.csv", "sha256": "0" * 64, "as_of": TODAY, "started_at": NOW, **fields}
    return ImportBatch.objects.create(**made)


def count(office, *, month=date(2026, 11, 1), **counts):
    return SupplyCount.objects.create(
        batch=batch(), month=month, source_code=office.code, source_name=office.name, **counts
    )


@pytest.fixture
def other(db):
    return OfficeFactory(name="濉溪县水务局")


@pytest.fixture
def month(authority, other):
    count(authority, rows=40, refused=1, taken=8, late=2)
    count(other, rows=10, taken=10)
    count(authority, month=date(2026, 10, 1), rows=7)


def names(client, url=SUPPLY):
    return [row["source"].name for row in client.get(url).context["rows"]]


@pytest.mark.parametrize("role", ["data", "supervisor"])
def test_the_credit_office_sees_every_source(official, credit, month, authority, other, role):
    assert set(names(official(role, credit))) == {authority.name, other.name}


def test_another_office_sees_its_own_supply_alone(official, credit, month, authority, other):
    client = official("data", authority)
    assert names(client) == [authority.name]
    assert client.get(SOURCE, {"code": authority.code}).status_code == 200
    assert client.get(SOURCE, {"code": other.code}).status_code == 404


def test_of_two_credit_offices_each_sees_the_sources_of_its_region(official, credit, month, authority):
    far = OfficeFactory(credit=True, division="370321", name="桓台县信用办")
    below = OfficeFactory(division="370321", name="桓台县水务局")
    count(below, rows=1)
    assert names(official("data", far)) == [below.name]
    assert authority.name in names(official("data", credit))


def test_the_month_is_this_one_unless_another_is_chosen(official, credit, month, authority):
    client = official("data", credit)
    page = client.get(SUPPLY)
    assert page.context["month"]["value"] == "2026-11"
    assert page.context["month"]["next"] == ""
    assert page.context["total"]["count"].rows == 50
    before = client.get(SUPPLY, {"month": "2026-10"})
    assert [row["source"].name for row in before.context["rows"]] == [authority.name]
    assert (before.context["month"]["previous"], before.context["month"]["next"]) == ("2026-09", "2026-11")


@pytest.mark.parametrize("asked", ["2026-12", "1999-01", "0001-01", "x", "2026-13"])
def test_a_month_that_cannot_be_shows_this_one(official, credit, asked):
    client = official("data", credit)
    assert client.get(SUPPLY, {"month": asked}).context["month"]["value"] == "2026-11"


def test_the_page_says_shares_and_the_days_that_the_rules_allow(official, credit, month):
    text = official("data", credit).get(SUPPLY).content.decode()
    assert "97.5%" in text and "25.0%" in text
    assert "7个工作日" in text


def test_the_trend_of_a_source_has_twelve_months(official, credit, month, authority):
    page = official("data", credit).get(SOURCE, {"code": authority.code})
    assert [row["count"].rows for row in page.context["rows"]] == [40, 7] + [0] * 10
    assert page.content.decode().count("<meter") == 3


def test_who_only_supervises_is_not_led_to_the_files(official, credit, authority):
    lines(count(authority).batch, authority, 1)
    page = official("supervisor", credit).get(CODES).content.decode()
    assert reverse("office_imports") + '"' not in page
    assert "/office/imports/new/" not in page
    assert str(ImportBatch.objects.get().uuid) not in page


def lines(of, office, n):
    ImportLine.objects.bulk_create(
        ImportLine(
            batch=of,
            row=row,
            outcome="refused",
            code="bad_uscc",
            field="代码",
            reason="代码不对，请核对。",
            cells=json.dumps({"source_code": office.code}),
        )
        for row in range(n)
    )


def test_wrong_codes_are_listed_with_source_file_and_row(official, credit, authority):
    lines(count(authority, rows=5, wrong_codes=1).batch, authority, 1)
    text = official("data", credit).get(CODES).content.decode()
    for word in ("相对人代码有误", authority.name, "十一月.csv", "第0行", "代码不对，请核对。"):
        assert word in text


def test_another_office_sees_its_own_wrong_codes_alone(official, credit, authority, other):
    lines(count(other).batch, other, 1)
    assert official("data", authority).get(CODES).context["rows"] == []
    assert len(official("data", other).get(CODES).context["rows"]) == 1


def test_the_report_of_wrong_codes_comes_whole_as_a_file(official, credit, authority):
    lines(count(authority).batch, authority, 70)
    twins = SubjectFactory.create_batch(2, name="同名公司")
    RecordFactory(subject=twins[0], created_at=NOW)
    answer = official("data", credit).get(CODES, {"format": "xlsx"})
    rows = list(load_workbook(io.BytesIO(answer.getvalue())).active.values)
    assert len(rows) == 1 + 70 + 1
    assert rows[1][:5] == ("相对人代码有误", authority.name, "十一月.csv", 0, "代码")
    assert rows[-1][5] == "同名公司" and twins[0].code in rows[-1][6]


def test_more_sources_and_rows_cost_no_more_queries(official, credit, authority):
    client = official("data", credit)

    def add(n):
        for _ in range(n):
            lines(count(OfficeFactory(), rows=1, wrong_codes=1).batch, authority, 1)
            twins = SubjectFactory.create_batch(2, name=f"同名{SupplyCount.objects.count()}")
            RecordFactory(subject=twins[0], created_at=NOW)

    assert grows(client, SUPPLY, add) == 0
    assert grows(client, CODES, add) == 0
    count(authority)
    assert grows(client, f"{SOURCE}?code={authority.code}", add) == 0
