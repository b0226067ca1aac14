"""What the pages over the register ask: whose records, whose imports, whose messages, which open case."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from credit_repair.cases.models import Case
from credit_repair.cases.parts import visible_cases
from credit_repair.people import access
from credit_repair.people.models import Membership
from credit_repair.people.reach import reach_of
from credit_repair.people.roles import roles_with
from credit_repair.platforms.models import Message
from credit_repair.registry.importing.scope import ImportScope
from credit_repair.registry.models import ImportBatch, ImportLine, Office, Record, Subject
from credit_repair.registry.selectors import search_records

LATEST_MESSAGES = 50


def record_offices(*, user: Any, on: date) -> list[Office]:
    """Return the offices through which `user` may read records: where they see cases or import records."""
    return list(Office.objects.filter(pk__in=_reading(user, on)))


def _reading(user: Any, on: date) -> frozenset[int]:
    reach = reach_of(user=user, on=on)
    return reach.offices("see_cases") | reach.offices("import_records")


def records_for_official(*, user: Any, on: date, **conditions: Any) -> QuerySet[Record]:
    """Return the records that an official may read, the newest decision first.

    A credit office reads those of the authorities that it answers for; every office those that it decided
    or supplied. `conditions` as `registry.selectors.search_records` takes them. A part of a natural person's
    name finds only those whose name the official sees in clear.
    """
    readable = readable_by(record_offices(user=user, on=on))
    own = partial(own_records, user=user, on=on)
    return search_records(persons=own, **conditions).filter(readable)


def own_records(*, user: Any, on: date, path: str = "") -> Q:
    """The records that are the official's own, on which no name is masked: on organisations and sole
    traders, of an office of theirs, among those whose data they import, or of a subject with a case that they
    may read. `path` leads to the record."""
    own = _reading(user, on)
    cases = visible_cases(user=user, on=on).filter(subject=OuterRef(f"{path}subject"))
    theirs = (
        ~Q(**{f"{path}subject__kind": Subject.Kind.PERSON})
        | Q(**{f"{path}authority__in": own})
        | Q(**{f"{path}source_office__in": own})
        | Q(Exists(cases))
    )
    imported = list(access.offices_where(user=user, permission="import_records", on=on))
    if imported:
        theirs |= readable_by(imported, path=path) or Q(**{f"{path}pk__isnull": False})
    return theirs


def authorities_for_official(*, user: Any, on: date) -> list[Office]:
    """Return the authorities of the records that an official may read, by name."""
    offices = record_offices(user=user, on=on)
    theirs = _authorities_of(offices)
    named = Office.objects.filter(Exists(Record.objects.filter(authority=OuterRef("pk"))))
    if theirs is not None:
        supplied = Record.objects.filter(source_office__in=offices)
        named = named.filter(Q(pk__in=theirs) | Q(pk__in=supplied.values("authority")))
    return list(named.only("name", "code").order_by("name", "pk"))


def readable_by(offices: list[Office], *, path: str = "") -> Q:
    """The records that these offices may read; `path` leads to the record, e.g. record__."""
    authorities = _authorities_of(offices)
    if authorities is None:
        return Q()
    return Q(**{f"{path}authority__in": authorities}) | Q(**{f"{path}source_office__in": offices})


def _authorities_of(offices: list[Office]) -> set[int] | None:
    """The authorities all of whose records these offices may read; None for every one there is."""
    credit = [office for office in offices if office.kind == Office.Kind.CREDIT]
    if _answer_for_everything(credit):
        return None
    return {office.pk for office in offices} | (responsible_for(credit) if credit else set())


def _answer_for_everything(credit_offices: Sequence[Office]) -> bool:
    """Whether there are no other credit offices, as in the usual installation, which has one."""
    others = Office.objects.filter(kind=Office.Kind.CREDIT).exclude(
        pk__in=[office.pk for office in credit_offices]
    )
    return bool(credit_offices) and not others.exists()


def home_credit_office(*, user: Any, on: date) -> Office | None:
    """Return the credit office of the reader's county: the one they serve, else the only one there is."""
    served = access.offices_where(user=user, permission="see_cases", on=on).filter(kind=Office.Kind.CREDIT)
    for offices in (served, Office.objects.filter(kind=Office.Kind.CREDIT)):
        found = list(offices.order_by("code")[:2])
        if found:
            return found[0] if len(found) == 1 else None
    return None


def import_scope(*, user: Any, on: date) -> ImportScope | None:
    """Return whose data `user` may import, None for everybody's: the same as they may read.

    An authority that is not registered yet falls to the credit office that it will have.
    """
    return scope_of(access.offices_where(user=user, permission="import_records", on=on))


def scope_of(offices: Iterable[Office]) -> ImportScope | None:
    """Return for whose data these offices answer together, None for everybody's."""
    offices = list(offices)
    credit = [office for office in offices if office.kind == Office.Kind.CREDIT]
    if _answer_for_everything(credit):
        return None
    theirs = responsible_for(credit) if credit else set()
    registered = dict(Office.objects.values_list("code", "pk"))
    divisions = [
        (pk, _division(code))
        for pk, code in Office.objects.filter(kind=Office.Kind.CREDIT)
        .order_by("code")
        .values_list("pk", "code")
    ]
    wanted = {office.pk for office in credit}

    def answers_for(code: str) -> bool:
        pk = registered.get(code)
        return pk in theirs if pk is not None else _by_division(code, divisions) in wanted

    return ImportScope(offices=frozenset(office.code for office in offices), answers_for=answers_for)


def responsible_for(credit_offices: Iterable[Office]) -> set[int]:
    """Return the keys of the offices for which these credit offices answer, in one query.

    Those for which `registry.selectors.credit_office_for` names one of them, and everything below them in
    the tree of offices.
    """
    wanted = {office.pk for office in credit_offices}
    rows = list(Office.objects.order_by("code").values_list("pk", "kind", "parent_id", "code"))
    parents = {pk: parent for pk, _kind, parent, _code in rows}
    credit = [(pk, _division(code)) for pk, kind, _parent, code in rows if kind == Office.Kind.CREDIT]
    credit_keys = {pk for pk, _place in credit}
    found: set[int] = set()
    for pk, _kind, _parent, code in rows:
        line = _upwards(pk, parents)
        above = [step for step in line if step in credit_keys]
        nearest = above[0] if above else _by_division(code, credit)
        if nearest in wanted or wanted.intersection(line):
            found.add(pk)
    return found


def _by_division(code: str, credit: Sequence[tuple[int, str]]) -> int | None:
    """The credit office of the division of this code, else the first; `credit`: keys and divisions."""
    of_division = [key for key, division in credit if division == _division(code)]
    return next(iter(of_division or [key for key, _place in credit]), None)


def _division(code: str) -> str:
    return code[2:8]


def _upwards(pk: int, parents: Mapping[int, int | None]) -> list[int]:
    """The office and those above it; a ring ends where it closes."""
    line: list[int] = []
    step: int | None = pk
    while step is not None and step not in line:
        line.append(step)
        step = parents[step]
    return line


def cases_on_record(*, record: Record, user: Any, on: date) -> QuerySet[Case]:
    """Return the submitted cases on `record` that an official may read, newest first."""
    return visible_cases(user=user, on=on).filter(record=record).order_by("-created_at", "-pk")


def case_by_number(*, number: str, user: Any, on: date) -> Case | None:
    """Return the case with exactly this number, where an official may read it."""
    return visible_cases(user=user, on=on).filter(number__iexact=number.strip()).first()


def open_cases_by_record(subject: Subject) -> dict[int, Case]:
    """Return the open case on each record of `subject`, drafts included, by the record's key: one query."""
    cases = Case.objects.filter(subject=subject, record__isnull=False, closed_on__isnull=True)
    return {
        case.record_id: case
        for case in cases.select_related("filing").order_by("created_at", "pk")
        if case.record_id
    }


def batches_for(*, user: Any, on: date) -> QuerySet[ImportBatch]:
    """Return the imports that `user` may read: their own, those of people who imported for an office of
    theirs on the day of the import, and those of the command line. Newest first."""
    offices = reach_of(user=user, on=on).offices("import_records")
    # What somebody brings after they moved is not their former office's.
    served = Membership.objects.filter(
        Q(until__isnull=True) | Q(until__gte=OuterRef("as_of")),
        user=OuterRef("imported_by"),
        office__in=offices,
        role__in=roles_with("import_records"),
        since__lte=OuterRef("as_of"),
    )
    return (
        ImportBatch.objects.filter(Q(imported_by__isnull=True) | Q(imported_by=user) | Exists(served))
        .select_related("imported_by")
        .order_by("-started_at", "-pk")
    )


def report_lines(batch: ImportBatch, *, kind: str = "") -> QuerySet[ImportLine]:
    """Return the lines of a report in the order of the rows: all, only `refused`, or only `warnings`."""
    lines = batch.lines.order_by("row", "pk")
    if kind == "refused":
        return lines.filter(outcome="refused")
    if kind == "warnings":
        return lines.exclude(outcome="refused")
    return lines


def readable_messages(*, user: Any, on: date) -> QuerySet[Message]:
    """Return all messages about records that `user` may read, the newest first (by key: it has an index)."""
    readable = readable_by(record_offices(user=user, on=on), path="record__")
    found = Message.objects.filter(readable).select_related("platform", "record__subject")
    return found.order_by("-pk")
