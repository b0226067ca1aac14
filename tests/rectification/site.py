"""One order of every kind that addresses are about, for the URL × role table: on days before the county's."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from credit_repair.core import clock
from credit_repair.notices.services import render
from credit_repair.rectification.models import Activity, Interview, Order
from credit_repair.rectification.services import activities, interviews, orders
from credit_repair.rectification.settlers import lapse_overdue
from credit_repair.registry.models import Record
from tests.rectification import stages
from tests.registry.factories import RecordFactory
from tests.world import World, upload

ORDERED, DUE, OVER = date(2026, 10, 12), date(2026, 11, 6), date(2026, 11, 9)
TALK, PROMISE_BY = date(2026, 11, 16), date(2026, 12, 11)


@dataclass
class Rectified:
    """An order after a held interview, a draft, a record without an order, a declared activity."""

    order: Order
    draft: Order
    record: Record
    activity: Activity

    def arguments(self) -> dict[str, Callable[[], list[Any]]]:
        """What each address is about."""
        order, draft = [self.order.uuid], [self.draft.uuid]
        return {
            "my_order": lambda: order,
            "my_order_proof": lambda: order,
            "my_order_sign": lambda: [*order, Interview.objects.get(order=self.order).uuid],
            "my_order_promise": lambda: order,
            "my_order_document": lambda: [*order, self._document()],
            "my_activity_take_back": lambda: [self.activity.uuid],
            "office_order": lambda: order,
            "office_order_preview": lambda: draft,
            "office_order_act": lambda: [*order, "call-warning"],
            "office_order_document": lambda: [*order, self._document()],
            "office_order_new": lambda: [self.record.uuid],
            "office_activity_new": lambda: [self.record.uuid],
            "office_activity_confirm": lambda: [self.activity.uuid],
            "office_activity_decline": lambda: [self.activity.uuid],
        }

    def _document(self) -> Any:
        assert self.order.document is not None
        return self.order.document.uuid


def rectified(made: World) -> Rectified:
    """Make them all, by the people of the county."""
    records = [RecordFactory(subject=made.subject, authority=made.authority) for _number in range(3)]
    order = stages.ordered(replace(made, record=records[0]), today=ORDERED, complete_by=DUE)
    with clock.assume(OVER):
        lapse_overdue(today=OVER)
        interviews.call_interview(
            order=order,
            kind="reminder",
            actor=made.verifier,
            today=OVER,
            appointment=stages.appointment(TALK),
        )
    stages.hold(made, order, today=TALK, held=replace(stages.HELD, promise_by=PROMISE_BY))
    order = stages.again(order)
    render(document_id=order.document_id)  # type: ignore[arg-type]
    draft = orders.draft_order(
        record=records[1],
        actor=made.verifier,
        today=TALK,
        **{**stages.DRAFT, "complete_by": PROMISE_BY},
    )
    activity = activities.declare(
        subject=made.subject,
        actor=made.clerk,
        today=TALK,
        entry=activities.Entry("training", "信用管理培训", "濉溪县信用办", date(2026, 11, 12)),
        paper=upload("结业证书.pdf"),
    )
    return Rectified(order=order, draft=draft, record=records[2], activity=activity)
