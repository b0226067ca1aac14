"""Which commitments a page lists, for officials, for the subject's own people, and for everybody."""

from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from credit_repair.cases.models import Paper
from credit_repair.commitments.access import offices_that_check, readable
from credit_repair.commitments.models import Commitment, CommitmentCheck, CommitmentEvent, CommitmentList
from credit_repair.people import access
from credit_repair.registry.models import Subject

Check = CommitmentCheck


def own_commitments(*, user: Any, on: date) -> QuerySet[Commitment]:
    """Return the commitments of the subjects for which `user` acts on that day, the newest first."""
    found = Commitment.objects.filter(subject__in=access.subjects_of(user=user, on=on))
    return found.select_related("subject", "office", "document").order_by("-made_on", "-pk")


def lists_offered() -> QuerySet[CommitmentList]:
    """Return the item lists from which one can choose."""
    return (
        CommitmentList.objects.filter(active=True).select_related("office").order_by("office__code", "title")
    )


def published(*, text: str = "", kind: str = "") -> QuerySet[Commitment]:
    """Return what the public may read, the newest first; by a part of an organisation's name or by the whole
    code. No natural person is found by name."""
    found = Commitment.objects.filter(published_on__isnull=False, state__in=Commitment.SHOWN)
    if kind:
        found = found.filter(kind=kind)
    if wanted := text.strip():
        named = Q(subject__name__icontains=wanted) & ~Q(subject__kind=Subject.Kind.PERSON)
        found = found.filter(named | Q(subject__code=wanted.upper()))
    return found.select_related("subject", "office").order_by("-published_on", "-pk")


#: What the officials' list can show.
DUE, OVERDUE, TO_LOOK_AT, TO_CONFIRM, ALL = "due", "overdue", "look", "confirm", "all"
SHOWS = (DUE, OVERDUE, TO_LOOK_AT, TO_CONFIRM, ALL)


def listed(*, user: Any, on: date, show: str) -> QuerySet[Commitment]:
    """Return the commitments of one part of the officials' list, each with the day in `due_on` on which its
    check is due: the first to be done first, all of them the newest first."""
    running = Check.objects.filter(commitment=OuterRef("pk")).exclude(state=Check.State.DONE)
    found = (
        readable(user=user, on=on)
        .select_related("subject", "office")
        .annotate(due_on=Subquery(running.values("due_on")[:1]))
    )
    mine = found.filter(office__in=offices_that_check(user=user, on=on))
    if show == DUE:
        return mine.filter(Exists(running.filter(state=Check.State.OPEN))).order_by("due_on", "pk")
    if show == OVERDUE:
        return found.filter(due_on__lt=on).order_by("due_on", "pk")
    if show == TO_LOOK_AT:
        return mine.filter(state=Commitment.State.SUBMITTED).order_by("created_at", "pk")
    if show == TO_CONFIRM:
        return found.filter(Exists(running.filter(state=Check.State.PROPOSED))).order_by("due_on", "pk")
    return found.order_by("-made_on", "-pk")


def events_of(commitment: Commitment, *, for_office: bool) -> list[CommitmentEvent]:
    """Return what happened to a commitment, the first first; for its subject, without what is internal."""
    found = commitment.events.select_related("actor").order_by("at", "pk")
    if not for_office:
        found = found.exclude(what__in=CommitmentEvent.INTERNAL)
    return list(found)


def checks_of(commitment: Commitment) -> list[Check]:
    """Return the checks of a commitment with their papers, the first first."""
    found = commitment.checks.select_related("found_by", "confirmed_by", "answer_paper", "document")
    checks = list(found.prefetch_related("papers").order_by("pk"))
    for check in checks:
        check.commitment = commitment
    return checks


def readable_paper_keys(user: Any, on: date) -> QuerySet[Any]:
    """Return the keys of the papers of commitments that `user` may read: officials all of what they read; who
    acts for the subject the scan, their own answer, and what a finding that is told rests on."""
    offices = readable(user=user, on=on)
    own = Commitment.objects.filter(subject__in=access.subjects_of(user=user, on=on))
    both = Q(commitment__in=offices) | Q(commitment__in=own)
    both |= Q(commitment_answer__commitment__in=offices) | Q(commitment_answer__commitment__in=own)
    both |= Q(commitment_checks__commitment__in=offices)
    both |= Q(commitment_checks__commitment__in=own) & ~Q(commitment_checks__state=Check.State.OPEN)
    return Paper.objects.filter(both).values("pk")
