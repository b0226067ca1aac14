"""The letter to a website that still shows what was repaired; and a case that evidence completes."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from credit_repair.cases.models import CaseDocument
from credit_repair.core.models import AuditEntry
from credit_repair.notices.models import Delivery, Document
from credit_repair.notices.services import render
from credit_repair.platforms.models import Message
from credit_repair.platforms.services import give_up
from credit_repair.platforms.services.evidence import confirm_evidence, propose_evidence
from credit_repair.platforms.sightings import record_sighting
from credit_repair.registry.models import Platform
from credit_repair.repairs.models import ThirdPartyLetter
from credit_repair.repairs.presenters.standing import public_status
from credit_repair.repairs.services.stop_letters import (
    LetterRefused,
    enter_reply,
    enter_sent,
    issue_stop_letter,
    preview_stop_letter,
    usual_reply_by,
)
from credit_repair.repairs.settlers import complete_confirmed
from tests.registry.factories import PlatformFactory
from tests.world import TODAY, World, approved_case, fresh, make_user, member, signed_in, upload

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_the_day")]

NOW = datetime(2026, 11, 20, 0, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
REPLY_BY = date(2026, 12, 4)


@pytest.fixture
def website() -> Platform:
    made: Platform = PlatformFactory(
        kind="third_party", transport="by_hand", required=False, name="某某查", operator="某某科技有限公司"
    )
    return made


def seen(world: World, website: Platform, *, shown: bool = True) -> None:
    record_sighting(
        record=world.record,
        platform=website,
        actor=world.intake,
        shown=shown,
        seen_at=NOW,
        address="https://www.example.com/c/1",
        note="看过",
    )


def issued(world: World, website: Platform, *, today: date = TODAY, reply_by: date = REPLY_BY) -> tuple:
    return issue_stop_letter(
        record=world.record,
        platform=website,
        addressee="某某科技有限公司",
        address="https://www.example.com/c/1",
        reply_by=reply_by,
        actor=world.intake,
        today=today,
    )


@pytest.fixture
def repaired(world: World, website: Platform) -> World:
    approved_case(world)
    world.record.refresh_from_db()
    seen(world, website)
    return world


def test_it_says_what_is_known_and_is_served_on_nobody(repaired: World, website: Platform) -> None:
    letter, is_new = issued(repaired, website)
    said = letter.document.context
    decision = Document.objects.get(kind="decision_approve")
    assert is_new and letter.document.number and letter.document.office == repaired.credit
    assert (said["addressee"], said["website"]) == ("某某科技有限公司", "某某查")
    assert (said["seen_on"], said["reply_by"]) == ("2026-11-20", "2026-12-04")
    assert (said["record_number"], said["repair"]["number"]) == (repaired.record.doc_no, decision.number)
    assert repaired.record.content not in repr(said) and repaired.record.conduct not in repr(said)
    assert not Delivery.objects.filter(document=letter.document).exists()
    assert CaseDocument.objects.get(document=letter.document).case == letter.case
    assert AuditEntry.objects.get(action="repairs.issue_stop_letter").object_id == str(letter.uuid)


def test_a_second_click_makes_no_second_number(repaired: World, website: Platform) -> None:
    first, _new = issued(repaired, website)
    again, is_new = issued(repaired, website)
    assert (again, is_new, ThirdPartyLetter.objects.count()) == (first, False, 1)
    with pytest.raises(IntegrityError), transaction.atomic():
        ThirdPartyLetter.objects.create(
            case=first.case,
            record=first.record,
            platform=website,
            document=Document.objects.exclude(pk=first.document_id).first(),
            addressee="某",
            issued_by=repaired.intake,
            issued_on=TODAY,
            reply_by=REPLY_BY,
        )


def test_after_its_day_one_may_write_anew_and_the_letter_names_the_former(
    repaired: World, website: Platform
) -> None:
    first, _new = issued(repaired, website)
    enter_sent(letter=first, how="email", sent_on=TODAY, actor=repaired.intake, today=TODAY)
    same, is_new = issued(repaired, website, today=REPLY_BY, reply_by=REPLY_BY + timedelta(days=7))
    assert (same, is_new) == (first, False), "the last day still counts"
    later = REPLY_BY + timedelta(days=1)
    second, is_new = issued(repaired, website, today=later, reply_by=later + timedelta(days=7))
    first.refresh_from_db()
    assert is_new and first.outcome == "no_answer"
    assert second.document.context["told"] == [{"day": "2026-11-20", "how": "电子邮件"}]


def test_the_preview_stores_nothing(repaired: World, website: Platform) -> None:
    documents = Document.objects.count()
    pdf = preview_stop_letter(
        record=repaired.record,
        platform=website,
        addressee="某某科技有限公司",
        address="https://www.example.com/c/1",
        reply_by=REPLY_BY,
        today=TODAY,
    )
    assert pdf.startswith(b"%PDF") and Document.objects.count() == documents


def test_where_nobody_saw_it_or_it_was_seen_gone_no_letter_goes_out(
    repaired: World, website: Platform
) -> None:
    with pytest.raises(LetterRefused, match="最近一次核查没有"):
        issued(repaired, PlatformFactory(kind="third_party", transport="by_hand", required=False))
    seen(repaired, website, shown=False)
    with pytest.raises(LetterRefused, match="最近一次核查没有"):
        issued(repaired, website)
    with pytest.raises(LetterRefused, match="由系统发送消息"):
        issued(repaired, repaired.platform)
    assert not ThirdPartyLetter.objects.exists()


def test_what_was_not_repaired_here_gets_no_such_letter(world: World, website: Platform) -> None:
    world.record.standing, world.record.ended_on = "expired", TODAY
    world.record.save()
    seen(world, website)
    with pytest.raises(LetterRefused, match="没有本系统作出的准予修复决定"):
        issued(world, website)


def test_what_came_back_is_entered_once_after_it_went_out(repaired: World, website: Platform) -> None:
    letter, _new = issued(repaired, website)
    reply = {
        "letter": letter,
        "outcome": "stopped",
        "replied_on": TODAY,
        "words": "",
        "upload": upload("回执.pdf"),
        "actor": repaired.intake,
        "today": TODAY,
    }
    with pytest.raises(LetterRefused, match="怎样发出"):
        enter_reply(**reply)
    with pytest.raises(LetterRefused, match="发出日期"):
        enter_sent(
            letter=letter,
            how="post",
            sent_on=TODAY - timedelta(days=1),
            actor=repaired.intake,
            today=TODAY,
        )
    enter_sent(letter=letter, how="post", sent_on=TODAY, actor=repaired.intake, today=TODAY)
    with pytest.raises(LetterRefused, match="上传对方的答复"):
        enter_reply(**{**reply, "upload": None})
    done = enter_reply(**reply)
    assert (done.outcome, done.paper.subject) == ("stopped", repaired.subject)
    with pytest.raises(LetterRefused, match="已经登记过答复"):
        enter_reply(**reply)
    paper = reverse("paper", args=[done.paper.uuid])
    assert signed_in(member(repaired.credit, "data")).get(paper).status_code == 200
    assert signed_in(repaired.clerk).get(paper).status_code == 404
    assert signed_in(make_user("路人")).get(paper).status_code == 404


def test_the_usual_day_is_ten_working_days_ahead() -> None:
    assert usual_reply_by(TODAY) == REPLY_BY


def test_the_enterprise_may_take_the_letter_along(repaired: World, website: Platform) -> None:
    letter, _new = issued(repaired, website)
    render(document_id=letter.document_id)
    address = reverse("document", args=[letter.document.uuid])
    assert signed_in(repaired.clerk).get(address).status_code == 200
    assert (
        address
        in signed_in(repaired.clerk).get(reverse("my_removal", args=[repaired.record.uuid])).content.decode()
    )


def test_evidence_completes_a_case_whose_required_platform_sends_no_receipt(world: World) -> None:
    case = approved_case(world)
    officer, second = make_user("甲"), make_user("乙")
    give_up(message=Message.objects.get(action="terminate"), actor=officer, reason="平台已经下线")
    assert complete_confirmed(today=TODAY) == 0
    proof = propose_evidence(
        record=world.record,
        platform=world.platform,
        effect="publicity",
        gone_on=TODAY,
        words="打开网页看过，已经没有",
        upload=upload("截图.pdf"),
        actor=officer,
        today=TODAY,
    )
    assert complete_confirmed(today=TODAY) == 0, "one person alone completes nothing"
    confirm_evidence(evidence=proof, actor=second)
    assert complete_confirmed(today=TODAY) == 1
    assert fresh(case).state == "completed"


def test_whoever_has_number_and_code_reads_how_many_have_stopped_and_no_names(repaired: World) -> None:
    case = repaired.record.cases.get()
    status = public_status(case, TODAY)
    assert status.notes == ("公示：0/1 已停止",)
    repaired.record.publications.update(state="removed", removed_at=NOW, receipt="R-1")
    assert public_status(case, TODAY).notes == ("公示：1/1 已停止",)
    assert repaired.platform.name not in repr(public_status(case, TODAY).notes)
