"""Questions about cases: what lies with whom, and what a page of one case shows."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F, Prefetch, QuerySet

from credit_repair.cases.models import (
    Attachment,
    Case,
    CaseDocument,
    Clock,
    ReasonCode,
    ReviewStep,
    TimelineEvent,
)
from credit_repair.cases.parts import open_steps, own_cases, visible_cases
from credit_repair.cases.services.clocks import pure_clock
from credit_repair.people import access
from credit_repair.registry.law import current_calendar


def inbox(*, user: Any, on: date) -> QuerySet[ReviewStep]:
    """Return the open steps that `user` may act on, the nearest deadline first.

    Each says in `stands_for_name` in whose place the user would act 代办.
    """
    own = access.subjects_ever_acted_for(user=user)
    return (
        open_steps(user=user, on=on)
        .exclude(case__subject__in=own)
        .select_related("case__subject", "case__record", "office", "clock", "taken_by")
        .prefetch_related("clock__pauses", "clock__extensions")
        .order_by(F("clock__due_on").asc(nulls_last=True), "opened_on", "pk")
    )


def office_case(*, user: Any, uuid: Any, on: date) -> Case:
    """Return the case for an official's page. Raises Case.DoesNotExist where it is not theirs to see."""
    return _with_page(visible_cases(user=user, on=on)).get(uuid=uuid)


def applicant_case(*, user: Any, uuid: Any, on: date) -> Case:
    """Return the case for the applicant's page. Raises Case.DoesNotExist where it is not theirs to see."""
    return _with_page(own_cases(user=user, on=on)).get(uuid=uuid)


def cases_of_subjects(*, user: Any, on: date) -> QuerySet[Case]:
    """Return the cases of the subjects for which `user` acts, newest first."""
    return (
        own_cases(user=user, on=on)
        .select_related("record__authority", "subject", "filing")
        .order_by("-created_at", "-pk")
    )


def _with_page(cases: QuerySet[Case]) -> QuerySet[Case]:
    return cases.select_related(
        "subject", "record__authority", "record__subject", "filing", "intake_office", "deciding_office"
    ).prefetch_related(
        "clocks__pauses",
        "clocks__extensions",
        "attachments",
        Prefetch("steps", ReviewStep.objects.select_related("office", "done_by", "clock")),
    )


def timeline(*, case: Case, internal: bool) -> list[TimelineEvent]:
    """Return the events of the case with their documents, newest last; internal ones only for officials."""
    events = case.events.prefetch_related(
        Prefetch("documents", CaseDocument.objects.select_related("document"))
    )
    if not internal:
        events = events.filter(audience=TimelineEvent.Audience.PUBLIC)
    return list(events)


@dataclass(frozen=True)
class ClockView:
    """A clock as a page shows it: working days left, and whether it runs, stands or has stopped."""

    kind: str
    label: str
    status: str
    due: date | None
    remaining: int | None
    overdue: bool
    stopped_on: date | None
    provisional: bool


def clock_view(clock: Clock, *, today: date) -> ClockView:
    """Return `clock` as it stands on `today`."""
    state = pure_clock(clock).state(today, current_calendar())
    return ClockView(
        kind=clock.kind,
        label=clock.get_kind_display(),
        status=state.status,
        due=clock.due_on,
        remaining=state.remaining,
        overdue=state.overdue,
        stopped_on=clock.stopped_on,
        provisional=clock.provisional,
    )


def attachment_for(*, user: Any, uuid: Any, on: date) -> Attachment:
    """Return an attachment of a case that `user` may see. Raises Attachment.DoesNotExist otherwise."""
    cases = visible_cases(user=user, on=on) | own_cases(user=user, on=on)
    return Attachment.objects.select_related("case").filter(case__in=cases.values("pk")).get(uuid=uuid)


def document_for(*, user: Any, uuid: Any, on: date) -> CaseDocument:
    """Return a document of a case that `user` may see. Raises CaseDocument.DoesNotExist otherwise."""
    cases = visible_cases(user=user, on=on) | own_cases(user=user, on=on)
    return (
        CaseDocument.objects.select_related("document", "case")
        .filter(case__in=cases.values("pk"))
        .get(document__uuid=uuid)
    )


def active_reasons(*, kind: str, use: str) -> QuerySet[ReasonCode]:
    """Return the reasons 理由代码 that a negative answer in a case of `kind` can name now, in their order."""
    return ReasonCode.objects.filter(kind=kind, use=use, active=True).order_by("position", "code")
