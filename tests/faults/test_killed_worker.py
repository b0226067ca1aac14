"""A worker is killed with kill -9 between claiming a job and finishing it: an issued number gets its PDF."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings

from credit_repair.notices import engine_check
from credit_repair.notices.engine_check import missing_libraries
from tests.prepared import migrated_copy

pytestmark = [
    pytest.mark.fault,
    pytest.mark.skipif(
        bool(missing_libraries()),
        reason=f"PDF ENGINE MISSING {missing_libraries()}: {engine_check.INSTALL_COMMAND}",
    ),
]

#: Issues one numbered document, as a decision does.
ISSUE = """
from datetime import date
from django.db import transaction
from credit_repair.notices import services
from credit_repair.notices.contexts import DecisionApprove
from credit_repair.registry.models import Office
with transaction.atomic():
    office = Office.objects.create(code="1", name="濉溪县交通运输局", document_prefix="濉交信修")
    services.issue(document=DecisionApprove.sample(), office=office, issued_on=date(2026, 11, 20))
"""
#: A worker whose printer never comes to an end: it holds the job when it is killed.
STUCK = """
import time
from credit_repair.notices import render
render.render_pdf = lambda **_: time.sleep(600)
from credit_repair.core import jobs
jobs.run_due()
"""
#: A worker whose signing service never answers: the picture is made, the signature is not.
STUCK_SIGNING = """
import time
from credit_repair.notices import signing
class Never:
    def sign(self, pdf, **_):
        assert pdf.startswith(b"%PDF")
        from credit_repair.core.models import Job
        Job.objects.update(last_error="signing")
        time.sleep(600)
signing.signer = Never
from credit_repair.core import jobs
jobs.run_due()
"""


class Installation:
    """A migrated SQLite database of its own, and programs that work on it."""

    def __init__(self, folder: Path) -> None:
        self.database = folder / "desk.sqlite3"
        self.env = os.environ | {
            "SECRET_KEY": "of-this-test-alone-0123456789-0123456789-0123456789",
            "DATABASE_URL": f"sqlite:///{self.database}",
            "VAR_DIR": str(folder / "var"),
            "LOG_LEVEL": "ERROR",
        }

    def manage(self, *arguments: str, **options: object) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, "manage.py", *arguments],
            cwd=settings.BASE_DIR,
            env=self.env,
            text=True,
            stdout=subprocess.DEVNULL,
        )

    def run(self, *arguments: str) -> None:
        assert self.manage(*arguments).wait(timeout=180) == 0, arguments

    def ask(self, question: str) -> tuple[object, ...]:
        with sqlite3.connect(self.database, timeout=10) as connection:
            row = connection.execute(question).fetchone()
            return tuple(row or ())


def until(condition: Callable[[], bool], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


JOB = "SELECT state, attempts FROM core_job WHERE name = 'render_document'"
DOCUMENT = "SELECT state, number, file FROM notices_document"


def test_a_job_whose_worker_was_killed_is_run_by_the_next_one(tmp_path: Path) -> None:
    site = Installation(tmp_path)
    migrated_copy(site.database)
    site.run("shell", "-v0", "-c", ISSUE)
    assert site.ask(JOB) == ("waiting", 0)

    stuck = site.manage("shell", "-v0", "-c", STUCK)
    until(lambda: site.ask(JOB) == ("running", 1))
    stuck.send_signal(signal.SIGKILL)
    stuck.wait(timeout=10)
    assert site.ask(DOCUMENT) == ("pending", "濉交信修〔2026〕1号", "")

    site.run("run_worker", "--once")
    assert site.ask(JOB) == ("running", 1), "the dead worker's lease still holds"
    with sqlite3.connect(site.database, timeout=10) as connection:
        connection.execute("UPDATE core_job SET lease_until = '2020-01-01 00:00:00' WHERE state = 'running'")

    worker = site.manage("run_worker", "--pause", "0.1")
    try:
        until(lambda: site.ask(DOCUMENT)[0] == "ready")
        until(lambda: site.ask(JOB) == ("done", 2))
    finally:
        worker.terminate()
    assert worker.wait(timeout=20) == 0, "SIGTERM ends it cleanly"
    _state, number, file = site.ask(DOCUMENT)
    assert number == "濉交信修〔2026〕1号"
    assert (tmp_path / "var" / "files" / str(file)).read_bytes().startswith(b"%PDF")
    assert site.ask("SELECT count(*) FROM notices_document") == (1,)


def test_a_document_whose_worker_was_killed_while_it_was_signed_is_made_later_whole(tmp_path: Path) -> None:
    site = Installation(tmp_path)
    site.env |= {"DEMO": "1"}  # the next worker signs with keys of its own
    migrated_copy(site.database)
    site.run("shell", "-v0", "-c", ISSUE)
    stuck = site.manage("shell", "-v0", "-c", STUCK_SIGNING)
    until(lambda: site.ask("SELECT last_error FROM core_job WHERE name = 'render_document'") == ("signing",))
    stuck.send_signal(signal.SIGKILL)
    stuck.wait(timeout=10)
    assert site.ask(DOCUMENT) == ("pending", "濉交信修〔2026〕1号", ""), "nothing of it is left half"
    assert not list((tmp_path / "var" / "files").rglob("*.pdf"))

    with sqlite3.connect(site.database, timeout=10) as connection:
        connection.execute("UPDATE core_job SET lease_until = '2020-01-01 00:00:00' WHERE state = 'running'")
    site.run("run_worker", "--once")
    state, number, file = site.ask(DOCUMENT)
    assert (state, number) == ("ready", "濉交信修〔2026〕1号")
    assert site.ask("SELECT signed_by FROM notices_document") == ("演示 濉溪县交通运输局",)
    assert b"/ETSI.CAdES.detached" in (tmp_path / "var" / "files" / str(file)).read_bytes()
