"""A record whose decision no longer stands: withdrawn, whatever it was before; and taken back where the
withdrawal was entered by mistake."""

from datetime import date, datetime
from typing import Any

from django.db import transaction

from credit_repair.registry.law import keep_edition, law_in_force
from credit_repair.registry.models import Record, RecordEvent
from credit_repair.registry.services.held import hold_record, is_over, is_to_be_held
from credit_repair.registry.services.records import (
    ASSESSED_FIELDS,
    assess_record,
    publish_again,
    settle_standing,
)


@transaction.atomic(savepoint=False)  # inside a decision it stands and falls with it
def withdraw_record(
    *, record: Record, on: date, at: datetime, actor_label: str, data: dict[str, Any]
) -> RecordEvent:
    """Let `record` be withdrawn 撤回 on the day `on`; return the event whose UUID causes the messages.

    Also a record that has ended in another way: what was repaired or ran out is no misconduct any longer once
    its decision is gone. The record that was handed in is brought up to date. Flags and messages are the
    caller's; whether it is withdrawn already, too.
    """
    locked = Record.objects.select_for_update(no_key=True).get(pk=record.pk)
    locked.standing, locked.ended_on, locked.changed_at = Record.Standing.WITHDRAWN, on, at
    locked.save(update_fields=["standing", "ended_on", "changed_at"])
    record.standing, record.ended_on, record.changed_at = locked.standing, locked.ended_on, locked.changed_at
    return RecordEvent.objects.create(
        record=locked,
        what=RecordEvent.What.WITHDRAWN,
        on=on,
        at=at,
        actor_label=actor_label[:100],
        data=data,
    )


@transaction.atomic(savepoint=False)
def take_back_withdrawal(
    *,
    record: Record,
    standing: str,
    ended_on: date | None,
    today: date,
    at: datetime,
    actor_label: str,
    data: dict[str, Any],
) -> RecordEvent:
    """Let `record` be what it was before withdraw_record(); return the event, which is a correction.

    What had ended, with `standing` and `ended_on`, has ended in that way again. What was shown is judged by
    the rules of today: it goes back to its platforms, or is history where its time ran out meanwhile and
    nothing holds it at its maximum 到期待核.
    """
    found = Record.objects.select_related("authority__sector", "sector")
    locked = found.select_for_update(of=("self",), no_key=True).get(pk=record.pk)
    if standing in Record.ENDED:
        locked.standing, locked.ended_on = standing, ended_on
    else:
        locked.ended_on = None
        book = law_in_force().book
        keep_edition(book)
        assess_record(locked, book=book, as_of=today)
        held = standing == Record.Standing.ACTIVE and locked.published and is_over(locked, on=today)
        if held and is_to_be_held(locked, book=book):
            locked.standing = standing
            hold_record(record=locked, today=today)
        else:
            settle_standing(locked, as_of=today)
    locked.changed_at = at
    locked.save(update_fields=[*ASSESSED_FIELDS, "standing", "ended_on", "changed_at"])
    event = RecordEvent.objects.create(
        record=locked,
        what=RecordEvent.What.CHANGED,
        on=today,
        at=at,
        actor_label=actor_label[:100],
        data=data,
    )
    if locked.standing == Record.Standing.ACTIVE:
        publish_again([locked])
    record.standing, record.ended_on, record.changed_at = locked.standing, locked.ended_on, locked.changed_at
    return event
