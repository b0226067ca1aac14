"""Who may enter a review 复议 or lawsuit 诉讼, of what, and what may come of it."""

from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from credit_repair.cases.adjusting import may_adjust
from credit_repair.cases.models import Case, Phase, ReviewStep
from credit_repair.cases.parts import is_partial
from credit_repair.people import access
from credit_repair.people.reach import reach_of
from credit_repair.registry.models import Office, Record
from credit_repair.registry.selectors import NoCreditOffice, credit_office_for
from credit_repair.repairs.models import KIND, Review

#: In which states something was decided that may be under review.
DECIDED = ("refused", "approved", "completed", "revoked")


def may_enter_reviews(
    *, record: Record, case: Case | None, user: Any, on: date, but: int | None = None
) -> bool:
    """Whether the official `user` takes in at the credit office or approves at the authority concerned, those
    of the case where it is about one; what they do in the place of the person of the key `but` does not
    count. Nobody does for a subject for which they act or ever acted."""
    if case is not None:
        intake, deciding = case.intake_office, case.deciding_office
    else:
        intake, deciding = _credit_office(record), record.authority
    reach = reach_of(user=user, on=on)
    holds = any(
        office is not None and office.pk in reach.offices(permission, but=but)
        for office, permission in ((intake, "intake"), (deciding, "approve"))
    )
    if not holds or (case is not None and is_partial(case=case, actor=user)):
        return False
    return not access.subjects_ever_acted_for(user=user).filter(pk=record.subject_id).exists()


def _credit_office(record: Record) -> Office | None:
    try:
        return credit_office_for(authority=record.authority)
    except NoCreditOffice:
        return None


def reviewable_cases(record: Record) -> QuerySet[Case]:
    """Return the repair applications on the record in which something was decided, the newest first."""
    found = Case.objects.filter(record=record, kind=KIND, state__in=DECIDED)
    return found.select_related("repair", "intake_office", "deciding_office").order_by("-pk")


def cases_to_review(*, record: Record, user: Any, on: date) -> list[Case]:
    """Return those of reviewable_cases() for which the official `user` may enter a review."""
    return [
        case
        for case in reviewable_cases(record)
        if may_enter_reviews(record=record, case=case, user=user, on=on)
    ]


def review_to_enter(*, user: Any, uuid: UUID, on: date) -> Review | None:
    """Return the review whose outcome `user` may enter; None where it is not theirs, or there is none."""
    read = ("record__subject", "record__authority", "case__intake_office", "case__deciding_office")
    found = Review.objects.select_related(*read).filter(uuid=uuid).first()
    if found is None or not may_enter_reviews(record=found.record, case=found.case, user=user, on=on):
        return None
    return found


def why_not_conclude(*, review: Review, outcome: str, user: Any, on: date) -> str:
    """Return why `user`, who may enter reviews of this kind, may not enter that outcome; "" where they may.

    What is only written down, everybody of them may. What executes something takes four eyes 四眼原则:
    another than who entered the review, and nobody in their place. What withdraws the record takes besides
    that they may find something about it.
    """
    if outcome not in Review.EXECUTED:
        return ""
    first = review.entered_by_id
    if user.pk == first or not may_enter_reviews(
        record=review.record, case=review.case, user=user, on=on, but=first
    ):
        return _(
            "复议或者诉讼是您或者您代办的同事登记的，撤销、变更或者确认无效的结果请交由其他工作人员登记。"
        )
    if outcome in Review.PENALTY_FALLS and not may_adjust(user=user, record=review.record, on=on, but=first):
        return _("处罚被变更、撤销或者确认无效的，由作出处罚的单位的审批人员登记结果。")
    return ""


def decision_stands(case: Case) -> bool:
    """Whether what was decided is still there to be set aside: granted and not revoked, or refused and not to
    be decided anew already."""
    if case.state != "refused":
        return case.state in ("approved", "completed")
    return case.steps.filter(phase=Phase.DECIDE, state=ReviewStep.State.DONE).exists()


def reviews_of_case(case: Case) -> QuerySet[Review]:
    """Return the reviews of what was decided in the case and of the penalty itself, the newest first."""
    found = Review.objects.filter(Q(case=None) | Q(case=case), record=case.record_id)
    return found.select_related("paper", "order_paper")


def reviews_of_record(record: Record) -> QuerySet[Review]:
    """Return every review on the record, the newest first."""
    return Review.objects.filter(record=record).select_related("case", "paper", "order_paper")
