"""Celery's thin entries, and core's own jobs."""

import uuid
from datetime import time, timedelta

from celery import shared_task
from django.utils import timezone

from credit_repair.core import jobs, schedule, settling
from credit_repair.core.checks import require_own_key
from credit_repair.core.clock import today

jobs.before_work(require_own_key)


@shared_task(name="credit_repair.core.tasks.run_job")
def run_job_task(job_id: str) -> None:
    """Run one job row that dispatch() told the broker of."""
    jobs.run(uuid.UUID(job_id))


@shared_task(name="credit_repair.core.tasks.tick")
def tick() -> None:
    """Dispatch what recurs and run what nobody was told of."""
    schedule.dispatch_due(timezone.now())
    jobs.run_due()


@schedule.recurring("settle_cases", every=timedelta(minutes=1))
@jobs.job("settle_cases")
def settle_cases() -> None:
    """Let every package find what has happened below it."""
    settling.settle_all(today=today())


@schedule.recurring("forget_done_jobs", daily_at=time(3, 30))
@jobs.job("forget_done_jobs")
def forget_done_jobs() -> None:
    """Keep the table of jobs small: what ended well is of no use after a week."""
    jobs.forget_done(before=timezone.now() - timedelta(days=7))
