"""Write a batch of rows into the register: one transaction, a number of queries that does not grow by row."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from credit_repair.registry.importing.changes import SOURCE_FIELDS, Change, changes_of, source_values
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
from credit_repair.registry.importing.scope import ImportScope
from credit_repair.registry.models import (
    ImportBatch,
    ImportLine,
    Office,
    Platform,
    Publication,
    Record,
    RecordEvent,
    Subject,
)
from credit_repair.registry.services.records import ASSESSED_FIELDS, assess_record
from credit_repair.rules import Assessment, RuleBook

_UPDATED_FIELDS = (*SOURCE_FIELDS, *ASSESSED_FIELDS, "standing", "ended_on", "changed_at")
#: bulk_update writes one CASE per field; beyond this a statement grows slower than it saves.
_UPDATE_ROWS = 100


@dataclass
class Run:
    """One import: what holds for all its rows.

    `seen` are the natural keys met so far; `as_of` the day of the import, `at` its moment.
    """

    batch: ImportBatch
    book: RuleBook
    as_of: date
    at: datetime
    actor_label: str
    platforms: Sequence[Platform] = ()
    scope: ImportScope | None = None
    seen: set[str] = field(default_factory=set)


@dataclass
class _Work:
    """What a batch of rows asks to be written."""

    taken: list[Record] = field(default_factory=list)
    updated: list[tuple[Record, list[Change]]] = field(default_factory=list)
    unchanged: list[Record] = field(default_factory=list)
    brought_back: list[Record] = field(default_factory=list)
    outcomes: list[RowOutcome] = field(default_factory=list)


def load_rows(run: Run, rows: Sequence[TableRow]) -> list[RowOutcome]:
    """Judge and write `rows` in one transaction; return what became of each, in their order.

    Nothing outside the database changes before the transaction has committed, so a batch that met another
    import's insert can simply be tried again.
    """
    with transaction.atomic():
        known = Known(rows, as_of=run.as_of, book=run.book, seen=run.seen, scope=run.scope)
        work = _Work()
        for row in rows:
            work.outcomes.append(_judge(run, known, row, work))
        _write(run, known, work)
    run.seen |= known.met
    return work.outcomes


def _judge(run: Run, known: Known, row: TableRow, work: _Work) -> RowOutcome:
    """Refuse the row, or put what it asks for into `work`."""
    refusal = first_refusal(row, known)
    if refusal is not None:
        return RowOutcome.of(row.number, Outcome.REFUSED, [refusal])
    known.meet(row.key)
    record = known.record(row.key)
    if record is None:
        return _take(run, known, row, work)
    changes = changes_of(record, source_values(row), source_office=_source_office(known, row))
    if not changes:
        work.unchanged.append(record)
        return RowOutcome.of(row.number, Outcome.UNCHANGED)
    return _update(run, row, record, changes, work)


def _take(run: Run, known: Known, row: TableRow, work: _Work) -> RowOutcome:
    record = Record(
        natural_key=row.key,
        doc_no=row.text("doc_no"),
        subject=known.subject_of(row),
        authority=known.office_of(code=row.authority_code, name=row.text("authority")),
        source_office=_source_office(known, row),
        created_at=run.at,
        changed_at=run.at,
        **source_values(row),
    )
    assessment = assess_record(record, book=run.book, as_of=run.as_of)
    _settle_standing(record, run.as_of)
    work.taken.append(record)
    return RowOutcome.of(row.number, Outcome.TAKEN, _warnings(row, assessment))


def _update(run: Run, row: TableRow, record: Record, changes: list[Change], work: _Work) -> RowOutcome:
    for change in changes:
        setattr(record, change.field, change.new)
    record.penalty_types = list(row.penalty_types)
    record.changed_at = run.at
    assessment = assess_record(record, book=run.book, as_of=run.as_of)
    # What is shown and over ends by its own way, with messages; what has ended is not revived. Where the
    # platforms show what is no longer published, they are told by `platforms.settlers`.
    if record.standing == Record.Standing.UNPUBLISHED:
        _settle_standing(record, run.as_of)
        if record.standing == Record.Standing.ACTIVE:
            work.brought_back.append(record)
    elif record.standing == Record.Standing.ACTIVE and not record.published:
        record.standing = Record.Standing.UNPUBLISHED
    work.updated.append((record, changes))
    return RowOutcome.of(row.number, Outcome.UPDATED, _warnings(row, assessment))


def _warnings(row: TableRow, assessment: Assessment) -> list[Finding]:
    return [*warnings_of_numbers(row), *warnings_of_period(assessment)]


def _source_office(known: Known, row: TableRow) -> Office | None:
    """The office that supplies the data, where its code is right and it has a name or is known."""
    code, name = row.source_code, row.text("source")
    if not is_credit_code(code) or not (name or known.office(code)):
        return None
    return known.office_of(code=code, name=name)


def _settle_standing(record: Record, as_of: date) -> None:
    """Give a record that no platform shows its standing: ended before the import is history."""
    if record.effective_until is not None and record.effective_until < as_of:
        record.standing, record.ended_on = Record.Standing.HISTORY, record.effective_until
    elif record.published:
        record.standing = Record.Standing.ACTIVE
    else:
        record.standing = Record.Standing.UNPUBLISHED


def _write(run: Run, known: Known, work: _Work) -> None:
    # In one order, so that two imports that bring the same ones wait for each other, not both ways round.
    Office.objects.bulk_create(sorted(known.new_offices, key=lambda office: office.code))
    Subject.objects.bulk_create(sorted(known.new_subjects, key=lambda subject: subject.key))
    Record.objects.bulk_create(work.taken)
    Record.objects.bulk_update(
        [record for record, _changes in work.updated], _UPDATED_FIELDS, batch_size=_UPDATE_ROWS
    )
    RecordEvent.objects.bulk_create(_events(run, work))
    _publish(run, work)
    ImportLine.objects.bulk_create(
        ImportLine(
            batch=run.batch,
            row=outcome.row,
            outcome=outcome.outcome,
            field=outcome.field,
            code=outcome.code,
            reason=outcome.reason,
        )
        for outcome in work.outcomes
        if outcome.needs_a_look
    )
    counts = Counter(outcome.outcome for outcome in work.outcomes)
    ImportBatch.objects.filter(pk=run.batch.pk).update(
        **{outcome.value: F(outcome.value) + count for outcome, count in counts.items()}
    )


def _events(run: Run, work: _Work) -> list[RecordEvent]:
    taken = [_event(run, record, RecordEvent.What.IMPORTED, {}) for record in work.taken]
    updated = [
        _event(
            run,
            record,
            RecordEvent.What.CHANGED,
            {"changes": {change.field: change.as_dict() for change in changes}},
        )
        for record, changes in work.updated
    ]
    return taken + updated


def _event(run: Run, record: Record, what: RecordEvent.What, data: dict[str, Any]) -> RecordEvent:
    return RecordEvent(
        record=record,
        what=what,
        at=run.at,
        on=run.as_of,
        actor_label=run.actor_label,
        data={"batch": str(run.batch.uuid), **data},
    )


def _publish(run: Run, work: _Work) -> None:
    """Let the named platforms publish what is active, also records that an earlier import took without them.

    What a platform has or had already stays as it is, unless it was taken down while the record was not
    published: then it waits to be published again.
    """
    records = [*work.taken, *(record for record, _changes in work.updated), *work.unchanged]
    Publication.objects.bulk_create(
        (
            Publication(record=record, platform=platform)
            for record in records
            if _is_to_be_shown(record, run.as_of)
            for platform in run.platforms
        ),
        ignore_conflicts=True,
    )
    Publication.objects.filter(
        record__in=[record for record in work.brought_back if _is_to_be_shown(record, run.as_of)],
        platform__in=run.platforms,
        state__in=[Publication.State.REMOVING, Publication.State.REMOVED],
    ).update(state=Publication.State.PUBLISHING)


def _is_to_be_shown(record: Record, as_of: date) -> bool:
    """Whether the record may be published: active, and not only waiting to be ended by time."""
    over = record.effective_until is not None and record.effective_until < as_of
    return record.standing == Record.Standing.ACTIVE and record.published and not over
