"""Numbers without a gap."""

from django.db import IntegrityError, transaction

from credit_repair.core.models import Sequence


def next_value(name: str) -> int:
    """Return the next number of the sequence `name`, starting at 1.

    Must be called inside the transaction that uses the number: the row stays locked until that
    transaction ends, so a rolled-back taker leaves no gap and two takers never share a number.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("a number is taken inside the transaction that uses it")
    row = _locked(name)
    if row is None:
        try:
            with transaction.atomic():
                Sequence.objects.create(name=name)
        except IntegrityError:
            pass  # somebody else began this sequence between our look and our insert
        row = _locked(name)
        assert row is not None  # noqa: S101 - it was made a line above, and none is ever deleted
    row.last += 1
    row.save(update_fields=["last"])
    return row.last


def _locked(name: str) -> Sequence | None:
    return Sequence.objects.select_for_update().filter(name=name).first()
