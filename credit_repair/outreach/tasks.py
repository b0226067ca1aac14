"""Thin: the letters of a batch are written outside the request, some at a time."""

from datetime import timedelta
from uuid import UUID

from django.utils import timezone

from credit_repair.core.clock import today
from credit_repair.core.jobs import dispatch, job
from credit_repair.core.models import Job
from credit_repair.outreach.services.making import make_reminders as make
from credit_repair.outreach.services.reminding import job_key

#: Longer than one letter takes to be issued; then it is renewed.
LEASE_SECONDS = 60


@job("make_reminders", lease_seconds=LEASE_SECONDS)
def make_reminders(batch: str) -> None:
    """Write the next letters of a batch; the rest in the next turn."""
    uuid = UUID(batch)
    if make(uuid=uuid, today=today(), hold=lambda: _hold(uuid)):
        dispatch("make_reminders", key=job_key(uuid), batch=batch)


def _hold(uuid: UUID) -> None:
    """Keep the job for this worker."""
    until = timezone.now() + timedelta(seconds=LEASE_SECONDS)
    Job.objects.filter(key=job_key(uuid), state=Job.State.RUNNING).update(lease_until=until)
