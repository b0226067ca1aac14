"""How long an import of many rows takes, beside what reading and inserting them costs by themselves.

    python -m tests.benchmarks.import_benchmark --rows 100000
    python -m tests.benchmarks.import_benchmark --rows 100000 --database postgres://postgres@127.0.0.1/bench

It measures, one after the other, on a fresh database:

reading   csv.reader over the file, nothing else
bare      executemany of the 30 texts of every row into a plain table with a key and one unique index, 500
          rows to a transaction, by the driver alone
import    import_file(): every row new
same      executemany, by the driver alone, of exactly the rows that the import wrote, into the same tables

Reading and bare are measured before and after the import, and the mean counts: the machine may have become
busier meanwhile. In brackets stand the seconds of processor time that this process took, which tell more on a
busy machine; what the server of PostgreSQL does is not among them.

The goal is import / (reading + bare) < 10. The database that DATABASE_URL or --database names is not touched:
beside it a test database comes into being, as for the tests, and goes away again.
"""

import argparse
import csv
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

AS_OF = date(2026, 11, 20)
#: As in a real year: some three decisions to a subject.
ROWS_PER_SUBJECT = 3
AUTHORITIES = 45
_ROWS_A_TRANSACTION = 500
_TEMPLATES = Path(__file__).parents[2] / "fixtures" / "penalties_demo.csv"


@dataclass(frozen=True)
class Took:
    """Seconds by the clock, and of them those of this process's processor."""

    wall: float
    cpu: float

    def __add__(self, other: "Took") -> "Took":
        return Took(self.wall + other.wall, self.cpu + other.cpu)

    def over(self, other: "Took") -> str:
        """How many times as long as `other`."""
        return f"{self.wall / other.wall:.1f} ({self.cpu / max(other.cpu, 0.001):.1f})"

    def __str__(self) -> str:
        return f"{self.wall:.2f} s ({self.cpu:.2f} s)"


@dataclass(frozen=True)
class Figures:
    """How long each took, and how many rows the import wrote into all tables."""

    rows: int
    reading: Took
    bare: Took
    imported: Took
    same: Took
    written: int

    def __str__(self) -> str:
        return (
            f"rows      {self.rows}\n"
            f"reading   {self.reading}\n"
            f"bare      {self.bare}\n"
            f"import    {self.imported}\n"
            f"same      {self.same}, {self.written} rows in all tables\n"
            f"import / (reading + bare)  {self.imported.over(self.reading + self.bare)}\n"
            f"import / (reading + same)  {self.imported.over(self.reading + self.same)}"
        )


def write_table(path: Path, *, rows: int, rows_per_subject: int = ROWS_PER_SUBJECT) -> None:
    """Write a penalty table of invented rows, each of which is taken as a new record."""
    from tests.registry.factories import make_code, make_resident_id

    with _TEMPLATES.open(encoding="utf-8-sig", newline="") as file:
        header, *templates = csv.reader(file)
    place = {title: number for number, title in enumerate(header)}
    offices = [make_code(number, prefix="11") for number in range(AUTHORITIES)]
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        for number in range(rows):
            subject = number // rows_per_subject
            line = list(templates[number % len(templates)])
            decided = AS_OF - timedelta(days=number * 7 % 1000)
            until = decided + timedelta(days=365 if number % 3 else 1096)
            changes = {
                "行政相对人名称": f"{templates[subject % len(templates)][0]}{subject}",
                "行政相对人类别": "法人及非法人组织",
                "行政相对人代码_1(统一社会信用代码)": make_code(subject),
                "法定代表人证件号码": make_resident_id(subject),
                "证件类型": "",
                "证件号码": "",
                "行政处罚决定书文号": f"（濉）罚〔2026〕{number}号",
                "罚款金额（万元）": f"{number % 977 / 100 + 0.01:.2f}",
                "处罚决定日期": f"{decided:%Y/%m/%d}",
                "公示截止期": f"{until:%Y/%m/%d}",
                "处罚机关统一社会信用代码": offices[number % AUTHORITIES],
                "数据来源单位统一社会信用代码": offices[number % AUTHORITIES],
            }
            for title, text in changes.items():
                line[place[title]] = text
            writer.writerow(line)


def measure(path: Path) -> Figures:
    """Measure all four over the table at `path`, in the database that is set up."""
    from credit_repair.registry.services import import_file

    before, lines = _timed(lambda: _read(path))
    bare_before, _nothing = _timed(lambda: _insert_bare(lines[1:]))
    imported, batch = _timed(lambda: import_file(path_or_file=path, file_name=path.name, as_of=AS_OF))
    after, _lines = _timed(lambda: _read(path))
    bare_after, _nothing = _timed(lambda: _insert_bare(lines[1:]))
    if batch.taken != len(lines) - 1:
        raise RuntimeError(f"{batch.taken} of {len(lines) - 1} rows were taken")
    tables = _take_out_what_was_written()
    same, _nothing = _timed(lambda: [_put_back(*table) for table in tables])
    written = sum(len(rows) for _table, _columns, rows in tables)
    return Figures(
        len(lines) - 1, _mean(before, after), _mean(bare_before, bare_after), imported, same, written
    )


def _mean(one: Took, other: Took) -> Took:
    return Took((one.wall + other.wall) / 2, (one.cpu + other.cpu) / 2)


def _timed(work: Callable[[], Any]) -> tuple[Took, Any]:
    start, start_cpu = time.perf_counter(), time.process_time()
    result = work()
    return Took(time.perf_counter() - start, time.process_time() - start_cpu), result


def _read(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def _insert_bare(lines: list[list[str]]) -> None:
    """The rows of the file as texts. The key is what makes a row another: number, authority, subject."""
    columns = ", ".join(f"c{number} text" for number in range(30))
    key = "bigserial" if _vendor() == "postgresql" else "integer"
    _execute(f"CREATE TABLE bare (id {key} PRIMARY KEY, key text UNIQUE, {columns})")
    names = ["key", *(f"c{number}" for number in range(30))]
    _put_back("bare", names, [(f"{line[13]}|{line[26]}|{line[2]}", *line) for line in lines])
    _execute("DROP TABLE bare")


def _take_out_what_was_written() -> list[tuple[str, list[str], list[tuple[Any, ...]]]]:
    """Read and delete the rows of every table that the import filled."""
    from credit_repair.registry import models

    filled = [
        models.Office,
        models.Subject,
        models.NameGram,
        models.Record,
        models.RecordEvent,
        models.SupplyCount,
        models.ImportLine,
    ]
    tables = []
    for model in filled:
        table, columns = model._meta.db_table, [field.column for field in model._meta.concrete_fields]
        tables.append((table, columns, _execute(f"SELECT {_quoted(columns)} FROM {table}")))  # noqa: S608
    for table, _columns, _rows in reversed(tables):
        _execute(f"DELETE FROM {table}")  # noqa: S608
    return tables


def _put_back(table: str, columns: list[str], rows: list[tuple[Any, ...]]) -> None:
    from django.db import transaction

    with _driver_cursor() as cursor:
        mark = "%s" if _vendor() == "postgresql" else "?"
        places = ", ".join([mark] * len(columns))
        for start in range(0, len(rows), _ROWS_A_TRANSACTION):
            with transaction.atomic():
                cursor.executemany(
                    f"INSERT INTO {table} ({_quoted(columns)}) VALUES ({places})",  # noqa: S608
                    rows[start : start + _ROWS_A_TRANSACTION],
                )


def _execute(sql: str) -> list[tuple[Any, ...]]:
    from django.db import transaction

    with transaction.atomic(), _driver_cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall() if cursor.description else []


@contextmanager
def _driver_cursor() -> Iterator[Any]:
    """A cursor of the driver, without Django around it; JSON comes and goes as text."""
    from django.db import connection

    connection.ensure_connection()
    if _vendor() == "postgresql":
        from psycopg import Cursor
        from psycopg.types.string import TextLoader

        with Cursor(connection.connection) as cursor:
            cursor.adapters.register_loader("jsonb", TextLoader)
            yield cursor
    else:
        import sqlite3

        yield sqlite3.Cursor(connection.connection)


def _vendor() -> str:
    from django.db import connection

    return connection.vendor


def _quoted(columns: list[str]) -> str:
    return ", ".join(f'"{column}"' for column in columns)


@contextmanager
def _fresh_database(directory: Path) -> Iterator[None]:
    """A database of its own, in a file where it is SQLite, with all migrations."""
    from django.conf import settings
    from django.db import connection

    from tests.prepared import create_test_database

    name = connection.settings_dict["NAME"]
    if _vendor() == "sqlite":
        connection.settings_dict["TEST"]["NAME"] = str(directory / "benchmark.sqlite3")
    settings.DEBUG = False
    create_test_database(connection)
    try:
        yield
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)


def main(arguments: list[str]) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--rows-per-subject", type=int, default=ROWS_PER_SUBJECT)
    parser.add_argument("--database", help="as DATABASE_URL; SQLite by default")
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        os.environ["DATABASE_URL"] = chosen.database or f"sqlite:///{directory / 'site.sqlite3'}"
        os.environ["VAR_DIR"] = name
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "credit_repair.settings")
        import django

        django.setup()
        path = directory / "table.csv"
        write_table(path, rows=chosen.rows, rows_per_subject=chosen.rows_per_subject)
        with _fresh_database(directory):
            print(f"database  {_vendor()}\n{measure(path)}")  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1:])
