"""The machine of the order to put right 责令整改: the only place where its state changes.

Read MOVES as a table: from, action, to, who, what must hold (guards), what follows. The verbs in services/
lock the row, ask `allowed()`, do what the row says follows, and change the state by `move()`.

What was handed in in time stands still: an order whose proof waits for the authority does not become overdue.
After its day, proof is read beside the interviews, and ends the order at whatever stage.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from credit_repair.cases.errors import ActionRefused
from credit_repair.rectification.models import Interview, Order, Promise, Proof

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
class Facts:
    """An order as the guards see it, who acts, and on which day. Asked once, under lock or for a page."""

    order: Order
    actor: Any
    today: date

    @cached_property
    def waiting(self) -> Proof | None:
        """The proof that waits for the authority."""
        return next((proof for proof in self.order.proofs.all() if proof.state == Proof.State.WAITING), None)

    @cached_property
    def interviews(self) -> list[Interview]:
        """The interviews, the latest last; what was moved or cancelled is not among them."""
        every = sorted(self.order.interviews.all(), key=lambda interview: interview.pk)
        void = (Interview.State.MOVED, Interview.State.CANCELLED)
        return [interview for interview in every if interview.state not in void]

    @property
    def interview(self) -> Interview | None:
        """The latest interview."""
        return self.interviews[-1] if self.interviews else None

    @property
    def warned(self) -> bool:
        """Whether the latest interview is the warning one."""
        return self.interview is not None and self.interview.kind == Interview.Kind.WARNING

    @cached_property
    def promise(self) -> Promise | None:
        """The promise after the latest interview."""
        return getattr(self.interview, "promise", None) if self.interview else None


Guard = Callable[[Facts], None]


# -- what must hold


def not_the_drafter(facts: Facts) -> None:
    """Four eyes 四眼原则: who drafted an order does not issue it."""
    if facts.actor is not None and facts.actor.pk == facts.order.drafted_by_id:
        raise ActionRefused("own_draft", _("拟稿人不能签发自己拟的通知书，请由另一位审批人员签发。"))


def record_stands(facts: Facts) -> None:
    """Nothing is ordered about a record that its authority withdrew."""
    if facts.order.record.standing == "withdrawn":
        raise ActionRefused("record_withdrawn", _("这条信用记录已经撤回，不能再据此责令整改。"))


def due_day_ahead(facts: Facts) -> None:
    """An order gives a day that is still to come."""
    if facts.order.complete_by <= facts.today:
        raise ActionRefused("due_day_over", _("整改期限已经到了，请先修改期限再签发。"))


def not_put_off_yet(facts: Facts) -> None:
    """The day is put off once."""
    if facts.order.first_due is not None:
        raise ActionRefused("put_off_once", _("整改期限只能延长一次。"))


def proof_waits(facts: Facts) -> None:
    """There is proof to look at."""
    if facts.waiting is None:
        raise ActionRefused("no_proof", _("没有等待审核的整改证明。"))


def no_proof_waits(facts: Facts) -> None:
    """What was handed in is looked at first."""
    if facts.waiting is not None:
        raise ActionRefused("proof_first", _("主体提交的整改证明还没有审核，请先审核。"))


def day_over(facts: Facts) -> None:
    """The order's last day is over."""
    if facts.order.complete_by >= facts.today:
        raise ActionRefused("not_due", _("整改期限还没有届满。"))


def promised_day_over(facts: Facts) -> None:
    """The promise's last day is over."""
    if facts.promise is None or facts.promise.complete_by >= facts.today:
        raise ActionRefused("promise_not_due", _("承诺的期限还没有届满。"))


def interview_day_come(facts: Facts) -> None:
    """What became of an interview is entered on its day or later."""
    if facts.interview is None or facts.interview.on > facts.today:
        raise ActionRefused("interview_ahead", _("约谈的日期还没有到。"))


def not_moved_yet(facts: Facts) -> None:
    """An interview is moved once."""
    if facts.interview is None or facts.interview.moved_from_id is not None:
        raise ActionRefused("moved_once", _("同一次约谈只能改期一次。"))


def agreed_on_a_promise(facts: Facts) -> None:
    """The interview was held, and its record says what is promised until when; the day is still to come."""
    interview = facts.interview
    if interview is None or interview.state != Interview.State.HELD or interview.promise_by is None:
        raise ActionRefused("nothing_agreed", _("约谈记录里没有约定承诺事项和期限。"))
    if interview.promise_by < facts.today:
        raise ActionRefused("promise_too_late", _("约定的期限已经过去，不能再作出承诺。"))


def not_warned_yet(facts: Facts) -> None:
    """There is one warning interview, after a reminding one."""
    if facts.warned:
        raise ActionRefused("warned_once", _("警示约谈已经进行过。"))


def was_warned(facts: Facts) -> None:
    """What is left unresolved was warned of."""
    if not facts.warned:
        raise ActionRefused("not_warned", _("还没有进行警示约谈。"))


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
