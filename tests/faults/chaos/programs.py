"""Processes: started, killed with kill -9, started again, and asked whether they ended by themselves."""

from __future__ import annotations

import contextlib
import json
import os
import re
import resource
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import closing
from pathlib import Path
from typing import Any

from standin.store import Store
from tests.faults.chaos.servers import ROOT

SECRET = "storm-secret"  # noqa: S105
TOKEN = "storm-token"  # noqa: S105
START_SECONDS = 60


class Program:
    """One process and its log. `kind` is what it is counted as."""

    def __init__(self, kind: str, name: str, arguments: list[str], env: dict[str, str], folder: Path) -> None:
        self.kind, self.name, self._arguments, self._env = kind, name, arguments, env
        self.log = folder / f"{name}.log"
        self.process: subprocess.Popen[bytes] | None = None
        self.ended_by_itself = 0

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, *self._arguments],
                cwd=ROOT,
                env=os.environ | self._env,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def kill(self) -> None:
        """kill -9 of the process and all its children."""
        if self.process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(timeout=10)
        self.process = None

    def end(self) -> None:
        """As a system that is shut down in order does it."""
        if self.is_running():
            assert self.process is not None
            self.process.terminate()
            try:
                self.process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                self.kill()

    def revive(self) -> bool:
        """Start it again where it ended by itself, as a supervisor does; return whether it had."""
        if self.process is None or self.is_running():
            return False
        self.ended_by_itself += 1
        self.start()
        return True

    def limit_files(self, size: int | None) -> None:
        """Let no file that it writes grow beyond `size` bytes, as on a full disk; None lifts that."""
        if self.is_running():
            _soft, hard = resource.prlimit(self.pid, resource.RLIMIT_FSIZE)
            resource.prlimit(self.pid, resource.RLIMIT_FSIZE, (hard if size is None else size, hard))


class StandIn(Program):
    """A stand-in platform on a port that stays the same."""

    def __init__(self, name: str, folder: Path, *more: str) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.store = folder / f"{name}.sqlite3"
        arguments = ["-m", "standin", "--port", str(self.port), "--store", str(self.store), *more]
        secrets = ["--secret", SECRET, "--control-token", TOKEN, "--quiet"]
        super().__init__("platform", name, arguments + secrets, {}, folder)
        self.script: dict[str, Any] = {}
        #: What the script of the process before this one had played, and of those before.
        self.played: dict[str, int] = {}

    def start(self) -> None:
        super().start()
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                self.follow(self.script)
                return
            except OSError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.02)

    def follow(self, script: dict[str, Any]) -> None:
        """Give it a script; it is given the same again when it is started again."""
        self.script = script
        self.ask("/control/script", json.dumps(script).encode())

    def ask(self, path: str, body: bytes | None = None) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {TOKEN}"}
        request = urllib.request.Request(self.url + path, body, headers)  # noqa: S310 - our own
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
            said: dict[str, Any] = json.load(answer)
            return said

    def note_played(self) -> None:
        """Add up what the script did so far; it is forgotten when the process or the script ends."""
        with contextlib.suppress(OSError):
            for label, count in self.ask("/control/script")["played"].items():
                self.played[label] = self.played.get(label, 0) + count

    def summary(self) -> dict[str, Any]:
        """What it counted."""
        return self.ask("/api/v1/effects")

    def arrivals(self) -> list[dict[str, Any]]:
        """Per message how often it came and took effect."""
        return self.pages("/api/v1/effects/messages", "messages")

    def records(self) -> list[dict[str, Any]]:
        """What it shows."""
        return self.pages("/api/v1/records", "records")

    def pages(self, path: str, name: str) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = []
        after: str | None = ""
        while after is not None:
            said = self.ask(f"{path}?limit=1000&after={after}")
            rows += said[name]
            after = said["next"]
        return rows


class Filed(StandIn):
    """A stand-in behind a front-end machine: it is given files, and asked by way of its store."""

    def __init__(self, name: str, folder: Path, exchange: Path) -> None:
        self.store = folder / f"{name}.sqlite3"
        self.url, self.script, self.played = "", {}, {}
        self._script_file = folder / f"{name}.script.json"
        self.follow({})
        arguments = ["-m", "standin.files", "--folder", str(exchange), "--store", str(self.store)]
        arguments += ["--script", str(self._script_file), "--pause", "0.1"]
        Program.__init__(self, "platform", name, arguments, {}, folder)

    def start(self) -> None:
        Program.start(self)

    def follow(self, script: dict[str, Any]) -> None:
        making = self._script_file.with_suffix(".making")
        making.write_text(json.dumps(script), encoding="utf-8")
        making.rename(self._script_file)

    def note_played(self) -> None:
        """It does not say."""

    def summary(self) -> dict[str, Any]:
        with closing(Store(self.store)) as store:
            return store.counted()

    def arrivals(self) -> list[dict[str, Any]]:
        with closing(Store(self.store)) as store:
            return [dict(row) for row in store.arrivals(record="", after="", limit=10**9)]

    def records(self) -> list[dict[str, Any]]:
        with closing(Store(self.store)) as store:
            return [
                {"record": row["id"], "shown": bool(row["shown"]), "effects": store.effects(row["id"])}
                for row in store.records(shown=None, after="", limit=10**9)
            ]


def errors_in(log: Path) -> list[str]:
    """The last line of each traceback: what a program said when it ended by itself."""
    text = log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""
    return re.findall(r"^(?:[\w.]+(?:Error|Exception|Interrupt)\b.*)$", text, re.MULTILINE)
