"""What a message costs the relay beside ten thousand and beside a million that wait.

    python -m tests.benchmarks.queue_benchmark --database postgres://…/any_name [--large 1000000]

Makes a database of its own for either size (SQLite without --database), fills it and drops it. A third of the
messages stand behind another of their record; one in twenty is about a subject without a record. The platform
is played by a function that answers at once, so
that what is measured is the work of the relay and its database alone: claim, attempt, receipt, publication.
Then the plans: no statement that finds what is due may read the table from end to end. A million messages
need some 2 GB of disk.
"""

import argparse
import re
import time
import uuid
from dataclasses import dataclass
from typing import Any

from tests.benchmarks.own_database import filled, say, set_up

SHARE = 3  # messages of each record
UNRECORDED = 20  # one in so many concerns no record


@dataclass(frozen=True)
class Figure:
    """What was measured beside so many: milliseconds a message, of the first pass and of the quickest, and
    the tables that a plan reads from end to end."""

    waiting: int
    first: float
    best: float
    scans: list[str]


class AtOnce:
    """A transport that answers at once, without a network."""

    def send(self, message: Any, platform: Any) -> Any:
        from credit_repair.platforms.transports.answers import Confirmed

        return Confirmed(f"R-{message.pk}", "applied", 200)

    def close(self) -> None:
        """Nothing to let go of."""


def fill(messages: int) -> Any:
    """Put so many waiting messages into the empty database; return their platform."""
    from django.utils import timezone

    from credit_repair.platforms.models import Message
    from tests.benchmarks.copied_rows import copy, copy_records, fresh_uuid, seconds_ago, settle
    from tests.registry.factories import PlatformFactory, PublicationFactory, RecordFactory

    platform, record = PlatformFactory(actions=["commitment"]), RecordFactory()
    each = max(messages // SHARE, 1)
    behind = copy_records(record, each)
    publication = PublicationFactory(platform=platform, record=record, state="removing")
    copy(publication, each, record_id=f"{behind} + n.i")
    now = timezone.now()
    message = Message.objects.create(
        platform=platform,
        record=record,
        sequence=1,
        action="terminate",
        cause=uuid.uuid4(),
        payload={"content": "罚款人民币10000元" * 20},
        state="confirmed",
        receipt="R",
        confirmed_at=now,
        next_attempt_at=now,
        created_at=now,
    )
    for sequence in range(1, SHARE + 1):
        moment = seconds_ago(f"{messages} - n.i - {sequence}")
        copy(
            message,
            each,
            uuid=fresh_uuid(),
            cause=fresh_uuid(),
            record_id=f"{behind} + n.i",
            sequence=str(sequence),
            state="'waiting'",
            receipt="''",
            confirmed_at="NULL",
            next_attempt_at=moment,
            created_at=moment,
        )
    _unrecorded(message, platform, max(messages // UNRECORDED, 1))
    settle()
    return platform


def _unrecorded(message: Any, platform: Any, count: int) -> None:
    """Put so many that concern no record beside them, three of each subject."""
    from credit_repair.platforms.models import Message
    from tests.benchmarks.copied_rows import copy, fresh_uuid, seconds_ago
    from tests.registry.factories import SubjectFactory

    subject, each = SubjectFactory(), max(count // SHARE, 1)
    copy(subject, each, uuid=fresh_uuid(), code=f"'X' || {subject.pk} || '-' || n.i")
    behind = subject.pk
    first = Message.objects.get(pk=message.pk)
    first.pk, first.uuid, first.cause = None, uuid.uuid4(), uuid.uuid4()
    first.record, first.subject, first.action = None, subject, "commitment"
    first.save()
    for sequence in range(1, SHARE + 1):
        moment = seconds_ago(f"{count} + {SHARE} - n.i - {sequence}")
        copy(
            first,
            each,
            uuid=fresh_uuid(),
            cause=fresh_uuid(),
            subject_id=f"{behind} + n.i",
            sequence=str(sequence),
            state="'waiting'",
            receipt="''",
            confirmed_at="NULL",
            next_attempt_at=moment,
            created_at=moment,
        )


def measure(platform: Any, *, waiting: int, sent: int, passes: int) -> Figure:
    """Send `sent` messages in each of some passes."""
    took = [_pass(sent) for _number in range(passes)]
    return Figure(waiting, took[0], min(took), scans(platform))


def _pass(sent: int) -> float:
    from credit_repair.platforms.relay import relay_once
    from credit_repair.platforms.transports import OpenTransports

    begin = time.perf_counter()
    report = relay_once(limit=sent, transports=OpenTransports({"http": AtOnce}))
    assert report.confirmed == sent, report
    return (time.perf_counter() - begin) * 1000 / sent


def scans(platform: Any) -> list[str]:
    """Return what the plans of finding and claiming read from end to end."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from credit_repair.platforms.claims import claim_batch, give_back

    with CaptureQueriesContext(connection) as asked:
        batch = claim_batch(platform, limit=50)
    give_back(batch.claimed)
    found = set()
    for query in asked.captured_queries:
        if "platforms_message" not in query["sql"] or connection.vendor != "postgresql":
            continue
        with connection.cursor() as cursor:
            cursor.execute("EXPLAIN " + query["sql"].replace("%", "%%"))
            plan = "\n".join(row[0] for row in cursor.fetchall())
        found |= set(re.findall(r"Seq Scan on (\w+)", plan))
    return sorted(found)


def report(figures: list[Figure]) -> None:
    """Print the table."""
    say(f"{'waiting':>12}{'ms, first pass':>16}{'ms, quickest':>16}{'of the small':>14}  read end to end")
    for figure in figures:
        ratio = figure.best / figures[0].best
        scanned = ", ".join(figure.scans) or "nothing"
        say(f"{figure.waiting:12,}{figure.first:16.2f}{figure.best:16.2f}{ratio:13.2f}x  {scanned}")


def main(arguments: list[str] | None = None) -> None:
    """Measure beside few, then beside many."""
    parser = argparse.ArgumentParser(description="Measure what a waiting message costs.")
    parser.add_argument("--small", type=int, default=10_000)
    parser.add_argument("--large", type=int, default=1_000_000)
    parser.add_argument("--sent", type=int, default=500, help="messages of each pass")
    parser.add_argument("--passes", type=int, default=5)
    parser.add_argument("--database", default="", help="URL of a PostgreSQL server; without it, SQLite")
    options = parser.parse_args(arguments)
    figures = []
    with set_up("queue", options.database):
        for waiting in (options.small, options.large):
            with filled("queue", waiting, fill) as platform:
                figures.append(measure(platform, waiting=waiting, sent=options.sent, passes=options.passes))
    report(figures)


if __name__ == "__main__":
    main()
