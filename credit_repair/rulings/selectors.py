"""What can be asked of rulings about a record."""

from django.db.models import QuerySet

from credit_repair.core.languages import in_site_language
from credit_repair.registry.models import Record
from credit_repair.rulings.models import PenaltyCancellation, ShieldedRecord
from credit_repair.rulings.words import became_of_it


def cancellation_of(record: Record) -> PenaltyCancellation | None:
    """Return by what the decision behind `record` was taken back; None where it stands."""
    return standing_cancellations().filter(record=record).first()


def standing_cancellations() -> QuerySet[PenaltyCancellation]:
    """Return the cancellations that were not taken back as entered by mistake, the newest first."""
    return PenaltyCancellation.objects.filter(undone_at__isnull=True)


@in_site_language()
def why_withdrawn(record: Record) -> str:
    """Say why `record` is withdrawn, without a full stop; nothing where no decision was taken back."""
    if record.standing != Record.Standing.WITHDRAWN:
        return ""
    found = cancellation_of(record)
    return became_of_it(record, found.kind) if found is not None else ""


def shield_over(record: Record) -> ShieldedRecord | None:
    """Return by what `record` is shielded now; None where it is not."""
    rows = ShieldedRecord.objects.filter(record=record, off_on__isnull=True)
    return rows.select_related("shield").prefetch_related("shield__rulings").first()
