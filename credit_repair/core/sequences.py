"""Numbers without a gap."""

from django.db import IntegrityError, connection, transaction

from credit_repair.core.models import Sequence


def next_value(name: str) -> int:
    """Return the next number of the sequence `name`, starting at 1.

    Must be called inside the transaction that uses the number: the row stays locked until that
    transaction ends, so a rolled-back taker leaves no gap and two takers never share a number.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("a number is taken inside the transaction that uses it")
    last = _raised(name)
    if last is None:
        try:
            with transaction.atomic():
                Sequence.objects.create(name=name)
        except IntegrityError:
            pass  # somebody else began this sequence between our look and our insert
        last = _raised(name)
        assert last is not None  # noqa: S101 - it was made a line above, and none is ever deleted
    return last


def _raised(name: str) -> int | None:
    """Raise the sequence by one and return where it is, None where it was never begun."""
    quoted = connection.ops.quote_name
    table, last, key = (quoted(each) for each in (Sequence._meta.db_table, "last", "name"))
    # One statement that locks, raises and says: the ORM's update cannot return what it wrote.
    raise_it = f"UPDATE {table} SET {last} = {last} + 1 WHERE {key} = %s RETURNING {last}"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(raise_it, [name])
        row = cursor.fetchone()
    return None if row is None else int(row[0])
