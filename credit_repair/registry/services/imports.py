"""The import of a table: at once, or received now and run by a worker; and one refused row again."""

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from itertools import islice
from pathlib import Path
from typing import IO, Any
from uuid import UUID, uuid4

from django.core.files import File
from django.db import IntegrityError, OperationalError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from credit_repair.core import audit, bulk
from credit_repair.core.clock import now, today
from credit_repair.core.languages import in_site_language
from credit_repair.registry.importing.columns import ImportUnreadable
from credit_repair.registry.importing.kept import kept_row
from credit_repair.registry.importing.known import keys_met
from credit_repair.registry.importing.load import load_rows, load_single
from credit_repair.registry.importing.reader import SourceTable
from credit_repair.registry.importing.report import Outcome, RowOutcome
from credit_repair.registry.importing.row import TableRow
from credit_repair.registry.importing.run import UNENDED, Overtaken, Run
from credit_repair.registry.importing.scope import ImportScope
from credit_repair.registry.importing.supply import Supply
from credit_repair.registry.law import Law, keep_edition, law_in_force, one_law
from credit_repair.registry.models import ImportBatch, ImportLine, Platform
from credit_repair.rules import RuleBook

#: Rows per transaction: few enough to hold locks for moments, enough to make queries rare.
BATCH_ROWS = 2000
_TRIES = 3
_COLLECT_AFTER = 200_000

State = ImportBatch.State
Report = Callable[[RowOutcome], None]
#: Told how many rows have been dealt with, and how many there are.
Progress = Callable[[int, int], None]


@in_site_language()
def import_file(
    *,
    path_or_file: str | Path | IO[bytes],
    file_name: str,
    as_of: date,
    imported_by: Any = None,
    platforms: Sequence[Platform] = (),
    scope: ImportScope | None = None,
    report: Report | None = None,
    book: RuleBook | None = None,
    kind: str | None = None,
    progress: Progress | None = None,
    batch: ImportBatch | None = None,
    group: UUID | None = None,
) -> ImportBatch:
    """Import a table (CSV or .xlsx) at once and return the batch with its counts.

    Good rows are taken, bad ones refused; one row's fault never stops the file. Offices and subjects that
    are not known come into being. A row that is known by its natural key, or by a former one, updates its
    record where it differs, with an event that keeps old and new values; the same row again changes nothing.
    What has ended is brought up to date but never revived; what ended before `as_of` comes in as history.
    A list entry that its source took off is withdrawn.

    Publications come into being for active records alone, on `platforms` alone, in the state `publishing`:
    see `selectors.publications_to_announce`. No message is sent from here.

    Rows are written 2,000 to a transaction. A crash leaves whole batches and no `finished_at`; the same file
    imported again then goes on where it stopped.

    `kind` is a Record.Kind; without it, the header of the table decides. `as_of` is the day of the import:
    later decisions are refused. `imported_by` is a user, None for the system. `scope` says whose data that
    person may bring, other rows are refused; None, as on the command line, means everybody's. `report` is
    told what became of each row, in order, once it is committed; `progress` how far it has come. `batch` is
    one that waits for this file, `group` what files share that came in together.

    Raises ImportUnreadable, before anything has changed, where the file cannot be read to its end.
    """
    with SourceTable(path_or_file, kind=kind) as table, one_law(_law(book)) as law:
        mine = batch or _new_batch(
            table,
            file_name=file_name,
            as_of=as_of,
            imported_by=imported_by,
            state=State.RUNNING,
            group=group,
        )
        if batch is None:
            mine.platforms.set(platforms)
        run = _run_of(mine, law=law, platforms=platforms, scope=scope)
        try:
            _go_through(table, run, report=report, progress=progress)
        except BaseException:
            # Also where somebody breaks it off at the keyboard: what has come in can then be taken back.
            if batch is None:
                ImportBatch.objects.filter(pk=mine.pk, state=State.RUNNING).update(state=State.STOPPED)
            raise
    return _finish(mine)


def receive_file(
    *,
    file: Any,
    file_name: str,
    kind: str | None,
    as_of: date,
    imported_by: Any,
    platforms: Sequence[Platform],
    group: UUID | None = None,
) -> ImportBatch:
    """Take a file in to be imported later by `run_batch`; return the waiting batch.

    `file` is a binary file, e.g. an upload. It is kept privately until the import has ended. `kind` is a
    Record.Kind; without it, the header decides. The caller asks for the job.

    Raises ImportUnreadable, before anything is stored, where the table cannot be read to its end.
    """
    with SourceTable(file, kind=kind) as table:
        file.seek(0)
        with transaction.atomic():
            batch = _new_batch(
                table,
                file_name=file_name,
                as_of=as_of,
                imported_by=imported_by,
                state=State.WAITING,
                group=group,
            )
            batch.platforms.set(platforms)
            # The name on the disk tells nothing, and is never the one that somebody chose.
            batch.file.save(f"{batch.uuid}{Path(file_name).suffix[:8]}", File(file), save=True)
    return batch


@in_site_language()
def run_batch(
    *, batch: ImportBatch, scope: ImportScope | None, progress: Progress | None = None
) -> ImportBatch:
    """Import the file of a batch that was received; return the batch.

    Idempotent: broken off anywhere and called again, it goes on after the last row that was committed, and
    counts no row twice; a batch that is done or undone is left as it is. While another worker is at it, or
    has just ended it, it gives way. A file that can no longer be read makes the batch `unreadable`, with the
    words in `problem`; or `stopped`, where rows have come in that somebody may want to take back. The file
    is deleted when the import has ended.
    """
    batch.refresh_from_db()
    if batch.state in UNENDED:
        try:
            _run_or_give_up(batch, scope=scope, progress=progress)
        except Overtaken:
            return ImportBatch.objects.get(pk=batch.pk)
    _drop_file(batch)
    return batch


@transaction.atomic
@in_site_language()
def reimport_line(
    *, line: ImportLine, scope: ImportScope | None, as_of: date | None = None, actor: Any = None
) -> RowOutcome:
    """Take a refused row up again, e.g. after a change of name was accepted; return what became of it.

    The row is judged and written by the same code as a file. The batch's counts follow: one refused row
    less, one of the new outcome more. SupplyCount does not: it says how the source supplied. A line without
    anything left to read is deleted; one to which a conflict of names belongs stays, with its new outcome.

    `as_of` is the day on which it is taken up, today by default; `actor` who did it.

    Raises ValueError for a line that was not refused, or whose row was not kept.
    """
    batch = ImportBatch.objects.select_for_update().get(pk=line.batch_id)
    line = ImportLine.objects.select_for_update().get(pk=line.pk)
    if line.outcome != Outcome.REFUSED or not line.cells:
        raise ValueError("only a refused row whose cells were kept can be taken up again")
    with one_law() as law:
        run = _run_of(
            batch, law=law, platforms=list(batch.platforms.all()), scope=scope, as_of=as_of or today()
        )
        if actor is not None:
            run.actor_label = str(actor)[:100]
        outcome = load_single(run, kept_row(line, kind=batch.kind, book=law.book))
    if outcome.outcome != Outcome.REFUSED:
        ImportBatch.objects.filter(pk=batch.pk).update(
            **{"refused": F("refused") - 1, outcome.outcome.value: F(outcome.outcome.value) + 1}
        )
    _correct(line, outcome)
    return outcome


def _run_or_give_up(batch: ImportBatch, *, scope: ImportScope | None, progress: Progress | None) -> None:
    try:
        _run_stored(batch, scope=scope, progress=progress)
    except ImportUnreadable as error:
        _give_up(batch, str(error))


def _run_stored(batch: ImportBatch, *, scope: ImportScope | None, progress: Progress | None) -> None:
    """Import the file that is kept with `batch`, from the row on that it has reached."""
    if not batch.file.name or not batch.file.storage.exists(batch.file.name):
        raise ImportUnreadable(_("上传的文件已经不在了，请重新上传。"))
    if not ImportBatch.objects.filter(pk=batch.pk, state__in=UNENDED).update(state=State.RUNNING):
        raise Overtaken
    with (
        batch.file.open("rb") as file,
        SourceTable(file, kind=batch.kind) as table,
        one_law() as law,
    ):
        run = _run_of(batch, law=law, platforms=list(batch.platforms.all()), scope=scope)
        _go_through(table, run, report=None, progress=progress)
    _finish(batch)


def _correct(line: ImportLine, outcome: RowOutcome) -> None:
    """Let the line say what became of its row."""
    if not outcome.needs_a_look and not hasattr(line, "conflict"):
        line.delete()
        return
    line.outcome, line.field, line.code, line.reason = outcome.as_tuple()[1:]
    if outcome.outcome != Outcome.REFUSED:
        line.cells = ""
    line.save(update_fields=["outcome", "field", "code", "reason", "cells"])


def _law(book: RuleBook | None) -> Law | None:
    """The law in force, under another book where the caller brings one."""
    if book is None:
        return None
    law = law_in_force()
    return Law(book=book, calendar=law.calendar, version=law.version, changed_at=law.changed_at)


def _new_batch(
    table: SourceTable, *, file_name: str, as_of: date, imported_by: Any, state: str, group: UUID | None
) -> ImportBatch:
    return ImportBatch.objects.create(
        group=group or uuid4(),
        kind=table.kind,
        state=state,
        file_name=file_name[-200:],
        sha256=table.sha256,
        as_of=as_of,
        started_at=now(),
        imported_by=imported_by,
        total=table.count,
    )


def _run_of(
    batch: ImportBatch,
    *,
    law: Law,
    platforms: Sequence[Platform],
    scope: ImportScope | None,
    as_of: date | None = None,
) -> Run:
    who = batch.imported_by
    return Run(
        batch=batch,
        law=law,
        as_of=as_of or batch.as_of,
        at=now(),
        actor_label=str(who)[:100] if who is not None else audit.SYSTEM_LABEL,
        platforms=platforms,
        scope=scope,
        reached=batch.reached,
    )


def _go_through(table: SourceTable, run: Run, *, report: Report | None, progress: Progress | None) -> None:
    """Import the rows of `table` that this batch has not yet reached."""
    keep_edition(run.law.book)
    rows = (TableRow.read(raw, book=run.law.book, layout=table.layout) for raw in table.rows())
    if run.reached:
        run.seen = keys_met(run.batch, rows, reached=run.reached)
        run.supply = Supply.of(run.batch)
        rows = (TableRow.read(raw, book=run.law.book, layout=table.layout) for raw in table.rows())
        rows = (row for row in rows if row.number > run.reached)
    with bulk.large_write(ImportBatch), _rare_collections():
        for some in _in_batches(rows):
            for outcome in _load_with_patience(run, some):
                if report is not None:
                    report(outcome)
            if progress is not None:
                progress(min(run.reached, table.count), table.count)


@contextmanager
def _rare_collections() -> Iterator[None]:
    """Look for rings of objects more rarely: a batch makes many objects and no rings, and the search for
    them was a fifth of the time.
    """
    before = gc.get_threshold()
    gc.set_threshold(max(before[0], _COLLECT_AFTER), *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _load_with_patience(run: Run, rows: list[TableRow]) -> list[RowOutcome]:
    """Try again where another import has just brought the same office, subject or record into being."""
    for _try in range(_TRIES - 1):
        try:
            return load_rows(run, rows)
        except (IntegrityError, OperationalError):
            continue
    return load_rows(run, rows)


@transaction.atomic
def _finish(batch: ImportBatch) -> ImportBatch:
    batch.refresh_from_db(from_queryset=ImportBatch.objects.select_for_update())
    if batch.state not in UNENDED:
        return batch
    batch.finished_at = now()
    batch.state = State.DONE
    batch.save(update_fields=["finished_at", "state"])
    counts = {name: getattr(batch, name) for name in ("taken", "updated", "unchanged", "refused")}
    audit.record(actor=batch.imported_by, action="import_records", target=batch, data=counts)
    return batch


@transaction.atomic
def _give_up(batch: ImportBatch, words: str) -> None:
    """End an import whose file can no longer be read; what has come in stays, and can be taken back.

    Raises Overtaken where another worker has ended it: that one has deleted the file, too.
    """
    batch.refresh_from_db(from_queryset=ImportBatch.objects.select_for_update())
    if batch.state not in UNENDED:
        raise Overtaken
    batch.state = State.STOPPED if batch.reached else State.UNREADABLE
    batch.problem, batch.finished_at = words, now()
    batch.save(update_fields=["state", "problem", "finished_at"])


def _drop_file(batch: ImportBatch) -> None:
    """Delete the file, which holds personal numbers; the name goes last, so that a crash leaves no orphan."""
    if batch.file.name:
        batch.file.storage.delete(batch.file.name)
        batch.file = ""
        batch.save(update_fields=["file"])


def _in_batches(rows: Iterator[TableRow]) -> Iterator[list[TableRow]]:
    while batch := list(islice(rows, BATCH_ROWS)):
        yield batch
