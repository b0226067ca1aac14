"""What somebody tried, or what could go wrong at an edge: each once, so that it stays mended."""

from datetime import date, timedelta

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from credit_repair.cases.errors import ActionRefused, NotYours
from credit_repair.cases.models import Attachment, RouteStep, TimelineEvent
from credit_repair.cases.parts import visible_cases
from credit_repair.cases.selectors import steps_by_deadline
from credit_repair.cases.services.attachments import MOST_FILES
from credit_repair.core import clock, settling
from credit_repair.core.uploads import UploadRefused
from credit_repair.mail.models import Mail
from credit_repair.people.models import Mandate
from credit_repair.people.services import end_mandate, grant_mandate
from credit_repair.registry.models import Publication
from credit_repair.reminders.services import send_step_reminders
from credit_repair.repairs import services as repairs
from tests.world import (
    AGREE,
    PDF,
    SINCE,
    TODAY,
    World,
    answer,
    approved_case,
    bring,
    complete_draft,
    deciding_case,
    do,
    draft,
    submitted_case,
    upload,
    verifying_case,
)

pytestmark = pytest.mark.django_db


# -- partial officials


def test_an_approver_whose_mandate_for_the_applicant_has_ended_still_does_not_decide(world: World) -> None:
    mandate = grant_mandate(user=world.approver, subject=world.subject, since=SINCE)
    case = deciding_case(world)
    end_mandate(mandate=mandate, until=TODAY)
    later = TODAY + timedelta(days=3)

    with pytest.raises(NotYours), transaction.atomic():
        do(case, "approve", world.approver, today=later)
    assert not visible_cases(user=world.approver, on=later).exists()
    assert not steps_by_deadline(user=world.approver, on=later).exists()


def test_a_mandate_that_was_written_past_the_services_is_a_conflict_all_the_same(world: World) -> None:
    Mandate.objects.create(user=world.verifier, subject=world.subject, since=SINCE)
    case = verifying_case(world)

    with pytest.raises(NotYours), transaction.atomic():
        do(case, "give_opinion", world.verifier, **AGREE)


def test_a_partial_official_is_not_reminded(world: World) -> None:
    grant_mandate(user=world.intake, subject=world.subject, since=SINCE)
    submitted_case(world)

    assert send_step_reminders(today=date(2026, 11, 24)) == 0
    assert not Mail.objects.filter(kind="step_due").exists()


# -- routes


@pytest.mark.parametrize("phase", ["intake", "verify", "decide"])
def test_a_route_without_one_of_the_phases_takes_no_application(world: World, phase: str) -> None:
    RouteStep.objects.filter(kind="repair", phase=phase).delete()
    case = complete_draft(world)

    with pytest.raises(ActionRefused) as caught, transaction.atomic():
        do(case, "submit", world.clerk)
    assert caught.value.code == "no_route"


def test_a_route_in_which_one_office_would_agree_with_itself_takes_no_application(world: World) -> None:
    RouteStep.objects.create(kind="repair", position=9, phase="verify", seat="authority")
    case = complete_draft(world)

    with pytest.raises(ActionRefused) as caught, transaction.atomic():
        do(case, "submit", world.clerk)
    assert caught.value.code == "no_route"


# -- drafts


def test_nothing_was_performed_before_it_was_imposed(world: World) -> None:
    case = draft(world)
    with pytest.raises(ActionRefused) as caught, transaction.atomic():
        answer(world, case, performed_on=world.record.decision_date - timedelta(days=1))
    assert caught.value.code == "performed_too_early"


def test_a_case_brings_no_more_files_than_anybody_could_need(world: World) -> None:
    case = draft(world)
    for number in range(MOST_FILES):
        repairs.add_material(
            filing=case.filing,
            actor=world.clerk,
            today=TODAY,
            kind=Attachment.Kind.PROOF,
            upload=upload(content=PDF + str(number).encode()),
        )
    with pytest.raises(UploadRefused, match="20"), transaction.atomic():
        bring(world, case, Attachment.Kind.COMMITMENT)


def as_clerk(world: World) -> Client:
    client = Client()
    client.force_login(world.clerk)
    return client


def test_a_letter_asked_for_after_submission_leads_back_with_words(world: World) -> None:
    case = submitted_case(world)
    with clock.assume(TODAY):
        address = reverse("my_filing_letter", args=[case.filing.uuid, case.uuid])
        answered = as_clerk(world).get(address, follow=True)

    assert answered.redirect_chain == [
        (reverse("my_filing", args=[case.filing.uuid]), 302),
        (reverse("my_filing_filed", args=[case.filing.uuid]), 302),
    ]
    assert "申请已经提交，不能再修改。" in answered.content.decode()


def test_a_name_that_no_font_can_print_is_said_in_words_not_by_an_error_page(world: World) -> None:
    world.subject.name = "濉溪县\U0003134a贸易有限公司"
    world.subject.save()
    case = complete_draft(world)
    client = as_clerk(world)
    with clock.assume(TODAY):
        address = reverse("my_filing_letter", args=[case.filing.uuid, case.uuid])
        letter = client.get(address, follow=True)
        check_url = reverse("my_filing_check", args=[case.filing.uuid])
        mark = client.get(check_url).context["seen"]
        check = client.post(check_url, {"seen": mark})

    for page in (letter, check):
        assert page.status_code == 200
        assert "U+3134A" in page.content.decode()


def test_the_page_refuses_a_day_before_the_decision_at_its_field(world: World) -> None:
    case = draft(world)
    answers = {
        "corrected": "on",
        f"performed_on_{case.uuid}": "1900-01-01",
        "statement": "已改正",
        "contact_name": "周小敏",
        "contact_phone": "13800000000",
        "revision": "0",
    }
    with clock.assume(TODAY):
        page = as_clerk(world).post(reverse("my_filing_statement", args=[case.filing.uuid]), answers)

    assert "不能早于处罚决定日期" in page.content.decode()


# -- what the timeline says


def test_an_opinion_stays_readable_after_the_case_was_sent_back(world: World) -> None:
    case = deciding_case(world)
    do(case, "send_back", world.approver, reason="请补充缴款时间")

    event = TimelineEvent.objects.get(case=case, action="give_opinion")
    assert event.text == "同意修复：经核实，罚款已全部缴清"


def test_what_nobody_published_nobody_confirms_as_taken_down(world: World) -> None:
    Publication.objects.all().delete()
    case = approved_case(world)
    settling.settle_all(today=TODAY)

    event = TimelineEvent.objects.get(case=case, action="settle")
    assert event.title == "没有平台公示这条信息，申请办结"


def test_a_case_on_a_record_that_is_no_longer_to_be_published_is_closed(world: World) -> None:
    case = verifying_case(world)
    world.record.standing = "unpublished"
    world.record.save()

    settling.settle_all(today=TODAY)

    case.refresh_from_db()
    assert (case.state, case.closed_on) == ("closed_moot", TODAY)
