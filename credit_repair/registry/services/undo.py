"""Undoing an import 撤销导入, while nothing hangs on what it brought."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import ForeignKey
from django.utils.translation import gettext as _

from credit_repair.core import audit
from credit_repair.core.clock import now
from credit_repair.core.languages import in_site_language
from credit_repair.registry.later_imports import LaterImports, later_imports_of
from credit_repair.registry.law import one_law
from credit_repair.registry.models import (
    ImportBatch,
    NameConflict,
    Office,
    Publication,
    Record,
    RecordEvent,
    Subject,
)
from credit_repair.registry.plain import as_json
from credit_repair.registry.services.records import (
    ASSESSED_FIELDS,
    assess_record,
    change_standing,
    keep_until_down,
)
from credit_repair.registry.traces import (
    Hindrance,
    Traces,
    chunks,
    events_of,
    hindrances_of,
    traces_of,
    unused_offices,
    unused_subjects,
    waiting_publications,
)
from credit_repair.rules import RuleBook, parse_penalty_types

UNDOABLE = (ImportBatch.State.DONE, ImportBatch.State.STOPPED)
_WRITTEN = (*ASSESSED_FIELDS, "penalty_types", "standing", "ended_on", "changed_at")


class UndoRefused(ValueError):
    """The import cannot be undone; `reasons` say why, each a whole sentence."""

    def __init__(self, reasons: Iterable[str]) -> None:
        self.reasons = list(reasons)
        super().__init__("".join(self.reasons))


@dataclass(frozen=True)
class UndoPlan:
    """What undoing would do: how many records go, how many become what they were; and what forbids it."""

    brought: int
    updated: int
    publications: int
    hindrances: tuple[Hindrance | LaterImports, ...]


def undo_plan(*, batch: ImportBatch) -> UndoPlan:
    """Return what undoing `batch` would do; nothing is changed and nothing locked."""
    traces = traces_of(batch)
    touched = events_of(batch)
    new = touched.filter(what=RecordEvent.What.IMPORTED).values("record")
    publications = waiting_publications(new).count()
    if traces.updated:
        everywhere = waiting_publications(touched.values("record"), platforms=batch.platforms.all())
        publications += everywhere.exclude(record__in=new).count()
    return UndoPlan(
        brought=len(traces.brought),
        updated=len(traces.updated),
        publications=publications,
        hindrances=tuple(_hindrances(traces, batch)),
    )


@transaction.atomic
def undo_batch(*, batch: ImportBatch, actor: Any, today: date) -> ImportBatch:
    """Take back what `batch` brought, all of it or nothing; return the batch as it now is.

    New records go, with their events and with publications of which no platform knows; changed ones get
    the values back that they had, by the rules in force on `today`, with an event that says so. Subjects
    and offices that came in with the records go where nothing else needs them. Open conflicts of names go
    undecided no longer, and the counts of how well a source supplied are taken back, too. The batch, its
    report and this act stay on record.

    The batch is locked first, then its records by their keys, then what they speak of: nobody can begin
    anything on a record between the question and the deed.

    Raises UndoRefused with every reason where anything hangs on the records, where a later import brought
    the same data again, or where the batch is under way, unreadable or undone.
    """
    batch = ImportBatch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
    if batch.state not in UNDOABLE:
        words = _("这批导入的状态是“%s”，不能撤销。")
        raise UndoRefused([words % batch.get_state_display()])
    traces = traces_of(batch)
    for chunk in chunks(traces.events):
        list(Record.objects.select_for_update(of=("self",)).filter(pk__in=chunk).order_by("pk").only("pk"))
    # Asked again under the locks, or a platform might be told of what goes the next moment.
    hindrances = _hindrances(traces, batch)
    if hindrances:
        raise UndoRefused(str(each) for each in hindrances)
    offices = _restore_updated(batch, traces, actor=actor, today=today)
    subjects, named = _delete_brought(traces)
    gone = _delete_unused(subjects, offices | named, batch)
    _close(batch, actor)
    counts = {"records": len(traces.brought), "updated": len(traces.updated), **gone}
    audit.record(actor=actor, action="undo_import", target=batch, data=counts)
    return batch


def _hindrances(traces: Traces, batch: ImportBatch) -> list[Hindrance | LaterImports]:
    """What keeps `batch` from being undone; nothing where it left nothing."""
    if not traces.events:
        return []
    return [*hindrances_of(traces, batch), *later_imports_of(batch)]


def _delete_brought(traces: Traces) -> tuple[set[int], set[int]]:
    """Delete the new records; return the keys of the subjects and offices that they spoke of."""
    subjects: set[int] = set()
    offices: set[int] = set()
    for chunk in chunks(traces.brought):
        records = Record.objects.filter(pk__in=chunk)
        for subject, authority, source in records.values_list("subject", "authority", "source_office"):
            subjects.add(subject)
            offices.update(pk for pk in (authority, source) if pk is not None)
        waiting_publications(chunk).delete()
        RecordEvent.objects.filter(record__in=chunk).delete()
        records.delete()
    return subjects, offices


def _delete_unused(subjects: Iterable[int], offices: Iterable[int], batch: ImportBatch) -> dict[str, int]:
    counts = {"subjects": 0, "offices": 0}
    for chunk in chunks(subjects):
        list(Subject.objects.select_for_update().filter(pk__in=chunk).order_by("pk").only("pk"))
        unused = unused_subjects(chunk, batch)
        Subject.objects.filter(pk__in=unused).delete()
        counts["subjects"] += len(unused)
    for chunk in chunks(offices):
        list(Office.objects.select_for_update(of=("self",)).filter(pk__in=chunk).order_by("pk").only("pk"))
        idle = unused_offices(chunk)
        Office.objects.filter(pk__in=idle).delete()
        counts["offices"] += len(idle)
    return counts


def _restore_updated(batch: ImportBatch, traces: Traces, *, actor: Any, today: date) -> set[int]:
    """Give the changed records their former values back; return the offices that they no longer name."""
    left: set[int] = set()
    platforms = list(batch.platforms.all())
    with one_law() as law:
        for chunk in chunks(traces.updated):
            found = Record.objects.filter(pk__in=chunk).order_by("pk")
            records = list(found.select_related("authority__sector", "sector", "source_office"))
            former = _former_values(traces, chunk)
            events = []
            for record in records:
                source = record.source_office_id
                _revive(record, traces)
                changes = _restore(record, former[record.pk], book=law.book, today=today)
                if source is not None and source != record.source_office_id:
                    left.add(source)
                events.append(_event(record, batch, changes, actor=actor, today=today))
            names = {name for values in former.values() for name in values}
            Record.objects.bulk_update(records, sorted({*_WRITTEN, *names}), batch_size=100)
            RecordEvent.objects.bulk_create(events)
            waiting_publications(chunk, platforms=platforms).delete()
            _keep_down(records)
    return left


def _former_values(traces: Traces, chunk: list[int]) -> dict[int, dict[str, Any]]:
    """What the fields of each record were before the import touched them, as its events say."""
    own = [trace.pk for record in chunk for trace in traces.events[record]]
    values: dict[int, dict[str, Any]] = {record: {} for record in chunk}
    for event in RecordEvent.objects.filter(pk__in=own).order_by("pk"):
        for name, change in event.data.get("changes", {}).items():
            values[event.record_id].setdefault(name, change["old"])
    offices = {
        office.code: office
        for office in Office.objects.filter(code__in={each.get("source_office") for each in values.values()})
    }
    return {
        record: {name: _value(name, old, offices) for name, old in each.items()}
        for record, each in values.items()
    }


def _value(name: str, old: Any, offices: dict[str, Office]) -> Any:
    field = Record._meta.get_field(name)
    if isinstance(field, ForeignKey):
        return offices.get(old)
    if old is None:
        return None if field.null else ""
    return field.to_python(old)  # type: ignore[union-attr]


def _revive(record: Record, traces: Traces) -> None:
    """Take back that the import ended the record, because its source had taken it off its list."""
    ended = any(trace.what == RecordEvent.What.WITHDRAWN for trace in traces.events[record.pk])
    if ended and record.standing == Record.Standing.WITHDRAWN:
        record.standing, record.ended_on = Record.Standing.ACTIVE, None


def _restore(record: Record, former: dict[str, Any], *, book: RuleBook, today: date) -> dict[str, Any]:
    """Put the former values into `record`, in memory; return what changed, as an event says it."""
    changes = {}
    for name, value in former.items():
        changes[name] = {"old": as_json(getattr(record, name)), "new": as_json(value)}
        setattr(record, name, value)
    if "penalty_text" in former and record.kind == Record.Kind.PENALTY:
        record.penalty_types = list(parse_penalty_types(record.penalty_text, book=book))
    assess_record(record, book=book, as_of=today)
    change_standing(record, as_of=today)
    keep_until_down(record)
    record.changed_at = now()
    return changes


def _keep_down(records: list[Record]) -> None:
    """Let what a platform had taken down, and was to publish again because of the import, stay down."""
    not_public = [record for record in records if not record.is_public]
    again = Publication.objects.filter(
        record__in=not_public, state=Publication.State.PUBLISHING, removed_at__isnull=False
    )
    again.update(state=Publication.State.REMOVED)


@in_site_language()
def _event(record: Record, batch: ImportBatch, changes: Any, *, actor: Any, today: date) -> RecordEvent:
    return RecordEvent(
        record=record,
        what=RecordEvent.What.CHANGED,
        at=now(),
        on=today,
        actor_label=str(actor)[:100] if actor is not None else audit.SYSTEM_LABEL,
        data={
            "undone_batch": str(batch.uuid),
            "reason": _("撤销导入“%s”") % batch.file_name,
            "changes": changes,
        },
    )


@in_site_language()
def _close(batch: ImportBatch, actor: Any) -> None:
    NameConflict.objects.filter(line__batch=batch, state=NameConflict.State.OPEN).update(
        state=NameConflict.State.DISMISSED,
        reason=_("导入批次已撤销。"),
        decided_at=now(),
        decided_by=actor,
    )
    batch.supply.all().delete()
    batch.state, batch.undone_at, batch.undone_by = ImportBatch.State.UNDONE, now(), actor
    batch.save(update_fields=["state", "undone_at", "undone_by"])
