"""The page from which a basket is filled: what can be repaired now, later or not, and why."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from credit_repair.cases.models import Case, Filing
from credit_repair.people.services import grant_mandate
from tests.registry.factories import RecordFactory, SubjectFactory
from tests.repairs.baskets import NOT_YET, another, basket_of, text
from tests.world import (
    SINCE,
    TODAY,
    World,
    signed_in,
    submitted_case,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_the_day")]


@pytest.fixture
def clerk(world: World) -> Client:
    return signed_in(world.clerk)


def test_every_record_says_now_later_or_not_and_why(world: World, clerk: Client) -> None:
    later = another(world, decision_date=NOT_YET)
    over = another(world, decision_date=date(2023, 1, 10))
    page = text(clerk, "my_repair_choose")
    assert f'name="now" value="{world.record.uuid}"' in page
    assert f'name="later" value="{later.uuid}"' in page
    assert "自2027年1月11日起可申请修复" in page
    assert f'value="{over.uuid}"' not in page
    assert "公示期已满，无需申请" in page
    assert f"{reverse('choose')}?trouble=wrong" in page


def test_the_only_record_is_ticked_already_and_several_are_not(world: World, clerk: Client) -> None:
    assert text(clerk, "my_repair_choose").count("checked>") == 1
    second = another(world)
    assert text(clerk, "my_repair_choose").count("checked>") == 0
    page = text(clerk, "my_repair_choose", record=str(second.uuid))
    assert page.count("checked>") == 1


def test_what_is_ticked_goes_into_one_basket(world: World, clerk: Client) -> None:
    second, later = another(world), another(world, decision_date=NOT_YET)
    ticked = {"now": [world.record.uuid, second.uuid], "later": [later.uuid]}
    answer = clerk.post(reverse("my_repair_choose"), ticked)
    filing = Filing.objects.get()
    assert answer["Location"] == reverse("my_filing", args=[filing.uuid])
    assert filing.cases.filter(state="draft").count() == 3
    # A second press of the button, from the same page.
    assert clerk.post(reverse("my_repair_choose"), ticked)["Location"] == answer["Location"]
    assert Case.objects.count() == 3


def test_what_is_chosen_later_joins_the_open_basket(world: World, clerk: Client) -> None:
    filing, second = basket_of(world), another(world)
    clerk.post(reverse("my_repair_choose"), {"now": [second.uuid]})
    clerk.post(reverse("my_repair_start", args=[another(world).uuid]))
    assert Filing.objects.get() == filing
    assert filing.cases.count() == 3


def test_what_was_handed_in_takes_nothing_more(world: World, clerk: Client) -> None:
    submitted_case(world)
    clerk.post(reverse("my_repair_choose"), {"now": [another(world).uuid]})
    assert Filing.objects.count() == 2


def test_a_draft_or_a_running_case_is_shown_with_its_link_and_cannot_be_ticked(
    world: World, clerk: Client
) -> None:
    running, second = submitted_case(world), another(world)
    filing = basket_of(world, second)
    page = text(clerk, "my_repair_choose")
    assert reverse("my_filing", args=[filing.uuid]) in page
    assert reverse("my_repair", args=[running.uuid]) in page
    assert f'value="{second.uuid}"' not in page


def test_nothing_ticked_is_said_in_words(world: World, clerk: Client) -> None:
    page = clerk.post(reverse("my_repair_choose"), {}).content.decode()
    assert "请至少勾选一条信息" in page
    assert not Filing.objects.exists()


def test_the_selection_stays_where_it_is_refused(
    world: World, clerk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("credit_repair.repairs.services.baskets.MOST_RECORDS", 1)
    ticked = [world.record.uuid, another(world).uuid]
    page = clerk.post(reverse("my_repair_choose"), {"now": ticked}).content.decode()
    assert "一次最多为1条信息一起申请" in page
    assert page.count("checked>") == 2
    assert not Case.objects.exists()


def test_what_ends_by_itself_soon_comes_with_the_advice_to_wait(world: World, clerk: Client) -> None:
    another(world, own_until=TODAY + timedelta(days=1))
    assert "等待更省事" in text(clerk, "my_repair_choose")


def test_a_record_of_somebody_else_is_not_taken(world: World, clerk: Client) -> None:
    foreign = RecordFactory()
    page = clerk.post(reverse("my_repair_choose"), {"now": [foreign.uuid]})
    assert "请至少勾选一条信息" in page.content.decode()
    assert clerk.post(reverse("my_repair_start", args=[foreign.uuid])).status_code == 404
    assert not Case.objects.exists()


def test_with_several_subjects_one_says_first_for_whom(world: World) -> None:
    grant_mandate(user=world.clerk, subject=SubjectFactory(name="濉溪县第二商店"), since=SINCE)
    client = signed_in(world.clerk)
    assert "濉溪县第二商店" in text(client, "my_repair_choose")
    page = text(client, "my_repair_choose", subject=str(world.subject.uuid))
    assert str(world.record.uuid) in page
    switched = client.post(
        reverse("my_subject_switch", args=[world.subject.uuid]), {"next": "my_repair_choose"}
    )
    assert switched["Location"] == reverse("my_repair_choose")
