"""Thin: the nightly refresh of the cached permissions."""

from datetime import time

from credit_repair.core.clock import today
from credit_repair.core.jobs import job
from credit_repair.core.schedule import recurring
from credit_repair.people import services


@recurring("refresh_permissions", daily_at=time(0, 5))
@job("refresh_permissions")
def refresh_permissions() -> None:
    """Make the cached permissions equal what the dates say today."""
    services.refresh_caches(today=today())
