"""The machine of the order to put right 责令整改: the only place where its state changes.

Read MOVES as a table: from, action, to, who, what must hold (guards), what follows. The verbs in services/
lock the row, ask `allowed()`, do what the row says follows, and change the state by `move()`.

What was handed in in time stands still: an order whose proof waits for the authority does not become overdue.
After its day, proof is read beside the interviews, and ends the order at whatever stage.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from credit_repair.cases.errors import ActionRefused
from credit_repair.rectification.guards import (
    Facts,
    Guard,
    agreed_on_a_promise,
    day_over,
    due_day_ahead,
    interview_day_come,
    no_proof_waits,
    not_moved_yet,
    not_put_off_yet,
    not_the_drafter,
    not_warned_yet,
    promised_day_over,
    proof_waits,
    record_stands,
    was_warned,
)
from credit_repair.rectification.models import Order

S = Order.State


class Who(models.TextChoices):
    """Who acts. Officials are those of the authority that determined the record; nobody who ever acted for
    the subject."""

    VERIFIER = "verify", _l("认定单位核查人员")
    APPROVER = "approve", _l("认定单位审批人员")
    OFFICE = "office", _l("认定单位核查或者审批人员")
    SUBJECT = "subject", _l("主体")
    SYSTEM = "system", _l("系统")


#: Which permissions at the order's office let an official be who acts.
PERMISSIONS = {
    Who.VERIFIER: ("verify",),
    Who.APPROVER: ("approve",),
    Who.OFFICE: ("verify", "approve"),
}


@dataclass(frozen=True)
class Move:
    """A row of the table.

    to      the state that follows; None leaves the order where it is
    effects what the verb does besides, in order: for readers and for the drawing
    """

    action: str
    title: Any
    sources: tuple[str, ...]
    to: str | None
    who: tuple[Who, ...]
    guards: tuple[Guard, ...] = ()
    effects: tuple[str, ...] = ()
    #: Whether the line of the timeline is for officials alone.
    internal: bool = False


_OPEN = tuple(state for state in S if state not in Order.ENDS and state != S.DRAFT)

#: from, action, to, who, what must hold, what follows
MOVES: tuple[Move, ...] = (
    Move("draft", _l("拟稿"), (), S.DRAFT, (Who.VERIFIER,), (record_stands,), internal=True),
    Move("revise", _l("修改草稿"), (S.DRAFT,), None, (Who.VERIFIER,), internal=True),
    Move("discard", _l("放弃草稿"), (S.DRAFT,), S.DISCARDED, (Who.VERIFIER,), internal=True),
    Move(
        "issue",
        _l("签发责令整改通知书"),
        (S.DRAFT,),
        S.ORDERED,
        (Who.APPROVER,),
        (not_the_drafter, record_stands, due_day_ahead),
        ("责令整改通知书", "记录事件：责令整改", "通知主体"),
    ),
    Move(
        "extend",
        _l("延长整改期限"),
        (S.ORDERED,),
        None,
        (Who.OFFICE,),
        (not_put_off_yet,),
        ("通知主体",),
    ),
    Move("hand_in", _l("提交整改证明"), (S.ORDERED,), S.PROVED, (Who.SUBJECT, Who.OFFICE)),
    Move(
        "hand_in",
        _l("提交整改证明"),
        Order.LATE,
        None,
        (Who.SUBJECT, Who.OFFICE),
        (no_proof_waits,),
    ),
    Move(
        "hand_in_in_time",
        _l("录入期限内收到的整改证明"),
        (S.OVERDUE,),
        S.PROVED,
        (Who.OFFICE,),
        (no_proof_waits,),
    ),
    Move(
        "return_proof",
        _l("要求补充整改证明"),
        (S.PROVED,),
        S.ORDERED,
        (Who.OFFICE,),
        (proof_waits,),
        ("通知主体",),
    ),
    Move(
        "return_proof", _l("要求补充整改证明"), Order.LATE, None, (Who.OFFICE,), (proof_waits,), ("通知主体",)
    ),
    Move(
        "accept_proof",
        _l("认可整改"),
        (S.PROVED, *Order.LATE),
        S.FULFILLED,
        (Who.OFFICE,),
        (proof_waits,),
        ("约谈取消", "承诺已履行", "记录事件：整改结束", "通知主体"),
    ),
    Move("lapse", _l("逾期未整改"), (S.ORDERED,), S.OVERDUE, (Who.SYSTEM,), (day_over,)),
    Move(
        "call_reminder",
        _l("通知提示约谈"),
        (S.OVERDUE,),
        S.REMINDING,
        (Who.OFFICE,),
        (no_proof_waits,),
        ("提示约谈通知书", "通知主体"),
    ),
    Move(
        "call_warning",
        _l("通知警示约谈"),
        (S.REMINDED, S.CHECKING),
        S.WARNING,
        (Who.OFFICE,),
        (no_proof_waits, not_warned_yet),
        ("承诺未履行", "警示约谈通知书", "通知主体"),
    ),
    Move(
        "move_interview",
        _l("约谈改期"),
        (S.REMINDING, S.WARNING),
        None,
        (Who.OFFICE,),
        (not_moved_yet,),
        ("约谈通知书", "通知主体"),
    ),
    Move(
        "hold",
        _l("进行约谈"),
        (S.REMINDING,),
        S.REMINDED,
        (Who.OFFICE,),
        (interview_day_come,),
        ("约谈记录", "记录事件：约谈", "平台消息：约谈信息", "通知主体"),
    ),
    Move(
        "hold",
        _l("进行约谈"),
        (S.WARNING,),
        S.WARNED,
        (Who.OFFICE,),
        (interview_day_come,),
        ("约谈记录", "记录事件：约谈", "平台消息：约谈信息", "通知主体"),
    ),
    Move(
        "miss",
        _l("约谈未到"),
        (S.REMINDING,),
        S.REMINDED,
        (Who.OFFICE,),
        (interview_day_come,),
        ("记录事件：约谈", "平台消息：约谈信息", "通知主体"),
    ),
    Move(
        "miss",
        _l("约谈未到"),
        (S.WARNING,),
        S.WARNED,
        (Who.OFFICE,),
        (interview_day_come,),
        ("记录事件：约谈", "平台消息：约谈信息", "通知主体"),
    ),
    Move(
        "promise",
        _l("作出整改承诺"),
        (S.REMINDED, S.WARNED),
        S.PROMISED,
        (Who.SUBJECT, Who.OFFICE),
        (agreed_on_a_promise,),
        ("整改承诺书",),
    ),
    Move(
        "promise_due",
        _l("承诺到期"),
        (S.PROMISED,),
        S.CHECKING,
        (Who.SYSTEM,),
        (promised_day_over,),
    ),
    Move(
        "find_kept",
        _l("核查：承诺已履行"),
        (S.PROMISED, S.CHECKING),
        S.FULFILLED,
        (Who.OFFICE,),
        (no_proof_waits,),
        ("承诺已履行", "记录事件：整改结束", "通知主体"),
    ),
    Move(
        "leave_unresolved",
        _l("记入未整改"),
        (S.WARNED, S.CHECKING),
        S.UNRESOLVED,
        (Who.OFFICE,),
        (was_warned, no_proof_waits),
        ("承诺未履行",),
    ),
    Move(
        "withdraw",
        _l("撤销责令整改"),
        _OPEN,
        S.WITHDRAWN,
        (Who.APPROVER,),
        (),
        ("约谈取消", "撤销通知书", "记录事件：整改结束", "通知主体"),
    ),
    Move(
        "end_with_record",
        _l("信用记录已撤回，草稿随之作废"),
        (S.DRAFT,),
        S.DISCARDED,
        (Who.SYSTEM,),
        internal=True,
    ),
    Move(
        "end_with_record",
        _l("信用记录已撤回，责令整改随之终止"),
        _OPEN,
        S.WITHDRAWN,
        (Who.SYSTEM,),
        (),
        ("约谈取消", "撤销通知书", "记录事件：整改结束", "通知主体"),
    ),
)


def row_of(action: str, state: str) -> Move | None:
    """Return the row for `action` from `state`, None where there is none."""
    return next((row for row in MOVES if row.action == action and state in row.sources), None)


def actions() -> list[str]:
    """Return every action once, in the order of the table."""
    return list(dict.fromkeys(row.action for row in MOVES))


def title_of(action: str) -> str:
    """Return how a timeline calls an action; what is no move is called by the page itself."""
    return str(next((row.title for row in MOVES if row.action == action), ""))


def refusal(action: str, facts: Facts) -> ActionRefused | None:
    """Return why the action cannot be done now, None where it can. Who may do it is asked apart."""
    row = row_of(action, facts.order.state)
    if row is None:
        return ActionRefused(
            "moved_on",
            _("这件事的状态已经变为“%s”，不能再这样办理。请刷新页面查看。") % facts.order.get_state_display(),
        )
    for guard in row.guards:
        try:
            guard(facts)
        except ActionRefused as refused:
            return refused
    return None


def allowed(action: str, facts: Facts) -> Move:
    """Return the row by which the action may be done now. Raises ActionRefused with words."""
    refused = refusal(action, facts)
    if refused is not None:
        raise refused
    row = row_of(action, facts.order.state)
    if row is None:
        raise RuntimeError("what is not refused has a row")
    return row


def beginning(facts: Facts) -> Move:
    """Return the row by which an order begins. Raises ActionRefused with words."""
    row = next(row for row in MOVES if row.action == "draft")
    for guard in row.guards:
        guard(facts)
    return row


def offered(facts: Facts, asked: Iterable[str]) -> set[str]:
    """Return which of these actions could be done now."""
    return {action for action in asked if refusal(action, facts) is None}
