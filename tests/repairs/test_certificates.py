"""The certificate of repair 信用修复证明: who gets it, what it says, and how often."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from credit_repair.cases.errors import ActionRefused, NotYours
from credit_repair.cases.models import Case, CaseDocument
from credit_repair.core.models import AuditEntry
from credit_repair.notices.models import Delivery, Document
from credit_repair.notices.services import render
from credit_repair.people.models import User
from credit_repair.registry.models import Publication, Record
from credit_repair.repairs.services.certificates import MOST_A_DAY, certify
from tests.registry.factories import MOMENT, PlatformFactory, PublicationFactory, RecordFactory
from tests.world import TODAY, World, approved_case, clerk_of, confirm_removal, do, fresh

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_the_day")]


@pytest.fixture
def done(world: World) -> Case:
    """A repair that is completed: every platform has taken the record down."""
    case = approved_case(world)
    confirm_removal(world)
    do(case, "settle", None)
    assert case.state == "completed"
    return fresh(case)


def asked(case: Case, user: User) -> tuple[int, str]:
    client = Client()
    client.force_login(user)
    answer = client.post(reverse("my_repair_certificate", args=[case.uuid]), follow=True)
    return answer.status_code, answer.content.decode()


def shown(case: Case, user: User) -> str:
    client = Client()
    client.force_login(user)
    return client.get(reverse("my_repair", args=[case.uuid])).content.decode()


def another(world: World, **fields: object) -> Record:
    record: Record = RecordFactory(subject=world.subject, authority=world.authority, **fields)
    return record


def test_it_says_how_things_stand_today_and_nothing_of_what_was_repaired(world: World, done: Case) -> None:
    document = certify(case=done, actor=world.clerk, today=TODAY).document
    said = document.context
    assert (said["issuer"], said["party"]["name"]) == (world.credit.name, world.subject.name)
    assert (said["as_of"], said["valid_until"]) == ("2026-11-20", "2026-12-19")
    assert said["still_public"] == [] and said["platforms"] == [world.platform.name]
    assert document.number is None and document.check_code and document.office == world.credit
    for old in (world.record.doc_no, done.number, world.record.conduct):
        assert str(old) not in repr(said)
    entry = AuditEntry.objects.get(action="document.certify")
    assert (entry.actor_id, entry.data["case"]) == (world.clerk.pk, done.number)


def test_what_is_still_public_stands_in_it_by_office_and_number_alone(world: World, done: Case) -> None:
    left = another(world)
    another(world, standing="unpublished")
    said = certify(case=done, actor=world.clerk, today=TODAY).document.context
    assert said["still_public"] == [{"authority": world.authority.name, "document_number": left.doc_no}]


def test_it_speaks_only_for_platforms_that_must_confirm(world: World, done: Case) -> None:
    PublicationFactory(record=world.record, platform=PlatformFactory(required=False, name="第三方网站"))
    said = certify(case=done, actor=world.clerk, today=TODAY).document.context
    assert said["platforms"] == [world.platform.name]


def test_what_is_public_no_longer_for_any_reason_must_be_down(world: World, done: Case) -> None:
    hidden = another(world, standing="unpublished")
    PublicationFactory(record=hidden, platform=world.platform)
    with pytest.raises(ActionRefused, match="正在由平台撤下"):
        certify(case=done, actor=world.clerk, today=TODAY)


def test_it_is_served_on_nobody_and_lies_in_the_enterprise_s_documents(world: World, done: Case) -> None:
    document = render(document_id=certify(case=done, actor=world.clerk, today=TODAY).document_id)
    assert document.addressee is None and not Delivery.objects.filter(document=document).exists()
    assert CaseDocument.objects.get(document=document).case == done
    page = shown(done, world.clerk)
    assert "信用修复证明" in page and reverse("document", args=[document.uuid]) in page


def test_asked_twice_it_is_issued_once(world: World, done: Case) -> None:
    first, second = (certify(case=done, actor=world.clerk, today=TODAY) for _each in range(2))
    assert first == second and Document.objects.filter(kind="repair_certificate").count() == 1
    colleague = clerk_of(world.subject)
    assert certify(case=done, actor=colleague, today=TODAY) == first
    assert certify(case=done, actor=world.clerk, today=TODAY + timedelta(days=1)) != first


def test_what_has_changed_meanwhile_makes_another_and_three_a_day_are_enough(
    world: World, done: Case
) -> None:
    for count in range(MOST_A_DAY):
        certify(case=done, actor=world.clerk, today=TODAY)
        assert Document.objects.filter(kind="repair_certificate").count() == count + 1
        another(world)
    with pytest.raises(ActionRefused, match="今天已经开具了3份"):
        certify(case=done, actor=world.clerk, today=TODAY)


def test_one_that_was_revoked_is_no_answer(world: World, done: Case) -> None:
    from credit_repair.notices import ending

    first = certify(case=done, actor=world.clerk, today=TODAY)
    ending.revoke(document=first.document, why="有误", actor=None, today=TODAY)
    assert certify(case=done, actor=world.clerk, today=TODAY) != first


def test_nobody_else_gets_one(world: World, done: Case) -> None:
    stranger = clerk_of(RecordFactory().subject)
    for user in (stranger, world.intake, world.approver):
        with pytest.raises(NotYours):
            certify(case=done, actor=user, today=TODAY)
        assert asked(done, user)[0] == 404
    assert not Document.objects.filter(kind="repair_certificate").exists()


def test_before_the_repair_is_completed_there_is_none(world: World) -> None:
    case = approved_case(world)
    assert "开具信用修复证明" not in shown(case, world.clerk)
    status, page = asked(case, world.clerk)
    assert status == 200 and "修复办结以后才能开具证明" in page


def test_while_a_platform_still_shows_another_repaired_record_there_is_none(world: World, done: Case) -> None:
    record = another(world, standing="repaired", ended_on=TODAY)
    PublicationFactory(record=record, platform=world.platform)
    status, page = asked(done, world.clerk)
    assert status == 200 and "正在由平台撤下" in page
    Publication.objects.filter(record=record).update(state=Publication.State.REMOVED, removed_at=MOMENT)
    status, page = asked(done, world.clerk)
    assert "信用修复证明已经开具" in page


def test_the_pages_of_the_case_and_the_record_offer_it(world: World, done: Case) -> None:
    assert reverse("my_repair_certificate", args=[done.uuid]) in shown(done, world.clerk)
    client = Client()
    client.force_login(world.clerk)
    page = client.get(reverse("my_record", args=[world.record.uuid])).content.decode()
    assert f"{reverse('my_repair', args=[done.uuid])}#certificate" in page
    other = another(world)
    page = client.get(reverse("my_record", args=[other.uuid])).content.decode()
    assert "开具信用修复证明" not in page


def test_the_public_page_says_whose_it_is_and_until_when_it_holds(world: World, done: Case) -> None:
    document = certify(case=done, actor=world.clerk, today=date(2026, 11, 20)).document
    page = Client().get(reverse("check_document", args=[document.check_code])).content.decode()
    assert "2026年12月19日" in page and world.subject.name in page
