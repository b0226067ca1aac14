"""Thin: files are looked into outside the request, documents are packed, what nobody needs any more is swept
away by night, and who owes an answer is reminded in the morning."""

from datetime import time, timedelta
from uuid import UUID

from django.utils import timezone

from credit_repair.cases.services import drawings, enquiries, packing, sweeping
from credit_repair.cases.services.inspection import inspect_stored_file
from credit_repair.cases.services.pack_making import make_pack as make
from credit_repair.core.clock import now, today
from credit_repair.core.jobs import dispatch, job
from credit_repair.core.models import Job
from credit_repair.core.schedule import recurring


@job("inspect_file")
def inspect_file(file_id: int) -> None:
    """Find out what can be found about a file: pages, text, codes, ink."""
    inspect_stored_file(file_id=file_id)


#: Longer than twenty documents take to be packed, or one to be signed; then it is renewed.
PACK_LEASE_SECONDS = 120


@job("make_pack", lease_seconds=PACK_LEASE_SECONDS)
def make_pack(pack: str) -> None:
    """Pack, bind or sign several documents; what is to be signed goes on in the next turn."""
    uuid = UUID(pack)
    if make(uuid=uuid, on=today(), at=now(), hold=lambda: _hold(uuid)):
        dispatch("make_pack", key=packing.job_key(uuid), pack=pack)


def _hold(uuid: UUID) -> None:
    """Keep the job for this worker: several hundred documents take longer than a lease."""
    until = timezone.now() + timedelta(seconds=PACK_LEASE_SECONDS)
    running = Job.objects.filter(key=packing.job_key(uuid), state=Job.State.RUNNING)
    running.update(lease_until=until)


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
    packing.sweep_packs(now=now())
    sweeping.sweep_orphans(now=now())
    drawings.sweep_drawings(now=now())


@recurring("remind_of_enquiries", daily_at=time(8, 30))
@job("remind_of_enquiries")
def remind_of_enquiries() -> None:
    """Remind who has not answered an enquiry by its due day, once."""
    enquiries.remind_of_overdue(today=today())
