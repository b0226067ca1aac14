"""How many messages a minute the relay delivers, beside a bare HTTP client.

    python -m tests.benchmarks.relay_benchmark --database postgres://…/any_name [--messages 3000]

Makes a database of its own (SQLite without --database), starts the stand-in platform in a process of its own,
and posts as many messages by turns: once with a bare httpx client, which does nothing but post finished and
signed bodies over as many kept-alive connections, in as many threads, and once with the relay, which claims
each row, signs and sends it, and writes its attempt, its receipt and its publication. Bodies have the same
form and size; each is new to the stand-in, for it answers a repeated one more quickly. Figures depend on the
machine, on which the stand-in, the database and the sender run together: only the ratio says something.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from tests.benchmarks.own_database import filled, say, set_up

SECRET = "benchmark-secret"
AT_LEAST = 0.7


@dataclass(frozen=True)
class Line:
    """Messages a second of one round: the bare client's, the relay's."""

    bare: float
    relay: float

    @property
    def ratio(self) -> float:
        return self.relay / self.bare


@contextmanager
def stand_in() -> Iterator[str]:
    """Run the stand-in and yield its address."""
    from django.conf import settings

    with tempfile.TemporaryDirectory(prefix="relay-benchmark-") as folder:
        store = Path(folder) / "platform.sqlite3"
        process = subprocess.Popen(
            [sys.executable, "-m", "standin", "--port", "0", "--store", str(store), "--secret", SECRET],
            cwd=settings.BASE_DIR,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=os.environ | {"PYTHONUNBUFFERED": "1"},
        )
        assert process.stdout is not None
        try:
            yield process.stdout.readline().split()[-1]
        finally:
            process.terminate()
            process.wait(timeout=10)


def measure(url: str, *, messages: int, parallel: int, rounds: int) -> list[Line]:
    """Post `messages` each way, by turns, `rounds` times."""
    from credit_repair.platforms.models import Channel
    from tests.registry.factories import PlatformFactory, RecordFactory

    platform = PlatformFactory(endpoint=url, secret=SECRET)
    Channel.objects.create(platform=platform, parallel=parallel)
    record = RecordFactory()
    lines = []
    for _round in range(rounds):
        queue(record, platform, messages)
        bodies = finished_bodies(messages)
        bare = _rate(messages, lambda bodies=bodies: post(url, bodies, parallel))
        lines.append(Line(bare, _rate(messages, lambda: relay(messages))))
    return lines


def queue(record: Any, platform: Any, messages: int) -> None:
    """Queue a removal of so many records, each as `enqueue` would."""
    from django.utils import timezone

    from credit_repair.platforms import payloads
    from credit_repair.platforms.models import Message
    from credit_repair.registry.models import Publication
    from tests.benchmarks.copied_rows import copy_records

    behind = copy_records(record, messages)
    records = list(type(record).objects.filter(pk__gt=behind).select_related("subject", "authority"))
    Publication.objects.bulk_create(
        Publication(record=each, platform=platform, state=Publication.State.REMOVING) for each in records
    )
    rows = []
    for each in records:
        now = timezone.now()
        row = Message(
            platform=platform,
            record=each,
            sequence=1,
            action=Message.Action.TERMINATE,
            cause=uuid.uuid4(),
            cause_text="信用修复",
            next_attempt_at=now,
            created_at=now,
        )
        row.payload = payloads.build(row, record=each)
        rows.append(row)
    Message.objects.bulk_create(rows, batch_size=1000)


def finished_bodies(messages: int) -> list[tuple[bytes, dict[str, str]]]:
    """Return as many bodies like those that wait, of other records and messages, with their headers."""
    from credit_repair.platforms import payloads
    from credit_repair.platforms.models import Message
    from credit_repair.platforms.transports.http import signature_headers

    waiting = Message.objects.filter(state=Message.State.WAITING).values_list("payload", flat=True)
    found = []
    for payload in waiting[:messages]:
        payload["id"], payload["record"]["id"] = str(uuid.uuid4()), str(uuid.uuid4())
        body = payloads.encode(payload)
        signed = signature_headers(body, secret=SECRET, timestamp=int(time.time()))
        headers = {"Content-Type": "application/json", "X-Message-Id": payload["id"], **signed}
        found.append((body, headers))
    return found


def post(url: str, bodies: list[tuple[bytes, dict[str, str]]], parallel: int) -> None:
    """Post them all with one client and `parallel` threads."""
    import httpx

    with httpx.Client(timeout=10, trust_env=False) as client, ThreadPoolExecutor(parallel) as threads:

        def send(body: tuple[bytes, dict[str, str]]) -> int:
            return client.post(f"{url}/api/v1/messages", content=body[0], headers=body[1]).status_code

        statuses = set(threads.map(send, bodies))
    assert statuses == {200}, statuses


def relay(messages: int) -> None:
    """Let the relay deliver what waits."""
    from credit_repair.platforms.relay import relay_once

    confirmed = 0
    while confirmed < messages:
        report = relay_once()
        assert report.sent == report.confirmed > 0, report
        confirmed += report.confirmed


def _rate(messages: int, work: Callable[[], None]) -> float:
    begin = time.perf_counter()
    work()
    return messages / (time.perf_counter() - begin)


def report(lines: list[Line], *, vendor: str) -> None:
    """Print the table."""
    say(f"{'messages a second':20}{'bare client':>14}{'relay':>10}{'ratio':>8}")
    for number, line in enumerate(lines, start=1):
        say(f"{f'round {number}':20}{line.bare:14,.0f}{line.relay:10,.0f}{line.ratio:8.2f}")
    ratio = median(line.ratio for line in lines)
    say(f"{vendor}: median ratio {ratio:.2f}, to be at least {AT_LEAST} on PostgreSQL")


def main(arguments: list[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Measure the relay beside a bare client.")
    parser.add_argument("--messages", type=int, default=3_000, help="how many in each round, each way")
    parser.add_argument("--parallel", type=int, default=4, help="connections and threads of either")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--database", default="", help="URL of a PostgreSQL server; without it, SQLite")
    options = parser.parse_args(arguments)
    with set_up("relay", options.database):
        from django.db import connection

        with stand_in() as url, filled("relay", options.messages, lambda _size: None):
            sizes = {"messages": options.messages, "parallel": options.parallel, "rounds": options.rounds}
            report(measure(url, **sizes), vendor=connection.vendor)


if __name__ == "__main__":
    main()
