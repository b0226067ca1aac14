"""Officials look for records: conditions, pages, and what the page says when there is nothing."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from credit_repair.home.views import office as views
from tests.home.conftest import TODAY, open_case
from tests.home.test_queries import queries
from tests.registry.factories import OfficeFactory, RecordFactory

pytestmark = pytest.mark.django_db

LIST = "office_records"


@pytest.fixture
def client(official, credit):
    return official("intake", credit)


def listed(client, **asked):
    """The document numbers on the page, and the page."""
    response = client.get(reverse(LIST), asked)
    assert response.status_code == 200
    return [row["record"].doc_no for row in response.context["rows"]], response


def numbers(client, **asked):
    return sorted(listed(client, **asked)[0])


class TestConditions:
    @pytest.fixture(autouse=True)
    def _records(self, authority):
        bureau = OfficeFactory(name="濉溪县市场监督管理局")
        RecordFactory(doc_no="甲1号", authority=authority, subject__name="濉溪县华泰食品有限公司")
        RecordFactory(
            doc_no="乙2号",
            authority=bureau,
            kind="abnormal_list",
            standing="expired",
            ended_on=date(2026, 6, 1),
            decision_date=date(2025, 6, 1),
            subject__name="濉溪县别家建材有限公司",
        )

    @pytest.mark.parametrize(
        "asked",
        [
            {"q": "华泰"},
            {"authority": "交通运输"},
            {"authority": "濉溪县交通运输局"},
            {"kind": "penalty"},
            {"standing": "active"},
            {"decided_from": "2026-05-06", "decided_to": "2026-05-06"},
            {"q": "有限公司", "authority": "交通", "kind": "penalty", "standing": "active"},
        ],
    )
    def test_each_condition_and_all_together(self, client, asked):
        assert numbers(client, **asked) == ["甲1号"]

    def test_class(self, client):
        assert numbers(client, rule_class="general") == ["甲1号"]
        assert numbers(client, rule_class="serious") == []

    def test_conditions_that_do_not_meet_find_nothing(self, client):
        assert numbers(client, q="华泰", standing="expired") == []

    def test_publicity_that_ends_soon(self, client):
        soon = RecordFactory(doc_no="丙3号")
        for days, expected in ((30, ["丙3号"]), (31, []), (-1, [])):
            soon.effective_until = TODAY + timedelta(days=days)
            soon.save()
            assert numbers(client, ending="30") == expected
        soon.effective_until = TODAY
        soon.standing, soon.ended_on = "repaired", TODAY
        soon.save()
        assert numbers(client, ending="30") == []

    def test_an_authority_is_offered_and_found_by_its_code(self, client, authority):
        names, response = listed(client, authority=authority.code)
        assert names == ["甲1号"]
        assert '<option value="濉溪县市场监督管理局">' in response.content.decode()


class TestWrongConditions:
    @pytest.mark.parametrize(
        ("asked", "field", "words"),
        [
            ({"decided_from": "2026-02-30"}, "decided_from", "2026-05-06的样子"),
            ({"decided_from": "2026-05-02", "decided_to": "2026-05-01"}, "decided_to", "不能早于"),
            ({"authority": "税务局"}, "authority", "没有找到机关“税务局”"),
            ({"q": "长" * 201}, "q", "不要超过200个字"),
        ],
    )
    def test_are_named_at_their_field_and_nothing_is_listed(self, client, asked, field, words):
        RecordFactory()
        names, response = listed(client, **asked)
        assert names == []
        assert words in str(response.context["form"].errors[field])
        assert f'id="id_{field}_error"' in response.content.decode()


class TestWhoSeesWhat:
    def test_an_office_finds_and_is_offered_only_its_own(self, official, authority, credit):
        OfficeFactory(credit=True)
        RecordFactory(doc_no="甲1号", authority=authority)
        bureau = OfficeFactory(name="别县税务局")
        RecordFactory(doc_no="乙2号", authority=bureau)
        RecordFactory(doc_no="丙3号", authority=OfficeFactory(name="供应局"), source_office=authority)
        client = official("verifier", authority)
        assert numbers(client) == ["丙3号", "甲1号"]
        names, response = listed(client, authority="税务")
        assert names == []
        assert "税务" in str(response.context["form"].errors["authority"])
        page = client.get(reverse(LIST)).content.decode()
        assert "别县税务局" not in page
        assert "供应局" in page


class TestPages:
    def test_the_next_page_keeps_the_conditions(self, client, authority, monkeypatch):
        monkeypatch.setattr(views, "PAGE_SIZE", 2)
        RecordFactory.create_batch(3, authority=authority)
        _names, response = listed(client, q="华泰", standing="active")
        assert "?q=%E5%8D%8E%E6%B3%B0&amp;standing=active&amp;page=2" in response.content.decode()
        names, _response = listed(client, q="华泰", standing="active", page="2")
        assert len(names) == 1

    def test_no_more_are_listed_than_the_cap_and_the_page_says_so(self, client, monkeypatch):
        monkeypatch.setattr(views, "MOST_LISTED", 3)
        RecordFactory.create_batch(3)
        assert "共3条记录" in listed(client)[1].content.decode()
        RecordFactory()
        names, response = listed(client)
        assert len(names) == 3
        assert "超过3条，这里只列出前3条" in response.content.decode()

    def test_a_search_with_conditions_asks_the_same_number_of_queries(self, client, authority):
        url = reverse(LIST, query={"q": "华泰食品1", "authority": "交通", "standing": "active"})
        client.get(url)  # what is asked once for the process and for the session is not counted
        asked = set()
        for _round in range(2):
            RecordFactory.create_batch(4, authority=authority, subject__name="濉溪县华泰食品1厂")
            asked.add(queries(client, url))
        assert len(asked) == 1


class TestNothingToShow:
    def test_it_says_what_to_try(self, client):
        RecordFactory()
        page = listed(client, q="无此名称")[1].content.decode()
        assert "没有找到记录" in page
        assert "文号可以只填一部分" in page

    def test_an_empty_register_is_no_failed_search(self, client):
        page = listed(client)[1].content.decode()
        assert "还没有记录" in page
        assert "没有找到记录" not in page


def test_the_number_of_a_case_leads_to_the_case(client, credit):
    case = open_case(RecordFactory(), number="濉信修2026-1", office=credit)
    response = client.get(reverse(LIST), {"q": case.number})
    assert response.status_code == 302
