"""Who is who in a case."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import models
from django.db.models import Case as If
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Value, When
from django.utils.translation import gettext_lazy as _

from credit_repair.cases.models import (
    ROUTE_PHASES,
    Case,
    CaseActor,
    Filing,
    FourEyesOverride,
    Phase,
    Recusal,
    ReviewStep,
)
from credit_repair.people import access
from credit_repair.people.models import Mandate, User
from credit_repair.people.reach import Loan, Reach, reach_of


class Part(models.TextChoices):
    """The part in which a person acts on a case."""

    APPLICANT = "applicant", _("申请人")
    INTAKE = "intake", _("受理人员")
    VERIFIER = "verifier", _("核查人员")
    APPROVER = "approver", _("审批人员")
    #: Approves at an office that decides the case, whether or not it has come to them.
    HEAD = "head", _("审批负责人")
    #: Supervises the office that decides the case, and has a step there: a revocation to be decided.
    SUPERVISOR = "supervisor", _("督办人员")
    SYSTEM = "system", _("系统")


#: The phase whose open step an official acts on, and the permission needed at that step's office.
PHASE_OF = {
    Part.INTAKE: Phase.INTAKE,
    Part.VERIFIER: Phase.VERIFY,
    Part.APPROVER: Phase.DECIDE,
    Part.SUPERVISOR: Phase.REVOKE,
}
PERMISSION_OF = {
    Phase.INTAKE: "intake",
    Phase.VERIFY: "verify",
    Phase.DECIDE: "approve",
    Phase.REVOKE: "supervise",
}
#: What handling a case day by day takes: a supervisor reads and assigns, and revokes where it comes to that.
HANDLING = tuple(PERMISSION_OF[phase] for phase in ROUTE_PHASES)


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
    if part == Part.HEAD:
        return heads_step(case=case, actor=actor, on=on) is not None
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
    offices = reach_of(user=user, on=on).offices("file_at_window")
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
    """Whether the official `actor` must keep away from the case 回避: they act or have ever acted for its
    subject, or have declared so."""
    return Case.objects.filter(keeps_away(actor), pk=case.pk).exists()


def running_overrides(*, case: Case, on: date) -> QuerySet[FourEyesOverride]:
    """Return the exceptions from the four eyes that are in force in the case on that day."""
    return FourEyesOverride.objects.filter(
        case=case, granted_on__lte=on, until__gte=on, revoked_at__isnull=True
    )


def keeps_away(user: Any, *, case: str = "pk", subject: str = "subject") -> Q:
    """Return the condition that the official `user` must keep away 回避, on cases or, by the names of case
    and subject, on what belongs to one."""
    declared = Recusal.objects.filter(case=OuterRef(case), user=user.pk)
    own = access.subjects_ever_acted_for(user=user)
    acted_for = Q(**{f"{subject}__isnull": False}) & Q(**{f"{subject}__in": own})
    return acted_for | Q(Exists(declared))


def kept_from(user: Any) -> Q:
    """Return the condition, on what belongs to a case, that the official `user` keeps away from it 回避."""
    return keeps_away(user, case="case", subject="case__subject")


def held_step(*, case: Case, part: Part, actor: Any, on: date) -> ReviewStep | None:
    """Return the open step that the official `actor` may act on as `part`, the actor's own first.

    None for the system, and for whoever acts or has acted for the case's subject. The step knows in whose
    place the actor would do it, as open_steps() says.
    """
    if actor is None:
        return None
    steps = open_steps(user=actor, on=on, phases=[PHASE_OF[part]]).filter(case=case)
    own_first = If(
        When(taken_by=actor.pk, then=0),
        When(taken_by=None, stands_for=None, then=1),
        When(taken_by=None, then=2),
        default=3,
    )
    # A later office of the same phase decides after this one: the re-check 复核 of a level above.
    later = ReviewStep.objects.filter(
        case=OuterRef("case"),
        phase=OuterRef("phase"),
        position__gt=OuterRef("position"),
        state=ReviewStep.State.PLANNED,
    )
    done = ReviewStep.objects.filter(
        case=OuterRef("case"), phase=OuterRef("phase"), state=ReviewStep.State.DONE, done_by=actor.pk
    )
    set_aside = ReviewStep.objects.filter(
        case=OuterRef("case"), phase=Phase.DECIDE, state=ReviewStep.State.SET_ASIDE, done_by=actor.pk
    )
    took = CaseActor.objects.filter(case=OuterRef("case"), user=actor.pk)
    return (
        steps.exclude(kept_from(actor))
        .annotate(
            has_later=Exists(later),
            did_before=Exists(done),
            decided_before=Exists(set_aside),
            took_verify=Exists(took.filter(part=CaseActor.Part.VERIFY)),
            took_decide=Exists(took.filter(part=CaseActor.Part.DECIDE)),
        )
        .select_related("office", "clock", "taken_by")
        .order_by(own_first, "position")
        .first()
    )


def heads_step(*, case: Case, actor: Any, on: date) -> ReviewStep | None:
    """Return a deciding step of an office at which the official `actor` approves, whether or not the case has
    come to it: the office's own people before those who do it in a member's place."""
    if actor is None:
        return None
    steps = steps_in_reach(user=actor, on=on, phases=[Phase.DECIDE]).filter(case=case)
    return steps.exclude(kept_from(actor)).order_by(F("stands_for").asc(nulls_first=True), "position").first()


def taken_by_another(step: ReviewStep, *, actor: Any) -> bool:
    """Whether a colleague has the step in hand, in whose place `actor` does not act: it is theirs alone."""
    return step.taken_by_id not in (None, actor.pk, getattr(step, "stands_for", None))


def open_steps(*, user: Any, on: date, phases: Iterable[Phase] = Phase) -> QuerySet[ReviewStep]:
    """Return the open steps that `user` may act on, as steps_in_reach() says."""
    return steps_in_reach(user=user, on=on, phases=phases).filter(state=ReviewStep.State.OPEN)


def steps_in_reach(*, user: Any, on: date, phases: Iterable[Phase] = Phase) -> QuerySet[ReviewStep]:
    """Return the steps, in whatever state, that are `user`'s, for themself or as a substitute 代办.

    Each has `stands_for` and `stands_for_name`: the member in whose place the user would do it, None and ""
    where it is their own.
    """
    phases = list(phases)
    found = in_reach(user=user, on=on, phases=phases)
    return ReviewStep.objects.filter(found).annotate(**in_whose_place(user=user, on=on, phases=phases))


def in_reach(*, user: Any, on: date, phases: Iterable[Phase] = Phase) -> Q:
    """Return the condition on steps of steps_in_reach()."""
    reach = reach_of(user=user, on=on)
    found = _nothing()
    for phase in phases:
        if offices := reach.offices(PERMISSION_OF[phase]):
            found |= Q(phase=phase, office__in=offices)
        found |= _in_hand(reach, phase)
    return found


def _in_hand(reach: Reach, phase: Phase) -> Q:
    """What a member has taken of whose work a substitute does only what they have in hand."""
    found = _nothing()
    for loan in reach.in_hand(PERMISSION_OF[phase]):
        found |= Q(phase=phase, office=loan.office, taken_by=loan.member)
    return found


def _nothing() -> Q:
    return Q(pk__in=())


def lent_steps(*, user: Any, on: date, phases: Iterable[Phase] = Phase) -> Q:
    """The open steps of the phases that a member has taken whose work in hand `user` does in their place."""
    reach = reach_of(user=user, on=on)
    found = _nothing()
    for phase in phases:
        found |= _in_hand(reach, phase)
    return found & Q(state=ReviewStep.State.OPEN)


def in_whose_place(*, user: Any, on: date, phases: Iterable[Phase] = Phase) -> dict[str, Any]:
    """Return the annotations `stands_for` and `stands_for_name` of steps_in_reach(), for a query of steps.

    Nobody where the user serves in that role at the step's office themself. Who took the step comes before
    the other members whose whole work the user does there.
    """
    loans = _loans_by_step(reach_of(user=user, on=on), phases)
    nobody = Value(None, models.IntegerField())
    return {
        "stands_for": If(*(When(where, then=Value(loan.member)) for where, loan in loans), default=nobody),
        "stands_for_name": If(
            *(When(where, then=Value(loan.name)) for where, loan in loans), default=Value("")
        ),
    }


def _loans_by_step(reach: Reach, phases: Iterable[Phase]) -> list[tuple[Q, Loan]]:
    """Which steps are whose: the first condition that fits a step holds."""
    taken, whole = [], []
    for phase in phases:
        permission = PERMISSION_OF[phase]
        own = reach.own_offices(permission)
        for loan in reach.loans_with(permission):
            there = Q(phase=phase, office=loan.office)
            if loan.office in own:
                continue
            taken.append((there & Q(taken_by=loan.member), loan))
            if loan.whole:
                whole.append((there, loan))
    return taken + whole


def visible_cases(*, user: Any, on: date) -> QuerySet[Case]:
    """Return the submitted cases that an official may read: those with a step at an office of theirs, and
    while they do what a member has in hand, the cases in which that member has taken an open step."""
    offices = reach_of(user=user, on=on).offices("see_cases")
    steps = ReviewStep.objects.filter(Q(office__in=offices) | lent_steps(user=user, on=on))
    return Case.objects.filter(pk__in=steps.values("case"), submitted_on__isnull=False).exclude(
        keeps_away(user)
    )


def own_cases(*, user: Any, on: date) -> QuerySet[Case]:
    """Return the cases of the subjects for which `user` may act, drafts included."""
    return Case.objects.filter(subject__in=access.subjects_of(user=user, on=on))


def window_cases(*, user: Any, on: date) -> QuerySet[Case]:
    """Return the cases that came in at the windows at which `user` serves on that day, drafts included."""
    return Case.objects.filter(filing__in=window_filings(user=user, on=on))


def took_part(*, case: Case, part: Part, actor: Any, on: date) -> bool:
    """Whether `actor` could act as `part` at some time in this case, so that "it has moved on" is theirs to
    know: an applicant of the subject, or a member of an office that has a step of the phase, unless they must
    keep away."""
    if part == Part.SYSTEM:
        return False
    if part == Part.APPLICANT:
        return stands_for_applicant(filing=case.filing, user=actor, on=on)
    phase = PHASE_OF[Part.APPROVER if part == Part.HEAD else part]
    steps = case.steps.filter(in_reach(user=actor, on=on, phases=[phase]))
    return steps.exclude(kept_from(actor)).exists()


def handlers_of(step: ReviewStep, *, on: date) -> list[User]:
    """Return who is told of an open step: who took it, or does it in their place; before anybody has,
    everybody at the office who could. Nobody who is away is told, and nobody who acts for the subject."""
    permission = PERMISSION_OF[Phase(step.phase)]
    return access.able_now(
        office=step.office, permission=permission, on=on, taker=step.taken_by, but=people_kept_from(step.case)
    )


def people_kept_from(case: Case) -> Q:
    """Return the condition on people that they must keep away from the case 回避: who acts or ever acted for
    its subject, and who has declared so."""
    declared = Recusal.objects.filter(case=case, user=OuterRef("pk"))
    acted_for = Mandate.objects.filter(subject=case.subject_id, user=OuterRef("pk"))
    return Q(Exists(declared)) | Q(Exists(acted_for))
