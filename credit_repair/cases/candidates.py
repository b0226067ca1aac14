"""Who can be given a review step, and how much each of them has in hand."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Exists, OuterRef, Q

from credit_repair.cases.models import CaseActor, Phase, ReviewStep
from credit_repair.cases.parts import HANDLING, PERMISSION_OF, people_kept_from, running_overrides
from credit_repair.people import access
from credit_repair.people.models import User


def candidates(step: ReviewStep, *, on: date, present: bool = True) -> list[User]:
    """Return who can be given `step` on that day: those who hold its permission at its office, and, with
    `present`, are not away. Nobody who must keep away 回避 or whom the four eyes keep from it.

    Asks the same however many they are.
    """
    able = access.members_with(office=step.office, permission=PERMISSION_OF[Phase(step.phase)], on=on)
    if present:
        able = able.exclude(pk__in=access.absences(on=on).values("user"))
    return list(able.exclude(people_kept_from(step.case) | barred_by_four_eyes(step, on=on)))


def barred_by_four_eyes(step: ReviewStep, *, on: date) -> Q:
    """Return the condition on people that the four eyes 四眼原则 keep them from `step` on that day: they
    verified what they would decide, or the other way round, or handed up the decision that they would
    re-check 复核; unless a supervisor has let them. Nobody lets who proposed a revocation decide on it, nor
    who decided what was set aside decide anew."""
    if step.phase == Phase.REVOKE:
        proposed = step.case.steps.filter(
            phase=Phase.REVOKE, state=ReviewStep.State.DONE, position=step.position - 1
        )
        return Q(Exists(proposed.filter(done_by=OuterRef("pk"))))
    parts = {Phase.VERIFY: CaseActor.Part.DECIDE, Phase.DECIDE: CaseActor.Part.VERIFY}
    other = parts.get(Phase(step.phase))
    if other is None:
        return Q(pk__in=())
    took = Q(Exists(CaseActor.objects.filter(case=step.case_id, user=OuterRef("pk"), part=other)))
    if step.phase == Phase.DECIDE:
        handed_up = step.case.steps.filter(phase=Phase.DECIDE, state=ReviewStep.State.DONE)
        took |= Q(Exists(handed_up.filter(done_by=OuterRef("pk"))))
    let = running_overrides(case=step.case, on=on).filter(user=OuterRef("pk"))
    decided = step.case.steps.filter(phase=step.phase, state=ReviewStep.State.SET_ASIDE)
    return took & ~Q(Exists(let)) | Q(Exists(decided.filter(done_by=OuterRef("pk"))))


@dataclass(frozen=True)
class Loaded:
    """A person, and how many open steps they have in hand."""

    user: User
    load: int


def with_load(people: Iterable[User]) -> list[Loaded]:
    """Return `people`, in their order, with how many open steps each has in hand: one query."""
    people = list(people)
    taken = (
        ReviewStep.objects.filter(taken_by__in=people, state=ReviewStep.State.OPEN)
        .order_by()
        .values_list("taken_by")
        .annotate(Count("pk"))
    )
    loads = dict(taken)
    return [Loaded(person, loads.get(person.pk, 0)) for person in people]


def handlers_at(offices: Collection[int], *, on: date) -> list[User]:
    """Return who handles steps at any of the offices of these keys and is not away, by name; whether somebody
    can do a certain step, candidates() says. One query, however many the offices are."""
    able = access.members_at(offices=offices, permissions=HANDLING, on=on)
    present = able.exclude(pk__in=access.absences(on=on).values("user"))
    return sorted(present, key=lambda person: (str(person), person.pk))
