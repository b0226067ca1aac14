"""Who is who in a case."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import models
from django.db.models import Case as If
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce, NullIf
from django.utils.translation import gettext_lazy as _

from credit_repair.cases.models import Case, Filing, Phase, ReviewStep
from credit_repair.people import access
from credit_repair.people.models import User


class Part(models.TextChoices):
    """The part in which a person acts on a case."""

    APPLICANT = "applicant", _("申请人")
    INTAKE = "intake", _("受理人员")
    VERIFIER = "verifier", _("核查人员")
    APPROVER = "approver", _("审批人员")
    SYSTEM = "system", _("系统")


#: The phase whose open step an official acts on, and the permission needed at that step's office.
PHASE_OF = {Part.INTAKE: Phase.INTAKE, Part.VERIFIER: Phase.VERIFY, Part.APPROVER: Phase.DECIDE}
PERMISSION_OF = {Phase.INTAKE: "intake", Phase.VERIFY: "verify", Phase.DECIDE: "approve"}


def holds_part(*, case: Case, part: Part, actor: Any, on: date) -> bool:
    """Whether `actor` (None: the system) may act as `part` in `case` on that day.

    An official holds a part through an open step of that phase at an office where a running membership gives
    the permission, theirs or that of a member in whose place they act; an official who acts for the case's
    subject holds none of them.
    """
    if part == Part.SYSTEM or actor is None:
        return part == Part.SYSTEM and actor is None
    if part == Part.APPLICANT:
        return stands_for_applicant(filing=case.filing, user=actor, on=on)
    return held_step(case=case, part=part, actor=actor, on=on) is not None


def stands_for_applicant(*, filing: Filing, user: Any, on: date) -> bool:
    """Whether `user` acts as the applicant of `filing` on that day: for its subject, or, for a filing that
    came in at a window 窗口, as a clerk of that window, on the subject's signed paper."""
    return access.may_act_for(user=user, subject=filing.subject, on=on) or serves_its_window(
        filing=filing, user=user, on=on
    )


def serves_its_window(*, filing: Filing, user: Any, on: date) -> bool:
    """Whether `filing` came in at a window at which `user` serves on that day. Nobody files there for a
    subject for which they act or ever acted: they do that themself."""
    if filing.window_office_id is None:
        return False
    return window_filings(user=user, on=on).filter(pk=filing.pk).exists()


def window_filings(*, user: Any, on: date) -> QuerySet[Filing]:
    """Return the filings of the windows at which `user` serves on that day."""
    offices = access.offices_where(user=user, permission="file_at_window", on=on)
    own = access.subjects_ever_acted_for(user=user)
    return Filing.objects.filter(window_office__in=offices).exclude(
        Q(subject__isnull=False) & Q(subject__in=own)
    )


def own_filings(*, user: Any, on: date) -> QuerySet[Filing]:
    """Return the filings of the subjects for which `user` may act, drafts included.

    What is being filled in at a window 窗口 is not theirs before something of it has been handed in.
    """
    handed_in = Case.objects.filter(filing=OuterRef("pk")).exclude(state__in=("draft", "discarded"))
    found = Filing.objects.filter(subject__in=access.subjects_of(user=user, on=on))
    return found.filter(Q(window_office__isnull=True) | Exists(handed_in))


def is_partial(*, case: Case, actor: Any) -> bool:
    """Whether the official `actor` acts or has ever acted for the case's subject 回避."""
    acted_for = access.subjects_ever_acted_for(user=actor)
    return case.subject is not None and acted_for.filter(pk=case.subject.pk).exists()


def held_step(*, case: Case, part: Part, actor: Any, on: date) -> ReviewStep | None:
    """Return the open step that the official `actor` may act on as `part`, the actor's own first.

    None for the system, and for whoever acts or has acted for the case's subject. The step knows in whose
    place the actor would do it, as open_steps() says.
    """
    if actor is None or is_partial(case=case, actor=actor):
        return None
    steps = open_steps(user=actor, on=on, phases=[PHASE_OF[part]]).filter(case=case)
    own_first = If(When(taken_by=actor.pk, then=0), When(stands_for=None, then=1), default=2)
    return steps.select_related("office", "clock").order_by(own_first, "position").first()


def open_steps(*, user: Any, on: date, phases: Iterable[Phase] = Phase) -> QuerySet[ReviewStep]:
    """Return the open steps that `user` may act on, for themself or as a substitute 代办.

    Each has `stands_for` and `stands_for_name`: the member in whose place the user would do it, None and ""
    where it is their own.
    """
    if not access.may_sign_in(user):
        return ReviewStep.objects.none().annotate(
            stands_for=Value(None, models.IntegerField()), stands_for_name=Value("")
        )
    phases = list(phases)
    reach = Q(pk__in=())
    for phase in phases:
        offices = access.offices_where(user=user, permission=PERMISSION_OF[phase], on=on)
        reach |= Q(phase=phase) & (Q(office__in=offices) | _lent(user, phase, on))
    return ReviewStep.objects.filter(reach, state=ReviewStep.State.OPEN).annotate(
        stands_for=_of_represented(user, phases, on, F("membership__user")),
        stands_for_name=Coalesce(
            _of_represented(
                user,
                phases,
                on,
                Coalesce(NullIf("membership__user__display_name", Value("")), "membership__user__username"),
            ),
            Value(""),
        ),
    )


def _lent(user: Any, phase: Phase, on: date) -> Q:
    """What a member has taken whose own work in hand `user` does in their place."""
    lent = access.lent_to(user=user, permission=PERMISSION_OF[phase], on=on)
    return Q(Exists(lent.filter(office=OuterRef("office"), user=OuterRef("taken_by"))))


def lent_steps(*, user: Any, phase: Phase, on: date) -> Q:
    """The open steps of a phase that a member has taken whose work in hand `user` does in their place."""
    return Q(phase=phase, state=ReviewStep.State.OPEN) & _lent(user, phase, on)


def _of_represented(user: Any, phases: list[Phase], on: date, what: Any) -> If:
    found = {
        phase: access.represented(user=user, permission=PERMISSION_OF[phase], on=on, what=what)
        for phase in phases
    }
    return If(*(When(phase=phase, then=then) for phase, then in found.items()), default=None)


def visible_cases(*, user: Any, on: date) -> QuerySet[Case]:
    """Return the submitted cases that an official may read: those with a step at an office of theirs, and
    while they do what a member has in hand, the cases in which that member has taken an open step."""
    offices = access.offices_where(user=user, permission="see_cases", on=on)
    in_hand = Q(pk__in=())
    for phase in Phase:
        in_hand |= lent_steps(user=user, phase=phase, on=on)
    steps = ReviewStep.objects.filter(Q(office__in=offices) | in_hand)
    own = access.subjects_ever_acted_for(user=user)
    return Case.objects.filter(pk__in=steps.values("case"), submitted_on__isnull=False).exclude(
        Q(subject__isnull=False) & Q(subject__in=own)
    )


def own_cases(*, user: Any, on: date) -> QuerySet[Case]:
    """Return the cases of the subjects for which `user` may act, drafts included."""
    return Case.objects.filter(subject__in=access.subjects_of(user=user, on=on))


def window_cases(*, user: Any, on: date) -> QuerySet[Case]:
    """Return the cases that came in at the windows at which `user` serves on that day, drafts included."""
    return Case.objects.filter(filing__in=window_filings(user=user, on=on))


def took_part(*, case: Case, part: Part, actor: Any, on: date) -> bool:
    """Whether `actor` could act as `part` at some time in this case, so that "it has moved on" is theirs to
    know: an applicant of the subject, or a member of an office that has a step of the phase."""
    if part == Part.SYSTEM:
        return False
    if part == Part.APPLICANT:
        return stands_for_applicant(filing=case.filing, user=actor, on=on)
    phase = PHASE_OF[part]
    offices = access.offices_where(user=actor, permission=PERMISSION_OF[phase], on=on)
    return case.steps.filter(Q(office__in=offices) | _lent(actor, phase, on), phase=phase).exists()


def handlers_of(step: ReviewStep, *, on: date) -> list[User]:
    """Return who is told of an open step: who took it, or does it in their place; before anybody has,
    everybody at the office who could. Nobody who is away is told, and nobody who acts for the subject."""
    permission = PERMISSION_OF[Phase(step.phase)]
    able = access.able_now(office=step.office, permission=permission, on=on, taker=step.taken_by)
    impartial = [member for member in able if not is_partial(case=step.case, actor=member)]
    if impartial or step.taken_by is None:
        return impartial
    others = access.able_now(office=step.office, permission=permission, on=on)
    return [member for member in others if not is_partial(case=step.case, actor=member)]
