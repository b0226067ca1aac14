"""The demo as real processes: web server, worker, stand-in platform, all on free ports and in a folder of
their own. Every date is explicit: for these processes it is DAY."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from tests.browser.tables import PENALTIES_OF_THE_OTHER
from tests.prepared import migrated_copy

ROOT = Path(__file__).resolve().parents[2]
DAY = "2026-11-20"  # a Friday
START_SECONDS, STOP_SECONDS, COMMAND_SECONDS = 150, 60, 120

#: A second enterprise, so that there is somebody else's case, with as long a name as people really have.
OTHER_CLERK = "hezuoshe"
_OTHER_ENTERPRISE = """
from allauth.account.models import EmailAddress
from credit_repair.core.jobs import dispatch
from credit_repair.people.models import User
from credit_repair.people.services import grant_mandate
from credit_repair.registry.models import Platform, Subject
from credit_repair.registry.services import import_file
from credit_repair.core.clock import today
from datetime import timedelta

batch = import_file(path_or_file={table!r}, file_name="others.csv", as_of=today(),
                    platforms=tuple(Platform.objects.all()))
assert not batch.refused, [line.reason for line in batch.lines.all()]
dispatch("announce_publications", key="announce_publications")
clerk = User.objects.create(username={clerk!r}, display_name="欧阳建国", email="ouyang@example.com",
                            phone="13900000001", password=User.objects.get(username="qiye").password)
EmailAddress.objects.create(user=clerk, email=clerk.email, primary=True, verified=True)
grant_mandate(user=clerk, subject=Subject.objects.get(code={code!r}), since=today() - timedelta(days=9))
"""


class Desk:
    """A running demo. `url` is the site's address, `platform_url` the stand-in platform's."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.folder = folder
        self.url = self.platform_url = ""
        self._environment = {
            **{key: value for key, value in os.environ.items() if key not in ("DATABASE_URL", "BROKER_URL")},
            "VAR_DIR": str(folder / "var"),
            "ASSUMED_TODAY": DAY,
            "DEMO": "1",
            "PYTHONUNBUFFERED": "1",
            "RATE_LIMITS_OFF": "1",  # everybody here comes from one address
            **environment,
        }
        self._output = folder / "demo.out"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start `manage.py demo`, wait for the addresses that it prints, bring in the other enterprise."""
        self.open()
        table = self.folder / "others.csv"
        table.write_bytes(PENALTIES_OF_THE_OTHER.as_csv())
        code = PENALTIES_OF_THE_OTHER.code
        self.manage("shell", "-c", _OTHER_ENTERPRISE.format(table=str(table), clerk=OTHER_CLERK, code=code))

    def open(self, *, day: str = DAY) -> None:
        """Start the demo as it is, on that day: the second time with all that was done before."""
        self._environment["ASSUMED_TODAY"] = day
        migrated_copy(self.folder / "var" / "desk.sqlite3")
        command = [sys.executable, "manage.py", "demo"]
        command += ["--port", str(_free_port()), "--platform-port", str(_free_port())]
        with self._output.open("wb") as output, (self.folder / "demo.err").open("wb") as errors:
            self._process = subprocess.Popen(
                command, cwd=ROOT, env=self._environment, stdout=output, stderr=errors, start_new_session=True
            )
        deadline = time.monotonic() + START_SECONDS
        while "Ctrl-C" not in self.said:
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"the demo did not start:\n{self.said}\n{self.complaints[-4000:]}")
            time.sleep(0.1)
        self.url, self.platform_url = self._address("网站"), self._address("公示平台")

    def stop(self) -> int:
        """Press Ctrl-C and return the exit status."""
        assert self._process is not None
        self._process.send_signal(signal.SIGINT)
        try:
            return self._process.wait(timeout=STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            raise

    def manage(self, *words: str) -> str:
        """Run a command of manage.py against the running demo's database; return what it said."""
        done = subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=ROOT,
            env={**self._environment, "SITE_URL": self.url},
            capture_output=True,
            text=True,
            timeout=COMMAND_SECONDS,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    @property
    def said(self) -> str:
        """What the demo has printed."""
        return self._output.read_text(encoding="utf-8")

    @property
    def complaints(self) -> str:
        """What the demo's processes have logged."""
        return (self.folder / "demo.err").read_text(encoding="utf-8")

    def _address(self, name: str) -> str:
        line = next(line for line in self.said.splitlines() if line.split()[:1] == [name])
        return line.split()[1].rstrip("/")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
