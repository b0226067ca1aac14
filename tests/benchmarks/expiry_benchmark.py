"""How steadily the end of publicity is worked off beside a million records.

    python -m tests.benchmarks.expiry_benchmark --database postgres://…/any_name [--due 50000]

Makes a database of its own (SQLite without --database), fills it and drops it. Each due record is published
on two platforms; its end is one transaction: the record, its event, two messages, two publications. Each line
is a tenth of the run: records a second, and the memory of the process. Neither may depend on how far the run
has come: what matters is the last tenth beside the first.
"""

import argparse
import time
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from tests.benchmarks.own_database import filled, say, set_up

TODAY = date(2027, 6, 1)
TENTHS = 10


@dataclass(frozen=True)
class Tenth:
    """Records a second, and megabytes at its end."""

    rate: float
    memory: float


def fill(records: int, due: int) -> None:
    """Put so many published records into the empty database, `due` of them past their last day."""
    from tests.benchmarks.copied_rows import copy, copy_records, is_postgres, settle
    from tests.registry.factories import PlatformFactory, PublicationFactory, RecordFactory

    day = (
        "DATE '2027-05-01' + (n.i %% 30)::int"
        if is_postgres()
        else "date('2027-05-01', (n.i %% 30) || ' days')"
    )
    record = RecordFactory(assessed=False, effective_until=date(2099, 1, 1), rule_set="ndrc-36")
    publications = [PublicationFactory(platform=PlatformFactory(), record=record) for _ in range(2)]
    copy_records(record, records - due)
    behind = copy_records(record, due, effective_until=day)
    for publication in publications:
        copy(publication, due, record_id=f"{behind} + n.i")
    settle()


def measure(due: int) -> list[Tenth]:
    """End them all in one run, and look at the clock and the memory after each tenth."""
    from credit_repair.platforms import expiry

    marks: list[tuple[float, float]] = [(time.perf_counter(), memory())]
    ended, each = 0, expiry._expire

    def counted(record_id: int, **options: Any) -> int:
        nonlocal ended
        done: int = each(record_id, **options)
        ended += done
        if ended * TENTHS >= len(marks) * due:
            marks.append((time.perf_counter(), memory()))
        return done

    expiry._expire = counted
    try:
        assert expiry.expire_records(today=TODAY) == due
    finally:
        expiry._expire = each
    return [
        Tenth(due / TENTHS / (after[0] - before[0]), after[1])
        for before, after in zip(marks, marks[1:], strict=False)
    ]


def memory() -> float:
    """Return the resident megabytes of this process now, 0 where the system does not say."""
    pages = Path("/proc/self/statm")
    return int(pages.read_text(encoding="ascii").split()[1]) * 4096 / 2**20 if pages.exists() else 0.0


def report(tenths: list[Tenth]) -> None:
    """Print the table."""
    say(f"{'tenth':>8}{'records a second':>20}{'MB':>10}")
    for number, tenth in enumerate(tenths, start=1):
        say(f"{number:>8}{tenth.rate:20.0f}{tenth.memory:10.1f}")
    first, last = tenths[0], tenths[-1]
    say(f"last tenth: {last.rate / first.rate:.2f} of the first, {last.memory - first.memory:+.1f} MB")


def main(arguments: list[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Measure the end of publicity.")
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--due", type=int, default=50_000)
    parser.add_argument("--database", default="", help="URL of a PostgreSQL server; without it, SQLite")
    options = parser.parse_args(arguments)
    with (
        set_up("expiry", options.database),
        filled("expiry", options.records, lambda records: fill(records, options.due)),
    ):
        report(measure(options.due))


if __name__ == "__main__":
    main()
