"""Public notices 公告送达 on the site: anybody reads them while they run; of a person only the name."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from credit_repair.cases.services import delivering as services
from credit_repair.core import clock
from credit_repair.core.settling import settle_all
from credit_repair.notices import ending
from credit_repair.notices.announcing import SHOWN_AFTER, usual_text
from credit_repair.notices.errors import DeliveryRefused
from credit_repair.notices.models import Delivery
from credit_repair.registry.models import Subject
from tests.cases.served import BY_HAND, LATER, announced, copies_of, failed, waiting
from tests.world import TODAY, World, build_world, signed_in, upload

pytestmark = pytest.mark.django_db

LIST = "/notices/"
UNTIL = date(2026, 12, 21)


@pytest.fixture(autouse=True)
def _day() -> Any:
    with clock.assume(LATER):
        yield


@pytest.fixture
def world() -> World:
    return build_world()


@pytest.fixture
def running(world: World) -> Delivery:
    with clock.assume(TODAY):
        delivery = waiting(world)
    return announced(delivery, world)


def page_of(delivery: Delivery) -> str:
    return reverse("public_notice", args=[delivery.uuid])


def text_of(address: str) -> str:
    answer = Client().get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_stranger_reads_who_is_called_to_what_by_whom_and_until_when(
    running: Delivery, world: World
) -> None:
    for page in (text_of(LIST), text_of(page_of(running))):
        for words in (world.subject.name, "材料接收凭证", world.credit.name, "2026年12月21日", "公告中"):
            assert words in page
        assert 'name="robots" content="noindex"' in page
    assert page_of(running) in text_of(LIST)
    assert f'href="{LIST}"' in text_of("/"), "the foot of every page leads there"
    published = text_of(page_of(running))
    assert f"统一社会信用代码：{world.subject.code}" in published
    assert "30日内到" in published
    assert "查无此址" not in published, "why it failed is nobody's business"


def test_it_says_what_the_officials_published(world: World) -> None:
    with clock.assume(TODAY):
        delivery = waiting(world)
    delivery = announced(delivery, world, text="请持营业执照到二楼窗口领取。")
    assert "请持营业执照到二楼窗口领取。" in text_of(page_of(delivery))


def test_it_vanishes_some_days_after_its_time_and_counts_as_served(running: Delivery) -> None:
    with clock.assume(UNTIL):
        assert "公告中" in text_of(LIST)
    with clock.assume(UNTIL + SHOWN_AFTER):
        settle_all(today=UNTIL + SHOWN_AFTER)
        assert "公告期已满" in text_of(page_of(running))
    with clock.assume(UNTIL + SHOWN_AFTER + timedelta(days=1)):
        assert Client().get(page_of(running)).status_code == 404
        assert "现在没有公告送达的文书" in text_of(LIST)


def test_what_was_served_otherwise_or_holds_no_longer_is_called_for_no_more(
    running: Delivery, world: World
) -> None:
    ending.revoke(document=running.document, why="有误", actor=None, today=TODAY)
    assert Client().get(page_of(running)).status_code == 404
    assert world.subject.name not in text_of(LIST)


def test_what_only_waits_has_no_page(world: World) -> None:
    with clock.assume(TODAY):
        delivery = waiting(world)
    assert Client().get(page_of(delivery)).status_code == 404


def test_a_natural_person_is_called_by_name_alone(running: Delivery, world: World) -> None:
    Subject.objects.filter(pk=world.subject.pk).update(
        kind="person",
        id_type="resident_id",
        code=None,
        number_hash="h" * 64,
        name="周小敏",
        legal_representative="",
    )
    delivery = Delivery.objects.select_related("document__office", "subject").get(pk=running.pk)
    text = usual_text(delivery, on=LATER)
    assert text.startswith("周小敏：")
    assert "统一社会信用代码" not in text and "对你作出" in text
    Delivery.objects.update(notice_text="周小敏（34062119800101001X）：请来领取。")  # before it was refused
    assert "19800101" not in text_of(page_of(running))


@pytest.mark.parametrize(
    "text",
    [
        "周小敏（34062119800101001X）：请来领取。",
        "周小敏（340621 19800101 001X）：请来领取。",
        "请致电１３８００００００００。",
        "请致电+86 138 0013 8000。",
        "字" * 1001,
    ],
)
def test_what_is_nobodys_business_is_refused_at_the_field(world: World, text: str) -> None:
    with clock.assume(TODAY):
        delivery = failed(waiting(world), world)
    with pytest.raises(DeliveryRefused) as refused:
        services.announce(delivery=delivery, actor=world.intake, today=LATER, place="公告栏", text=text)
    assert refused.value.field == "text"


def test_the_form_begins_with_the_usual_words_and_leads_to_the_notice(world: World) -> None:
    with clock.assume(TODAY):
        delivery = failed(waiting(world), world)
    client, address = signed_in(world.intake), reverse("office_delivery_announce", args=[delivery.uuid])
    form = client.get(address).content.decode()
    assert "因其他方式无法送达，现公告送达" in form
    given = {"place": "本单位公告栏", "text": "请来领取。"}
    refused = client.post(address, {**given, "text": "请致电13800000000。"})
    assert refused.status_code == 422 and 'href="#id_text"' in refused.content.decode()
    assert client.post(address, given).status_code == 302
    case = reverse("office_case_deliveries", args=[delivery.document.case_link.case.uuid])
    assert page_of(delivery) in client.get(case).content.decode()


def test_what_came_after_all_is_entered_while_it_is_announced(running: Delivery, world: World) -> None:
    services.enter_service(delivery=running, actor=world.intake, today=LATER, handed=BY_HAND, scan=upload())
    assert Client().get(page_of(running)).status_code == 404


def test_the_list_asks_no_more_for_more_notices_and_has_pages(running: Delivery) -> None:
    with CaptureQueriesContext(connection) as one:
        Client().get(LIST)
    copies_of(running, 24)
    with CaptureQueriesContext(connection) as many:
        page = Client().get(LIST).content.decode()
    assert len(many) <= len(one) + 1  # the count, once there is more than a page
    assert page.count("公告中</span>") == 20
    assert Client().get(LIST, {"page": 2}).content.decode().count("公告中</span>") == 5
