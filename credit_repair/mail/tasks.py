"""Thin: send what waits, now and every minute."""

from datetime import timedelta

from credit_repair.core.jobs import job
from credit_repair.core.schedule import recurring
from credit_repair.mail import services


@recurring("send_mails", every=timedelta(minutes=1))
@job("send_mails")
def send_mails() -> None:
    """Send what waits."""
    services.send_waiting()
