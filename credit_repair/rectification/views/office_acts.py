"""Every act of the authority on an order, as a table: what it asks for, which verb does it, what is said.

One view serves them all (views/office.py): it asks whether the act is offered, shows its form and does it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms as django_forms
from django.utils.translation import gettext_lazy as _l

from credit_repair.notices.ink_forms import SignatureForm
from credit_repair.rectification import forms
from credit_repair.rectification.guards import Facts
from credit_repair.rectification.models import Interview, InterviewSignature, Order
from credit_repair.rectification.services import interviews, orders, promises, proofs, signing
from credit_repair.rectification.services.acting import is_who
from credit_repair.rectification.states import Who, refusal, row_of

Form = django_forms.BaseForm


@dataclass(frozen=True)
class Doing:
    """An act being done, by whom, on which day."""

    order: Order
    actor: Any
    today: date

    @property
    def facts(self) -> Facts:
        """The order as guards see it."""
        return Facts(order=self.order, actor=self.actor, today=self.today)

    @property
    def who(self) -> dict[str, Any]:
        """What every verb is told."""
        return {"order": self.order, "actor": self.actor, "today": self.today}

    @property
    def latest(self) -> Interview:
        """The latest interview; where an act is about one, there is one."""
        interview = self.facts.interview
        if interview is None:
            raise Interview.DoesNotExist
        return interview


@dataclass(frozen=True)
class OfficeAct:
    """One act.

    :param move: the action of states.py that it is, or "" where it leaves the order where it is.
    :param asked: for an act without a move, whether it is offered.
    """

    slug: str
    label: Any
    title: Any
    button: Any
    done: Any
    form: Callable[[Doing, Any, Any], Form]
    run: Callable[[Doing, Any], Any]
    move: str = ""
    who: Who = Who.OFFICE
    asked: Callable[[Facts], bool] | None = None
    lead: Any = ""
    tone: str = "outline-primary"
    template: str = "rectification/act.html"


def _plain(kind: type[Form], **initial: Any) -> Callable[[Doing, Any, Any], Form]:
    return lambda _doing, data, files: kind(data, files, initial=initial)


def _order_form(doing: Doing, data: Any, files: Any) -> Form:
    order = doing.order
    initial = {
        "faults": order.faults,
        "demands": "\n".join(demand.text for demand in order.demands.all()),
        "complete_by": order.complete_by,
    }
    return forms.OrderForm(data, files, initial=initial)


def _return_form(doing: Doing, data: Any, files: Any) -> Form:
    may_extend = doing.order.state == Order.State.PROVED and doing.order.first_due is None
    return forms.ReturnForm(data, files, may_extend=may_extend)


def _proof_form(doing: Doing, data: Any, files: Any) -> Form:
    initial = {"handed_in_on": doing.today}
    return forms.ProofForm(data, files, demands=doing.order.demands.all(), on_paper=True, initial=initial)


def _appointment_form(doing: Doing, data: Any, files: Any) -> Form:
    kind = forms.BrokenForm if doing.order.state == Order.State.CHECKING else forms.AppointmentForm
    return kind(data, files, initial=_appointment(doing))


def _move_form(doing: Doing, data: Any, files: Any) -> Form:
    called = doing.latest
    names = ("at", "place", "attendants", "topics", "bring")
    initial = {name: getattr(called, name) for name in names}
    initial["on"] = interviews.first_day(today=doing.today)
    return forms.MoveForm(data, files, initial=initial)


def _appointment(doing: Doing) -> dict[str, Any]:
    order = doing.order
    person = order.subject.kind == "person"
    return {
        "on": interviews.first_day(today=doing.today),
        "at": str(_l("上午9时30分")),
        "place": order.office.address,
        "attendants": str(_l("本人") if person else _l("法定代表人（负责人）")),
        "topics": str(_l("没有按期完成整改的原因\n完成整改的时间安排")),
        "bring": str(
            _l("身份证件原件\n整改的证明材料") if person else _l("参加人员身份证件原件\n整改的证明材料")
        ),
    }


def _held_form(doing: Doing, data: Any, files: Any) -> Form:
    return forms.HeldForm(data, files, initial={"recorder": str(doing.actor)})


def _signature_form(doing: Doing, data: Any, files: Any) -> Form:
    return SignatureForm(data, initial={"name": str(doing.actor)})


def _unsigned(facts: Facts) -> bool:
    """Whether the latest interview was held, and its record is not signed yet."""
    interview = facts.interview
    return interview is not None and interview.state == Interview.State.HELD and not interview.is_signed


def _office_unsigned(facts: Facts) -> bool:
    if not _unsigned(facts) or facts.interview is None:
        return False
    sides = {each.side for each in facts.interview.signatures.all()}
    return InterviewSignature.Side.OFFICE not in sides


def _call(doing: Doing, form: Any) -> Any:
    kind = Interview.Kind.REMINDER if doing.order.state == Order.State.OVERDUE else Interview.Kind.WARNING
    return interviews.call_interview(
        **doing.who,
        kind=kind,
        appointment=form.appointment(),
        found=form.cleaned_data.get("found", ""),
    )


#: In the order in which they are offered: the first one is the page's primary button.
ACTS: tuple[OfficeAct, ...] = (
    OfficeAct(
        "issue",
        _l("签发"),
        _l("签发责令整改通知书"),
        _l("签发"),
        _l("已签发责令整改通知书，并通知主体。"),
        _plain(forms.NothingForm),
        lambda doing, form: orders.issue_order(**doing.who),
        move="issue",
        who=Who.APPROVER,
        lead=_l("签发后编发文号、盖章并送达。请先看过通知书草稿。"),
    ),
    OfficeAct(
        "accept",
        _l("认可整改"),
        _l("认可整改"),
        _l("认可，办结"),
        _l("已认可整改，这件事办结了。"),
        _plain(forms.AcceptForm),
        lambda doing, form: proofs.accept_proof(**doing.who, words=form.cleaned_data["words"]),
        move="accept_proof",
        lead=_l("认可后办结，并通知主体。"),
    ),
    OfficeAct(
        "return",
        _l("要求补充"),
        _l("要求补充整改证明"),
        _l("通知补充"),
        _l("已通知主体补充证明。"),
        _return_form,
        lambda doing, form: proofs.return_proof(
            **doing.who,
            missing=form.cleaned_data["missing"],
            complete_by=form.cleaned_data.get("complete_by"),
            reason=form.cleaned_data.get("reason", ""),
        ),
        move="return_proof",
    ),
    OfficeAct(
        "call-reminder",
        _l("通知提示约谈"),
        _l("通知提示约谈"),
        _l("发出约谈通知"),
        _l("已发出约谈通知书。"),
        _appointment_form,
        _call,
        move="call_reminder",
        lead=_l("会编发文号、盖章并送达约谈通知书。"),
    ),
    OfficeAct(
        "find-kept",
        _l("承诺已履行"),
        _l("核查：承诺已履行"),
        _l("确认已履行，办结"),
        _l("承诺已履行，这件事办结了。"),
        _plain(forms.FoundForm),
        lambda doing, form: promises.find_kept(**doing.who, found=form.cleaned_data["found"]),
        move="find_kept",
        lead=_l("主体提交了证明的，请审核证明；自行核查清楚的，在这里确认。"),
    ),
    OfficeAct(
        "hold",
        _l("录入约谈情况"),
        _l("录入约谈情况"),
        _l("保存约谈记录"),
        _l("已保存约谈记录，并告知公示平台。请双方签名。"),
        _held_form,
        lambda doing, form: interviews.hold_interview(**doing.who, held=form.held()),
        move="hold",
        lead=_l("保存后生成约谈记录，双方可以在屏幕上签名，也可以打印签名后上传。"),
    ),
    OfficeAct(
        "sign-record",
        _l("约谈人签名"),
        _l("签署约谈记录"),
        _l("签名"),
        _l("已签名。"),
        _signature_form,
        lambda doing, form: signing.sign_record(
            interview=doing.latest,
            side=InterviewSignature.Side.OFFICE,
            actor=doing.actor,
            today=doing.today,
            name=form.cleaned_data["name"],
            strokes=form.cleaned_data["strokes"],
        ),
        asked=_office_unsigned,
        template="rectification/sign.html",
    ),
    OfficeAct(
        "keep-record",
        _l("上传签好的约谈记录"),
        _l("上传签好的约谈记录"),
        _l("上传"),
        _l("已保存签好的约谈记录。"),
        _plain(forms.SignedRecordForm),
        lambda doing, form: signing.keep_signed_record(
            interview=doing.latest,
            actor=doing.actor,
            today=doing.today,
            scan=form.cleaned_data["scan"],
            refused=form.cleaned_data["refused"],
        ),
        asked=_unsigned,
    ),
    OfficeAct(
        "promise",
        _l("录入纸质承诺书"),
        _l("录入纸质整改承诺书"),
        _l("录入"),
        _l("已录入整改承诺书。"),
        _plain(forms.ScanForm),
        lambda doing, form: promises.promise_on_paper(**doing.who, scan=form.cleaned_data["scan"]),
        move="promise",
        lead=_l("主体在网上签署的，不用录入。"),
    ),
    OfficeAct(
        "call-warning",
        _l("通知警示约谈"),
        _l("通知警示约谈"),
        _l("发出约谈通知"),
        _l("已发出约谈通知书。"),
        _appointment_form,
        _call,
        move="call_warning",
        lead=_l("会编发文号、盖章并送达约谈通知书。"),
    ),
    OfficeAct(
        "leave-unresolved",
        _l("记入未整改"),
        _l("记入未整改"),
        _l("记入档案"),
        _l("已记入信用档案。"),
        _plain(forms.FoundForm),
        lambda doing, form: promises.leave_unresolved(**doing.who, found=form.cleaned_data["found"]),
        move="leave_unresolved",
        lead=_l("警示约谈后仍未整改的，如实记入信用档案。主体以后仍可以提交证明。"),
    ),
    OfficeAct(
        "miss",
        _l("录入未到"),
        _l("录入约谈未到"),
        _l("录入未到"),
        _l("已录入未到，并告知公示平台。"),
        _plain(forms.MissForm),
        lambda doing, form: interviews.miss_interview(**doing.who, absence=form.cleaned_data["absence"]),
        move="miss",
        lead=_l("会记入信用档案，并告知公示平台。有正当理由的，请改期。"),
    ),
    OfficeAct(
        "move",
        _l("改期"),
        _l("约谈改期"),
        _l("改期并重新通知"),
        _l("已改期，并发出新的约谈通知书。"),
        _move_form,
        lambda doing, form: interviews.move_interview(
            **doing.who, appointment=form.appointment(), reason=form.cleaned_data["reason"]
        ),
        move="move_interview",
    ),
    OfficeAct(
        "hand-in",
        _l("录入纸质证明"),
        _l("录入纸质整改证明"),
        _l("录入"),
        _l("已录入整改证明，请审核。"),
        _proof_form,
        lambda doing, form: proofs.hand_in_proof(
            **doing.who,
            about=form.about(),
            words=form.cleaned_data["words"],
            handed_in_on=form.day(),
            on_paper=True,
        ),
        move="hand_in",
        template="rectification/proof.html",
    ),
    OfficeAct(
        "extend",
        _l("延长期限"),
        _l("延长整改期限"),
        _l("延长期限"),
        _l("已延长整改期限，并通知主体。"),
        _plain(forms.ExtendForm),
        lambda doing, form: orders.extend_order(
            **doing.who,
            complete_by=form.cleaned_data["complete_by"],
            reason=form.cleaned_data["reason"],
        ),
        move="extend",
    ),
    OfficeAct(
        "revise",
        _l("修改草稿"),
        _l("修改草稿"),
        _l("保存草稿"),
        _l("草稿已保存，请另一位审批人员签发。"),
        _order_form,
        lambda doing, form: orders.revise_order(**doing.who, **form.cleaned_data),
        move="revise",
        who=Who.VERIFIER,
    ),
    OfficeAct(
        "discard",
        _l("放弃草稿"),
        _l("放弃草稿"),
        _l("放弃草稿"),
        _l("草稿已放弃。"),
        _plain(forms.NothingForm),
        lambda doing, form: orders.discard_order(**doing.who),
        move="discard",
        who=Who.VERIFIER,
        lead=_l("放弃后不能恢复，可以重新拟稿。"),
        tone="link",
    ),
    OfficeAct(
        "withdraw",
        _l("撤销"),
        _l("撤销责令整改"),
        _l("撤销"),
        _l("已撤销责令整改，并通知主体。"),
        _plain(forms.ReasonForm),
        lambda doing, form: orders.withdraw_order(**doing.who, reason=form.cleaned_data["reason"]),
        move="withdraw",
        who=Who.APPROVER,
        lead=_l("撤销后通知书不再有效，已通知的约谈取消。"),
        tone="link",
    ),
)


def offered_acts(doing: Doing) -> list[OfficeAct]:
    """Return the acts that the person may do now, in the order of the table."""
    order, facts = doing.order, doing.facts
    parts = dict.fromkeys((Who.VERIFIER, Who.APPROVER, Who.OFFICE), False)
    for who in parts:
        parts[who] = is_who(
            who=who, actor=doing.actor, office=order.office, subject=order.subject, on=doing.today
        )
    return [act for act in ACTS if parts[act.who] and _is_offered(act, facts)]


def _is_offered(act: OfficeAct, facts: Facts) -> bool:
    if act.asked is not None:
        return act.asked(facts)
    return row_of(act.move, facts.order.state) is not None and refusal(act.move, facts) is None
