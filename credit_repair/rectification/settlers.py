"""What moves an order without a person: days that are over, records that their authority withdrew."""

import logging
from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from django.db import transaction

from credit_repair.cases.errors import ActionRefused
from credit_repair.core.settling import move_each, settler
from credit_repair.rectification.models import Order, Promise
from credit_repair.rectification.services.acting import begin, finish
from credit_repair.rectification.services.orders import end_with_record
from credit_repair.rectification.states import Who
from credit_repair.registry.models import Record

logger = logging.getLogger(__name__)
BATCH = 500


@settler
def lapse_overdue(*, today: date) -> int:
    """Let every order be overdue whose last day is over with nothing handed in, or not enough."""
    over = Order.objects.filter(state=Order.State.ORDERED, complete_by__lt=today)
    return _move(over, lambda order: _pass(order, "lapse", today))


@settler
def check_promises(*, today: date) -> int:
    """Let every promise whose last day is over be checked by the authority."""
    over = Promise.objects.filter(state=Promise.State.RUNNING, complete_by__lt=today)
    due = Order.objects.filter(state=Order.State.PROMISED, interviews__promise__in=over)
    return _move(due.distinct(), lambda order: _pass(order, "promise_due", today))


@settler
def end_with_records(*, today: date) -> int:
    """End every open order on a record that its authority has withdrawn."""
    over = Order.objects.filter(closed_on__isnull=True, record__standing=Record.Standing.WITHDRAWN)
    return _move(over, lambda order: end_with_record(order=order, today=today))


@transaction.atomic
def _pass(order: Order, action: str, today: date) -> None:
    finish(begin(order=order, action=action, actor=None, today=today, who=Who.SYSTEM))


def _move(orders: Iterable[Order], move: Callable[[Order], Any]) -> int:
    found = list(orders.order_by("pk")[:BATCH])  # type: ignore[attr-defined]
    return move_each(found, lambda order: _try(order, move), name=lambda order: f"order {order.uuid}")


def _try(order: Order, move: Callable[[Order], Any]) -> int:
    try:
        move(order)
    except ActionRefused as refused:
        # Somebody acted in the same moment: the next pass sees how things stand then.
        logger.info("order %s not moved: %s", order.uuid, refused.code)
        return 0
    return 1
