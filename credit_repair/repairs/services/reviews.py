"""Reviews 行政复议 and lawsuits 行政诉讼: entered, and their outcome executed in one transaction.

Neither suspends publicity. What follows from an outcome:

    upheld, withdrawn     nothing but that it is written down
    set aside, refusal    the level above may decide anew: `set_refusal_aside`, then `reopen` by its approver
    set aside, repair     a supervisor revokes it, with no bar: `begin_revocation`, then `revoke`
    the penalty falls     its record is withdrawn: rulings.services.cancel_penalty()
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.files.base import File
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from credit_repair.cases.errors import ActionRefused, NotYours
from credit_repair.cases.models import Case, Paper, TimelineEvent
from credit_repair.cases.services import transition
from credit_repair.cases.services.attachments import look_into
from credit_repair.cases.services.papers import keep_paper
from credit_repair.cases.services.telling import tell_subject
from credit_repair.core import audit
from credit_repair.core.clock import now
from credit_repair.core.languages import in_site_language
from credit_repair.core.wording import day_text
from credit_repair.registry.models import Record, RecordEvent
from credit_repair.repairs.after.reviewing import (
    decision_stands,
    may_enter_reviews,
    reviewable_cases,
    why_not_conclude,
)
from credit_repair.repairs.models import Review
from credit_repair.rulings.errors import RulingRefused
from credit_repair.rulings.services import cancel_penalty


@dataclass(frozen=True)
class Filed:
    """A review as it is filed: the way, the body 复议机关 or court, its number, the day."""

    kind: str
    body: str
    number: str
    filed_on: date


@dataclass(frozen=True)
class Order:
    """What came of a review: one of Review.Outcome, the order's day and number, and its reasons."""

    outcome: str
    decided_on: date
    number: str
    reasons: str


@in_site_language()
def file_review(
    *,
    record: Record,
    case: Case | None,
    filed: Filed,
    actor: Any,
    today: date,
    paper: File | None = None,
) -> Review:
    """Write down that the penalty behind `record`, or with `case` what was decided in that repair, is under
    review or before a court; tell the subject and the case's timeline. Publicity goes on.

    Raises NotYours where the actor neither takes in at the intake office nor approves at the deciding one, or
    keeps away; ActionRefused with words for a day that does not fit, a case in which nothing was decided, and
    where the same is under way already; uploads.UploadRefused for the paper.
    """
    if paper is not None:
        look_into(paper)
    with transaction.atomic():
        locked_case = _lock(case)
        locked = Record.objects.select_for_update(no_key=True).get(pk=record.pk)
        _must_be_allowed(locked, locked_case, actor, today)
        _must_fit(locked, locked_case, filed, today)
        review = _enter(locked, locked_case, filed, actor, paper)
        said = _filed_words(review)
        _write(review, RecordEvent.What.REVIEW_FILED, said, actor, today, _("提起复议或者诉讼"))
        audit.record(actor=actor, action="repair.file_review", target=review, data=_facts(review))
        _tell(review, "subject_review_filed", today)
    return review


@in_site_language()
def conclude_review(*, review: Review, order: Order, actor: Any, today: date, paper: File) -> Review:
    """Write down what came of a review, with the order itself, and execute it: all or nothing.

    Raises NotYours as file_review() does; ActionRefused with words where it is concluded already, where the
    outcome does not fit what it is about, for a day that does not fit, where what follows takes another
    person (reviewing.why_not_conclude()), and where what follows cannot be done now;
    uploads.UploadRefused for the paper.
    """
    look_into(paper)
    with transaction.atomic():
        found = Review.objects.select_related("case", "record").get(pk=review.pk)
        case = _lock(found.case)
        record = Record.objects.select_for_update(no_key=True).get(pk=found.record_id)
        row = Review.objects.select_for_update().get(pk=review.pk)
        _must_be_allowed(record, case, actor, today)
        _must_conclude(row, order, today)
        _must_be_another(row, order, actor, today)
        kept = keep_paper(subject=record.subject, upload=paper, actor=actor)
        row.outcome, row.decided_on, row.order_number = order.outcome, order.decided_on, order.number.strip()
        row.reasons, row.order_paper = order.reasons.strip(), kept
        row.concluded_by, row.concluded_at = actor, now()
        row.save()
        _write(row, RecordEvent.What.COURT_ORDER, _order_words(row), actor, today, _("复议或者诉讼有了结果"))
        audit.record(actor=actor, action="repair.conclude_review", target=row, data=_facts(row))
        _execute(row, case, record, kept, actor, today)
        _tell(row, "subject_review_concluded", today)
    return row


def _lock(case: Case | None) -> Case | None:
    """Lock the case first, as every act does."""
    if case is None:
        return None
    Case.objects.select_for_update().values_list("pk").get(pk=case.pk)
    return Case.objects.select_related("subject", "intake_office", "deciding_office").get(pk=case.pk)


def _must_be_allowed(record: Record, case: Case | None, actor: Any, today: date) -> None:
    if not may_enter_reviews(record=record, case=case, user=actor, on=today):
        raise NotYours(f"review on {record.uuid}")


def _must_fit(record: Record, case: Case | None, filed: Filed, today: date) -> None:
    if filed.kind not in Review.Kind.values or not filed.body.strip():
        raise ActionRefused("missing_text", _("请写明途径和受理机关。"))
    if filed.filed_on > today:
        raise ActionRefused("too_late", _("提起日期还没有到，请核对。"))
    if case is None:
        if filed.filed_on < record.decision_date:
            raise ActionRefused("too_early", _("提起日期早于处罚决定的日期，请核对。"))
        return
    decided = reviewable_cases(record).filter(pk=case.pk).exists()
    if not decided:
        raise ActionRefused("not_decided", _("这件申请还没有作出准予或者不予修复的决定。"))
    if case.repair.decided_on and filed.filed_on < case.repair.decided_on:
        raise ActionRefused("too_early", _("提起日期早于信用修复决定的日期，请核对。"))


def _enter(record: Record, case: Case | None, filed: Filed, actor: Any, paper: File | None) -> Review:
    kept = keep_paper(subject=record.subject, upload=paper, actor=actor) if paper is not None else None
    try:
        with transaction.atomic():
            return Review.objects.create(
                record=record,
                case=case,
                kind=filed.kind,
                about=Review.About.REPAIR if case else Review.About.PENALTY,
                body=filed.body.strip(),
                number=filed.number.strip(),
                filed_on=filed.filed_on,
                paper=kept,
                entered_by=actor,
                entered_at=now(),
            )
    except IntegrityError:
        raise ActionRefused(
            "filed_already", _("同一决定已有一件没有结果的复议或者诉讼，请先登记它的结果。")
        ) from None


def _must_conclude(row: Review, order: Order, today: date) -> None:
    if not row.is_running:
        raise ActionRefused("concluded_already", _("结果已经登记，不能再次登记。"))
    if order.outcome not in Review.OUTCOMES[Review.About(row.about)]:
        raise ActionRefused("missing_outcome", _("请选择结果。"))
    if not row.filed_on <= order.decided_on <= today:
        raise ActionRefused("day", _("作出日期应当在提起日期之后、不晚于今天，请核对。"))
    if order.outcome not in (Review.Outcome.UPHELD, Review.Outcome.WITHDRAWN):
        if not order.number.strip():
            raise ActionRefused("missing_text", _("请填写复议决定书或者裁判文书的文号。"))
        if not order.reasons.strip():
            raise ActionRefused("missing_text", _("请写明复议决定或者裁判的理由。"))


def _must_be_another(row: Review, order: Order, actor: Any, today: date) -> None:
    """Four eyes 四眼原则, where something follows from the order."""
    if why := why_not_conclude(review=row, outcome=order.outcome, user=actor, on=today):
        raise ActionRefused("not_theirs_to_conclude", why)


def _execute(row: Review, case: Case | None, record: Record, kept: Paper, actor: Any, today: date) -> None:
    """Do what the order says."""
    if row.outcome == Review.Outcome.SET_ASIDE and case is not None:
        if not decision_stands(case):  # what an earlier order, or its own office, has undone already
            return
        action = "set_refusal_aside" if case.state == "refused" else "begin_revocation"
        data: Mapping[str, Any] = {"review": row, "by": actor, "facts": row.reasons}
        transition(case=case, action=action, actor=None, today=today, data=dict(data))
    elif row.outcome in Review.PENALTY_FALLS:
        try:
            cancel_penalty(
                record=record,
                kind=row.outcome,
                decided_on=row.decided_on or today,
                document_no=row.order_number,
                made_by=row.body,
                reason=row.reasons,
                papers=[kept],
                actor=actor,
                today=today,
            )
        except RulingRefused as refused:
            raise ActionRefused("not_withdrawn", str(refused)) from refused


def _filed_words(review: Review) -> str:
    words = _("%(day)s，向%(body)s提起%(kind)s，不服%(about)s%(number)s。复议和诉讼期间不停止公示。")
    return words % {
        "day": day_text(review.filed_on),
        "body": review.body,
        "kind": review.get_kind_display(),
        "about": review.get_about_display(),
        "number": _("，案号%s") % review.number if review.number else "",
    }


def _order_words(review: Review) -> str:
    return _("%(body)s于%(day)s作出%(number)s：%(outcome)s。%(reasons)s") % {
        "body": review.body,
        "day": day_text(review.decided_on),
        "number": review.order_number or review.get_kind_display(),
        "outcome": review.get_outcome_display(),
        "reasons": review.reasons,
    }


def _write(review: Review, what: RecordEvent.What, words: str, actor: Any, today: date, title: str) -> None:
    """Write it on the record's history, and where it is about a repair on that case's timeline, for all."""
    RecordEvent.objects.create(
        record=review.record,
        what=what,
        at=now(),
        on=today,
        actor_label=str(actor)[:100],
        data={"review": str(review.uuid), "reason": words},
    )
    if review.case is not None:
        TimelineEvent.objects.create(
            case=review.case,
            at=now(),
            action=str(what),
            title=title,
            text=words,
            actor=actor,
            actor_label=str(actor)[:120],
            state_from=review.case.state,
            state_to=review.case.state,
        )


def _tell(review: Review, kind: str, today: date) -> None:
    tell_subject(
        kind=kind,
        subject=review.record.subject,
        about=review.uuid,
        on=today,
        review=review,
        record=review.record,
    )


def _facts(review: Review) -> dict[str, Any]:
    return {
        "record": str(review.record.uuid),
        "kind": review.kind,
        "number": review.number,
        "outcome": review.outcome,
    }
