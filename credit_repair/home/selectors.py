"""What the pages over the register ask: whose records, whose imports, whose messages, which open case."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from credit_repair.cases.models import Case
from credit_repair.cases.parts import visible_cases
from credit_repair.cases.record_access import (
    answer_for_everything,
    by_division,
    division,
    responsible_for,
)
from credit_repair.home.message_acts import readable
from credit_repair.people import access
from credit_repair.people.models import Membership
from credit_repair.people.reach import reach_of
from credit_repair.people.roles import roles_with
from credit_repair.platforms.models import Message
from credit_repair.registry.importing.scope import ImportScope
from credit_repair.registry.models import ImportBatch, ImportLine, Office, Subject

LATEST_MESSAGES = 50


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
    if answer_for_everything(credit):
        return None
    theirs = responsible_for(credit) if credit else set()
    registered = dict(Office.objects.values_list("code", "pk"))
    divisions = [
        (pk, division(code))
        for pk, code in Office.objects.filter(kind=Office.Kind.CREDIT)
        .order_by("code")
        .values_list("pk", "code")
    ]
    wanted = {office.pk for office in credit}

    def answers_for(code: str) -> bool:
        pk = registered.get(code)
        return pk in theirs if pk is not None else by_division(code, divisions) in wanted

    return ImportScope(offices=frozenset(office.code for office in offices), answers_for=answers_for)


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
    found = Message.objects.filter(readable(user=user, on=on)).select_related(
        "platform", "record__subject", "subject"
    )
    return found.order_by("-pk")
