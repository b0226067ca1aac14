"""The pages of orders: who is offered what, proof and signatures by hand, files, queries that do not grow."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from credit_repair.cases.file_parts import OFFICE, SUBJECT, FileReader, parts
from credit_repair.cases.papers import readable_papers
from credit_repair.core import clock
from credit_repair.people.models import Role
from credit_repair.rectification.models import Interview, Order, Proof
from tests.rectification import stages
from tests.rectification.stages import CHECKED, DRAFT, DUE, OVER, TALK
from tests.registry.factories import OfficeFactory, RecordFactory, SubjectFactory
from tests.world import TODAY, World, clerk_of, member, signed_in, upload

pytestmark = pytest.mark.django_db

#: A name, as a browser sends it.
WRITTEN = json.dumps([[[40, 40], [200, 160], [360, 60]], [[60, 200], [380, 210]]])
SIGNED = {"name": "周小敏", "agreed": "on", "strokes": WRITTEN}


@pytest.fixture(autouse=True)
def _day() -> Any:
    with clock.assume(TODAY):
        yield


def page(user: Any, name: str, *args: Any, on: date = TODAY) -> str:
    with clock.assume(on):
        return signed_in(user).get(reverse(name, args=args)).content.decode()


def post(user: Any, address: str, data: dict[str, Any], *, on: date) -> Any:
    with clock.assume(on):
        return signed_in(user).post(address, data)


def act(order: Order, slug: str) -> str:
    return reverse("office_order_act", args=[order.uuid, slug])


def test_a_verifier_drafts_from_the_record_and_an_approver_issues(world: World) -> None:
    assert "责令整改" in page(world.verifier, "office_record", world.record.uuid)
    data = {**DRAFT, "demands": "\n".join(DRAFT["demands"])}
    answer = post(world.verifier, reverse("office_order_new", args=[world.record.uuid]), data, on=TODAY)
    order = Order.objects.get()
    assert answer["Location"] == reverse("office_order", args=[order.uuid])
    assert act(order, "issue") not in page(world.verifier, "office_order", order.uuid)
    assert act(order, "issue") in page(world.approver, "office_order", order.uuid)
    with clock.assume(TODAY):
        preview = signed_in(world.approver).get(reverse("office_order_preview", args=[order.uuid]))
    assert preview["Content-Type"] == "application/pdf"
    post(world.approver, act(order, "issue"), {}, on=TODAY)
    assert stages.again(order).state == "ordered"


def test_the_subject_sees_nothing_of_a_draft(world: World) -> None:
    order = stages.drafted(world)
    assert str(order.uuid) not in page(world.clerk, "my_record", world.record.uuid)
    assert signed_in(world.clerk).get(reverse("my_order", args=[order.uuid])).status_code == 404
    assert "没有责令整改" in page(world.clerk, "my_orders")


def test_the_subject_finds_the_order_under_its_record_and_in_its_list(world: World) -> None:
    order = stages.ordered(world)
    address = reverse("my_order", args=[order.uuid])
    assert address in page(world.clerk, "my_record", world.record.uuid)
    assert address in page(world.clerk, "my_orders")
    shown = page(world.clerk, "my_order", order.uuid)
    assert "缴清罚款余款1.2万元" in shown
    assert "拟稿" not in shown
    assert "王核" not in shown


@pytest.mark.parametrize(("stage", "waits"), [("ordered", True), ("proved", False), ("fulfilled", False)])
def test_an_order_stands_on_the_subjects_desk_while_it_waits_for_it(
    world: World, stage: str, waits: bool
) -> None:
    order = stages.STAGES[stage](world)
    assert (reverse("my_order", args=[order.uuid]) in page(world.clerk, "me")) is waits


def test_proof_is_handed_in_by_the_form(world: World) -> None:
    order = stages.ordered(world)
    address = reverse("my_order_proof", args=[order.uuid])
    empty = post(world.clerk, address, {}, on=TODAY)
    assert empty.status_code == 422
    assert "至少填写一项" in empty.content.decode()
    files = [upload("一.pdf"), upload("二.pdf", content=upload().read() + b"%2")]
    post(world.clerk, address, {"words_1": "已缴清", "files_1": files, "words_2": "已补齐"}, on=TODAY)
    proof = Proof.objects.get()
    assert [item.papers.count() for item in proof.items.all()] == [2, 0]
    paper = proof.items.first().papers.first()  # type: ignore[union-attr]
    assert paper is not None
    for user, allowed in (
        (world.clerk, True),
        (world.verifier, True),
        (member(world.credit, Role.SUPERVISOR), True),
        (clerk_of(SubjectFactory()), False),
        (member(OfficeFactory(), Role.VERIFIER), False),
    ):
        assert readable_papers(user=user, on=TODAY).filter(pk=paper.pk).exists() is allowed


def test_the_credit_office_reads_and_is_offered_nothing(world: World) -> None:
    order = stages.proved(world)
    shown = page(world.intake, "office_order", order.uuid)
    assert "已经缴清。" in shown
    assert "/act/" not in shown
    with clock.assume(TODAY):
        assert signed_in(world.intake).get(act(order, "accept")).status_code == 404


def test_what_moved_on_meanwhile_is_said(world: World) -> None:
    order = stages.fulfilled(world)
    with clock.assume(TODAY):
        answer = signed_in(world.verifier).get(act(order, "accept"), follow=True)
    assert "现在不能办理“认可整改”" in answer.content.decode()


def test_an_interview_is_called_held_and_signed_by_the_forms(world: World) -> None:
    order = stages.overdue(world)
    data = {
        "on": "2026-12-24",
        "at": "上午9时30分",
        "place": "三楼会议室",
        "attendants": "法定代表人",
        "topics": "没有按期缴款的原因",
    }
    post(world.verifier, act(order, "call-reminder"), data, on=stages.CALLED)
    held = {
        "from_to": "9时30分至10时",
        "came": "李明华（法定代表人）",
        "interviewers": "王核（科员）",
        "recorder": "王核",
        "said": "约谈人：请说明原因。\n被约谈人:货款没有收回，\n资金周转困难。",
        "agreed": "缴清余款",
        "promise_by": "2027-01-06",
    }
    odd = post(world.verifier, act(order, "hold"), {**held, "said": "没有名字的一行"}, on=TALK)
    assert odd.status_code == 422
    post(world.verifier, act(order, "hold"), held, on=TALK)
    interview = Interview.objects.get()
    assert interview.said == [
        {"by": "约谈人", "text": "请说明原因。"},
        {"by": "被约谈人", "text": "货款没有收回，资金周转困难。"},
    ]
    unsigned = post(world.verifier, act(order, "sign-record"), {**SIGNED, "strokes": ""}, on=TALK)
    assert unsigned.status_code == 422
    post(world.verifier, act(order, "sign-record"), {**SIGNED, "name": "王核"}, on=TALK)
    sign = reverse("my_order_sign", args=[order.uuid, interview.uuid])
    with clock.assume(TALK):
        assert "资金周转困难" in signed_in(world.clerk).get(sign).content.decode()
    post(world.clerk, sign, SIGNED, on=TALK)
    interview.refresh_from_db()
    assert interview.is_signed
    promise = reverse("my_order_promise", args=[order.uuid])
    with clock.assume(TALK):
        assert "缴清余款" in signed_in(world.clerk).get(promise).content.decode()
    post(world.clerk, promise, SIGNED, on=TALK)
    assert stages.again(order).state == "promised"
    shown = page(world.clerk, "my_order", order.uuid, on=TALK)
    assert "双方已在屏幕上签名" in shown


def test_every_stage_has_its_page_on_both_sides(world: World) -> None:
    order = stages.unresolved(world)
    for user, name in ((world.verifier, "office_order"), (world.clerk, "my_order")):
        shown = page(user, name, order.uuid, on=CHECKED)
        assert "约谈后仍未整改" in shown
        assert shown.count("警示约谈") > 1


@pytest.mark.parametrize("name", ["office_orders", "my_orders"])
def test_a_list_asks_as_often_for_many_as_for_few(world: World, name: str) -> None:
    user = world.verifier if name.startswith("office") else world.clerk
    stages.overdue(world)
    few = _queries(lambda: page(user, name, on=OVER))
    for _number in range(4):
        record = RecordFactory(subject=world.subject, authority=world.authority)
        stages.overdue(replace(world, record=record))
    assert _queries(lambda: page(user, name, on=OVER)) == few


def test_the_page_of_an_order_asks_as_often_for_many_proofs_as_for_one(world: World) -> None:
    order = stages.overdue(world)
    few = None
    for number in range(3):
        order = stages.hand_in(world, order, today=OVER + timedelta(days=number))
        asked = _queries(lambda order=order: page(world.verifier, "office_order", order.uuid, on=OVER))
        few = few or asked
        assert asked == few
        post(world.verifier, act(order, "return"), {"missing": "缺台账"}, on=OVER)


def _queries(look: Callable[[], Any]) -> int:
    look()
    with CaptureQueriesContext(
        connection,
    ) as asked:
        look()
    return len(asked)


def test_the_list_counts_what_waits_for_the_own_office_alone(world: World) -> None:
    stages.overdue(world)
    shown = page(world.verifier, "office_orders", on=OVER)
    assert "逾期 <span" in shown.replace("\n", "")
    elsewhere = member(OfficeFactory(), Role.VERIFIER)
    assert "没有待办的整改事项" in page(elsewhere, "office_orders", on=OVER)
    assert "ZG-2026-000001" in page(world.intake, "office_orders", on=OVER)


def test_a_natural_persons_name_is_masked_for_who_supervises_alone(world: World) -> None:
    person = SubjectFactory(person=True, name="王小明")
    record = RecordFactory(subject=person, authority=world.authority)
    order = stages.ordered(replace(world, record=record, subject=person))
    reader = member(world.credit, Role.SUPERVISOR)
    for shown in (page(reader, "office_order", order.uuid), page(reader, "office_orders")):
        assert "王小明" not in shown
        assert "王*明" in shown
    assert "王小明" in page(world.verifier, "office_order", order.uuid)


# -- the subject's file


def test_orders_interviews_and_promises_stand_in_the_subjects_file(world: World) -> None:
    order = stages.checking(world)
    part = next(each for each in parts() if each.code == "rectification")
    for user, side, address in (
        (world.verifier, OFFICE, "office_order"),
        (world.clerk, SUBJECT, "my_order"),
    ):
        lines = part.lines(world.subject, FileReader(user=user, on=CHECKED, side=side), 10)
        assert [(line.title, line.day) for line in lines] == [
            ("提示约谈", TALK),
            ("整改承诺", TALK),
            ("责令整改", TODAY),
        ]
        assert {line.url for line in lines} == {reverse(address, args=[order.uuid])}
    stranger = clerk_of(SubjectFactory())
    assert part.lines(world.subject, FileReader(user=stranger, on=CHECKED, side=SUBJECT), 10) == []


def test_a_document_is_handed_out_to_both_sides_and_to_nobody_else(world: World) -> None:
    from credit_repair.notices.services import render

    order = stages.ordered(world)
    render(document_id=order.document_id)  # type: ignore[arg-type]
    assert order.document is not None
    args = [order.uuid, order.document.uuid]
    for user, name, status in (
        (world.clerk, "my_order_document", 200),
        (world.verifier, "office_order_document", 200),
        (world.intake, "office_order_document", 200),
        (clerk_of(SubjectFactory()), "my_order_document", 404),
        (member(OfficeFactory(), Role.VERIFIER), "office_order_document", 404),
    ):
        with clock.assume(DUE):
            assert signed_in(user).get(reverse(name, args=args)).status_code == status
