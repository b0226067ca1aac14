"""Many new rows at once, by the driver's own means: COPY on PostgreSQL, executemany on SQLite.

`QuerySet.bulk_create` writes a statement of its own for every few rows and prepares each value by itself. For
a hundred thousand rows that costs more than all the rest.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import repeat
from operator import attrgetter
from typing import Any, TypeVar, cast

from django.db import connections, models, router
from django.db.backends.base.base import BaseDatabaseWrapper

M = TypeVar("M", bound=models.Model)
Prepare = Callable[[Any], Any]
#: What goes to the driver as it is: texts and numbers.
_PLAIN = (
    models.CharField,
    models.TextField,
    models.BooleanField,
    models.AutoField,
    models.BigAutoField,
    models.IntegerField,
    models.PositiveIntegerField,
    models.PositiveSmallIntegerField,
)


def new(model: type[M], values: Mapping[str, Any]) -> M:
    """Return an unsaved row, as `model(**values)` would; `values` by attribute: subject_id, not subject.

    Many fields by keyword take a model three times as long as all of them in their order.
    """
    return model(*[values[name] if name in values else default() for name, default in _defaults(model)])


@lru_cache
def _defaults(model: type[models.Model]) -> tuple[tuple[str, Callable[[], Any]], ...]:
    return tuple((field.attname, field.get_default) for field in model._meta.concrete_fields)


def insert(rows: Sequence[models.Model]) -> None:
    """Insert new rows of one model in the caller's transaction, and give each its key.

    Unlike save(): no signals, no `auto_now`, and no check whether a row is there already. Foreign keys must
    have their keys. Raises IntegrityError like any insert.
    """
    if not rows:
        return
    model = type(rows[0])
    connection = _connection(model)
    for row, key in zip(rows, _reserve(connection, model, len(rows)), strict=True):
        row.pk = key
        row._state.adding = False
        row._state.db = connection.alias
    insert_columns(
        model, {field.attname: map(attrgetter(field.attname), rows) for field in model._meta.concrete_fields}
    )


def insert_columns(model: type[models.Model], columns: Mapping[str, Iterable[Any]]) -> None:
    """Insert new rows that are given by column: the values of each field, by its attribute, in one order.

    For rows of which nobody needs an object. What is the same in all of them may be a `repeat()`, and a key
    that the database makes may be left out; any other field must be there.
    """
    connection = _connection(model)
    every = {field.attname: field for field in model._meta.concrete_fields}
    fields = {name: every[name] for name in columns}
    values = (_prepared(fields[name], column, connection) for name, column in columns.items())
    _write(connection, model, [str(field.column) for field in fields.values()], zip(*values, strict=False))


def _connection(model: type[models.Model]) -> BaseDatabaseWrapper:
    return connections[router.db_for_write(model)]


def _reserve(connection: BaseDatabaseWrapper, model: type[models.Model], count: int) -> Iterable[int]:
    """Keys for `count` new rows, which nobody else will get."""
    table, column = model._meta.db_table, model._meta.pk.column
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
                [connection.ops.quote_name(table), column, count],
            )
            return [key for (key,) in cursor.fetchall()]
        # SQLite lets one writer in: from here to the end of the transaction nobody else takes a key.
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        last = (cursor.fetchone() or (0,))[0]
        return range(last + 1, last + 1 + count)


def _prepared(field: models.Field, values: Iterable[Any], connection: BaseDatabaseWrapper) -> Iterable[Any]:
    """The values of one column as the driver takes them."""
    if isinstance(values, repeat):
        return repeat(next(iter(_prepared(field, [next(values)], connection))))
    if isinstance(field, models.JSONField):
        return map(_json_of(field), values)
    if isinstance(field, models.ForeignKey):
        field = field.target_field
    if type(field) in _PLAIN:
        return values
    prepare = lambda value: field.get_db_prep_save(value, connection)  # noqa: E731
    if isinstance(field, models.DateField | models.DecimalField):
        # The same few days and amounts come again and again; an encrypted text must never come out the same.
        prepare = _remembering(prepare)
    return (None if value is None else prepare(value) for value in values)


def _json_of(field: models.JSONField) -> Prepare:
    """JSON as text, which both databases take. What many rows share is written down once."""
    texts: dict[int, tuple[Any, str]] = {}

    def prepare(value: Any) -> str:
        found = texts.get(id(value))
        if found is None:
            # The value is kept, so that no other can get its id meanwhile.
            found = texts[id(value)] = (value, json.dumps(value, cls=field.encoder, ensure_ascii=False))
        return found[1]

    return prepare


def _remembering(prepare: Prepare) -> Prepare:
    known: dict[Any, Any] = {}

    def remembered(value: Any) -> Any:
        if value not in known:
            known[value] = prepare(value)
        return known[value]

    return remembered


def _write(
    connection: BaseDatabaseWrapper,
    model: type[models.Model],
    columns: Sequence[str],
    rows: Iterable[Sequence[Any]],
) -> None:
    quote = connection.ops.quote_name
    into = f"{quote(model._meta.db_table)} ({', '.join(map(quote, columns))})"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with connection.wrap_database_errors, cursor.copy(f"COPY {into} FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            places = ", ".join(["%s"] * len(columns))
            # The driver takes what can be gone through, whatever the stubs say.
            cursor.executemany(f"INSERT INTO {into} VALUES ({places})", cast(Any, rows))  # noqa: S608 - names of tables
