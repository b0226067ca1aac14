"""Many new rows at once, by the driver's own means: COPY on PostgreSQL, executemany on SQLite.

`QuerySet.bulk_create` writes a statement of its own for every few rows and prepares each value by itself. For
a hundred thousand rows that costs more than all the rest.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property, lru_cache
from itertools import repeat
from operator import itemgetter
from typing import Any, TypeVar, cast
from uuid import UUID

from django.db import connections, models, router
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.base import ModelState

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
#: For a large write on SQLite: 64 MiB of pages in memory instead of 2, and the log taken over into the file
#: after 64 MiB (pages of 4 KiB) instead of 4. A negative size of the cache is in KiB.
_ROOMY = {"cache_size": -65_536, "wal_autocheckpoint": 16_384}


class SharedJSON(dict[str, Any]):
    """A JSON object that many rows share, so that it is written down once. Never to be changed in place."""

    @cached_property
    def text(self) -> str:
        """The object as JSON."""
        return json.dumps(self, ensure_ascii=False)


@contextmanager
def large_write(model: type[models.Model]) -> Iterator[None]:
    """Give SQLite more room while many rows of `model` are written, on this connection only.

    UUIDs and natural keys come in no order, so that each new row touches pages all over their indexes. With
    little room, these are written and read again many times: to the log in the middle of a transaction, and
    from the log into the file after nearly every one. PostgreSQL has its room from its configuration.
    """
    connection = _connection(model)
    if connection.vendor != "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        before = {name: cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in _ROOMY}
        _set_pragmas(cursor, _ROOMY)
        try:
            yield
        finally:
            _set_pragmas(cursor, before)


def _set_pragmas(cursor: Any, values: Mapping[str, int]) -> None:
    for name, value in values.items():
        cursor.execute(f"PRAGMA {name} = {int(value)}")


def new(model: type[M], values: Mapping[str, Any]) -> M:
    """Return an unsaved row, as `model(**values)` would; `values` by attribute: subject_id, not subject.

    No signals, and no look at each value: a model with many fields takes four times as long over them.
    """
    same, made = _defaults(model)
    row = model.__new__(model)
    row._state = ModelState()
    attributes = vars(row)
    attributes.update(same)
    attributes.update(values)
    for name, make in made:
        if name not in values:
            attributes[name] = make()
    return row


@lru_cache
def _defaults(model: type[models.Model]) -> tuple[dict[str, Any], list[tuple[str, Callable[[], Any]]]]:
    """The defaults that are the same for every row, and those that are made for each: UUIDs, lists."""
    fields = model._meta.concrete_fields
    made = {
        field.attname: field.default for field in fields if field.has_default() and callable(field.default)
    }
    same = {field.attname: field.get_default() for field in fields if field.attname not in made}
    return same, list(made.items())


def insert(rows: Sequence[models.Model]) -> None:
    """Insert new rows of one model in the caller's transaction, and give each its key.

    Unlike save(): no signals, no `auto_now`, and no check whether a row is there already. Foreign keys must
    have their keys, and all fields must be loaded. Raises IntegrityError like any insert.
    """
    if not rows:
        return
    model = type(rows[0])
    connection = _connection(model)
    for row, key in zip(rows, _reserve(connection, model, len(rows)), strict=True):
        row.pk = key
        row._state.adding = False
        row._state.db = connection.alias
    # Past the descriptors of the fields: what a new row has, it has itself.
    attributes = [vars(row) for row in rows]
    names = [field.attname for field in model._meta.concrete_fields]
    insert_columns(model, {name: map(itemgetter(name), attributes) for name in names})


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
        return map(_Remembered(prepare).__getitem__, values)
    if isinstance(field, models.UUIDField) and not connection.features.has_native_uuid_field:
        return (value.hex if isinstance(value, UUID) else prepare(value) for value in values)
    return (None if value is None else prepare(value) for value in values)


def _json_of(field: models.JSONField) -> Prepare:
    """JSON as text, which both databases take. What many rows share is written down once."""
    texts: dict[int, tuple[Any, str]] = {}

    def prepare(value: Any) -> str:
        if isinstance(value, SharedJSON) and field.encoder is None:
            return value.text
        found = texts.get(id(value))
        if found is None:
            # The value is kept, so that no other can get its id meanwhile.
            found = texts[id(value)] = (value, json.dumps(value, cls=field.encoder, ensure_ascii=False))
        return found[1]

    return prepare


class _Remembered(dict[Any, Any]):
    """What has been prepared already, by its value."""

    def __init__(self, prepare: Prepare) -> None:
        super().__init__({None: None})
        self._prepare = prepare

    def __missing__(self, value: Any) -> Any:
        prepared = self[value] = self._prepare(value)
        return prepared


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
