"""Service 送达 on a case's timeline 办理过程: the applicant's cut and the officials'."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from credit_repair.cases.models import Case
from credit_repair.cases.presenters import timeline_items
from credit_repair.cases.service_timeline import service_items
from credit_repair.cases.services import delivering as services
from credit_repair.core import clock
from credit_repair.core.settling import settle_all
from credit_repair.notices import arrival
from credit_repair.notices.consents import give_consent
from credit_repair.notices.models import Delivery, Document
from tests.cases.served import BY_HAND, LATER, announced, copies_of, waiting
from tests.world import TODAY, World, build_world, signed_in, upload

pytestmark = pytest.mark.django_db

NAME = "《材料接收凭证》"


@pytest.fixture(autouse=True)
def _day() -> Any:
    with clock.assume(TODAY):
        yield


@pytest.fixture
def world() -> World:
    return build_world()


def titles(case: Case, *, internal: bool) -> list[str]:
    return [item["title"] for item in timeline_items(case, internal=internal)]


def case_of(delivery: Delivery) -> Case:
    return delivery.document.case_link.case


def test_the_applicant_reads_that_it_was_served_and_officials_when_it_was_read(world: World) -> None:
    give_consent(subject=world.subject, actor=world.clerk)
    delivery = waiting(world)
    arrival.note_downloaded(document=delivery.document, reader=world.clerk)
    case = case_of(delivery)

    assert titles(case, internal=False)[-1] == f"{NAME}已送达"
    assert titles(case, internal=True)[-3:] == [
        f"{NAME}已送达",
        f"受送达人首次查看{NAME}",
        f"受送达人首次下载{NAME}",
    ]
    mine = signed_in(world.clerk).get(reverse("my_repair", args=[case.uuid])).content.decode()
    assert "电子送达" in mine and "首次下载" not in mine
    theirs = signed_in(world.intake).get(reverse("office_repair", args=[case.uuid])).content.decode()
    assert "首次下载" in theirs


def test_failure_notice_and_its_end_stand_in_their_order(world: World) -> None:
    delivery = announced(waiting(world), world)
    case = case_of(delivery)
    over = TODAY + timedelta(days=40)
    settle_all(today=over)
    said = [f"{NAME}没有送达：无法送达", f"{NAME}公告送达", f"{NAME}已送达"]
    assert [each for each in titles(case, internal=False) if NAME in each] == said
    assert [each for each in titles(case, internal=True) if NAME in each] == said

    public = {item["title"]: item for item in service_items(case, internal=False)}
    internal = {item["title"]: item for item in service_items(case, internal=True)}
    assert "我的文书" in public[said[0]]["text"] and public[said[0]]["actor"] == ""
    assert "查无此址" in internal[said[0]]["text"] and internal[said[0]]["actor"] == "李受"


def test_the_proof_stands_there_for_officials_with_its_document(world: World) -> None:
    delivery = waiting(world)
    case = case_of(delivery)
    about: dict[str, Any] = {"actor": world.intake, "today": TODAY}
    services.enter_service(delivery=delivery, handed=BY_HAND, scan=upload(), **about)
    proof = services.prove(delivery=delivery, case=case, **about)
    assert not [each for each in titles(case, internal=True) if "送达回证" in each], "not yet made"
    Document.objects.filter(pk=proof.pk).update(state="ready", file="documents/x.pdf", sha256="a" * 64)
    last = timeline_items(case, internal=True)
    item = next(each for each in last if "送达回证" in each["title"])
    assert item["documents"][0]["href"] == reverse("document", args=[proof.uuid])
    assert not [each for each in titles(case, internal=False) if "送达回证" in each]


def test_a_timeline_asks_no_more_for_more_documents(world: World) -> None:
    delivery = announced(waiting(world), world)
    case = case_of(delivery)
    with CaptureQueriesContext(connection) as one:
        service_items(case, internal=True)
    copies_of(delivery, 4)
    with CaptureQueriesContext(connection) as many:
        assert len(service_items(case, internal=True)) == 10
    assert len(many) == len(one) == 1
    assert LATER > TODAY
