"""Orders 责令整改: drafted, issued by another, proved, put off once, overdue, taken back."""

from datetime import date
from typing import Any

import pytest

from credit_repair.cases.errors import ActionRefused, NotYours
from credit_repair.core import clock
from credit_repair.core.models import AuditEntry
from credit_repair.core.uploads import UploadRefused
from credit_repair.mail.models import Mail
from credit_repair.notices.models import Document
from credit_repair.people.audit_words import ACTIONS
from credit_repair.people.models import Role
from credit_repair.people.services import grant_mandate, join_office
from credit_repair.rectification.models import Order, Proof
from credit_repair.rectification.services import orders, proofs
from credit_repair.rectification.services.reminding import remind_of_orders
from credit_repair.rectification.settlers import end_with_records, lapse_overdue
from credit_repair.registry.models import Record, RecordEvent
from tests.rectification import stages
from tests.rectification.stages import DRAFT, DUE, OVER
from tests.registry.factories import OfficeFactory
from tests.world import SINCE, TODAY, World, member, substitute_of, upload

pytestmark = pytest.mark.django_db

LATER = date(2026, 12, 30)


@pytest.fixture(autouse=True)
def _day() -> Any:
    with clock.assume(TODAY):
        yield


def mails(kind: str) -> int:
    return Mail.objects.filter(kind=kind).count()


def test_an_order_gives_twenty_working_days_unless_another_day_is_written(world: World) -> None:
    assert orders.usual_due(today=TODAY) == DUE


def test_an_order_is_issued_with_number_and_seal_and_served(world: World) -> None:
    order = stages.ordered(world)
    assert (order.state, order.number, order.issued_on) == ("ordered", "ZG-2026-000001", TODAY)
    assert order.document is not None
    assert order.document.office == world.authority
    assert order.document.addressee == world.subject
    assert str(order.document.number).startswith(world.authority.document_prefix)
    context = order.document.context
    assert context["demands"] == DRAFT["demands"]
    assert context["complete_by"] == DUE.isoformat()
    assert context["remedies"]["court"]
    event = world.record.events.get(what=RecordEvent.What.ORDERED)
    assert event.on == TODAY
    assert mails("subject_order") == 1


def test_who_drafts_does_not_issue(world: World) -> None:
    both = member(world.authority, Role.VERIFIER, Role.APPROVER, name="钱双")
    order = orders.draft_order(record=world.record, actor=both, today=TODAY, **DRAFT)
    with pytest.raises(ActionRefused, match="拟稿人不能签发"):
        orders.issue_order(order=order, actor=both, today=TODAY)
    assert orders.issue_order(order=order, actor=world.approver, today=TODAY).state == "ordered"


def test_a_substitute_of_who_drafted_does_not_issue(world: World) -> None:
    both = member(world.authority, Role.VERIFIER, Role.APPROVER, name="钱双")
    order = orders.draft_order(record=world.record, actor=both, today=TODAY, **DRAFT)
    instead = substitute_of(both, OfficeFactory())
    with pytest.raises(ActionRefused, match="拟稿人不能签发"):
        orders.issue_order(order=order, actor=instead, today=TODAY)
    join_office(user=instead, office=world.authority, role=Role.APPROVER, since=SINCE)
    assert orders.issue_order(order=order, actor=instead, today=TODAY).state == "ordered"


def test_whoever_revises_a_draft_is_its_drafter(world: World) -> None:
    both = member(world.authority, Role.VERIFIER, Role.APPROVER, name="钱双")
    order = stages.drafted(world)
    changed = {**DRAFT, "demands": ["缴清余款"]}
    orders.revise_order(order=order, actor=both, today=TODAY, **changed)
    assert [demand.text for demand in order.demands.all()] == ["缴清余款"]
    with pytest.raises(ActionRefused, match="拟稿人不能签发"):
        orders.issue_order(order=order, actor=both, today=TODAY)


def test_nobody_else_drafts_or_issues(world: World) -> None:
    elsewhere = OfficeFactory()
    for actor in (
        world.clerk,
        world.intake,
        world.approver,
        member(elsewhere, Role.VERIFIER),
        member(world.credit, Role.SUPERVISOR),
    ):
        with pytest.raises(NotYours):
            orders.draft_order(record=world.record, actor=actor, today=TODAY, **DRAFT)
    order = stages.drafted(world)
    for actor in (world.verifier, world.clerk, member(elsewhere, Role.APPROVER)):
        with pytest.raises(NotYours):
            orders.issue_order(order=order, actor=actor, today=TODAY)


def test_officials_who_ever_acted_for_the_subject_keep_away(world: World) -> None:
    grant_mandate(user=world.verifier, subject=world.subject, since=SINCE, until=date(2026, 2, 1))
    with pytest.raises(NotYours):
        stages.drafted(world)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"faults": " "}, "存在的问题"),
        ({"demands": [" "]}, "至少写一项"),
        ({"demands": ["一"] * 13}, "最多12项"),
        ({"complete_by": TODAY}, "晚于今天"),
    ],
)
def test_a_draft_says_what_is_wrong_what_to_do_and_until_when(
    world: World, changed: dict[str, Any], words: str
) -> None:
    with pytest.raises(ActionRefused, match=words):
        stages.drafted(world, **changed)


def test_one_order_is_open_on_a_record_at_a_time(world: World) -> None:
    order = stages.drafted(world)
    with pytest.raises(ActionRefused, match="已有正在办理"):
        stages.drafted(world)
    orders.discard_order(order=order, actor=world.verifier, today=TODAY)
    assert stages.drafted(world).state == "draft"


def test_a_draft_whose_day_has_come_is_not_issued(world: World) -> None:
    order = stages.drafted(world)
    with pytest.raises(ActionRefused, match="期限已经到了"):
        orders.issue_order(order=order, actor=world.approver, today=DUE)


# -- proof


def test_proof_is_handed_in_demand_by_demand_and_accepted(world: World) -> None:
    order = stages.proved(world)
    assert order.state == "proved"
    (item,) = order.proofs.get().items.all()
    assert (item.demand.position, item.words) == (1, "已经缴清。")
    assert item.papers.get().name == "缴款凭证.pdf"
    proofs.accept_proof(order=order, actor=world.verifier, today=TODAY, words="经核实已缴清")
    order.refresh_from_db()
    assert (order.state, order.closed_on) == ("fulfilled", TODAY)
    assert world.record.events.filter(what=RecordEvent.What.RECTIFIED).count() == 1
    assert mails("subject_order_closed") == 1


def test_nothing_is_not_proof(world: World) -> None:
    order = stages.ordered(world)
    with pytest.raises(ActionRefused, match="至少填写一项"):
        proofs.hand_in_proof(order=order, actor=world.clerk, today=TODAY, about=[proofs.About(demand=1)])


def test_a_file_that_is_none_is_refused_before_anything_is_written(world: World) -> None:
    order = stages.ordered(world)
    about = [proofs.About(demand=1, files=[upload(content=b"hello")])]
    with pytest.raises(UploadRefused):
        proofs.hand_in_proof(order=order, actor=world.clerk, today=TODAY, about=about)
    assert not Proof.objects.exists()


def test_only_who_acts_for_the_subject_hands_in_online_and_only_the_authority_on_paper(world: World) -> None:
    order = stages.ordered(world)
    for actor in (world.verifier, world.intake, member(world.credit, Role.SUPERVISOR)):
        with pytest.raises(NotYours):
            stages.hand_in(world, order, actor=actor)
    for actor in (world.clerk, world.intake):
        with pytest.raises(NotYours):
            stages.hand_in(world, order, actor=actor, on_paper=True)
    assert stages.hand_in(world, order, actor=world.verifier, on_paper=True).state == "proved"


def test_proof_that_waits_keeps_an_order_from_being_overdue(world: World) -> None:
    order = stages.proved(world)
    assert lapse_overdue(today=OVER) == 0
    assert stages.again(order).state == "proved"


@pytest.mark.parametrize(("came", "state"), [(DUE, "proved"), (OVER, "overdue")])
def test_paper_that_came_in_time_counts_however_late_it_is_entered(
    world: World, came: date, state: str
) -> None:
    order = stages.overdue(world)
    more = {"actor": world.verifier, "on_paper": True, "handed_in_on": came}
    assert stages.hand_in(world, order, today=OVER, **more).state == state


def test_what_is_missing_is_said_and_the_day_is_put_off_once_with_a_reason(world: World) -> None:
    order = stages.proved(world)
    with pytest.raises(ActionRefused, match="延期的原因"):
        proofs.return_proof(
            order=order, actor=world.verifier, today=TODAY, missing="缺台账", complete_by=LATER
        )
    proofs.return_proof(
        order=order,
        actor=world.verifier,
        today=TODAY,
        missing="缺台账",
        complete_by=LATER,
        reason="台账较多",
    )
    order.refresh_from_db()
    assert (order.state, order.complete_by, order.first_due) == ("ordered", LATER, DUE)
    assert order.proofs.get().state == Proof.State.RETURNED
    assert mails("subject_order_proof_returned") == 1
    with pytest.raises(ActionRefused, match="只能延长一次"):
        orders.extend_order(
            order=order, actor=world.verifier, today=TODAY, complete_by=date(2027, 1, 29), reason="还要"
        )


def test_an_order_is_put_off_to_a_later_day_alone(world: World) -> None:
    order = stages.ordered(world)
    with pytest.raises(ActionRefused, match="晚于原来"):
        orders.extend_order(order=order, actor=world.verifier, today=TODAY, complete_by=DUE, reason="困难")
    with pytest.raises(ActionRefused, match="原因"):
        orders.extend_order(order=order, actor=world.verifier, today=TODAY, complete_by=LATER, reason="")
    orders.extend_order(order=order, actor=world.verifier, today=TODAY, complete_by=LATER, reason="困难")
    assert lapse_overdue(today=OVER) == 0
    assert lapse_overdue(today=date(2026, 12, 31)) == 1


# -- the day


def test_an_order_is_overdue_the_day_after_and_not_before(world: World) -> None:
    order = stages.ordered(world)
    assert lapse_overdue(today=DUE) == 0
    assert lapse_overdue(today=OVER) == 1
    assert stages.again(order).state == "overdue"
    assert lapse_overdue(today=OVER) == 0


def test_who_has_to_put_something_right_soon_is_reminded_once_for_each_day(world: World) -> None:
    order = stages.ordered(world)
    assert remind_of_orders(today=date(2026, 12, 10)) == 0
    assert remind_of_orders(today=date(2026, 12, 11)) == 1  # five working days before Friday, 18 December
    assert remind_of_orders(today=date(2026, 12, 14)) == 0
    with clock.assume(date(2026, 12, 14)):
        orders.extend_order(
            order=order, actor=world.verifier, today=date(2026, 12, 14), complete_by=LATER, reason="困难"
        )
    assert remind_of_orders(today=date(2026, 12, 14)) == 0
    assert remind_of_orders(today=date(2026, 12, 24)) == 1


def test_late_proof_is_still_read_and_ends_the_order(world: World) -> None:
    order = stages.hand_in(world, stages.overdue(world), today=OVER)
    assert order.state == "overdue"
    proofs.accept_proof(order=order, actor=world.approver, today=OVER)
    assert stages.again(order).state == "fulfilled"


# -- the end


def test_an_order_that_is_taken_back_holds_no_longer(world: World) -> None:
    order = stages.ordered(world)
    with pytest.raises(NotYours):
        orders.withdraw_order(order=order, actor=world.verifier, today=TODAY, reason="变更")
    orders.withdraw_order(order=order, actor=world.approver, today=TODAY, reason="处罚已变更")
    order.refresh_from_db()
    assert (order.state, order.closed_on) == ("withdrawn", TODAY)
    assert order.document is not None
    assert Document.objects.get(pk=order.document.pk).standing == Document.Standing.REVOKED
    assert mails("subject_order_closed") == 1


@pytest.mark.parametrize(("stage", "end"), [("draft", "discarded"), ("ordered", "withdrawn")])
def test_an_order_ends_with_the_record_that_its_authority_withdrew(
    world: World, stage: str, end: str
) -> None:
    order = stages.STAGES[stage](world)
    assert end_with_records(today=TODAY) == 0
    Record.objects.filter(pk=world.record.pk).update(standing="withdrawn", ended_on=TODAY)
    assert end_with_records(today=TODAY) == 1
    assert stages.again(order).state == end


def test_every_act_is_audited_with_words(world: World) -> None:
    stages.unresolved(world)
    written = set(
        AuditEntry.objects.filter(action__startswith="rectification.").values_list("action", flat=True)
    )
    assert {"rectification.draft", "rectification.issue", "rectification.lapse"} < written
    assert written <= set(ACTIONS)


def test_no_state_of_an_order_is_without_a_stage(world: World) -> None:
    assert set(stages.STAGES) == set(Order.State.values)
