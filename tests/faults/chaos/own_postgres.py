"""A PostgreSQL server of the storm's own, which may be killed: `kill -9` of all its processes at once.

PostgreSQL does not run as root. Where the storm does, the server is run as the system's `postgres`.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import psycopg

START_SECONDS = 60


def find() -> str:
    """Return the folder of PostgreSQL's programs, or nothing where there is none that may be started."""
    found = shutil.which("initdb")
    folders = [Path(found).resolve().parent] if found else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    usable = [folder for folder in folders if (folder / "postgres").exists()]
    if not usable or (os.geteuid() == 0 and not _servant()):
        return ""
    return str(usable[0])


def _servant() -> str:
    with contextlib.suppress(KeyError):
        return pwd.getpwnam("postgres").pw_name
    return ""


class OwnPostgres:
    """The server; `url` is its maintenance database."""

    def __init__(self) -> None:
        self._programs = Path(find())
        # Not in the storm's folder, which another user could not enter.
        self._folder = Path(tempfile.mkdtemp(prefix="storm-postgres-"))
        self._user: dict[str, Any] = {}
        if os.geteuid() == 0:
            self._user = {"user": _servant(), "cwd": self._folder}
            shutil.chown(self._folder, _servant())
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port = probe.getsockname()[1]
        self.url = f"postgres://postgres@127.0.0.1:{self._port}/postgres"
        self._process: subprocess.Popen[bytes] | None = None
        try:
            subprocess.run(
                [
                    self._programs / "initdb",
                    *(
                        "-D",
                        self._folder / "data",
                        "-U",
                        "postgres",
                        "-A",
                        "trust",
                        "-E",
                        "UTF8",
                        "--no-sync",
                    ),
                ],
                check=True,
                stdout=subprocess.DEVNULL,
                **self._user,
            )
            self.start()
        except BaseException:
            self.close()
            raise

    def start(self) -> None:
        """Start it and wait until it has recovered."""
        command = [self._programs / "postgres", "-D", self._folder / "data", "-p", str(self._port)]
        command += ["-k", self._folder, "-c", "listen_addresses=127.0.0.1", "-c", "max_connections=200"]
        deadline = time.monotonic() + START_SECONDS
        while True:
            if self._process is None or self._process.poll() is not None:
                with (self._folder / "log").open("ab") as log:
                    self._process = subprocess.Popen(
                        command, stdout=log, stderr=log, start_new_session=True, **self._user
                    )
            try:
                psycopg.connect(self.url, connect_timeout=2).close()
                return
            except psycopg.Error:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)

    def kill(self) -> None:
        """kill -9 of the server and all its processes, as when the power fails."""
        if self._process is not None:
            children = self._children()
            for pid in [self._process.pid, *children]:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            self._process.wait(timeout=10)
            self._process = None

    def _children(self) -> list[int]:
        """Each leads a group of its own, so the group is not enough."""
        assert self._process is not None
        said = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children")
        return [int(pid) for pid in said.read_text(encoding="ascii").split()] if said.exists() else []

    def close(self) -> None:
        self.kill()
        shutil.rmtree(self._folder, ignore_errors=True)
