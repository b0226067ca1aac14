"""How a record comes back after the repair that ended it was revoked 恢复公示."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from credit_repair.registry.law import current_book
from credit_repair.registry.models import Record, RecordEvent
from credit_repair.registry.services.held import is_to_be_held
from credit_repair.registry.services.records import (
    ASSESSED_FIELDS,
    assess_record,
    facts_of,
    sector_of,
)
from credit_repair.rules import assess, rest_of_period


class RecordNotReinstated(ValueError):
    """The record did not end by a repair, or has ended in another way since; the words say how."""


@dataclass(frozen=True)
class Rest:
    """What is left of a record's publicity 剩余公示期.

    until    its last day; None where no end is fixed, also of what is held at its maximum 到期待核
    is_left  whether any of it is left to be restored
    made_up  whether that day lies behind the former one, because days not served are made up 补足
    """

    until: date | None
    is_left: bool
    made_up: bool


def rest_of_publicity(record: Record, *, on: date) -> Rest:
    """Say what would come back if the repair of `record` were undone on that day, by the rules in force.

    Reads `authority`, its `sector` and the record's `sector`: select them along.

    Raises RecordNotReinstated for a record that is not repaired.
    """
    if record.standing != Record.Standing.REPAIRED or record.ended_on is None:
        raise RecordNotReinstated(_("这条记录不是因信用修复停止公示的，不能恢复公示。"))
    book = current_book()
    assessment = assess(facts_of(record, book=book), book=book, filed_on=on)
    until = rest_of_period(
        assessment,
        ended_on=record.ended_on,
        restored_on=on,
        sector=sector_of(record, book=book),
        book=book,
    )
    over = until is not None and until < on
    held = over and is_to_be_held(record, book=book)
    return Rest(
        until=None if held else until,  # shown until its duties are found performed: no day is fixed
        is_left=assessment.published and (held or not over),
        made_up=not held and until != assessment.effective_until,
    )


@transaction.atomic(savepoint=False)  # inside a decision it stands and falls with it
def reinstate_record(
    *, record: Record, on: date, at: datetime, actor_label: str, data: dict[str, Any] | None = None
) -> Rest:
    """Undo the end that a repair has put to `record`, for the rest of its period; return what is left of it.

    The row is locked first. Where some of the period is left, the record is active again, has no end any
    longer and the event RESTORED; its class and dates are computed anew by the rules in force, and where the
    days not served are made up, their last day is kept with the record. Where nothing is left, its period is
    over: it stands as expired, on the day on which it would have been. Publications are the caller's.

    Raises RecordNotReinstated where the record is not repaired (any longer).
    """
    locked = (
        Record.objects.select_for_update(of=("self",), no_key=True)
        .select_related("authority__sector", "sector")
        .get(pk=record.pk)
    )
    rest = rest_of_publicity(locked, on=on)
    ended_on = locked.ended_on
    said = {**(data or {}), "ended_on": str(ended_on), "until": str(rest.until or "")}
    if rest.is_left:
        locked.standing, locked.ended_on = Record.Standing.ACTIVE, None
        locked.restored_until = rest.until if rest.made_up else locked.restored_until
        assess_record(locked, book=current_book(), as_of=on)
        what = RecordEvent.What.RESTORED
    else:
        locked.standing = Record.Standing.EXPIRED
        locked.ended_on = min(max(filter(None, (ended_on, rest.until))), on)
        what = RecordEvent.What.EXPIRED
    locked.changed_at = at
    locked.save(update_fields=["standing", "ended_on", "restored_until", "changed_at", *ASSESSED_FIELDS])
    RecordEvent.objects.create(record=locked, what=what, on=on, at=at, actor_label=actor_label, data=said)
    for name in ("standing", "ended_on", "restored_until", "changed_at", *ASSESSED_FIELDS):
        setattr(record, name, getattr(locked, name))
    return rest
