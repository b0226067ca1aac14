"""Many rows that are copies of one that a factory made: made by the database itself, for benchmarks."""

from typing import Any

#: A number for each copy, from 1; `n.i` in the expressions.
NUMBERS = (
    "(WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < %s) SELECT i FROM c) AS n"
)
SERIES = "generate_series(1, %s) AS n(i)"


def copy(row: Any, count: int, **changed: str) -> None:
    """Insert `count` copies of `row`; `changed` gives columns SQL of their own, in which p is the row."""
    from django.db import connection

    table = connection.ops.quote_name(row._meta.db_table)
    columns = [field.column for field in row._meta.concrete_fields if field.column != "id"]
    values = [changed.get(column, f'p."{column}"') for column in columns]
    names = ", ".join(f'"{column}"' for column in columns)
    numbers = SERIES if is_postgres() else NUMBERS
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({names}) SELECT {', '.join(values)}"  # noqa: S608 - all of it is ours
            f" FROM {table} AS p, {numbers} WHERE p.id = %s",
            [count, row.pk],
        )


def copy_records(record: Any, count: int, **changed: str) -> int:
    """Insert copies of a record with names of their own; return the key behind which they lie."""
    behind: int = type(record).objects.order_by("-pk").values_list("pk", flat=True)[0]
    names = {"uuid": fresh_uuid(), "natural_key": f"p.natural_key || '/{behind}/' || n.i"}
    copy(record, count, **names, doc_no="p.doc_no || n.i", **changed)
    return behind


def fresh_uuid() -> str:
    """Return the SQL of a new UUID."""
    return "gen_random_uuid()" if is_postgres() else "lower(hex(randomblob(16)))"


def seconds_ago(seconds: str) -> str:
    """Return the SQL of the moment so many seconds ago; `seconds` is SQL, too."""
    if is_postgres():
        return f"now() - ({seconds}) * interval '1 second'"
    return f"strftime('%%Y-%%m-%%d %%H:%%M:%%f', 'now', '-' || ({seconds}) || ' seconds')"


def settle() -> None:
    """Let the database see what it has; nobody runs this on a site's own SQLite."""
    from django.db import connection

    if is_postgres():
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")


def is_postgres() -> bool:
    from django.db import connection

    return connection.vendor == "postgresql"
