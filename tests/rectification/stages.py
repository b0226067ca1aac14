"""An order at every stage, made by the real services on explicit days.

TODAY 2026-11-20 is a Friday. An order of TODAY gives 20 working days: 2026-12-18. The day after, a Saturday,
it is overdue; an interview called on Monday 2026-12-21 is on Thursday 2026-12-24 at the earliest (3 working
days). What is agreed there is promised until Wednesday 2027-01-06, and checked from 2027-01-07.
"""

from datetime import date
from typing import Any

from credit_repair.core import clock
from credit_repair.notices.ink import Signature
from credit_repair.rectification.models import Interview, InterviewSignature, Order, Promise
from credit_repair.rectification.services import interviews, orders, promises, proofs, signing
from credit_repair.rectification.services.interviews import Appointment, Held
from credit_repair.rectification.settlers import check_promises, lapse_overdue
from tests.world import TODAY, World, build_world, upload

DUE = date(2026, 12, 18)
OVER = date(2026, 12, 19)
CALLED = date(2026, 12, 21)
TALK = date(2026, 12, 24)
PROMISED = date(2027, 1, 6)
CHECKED = date(2027, 1, 7)
CALLED_AGAIN = date(2027, 1, 8)
WARNING = date(2027, 1, 13)

DRAFT: dict[str, Any] = {
    "faults": "罚款尚有1.2万元没有缴纳。",
    "demands": ["缴清罚款余款1.2万元", "补齐2026年1月以来的进货台账"],
    "complete_by": DUE,
}
HELD = Held(
    from_to="9时30分至10时10分",
    came="李明华（法定代表人）\n周小敏（办公室主任）",
    interviewers="王核（科员）",
    recorder="王核",
    said=[("约谈人", "请说明没有按期缴款的原因。"), ("被约谈人", "货款没有收回。")],
    agreed="2027年1月6日前缴清罚款余款1.2万元",
    promise_by=PROMISED,
)
STROKES = Signature.sample().strokes


def build() -> World:
    """The county; its authority has an address."""
    made = build_world(authority={"address": "濉溪县濉河路1号"})
    made.platform.actions = ["publish", "terminate", "interview"]
    made.platform.save()
    return made


def appointment(on: date = TALK) -> Appointment:
    """An interview on that day."""
    return Appointment(
        on=on,
        at="上午9时30分",
        place="濉溪县濉河路1号三楼会议室",
        attendants="法定代表人（负责人）",
        topics="没有按期缴清罚款的原因",
        bring="参加人员身份证件原件",
    )


def drafted(world: World, *, today: date = TODAY, **changed: Any) -> Order:
    """A draft by the verifier."""
    with clock.assume(today):
        return orders.draft_order(
            record=world.record, actor=world.verifier, today=today, **{**DRAFT, **changed}
        )


def ordered(world: World, *, today: date = TODAY, **changed: Any) -> Order:
    """An order that the approver issued."""
    order = drafted(world, today=today, **changed)
    with clock.assume(today):
        return orders.issue_order(order=order, actor=world.approver, today=today)


def hand_in(world: World, order: Order, *, today: date = TODAY, **more: Any) -> Order:
    """Hand words and a file in about the first demand."""
    about = [proofs.About(demand=1, words="已经缴清。", files=[upload("缴款凭证.pdf")])]
    given = {"actor": world.clerk, "about": about, **more}
    with clock.assume(today):
        proofs.hand_in_proof(order=order, today=today, **given)
    return again(order)


def proved(world: World) -> Order:
    """An order whose proof waits."""
    return hand_in(world, ordered(world))


def overdue(world: World) -> Order:
    """An order whose day went by."""
    order = ordered(world)
    with clock.assume(OVER):
        lapse_overdue(today=OVER)
    return again(order)


def reminding(world: World) -> Order:
    """An order after whose day a reminding interview was called."""
    order = overdue(world)
    call(world, order)
    return again(order)


def call(world: World, order: Order, *, kind: str = "reminder", on: date = TALK, **more: Any) -> Interview:
    """Call an interview, three working days ahead."""
    given = {"today": CALLED if kind == "reminder" else CALLED_AGAIN, **more}
    with clock.assume(given["today"]):
        return interviews.call_interview(
            order=order, kind=kind, actor=world.verifier, appointment=appointment(on), **given
        )


def hold(world: World, order: Order, *, today: date = TALK, held: Held = HELD) -> Interview:
    """Enter how the interview was held."""
    with clock.assume(today):
        return interviews.hold_interview(order=order, actor=world.verifier, today=today, held=held)


def miss(world: World, order: Order, *, today: date = TALK, absence: str = "") -> Interview:
    """Enter that nobody came."""
    with clock.assume(today):
        return interviews.miss_interview(order=order, actor=world.verifier, today=today, absence=absence)


def reminded(world: World, *, came: bool = True) -> Order:
    """An order whose reminding interview was held, or missed."""
    order = reminding(world)
    if came:
        hold(world, order)
    else:
        miss(world, order)
    return again(order)


def promised(world: World) -> Order:
    """An order whose subject promised, on the screen."""
    order = reminded(world)
    with clock.assume(TALK):
        promises.promise_on_screen(order=order, actor=world.clerk, today=TALK, name="周小敏", strokes=STROKES)
    return again(order)


def checking(world: World) -> Order:
    """An order whose promise has run out."""
    order = promised(world)
    with clock.assume(CHECKED):
        check_promises(today=CHECKED)
    return again(order)


def warning(world: World) -> Order:
    """An order whose promise was not kept, and whose warning interview was called."""
    order = checking(world)
    call(world, order, kind="warning", on=WARNING, found="余款仍未缴纳")
    return again(order)


def warned(world: World) -> Order:
    """An order whose warning interview was missed."""
    order = warning(world)
    miss(world, order, today=WARNING)
    return again(order)


def unresolved(world: World) -> Order:
    """An order after whose warning interview nothing was put right."""
    order = warned(world)
    with clock.assume(WARNING):
        promises.leave_unresolved(order=order, actor=world.verifier, today=WARNING, found="仍未缴纳")
    return again(order)


def fulfilled(world: World) -> Order:
    """An order whose proof was accepted."""
    order = proved(world)
    with clock.assume(TODAY):
        proofs.accept_proof(order=order, actor=world.verifier, today=TODAY)
    return again(order)


def withdrawn(world: World) -> Order:
    """An order that was taken back."""
    order = ordered(world)
    with clock.assume(TODAY):
        orders.withdraw_order(order=order, actor=world.approver, today=TODAY, reason="处罚已变更")
    return again(order)


def discarded(world: World) -> Order:
    """A draft that was given up."""
    order = drafted(world)
    with clock.assume(TODAY):
        orders.discard_order(order=order, actor=world.verifier, today=TODAY)
    return again(order)


STAGES = {
    "draft": drafted,
    "ordered": ordered,
    "proved": proved,
    "overdue": overdue,
    "reminding": reminding,
    "reminded": reminded,
    "warning": warning,
    "warned": warned,
    "promised": promised,
    "checking": checking,
    "unresolved": unresolved,
    "fulfilled": fulfilled,
    "withdrawn": withdrawn,
    "discarded": discarded,
}


def again(order: Order) -> Order:
    """The order as the database has it, with nothing remembered."""
    return Order.objects.get(pk=order.pk)


def sign_both(world: World, interview: Interview, *, today: date = TALK) -> Interview:
    """Let both sides sign the record on the screen."""
    for side, actor, name in (
        (InterviewSignature.Side.OFFICE, world.verifier, "王核"),
        (InterviewSignature.Side.SUBJECT, world.clerk, "周小敏"),
    ):
        with clock.assume(today):
            interview = signing.sign_record(
                interview=interview, side=side, actor=actor, today=today, name=name, strokes=STROKES
            )
    return interview


def promise_of(order: Order) -> Promise:
    """The promise of the latest interview that has one."""
    return Promise.objects.filter(interview__order=order).latest("pk")
