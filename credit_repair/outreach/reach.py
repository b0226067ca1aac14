"""Whose records an official reaches out about: an authority 认定单位 about its own, a credit office about
those of every authority that it answers for."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from credit_repair.cases.errors import NotYours
from credit_repair.cases.record_access import answer_for_everything, responsible_for
from credit_repair.people import access
from credit_repair.people.reach import reach_of
from credit_repair.registry.models import Office, Record, Subject

#: Who may look, and who may write to enterprises: those who handle cases at the office, or supervise it.
READING = "see_cases"
ACTING = ("intake", "verify", "supervise")
#: Who switches the guidance of an authority on and off.
SETTING = "supervise"


def reading_offices(*, user: Any, on: date) -> list[Office]:
    """Return the offices through which `user` sees who could apply."""
    return list(access.offices_where(user=user, permission=READING, on=on).order_by("code"))


def acting_offices(*, user: Any, on: date) -> list[Office]:
    """Return the offices in whose name `user` may remind and propose."""
    reach = reach_of(user=user, on=on)
    keys = frozenset[int]().union(*(reach.offices(permission) for permission in ACTING))
    return list(Office.objects.filter(pk__in=keys).order_by("code"))


def setting_offices(*, user: Any, on: date) -> list[Office]:
    """Return the offices through which `user` decides for whose penalties guidance is made."""
    return list(access.offices_where(user=user, permission=SETTING, on=on).order_by("code"))


def authorities_of(offices: Sequence[Office]) -> set[int] | None:
    """Return the keys of the authorities about whose records these offices reach out; None for every one."""
    credit = [office for office in offices if office.kind == Office.Kind.CREDIT]
    if answer_for_everything(credit):
        return None
    return {office.pk for office in offices} | (responsible_for(credit) if credit else set())


def within(offices: Sequence[Office], *, path: str = "authority") -> Q:
    """The records of those authorities; `path` leads to the authority, e.g. record__authority."""
    if not offices:
        return Q(pk__in=())
    keys = authorities_of(offices)
    return Q() if keys is None else Q(**{f"{path}__in": keys})


def own_kept_out(user: Any, *, path: str = "subject") -> Q:
    """The condition that what belongs to a subject is not one that the official `user` ever acted for: they
    keep away from it 回避."""
    return ~Q(**{f"{path}__in": access.subjects_ever_acted_for(user=user)})


def reachable_records(*, user: Any, on: date, offices: Sequence[Office] | None = None) -> QuerySet[Record]:
    """Return the records about which `user` reaches out through `offices`: without any named, through those
    at which they may act."""
    found = acting_offices(user=user, on=on) if offices is None else offices
    return Record.objects.filter(reached(user=user, offices=found))


def reached(*, user: Any, offices: Sequence[Office]) -> Q:
    """The condition on records that `user` reaches out about them through `offices`."""
    return within(offices) & own_kept_out(user)


def reaches(record: Record, *, user: Any, on: date) -> bool:
    """Whether `user` reaches out about `record` through an office at which they may act."""
    return reachable_records(user=user, on=on).filter(pk=record.pk).exists()


def must_act_for(*, user: Any, office: Office, subject: Subject | None = None, on: date) -> None:
    """Raise NotYours where `user` may not act in the name of `office`, or keeps away from the subject."""
    if office.pk not in {each.pk for each in acting_offices(user=user, on=on)}:
        raise NotYours(f"outreach of {office.code}")
    if subject is not None and access.subjects_ever_acted_for(user=user).filter(pk=subject.pk).exists():
        raise NotYours(f"outreach to {subject.uuid}")
