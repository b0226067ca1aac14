"""Thin: the morning look at orders and promises that end soon."""

from datetime import time

from credit_repair.core.clock import today
from credit_repair.core.jobs import job
from credit_repair.core.schedule import recurring
from credit_repair.rectification.services import reminding


@recurring("remind_of_orders", daily_at=time(8, 10))
@job("remind_of_orders")
def remind_of_orders() -> None:
    """Tell people who have to put something right soon."""
    reminding.remind_of_orders(today=today())
