"""Questions about who keeps away from a case 回避, and who may do two parts of it."""

from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from credit_repair.cases.candidates import barred_by_four_eyes
from credit_repair.cases.models import Case, FourEyesOverride, Phase, Recusal, ReviewStep
from credit_repair.cases.parts import PERMISSION_OF, in_reach, kept_from, people_kept_from
from credit_repair.people import access
from credit_repair.people.models import User
from credit_repair.people.reach import reach_of
from credit_repair.registry.law import current_calendar

#: For how many working days at most an exception to the four eyes may be granted.
LONGEST_OVERRIDE = 10
_UNDONE = (ReviewStep.State.OPEN, ReviewStep.State.PLANNED)


def undone_steps(*, case: Case, user: Any, on: date) -> list[ReviewStep]:
    """Return the steps of the case, open or still to come, at offices whose cases `user` sees, or that `user`
    does in a member's place."""
    offices = reach_of(user=user, on=on).offices("see_cases")
    undone = case.steps.filter(state__in=_UNDONE).select_related("case", "office", "taken_by")
    return list(undone.filter(Q(office__in=offices) | in_reach(user=user, on=on)).order_by("position"))


def supervises(*, case: Case, actor: Any, on: date, but: User | None = None) -> bool:
    """Whether `actor` supervises an office that has a step in the case, and need not keep away; what they do
    in the place of `but` does not count. An office that has sent the case on 转送 has no step any longer."""
    offices = reach_of(user=actor, on=on).offices("supervise", but=but.pk if but is not None else None)
    of_theirs = case.steps.filter(office__in=offices, forwarded_to__isnull=True)
    return of_theirs.exclude(kept_from(actor)).exists()


def barred_people(*, case: Case, on: date) -> list[User]:
    """Return who could do a step of the case that is not done yet, but for the four eyes: they took the other
    part, or handed the case up for a re-check 复核. Whoever keeps away is none of them, nor is who has an
    exception already."""
    found: dict[int, User] = {}
    for step in case.steps.filter(state__in=_UNDONE).select_related("case", "office"):
        able = access.members_with(office=step.office, permission=PERMISSION_OF[Phase(step.phase)], on=on)
        barred = able.filter(barred_by_four_eyes(step, on=on)).exclude(people_kept_from(case))
        found |= {person.pk: person for person in barred}
    return [person for _pk, person in sorted(found.items())]


def last_day(today: date) -> date:
    """Return the last day until which an exception to the four eyes can be granted on `today`."""
    return current_calendar().add_working_days(today, LONGEST_OVERRIDE).due


def overrides_of(case: Case) -> QuerySet[FourEyesOverride]:
    """Return every exception that was ever granted in the case, the newest first."""
    return case.overrides.select_related("user", "granted_by").order_by("-granted_at", "-pk")


def recusals_of(case: Case) -> QuerySet[Recusal]:
    """Return who has declared to keep away from the case, the earliest first."""
    return case.recusals.select_related("user").order_by("declared_at", "pk")
