"""Thin: the nightly refresh of the cached permissions, and the morning look at mandates."""

from datetime import time

from credit_repair.core.clock import today
from credit_repair.core.jobs import job
from credit_repair.core.schedule import recurring
from credit_repair.people import services
from credit_repair.people.services.offices import end_sessions_of_who_left


@recurring("refresh_permissions", daily_at=time(0, 5))
@job("refresh_permissions")
def refresh_permissions() -> None:
    """Make the cached permissions equal what the dates say today; end the sessions of who left yesterday."""
    services.refresh_caches(today=today())
    end_sessions_of_who_left(today=today())


@recurring("remind_of_mandates", daily_at=time(8, 0))
@job("remind_of_mandates")
def remind_of_mandates() -> None:
    """Tell people whose mandate ends soon."""
    services.remind_of_ending_mandates(today=today())
