"""What can be asked of the flags 标注 beside records."""

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, QuerySet

from credit_repair.registry.models import Record, RecordFlag


def flags_of(record: Record) -> QuerySet[RecordFlag]:
    """Return every flag that `record` has or had, the newest first."""
    return RecordFlag.objects.filter(record=record)


def has_flag(record: Record, kind: str) -> bool:
    """Whether the flag stands beside `record` now."""
    return standing_flags(kind).filter(record=record).exists()


def standing_flags(kind: str) -> QuerySet[RecordFlag]:
    """Return the flags of one kind that nobody has taken off."""
    return RecordFlag.objects.filter(kind=kind, off_at__isnull=True)


def flagged_among(records: Iterable[Record], kind: str) -> set[int]:
    """Return the keys of those of `records` beside which the flag stands, in one query."""
    keys = [record.pk for record in records]
    return (
        set(standing_flags(kind).filter(record__in=keys).values_list("record", flat=True)) if keys else set()
    )


def without_flag(records: QuerySet[Record], kind: str) -> QuerySet[Record]:
    """Leave out the records beside which the flag stands: one look into the index of flags for each row."""
    return records.filter(~Exists(standing_flags(kind).filter(record=OuterRef("pk"))))


def held_records() -> QuerySet[Record]:
    """Return the records that are shown past their maximum 到期待核, the longest first."""
    held = Exists(standing_flags(RecordFlag.Kind.HELD).filter(record=OuterRef("pk")))
    found = Record.objects.filter(held, standing=Record.Standing.ACTIVE)
    return found.select_related("subject", "authority", "source_office").order_by("effective_until", "pk")
