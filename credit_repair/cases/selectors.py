"""Questions about cases: what lies with whom, and what a page of one case shows."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db.models import F, Prefetch, Q, QuerySet

from credit_repair.cases.document_selectors import register
from credit_repair.cases.kinds import all_kinds
from credit_repair.cases.models import (
    Attachment,
    Case,
    CaseDocument,
    Clock,
    Filing,
    ReasonCode,
    ReviewStep,
    TimelineEvent,
)
from credit_repair.cases.parts import (
    kept_from,
    open_steps,
    own_cases,
    own_filings,
    visible_cases,
    window_cases,
    window_filings,
)
from credit_repair.cases.services.clocks import CLOCK_EVENTS, procedure_rules, pure_clock
from credit_repair.notices.enquiries import EnquiryLetter
from credit_repair.notices.models import Document
from credit_repair.people import access
from credit_repair.registry.law import current_calendar
from credit_repair.rules import Extension


def steps_by_deadline(*, user: Any, on: date) -> QuerySet[ReviewStep]:
    """Return the open steps that `user` may act on, the nearest deadline first.

    Each says in `stands_for_name` in whose place the user would act 代办.
    """
    return (
        open_steps(user=user, on=on)
        .exclude(kept_from(user))
        .select_related("case__subject", "case__record", "office", "clock", "taken_by")
        .prefetch_related("clock__pauses", "clock__extensions")
        .order_by(F("clock__due_on").asc(nulls_last=True), "opened_on", "pk")
    )


def visible_steps(*, user: Any, on: date) -> QuerySet[ReviewStep]:
    """Return the steps, in whatever state, of the cases that the official `user` may read."""
    seen = visible_cases(user=user, on=on)
    return ReviewStep.objects.filter(case__in=seen.values("pk")).select_related("case", "office", "taken_by")


def next_in_inbox(*, user: Any, phase: str, on: date) -> ReviewStep | None:
    """Return the step of `phase` that `user` would do next: the nearest deadline that no colleague has in
    hand; None where there is none."""
    steps = steps_by_deadline(user=user, on=on).filter(phase=phase)
    return steps.filter(Q(taken_by=None) | Q(taken_by=user.pk) | Q(taken_by=F("stands_for"))).first()


def office_case(*, user: Any, uuid: Any, on: date) -> Case:
    """Return the case for an official's page. Raises Case.DoesNotExist where it is not theirs to see."""
    return _with_page(visible_cases(user=user, on=on)).get(uuid=uuid)


def applicant_case(*, user: Any, uuid: Any, on: date, at_window: bool = False) -> Case:
    """Return the case for the applicant's page, or for the page of the window it came in at.

    Raises Case.DoesNotExist where it is not theirs to see.
    """
    cases = window_cases(user=user, on=on) if at_window else own_cases(user=user, on=on)
    return _with_page(cases).get(uuid=uuid)


def applicant_filing(*, user: Any, uuid: Any, on: date, at_window: bool = False) -> Filing:
    """Return the filing for the applicant's pages, or for those of the window it came in at.

    Raises Filing.DoesNotExist where it is not theirs to see.
    """
    filings = window_filings(user=user, on=on) if at_window else own_filings(user=user, on=on)
    return filings.select_related("subject", "window_office").get(uuid=uuid)


def cases_of_subjects(*, user: Any, on: date) -> QuerySet[Case]:
    """Return the cases of the subjects for which `user` acts, newest first."""
    return (
        own_cases(user=user, on=on)
        .select_related("record__authority", "subject", "filing", *(kind.details for kind in all_kinds()))
        .order_by("-created_at", "-pk")
    )


def with_files() -> Prefetch:
    """Read materials along with the file of each."""
    return Prefetch("attachments", Attachment.objects.select_related("stored"))


def _with_page(cases: QuerySet[Case]) -> QuerySet[Case]:
    return cases.select_related(
        "subject", "record__authority", "record__subject", "filing", "intake_office", "deciding_office"
    ).prefetch_related(
        "clocks__pauses",
        "clocks__extensions",
        with_files(),
        Prefetch("steps", ReviewStep.objects.select_related("office", "done_by", "taken_by", "clock")),
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
    #: While it stands: since when.
    paused_since: date | None = None


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
        paused_since=min(
            (pause.paused_on for pause in clock.pauses.all() if pause.resumed_on is None), default=None
        )
        if clock.stopped_on is None
        else None,
    )


@dataclass(frozen=True)
class ExtendedDue:
    """What an extension would make of a clock: how many working days more, and its last day before and
    after."""

    label: str
    days: int
    before: date
    after: date
    provisional: bool


def extended_dues(*, case: Case, kinds: Iterable[str], today: date) -> list[ExtendedDue]:
    """Return, for each running clock of these kinds, what an extension on `today` would make of it."""
    days = int(procedure_rules(case, on=today)["clock.extension.days"].value)
    running = case.clocks.filter(kind__in=list(kinds), stopped_on__isnull=True, due_on__isnull=False)
    found = []
    for clock in running.prefetch_related(*CLOCK_EVENTS).order_by("due_on", "pk") if days else ():
        pure = pure_clock(clock)
        more = replace(pure, extensions=(*pure.extensions, Extension(days=days, granted_on=today)))
        due = more.due(current_calendar())
        if clock.due_on is not None and due is not None:
            found.append(ExtendedDue(clock.get_kind_display(), days, clock.due_on, due.due, due.provisional))
    return found


def correction_overdue_on(case: Case, day: date) -> bool:
    """Whether the applicant's time for a correction 补正 is over on that day; its last day still counts."""
    running = Clock.objects.filter(case=case, kind=Clock.Kind.CORRECTION, stopped_on__isnull=True)
    return running.filter(due_on__lt=day).exists()


def attachment_for(*, user: Any, uuid: Any, on: date) -> Attachment:
    """Return an attachment of a case that `user` may see. Raises Attachment.DoesNotExist otherwise."""
    seen = _seen(user, on)
    return Attachment.objects.select_related("case", "stored").filter(seen).get(uuid=uuid)


def evidence_for(*, user: Any, uuid: Any, on: date) -> Attachment:
    """Return an attachment of a case that `user` may see as an official, and not as whoever brought it.

    Raises Attachment.DoesNotExist otherwise.
    """
    seen = visible_cases(user=user, on=on).values("pk")
    return Attachment.objects.select_related("stored").filter(case__in=seen).get(uuid=uuid)


def document_for(*, user: Any, uuid: Any, on: date) -> Document:
    """Return a document that `user` may open: of a case that they may see, or outside any case, one that was
    issued to a subject for which they act, or that stands in their register. Raises Document.DoesNotExist."""
    of_cases = CaseDocument.objects.filter(_seen(user, on))
    theirs = access.subjects_of(user=user, on=on).values("pk")
    # A letter of enquiry 协查函 has the code that answers it: it has a door of its own.
    registered = register(user=user, on=on).exclude(kind=EnquiryLetter.template).order_by()
    alone = Q(case_link__isnull=True) & (Q(addressee__in=theirs) | Q(pk__in=registered.values("pk")))
    return Document.objects.filter(Q(pk__in=of_cases.values("document")) | alone).get(uuid=uuid)


def _seen(user: Any, on: date) -> Q:
    """What belongs to a case that `user` may see: as an official, as its applicant, or at its window."""
    return (
        Q(case__in=visible_cases(user=user, on=on).values("pk"))
        | Q(case__in=own_cases(user=user, on=on).values("pk"))
        | Q(case__in=window_cases(user=user, on=on).values("pk"))
    )


def active_reasons(*, kind: str, use: str) -> QuerySet[ReasonCode]:
    """Return the reasons 理由代码 that a negative answer in a case of `kind` can name now, in their order."""
    return ReasonCode.objects.filter(kind=kind, use=use, active=True).order_by("position", "code")
