"""Thin: the import of a file that somebody brought, and the undoing of a large one."""

import logging
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from credit_repair.core.clock import today
from credit_repair.core.jobs import dispatch, job
from credit_repair.core.models import Job
from credit_repair.home.import_selectors import batches_in_charge
from credit_repair.home.selectors import import_scope
from credit_repair.people import access
from credit_repair.people.models import User
from credit_repair.registry.models import ImportBatch
from credit_repair.registry.services.batches import stop_batch
from credit_repair.registry.services.imports import run_batch
from credit_repair.registry.services.undo import UndoRefused, undo_batch

logger = logging.getLogger(__name__)

#: Long enough to read the largest file and import 500 rows; then it is renewed, every 500 rows.
LEASE_SECONDS = 180
UNFINISHED = (Job.State.WAITING, Job.State.RUNNING)


def ask_for_import(batch: ImportBatch) -> None:
    """Ask for `batch` to be imported, once however often it is asked for; in the caller's transaction."""
    dispatch("import_batch", key=_key(batch), batch=str(batch.uuid))


def is_asked_for(batch: ImportBatch) -> bool:
    """Whether a worker has the import in hand or will have; otherwise it failed again and again."""
    return Job.objects.filter(key=_key(batch), state__in=UNFINISHED).exists()


@job("import_batch", lease_seconds=LEASE_SECONDS)
def import_batch(batch: str) -> None:
    """Import a file that was received, with the rights that its bringer has now."""
    found = ImportBatch.objects.select_related("imported_by").get(uuid=UUID(batch))
    user, day = found.imported_by, today()
    if user is not None and not access.holds(user=user, permission="import_records", on=day):
        words = _("上传这个文件的人已经没有导入数据的权限，导入停止。请有权限的人重新上传。")
        stop_batch(batch=found, problem=words)
        return
    scope = import_scope(user=user, on=day) if user is not None else None
    run_batch(batch=found, scope=scope, progress=lambda reached, total: _hold(found))
    dispatch("announce_publications", key="announce_publications")


def _hold(batch: ImportBatch) -> None:
    """Keep the job for this worker: a file of hundred thousands of rows takes longer than a lease."""
    until = timezone.now() + timedelta(seconds=LEASE_SECONDS)
    Job.objects.filter(key=_key(batch), state=Job.State.RUNNING).update(lease_until=until)


def _key(batch: ImportBatch) -> str:
    return f"import_batch:{batch.uuid}"


def ask_for_undo(batch: ImportBatch, *, actor: Any) -> None:
    """Ask for a large import to be taken back: that takes longer than a request may."""
    dispatch("undo_import", key=_undo_key(batch), batch=str(batch.uuid), actor=actor.pk)


def is_being_undone(batch: ImportBatch) -> bool:
    """Whether a worker is to take the import back."""
    return Job.objects.filter(key=_undo_key(batch), state__in=UNFINISHED).exists()


@job("undo_import", lease_seconds=3600)
def undo_import(batch: str, actor: int) -> None:
    """Take an import back, if the person may still ask for that and nothing has come to hang on it."""
    user, day = User.objects.get(pk=actor), today()
    found = batches_in_charge(user=user, on=day).filter(uuid=UUID(batch)).first()
    if found is None:
        return
    try:
        undo_batch(batch=found, actor=user, today=day)
    except UndoRefused:
        # The page of the import says why to whoever asks again.
        logger.info("import %s was not undone: something hangs on it", batch)


def _undo_key(batch: ImportBatch) -> str:
    return f"undo_import:{batch.uuid}"
