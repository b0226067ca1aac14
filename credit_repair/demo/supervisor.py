"""Serve the demo: one parent, three children, and a clean end.

The children are the web server, the worker loop (jobs, schedule, relay) and the stand-in platform. Ctrl-C or
SIGTERM ends the parent, which ends each child and waits; a child that dies by itself ends the demo with its
name, since half a demo only confuses.
"""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import FrameType

from django.conf import settings

from credit_repair.demo import standin

STOP_SECONDS = 15
START_SECONDS = 30


def free_port(preferred: int) -> int:
    """Return `preferred` where nobody listens on it, else any free port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", preferred))
        except OSError:
            probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def site_url(port: int) -> str:
    """Return the site's address. By the name of localhost: passkeys take no bare number for a site."""
    return f"http://localhost:{port}"


class Supervisor:
    """Starts the children, watches them, stops them."""

    def __init__(self, *, port: int, platform_url: str, platform: "subprocess.Popen[str]") -> None:
        self.site_url = site_url(port)
        self.env = {
            **os.environ,
            "DEMO": "1",
            "SITE_URL": self.site_url,
            "DEMO_PLATFORM_URL": platform_url,
            "DJANGO_SETTINGS_MODULE": "credit_repair.settings",
        }
        self.stopping = threading.Event()
        self.children: dict[str, subprocess.Popen[str]] = {"公示平台": platform}
        manage = str(Path(settings.BASE_DIR) / "manage.py")
        self._start("后台任务", [sys.executable, manage, "run_worker"])
        self._start(
            "网站",
            [
                *(sys.executable, "-m", "gunicorn", "credit_repair.wsgi"),
                *("--bind", f"127.0.0.1:{port}", "--workers", "1", "--threads", "4"),
                *("--log-level", "warning", "--worker-tmp-dir", str(settings.VAR_DIR)),
            ],
        )

    def _start(self, name: str, command: list[str]) -> None:
        # A session of its own: Ctrl-C in the terminal reaches the parent alone, which ends the others.
        self.children[name] = subprocess.Popen(  # noqa: S603 - our own programs, no shell
            command, cwd=settings.BASE_DIR, env=self.env, text=True, start_new_session=True
        )

    def wait_until_served(self) -> bool:
        """Wait for the site's first answer; return whether it came."""
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and not self.stopping.is_set() and self.dead() is None:
            with suppress(OSError), urllib.request.urlopen(self.site_url, timeout=2):  # nosec B310 # noqa: S310
                return True
            time.sleep(0.2)
        return False

    def dead(self) -> str | None:
        """Return the name of a child that has ended by itself."""
        return next((name for name, child in self.children.items() if child.poll() is not None), None)

    def run(self, *, on_ready: Callable[[], None]) -> str | None:
        """Serve until somebody stops it; return the name of a child that died, if that was the reason."""

        def stop(_number: int, _frame: FrameType | None) -> None:
            self.stopping.set()

        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, stop)
        try:
            if self.wait_until_served():
                on_ready()
            while not self.stopping.wait(0.5):
                if self.dead() is not None:
                    break
            return None if self.stopping.is_set() else self.dead()
        finally:
            self.stop()

    def stop(self) -> None:
        """End every child, the web server first, and wait for each."""
        for child in reversed(list(self.children.values())):
            if child.poll() is None:
                child.terminate()
        for child in self.children.values():
            try:
                child.wait(timeout=STOP_SECONDS)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()


def start_platform(port: int) -> tuple["subprocess.Popen[str]", str]:
    """Start the demo's stand-in platform on its usual port, or on a free one."""
    return standin.start(
        store=Path(settings.VAR_DIR) / "standin.sqlite3",
        port=free_port(port),
        name="信用中国（濉溪县）网站（演示）",
    )
