"""What an import has left in the register, and what has come to hang on it since."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Exists, Model, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from credit_repair.registry.models import (
    ImportBatch,
    NameConflict,
    NameGram,
    Office,
    Platform,
    Publication,
    Record,
    RecordEvent,
    Subject,
)

#: Records per question: few enough for every database's limit on the values of a statement.
CHUNK = 500
EXAMPLES = 3


@dataclass(frozen=True)
class Trace:
    """One event that an import wrote on a record."""

    pk: int
    uuid: UUID
    what: str
    at: datetime


@dataclass(frozen=True)
class Hindrance:
    """Why an import cannot be undone: how many records have what, and some of them by their numbers 文号."""

    what: str
    count: int
    examples: tuple[str, ...]

    def __str__(self) -> str:
        words = {"count": self.count, "what": self.what, "examples": "、".join(self.examples)}
        if self.count > len(self.examples):
            return _("%(count)s条记录%(what)s，如%(examples)s等。") % words
        return _("%(count)s条记录%(what)s：%(examples)s。") % words


@dataclass
class Traces:
    """The events of one import by record, in the order of their keys; `brought` the records that are new."""

    events: dict[int, list[Trace]] = field(default_factory=dict)
    brought: list[int] = field(default_factory=list)

    @property
    def updated(self) -> list[int]:
        """The records that were there before and that the import changed."""
        brought = set(self.brought)
        return [pk for pk in self.events if pk not in brought]

    def since(self, records: Iterable[int]) -> datetime:
        """When the import first touched one of these records."""
        return min(self.events[pk][0].at for pk in records)


def traces_of(batch: ImportBatch) -> Traces:
    """Return what `batch` left, in one query that reads every event once."""
    found = Traces()
    events = RecordEvent.objects.filter(data__batch=str(batch.uuid)).order_by("record_id", "pk")
    for record, pk, uuid, what, at in events.values_list("record_id", "pk", "uuid", "what", "at").iterator():
        found.events.setdefault(record, []).append(Trace(pk, uuid, what, at))
        if what == RecordEvent.What.IMPORTED:
            found.brought.append(record)
    return found


def hindrances_of(traces: Traces) -> list[Hindrance]:
    """Return what keeps an import from being undone: everything that came to hang on its records since.

    Whatever points at a record counts, also what a package that the register does not know points with; on
    a record that was there before, what came after the import. A subject that the import alone speaks of
    counts with the records.
    """
    found: dict[str, list[int]] = {}
    for chunk in chunks(traces.brought):
        _add(found, _("此后又有变动"), _with_later_events(traces, chunk))
        _add(found, _("已由平台确认公示"), _with_confirmed_publications(chunk))
        for relation in _relations(Record, besides=(RecordEvent, Publication)):
            _add(found, _on_it(relation), _holders(relation, chunk))
        for subject in _relations(Subject, besides=(Record, NameGram, NameConflict)):
            _add(found, _on_its_subject(subject), _records_of_held_subjects(subject, chunk, traces))
    for chunk in chunks(traces.updated):
        _add(found, _("此后又有变动"), _with_later_events(traces, chunk))
        for relation in _relations(Record, besides=(RecordEvent, Publication)):
            _add(
                found, _on_it(relation), _holders(relation, chunk, came=_came_after(relation, traces, chunk))
            )
    return [_hindrance(what, records) for what, records in found.items() if records]


def waiting_publications(
    records: Iterable[int], *, platforms: Iterable[Platform] | None = None
) -> QuerySet[Publication]:
    """Return the publications of `records` of which no platform has been told; with `platforms`, theirs."""
    found = Publication.objects.filter(
        record__in=records, state=Publication.State.PUBLISHING, shown_at=None, removed_at=None
    )
    if platforms is not None:
        found = found.filter(platform__in=platforms)
    for relation in _relations(Record, besides=(RecordEvent, Publication)):
        if any(each.name == "platform" for each in relation.related_model._meta.fields):
            told = relation.related_model._base_manager.filter(
                **{relation.field.name: OuterRef("record")}, platform=OuterRef("platform")
            )
            found = found.exclude(Exists(told))
    return found


def unused_subjects(subjects: Iterable[int], batch: ImportBatch) -> list[int]:
    """Return which of these subjects nothing points at, but conflicts of names in `batch` itself."""
    left = set(subjects)
    for relation in _relations(Subject, besides=(NameGram, NameConflict)):
        left -= _used(relation, left)
    elsewhere = NameConflict.objects.filter(subject__in=left).exclude(line__batch=batch)
    return sorted(left - set(elsewhere.values_list("subject", flat=True)))


def unused_offices(offices: Iterable[int]) -> list[int]:
    """Return which of these offices came in by an import and nothing points at any longer.

    One that a person has set up or edited has a history, and stays.
    """
    left = set(offices)
    left -= set(Office.history.filter(id__in=left).values_list("id", flat=True))
    for relation in _relations(Office):
        left -= _used(relation, left)
    return sorted(left)


def chunks(keys: Iterable[int]) -> Iterator[list[int]]:
    """Yield the keys in the order of their numbers, few at a time."""
    ordered = sorted(keys)
    return (ordered[start : start + CHUNK] for start in range(0, len(ordered), CHUNK))


def _relations(model: type[Model], *, besides: tuple[type[Model], ...] = ()) -> list[Any]:
    """Everything that points at `model` with a foreign key that the database holds to."""
    return [
        relation
        for relation in model._meta.get_fields(include_hidden=True)
        if relation.auto_created
        and not relation.concrete
        and (relation.one_to_many or relation.one_to_one)
        and relation.on_delete is not models.DO_NOTHING
        and relation.related_model not in besides
    ]


def _on_it(relation: Any) -> str:
    return _("已有“%s”") % relation.related_model._meta.verbose_name


def _on_its_subject(relation: Any) -> str:
    return _("的主体已有“%s”") % relation.related_model._meta.verbose_name


def _add(found: dict[str, list[int]], what: str, records: Iterable[int]) -> None:
    found.setdefault(what, []).extend(records)


def _with_later_events(traces: Traces, chunk: list[int]) -> set[int]:
    """The records that somebody or something else has changed after the import."""
    later = set()
    for record, pk in RecordEvent.objects.filter(record__in=chunk).values_list("record_id", "pk"):
        own = traces.events[record]
        if pk > own[0].pk and pk not in {trace.pk for trace in own}:
            later.add(record)
    return later


def _with_confirmed_publications(chunk: list[int]) -> set[int]:
    waiting = Q(state=Publication.State.PUBLISHING, shown_at=None)
    confirmed = Publication.objects.filter(record__in=chunk).exclude(waiting)
    return set(confirmed.values_list("record_id", flat=True))


def _holders(relation: Any, keys: Iterable[int], *, came: Q | None = None) -> set[int]:
    """Which of `keys` something points at by `relation`; with `came`, something that fits it."""
    rows = relation.related_model._base_manager.filter(came or Q(), **{f"{relation.field.name}__in": keys})
    return set(rows.order_by().values_list(relation.field.attname, flat=True))


def _used(relation: Any, keys: set[int]) -> set[int]:
    return {key for chunk in chunks(keys) for key in _holders(relation, chunk)}


def _came_after(relation: Any, traces: Traces, chunk: list[int]) -> Q:
    """What came into being since the import, or because of it, as far as the rows can say."""
    names = {each.name for each in relation.related_model._meta.fields}
    since = traces.since(chunk)
    came = Q()
    for name in names & {"created_at", "on_at"}:
        came |= Q(**{f"{name}__gte": since})
    if "since" in names:
        came |= Q(since__gte=since.date())
    if "cause" in names:
        came |= Q(cause__in=[trace.uuid for pk in chunk for trace in traces.events[pk]])
    return came


def _records_of_held_subjects(relation: Any, chunk: list[int], traces: Traces) -> list[int]:
    """The records of the chunk whose subject is new with them and has come to be held by something."""
    subjects = dict(Record.objects.filter(pk__in=chunk).values_list("pk", "subject_id"))
    held = _holders(relation, set(subjects.values()), came=_came_after(relation, traces, chunk))
    if not held:
        return []
    others = Record.objects.filter(subject__in=held).values_list("pk", "subject_id")
    brought = set(traces.brought)
    known_before = {subject for pk, subject in others if pk not in brought}
    return [pk for pk, subject in subjects.items() if subject in held - known_before]


def _hindrance(what: str, records: list[int]) -> Hindrance:
    some = sorted(set(records))[:EXAMPLES]
    numbers = Record.objects.filter(pk__in=some).order_by("pk").values_list("doc_no", "subject__name")
    return Hindrance(what, len(set(records)), tuple(doc_no or name for doc_no, name in numbers))
