"""Service 送达: by consent the moment the PDF is there, else on paper; what happens is noted once."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from credit_repair.cases import delivery_selectors as selectors
from credit_repair.cases.errors import NotYours
from credit_repair.cases.models import CaseDocument
from credit_repair.cases.services import delivering as services
from credit_repair.core import clock
from credit_repair.core.models import AuditEntry
from credit_repair.core.settling import settle_all
from credit_repair.mail.models import Mail
from credit_repair.mail.services import send_waiting
from credit_repair.notices import arrival
from credit_repair.notices.consents import give_consent, running_consent, withdraw_consent
from credit_repair.notices.errors import DeliveryRefused
from credit_repair.notices.models import Delivery, Document, ServiceConsent
from credit_repair.people.audit_words import ACTIONS
from credit_repair.people.errors import NotYours as NotTheirSubject
from credit_repair.people.models import Mandate
from tests.cases.served import BY_HAND, LATER, failed, made, waiting
from tests.world import (
    PDF,
    TODAY,
    World,
    build_world,
    clerk_of,
    in_threads,
    make_user,
    signed_in,
    submitted_case,
    upload,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _day() -> Any:
    with clock.assume(TODAY):
        yield


@pytest.fixture
def world() -> World:
    return build_world()


def test_with_consent_a_document_is_served_when_its_pdf_is_there(world: World) -> None:
    consent = give_consent(subject=world.subject, actor=world.clerk)
    delivery = waiting(world)

    assert (delivery.way, delivery.consent, delivery.delivered_on) == ("electronic", consent, TODAY)
    assert delivery.delivered_at is not None
    assert AuditEntry.objects.filter(action="delivery.arrived", object_id=str(delivery.uuid)).count() == 1


def test_without_consent_it_waits_for_paper_and_a_later_consent_changes_nothing(world: World) -> None:
    delivery = waiting(world)
    give_consent(subject=world.subject, actor=world.clerk)
    arrival.arrive(delivery.document)

    delivery.refresh_from_db()
    assert (delivery.way, delivery.delivered_on) == ("", None)
    assert list(selectors.not_served(user=world.intake, on=TODAY, days=0)) == [delivery]


def test_a_withdrawn_consent_counts_no_longer_and_can_be_given_again(world: World) -> None:
    give_consent(subject=world.subject, actor=world.clerk)
    with pytest.raises(DeliveryRefused, match="已经同意"):
        give_consent(subject=world.subject, actor=world.clerk)
    withdraw_consent(subject=world.subject, actor=world.clerk)
    with pytest.raises(DeliveryRefused, match="不需要撤回"):
        withdraw_consent(subject=world.subject, actor=world.clerk)

    assert waiting(world).way == ""
    give_consent(subject=world.subject, actor=world.clerk)
    assert ServiceConsent.objects.count() == 2


def test_a_consent_counts_as_long_as_who_gave_it_acts_for_the_subject(world: World) -> None:
    first = give_consent(subject=world.subject, actor=world.clerk)
    case, successor = submitted_case(world), clerk_of(world.subject, name="新经办")
    tomorrow = TODAY + timedelta(days=1)
    Mandate.objects.filter(user=world.clerk).update(until=TODAY)
    with clock.assume(tomorrow):
        document = made(case)
        assert Delivery.objects.get(document=document).way == "", "the successor has agreed to nothing"
        assert running_consent(world.subject) is None
        second = give_consent(subject=world.subject, actor=successor)
        first.refresh_from_db()
        assert first.withdrawn_by == successor
        assert running_consent(world.subject) == second


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_consent_that_changes_does_not_hold_up_what_arrives(postgres: None) -> None:
    world = build_world()
    document = CaseDocument.objects.filter(case=submitted_case(world)).latest("pk").document

    def arrives(_number: int) -> Delivery | None:
        with clock.assume(TODAY), transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '3s'")
            return arrival.arrive(document)

    with transaction.atomic():
        give_consent(subject=world.subject, actor=world.clerk)  # holds the subject until the end of the block
        done, errors = in_threads(1, arrives)
    assert errors == [] and len(done) == 1


def test_nobody_consents_for_a_subject_that_is_not_theirs(world: World) -> None:
    with pytest.raises(NotTheirSubject):
        give_consent(subject=world.subject, actor=make_user("路人"))


def test_the_database_holds_one_consent_one_service_and_what_each_needs(world: World) -> None:
    delivery = waiting(world)
    moment = datetime(2026, 11, 20, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
    wrong: list[dict[str, Any]] = [
        {"delivered_on": TODAY},
        {"way": "electronic", "delivered_on": TODAY, "delivered_at": moment},
        {"way": "direct", "delivered_on": TODAY},
        {"downloaded_at": moment},
        {"failure": "refused"},
        {"way": "announced", "announced_from": TODAY, "announced_until": LATER},
        {"proof": delivery.document},
    ]
    for fields in wrong:
        with pytest.raises(IntegrityError), transaction.atomic():
            Delivery.objects.filter(pk=delivery.pk).update(**fields)
    with pytest.raises(IntegrityError), transaction.atomic():
        Delivery.objects.create(document=delivery.document, subject=world.subject, since=TODAY)


def test_opened_and_downloaded_are_noted_once_and_only_for_the_addressee(world: World) -> None:
    delivery = waiting(world)
    document = delivery.document
    document.file.save("x.pdf", upload(content=PDF))
    letter, file = reverse("my_letter", args=[document.uuid]), reverse("document", args=[document.uuid])

    assert signed_in(world.intake).get(file).status_code == 200
    assert signed_in(world.clerk).head(letter).status_code == 200
    delivery.refresh_from_db()
    assert delivery.opened_at is None
    assert delivery.downloaded_at is None

    assert signed_in(world.clerk).get(letter).status_code == 200
    delivery.refresh_from_db()
    first = delivery.opened_at
    assert first is not None
    assert delivery.downloaded_at is None
    with clock.assume(LATER):
        signed_in(world.clerk).get(letter)
        signed_in(world.clerk).get(file)
        signed_in(world.clerk).get(file)
    delivery.refresh_from_db()
    assert delivery.opened_at == first
    assert delivery.downloaded_at is not None
    assert AuditEntry.objects.filter(action="delivery.opened").count() == 1
    assert AuditEntry.objects.filter(action="delivery.downloaded").count() == 1
    assert not delivery.is_delivered


def test_what_was_signed_on_paper_is_entered_with_its_scan(world: World) -> None:
    delivery = waiting(world)
    client, address = signed_in(world.intake), reverse("office_delivery_enter", args=[delivery.uuid])
    given = {"way": "direct", "day": "2026-11-20", "received_by": "李明华", "relation": "法定代表人"}

    assert client.get(address).status_code == 200
    assert client.post(address).status_code == 422
    assert client.post(address, given).status_code == 422
    assert client.post(address, {**given, "scan": upload(), "day": "2026-11-21"}).status_code == 422
    assert client.post(address, {**given, "scan": upload("回证.pdf")}).status_code == 302

    delivery.refresh_from_db()
    assert (delivery.way, delivery.delivered_on, delivery.entered_by) == ("direct", TODAY, world.intake)
    assert client.get(reverse("office_delivery_scan", args=[delivery.uuid])).status_code == 200
    assert client.post(address, {**given, "scan": upload()}).status_code == 422
    page = client.get(reverse("office_case_deliveries", args=[delivery.document.case_link.case.uuid]))
    assert "李明华" in page.content.decode()


def test_only_the_office_that_issued_it_enters_how_it_was_served(world: World) -> None:
    delivery = waiting(world)
    with pytest.raises(NotYours):
        services.enter_service(
            delivery=delivery, actor=world.verifier, today=TODAY, handed=BY_HAND, scan=upload()
        )
    address = reverse("office_delivery_enter", args=[delivery.uuid])
    assert signed_in(world.verifier).get(address).status_code == 404
    assert signed_in(world.clerk).get(address).status_code == 404


def test_a_public_notice_follows_a_failure_by_a_day_and_counts_when_it_is_over(world: World) -> None:
    about: dict[str, Any] = {"actor": world.intake, "place": "本单位公告栏"}
    delivery = waiting(world)
    with pytest.raises(DeliveryRefused, match="请先登记"):
        services.announce(delivery=delivery, today=TODAY, **about)
    delivery = failed(delivery, world)
    with pytest.raises(DeliveryRefused, match="第二天起才可以公告"):
        services.announce(delivery=delivery, today=TODAY, **about)
    delivery = services.announce(delivery=delivery, today=LATER, **about)
    assert delivery.announced_until == date(2026, 12, 21)

    settle_all(today=date(2026, 12, 21))
    delivery.refresh_from_db()
    assert not delivery.is_delivered
    settle_all(today=date(2026, 12, 24))
    settle_all(today=date(2026, 12, 25))
    delivery.refresh_from_db()
    assert delivery.delivered_on == date(2026, 12, 22)


def test_a_public_notice_counts_from_the_day_it_is_shown_whatever_day_is_sent(world: World) -> None:
    delivery = failed(waiting(world), world)
    months = TODAY + timedelta(days=60)
    with clock.assume(months):
        page = signed_in(world.intake)
        address = reverse("office_delivery_announce", args=[delivery.uuid])
        assert 'name="begins"' not in page.get(address).content.decode()
        sent = {"begins": LATER.isoformat(), "place": "本单位公告栏", "text": "请来领取。"}
        assert page.post(address, sent).status_code == 302
        settle_all(today=months)
    delivery.refresh_from_db()
    assert (delivery.announced_from, delivery.delivered_on) == (months, None)


def test_the_proof_of_service_says_how_it_was_served_and_is_made_once(world: World) -> None:
    delivery = waiting(world)
    case = delivery.document.case_link.case
    about: dict[str, Any] = {"case": case, "actor": world.intake, "today": TODAY}
    with pytest.raises(DeliveryRefused, match="还没有送达"):
        services.prove(delivery=delivery, **about)
    services.enter_service(delivery=delivery, actor=world.intake, today=TODAY, handed=BY_HAND, scan=upload())
    proof = services.prove(delivery=delivery, **about)

    assert proof.kind == "service_record"
    assert proof.addressee is None
    said = proof.context
    assert (said["way"], said["served_on"], said["received_by"]) == ("direct", "2026-11-20", "李明华")
    assert said["case_number"] == case.number
    with pytest.raises(DeliveryRefused, match="已经制作"):
        services.prove(delivery=delivery, **about)


def test_the_proof_of_electronic_service_names_the_day_of_the_consent(world: World) -> None:
    give_consent(subject=world.subject, actor=world.clerk)
    delivery = waiting(world)
    case = delivery.document.case_link.case
    proof = services.prove(delivery=delivery, case=case, actor=world.intake, today=TODAY)
    assert proof.context["consented_on"] == "2026-11-20"
    assert "时" in proof.context["served_at"]


def test_what_is_void_is_not_served(world: World) -> None:
    delivery = waiting(world)
    Document.objects.filter(pk=delivery.document.pk).update(
        standing="void", ended_at=clock.now(), ended_why="打印错误"
    )
    with pytest.raises(DeliveryRefused, match="作废"):
        services.enter_service(
            delivery=delivery, actor=world.intake, today=TODAY, handed=BY_HAND, scan=upload()
        )
    assert not selectors.not_served(user=world.intake, on=TODAY, days=0).exists()


def test_the_list_has_what_was_issued_so_many_days_ago(world: World) -> None:
    waiting(world)
    client, address = signed_in(world.intake), reverse("office_deliveries")
    assert "材料" not in client.get(address).content.decode().split("<main")[1]
    assert "待送达" in client.get(address, {"days": "0"}).content.decode()
    with clock.assume(TODAY + timedelta(days=3)):
        assert world.subject.name in client.get(address).content.decode()
    assert not selectors.not_served(user=world.approver, on=TODAY, days=0).exists()


def test_the_applicant_gives_and_withdraws_consent_on_the_page_of_the_subject(world: World) -> None:
    client, address = signed_in(world.clerk), reverse("my_subject_service", args=[world.subject.uuid])
    assert address in client.get(reverse("my_subject", args=[world.subject.uuid])).content.decode()
    unticked = client.post(address, {"act": "give"})
    assert unticked.status_code == 422 and "勾选这一项再提交" in unticked.content.decode()
    assert running_consent(world.subject) is None
    client.post(address, {"act": "give", "agreed": "1"})
    assert running_consent(world.subject) is not None
    assert "撤回同意" in client.get(address).content.decode()
    client.post(address, {"act": "withdraw"})
    assert running_consent(world.subject) is None


def test_mails_have_a_link_and_never_the_document(world: World, mailoutbox: Any) -> None:
    give_consent(subject=world.subject, actor=world.clerk)
    case = submitted_case(world)
    made(case)
    assert Mail.objects.filter(body__contains=str(case.uuid)).exists()
    send_waiting()
    assert mailoutbox
    assert all(not mail.attachments for mail in mailoutbox)


def test_a_case_page_of_service_asks_no_more_for_more_documents(world: World) -> None:
    case = submitted_case(world)
    document = made(case)
    client, address = signed_in(world.intake), reverse("office_case_deliveries", args=[case.uuid])
    client.get(address)
    with CaptureQueriesContext(connection) as one:
        client.get(address)
    for number in range(4):  # copies of the first
        copy = Document.objects.get(pk=document.pk)
        copy.pk, copy.check_code = None, f"{number:016}"
        copy.uuid = copy._meta.get_field("uuid").get_default()
        copy._state.adding = True
        copy.save()
        CaseDocument.objects.create(case=case, document=copy)
        arrival.arrive(copy)
    with CaptureQueriesContext(connection) as many:
        client.get(address)
    assert len(many) == len(one)

    waiting_list = reverse("office_deliveries") + "?days=0"
    with CaptureQueriesContext(connection) as listed:
        assert client.get(waiting_list).content.decode().count("待送达</span>") == 5
    assert len(listed) <= 12


def test_arrival_costs_four_statements_at_most(world: World) -> None:
    give_consent(subject=world.subject, actor=world.clerk)
    document = CaseDocument.objects.filter(case=submitted_case(world)).latest("pk").document
    with CaptureQueriesContext(connection) as caught, transaction.atomic():
        arrival.arrive(document)
    work = [each for each in caught if "SAVEPOINT" not in each["sql"]]
    assert len(work) <= 4


def test_every_act_of_service_has_its_word_in_the_audit() -> None:
    verbs = "consent withdraw_consent arrived opened downloaded enter fail announce announced_over prove"
    assert {f"delivery.{verb}" for verb in verbs.split()} == {
        code for code in ACTIONS if code.startswith("delivery.")
    }
