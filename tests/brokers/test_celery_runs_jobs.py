"""Production's way: a real Celery worker on a real broker runs the jobs that dispatch() wrote."""

import os
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlparse

import pytest
from django.conf import settings

from tests.prepared import migrated_copy

BROKERS = {
    "redis": os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/9"),
    "rabbitmq": os.environ.get("TEST_RABBITMQ_URL", "amqp://guest:guest@127.0.0.1:5672//"),
}
DISPATCH = "from credit_repair.core.jobs import dispatch; dispatch('send_mails', key='send_mails')"

pytestmark = pytest.mark.fault


def is_reachable(url: str) -> bool:
    address = urlparse(url)
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((address.hostname or "", address.port or 0)) == 0


@pytest.fixture(params=sorted(BROKERS))
def broker(request: pytest.FixtureRequest) -> str:
    url = BROKERS[request.param]
    if not is_reachable(url):
        pytest.skip(f"NOT TESTED: Celery on {request.param}; nothing answers at {urlparse(url).netloc}")
    return url


@pytest.fixture
def site(tmp_path: Path, broker: str) -> dict[str, str]:
    env = {
        **os.environ,
        "DATABASE_URL": f"sqlite:///{tmp_path / 'desk.sqlite3'}",
        "VAR_DIR": str(tmp_path),
        "BROKER_URL": broker,
        "SECRET_KEY": "of-this-test-alone-0123456789-0123456789-0123456789",
        "EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend",
    }
    migrated_copy(tmp_path / "desk.sqlite3")
    return env


def manage(env: dict[str, str], *arguments: str) -> None:
    subprocess.run(
        [sys.executable, "manage.py", *arguments], cwd=settings.BASE_DIR, env=env, check=True, timeout=60
    )


@pytest.fixture
def worker(site: dict[str, str], tmp_path: Path) -> Iterator["subprocess.Popen[bytes]"]:
    with (tmp_path / "worker.log").open("wb") as log:
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "celery", "-A", "credit_repair", "worker"),
                *("-Q", "desk", "--pool", "solo", "--loglevel", "info"),
            ],
            cwd=settings.BASE_DIR,
            env=site,
            stdout=log,
            stderr=log,
        )
    yield process
    process.terminate()
    process.wait(timeout=30)


def job_states(tmp_path: Path) -> list[str]:
    with sqlite3.connect(tmp_path / "desk.sqlite3") as database:
        return [row[0] for row in database.execute("select state from core_job where name = 'send_mails'")]


def wait_until_done(tmp_path: Path, seconds: float) -> list[str]:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and job_states(tmp_path) != ["done"]:
        time.sleep(0.2)
    return job_states(tmp_path)


@pytest.mark.usefixtures("worker")
def test_a_job_dispatched_by_the_web_is_run_by_a_celery_worker(site: dict[str, str], tmp_path: Path) -> None:
    manage(site, "shell", "-v0", "-c", DISPATCH)

    assert wait_until_done(tmp_path, 40) == ["done"], (tmp_path / "worker.log").read_text()[-2000:]


def test_a_job_survives_a_broker_that_is_down(tmp_path: Path, site: dict[str, str]) -> None:
    deaf = {**site, "BROKER_URL": "redis://127.0.0.1:1/0"}
    manage(deaf, "shell", "-v0", "-c", DISPATCH)
    assert job_states(tmp_path) == ["waiting"]

    manage(site, "run_worker", "--once")

    assert job_states(tmp_path) == ["done"]
