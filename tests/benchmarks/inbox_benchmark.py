"""How long an official's inbox takes beside a million cases.

    python -m tests.benchmarks.inbox_benchmark --cases 1000000
    python -m tests.benchmarks.inbox_benchmark --cases 1000000 --database postgres://…/any_name

Makes a database of its own (SQLite, or one beside the given one on its server), fills it, measures and drops
it. Nine of ten cases are closed; of the rest, forty lie open at one office and all others at another. Each
line: what a page of either official asks, the statements it sends, the best of three in milliseconds, and
how much longer than beside 1,000 cases. A million cases need some 3 GB of disk.
"""

import argparse
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from tests.benchmarks.own_database import filled, say, set_up

ROUNDS, PAGE, USUAL = 3, 30, 40


@dataclass(frozen=True)
class Line:
    """What was asked, how many rows came, with how many statements, and milliseconds."""

    what: str
    rows: int
    statements: int
    took: float


@dataclass(frozen=True)
class People:
    """An official with forty steps, and one at whose office all the other open ones lie."""

    usual: Any
    crowded: Any
    case: Any


def measure(people: People) -> list[Line]:
    """Ask everything of the inboxes that are there."""
    from credit_repair.cases import inbox, selectors
    from tests.world import TODAY

    lines = []
    for name, user in (("forty", people.usual), ("crowded", people.crowded)):
        desk = inbox.desk_of(user=user, on=TODAY)
        lines.append(
            _line(f"{name}: who reaches what", lambda user=user: [inbox.desk_of(user=user, on=TODAY)])
        )
        lines.append(_line(f"{name}: all counts", lambda desk=desk: inbox.counts(desk)))
        for part in inbox.PARTS:
            lines.append(
                _line(f"{name}: {part}", lambda desk=desk, part=part: list(inbox.part(desk, part)[:PAGE]))
            )
        lines.append(
            _line(
                f"{name}: the next one",
                lambda user=user: [selectors.next_in_inbox(user=user, phase="intake", on=TODAY)],
            )
        )
    uuid = people.case.uuid
    lines.append(
        _line(
            "the page of one case",
            lambda: [selectors.office_case(user=people.usual, uuid=uuid, on=TODAY)],
        )
    )
    return lines


def _line(what: str, work: Callable[[], Any]) -> Line:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    times = []
    for _round in range(ROUNDS):
        with CaptureQueriesContext(connection) as asked:
            begin = time.perf_counter()
            found = work()
            times.append((time.perf_counter() - begin) * 1000)
    return Line(what, len(found), len(asked), min(times))


def fill(cases: int) -> People:
    """Put `cases` cases into the empty database, copied from one that was filed for it."""
    from credit_repair.people.models import Role
    from tests.registry.factories import OfficeFactory
    from tests.world import build_world, member, submitted_case

    world = build_world()
    model = submitted_case(world)
    other = OfficeFactory(credit=True)
    crowded = member(other, Role.INTAKE)
    far = OfficeFactory(credit=True)
    opened = cases // 10
    _number(cases)
    offices = {
        f"n.i <= {USUAL}": world.credit.pk,
        f"n.i <= {opened}": other.pk,
        "n.i %% 20 = 0": world.credit.pk,
    }
    where = (
        "CASE " + " ".join(f"WHEN {if_} THEN {key}" for if_, key in offices.items()) + f" ELSE {far.pk} END"
    )
    _copy_cases(model, where=where, opened=opened)
    _settle()
    return People(usual=world.intake, crowded=crowded, case=model)


def _copy_cases(model: Any, *, where: str, opened: int) -> None:
    """Copy a filed case with its clocks and its intake step: `opened` of them open, all others closed."""
    from tests.world import MOMENT, TODAY

    day = f"'{TODAY}'"
    base, record = model.pk, model.record
    is_open = f"n.i <= {opened}"
    _copy(
        record,
        {"id": f"{record.pk} + n.i", "natural_key": "p.natural_key || n.i", "doc_no": "p.doc_no || n.i"},
        up_to=opened,
    )
    _copy(
        model,
        {
            "id": f"{base} + n.i",
            "number": "'XF-B-' || n.i",
            "record_id": f"CASE WHEN {is_open} THEN {record.pk} + n.i ELSE {record.pk} END",
            "state": f"CASE WHEN {is_open} THEN p.state ELSE 'completed' END",
            "closed_on": f"CASE WHEN {is_open} THEN NULL ELSE {_date(day)} END",
            "intake_office_id": where,
        },
    )
    step = model.steps.get(state="open")
    clock = step.clock
    due = " ".join(
        f"WHEN n.i %% 9 = {rest} THEN {_date(repr(str(TODAY + timedelta(days=rest - 3))))}"
        for rest in range(9)
    )
    _copy(
        clock,
        {
            "id": f"{clock.pk + 100} + n.i",
            "case_id": f"{base} + n.i",
            "due_on": f"CASE {due} END",
            "stopped_on": f"CASE WHEN {is_open} THEN NULL ELSE {_date(day)} END",
        },
    )
    _copy(
        step,
        {
            "id": f"{step.pk + 100} + n.i",
            "case_id": f"{base} + n.i",
            "clock_id": f"{clock.pk + 100} + n.i",
            "office_id": where,
            "state": f"CASE WHEN {is_open} THEN 'open' ELSE 'done' END",
            "done_at": f"CASE WHEN {is_open} THEN NULL ELSE {_moment(repr(str(MOMENT)))} END",
        },
    )


def _copy(row: Any, changed: dict[str, str], *, up_to: int | None = None) -> None:
    """Insert a copy of `row` for every number (`up_to` a number), straight in the database."""
    from django.db import connection

    table = connection.ops.quote_name(row._meta.db_table)
    columns = [field.column for field in row._meta.concrete_fields]
    fresh = {"uuid": "gen_random_uuid()" if _is_postgres() else "lower(hex(randomblob(16)))"}
    values = [changed.get(column, fresh.get(column, f'p."{column}"')) for column in columns]
    names = ", ".join(f'"{column}"' for column in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({names}) SELECT {', '.join(values)}"  # noqa: S608 - all of it is ours
            f" FROM {table} AS p, numbers AS n WHERE p.id = %s AND n.i <= %s",
            [row.pk, up_to or 2**31 - 1],
        )


def _number(count: int) -> None:
    from django.db import connection

    numbers = "WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < {}) SELECT i FROM c"
    if _is_postgres():
        numbers = "SELECT generate_series(1, {}) AS i"
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMPORARY TABLE numbers AS {numbers.format(count)}")


def _settle() -> None:
    from django.db import connection

    if _is_postgres():  # nobody runs it on a site's own SQLite
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")


def _date(text: str) -> str:
    return f"DATE {text}" if _is_postgres() else text


def _moment(text: str) -> str:
    return f"TIMESTAMPTZ {text}" if _is_postgres() else text


def _is_postgres() -> bool:
    from django.db import connection

    return connection.vendor == "postgresql"


def report(lines: list[Line], small: list[Line]) -> None:
    """Print the table."""
    say(f"{'':32}{'rows':>6}{'statements':>12}{'ms':>9}{'× of small':>12}")
    for line, before in zip(lines, small, strict=True):
        ratio = line.took / before.took
        say(f"{line.what:32}{line.rows:>6}{line.statements:>12}{line.took:9.1f}{ratio:12.1f}")


def main() -> None:
    """Measure beside a few cases, then beside many."""
    parser = argparse.ArgumentParser(description="Measure the inbox.")
    parser.add_argument("--cases", type=int, default=1_000_000)
    parser.add_argument("--small", type=int, default=1_000, help="cases of the site to compare with")
    parser.add_argument("--database", default="", help="URL of a PostgreSQL server; without it, SQLite")
    options = parser.parse_args()
    with set_up("inbox", options.database):
        with filled("inbox", options.small, fill) as people:
            small = measure(people)
        with filled("inbox", options.cases, fill) as people:
            report(measure(people), small)


if __name__ == "__main__":
    main()
