"""What every act on an order has in common: lock, permission, guards, the line of the timeline, the audit."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse

from credit_repair.cases.errors import NotYours
from credit_repair.cases.services.telling import tell_subject
from credit_repair.core import audit
from credit_repair.core.clock import now
from credit_repair.notices import ending
from credit_repair.notices.models import Document
from credit_repair.people import access
from credit_repair.rectification.guards import Facts
from credit_repair.rectification.models import Interview, Order, OrderEvent, Promise, Proof
from credit_repair.rectification.states import PERMISSIONS, Move, Who, allowed, row_of
from credit_repair.registry.models import Office, Record, RecordEvent, Subject

#: Why a notice does not hold any longer, for the page on which anybody checks a document.
WITHDRAWN_WORDS = "发文单位已撤销该责令整改"
CANCELLED_WORDS = "发文单位已取消该次约谈"


def is_who(*, who: Who, actor: Any, office: Office, subject: Subject, on: date) -> bool:
    """Whether `actor` (None: the system) may act as `who` about an order of `office` to `subject`.

    Nobody acts as an official about a subject for which they act or ever acted 回避.
    """
    if who == Who.SYSTEM or actor is None:
        return who == Who.SYSTEM and actor is None
    if who == Who.SUBJECT:
        return access.may_act_for(user=actor, subject=subject, on=on)
    able = any(
        access.may_at_office(user=actor, permission=permission, office=office, on=on)
        for permission in PERMISSIONS[who]
    )
    return able and not access.subjects_ever_acted_for(user=actor).filter(pk=subject.pk).exists()


@dataclass
class Act:
    """One act on one order while it is being done: the locked order, who acts, on which day."""

    order: Order
    action: str
    row: Move
    actor: Any
    today: date
    facts: Facts


def locked(order: Order) -> Order:
    """Return the order with its record and the order itself locked, in that order."""
    Record.objects.select_for_update(no_key=True).values_list("pk").get(pk=order.record_id)
    return (
        Order.objects.select_for_update(of=("self",))
        .select_related("record__authority", "record__subject", "subject", "office", "document")
        .get(pk=order.pk)
    )


def begin(*, order: Order, action: str, actor: Any, today: date, who: Who) -> Act:
    """Lock the order, and ask whether `actor` may do this as `who`, now.

    Raises NotYours, ActionRefused with words.
    """
    row = locked(order)
    if not is_who(who=who, actor=actor, office=row.office, subject=row.subject, on=today):
        raise NotYours(f"order {row.uuid}")
    facts = Facts(order=row, actor=actor, today=today)
    found = row_of(action, row.state)
    if found is not None and who not in found.who:
        raise NotYours(f"order {row.uuid}")
    return Act(order=row, action=action, row=allowed(action, facts), actor=actor, today=today, facts=facts)


def finish(
    act: Act, *, text: str = "", on_record: str = "", data: dict[str, Any] | None = None
) -> OrderEvent:
    """Change the state by the row, close what is over, and write timeline, audit and the record's event.

    `on_record`: a RecordEvent.What, for what the record's history tells. The timeline's event comes back; its
    UUID is the record's event's, too, so that it is the cause of messages.
    """
    order, before = act.order, act.order.state
    if act.row.to is not None:
        order.state = act.row.to
    if order.state in Order.ENDS and order.closed_on is None:
        order.closed_on = act.today
        _end_what_runs(act)
    order.save()
    event = OrderEvent.objects.create(
        order=order,
        action=act.action,
        at=now(),
        text=text,
        actor=act.actor,
        actor_label=str(act.actor) if act.actor is not None else "",
        state_from=before,
        state_to=order.state,
        internal=act.row.internal,
    )
    if on_record:
        RecordEvent.objects.create(
            uuid=event.uuid,
            record=order.record,
            what=on_record,
            at=event.at,
            on=act.today,
            actor_label=order.office.name,
            data={"order": str(order.uuid), **(data or {})},
        )
    audit.record(
        actor=act.actor,
        action=f"rectification.{act.action}",
        target=order,
        data={"event": str(event.uuid), "from": before, "to": order.state},
    )
    return event


def _end_what_runs(act: Act) -> None:
    """Nothing that was called, waits or runs outlives its order."""
    order, kept = act.order, act.order.state == Order.State.FULFILLED
    for interview in order.interviews.filter(state=Interview.State.CALLED).select_related("document"):
        interview.state = Interview.State.CANCELLED
        interview.save(update_fields=["state"])
        take_back(interview.document, CANCELLED_WORDS, act.today)
    order.proofs.filter(state=Proof.State.WAITING).update(state=Proof.State.MOOT)
    running = Promise.objects.filter(interview__order=order, state=Promise.State.RUNNING)
    running.update(state=Promise.State.KEPT if kept else Promise.State.ENDED, checked_on=act.today)


def take_back(document: Document, why: str, today: date) -> None:
    """Revoke a notice whose matter is over, in the name of the act that ends it."""
    if document.standing == Document.Standing.VALID:
        ending.revoke(document=document, why=why, actor=None, today=today)


def tell(act: Act, event: OrderEvent, kind: str, **context: Any) -> None:
    """Write to whoever acts for the order's subject about what has happened, once."""
    tell_subject(
        kind=kind,
        subject=act.order.subject,
        about=event.uuid,
        on=act.today,
        order=act.order,
        office=act.order.office,
        path=reverse("my_order", args=[act.order.uuid]),
        **context,
    )
