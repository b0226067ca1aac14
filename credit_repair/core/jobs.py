"""Work outside the request: `dispatch()` writes a row, and whoever comes by runs it.

In production Celery is told of the row after commit; in the demo the worker loop finds it. A row that
nobody was told of, or whose worker died, is found by `claim_next()` at the next tick. A handler may
therefore run twice and must be idempotent.

A package names its jobs in its `tasks.py`:

    @job("relay_messages", lease_seconds=120)
    def relay() -> None: ...
"""

import logging
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from credit_repair.core.languages import in_site_language
from credit_repair.core.leases import CLOCK_MARGIN
from credit_repair.core.models import Job

logger = logging.getLogger(__name__)

#: How long a failed job waits before it is tried again; after the last one a person must look.
RETRY_DELAYS = (timedelta(seconds=5), timedelta(seconds=30), timedelta(minutes=5), timedelta(minutes=30))


class WorkerDied(RuntimeError):
    """Every worker that ran this job ended without finishing it."""


@dataclass(frozen=True)
class Handler:
    """What runs a job, and how long it may hold it before others take it for dead."""

    run: Callable[..., object]
    lease_seconds: int


_handlers: dict[str, Handler] = {}
_start_checks: list[Callable[[], None]] = []


def before_work(check: Callable[[], None]) -> Callable[[], None]:
    """Register a check that raises where a worker must not start, e.g. where PDFs could not be made."""
    _start_checks.append(check)
    return check


def check_start() -> None:
    """Run every start check; a worker calls this before it takes its first job."""
    for check in _start_checks:
        check()


def job(name: str, *, lease_seconds: int = 300) -> Callable[[Callable[..., object]], Callable[..., object]]:
    """Register the function below as the handler of the job `name`."""

    def register(function: Callable[..., object]) -> Callable[..., object]:
        _handlers[name] = Handler(run=function, lease_seconds=lease_seconds)
        return function

    return register


def dispatch(name: str, *, key: str | None = None, due_at: datetime | None = None, **payload: Any) -> None:
    """Ask for the job `name` to be run once, as soon as the caller's transaction has committed.

    `key` folds requests for the same waiting work into one. `payload` must be JSON.
    Raises KeyError for a name that no package has registered: a typo must not wait in a table for ever.
    """
    _handlers[name]
    now = timezone.now()
    row = Job(name=name, key=key, payload=payload, due_at=due_at or now, created_at=now)
    # One statement: where the same work waits already, nothing is written, and the bell rings in vain.
    Job.objects.bulk_create([row], ignore_conflicts=True)
    if settings.CELERY_BROKER_URL and row.due_at <= now:
        transaction.on_commit(lambda: _ring(row.id))


def _ring(job_id: uuid.UUID) -> None:
    from credit_repair.core.tasks import run_job_task

    try:
        run_job_task.apply_async(args=(str(job_id),), expires=300)
    except Exception:  # the broker is down: the row waits for the next tick, nothing is lost
        logger.warning("broker not reached; job %s waits for the tick", job_id, exc_info=True)


def claimable(now: datetime) -> Q:
    """The rows that may be claimed at `now`: due ones, and those whose worker let the lease run out.

    A waiting one that was made in the future is due, too: the clock was set back since, and under its key it
    would keep all later calls waiting.
    """
    due = Q(due_at__lte=now) | Q(created_at__gt=now + CLOCK_MARGIN)
    return Q(due, state=Job.State.WAITING) | Q(state=Job.State.RUNNING, lease_until__lt=now)


def claim(job_id: uuid.UUID) -> Job | None:
    """Take the job for this process, or return None where somebody else has it or it is over."""
    now = timezone.now()
    row = Job.objects.filter(claimable(now), pk=job_id).first()
    if row is None:
        return None
    if row.state == Job.State.RUNNING and row.attempts > len(RETRY_DELAYS):
        # Each worker that took it died without a word: a person must look before it kills another.
        _finish(row, state=Job.State.FAILED, error=WorkerDied(row.name))
        return None
    handler = _handlers.get(row.name)
    token = uuid.uuid4()
    lease_until = now + timedelta(seconds=handler.lease_seconds if handler else 60)
    # The conditional update is the claim: it needs no row lock, so it is the same on both databases.
    won = Job.objects.filter(claimable(now), pk=job_id, lease_token=row.lease_token).update(
        state=Job.State.RUNNING, lease_until=lease_until, lease_token=token, attempts=row.attempts + 1
    )
    if not won:
        return None
    row.refresh_from_db()
    return row


def run(job_id: uuid.UUID) -> bool:
    """Claim the job and run it; return whether it ran to its end without an error."""
    row = claim(job_id)
    if row is None:
        return False
    try:
        with in_site_language():
            _handlers[row.name].run(**row.payload)
    except Exception as error:
        logger.exception("job %s (%s) failed", row.name, row.id)
        _put_back(row, error)
        return False
    _finish(row, state=Job.State.DONE)
    return True


def run_due(*, limit: int = 100) -> int:
    """Run what is due now, oldest first; return how many jobs were run."""
    ran = 0
    for job_id in list(
        Job.objects.filter(claimable(timezone.now())).order_by("due_at").values_list("pk", flat=True)[:limit]
    ):
        ran += run(job_id)
    return ran


def forget_done(*, before: datetime) -> int:
    """Delete jobs that ended well before that moment; return how many. Failed ones stay for a person."""
    deleted, _by_model = Job.objects.filter(state=Job.State.DONE, finished_at__lt=before).delete()
    return deleted


def _put_back(row: Job, error: Exception) -> None:
    # A recurring job is not put back: it would hold its key against every later call, and its next turn is
    # the retry.
    if row.key == row.name or row.attempts > len(RETRY_DELAYS):
        _finish(row, state=Job.State.FAILED, error=error)
        return
    again_at = timezone.now() + RETRY_DELAYS[row.attempts - 1]
    mine = Job.objects.filter(pk=row.pk, lease_token=row.lease_token)
    try:
        with transaction.atomic():
            mine.update(state=Job.State.WAITING, due_at=again_at, lease_until=None, last_error=_words(error))
    except IntegrityError:
        # The same work was asked for meanwhile and waits under this key: it takes this one's place.
        _finish(row, state=Job.State.DONE, error=error)


def _finish(row: Job, *, state: str, error: Exception | None = None) -> None:
    Job.objects.filter(pk=row.pk, lease_token=row.lease_token).update(
        state=state, finished_at=timezone.now(), lease_until=None, last_error=_words(error) if error else ""
    )


def _words(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:2000]
