"""A cancellation that was entered by mistake is taken back 撤回登记: one official asks, another does it.

The record goes back to where it was as a correction: where platforms have taken it down meanwhile, they are
told to publish it again. Cases that were closed as moot stay closed; their people read that they can file
anew.
"""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from credit_repair.cases.adjusting import may_adjust
from credit_repair.cases.services.telling import tell_subject
from credit_repair.core import audit
from credit_repair.core.clock import now
from credit_repair.core.languages import in_site_language
from credit_repair.people.errors import NotInCharge
from credit_repair.platforms.services import enqueue_removal
from credit_repair.registry.models import Record, RecordEvent
from credit_repair.registry.services import end_record
from credit_repair.registry.services.withdrawing import take_back_withdrawal
from credit_repair.rulings.errors import RulingRefused
from credit_repair.rulings.models import CourtRuling, PenaltyCancellation, Shield, ShieldedRecord
from credit_repair.rulings.words import title_of


@transaction.atomic
def ask_undo(*, row: PenaltyCancellation, actor: Any, reason: str) -> PenaltyCancellation:
    """Ask for a cancellation to be taken back, with the reason; another official has to do it.

    Whether `actor` may is asked by the caller. Raises RulingRefused without a reason, and where it was asked
    for or taken back already.
    """
    if not reason.strip():
        raise RulingRefused(_("请写明登记错在哪里。"), field="reason")
    locked = _locked(row)
    if locked.undo_asked_at is not None:
        raise RulingRefused(_("已经有人提出撤回，等待另一位同事确认。"))
    locked.undo_asked_at, locked.undo_asked_by, locked.undo_reason = now(), actor, reason.strip()
    locked.save(update_fields=["undo_asked_at", "undo_asked_by", "undo_reason"])
    audit.record(actor=actor, action="rulings.ask_undo", target=locked)
    return locked


@transaction.atomic
def drop_undo(*, row: PenaltyCancellation, actor: Any) -> PenaltyCancellation:
    """Leave a cancellation as it is though somebody asked for it to be taken back."""
    locked = _locked(row)
    if locked.undo_asked_at is None:
        raise RulingRefused(_("没有人提出撤回。"))
    locked.undo_asked_at, locked.undo_asked_by, locked.undo_reason = None, None, ""
    locked.save(update_fields=["undo_asked_at", "undo_asked_by", "undo_reason"])
    audit.record(actor=actor, action="rulings.drop_undo", target=locked)
    return locked


@transaction.atomic
@in_site_language()
def undo_cancellation(*, row: PenaltyCancellation, actor: Any, today: date) -> PenaltyCancellation:
    """Take a cancellation back that somebody else has asked to be taken back; return it.

    The record is what it was before: shown again for the rest of its period, or ended in the way in which it
    had ended. Where a court found its plan performed meanwhile, it is repaired like the others that were
    shielded with it. A shield 破产保护 that runs goes on by a settler; what was held at its maximum is held
    again; whether an objection goes on is for its own case.

    Raises RulingRefused where nobody has asked, where `actor` has asked, or where it was taken back already;
    NotInCharge for who may not adjust the record, or only in the place of who has asked 四眼原则.
    """
    locked_record = Record.objects.select_for_update(of=("self",), no_key=True)
    record = locked_record.select_related("subject", "authority").get(pk=row.record_id)
    locked = _locked(row)
    if locked.undo_asked_at is None:
        raise RulingRefused(_("请先由一位同事提出撤回，写明登记错在哪里。"))
    if locked.undo_asked_by_id == actor.pk:
        raise RulingRefused(_("撤回是您提出的，须由另一位同事确认。"))
    if not may_adjust(user=actor, record=record, on=today, but=locked.undo_asked_by_id):
        raise NotInCharge
    at = now()
    event = take_back_withdrawal(
        record=record,
        standing=locked.was_standing,
        ended_on=locked.was_ended_on,
        today=today,
        at=at,
        actor_label=str(actor),
        data={
            "reason": _("撤回登记：%s") % locked.undo_reason,
            "cancellation": str(locked.uuid),
            "changes": {"standing": {"old": Record.Standing.WITHDRAWN.value, "new": locked.was_standing}},
        },
    )
    _repair_with_its_plan(record, locked, actor=actor, today=today, at=at)
    locked.undone_at, locked.undone_by = at, actor
    locked.save(update_fields=["undone_at", "undone_by"])
    audit.record(
        actor=actor,
        action="rulings.undo",
        target=record,
        data={"event": str(event.uuid), "to": record.standing},
    )
    tell_subject(
        kind="subject_cancellation_undone",
        subject=record.subject,
        about=event.uuid,
        on=today,
        record=record,
        record_title=title_of(record),
        shown=record.standing == Record.Standing.ACTIVE,
    )
    return locked


def _repair_with_its_plan(
    record: Record, row: PenaltyCancellation, *, actor: Any, today: date, at: datetime
) -> None:
    """Were it not for the mistake, the ruling that found the plan performed would have repaired `record`."""
    if record.has_ended:
        return
    performed = ShieldedRecord.objects.filter(
        record=record,
        off_how=ShieldedRecord.Off.OVER,
        shield__state=Shield.State.PERFORMED,
        shield__rulings__kind=CourtRuling.Kind.PERFORMED,
        shield__rulings__closed_at__gte=row.reported_at,
    ).first()
    if performed is None:
        return
    words = _("法院裁定重整计划执行完毕，终止公示")
    event = end_record(
        record=record,
        standing=Record.Standing.REPAIRED,
        what=RecordEvent.What.REPAIRED,
        on=today,
        at=at,
        actor_label=str(actor)[:100],
        data={"reason": words, "shield": str(performed.shield.case_no)},
    )
    enqueue_removal(record=record, cause=event.uuid, cause_text=words)
    ShieldedRecord.objects.filter(pk=performed.pk).update(off_how=ShieldedRecord.Off.PERFORMED)


def _locked(row: PenaltyCancellation) -> PenaltyCancellation:
    locked = PenaltyCancellation.objects.select_for_update(of=("self",)).get(pk=row.pk)
    if locked.is_undone:
        raise RulingRefused(_("这件登记已经撤回。"))
    return locked
