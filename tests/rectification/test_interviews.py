"""Interviews 约谈: called days ahead, moved once, held or missed, signed by both, promised, followed up."""

from datetime import date
from typing import Any

import pytest
from django.db import connection

from credit_repair.cases.errors import ActionRefused, NotYours
from credit_repair.core import clock
from credit_repair.mail.models import Mail
from credit_repair.notices.models import Document
from credit_repair.notices.services import render
from credit_repair.people.models import Role
from credit_repair.platforms.models import Message
from credit_repair.rectification.models import Interview, InterviewSignature, Promise
from credit_repair.rectification.services import interviews, orders, promises, proofs, signing
from credit_repair.rectification.services.reminding import remind_of_orders
from credit_repair.rectification.settlers import check_promises
from credit_repair.registry.models import RecordEvent
from tests.rectification import stages
from tests.rectification.stages import CALLED, CHECKED, HELD, PROMISED, STROKES, TALK, WARNING
from tests.registry.factories import OfficeFactory
from tests.world import World, member, upload

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _day() -> Any:
    with clock.assume(TALK):
        yield


def messages(world: World) -> list[Message]:
    return list(Message.objects.filter(record=world.record, action=Message.Action.INTERVIEW).order_by("pk"))


# -- called and moved


def test_a_notice_arrives_three_working_days_ahead(world: World) -> None:
    order = stages.overdue(world)
    assert interviews.first_day(today=CALLED) == TALK
    with pytest.raises(ActionRefused, match="2026年12月24日"):
        stages.call(world, order, on=date(2026, 12, 23))
    with pytest.raises(ActionRefused, match="工作日"):
        stages.call(world, order, on=date(2026, 12, 26))
    interview = stages.call(world, order)
    assert interview.document.addressee == world.subject
    assert interview.document.kind == "interview_reminder"
    assert stages.again(order).state == "reminding"
    assert Mail.objects.filter(kind="subject_interview").count() == 1


def test_only_the_authority_calls_and_the_credit_office_reads(world: World) -> None:
    order = stages.overdue(world)
    for actor in (
        world.clerk,
        world.intake,
        member(world.credit, Role.SUPERVISOR),
        member(OfficeFactory(), Role.VERIFIER, Role.APPROVER),
    ):
        with pytest.raises(NotYours):
            interviews.call_interview(
                order=order, kind="reminder", actor=actor, today=CALLED, appointment=stages.appointment()
            )


def test_a_warning_comes_only_after_a_reminding_one(world: World) -> None:
    order = stages.overdue(world)
    with pytest.raises(ActionRefused):
        stages.call(world, order, kind="warning", on=WARNING)


def test_proof_that_waits_is_read_before_anybody_is_called(world: World) -> None:
    order = stages.hand_in(world, stages.overdue(world), today=stages.OVER)
    with pytest.raises(ActionRefused, match="请先审核"):
        stages.call(world, order)


def test_an_interview_is_moved_once_and_the_first_notice_holds_no_longer(world: World) -> None:
    order = stages.reminding(world)
    first = order.interviews.get()
    move: dict[str, Any] = {"order": order, "actor": world.verifier, "today": TALK, "reason": "对方住院"}
    moved = interviews.move_interview(**move, appointment=stages.appointment(date(2026, 12, 29)))
    first.refresh_from_db()
    assert (first.state, first.absence, moved.moved_from) == ("moved", "对方住院", first)
    assert Document.objects.get(pk=first.document_id).standing == Document.Standing.REVOKED
    assert messages(world) == []
    with pytest.raises(ActionRefused, match="只能改期一次"):
        interviews.move_interview(**move, appointment=stages.appointment(date(2026, 12, 30)))
    assert stages.again(order).state == "reminding"


# -- held or missed


def test_what_became_of_it_is_entered_on_its_day_at_the_earliest(world: World) -> None:
    order = stages.reminding(world)
    with pytest.raises(ActionRefused, match="还没有到"):
        stages.hold(world, order, today=date(2026, 12, 23))
    with pytest.raises(ActionRefused, match="还没有到"):
        stages.miss(world, order, today=date(2026, 12, 23))


@pytest.mark.parametrize("came", [True, False])
def test_platforms_are_told_once_that_it_was_held_or_missed(world: World, came: bool) -> None:
    order = stages.reminded(world, came=came)
    event = world.record.events.get(what=RecordEvent.What.INTERVIEWED)
    (message,) = messages(world)
    assert message.cause == event.uuid
    assert event.data["came"] is came
    assert message.cause_text == ("提示约谈：已到场" if came else "提示约谈：未到场")
    assert order.state == "reminded"
    kind = "subject_interview_held" if came else "subject_interview_missed"
    assert Mail.objects.filter(kind=kind).count() == 1


def test_a_platform_that_takes_no_such_message_is_left_out(world: World) -> None:
    world.platform.actions = ["publish", "terminate"]
    world.platform.save()
    stages.reminded(world)
    assert messages(world) == []


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"came": " "}, "到场人员"),
        ({"recorder": ""}, "约谈人和记录人"),
        ({"said": []}, "约谈内容"),
        ({"agreed": ""}, "哪些事项"),
        ({"promise_by": TALK}, "晚于今天"),
    ],
)
def test_a_record_says_who_came_what_was_said_and_agreed(
    world: World, changed: dict[str, Any], words: str
) -> None:
    order = stages.reminding(world)
    held = interviews.Held(**{**HELD.__dict__, **changed})
    with pytest.raises(ActionRefused, match=words):
        stages.hold(world, order, held=held)


# -- signed


def test_the_record_is_signed_by_both_on_the_screen(world: World) -> None:
    order = stages.reminded(world)
    interview = order.interviews.get()
    assert interview.record_document is not None
    assert interview.record_document.context["signature"] is None
    interview = stages.sign_both(world, interview)
    assert interview.signed_document is not None
    context = interview.signed_document.context
    assert (context["signature"]["name"], context["office_signature"]["name"]) == ("周小敏", "王核")
    assert context["signature"]["capacity"] == "经办人"
    assert interview.is_signed
    with pytest.raises(ActionRefused, match="已经签好"):
        stages.sign_both(world, interview)


def test_each_side_signs_once_and_nobody_for_both(world: World) -> None:
    interview = stages.reminded(world).interviews.get()
    sign: dict[str, Any] = {"interview": interview, "today": TALK, "name": "周小敏", "strokes": STROKES}
    signing.sign_record(**sign, side="subject", actor=world.clerk)
    with pytest.raises(ActionRefused, match="已经签过"):
        signing.sign_record(**sign, side="subject", actor=world.clerk)
    with pytest.raises(NotYours):
        signing.sign_record(**sign, side="office", actor=world.clerk)
    with pytest.raises(NotYours):
        signing.sign_record(**sign, side="office", actor=world.intake)
    assert not Interview.objects.filter(signed_document__isnull=False).exists()
    assert InterviewSignature.objects.count() == 1


def test_the_scan_of_the_paper_says_how_both_signed_or_who_refused(world: World) -> None:
    interview = stages.reminded(world).interviews.get()
    with pytest.raises(NotYours):
        signing.keep_signed_record(interview=interview, actor=world.clerk, today=TALK, scan=upload())
    kept = signing.keep_signed_record(
        interview=interview, actor=world.verifier, today=TALK, scan=upload(), refused="对内容有异议"
    )
    assert kept.signed_paper is not None
    assert (kept.signed_paper.subject, kept.refused_to_sign) == (world.subject, "对内容有异议")


def test_what_was_not_held_is_not_signed(world: World) -> None:
    interview = stages.reminded(world, came=False).interviews.get()
    with pytest.raises(ActionRefused, match="还没有录入"):
        stages.sign_both(world, interview)


# -- promised and followed up


def test_a_promise_is_what_was_agreed_and_is_signed_on_the_screen(world: World) -> None:
    order = stages.promised(world)
    promise = stages.promise_of(order)
    assert (order.state, promise.complete_by, promise.state) == ("promised", PROMISED, "running")
    assert promise.document is not None
    assert promise.document.context["items"] == ["2027年1月6日前缴清罚款余款1.2万元"]
    assert promise.document.context["signature"]["name"] == "周小敏"


def test_a_promise_on_paper_is_entered_with_its_scan(world: World) -> None:
    order = stages.reminded(world)
    promise = promises.promise_on_paper(order=order, actor=world.verifier, today=TALK, scan=upload())
    assert promise.paper is not None
    assert stages.again(order).state == "promised"


def test_nothing_is_promised_where_nobody_came_or_nothing_was_agreed(world: World) -> None:
    order = stages.reminded(world, came=False)
    with pytest.raises(ActionRefused, match="没有约定"):
        promises.promise_on_paper(order=order, actor=world.verifier, today=TALK, scan=upload())


def test_a_promise_is_checked_the_day_after_and_who_made_it_reminded_before(world: World) -> None:
    order = stages.promised(world)
    assert remind_of_orders(today=date(2027, 1, 5)) == 1
    assert check_promises(today=PROMISED) == 0
    assert check_promises(today=CHECKED) == 1
    assert stages.again(order).state == "checking"


def test_a_promise_that_was_kept_ends_the_order(world: World) -> None:
    order = stages.checking(world)
    with pytest.raises(ActionRefused, match="怎样核查"):
        promises.find_kept(order=order, actor=world.verifier, today=CHECKED, found="")
    promises.find_kept(order=order, actor=world.verifier, today=CHECKED, found="财政系统显示已缴清")
    order.refresh_from_db()
    assert (order.state, order.closed_on) == ("fulfilled", CHECKED)
    assert stages.promise_of(order).state == Promise.State.KEPT
    assert world.record.events.filter(what=RecordEvent.What.RECTIFIED).count() == 1


def test_proof_that_is_accepted_keeps_the_promise(world: World) -> None:
    order = stages.hand_in(world, stages.promised(world), today=date(2026, 12, 30))
    proofs.accept_proof(order=order, actor=world.verifier, today=date(2026, 12, 30))
    assert stages.promise_of(order).state == Promise.State.KEPT


def test_a_promise_that_was_not_kept_is_followed_by_the_warning_interview(world: World) -> None:
    order = stages.checking(world)
    with pytest.raises(ActionRefused, match="没有履行的情况"):
        stages.call(world, order, kind="warning", on=WARNING)
    interview = stages.call(world, order, kind="warning", on=WARNING, found="余款仍未缴纳")
    assert stages.promise_of(order).state == Promise.State.BROKEN
    context = interview.document.context
    assert (context["reminded_on"], context["came"]) == (TALK.isoformat(), True)


def test_after_the_warning_nothing_follows_by_itself_and_proof_may_still_come(world: World) -> None:
    order = stages.unresolved(world)
    assert (order.state, order.closed_on) == ("unresolved", None)
    assert len(messages(world)) == 2
    assert set(Message.objects.values_list("action", flat=True)) == {"interview"}
    order = stages.hand_in(world, order, today=date(2027, 2, 1))
    proofs.accept_proof(order=order, actor=world.verifier, today=date(2027, 2, 1))
    assert stages.again(order).state == "fulfilled"


def test_what_is_unresolved_was_warned_of(world: World) -> None:
    order = stages.checking(world)
    with pytest.raises(ActionRefused, match="还没有进行警示约谈"):
        promises.leave_unresolved(order=order, actor=world.verifier, today=CHECKED, found="未缴")


def test_an_order_that_ends_cancels_what_was_called(world: World) -> None:
    order = stages.reminding(world)
    orders.withdraw_order(order=order, actor=world.approver, today=CALLED, reason="处罚已变更")
    interview = order.interviews.get()
    assert interview.state == Interview.State.CANCELLED
    assert interview.document.standing == Document.Standing.REVOKED


# -- the documents can be made


@pytest.mark.skipif(connection.vendor != "sqlite", reason="drawn once is enough")
def test_every_document_of_an_order_becomes_a_pdf(world: World) -> None:
    order = stages.warned(world)
    stages.sign_both(world, order.interviews.get(state="held"), today=CHECKED)
    kinds = set()
    for row in Document.objects.all():
        made = render(document_id=row.pk)
        assert made.state == Document.State.READY
        kinds.add(made.kind)
    assert kinds == {
        "rectification_order",
        "interview_reminder",
        "interview_record",
        "rectification_promise",
        "interview_warning",
    }
