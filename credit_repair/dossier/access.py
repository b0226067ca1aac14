"""Whose file an official may open, which of its events they see, and which requests are theirs to answer."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from credit_repair.cases.parts import visible_cases
from credit_repair.cases.record_access import (
    answer_for_everything,
    readable_by,
    record_offices,
    responsible_for,
)
from credit_repair.dossier.models import DataRequest, SubjectEvent
from credit_repair.people import access
from credit_repair.people.reach import reach_of
from credit_repair.registry.models import Office, Record, Subject

About = DataRequest.About
#: Which permission answers a request about what; an event is answered for by who may enter one.
HANDLED_BY: dict[str, tuple[str, ...]] = {
    About.ACCOUNT: ("intake",),
    About.COPY: ("intake",),
    About.ERASURE: ("intake",),
    About.REGISTER: ("import_records", "supervise"),
    About.EVENT: ("adjust_records",),
}
#: All who answer requests of some sort.
HANDLERS = ("intake", "import_records", "supervise", "adjust_records")


def open_files(*, user: Any, on: date) -> QuerySet[Subject]:
    """Return the subjects whose file the official `user` may open: of which they may read a record or a case.

    Not one for which they act or ever acted 回避.
    """
    readable = readable_by(record_offices(user=user, on=on))
    records = Record.objects.filter(readable, subject=OuterRef("pk"))
    cases = visible_cases(user=user, on=on).filter(subject=OuterRef("pk"))
    own = access.subjects_ever_acted_for(user=user)
    return Subject.objects.filter(Exists(records) | Exists(cases)).exclude(pk__in=own.values("pk"))


def with_file(subjects: Sequence[Subject], *, user: Any, on: date) -> set[int]:
    """Return the keys of those of `subjects` whose file the official may open."""
    keys = [subject.pk for subject in subjects]
    return (
        set(open_files(user=user, on=on).filter(pk__in=keys).values_list("pk", flat=True)) if keys else set()
    )


def has_cases_of(*, user: Any, subject: Subject, on: date) -> bool:
    """Whether the official `user` may read a case of `subject`."""
    return visible_cases(user=user, on=on).filter(subject=subject).exists()


def events_for_official(*, user: Any, on: date) -> QuerySet[SubjectEvent]:
    """Return the events that an official may read: those that their offices, or for a credit office 信用办
    those that it answers for, have entered, and those on records that they may read."""
    offices = record_offices(user=user, on=on)
    credit = [office for office in offices if office.kind == Office.Kind.CREDIT]
    own = access.subjects_ever_acted_for(user=user)
    found = SubjectEvent.objects.exclude(subject__in=own.values("pk"))
    if answer_for_everything(credit):
        return found
    entered = {office.pk for office in offices} | (responsible_for(credit) if credit else set())
    on_record = Q(record__isnull=False) & readable_by(offices, path="record__")
    return found.filter(Q(office__in=entered) | on_record)


def own_events(*, user: Any, on: date) -> QuerySet[SubjectEvent]:
    """Return the events of the subjects for which `user` acts on that day."""
    return SubjectEvent.objects.filter(subject__in=access.subjects_of(user=user, on=on).values("pk"))


def entering_offices(*, user: Any, on: date) -> list[Office]:
    """Return the offices for which `user` may enter events, by code."""
    return list(access.offices_where(user=user, permission="adjust_records", on=on).order_by("code"))


def may_correct_event(*, user: Any, event: SubjectEvent, on: date) -> bool:
    """Whether `user` may supersede an entry: at the office that made it, or at a credit office that answers
    for that office."""
    offices = entering_offices(user=user, on=on)
    credit = [office for office in offices if office.kind == Office.Kind.CREDIT]
    keys = {office.pk for office in offices} | (responsible_for(credit) if credit else set())
    partial = access.subjects_ever_acted_for(user=user).filter(pk=event.subject_id).exists()
    return event.office_id in keys and not partial


def requests_for(*, user: Any, on: date, but: int | None = None) -> QuerySet[DataRequest]:
    """Return the requests that an official may answer, whatever their state; what the person with the key
    `but` lends them does not count.

    Never their own, nor about a subject for which they act or ever acted, nor of somebody with whom they act
    for one 回避.
    """
    found, reach = Q(pk__in=()), reach_of(user=user, on=on)
    for about, permissions in HANDLED_BY.items():
        offices = frozenset[int]().union(*(reach.offices(each, but=but) for each in permissions))
        if offices:
            found |= Q(about=about, office__in=offices)
    subjects = access.subjects_ever_acted_for(user=user).values("pk")
    away = Q(user=user.pk) | Q(subject__isnull=False) & Q(subject__in=subjects)
    partial = DataRequest.objects.filter(away | Q(user__mandates__subject__in=subjects))
    return DataRequest.objects.filter(found).exclude(pk__in=partial.values("pk"))


def is_second(request: DataRequest, *, user: Any, on: date) -> bool:
    """Whether `user` may agree to the proposed answer: neither who proposed it, nor somebody with nothing but
    what they are lent by them 四眼原则."""
    first = request.proposed_by_id
    return first != user.pk and requests_for(user=user, on=on, but=first).filter(pk=request.pk).exists()


def own_requests(*, user: Any, on: date) -> QuerySet[DataRequest]:
    """Return the person's own requests, the newest first: about themself, and about subjects for which they
    act on that day."""
    theirs = Q(subject__isnull=True) | Q(subject__in=access.subjects_of(user=user, on=on).values("pk"))
    return DataRequest.objects.filter(theirs, user=user.pk).select_related("office", "subject", "event")
