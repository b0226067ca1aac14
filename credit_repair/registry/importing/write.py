"""Write what a batch of rows asks for, in the caller's transaction."""

import json
from collections import Counter
from collections.abc import Iterable
from datetime import date
from itertools import repeat
from typing import Any
from uuid import uuid4

from django.db.models import F

from credit_repair.core import bulk
from credit_repair.registry.importing.changes import LIST_SOURCE_FIELDS
from credit_repair.registry.importing.known import Known
from credit_repair.registry.importing.report import RowOutcome
from credit_repair.registry.importing.row import TableRow
from credit_repair.registry.importing.run import Run
from credit_repair.registry.importing.work import Refusal, Work
from credit_repair.registry.models import (
    ImportBatch,
    ImportLine,
    NameConflict,
    NameGram,
    Office,
    Publication,
    Record,
    RecordEvent,
    Subject,
)
from credit_repair.registry.names import grams_of
from credit_repair.registry.services.records import ASSESSED_FIELDS

_UPDATED_FIELDS = (*LIST_SOURCE_FIELDS, *ASSESSED_FIELDS, "standing", "ended_on", "changed_at")
#: bulk_update writes one CASE per field; beyond this a statement grows slower than it saves.
_UPDATE_ROWS = 100


def write_register(run: Run, known: Known, work: Work) -> None:
    """Write offices, subjects, records, their events and publications."""
    # In one order, so that two imports that bring the same ones wait for each other, not both ways round.
    Office.objects.bulk_create(sorted(known.new_offices, key=lambda office: office.code))
    _write_subjects(sorted(known.new_subjects, key=lambda subject: subject.key))
    for record in work.taken:
        record.subject_id, record.authority_id = record.subject.pk, record.authority.pk
        record.source_office_id = record.source_office.pk if record.source_office else None
    bulk.insert(work.taken)
    Record.objects.bulk_update(
        [record for record, _changes in work.updated], _UPDATED_FIELDS, batch_size=_UPDATE_ROWS
    )
    _write_events(run, work)
    _publish(run, work)


def write_lines(run: Run, work: Work) -> None:
    """Write what a person should read, the conflicts of names among it, and count the rows."""
    lines = ImportLine.objects.bulk_create(
        _line(run, outcome, work.refused.get(outcome.row))
        for outcome in work.outcomes
        if outcome.needs_a_look
    )
    NameConflict.objects.bulk_create(_conflicts(lines, work.refused))
    counts = Counter(outcome.outcome for outcome in work.outcomes)
    ImportBatch.objects.filter(pk=run.batch.pk).update(
        **{outcome.value: F(outcome.value) + count for outcome, count in counts.items()}
    )


def _write_subjects(subjects: list[Subject]) -> None:
    bulk.insert(subjects)
    # In the order of the index, which then grows at few places.
    grams = sorted((gram, subject.pk) for subject in subjects for gram in grams_of(subject.name))
    bulk.insert_columns(
        NameGram, {"gram": [gram for gram, _key in grams], "subject_id": [key for _gram, key in grams]}
    )


def _line(run: Run, outcome: RowOutcome, refusal: Refusal | None) -> ImportLine:
    return ImportLine(
        batch=run.batch,
        row=outcome.row,
        outcome=outcome.outcome,
        field=outcome.field,
        code=outcome.code,
        reason=outcome.reason,
        cells=_cells(refusal.row) if refusal else "",
    )


def _cells(row: TableRow) -> str:
    """The row as it came, by field; date cells as ISO dates, which read the same."""
    given = {
        field: cell.isoformat() if isinstance(cell, date) else cell
        for field, cell in row.cells.items()
        if cell
    }
    return json.dumps(given, ensure_ascii=False)


def _conflicts(lines: Iterable[ImportLine], refused: dict[int, Refusal]) -> Iterable[NameConflict]:
    """For a person: the rows that name a known subject otherwise."""
    for line in lines:
        refusal = refused.get(line.row)
        if refusal is None or refusal.code != "name_code_conflict" or refusal.subject is None:
            continue
        yield NameConflict(
            line=line,
            subject=refusal.subject,
            known_name=refusal.subject.name,
            name=refusal.row.text("name"),
        )


def _write_events(run: Run, work: Work) -> None:
    of_batch: dict[str, Any] = {"batch": str(run.batch.uuid)}
    _write_events_of(run, RecordEvent.What.IMPORTED, work.taken, repeat(of_batch))
    _write_events_of(
        run,
        RecordEvent.What.CHANGED,
        [record for record, _changes in work.updated],
        (
            of_batch | {"changes": {change.field: change.as_dict() for change in changes}}
            for _record, changes in work.updated
        ),
    )
    _write_events_of(
        run,
        RecordEvent.What.WITHDRAWN,
        work.withdrawn,
        (of_batch | {"removed_on": f"{record.removed_on}"} for record in work.withdrawn),
    )


def _write_events_of(
    run: Run, what: RecordEvent.What, records: list[Record], data: Iterable[dict[str, Any]]
) -> None:
    bulk.insert_columns(
        RecordEvent,
        {
            "record_id": [record.pk for record in records],
            "uuid": [uuid4() for _record in records],
            "what": repeat(what.value),
            "at": repeat(run.at),
            "on": repeat(run.as_of),
            "actor_label": repeat(run.actor_label),
            "data": data,
        },
    )


def _publish(run: Run, work: Work) -> None:
    """Let the named platforms publish what is active, also records that an earlier import took without them.

    What a platform has or had already stays as it is, unless it was taken down while the record was not
    published: then it waits to be published again.
    """
    if not run.platforms:
        return
    bulk.insert(
        [
            Publication(record=record, platform=platform)
            for record in work.taken
            if _is_to_be_shown(record, run.as_of)
            for platform in run.platforms
        ]
    )
    known = [*(record for record, _changes in work.updated), *work.unchanged]
    Publication.objects.bulk_create(
        (
            Publication(record=record, platform=platform)
            for record in known
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
