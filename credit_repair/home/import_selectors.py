"""What the pages over imports ask."""

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db.models import QuerySet

from credit_repair.home.selectors import batches_for, import_scope
from credit_repair.registry.models import ImportBatch, ImportLine, NameConflict


def batches_in_charge(*, user: Any, on: date) -> QuerySet[ImportBatch]:
    """Return the imports on which `user` may decide: those that they may read; but those of the command
    line, which bring everybody's data, only where they may import everybody's."""
    found = batches_for(user=user, on=on)
    return found if import_scope(user=user, on=on) is None else found.filter(imported_by__isnull=False)


def is_in_charge(*, user: Any, batch: ImportBatch, on: date) -> bool:
    """Whether `user` may decide on this import, and read what its rows say."""
    return batches_in_charge(user=user, on=on).filter(pk=batch.pk).exists()


def conflicts_for(*, user: Any, on: date) -> QuerySet[NameConflict]:
    """Return the conflicts of names on which `user` may decide, the newest first."""
    return (
        NameConflict.objects.filter(line__batch__in=batches_in_charge(user=user, on=on))
        .select_related("line__batch__imported_by", "subject", "decided_by")
        .defer("line__cells", "subject__representative_number")
        .order_by("-pk")
    )


def refused_lines(batch: ImportBatch) -> QuerySet[ImportLine]:
    """Return the refused rows that can be handed back to be mended, in the order of the rows."""
    return batch.lines.filter(outcome="refused").exclude(cells="").order_by("row", "pk")


def refused_rows(batch: ImportBatch) -> Iterator[tuple[dict[str, str], str]]:
    """Yield what stood in each refused row, by field, and why it was refused."""
    for line in refused_lines(batch).iterator():
        yield json.loads(line.cells), line.reason
