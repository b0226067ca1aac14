"""What an import has left in the register, and what has come to hang on it since."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Exists, Model, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from credit_repair.core.wording import listed
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
    on: date


@dataclass(frozen=True)
class Hindrance:
    """Why an import cannot be undone: how many records have what, and some of them by their numbers 文号."""

    what: str
    count: int
    examples: tuple[str, ...]

    def __str__(self) -> str:
        words = {"count": self.count, "what": self.what, "examples": listed(self.examples)}
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

    @property
    def first(self) -> Trace | None:
        """The first event that the import wrote, if it wrote any."""
        return min((trail[0] for trail in self.events.values()), key=lambda trace: trace.at, default=None)


def events_of(batch: ImportBatch) -> QuerySet[RecordEvent]:
    """Return the events that `batch` wrote. There is no index: the question reads every event once."""
    return RecordEvent.objects.filter(data__batch=str(batch.uuid)).order_by()


def traces_of(batch: ImportBatch) -> Traces:
    """Return what `batch` left, in one query that reads every event once."""
    found = Traces()
    events = events_of(batch).order_by("record_id", "pk")
    columns = ("record_id", "pk", "uuid", "what", "at", "on")
    for record, *event in events.values_list(*columns).iterator():
        trace = Trace(*event)
        found.events.setdefault(record, []).append(trace)
        if trace.what == RecordEvent.What.IMPORTED:
            found.brought.append(record)
    return found


def hindrances_of(traces: Traces, batch: ImportBatch) -> list[Hindrance]:
    """Return what keeps an import from being undone: everything that came to hang on its records since.

    Whatever points at a record counts, also what a package that the register does not know points with; on
    a record that was there before, what came after the import. A subject that the import alone speaks of
    counts with the records. The number of questions does not grow with the rows.
    """
    brought, touched = set(traces.brought), events_of(batch)
    new = touched.filter(what=RecordEvent.What.IMPORTED).values("record")
    found = {
        _("此后又有变动"): _with_later_events(traces, touched),
        _("已由平台确认公示"): _with_confirmed_publications(new),
    }
    for relation in _relations(Record, besides=(RecordEvent, Publication)):
        came = _came_after(relation, traces, touched)
        later = _holders(relation, touched.values("record"), came=came) - brought if came else set()
        found[_("已有“%s”") % _name(relation)] = _holders(relation, new) | later
    for relation in _relations(Subject, besides=(Record, NameGram, NameConflict)):
        came = _came_after(relation, traces, touched)
        held = _records_of_held_subjects(relation, new, brought, came=came) if came else set()
        found[_("的主体已有“%s”") % _name(relation)] = held
    return [_hindrance(what, records) for what, records in found.items() if records]


def waiting_publications(
    records: Any, *, platforms: Iterable[Platform] | None = None
) -> QuerySet[Publication]:
    """Return the publications of `records` (keys, or a query for them) of which no platform has been told.

    With `platforms`, those at these.
    """
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
    fields: Iterable[Any] = model._meta.get_fields(include_hidden=True)
    return [
        relation
        for relation in fields
        if relation.auto_created
        and not relation.concrete
        and (relation.one_to_many or relation.one_to_one)
        and relation.on_delete is not models.DO_NOTHING
        and relation.related_model not in besides
    ]


def _name(relation: Any) -> str:
    return str(relation.related_model._meta.verbose_name)


def _with_later_events(traces: Traces, touched: QuerySet[RecordEvent]) -> set[int]:
    """The records that somebody or something else has changed after the import."""
    own = {trace.pk for trail in traces.events.values() for trace in trail}
    events = RecordEvent.objects.filter(record__in=touched.values("record"))
    return {
        record
        for record, pk in events.values_list("record_id", "pk").order_by().iterator()
        if pk not in own and pk > traces.events[record][0].pk
    }


def _with_confirmed_publications(records: Any) -> set[int]:
    waiting = Q(state=Publication.State.PUBLISHING, shown_at=None)
    confirmed = Publication.objects.filter(record__in=records).exclude(waiting)
    return set(confirmed.values_list("record_id", flat=True))


def _holders(relation: Any, keys: Any, *, came: Q | None = None) -> set[int]:
    """Which of `keys` something points at by `relation`; with `came`, something that fits it."""
    rows = relation.related_model._base_manager.filter(came or Q(), **{f"{relation.field.name}__in": keys})
    return set(rows.order_by().values_list(relation.field.attname, flat=True))


def _used(relation: Any, keys: set[int]) -> set[int]:
    return {key for chunk in chunks(keys) for key in _holders(relation, chunk)}


def _came_after(relation: Any, traces: Traces, touched: QuerySet[RecordEvent]) -> Q:
    """What came into being since the import, or because of it; empty where the rows cannot say."""
    first = traces.first
    names = {each.name for each in relation.related_model._meta.fields}
    came = Q()
    if first is None:
        return came
    for name in sorted(names & {"created_at", "on_at"}):
        came |= Q(**{f"{name}__gte": first.at})
    if "since" in names:
        came |= Q(since__gte=first.on)
    if "cause" in names:
        came |= Q(cause__in=touched.values("uuid"))
    return came


def _records_of_held_subjects(relation: Any, new: Any, brought: set[int], *, came: Q) -> set[int]:
    """The new records whose subject is new with them and has come to be held by something."""
    subjects = Record.objects.filter(pk__in=new).values("subject")
    records: set[int] = set()
    for chunk in chunks(_holders(relation, subjects, came=came)):
        speaking = list(Record.objects.filter(subject__in=chunk).values_list("pk", "subject_id"))
        known_before = {subject for pk, subject in speaking if pk not in brought}
        records |= {pk for pk, subject in speaking if subject not in known_before}
    return records


def _hindrance(what: str, records: set[int]) -> Hindrance:
    some = sorted(records)[:EXAMPLES]
    numbers = Record.objects.filter(pk__in=some).order_by("pk").values_list("doc_no", "subject__name")
    return Hindrance(what, len(records), tuple(doc_no or name for doc_no, name in numbers))
