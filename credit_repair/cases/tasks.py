"""Thin: files are looked into outside the request, and what nobody needs any more is swept away by night."""

from datetime import time, timedelta

from credit_repair.cases.services import sweeping
from credit_repair.cases.services.inspection import inspect_stored_file
from credit_repair.core.clock import now, today
from credit_repair.core.jobs import job
from credit_repair.core.schedule import recurring


@job("inspect_file")
def inspect_file(file_id: int) -> None:
    """Find out what can be found about a file: pages, text, codes, ink."""
    inspect_stored_file(file_id=file_id)


@recurring("inspect_overlooked_files", every=timedelta(hours=1))
@job("inspect_overlooked_files")
def inspect_overlooked_files() -> None:
    """Let files be looked into that were passed over."""
    sweeping.sweep_overlooked(now=now())


@recurring("sweep_files", daily_at=time(3, 40))
@job("sweep_files")
def sweep_files() -> None:
    """Let files go that never arrived, whose draft was given up, that nothing uses, or that no row names."""
    sweeping.sweep_uploads(now=now())
    sweeping.sweep_given_up(today=today())
    sweeping.sweep_unused(now=now())
    sweeping.sweep_orphans(now=now())
