"""The import of a penalty table."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from itertools import islice
from pathlib import Path
from typing import IO, Any

from django.db import IntegrityError, OperationalError, transaction

from credit_repair.core import audit
from credit_repair.core.clock import now
from credit_repair.registry.importing.load import Run, load_rows
from credit_repair.registry.importing.reader import PenaltyTable
from credit_repair.registry.importing.report import RowOutcome
from credit_repair.registry.importing.row import TableRow
from credit_repair.registry.importing.scope import ImportScope
from credit_repair.registry.models import ImportBatch, Platform
from credit_repair.rules import RuleBook, national_book

#: Rows per transaction: few enough to hold locks for moments, enough to make queries rare.
BATCH_ROWS = 500
_TRIES = 3


def import_file(
    *,
    path_or_file: str | Path | IO[bytes],
    file_name: str,
    as_of: date,
    imported_by: Any = None,
    platforms: Sequence[Platform] = (),
    scope: ImportScope | None = None,
    report: Callable[[RowOutcome], None] | None = None,
    book: RuleBook | None = None,
) -> ImportBatch:
    """Import a penalty table (CSV or .xlsx) and return the batch with its counts.

    Good rows are taken, bad ones refused; one row's fault never stops the file. Offices and subjects that
    are not known come into being. A row that is known by its natural key, or by a former one, updates its
    record where it differs, with an event that keeps old and new values; the same row again changes nothing.
    What has ended is brought up to date but never revived; what ended before `as_of` comes in as history.

    Publications come into being for active records alone, on `platforms` alone, in the state `publishing`:
    see `selectors.publications_to_announce`. No message is sent from here.

    Rows are written 500 to a transaction. A crash leaves whole batches and no `finished_at`; the same file
    imported again then goes on where it stopped.

    `as_of` is the day of the import: later decisions are refused. `imported_by` is a user, None for the
    system. `scope` says whose data that person may bring, other rows are refused; None, as on the command
    line, means everybody's. `report` is told what became of each row, in order, once it is committed.

    Raises ImportUnreadable, before anything has changed, where the file cannot be read to its end.
    """
    book = book or national_book()
    with PenaltyTable(path_or_file) as table:
        batch = ImportBatch.objects.create(
            file_name=file_name[-200:],
            sha256=table.sha256,
            as_of=as_of,
            started_at=now(),
            imported_by=imported_by,
        )
        run = Run(
            batch=batch,
            book=book,
            as_of=as_of,
            at=now(),
            actor_label=str(imported_by)[:100] if imported_by is not None else audit.SYSTEM_LABEL,
            platforms=platforms,
            scope=scope,
        )
        for rows in _in_batches(TableRow.read(raw, book=book) for raw in table.rows()):
            for outcome in _load_with_patience(run, rows):
                if report is not None:
                    report(outcome)
    return _finish(batch, imported_by)


def _load_with_patience(run: Run, rows: list[TableRow]) -> list[RowOutcome]:
    """Try again where another import has just brought the same office, subject or record into being."""
    for _try in range(_TRIES - 1):
        try:
            return load_rows(run, rows)
        except (IntegrityError, OperationalError):
            continue
    return load_rows(run, rows)


@transaction.atomic
def _finish(batch: ImportBatch, imported_by: Any) -> ImportBatch:
    batch.refresh_from_db()
    batch.finished_at = now()
    batch.save(update_fields=["finished_at"])
    counts = {name: getattr(batch, name) for name in ("taken", "updated", "unchanged", "refused")}
    audit.record(actor=imported_by, action="import_records", target=batch, data=counts)
    return batch


def _in_batches(rows: Iterator[TableRow]) -> Iterator[list[TableRow]]:
    while batch := list(islice(rows, BATCH_ROWS)):
        yield batch
