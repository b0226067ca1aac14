"""Judge a batch of rows and write it: one transaction, a number of queries that does not grow by row."""

from collections.abc import Sequence

from django.db import transaction

from credit_repair.core import bulk
from credit_repair.registry.importing.changes import Change, changes_of, source_values
from credit_repair.registry.importing.checks import (
    Finding,
    first_refusal,
    warnings_of_numbers,
    warnings_of_period,
)
from credit_repair.registry.importing.known import Known
from credit_repair.registry.importing.parsing import is_credit_code
from credit_repair.registry.importing.report import Outcome, RowOutcome
from credit_repair.registry.importing.row import TableRow
from credit_repair.registry.importing.run import UNENDED, Overtaken, Run
from credit_repair.registry.importing.supply import came_late
from credit_repair.registry.importing.work import Refusal, Work
from credit_repair.registry.importing.write import write_lines, write_register
from credit_repair.registry.models import ImportBatch, Office, Record
from credit_repair.registry.services.records import assess_record, change_standing, settle_standing
from credit_repair.rules import Assessment


def load_rows(run: Run, rows: Sequence[TableRow]) -> list[RowOutcome]:
    """Judge and write `rows` in one transaction; return what became of each, in their order.

    Nothing outside the database changes before the transaction has committed, so a batch that met another
    import's insert can simply be tried again.

    Raises Overtaken where another worker has meanwhile gone on with this import, or it was undone.
    """
    reached = rows[-1].number
    with transaction.atomic():
        _claim(run, reached)
        known, work = _judge_all(run, rows)
        supply = run.supply.plus(work.supply)
        write_register(run, known, work)
        write_lines(run, work)
        supply.store(run.batch, month=run.as_of, sources=work.supply.counts)
    run.seen |= known.met
    run.supply, run.reached = supply, reached
    return work.outcomes


def load_single(run: Run, row: TableRow) -> RowOutcome:
    """Judge and write one row apart from its file, in the caller's transaction; counts and lines stay."""
    known, work = _judge_all(run, [row])
    write_register(run, known, work)
    return work.outcomes[0]


def _claim(run: Run, reached: int) -> None:
    """Move the batch on to the row `reached`: whoever does so first has these rows."""
    mine = ImportBatch.objects.filter(pk=run.batch.pk, reached=run.reached, state__in=UNENDED)
    if not mine.update(reached=reached):
        raise Overtaken


def _judge_all(run: Run, rows: Sequence[TableRow]) -> tuple[Known, Work]:
    known = Known(rows, as_of=run.as_of, book=run.law.book, seen=run.seen, scope=run.scope)
    work = Work()
    for row in rows:
        work.outcomes.append(_judge(run, known, row, work))
    return known, work


def _judge(run: Run, known: Known, row: TableRow, work: Work) -> RowOutcome:
    """Refuse the row, or put what it asks for into `work`."""
    refusal = first_refusal(row, known)
    if refusal is not None:
        work.refused[row.number] = Refusal(row, refusal.code, known.subject(row.subject_key))
        return _settle(row, work, Outcome.REFUSED, [refusal])
    known.meet(row.key)
    record = known.record(row.key)
    if record is None:
        return _take(run, known, row, work)
    changes = changes_of(record, source_values(row), source_office=_source_office(known, row))
    if not changes:
        work.unchanged.append(record)
        return _settle(row, work, Outcome.UNCHANGED)
    return _update(run, row, record, changes, work)


def _take(run: Run, known: Known, row: TableRow, work: Work) -> RowOutcome:
    said = {"doc_no": row.text("doc_no"), "list_name": row.text("list_name"), **source_values(row)}
    ours = {"kind": row.layout.kind, "natural_key": row.key, "created_at": run.at, "changed_at": run.at}
    record = bulk.new(Record, said | ours)
    record.subject = known.subject_of(row)
    record.authority = known.office_of(code=row.authority_code, name=row.text("authority"))
    record.source_office = _source_office(known, row)
    assessment = assess_record(record, book=run.law.book, as_of=run.as_of)
    settle_standing(record, as_of=run.as_of)
    if record.removed_on is not None:
        over = record.ended_on or record.removed_on
        record.standing, record.ended_on = Record.Standing.HISTORY, min(over, record.removed_on)
    work.taken.append(record)
    late = came_late(record, as_of=run.as_of, law=run.law)
    return _settle(row, work, Outcome.TAKEN, _warnings(row, assessment), late=late)


def _update(run: Run, row: TableRow, record: Record, changes: list[Change], work: Work) -> RowOutcome:
    for change in changes:
        setattr(record, change.field, change.new)
    record.penalty_types = list(row.penalty_types)
    record.changed_at = run.at
    assessment = assess_record(record, book=run.law.book, as_of=run.as_of)
    _change_standing(run, record, work)
    work.updated.append((record, changes))
    return _settle(row, work, Outcome.UPDATED, _warnings(row, assessment))


def _change_standing(run: Run, record: Record, work: Work) -> None:
    """What a change of the source means for the standing.

    Where the platforms show what is no longer published, they are told by `platforms.settlers`.
    """
    if record.has_ended:
        return
    if record.removed_on is not None:
        record.standing, record.ended_on = Record.Standing.WITHDRAWN, record.removed_on
        work.withdrawn.append(record)
    elif change_standing(record, as_of=run.as_of):
        work.brought_back.append(record)


def _settle(
    row: TableRow, work: Work, outcome: Outcome, findings: Sequence[Finding] = (), *, late: bool = False
) -> RowOutcome:
    """Count the row for its source, and say what became of it."""
    work.supply.count(row, outcome, [finding.code for finding in findings], late=late)
    return RowOutcome.of(row.number, outcome, findings)


def _warnings(row: TableRow, assessment: Assessment) -> list[Finding]:
    return [*warnings_of_numbers(row), *warnings_of_period(row, assessment)]


def _source_office(known: Known, row: TableRow) -> Office | None:
    """The office that supplies the data, where its code is right and it has a name or is known."""
    code, name = row.source_code, row.text("source")
    if not is_credit_code(code) or not (name or known.office(code)):
        return None
    return known.office_of(code=code, name=name)
