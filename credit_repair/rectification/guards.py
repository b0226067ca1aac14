"""What must hold before an order to put right moves: facts of its rows, and one small function a rule."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from credit_repair.cases.errors import ActionRefused
from credit_repair.people.reach import reach_of
from credit_repair.rectification.models import Interview, Order, Promise, Proof


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
    """Four eyes 四眼原则: who drafted an order does not issue it, nor does who approves only in
    their place."""
    drafter, actor = facts.order.drafted_by_id, facts.actor
    if actor is None:
        return
    approves_at = reach_of(user=actor, on=facts.today).offices("approve", but=drafter)
    if actor.pk == drafter or facts.order.office_id not in approves_at:
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
