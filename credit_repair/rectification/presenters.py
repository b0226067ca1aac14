"""Orders and interviews in the form that the page components take."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from credit_repair.cases.matters import record_words
from credit_repair.cases.presenters import paper_link
from credit_repair.core.languages import fixed_text
from credit_repair.core.wording import bracketed, clauses, day_text
from credit_repair.notices.models import Document
from credit_repair.people.masking import Reader, subject_name, subject_text
from credit_repair.rectification import selectors
from credit_repair.rectification.models import Interview, InterviewSignature, Order, OrderEvent, Proof
from credit_repair.rectification.states import title_of
from credit_repair.rectification.tags import (
    INTERVIEW_TONES,
    ORDER_TONES,
    PROMISE_TONES,
    PROOF_TONES,
    tag,
)
from credit_repair.registry.law import current_calendar
from credit_repair.registry.models import Record, Subject

#: What is noted without a move of the machine.
NOTES: dict[str, Callable[[], str]] = {
    "sign_record": lambda: _("签署约谈记录"),
    "keep_record": lambda: _("上传签好的约谈记录"),
}
EVENT_TONES = {
    "lapse": "danger",
    "miss": "danger",
    "leave_unresolved": "danger",
    "accept_proof": "success",
    "find_kept": "success",
    "return_proof": "warning",
    "call_reminder": "warning",
    "call_warning": "warning",
}


@dataclass(frozen=True)
class Page:
    """The page of an order: for whom, on which day, and what its reader sees of a person's name."""

    order: Order
    today: date
    office: bool
    reader: Reader = Reader.OWNER

    def say(self, text: Any) -> str:
        """Return a text of the order as the reader sees it."""
        return subject_text(text, self.order.subject, self.reader)

    def document(self, document: Document | None) -> dict[str, Any] | None:
        """Return a document as a link; None while its PDF is being made."""
        if document is None or document.state != Document.State.READY:
            return None
        name = "office_order_document" if self.office else "my_order_document"
        return {
            "href": reverse(name, args=[self.order.uuid, document.uuid]),
            "name": fixed_text(document.title),
            "number": document.number or "",
            "size": document.size,
            "kind": "PDF",
        }


def order_page(page: Page) -> dict[str, Any]:
    """Return what the page of an order shows to either side, without what can be done."""
    order = page.order
    return {
        "order": order,
        "tag": tag(order, ORDER_TONES),
        "words": state_words(order, today=page.today),
        "clock": clock_of(order, today=page.today),
        "rows": order_rows(page),
        "faults": page.say(order.faults),
        "demands": [demand.text for demand in order.demands.all()],
        "letter": page.document(order.document),
        "proofs": [proof_item(page, proof) for proof in order.proofs.all()],
        "interviews": [interview_item(page, each) for each in reversed(list(order.interviews.all()))],
        "events": [event_item(page, event) for event in _events(page)],
        "for_office": page.office,
    }


def _events(page: Page) -> list[OrderEvent]:
    events = list(page.order.events.all())
    return [event for event in events if page.office or not event.internal][::-1]


def state_words(order: Order, *, today: date) -> str:
    """Say in a sentence how it stands and what comes next."""
    if order.state in (Order.State.REMINDED, Order.State.WARNED):
        return _after_words(order)
    words = {
        Order.State.DRAFT: _("草稿已拟好，等另一位审批人员签发。"),
        Order.State.ORDERED: _("请在%s前（含当日）完成整改，并提交证明。") % day_text(order.complete_by),
        Order.State.PROVED: _("整改证明已经提交，等认定单位审核。审核期间不算逾期。"),
        Order.State.OVERDUE: _("整改期限已于%s届满。认定单位可以通知提示约谈。")
        % day_text(order.complete_by),
        Order.State.REMINDING: _("已通知提示约谈，请按通知书上的时间参加。"),
        Order.State.WARNING: _("已通知警示约谈，请按通知书上的时间参加。"),
        Order.State.PROMISED: _("已经作出整改承诺，请按期完成并提交证明。"),
        Order.State.CHECKING: _("承诺的期限已经届满，等认定单位核查。"),
        Order.State.UNRESOLVED: _("约谈后仍未整改，已记入信用档案。完成以后仍可以提交证明。"),
        Order.State.FULFILLED: _("整改已经完成，这件事办结了。"),
        Order.State.WITHDRAWN: _("责令整改已经撤销，不用再办理。"),
        Order.State.DISCARDED: _("草稿已经放弃，没有签发。"),
    }
    return words[Order.State(order.state)]


def _after_words(order: Order) -> str:
    """Say what the latest interview came to, and what is open after it."""
    interview = max(order.interviews.all(), key=lambda each: each.pk)
    kind = {"kind": interview.get_kind_display()}
    if interview.state == Interview.State.MISSED:
        return _("没有参加%(kind)s，已记入信用档案。请尽快完成整改并提交证明。") % kind
    if interview.promise_by is None:
        return _("%(kind)s已经进行，请签署约谈记录，完成整改并提交证明。") % kind
    return _("%(kind)s已经进行，请签署约谈记录和整改承诺书，在%(day)s前（含当日）完成。") % {
        **kind,
        "day": day_text(interview.promise_by),
    }


def clock_of(order: Order, *, today: date) -> dict[str, Any] | None:
    """Return how many working days are left, or by how many it is over; None where no day runs."""
    if order.state not in (Order.State.ORDERED, Order.State.OVERDUE):
        return None
    days = current_calendar().remaining_working_days(today, order.complete_by)
    return {"days": days, "due": order.complete_by, "state": "running"}


def order_rows(page: Page) -> list[dict[str, Any]]:
    """Return who ordered what about which record until when."""
    order = page.order
    record = "office_record" if page.office else "my_record"
    due = day_text(order.complete_by)
    if order.first_due is not None:
        due += bracketed(
            _("原定%(day)s，延期原因：%(reason)s")
            % {"day": day_text(order.first_due), "reason": page.say(order.extension_reason)}
        )
    rows: list[dict[str, Any]] = [
        {"key": _("主体"), "value": subject_name(order.subject, page.reader)},
        {
            "key": _("信用记录"),
            "value": record_words(order.record),
            "change_url": reverse(record, args=[order.record.uuid]),
            "change_text": _("查看"),
        },
        {"key": _("认定单位"), "value": order.office.name},
        {"key": _("案件编号"), "value": order.number or ""},
        {"key": _("签发日期"), "value": day_text(order.issued_on) if order.issued_on else ""},
        {"key": _("整改期限"), "value": due},
    ]
    if page.office:
        people = [_("%s拟稿") % order.drafted_by]
        if order.issued_by:
            people.append(_("%s签发") % order.issued_by)
        rows.append({"key": _("办理人员"), "value": clauses(people)})
    elif order.office.phone:
        rows.append({"key": _("联系电话"), "value": order.office.phone})
    return [row for row in rows if row["value"]]


def proof_item(page: Page, proof: Proof) -> dict[str, Any]:
    """Return what was handed in at once, and what was found."""
    return {
        "tag": tag(proof, PROOF_TONES),
        "day": proof.handed_in_on,
        "on_paper": proof.on_paper,
        "words": page.say(proof.words),
        "answer": page.say(proof.answer),
        "items": [
            {
                "demand": item.demand.text,
                "words": page.say(item.words),
                "papers": [paper_link(paper) for paper in item.papers.all()],
            }
            for item in proof.items.all()
        ],
    }


def interview_item(page: Page, interview: Interview) -> dict[str, Any]:
    """Return an interview: when, what became of it, its papers, how it is signed, what was promised."""
    held = interview.state == Interview.State.HELD
    promise = getattr(interview, "promise", None)
    papers = [page.document(interview.document)]
    if held:
        papers.append(page.document(interview.signed_document or interview.record_document))
    return {
        "interview": interview,
        "title": str(interview.get_kind_display()),
        "tag": tag(interview, INTERVIEW_TONES),
        "rows": _interview_rows(page, interview),
        "documents": [paper for paper in papers if paper],
        "papers": [paper_link(interview.signed_paper)] if interview.signed_paper else [],
        "said": [{"by": turn["by"], "text": page.say(turn["text"])} for turn in interview.said],
        "agreed": page.say(interview.agreed).splitlines(),
        "signed": _signed_words(page, interview) if held else "",
        "promise": _promise_item(page, promise) if promise is not None else None,
    }


def _interview_rows(page: Page, interview: Interview) -> list[dict[str, Any]]:
    rows = [
        (_("时间"), f"{day_text(interview.on)} {interview.from_to or interview.at}"),
        (_("地点"), interview.place),
        (_("请谁参加"), interview.attendants if interview.state != Interview.State.HELD else ""),
        (_("约谈事项"), clauses(page.say(interview.topics).splitlines())),
        (_("携带材料"), clauses(interview.bring.splitlines()) if not interview.came else ""),
        (_("到场人员"), clauses(page.say(interview.came).splitlines())),
        (_("约谈人"), clauses(interview.interviewers.splitlines())),
        (_("记录人"), interview.recorder),
        (_("原因"), page.say(interview.absence)),
    ]
    return [{"key": key, "value": value} for key, value in rows if value]


def _signed_words(page: Page, interview: Interview) -> str:
    if interview.refused_to_sign:
        return _("被约谈人拒绝签名：%s") % page.say(interview.refused_to_sign)
    if interview.signed_paper:
        return _("双方已在纸质记录上签名。")
    if interview.signed_document_id:
        return _("双方已在屏幕上签名。")
    signed = {each.side for each in interview.signatures.all()}
    if InterviewSignature.Side.SUBJECT in signed:
        return _("被约谈人已签名，等约谈人签名。")
    if InterviewSignature.Side.OFFICE in signed:
        return _("约谈人已签名，等被约谈人签名。")
    return _("约谈记录还没有签名。")


def _promise_item(page: Page, promise: Any) -> dict[str, Any]:
    return {
        "tag": tag(promise, PROMISE_TONES),
        "items": page.say(promise.items).splitlines(),
        "due": promise.complete_by,
        "made_on": promise.made_on,
        "found": page.say(promise.found),
        "documents": [link for link in [page.document(promise.document)] if link],
        "papers": [paper_link(promise.paper)] if promise.paper else [],
    }


def event_item(page: Page, event: OrderEvent) -> dict[str, Any]:
    """Return a line of the timeline."""
    note = NOTES.get(event.action)
    return {
        "when": event.at,
        "title": note() if note else title_of(event.action),
        "text": page.say(event.text),
        "actor": event.actor_label if page.office else "",
        "tone": EVENT_TONES.get(event.action, "neutral"),
        "internal": event.internal,
    }


def record_block(*, record: Record, user: Any, today: date) -> dict[str, Any]:
    """Return what the officials' page of a record shows: its orders, and the ways to a new one and to an
    activity, for who may take them."""
    found = selectors.orders_about(record=record, user=user, on=today)
    may_enter = selectors.office_to_confirm(user=user, subject=record.subject, on=today) is not None
    may_draft = selectors.may_draft(user=user, record=record, on=today)
    return {
        "orders": [_short_row(order, office=True) for order in found],
        "order_new_url": reverse("office_order_new", args=[record.uuid]) if may_draft else "",
        "activity_new_url": reverse("office_activity_new", args=[record.uuid]) if may_enter else "",
    }


def own_record_block(*, record: Record, user: Any, today: date) -> dict[str, Any]:
    """Return the orders about a record for its subject's own page of it."""
    found = selectors.own_orders(user=user, on=today).filter(record=record)
    return {"orders": [_short_row(order, office=False) for order in found]}


def _short_row(order: Order, *, office: bool) -> dict[str, Any]:
    return {
        "order": order,
        "url": reverse("office_order" if office else "my_order", args=[order.uuid]),
        "name": order.number or _("草稿"),
        "tag": tag(order, ORDER_TONES),
    }


def desk_tasks(*, subject: Subject) -> list[dict[str, Any]]:
    """Return the orders that wait for their subject, as the task list of its desk takes them."""
    return [
        {
            "label": _("整改：%s") % order.number,
            "url": reverse("my_order", args=[order.uuid]),
            "hint": clauses([order.office.name, _("整改期限%s（含当日）") % day_text(order.complete_by)]),
            "status": "todo",
            "status_label": str(order.get_state_display()),
            "tone": ORDER_TONES[Order.State(order.state)],
        }
        for order in selectors.waiting_for(subject)
    ]


def order_row(order: Order, *, office: bool, today: date, reader: Reader = Reader.OWNER) -> dict[str, Any]:
    """Return an order as a row of a list."""
    return {
        "order": order,
        "url": reverse("office_order" if office else "my_order", args=[order.uuid]),
        "name": order.number or _("草稿"),
        "subject": subject_name(order.subject, reader),
        "record": record_words(order.record),
        "tag": tag(order, ORDER_TONES),
        "late": order.state == Order.State.OVERDUE,
        "clock": clock_of(order, today=today),
    }
