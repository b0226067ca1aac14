"""A decision was changed, revoked or found void: its record is withdrawn, and everybody told."""

from collections.abc import Sequence
from datetime import date
from functools import partial
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from credit_repair.cases.models import Paper
from credit_repair.core import audit
from credit_repair.core.clock import now
from credit_repair.core.jobs import dispatch
from credit_repair.core.languages import in_site_language
from credit_repair.platforms.services import enqueue_removal
from credit_repair.registry.law import current_book, current_calendar
from credit_repair.registry.models import Office, Record, RecordFlag
from credit_repair.registry.services.flags import take_flag_off
from credit_repair.registry.services.withdrawing import withdraw_record
from credit_repair.rules import RuleValue, said
from credit_repair.rulings.errors import RulingRefused
from credit_repair.rulings.models import PenaltyCancellation
from credit_repair.rulings.services.cancellation_mails import open_steps_on, tell_of_cancellation
from credit_repair.rulings.words import became_of_it, cause_text

Kind = PenaltyCancellation.Kind


@transaction.atomic
@in_site_language()
def cancel_penalty(
    *,
    record: Record,
    kind: str,
    decided_on: date,
    document_no: str,
    made_by: str,
    reason: str,
    papers: Sequence[Paper],
    actor: Any,
    today: date,
    successor: Record | None = None,
    successor_to_come: bool = False,
) -> PenaltyCancellation:
    """Withdraw `record` because its decision was changed, revoked or found void; return the row about it.

    The platforms have clock.withdraw_changed.days working days from `decided_on`, the date of the document,
    to take it down: 处罚被变更、撤销或者确认无效的，3个工作日内撤下. In one transaction: the record is
    withdrawn, whatever it was before, its flags 标注 come off, every platform and department is told, and so
    are the people of the subject, the officials with open steps on it, and the credit office's data officers.
    Its open cases are closed as moot by a settler, which is called at once.

    `kind` is a PenaltyCancellation.Kind, `made_by` the authority or court whose document `document_no` it is,
    `papers` the document itself. Of a change, `successor` is the record of what was decided instead, and
    `successor_to_come` says that it will come with the data. Whether `actor` may do this is asked by the
    caller.

    Raises RulingRefused where it is entered already, without a document, and for dates that do not fit.
    """
    locked = Record.objects.select_for_update(of=("self",), no_key=True)
    record = locked.select_related("subject", "authority").get(pk=record.pk)
    _refuse_what_does_not_fit(record, kind, decided_on, today, successor)
    _refuse_without_proof(document_no, made_by, reason, papers)
    rule = withdrawal_rule(record.authority, on=today)
    due = current_calendar().add_working_days(decided_on, int(rule.value))
    at = now()
    row = PenaltyCancellation(
        record=record,
        kind=kind,
        decided_on=decided_on,
        document_no=document_no.strip(),
        made_by=made_by.strip(),
        reason=reason.strip(),
        successor=successor,
        successor_to_come=successor_to_come and successor is None and kind == Kind.CHANGED,
        reported_on=today,
        reported_at=at,
        reported_by=actor,
        reported_label=str(actor)[:100] if actor is not None else audit.SYSTEM_LABEL,
        was_standing=record.standing,
        was_ended_on=record.ended_on,
        limit_days=int(rule.value),
        due_on=due.due,
        provisional=due.provisional,
        basis=rule.basis,
    )
    row.flags_off = _take_flags_off(row, at=at)
    row.event = withdraw_record(
        record=record, on=today, at=at, actor_label=row.reported_label, data=_said(row)
    )
    steps = open_steps_on(record)
    row.open_cases = len({step.case_id for step in steps})
    row.save()
    row.papers.set(papers)
    enqueue_removal(record=record, cause=row.event.uuid, cause_text=cause_text(record, kind))
    tell_of_cancellation(row, steps=steps, actor=actor, today=today)
    audit.record(
        actor=actor,
        action="rulings.cancel_penalty",
        target=record,
        data={"event": str(row.event.uuid), "kind": str(kind), "was": row.was_standing},
    )
    # At once, not within the minute: nobody shall go on working at a case that is without its object.
    transaction.on_commit(partial(dispatch, "settle_cases", key="settle_cases"), robust=True)
    return row


def withdrawal_rule(authority: Office, *, on: date) -> RuleValue:
    """Return how many working days there are to withdraw a record of `authority`, by the rules of the day on
    which it is entered. Where the authority's own set says nothing, the set of all others speaks."""
    book = current_book()
    own = "market" if authority.kind == Office.Kind.MARKET else "other"
    for kind in (own, "other"):
        rules = book.view(book.governing(kind, on).rule_set.id, on=on)  # type: ignore[arg-type]
        found = rules.find("clock.withdraw_changed.days")
        if found is not None and found.value is not None:
            return found
    raise RulingRefused(_("现行规则没有规定撤下的期限，请先在“规则”中补充。"))


def _refuse_what_does_not_fit(
    record: Record, kind: str, decided_on: date, today: date, successor: Record | None
) -> None:
    if kind not in Kind.values:
        raise RulingRefused(_("请选择变更、撤销或者确认无效。"), field="kind")
    if PenaltyCancellation.objects.filter(record=record, undone_at__isnull=True).exists():
        raise RulingRefused(_("这条记录已经登记过变更或者撤销，可能刚由别人办理。"))
    if decided_on < record.decision_date:
        raise RulingRefused(_("文书日期早于原决定日期，请核对。"), field="decided_on")
    if decided_on > today:
        raise RulingRefused(_("文书日期还没有到，请核对。"), field="decided_on")
    if successor is None:
        return
    if kind != Kind.CHANGED:
        raise RulingRefused(_("只有变更的才有替代原决定的记录。"), field="successor")
    if successor.pk == record.pk or successor.subject_id != record.subject_id:
        raise RulingRefused(_("替代的记录应当是同一主体的另一条记录，请核对文号。"), field="successor")


def _refuse_without_proof(document_no: str, made_by: str, reason: str, papers: Sequence[Paper]) -> None:
    if not document_no.strip():
        raise RulingRefused(_("请填写文书编号。"), field="document_no")
    if not made_by.strip():
        raise RulingRefused(_("请填写作出单位。"), field="made_by")
    if not reason.strip():
        raise RulingRefused(_("请写明变更、撤销或者确认无效的原因。"), field="reason")
    if not papers:
        raise RulingRefused(_("请上传变更、撤销决定或者裁判文书。"), field="papers")


def _take_flags_off(row: PenaltyCancellation, *, at: Any) -> list[str]:
    """What is withdrawn is neither disputed nor shielded nor held; return the kinds that came off."""
    flags = RecordFlag.objects.filter(record=row.record, off_at__isnull=True).order_by("pk")
    kinds = list(flags.values_list("kind", flat=True))
    for kind in kinds:
        take_flag_off(
            record=row.record,
            kind=kind,
            reason=became_of_it(row.record, row.kind),
            actor_label=row.reported_label,
            at=at,
        )
    return kinds


def _said(row: PenaltyCancellation) -> dict[str, Any]:
    """What the record's event says: what became of the decision, by which document."""
    return {
        "reason": _("%(what)s：%(body)s%(day)s%(number)s")
        % {
            "what": became_of_it(row.record, row.kind),
            "body": row.made_by,
            "day": said(row.decided_on),
            "number": row.document_no,
        },
        "cancellation": str(row.uuid),
        "was": row.was_standing,
    }
