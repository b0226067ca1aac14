"""Which records an official may read, and whose they are."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from credit_repair.cases.models import Case
from credit_repair.cases.parts import visible_cases
from credit_repair.people import access
from credit_repair.people.reach import reach_of
from credit_repair.registry.models import Office, Record, Subject
from credit_repair.registry.selectors import search_records


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


def offices_answered_for(offices: list[Office]) -> set[int] | None:
    """Return the keys of these offices and of those for which the credit offices among them answer; None for
    every one there is."""
    return _authorities_of(offices)


def _authorities_of(offices: list[Office]) -> set[int] | None:
    """The authorities all of whose records these offices may read; None for every one there is."""
    credit = [office for office in offices if office.kind == Office.Kind.CREDIT]
    if answer_for_everything(credit):
        return None
    return {office.pk for office in offices} | (responsible_for(credit) if credit else set())


def answer_for_everything(credit_offices: Sequence[Office]) -> bool:
    """Whether there are no other credit offices, as in the usual installation, which has one."""
    others = Office.objects.filter(kind=Office.Kind.CREDIT).exclude(
        pk__in=[office.pk for office in credit_offices]
    )
    return bool(credit_offices) and not others.exists()


def responsible_for(credit_offices: Iterable[Office]) -> set[int]:
    """Return the keys of the offices for which these credit offices answer, in one query.

    Those for which `registry.selectors.credit_office_for` names one of them, and everything below them in
    the tree of offices.
    """
    wanted = {office.pk for office in credit_offices}
    rows = list(Office.objects.order_by("code").values_list("pk", "kind", "parent_id", "code"))
    parents = {pk: parent for pk, _kind, parent, _code in rows}
    credit = [(pk, division(code)) for pk, kind, _parent, code in rows if kind == Office.Kind.CREDIT]
    credit_keys = {pk for pk, _place in credit}
    found: set[int] = set()
    for pk, _kind, _parent, code in rows:
        line = _upwards(pk, parents)
        above = [step for step in line if step in credit_keys]
        nearest = above[0] if above else by_division(code, credit)
        if nearest in wanted or wanted.intersection(line):
            found.add(pk)
    return found


def by_division(code: str, credit: Sequence[tuple[int, str]]) -> int | None:
    """The credit office of the division of this code, else the first; `credit`: keys and divisions."""
    of_division = [key for key, place in credit if place == division(code)]
    return next(iter(of_division or [key for key, _place in credit]), None)


def division(code: str) -> str:
    """Return the division of the country that a credit code names, such as 340621."""
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
