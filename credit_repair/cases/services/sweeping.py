"""What nobody needs any more goes: files that never arrived, files of drafts that were given up, files
without a use.

Bytes go only where no row names them. Each row goes in a transaction of its own: a sweep that is killed
has done what it has done, and the next one goes on.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.core.files.storage import default_storage
from django.db import models, transaction

from credit_repair.cases.models import Attachment, Filing, Paper, StoredFile, Upload, UploadPart
from credit_repair.cases.services.attachments import ask_to_inspect, forget_file, remove_attachment
from credit_repair.cases.services.uploading import drop_upload
from credit_repair.notices.models import Delivery, DocumentPack
from credit_repair.platforms.models import EffectEvidence, Sighting, SightingReport

#: How long a file that did not arrive waits to be gone on with.
UNFINISHED = timedelta(days=7)
#: How long the files of a draft that was given up are kept: somebody may have pressed the wrong button.
GIVEN_UP = timedelta(days=7)
#: How long a file without a use is kept: a page may be about to use it.
UNUSED = timedelta(days=1)
#: After that time nobody is at work on a file that was to be looked into.
OVERLOOKED = timedelta(minutes=10)
_PORTION = 500
#: Which folder's files are named by which field of which rows; no other folder is swept.
_NAMED_BY: tuple[tuple[str, type[models.Model], str], ...] = (
    ("uploads", UploadPart, "file"),
    ("attachments", StoredFile, "file"),
    ("papers", Paper, "file"),
    ("deliveries", Delivery, "scan"),
    ("packs", DocumentPack, "file"),
    ("sightings", Sighting, "evidence"),
    ("effect-evidence", EffectEvidence, "file"),
    ("sighting-reports", SightingReport, "file"),
)


def sweep_uploads(*, now: datetime) -> int:
    """Forget files on their way that nobody has touched for a week; return how many."""
    old = Upload.objects.filter(touched_at__lt=now - UNFINISHED)
    return sum(_drop_untouched(key, now) for key in list(old.values_list("pk", flat=True)))


@transaction.atomic
def _drop_untouched(key: int, now: datetime) -> bool:
    found = Upload.objects.select_for_update().filter(pk=key, touched_at__lt=now - UNFINISHED).first()
    if found is None:
        return False
    drop_upload(upload=found)
    return True


def sweep_given_up(*, today: date) -> int:
    """Take the materials out of cases that ended a week ago before they were handed in; return how many."""
    given_up = Attachment.objects.filter(
        case__submitted_on__isnull=True, case__closed_on__isnull=False, case__closed_on__lt=today - GIVEN_UP
    ).select_related("case", "stored")
    taken_out = 0
    for attachment in list(given_up):
        remove_attachment(attachment=attachment, actor=None)
        taken_out += 1
    return taken_out


def sweep_unused(*, now: datetime) -> int:
    """Forget files that nothing has used for a day; return how many."""
    unused = _unused(now).values_list("pk", "filing_id")
    return sum(_forget_unused(key, filing, now) for key, filing in list(unused))


@transaction.atomic
def _forget_unused(key: int, filing: int, now: datetime) -> bool:
    # Whoever uses a file again holds this lock.
    Filing.objects.select_for_update().values_list("pk").get(pk=filing)
    found = _unused(now).filter(pk=key).first()
    if found is None:
        return False
    forget_file(found)
    return True


def _unused(now: datetime) -> models.QuerySet[StoredFile]:
    return StoredFile.objects.filter(
        attachments__isnull=True, enquiries__isnull=True, uploaded_at__lt=now - UNUSED
    )


def sweep_overlooked(*, now: datetime) -> int:
    """Ask again for files to be looked into that nobody has looked into, oldest first; return how many.

    A job that failed for good, or was lost, is begun anew; one that waits still is not doubled.
    """
    overlooked = StoredFile.objects.filter(inspected_at__isnull=True, uploaded_at__lt=now - OVERLOOKED)
    files = list(overlooked.order_by("uploaded_at").values_list("pk", flat=True)[:_PORTION])
    for file in files:
        ask_to_inspect(file)
    return len(files)


def sweep_orphans(*, now: datetime) -> int:
    """Delete bytes that no row names, left by a server that died before it had committed; return how many."""
    return sum(_delete_unnamed(folder, model, field, now) for folder, model, field in _NAMED_BY)


def _delete_unnamed(folder: str, model: type[models.Model], field: str, now: datetime) -> int:
    deleted = 0
    for names in _portions(folder):
        rows = model._default_manager.filter(**{f"{field}__in": names})
        known = set(rows.values_list(field, flat=True))
        for name in names:
            # Young ones may be named by a transaction that is still under way.
            if name not in known and default_storage.get_modified_time(name) < now - UNUSED:
                default_storage.delete(name)
                deleted += 1
    return deleted


def _portions(folder: str) -> Iterator[list[str]]:
    try:
        _folders, files = default_storage.listdir(folder)
    except FileNotFoundError:
        return
    for start in range(0, len(files), _PORTION):
        yield [f"{folder}/{file}" for file in files[start : start + _PORTION]]
