"""What rulings make of what happens elsewhere: receipts that are in, records that ended or came back."""

from datetime import date
from uuid import uuid5

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from credit_repair.core.audit import SYSTEM_LABEL
from credit_repair.core.clock import now
from credit_repair.core.settling import move_each, settler
from credit_repair.platforms.models import Message
from credit_repair.platforms.services import tell_publishers
from credit_repair.platforms.services.queueing import takes
from credit_repair.registry.flags import has_flag, standing_flags
from credit_repair.registry.law import current_calendar
from credit_repair.registry.models import Platform, Publication, Record, RecordFlag
from credit_repair.registry.services.flags import put_flag, take_flag_off
from credit_repair.rulings.models import PenaltyCancellation, Shield, ShieldedRecord
from credit_repair.rulings.services.shielding import hide

BATCH = 500
SHIELD = RecordFlag.Kind.SHIELD
UP = (Publication.State.PUBLISHING, Publication.State.SHOWN)


@settler
def note_confirmed_withdrawals(*, today: date) -> int:
    """Note of each cancelled penalty when the last required platform confirmed it; return how many."""
    waiting = Publication.objects.filter(platform__required=True).exclude(state=Publication.State.REMOVED)
    found = PenaltyCancellation.objects.filter(confirmed_at__isnull=True, undone_at__isnull=True)
    found = found.exclude(Exists(waiting.filter(record=OuterRef("record"))))
    return move_each(
        found.order_by("pk")[:BATCH], _note_confirmed, name=lambda row: f"cancellation {row.uuid}"
    )


@transaction.atomic
def _note_confirmed(row: PenaltyCancellation) -> int:
    removed = Publication.objects.filter(record=row.record_id, platform__required=True)
    last = removed.filter(removed_at__gte=row.reported_at).order_by("-removed_at").first()
    # Where nobody showed it any longer, it was confirmed the moment it was entered.
    at = last.removed_at if last is not None and last.removed_at is not None else row.reported_at
    open_still = PenaltyCancellation.objects.filter(
        pk=row.pk, confirmed_at__isnull=True, undone_at__isnull=True
    )
    return open_still.update(confirmed_at=at)


@settler
def recompute_withdrawal_days(*, today: date) -> int:
    """Derive anew until when platforms have to confirm, where the working days have changed since; return
    how many days moved."""
    calendar = current_calendar()
    open_still = PenaltyCancellation.objects.filter(confirmed_at__isnull=True, undone_at__isnull=True)

    def move(row: PenaltyCancellation) -> int:
        due = calendar.add_working_days(row.decided_on, row.limit_days)
        if (due.due, due.provisional) == (row.due_on, row.provisional):
            return 0
        return open_still.filter(pk=row.pk).update(due_on=due.due, provisional=due.provisional)

    return move_each(open_still.order_by("pk")[:BATCH], move, name=lambda row: f"cancellation {row.uuid}")


@settler
def leave_ended_records(*, today: date) -> int:
    """Let the shield go of records that ended in another way: by time, by repair, withdrawn; return how
    many. Their platforms are told of the removal by whatever ended them."""
    found = ShieldedRecord.objects.filter(off_on__isnull=True, record__standing__in=Record.ENDED)
    found = found.filter(shield__state=Shield.State.RUNNING)
    return move_each(
        found.order_by("pk")[:BATCH], lambda row: _leave(row, today), name=lambda row: f"shielded {row.pk}"
    )


@transaction.atomic
def _leave(row: ShieldedRecord, today: date) -> int:
    record = Record.objects.select_for_update(no_key=True).get(pk=row.record_id)
    if not record.has_ended:
        return 0
    take_flag_off(record=record, kind=SHIELD, reason=_("公示已经结束"), actor_label=SYSTEM_LABEL, at=now())
    still = ShieldedRecord.objects.filter(pk=row.pk, off_on__isnull=True)
    return still.update(off_on=today, off_how=ShieldedRecord.Off.OVER)


@settler
def keep_shielded(*, today: date) -> int:
    """Shield again, while the plan runs, what came back: a repair was revoked, a cancellation taken back, or
    another platform shows it by now; return how many records."""
    shielded = ShieldedRecord.objects.filter(
        shield__state=Shield.State.RUNNING, record__standing=Record.Standing.ACTIVE
    )
    flag = standing_flags(SHIELD).filter(record=OuterRef("record"))
    found = shielded.filter(Q(off_on__isnull=False) | ~Exists(flag) | Exists(_untold()))
    return move_each(found.order_by("pk")[:BATCH], _shield_again, name=lambda row: f"shielded {row.pk}")


@settler
def show_behind_a_plan(*, today: date) -> int:
    """Take the shield off at the platforms, of what came back after its plan was performed: they keep it
    while a record is down, and nothing hides this one any longer. Return how many records."""
    over = ShieldedRecord.objects.filter(
        off_how=ShieldedRecord.Off.OVER,
        shield__state=Shield.State.PERFORMED,
        record__standing=Record.Standing.ACTIVE,
    )
    running = ShieldedRecord.objects.filter(record=OuterRef("record"), off_on__isnull=True)
    told = Message.objects.filter(record=OuterRef("record"), action=Message.Action.SHIELD)
    last = Message.objects.filter(
        record=OuterRef("record"),
        platform=OuterRef("platform"),
        action__in=[Message.Action.SHIELD, Message.Action.UNSHIELD],
    ).order_by("-sequence")
    hidden = told.alias(last=Subquery(last.values("action")[:1])).filter(last=Message.Action.SHIELD)
    found = over.filter(~Exists(running), Exists(hidden)).order_by("pk")[:BATCH]
    return move_each(found, _show, name=lambda row: f"shielded {row.pk}")


@transaction.atomic
def _show(row: ShieldedRecord) -> int:
    record = Record.objects.select_for_update(of=("self",), no_key=True)
    found = record.select_related("subject", "authority").get(pk=row.record_id)
    if found.standing != Record.Standing.ACTIVE or has_flag(found, SHIELD):
        return 0
    told = tell_publishers(
        record=found,
        action=Message.Action.UNSHIELD,
        cause=uuid5(row.event.uuid, "shown behind its plan"),
        cause_text=_("恢复公示"),
        also_removed=True,
    )
    return 1 if told else 0


def _untold() -> QuerySet[Publication]:
    """The publications of a shielded record at platforms that take such messages and have got none."""
    taking = [each.pk for each in Platform.objects.all() if takes(each, Message.Action.SHIELD)]
    told = Message.objects.filter(
        record=OuterRef("record"),
        platform=OuterRef("platform"),
        action=Message.Action.SHIELD,
        cause=OuterRef(OuterRef("event__uuid")),
    )
    up = Publication.objects.filter(record=OuterRef("record"), state__in=UP, platform__in=taking)
    return up.filter(~Exists(told))


@transaction.atomic
def _shield_again(row: ShieldedRecord) -> int:
    record = Record.objects.select_for_update(of=("self",), no_key=True)
    found = record.select_related("subject", "authority").get(pk=row.record_id)
    if found.standing != Record.Standing.ACTIVE:
        return 0
    ShieldedRecord.objects.filter(pk=row.pk).update(off_on=None, off_how="")
    if not has_flag(found, SHIELD):
        put_flag(record=found, kind=SHIELD, reason=_("重整计划仍在执行"), actor_label=SYSTEM_LABEL, at=now())
    hide(found, row.event)
    return 1
