"""PostgreSQL, Redis, RabbitMQ: a database of our own, and proxies before what is shared."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg

from tests.faults.chaos.own_postgres import OwnPostgres
from tests.faults.chaos.proxy import Proxy

ROOT = Path(__file__).parents[3]
POSTGRES = os.environ.get("TEST_POSTGRES_URL", "postgres://postgres@127.0.0.1:5432/postgres")
REDIS = os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/9")
RABBITMQ = os.environ.get("TEST_RABBITMQ_URL", "amqp://guest:guest@127.0.0.1:5672//")


def answers(url: str, seconds: float = 2) -> bool:
    """Whether anybody listens at the address of `url`."""
    parts = urlsplit(url)
    with socket.socket() as probe:
        probe.settimeout(seconds)
        return probe.connect_ex((parts.hostname or "", parts.port or 5432)) == 0


def postgres_answers() -> bool:
    try:
        psycopg.connect(POSTGRES, connect_timeout=3).close()
    except psycopg.Error:
        return False
    return True


def through(proxy: Proxy, url: str) -> str:
    """The same address by way of the proxy."""
    parts = urlsplit(url)
    user = parts.netloc.rpartition("@")[0]
    return urlunsplit(
        parts._replace(netloc=f"{user}@127.0.0.1:{proxy.port}" if user else f"127.0.0.1:{proxy.port}")
    )


class Database:
    """A database of our own, copied from one in which every migration has run.

    own       the server, where it is ours to kill
    direct    address for the harness
    url       address for everybody else, through the proxy
    """

    def __init__(self, own: OwnPostgres | None = None) -> None:
        self.own = own
        self._server = own.url if own else POSTGRES
        self.name = f"storm_{os.getpid()}_{int(time.time())}"
        parts = urlsplit(self._server)
        self.direct = urlunsplit(parts._replace(path=f"/{self.name}"))
        template = _migrated(self._server)
        with _maintenance(self._server) as connection:
            connection.execute(f'CREATE DATABASE "{self.name}" TEMPLATE "{template}"')
        self.proxy = Proxy(parts.hostname or "127.0.0.1", parts.port or 5432)
        self.url = through(self.proxy, self.direct)

    def terminate_backends(self) -> int:
        """Let the server end the connections that came through the proxy; return how many there were."""
        with _maintenance(self._server) as connection:
            rows = connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = %s AND application_name <> 'storm'",
                [self.name],
            ).fetchall()
        return len(rows)

    def drop(self) -> None:
        self.proxy.close()
        if self.own is not None:
            return  # it goes as a whole
        with _maintenance(self._server) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{self.name}" WITH (FORCE)')


@contextlib.contextmanager
def _maintenance(server: str) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    with psycopg.connect(server, autocommit=True, connect_timeout=5) as connection:
        yield connection


def _migrated(server: str) -> str:
    """Return the name of the migrated database, made when it is not there: to migrate takes ten seconds."""
    name = f"storm_migrated_{_mark()}"
    with _maintenance(server) as connection:
        connection.execute("SELECT pg_advisory_lock(80808)")  # until the connection ends
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            making = f"{name}_making"
            connection.execute(f'DROP DATABASE IF EXISTS "{making}" WITH (FORCE)')
            connection.execute(f'CREATE DATABASE "{making}"')
            subprocess.run(
                [sys.executable, "manage.py", "migrate", "-v0", "--skip-checks"],
                cwd=ROOT,
                env=os.environ | {"DATABASE_URL": urlunsplit(urlsplit(server)._replace(path=f"/{making}"))},
                check=True,
            )
            connection.execute(f'ALTER DATABASE "{making}" RENAME TO "{name}"')
    return name


def _mark() -> str:
    """What changes when a migration of ours does."""
    mark = hashlib.sha256()
    for file in sorted((ROOT / "credit_repair").glob("*/migrations/*.py")):
        mark.update(f"{file.parent.parent.name}/{file.name}".encode() + file.read_bytes())
    return mark.hexdigest()[:12]


class Broker:
    """A broker behind a proxy; one that we started ourselves can be killed."""

    def __init__(self, name: str, url: str, process: subprocess.Popen[bytes] | None = None) -> None:
        self.name, self._direct, self._process = name, url, process
        self._command: list[str] = []
        parts = urlsplit(url)
        self.proxy = Proxy(parts.hostname or "127.0.0.1", parts.port or 0)
        self.url = through(self.proxy, url)

    @property
    def is_ours(self) -> bool:
        return self._process is not None

    def kill(self) -> None:
        assert self._process is not None
        self._process.kill()
        self._process.wait(timeout=10)

    def start(self) -> None:
        self._process = subprocess.Popen(self._command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def close(self) -> None:
        self.proxy.close()
        if self._process is not None:
            self.kill()

    @classmethod
    def own_redis(cls, folder: Path) -> Broker:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        server = shutil.which("redis-server") or ""
        broker = cls("redis", f"redis://127.0.0.1:{port}/0")
        broker._command = [
            *(server, "--port", str(port), "--bind", "127.0.0.1"),
            *("--save", "", "--appendonly", "no", "--dir", str(folder)),
        ]
        broker.start()
        return broker


def brokers(folder: Path) -> tuple[list[Broker], list[str]]:
    """Return the brokers that can be had, and what is to be said of those that cannot."""
    found: list[Broker] = []
    missing: list[str] = []
    if shutil.which("redis-server"):
        found.append(Broker.own_redis(folder))
    elif answers(REDIS):
        found.append(Broker("redis", REDIS))
    else:
        missing.append(f"NOT TESTED: Redis; nothing answers at {urlsplit(REDIS).netloc}")
    if answers(RABBITMQ):
        found.append(Broker("rabbitmq", RABBITMQ))
    else:
        missing.append(f"NOT TESTED: RabbitMQ; nothing answers at {urlsplit(RABBITMQ).hostname}")
    return found, missing


def delete_queue(url: str, queue: str) -> None:
    """Leave nothing behind on a broker that is shared."""
    from kombu import Connection

    with contextlib.suppress(Exception), Connection(url, connect_timeout=2) as connection:
        connection.channel().queue_delete(queue)
