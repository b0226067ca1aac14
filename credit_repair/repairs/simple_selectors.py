"""What lies with an approver for a decision, and which of it is simple enough to be decided together."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _

from credit_repair.cases import selectors as cases
from credit_repair.cases.models import Case, CaseActor, Enquiry, Phase, ReviewStep
from credit_repair.cases.parts import taken_by_another, visible_cases
from credit_repair.registry.models import Record
from credit_repair.repairs.models import KIND, record_of
from credit_repair.repairs.simple import Facts, reasons_against

#: So many of the nearest deadlines are looked at for one page.
MOST_LOOKED_AT = 300


@dataclass(frozen=True)
class Candidate:
    """A case that waits for the approver's decision, and why it is not simple; no reason: it is."""

    step: ReviewStep
    against: tuple[str, ...]

    @property
    def case(self) -> Case:
        """The case itself, with record, subject and steps read along."""
        return self.step.case

    @property
    def is_simple(self) -> bool:
        """Whether it may be decided together with others."""
        return not self.against


def candidates(*, user: Any, on: date, among: Iterable[Any] | None = None) -> list[Candidate]:
    """Return the repair applications that wait for `user`'s decision, the nearest deadline first; with
    `among`, those of these uuids alone. They need not keep away from any of them."""
    steps = cases.steps_by_deadline(user=user, on=on).filter(phase=Phase.DECIDE, case__kind=KIND)
    if among is not None:
        steps = steps.filter(case__uuid__in=list(among))
    steps = steps.select_related(
        "case__subject", "case__record", "case__repair", "office", "clock", "taken_by"
    ).prefetch_related(
        "case__clocks",
        "case__enquiries",
        "case__correction_items__attachments",
        Prefetch("case__steps", ReviewStep.objects.select_related("office", "done_by")),
        Prefetch("case__actors", CaseActor.objects.filter(user=user.pk), to_attr="own_parts"),
    )
    return [
        Candidate(step=step, against=reasons_against(_facts(step, user=user, on=on)))
        for step in steps[:MOST_LOOKED_AT]
    ]


def readable_among(uuids: Iterable[Any], *, user: Any, on: date) -> QuerySet[Case]:
    """Return the repair applications among `uuids` that the official `user` may read."""
    found = visible_cases(user=user, on=on).filter(uuid__in=list(uuids), kind=KIND)
    return found.select_related("subject", "record")


def why_not_together(*, case: Case, user: Any, on: date) -> tuple[str, ...]:
    """Return why `user` must not decide the case together with others now; nothing where they may."""
    found = candidates(user=user, on=on, among=[case.uuid])
    return found[0].against if found else (_("现在不在您的待决定案件中"),)


def _facts(step: ReviewStep, *, user: Any, on: date) -> Facts:
    case, record = step.case, record_of(step.case)
    steps = list(case.steps.all())
    verified = [each for each in steps if each.phase == Phase.VERIFY]
    deciders = [each for each in steps if each.phase == Phase.DECIDE and each.pk != step.pk]
    running = (clock.due_on for clock in case.clocks.all() if clock.stopped_on is None)
    return Facts(
        deciding=case.state == "deciding",
        taken_by=str(step.taken_by) if taken_by_another(step, actor=user) else "",
        rechecked=any(each.state != ReviewStep.State.CANCELLED for each in deciders),
        acted=bool(case.own_parts) or any(each.done_by_id == user.pk for each in verified),  # type: ignore[attr-defined]
        opinions=tuple(each.opinion for each in verified if each.state != ReviewStep.State.CANCELLED),
        noes=sum(answer == "no" for each in steps for answer in each.checks.values()),
        conditions=tuple(item["state"] for item in case.explanation.get("conditions", ())),
        enquiries=tuple(_standing(enquiry) for enquiry in case.enquiries.all()),
        words_only=any(item.answer and not item.attachments.all() for item in case.correction_items.all()),
        penalty=record.kind == Record.Kind.PENALTY,
        rule_class=record.rule_class or "",
        public=record.is_public,
        overdue=any(due < on for due in running if due),
    )


def _standing(enquiry: Enquiry) -> str:
    """How an enquiry stands; one that was taken back unanswered says nothing against the case."""
    if enquiry.is_open:
        return "open"
    return enquiry.answer or Enquiry.Answer.CONFIRMED
