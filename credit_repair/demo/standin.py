"""The stand-in platform as a child process: a separate program that speaks HTTP and keeps its own store."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

SECRET = "standin-demo-secret"  # noqa: S105 - it listens on this machine alone
STOP_SECONDS = 10


def start(*, store: Path, port: int = 0, name: str = "示例公示平台") -> tuple[subprocess.Popen[str], str]:
    """Start the stand-in on `port` (0: a free one); return the process and its address.

    Raises RuntimeError with its own words where it does not start.
    """
    log = store.with_suffix(".log").open("a", encoding="utf-8")
    process = subprocess.Popen(  # noqa: S603 - our own program, no shell, no foreign words
        [sys.executable, "-m", "standin", "--port", str(port), "--store", str(store), "--name", name],
        cwd=settings.BASE_DIR,
        env=None,
        stdout=subprocess.PIPE,
        stderr=log,
        text=True,
        start_new_session=True,
    )
    log.close()
    line = process.stdout.readline().strip() if process.stdout else ""
    if " on http" not in line:
        process.kill()
        raise RuntimeError(f"the stand-in platform did not start: see {store.with_suffix('.log')}")
    return process, line.rpartition(" ")[2]


def stop(process: subprocess.Popen[str]) -> None:
    """Stop the stand-in and wait for it."""
    process.terminate()
    try:
        process.wait(timeout=STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdout:
        process.stdout.close()


@contextmanager
def running(*, store: Path) -> Iterator[str]:
    """Run the stand-in on a free port inside the block; yield its address."""
    process, url = start(store=store)
    try:
        yield url
    finally:
        stop(process)
