"""Flags 标注 beside records: put on, taken off, never rewritten. Both can be asked for twice without harm."""

from datetime import datetime

from django.db import transaction

from credit_repair.registry.models import Record, RecordFlag


@transaction.atomic
def put_flag(*, record: Record, kind: str, reason: str, actor_label: str, at: datetime) -> RecordFlag:
    """Put a flag beside `record` and return it; one that stands there already stays as it is.

    `kind` is a RecordFlag.Kind. The record's standing does not change by it.
    """
    flag, _created = RecordFlag.objects.get_or_create(
        record=record,
        kind=kind,
        off_at=None,
        defaults={"reason": reason, "on_at": at, "on_by": actor_label},
    )
    return flag


@transaction.atomic
def take_flag_off(
    *, record: Record, kind: str, reason: str, actor_label: str, at: datetime
) -> RecordFlag | None:
    """Take the flag off and return it with the time and the reason; None where none stood there."""
    flag = (
        RecordFlag.objects.select_for_update().filter(record=record, kind=kind, off_at__isnull=True).first()
    )
    if flag is None:
        return None
    flag.off_at, flag.off_by, flag.off_reason = at, actor_label, reason
    flag.save(update_fields=["off_at", "off_by", "off_reason"])
    return flag
