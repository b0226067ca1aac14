"""Thin: remind every morning."""

from datetime import time

from credit_repair.core.clock import today
from credit_repair.core.jobs import job
from credit_repair.core.schedule import recurring
from credit_repair.reminders import services


@recurring("send_reminders", daily_at=time(8, 0))
@job("send_reminders")
def send_reminders() -> None:
    """Remind of what is due on the next working day."""
    services.send_step_reminders(today=today())
