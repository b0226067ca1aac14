"""Service in every way 送达方式: what each needs, field by field, and what the proof of it says."""

import dataclasses
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from credit_repair.cases import delivery_selectors as selectors
from credit_repair.cases.services import delivering as services
from credit_repair.core import clock
from credit_repair.notices import delivering, ending
from credit_repair.notices.announcing import settle_announced
from credit_repair.notices.consents import give_consent
from credit_repair.notices.delivering import ON_PAPER, Handed, missing_words, words_of
from credit_repair.notices.errors import DeliveryRefused
from credit_repair.notices.models import Delivery, Document
from credit_repair.notices.serving import WAYS
from credit_repair.people.models import Mandate
from tests.cases.served import announced, failed, made, waiting
from tests.world import TODAY, World, approved_case, build_world, signed_in, submitted_case, upload

pytestmark = pytest.mark.django_db

LEFT = Handed(
    "left",
    TODAY,
    place="工业路8号办公室",
    refusal="法定代表人在场，看过文书后拒绝签收。",
    witness="赵强",
    witness_of="经济开发区社区居民委员会",
    servers="何卫东、谢明",
)
ENTRUSTED = Handed("entrusted", TODAY, "李明华", "本人", entrusted_to="桓台县信用办", remark="桓信函12号")


@pytest.fixture(autouse=True)
def _day() -> Any:
    with clock.assume(TODAY):
        yield


@pytest.fixture
def world() -> World:
    return build_world()


def enter(delivery: Delivery, world: World, handed: Handed) -> Delivery:
    about: dict[str, Any] = {"delivery": delivery, "actor": world.intake, "today": TODAY}
    return services.enter_service(**about, handed=handed, scan=upload())


def prove(delivery: Delivery, world: World) -> Document:
    case = delivery.document.case_link.case
    return services.prove(delivery=delivery, case=case, actor=world.intake, today=TODAY)


def test_the_scan_is_checked_before_anything_is_locked(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    delivery, real, depths = waiting(world), delivering.check_evidence, []

    def check(upload: Any) -> Any:
        depths.append(len(connection.savepoint_ids))
        return real(upload)

    monkeypatch.setattr(delivering, "check_evidence", check)
    before = len(connection.savepoint_ids)
    enter(delivery, world, LEFT)
    assert depths == [before], "checked once, outside of every transaction of ours"


def test_every_way_of_the_proof_can_be_entered_and_has_the_same_name() -> None:
    assert {way.value: str(way.label) for way in Delivery.Way} == WAYS
    assert set(missing_words()) == set(ON_PAPER) == set(WAYS) - {"electronic", "announced"}
    for way in ON_PAPER:
        assert set(missing_words()[way]) <= set(words_of(way))


def test_what_was_left_names_refusal_and_witness_and_its_proof_says_so(world: World) -> None:
    delivery = enter(waiting(world), world, LEFT)
    assert (delivery.way, delivery.delivered_on, delivery.received_by) == ("left", TODAY, "")

    said = prove(delivery, world).context
    assert said["refusal"] == "法定代表人在场，看过文书后拒绝签收"
    assert said["witnesses"] == [{"name": "赵强", "of": "经济开发区社区居民委员会"}]
    assert said["servers"] == ["何卫东、谢明"]


def test_what_another_office_served_names_that_office(world: World) -> None:
    delivery = enter(waiting(world), world, ENTRUSTED)
    said = prove(delivery, world).context
    assert (said["way"], said["received_by"]) == ("entrusted", "李明华")
    assert said["remark"] == "受委托送达单位：桓台县信用办；桓信函12号"


@pytest.mark.parametrize(
    ("handed", "field"),
    [
        (dataclasses.replace(LEFT, refusal=" "), "refusal"),
        (dataclasses.replace(LEFT, witness=""), "witness"),
        (dataclasses.replace(LEFT, witness_of=""), "witness_of"),
        (dataclasses.replace(LEFT, place=""), "place"),
        (dataclasses.replace(LEFT, servers=""), "servers"),
        (dataclasses.replace(LEFT, other_witness="钱进"), "other_witness_of"),
        (dataclasses.replace(LEFT, other_witness_of="派出所"), "other_witness"),
        (dataclasses.replace(ENTRUSTED, entrusted_to=""), "entrusted_to"),
        (dataclasses.replace(ENTRUSTED, received_by=""), "received_by"),
        (Handed("post", TODAY), "received_by"),
        (Handed("electronic", TODAY, "李明华"), "way"),
        (Handed("announced", TODAY, "李明华"), "way"),
    ],
)
def test_what_a_way_needs_is_asked_for_at_its_field(world: World, handed: Handed, field: str) -> None:
    delivery = waiting(world)
    with pytest.raises(DeliveryRefused) as refused:
        enter(delivery, world, handed)
    assert refused.value.field == field
    delivery.refresh_from_db()
    assert not delivery.is_delivered


def test_the_form_asks_what_belongs_to_the_way_and_says_at_the_field_what_is_missing(world: World) -> None:
    delivery = failed(waiting(world), world, failure="refused")
    client, address = signed_in(world.intake), reverse("office_delivery_enter", args=[delivery.uuid])
    page = client.get(address).content.decode()  # what was refused is left
    assert 'name="witness"' in page
    assert 'name="received_by"' not in page
    assert "查无此址" in page, "the refusal begins with what was entered"
    assert 'name="entrusted_to"' in client.get(address + "?way=entrusted").content.decode()
    assert client.get(address + "?way=announced").status_code == 404

    given = {"way": "left", "day": "2026-11-20", "refusal": "拒收", "place": "厂区", "servers": "何卫东"}
    answer = client.post(address, {**given, "scan": upload()})
    assert answer.status_code == 422
    said = answer.content.decode()
    assert "留置送达要有见证人" in said
    assert 'href="#id_witness"' in said
    whole = {**given, "witness": "赵强", "witness_of": "居委会", "scan": upload()}
    assert client.post(address, whole).status_code == 302
    case = reverse("office_case_deliveries", args=[delivery.document.case_link.case.uuid])
    assert "赵强（居委会）" in client.get(case).content.decode()


def test_the_database_holds_what_each_way_needs(world: World) -> None:
    delivery = enter(waiting(world), world, LEFT)
    wrong: list[dict[str, Any]] = [
        {"witness": ""},
        {"refusal": ""},
        {"scan": ""},
        {"way": "direct"},  # a witness belongs to what was left
        {"entrusted_to": "某单位"},
    ]
    for fields in wrong:
        with pytest.raises(IntegrityError), transaction.atomic():
            Delivery.objects.filter(pk=delivery.pk).update(**fields)


def test_electronic_service_needs_somebody_who_can_find_it(world: World) -> None:
    give_consent(subject=world.subject, actor=world.clerk)
    case = submitted_case(world)
    Mandate.objects.filter(subject=world.subject).update(until=TODAY.replace(day=19))
    assert Delivery.objects.get(document=made(case)).way == ""


def test_what_was_ended_before_its_pdf_was_there_is_served_on_nobody(world: World) -> None:
    give_consent(subject=world.subject, actor=world.clerk)
    case = submitted_case(world)
    Document.objects.update(standing="revoked", ended_at=clock.now(), ended_why="打印有误")
    assert not Delivery.objects.filter(document=made(case)).exists()


def decision(world: World) -> Delivery:
    """A numbered document that waits to be served."""
    return Delivery.objects.get(document=made(approved_case(world)))


def void(document: Document) -> Document:
    return ending.void(document=document, why="有误", actor=None, today=TODAY)


def test_what_has_gone_out_is_not_voided_but_revoked(world: World) -> None:
    delivery = decision(world)
    Delivery.objects.filter(pk=delivery.pk).update(opened_at=clock.now())
    with pytest.raises(ending.CannotEnd, match="已经送出，不能作废"):
        void(delivery.document)
    ending.revoke(document=delivery.document, why="有误", actor=None, today=TODAY)
    assert not selectors.not_served(user=world.approver, on=TODAY, days=0).exists()


def test_what_was_served_is_not_voided(world: World) -> None:
    give_consent(subject=world.subject, actor=world.clerk)
    delivery = decision(world)
    assert delivery.is_delivered
    with pytest.raises(ending.CannotEnd, match="请撤销"):
        void(delivery.document)


def test_a_number_that_nobody_has_seen_can_be_voided_and_no_number_cannot(world: World) -> None:
    delivery = decision(world)
    receipt = delivery.document.case_link.case.documents.get(document__kind="receipt_of_materials").document
    with pytest.raises(ending.CannotEnd, match="没有文号"):
        void(receipt)
    assert void(delivery.document).standing == "void"


def test_what_is_revoked_while_it_is_announced_is_not_served(world: World) -> None:
    delivery = announced(waiting(world), world)
    ending.revoke(document=delivery.document, why="有误", actor=None, today=TODAY)
    assert settle_announced(today=TODAY.replace(year=2027)) == 0


def test_what_was_issued_before_there_was_service_says_that_nothing_is_known(world: World) -> None:
    delivery = waiting(world)
    case = delivery.document.case_link.case
    delivery.delete()
    address = reverse("office_case_deliveries", args=[case.uuid])
    page = signed_in(world.intake).get(address).content.decode()
    assert "没有送达记录" in page
    assert "正在生成" not in page
    assert "登记送达</a>" not in page
