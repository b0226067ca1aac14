"""Questions that the window 窗口 asks: at which windows, for whom, what came in there."""

from collections.abc import Container
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Case as If
from django.db.models import Count, DateField, Exists, OuterRef, Prefetch, Q, QuerySet, Subquery, Value, When

from credit_repair.cases.models import Case, Clock, Filing
from credit_repair.cases.parts import window_cases, window_filings
from credit_repair.people import access
from credit_repair.registry.models import Office, Subject
from credit_repair.repairs.models import KIND
from credit_repair.repairs.states import RepairState

NOT_FILED = (RepairState.DRAFT, RepairState.DISCARDED)


def windows_of(*, user: Any, on: date) -> QuerySet[Office]:
    """Return the offices at whose windows `user` serves on that day, by code."""
    return access.offices_where(user=user, permission="file_at_window", on=on).order_by("code")


def subject_at_window(*, user: Any, uuid: UUID, on: date, looked_up: Container[str]) -> Subject:
    """Return a subject that was looked up lately, or that has filed at a window of `user` before.

    Raises Subject.DoesNotExist for every other: nobody leafs through subjects.
    """
    known = window_filings(user=user, on=on).filter(subject__uuid=uuid)
    if str(uuid) not in looked_up and not known.exists():
        raise Subject.DoesNotExist
    return Subject.objects.get(uuid=uuid)


def unfinished_basket(*, subject: Subject, office: Office, user: Any, on: date) -> Filing | None:
    """Return the basket that is being filled for `subject` at the window of `office`, the newest: nothing of
    it has been handed in yet."""
    handed_in = Case.objects.filter(filing=OuterRef("pk")).exclude(state__in=(*NOT_FILED, "closed_moot"))
    found = drafts_here(user=user, on=on).filter(subject=subject, window_office=office)
    return found.exclude(Exists(handed_in)).first()


def drafts_here(*, user: Any, on: date) -> QuerySet[Filing]:
    """Return the unfinished baskets of the windows of `user`, the newest first, each with `drafts`, how many
    applications are in it."""
    drafts = Q(cases__kind=KIND, cases__state=RepairState.DRAFT)
    return (
        window_filings(user=user, on=on)
        .annotate(drafts=Count("cases", filter=drafts))
        .filter(drafts__gt=0)
        .select_related("subject", "window_office", "created_by", "basket")
        .order_by("-created_at", "-pk")
    )


def filed_here(*, user: Any, on: date) -> QuerySet[Case]:
    """Return what was filed at the windows of `user`: what waits for the applicant first, by its last day,
    then the newest. Each has the clocks that run or stand still in `open_clocks`."""
    correction = Clock.objects.filter(
        case=OuterRef("pk"), kind=Clock.Kind.CORRECTION, stopped_on__isnull=True
    ).values("due_on")[:1]
    open_clocks = Prefetch(
        "clocks",
        Clock.objects.filter(stopped_on__isnull=True).prefetch_related("pauses", "extensions"),
        to_attr="open_clocks",
    )
    waiting = When(state=RepairState.CORRECTION, then=Value(0))
    answer_by = When(state=RepairState.CORRECTION, then=Subquery(correction))
    return (
        window_cases(user=user, on=on)
        .filter(kind=KIND)
        .exclude(state__in=NOT_FILED)
        .select_related("subject", "record__authority", "filing__window_office", "repair")
        .prefetch_related(open_clocks)
        .annotate(turn=If(waiting, default=Value(1)))
        .annotate(answer_by=If(answer_by, default=None, output_field=DateField()))
        .order_by("turn", "answer_by", "-submitted_on", "-pk")
    )


def case_here(*, number: str, user: Any, on: date) -> Case | None:
    """Return the application with exactly this number that was filed at a window of `user`."""
    return window_cases(user=user, on=on).filter(kind=KIND, number__iexact=number).first()


def filing_here(*, query_code: str, user: Any, on: date) -> Filing | None:
    """Return the filing with exactly this query code 查询码 that came in at a window of `user`."""
    return window_filings(user=user, on=on).filter(query_code__iexact=query_code).first()
