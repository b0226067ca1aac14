"""The program: starting, stopping, being killed, and clients that do not behave."""

from __future__ import annotations

import os
import re
import resource
import signal
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError

import pytest

from standin import routes
from standin import server as server_module

ROOT = Path(__file__).parents[2]


class Programs:
    """Starts stand-ins as processes of their own, over one store."""

    def __init__(self, store: Path, sender_class: type) -> None:
        self.store = store
        self._sender_class = sender_class
        self.running: list[subprocess.Popen[str]] = []

    def start(self, *more: str):
        arguments = ["--port", "0", "--store", str(self.store), "--secret", "process-secret", *more]
        process = self.run(*arguments)
        line = process.stdout.readline()
        match = re.fullmatch(r"standin listening on (http://127\.0\.0\.1:\d+)\n", line)
        assert match, line
        return process, self._sender_class(match[1], "process-secret")

    def run(self, *arguments: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "standin", *arguments],
            cwd=ROOT,
            env={k: v for k, v in os.environ.items() if k != "STANDIN_SECRET"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.running.append(process)
        return process


@pytest.fixture
def programs(tmp_path, sender) -> Iterator[Programs]:
    programs = Programs(tmp_path / "process.sqlite3", type(sender))
    yield programs
    for process in programs.running:
        if process.poll() is None:
            process.kill()
        process.communicate()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_it_cleanly(programs, number):
    process, sender = programs.start("--name", "某县公示平台")
    sender.apply("publish", str(uuid.uuid4()), 1)
    assert "某县公示平台" in sender.page("/")
    process.send_signal(number)
    out, err = process.communicate(timeout=10)
    assert process.returncode == 0
    assert out == ""
    assert [line.split(" ")[2:5] for line in err.splitlines()] == [
        ["POST", "/api/v1/messages", "200"],
        ["GET", "/", "200"],
    ]


def test_a_restart_keeps_the_store(programs, record):
    process, sender = programs.start()
    message = sender.message("publish", 1, record={"id": record})
    first = sender.post(message)[1]
    before = sender.state(record)
    process.terminate()
    process.wait(timeout=10)

    _, sender = programs.start()
    assert sender.state(record) == before
    assert sender.post(message)[1] == first | {"effect": "already"}
    assert sender.apply("terminate", record, 2)["receipt"] != first["receipt"]


def test_killed_at_any_moment_it_loses_no_receipt_and_doubles_no_effect(programs, record):
    """Post a row of messages from two threads, kill the platform in the midst, post all of them again."""
    process, sender = programs.start()
    messages = [sender.message("annotate", n, record={"id": record}) for n in range(1, 400)]
    answered: dict[str, dict] = {}

    def post_all() -> None:
        for message in messages:
            try:
                status, answer = sender.post(message)
            except (URLError, OSError):
                return
            assert status == 200
            answered.setdefault(message["id"], answer)

    threads = [threading.Thread(target=post_all) for _ in range(2)]
    for thread in threads:
        thread.start()
    while len(answered) < 20:
        time.sleep(0.005)
    process.kill()
    for thread in threads:
        thread.join()
    assert len(answered) < len(messages)

    _, sender = programs.start()
    for message in messages:
        status, answer = sender.post(message)
        assert status == 200
        if message["id"] in answered:
            assert answer == answered[message["id"]] | {"effect": "already"}
    assert sender.state(record)["effects"] == {"annotate": len(messages)}


def test_two_programs_on_one_store_have_one_effect(programs, record):
    """Nobody should do this; it must not count twice all the same."""
    _, one = programs.start()
    _, two = programs.start()
    message = one.message("publish", 1, record={"id": record})
    assert [s.post(message)[1]["effect"] for s in (one, two, one)] == ["applied", "already", "already"]
    assert two.state(record)["effects"] == {"publish": 1}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--host", "0.0.0.0"], "the demo secret is known to everybody"),  # noqa: S104
        (["--store", "/nowhere/at/all"], "unable to open"),
        (["--store", __file__], "not a database"),
        (["--script", "/nowhere/at/all"], "--script /nowhere/at/all"),
        (["--script", __file__], "not JSON"),
        (["--tls-key", __file__], "--tls-cert is missing"),
        (["--port", "70000"], "cannot listen"),
        (["--port", "{taken}"], "cannot listen"),
    ],
)
def test_what_cannot_be_started_says_why(programs, server, arguments, words):
    arguments = [a.format(taken=server.server_port) for a in arguments]
    process = programs.run("--port", "0", "--store", str(programs.store), *arguments)
    out, err = process.communicate(timeout=10)
    assert process.returncode == 2
    assert out == ""
    assert len(err.splitlines()) == 1
    assert words in err


def test_it_follows_a_script_from_a_file_and_knows_several_keys(programs, tmp_path):
    script = tmp_path / "script.json"
    script.write_text('{"rules": [{"when": {"nth": 2}, "do": "status", "status": 503}]}')
    _, sender = programs.start("--script", str(script), "--secret", "2026:other", "--quiet")
    assert [sender.post(sender.message())[0] for _ in range(3)] == [200, 503, 200]
    sender.secret = "other"
    assert sender.post(sender.message(), X_Key_Id="2026")[0] == 200


# ---- clients that do not behave ------------------------------------------------------------------------


def talk(server, data: bytes, *, shut: bool = False) -> bytes:
    with socket.create_connection(("127.0.0.1", server.server_port), timeout=10) as connection:
        connection.sendall(data)
        if shut:
            connection.shutdown(socket.SHUT_WR)
        answer = b""
        while part := connection.recv(65536):
            answer += part
        return answer


@pytest.mark.parametrize(
    ("request_text", "status"),
    [
        ("POST /api/v1/messages HTTP/1.1\r\nHost: x\r\n\r\n", 411),
        ("POST /api/v1/messages HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 411),
        ("POST /api/v1/messages HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", 400),
        ("POST /api/v1/messages HTTP/1.1\r\nHost: x\r\nContent-Length: 9999999\r\n\r\n", 413),
        ("PUT / HTTP/1.1\r\nHost: x\r\n\r\n", 501),
        ("nonsense\x01 in three words\r\n\r\n", 400),
        ("GET //[ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 404),
        ("GET /" + "a" * 70_000 + " HTTP/1.1\r\n\r\n", 414),
    ],
)
def test_broken_requests_are_answered(server, capfd, request_text, status):
    answer = talk(server, request_text.encode())
    assert f" {status} ".encode() in answer.split(b"\r\n")[0]
    log = capfd.readouterr().err
    assert len(log.splitlines()) == 1
    assert "Traceback" not in log
    assert "\x01" not in log


def test_a_body_that_ends_early_is_no_message(server, capfd):
    head = b"POST /api/v1/messages HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n\r\n{"
    assert talk(server, head, shut=True) == b""
    assert "Traceback" not in capfd.readouterr().err


def test_silent_clients_are_hung_up_on(server, monkeypatch):
    monkeypatch.setattr(routes.Handler, "timeout", 0.2)
    began = time.monotonic()
    assert talk(server, b"POST /api/v1/messages HTTP/1.1\r\nContent-Length: 500\r\n\r\n{") == b""
    assert time.monotonic() - began < 5


def test_clients_that_send_a_byte_now_and_then_are_hung_up_on(server, monkeypatch):
    monkeypatch.setattr(server_module, "REQUEST_SECONDS", 0.3)
    began = time.monotonic()
    address = ("127.0.0.1", server.server_port)
    with socket.create_connection(address, timeout=10) as connection, pytest.raises(OSError):
        while time.monotonic() - began < 8:
            connection.sendall(b"G")
            time.sleep(0.05)
    assert time.monotonic() - began < 5


def test_a_failure_inside_is_a_500_that_says_send_again(server, sender, monkeypatch, capfd):
    def fail(*_: object) -> None:
        raise RuntimeError("disk on fire")

    message = sender.message()
    with monkeypatch.context() as patch:
        patch.setattr(server.store, "receive", fail)
        status, problem = sender.post(message)
    assert status == 500
    assert "disk" not in str(problem)
    assert "disk on fire" in capfd.readouterr().err
    assert sender.post(message)[1]["effect"] == "applied"


def test_a_full_disk_is_a_500_and_nothing_of_it_is_kept(programs, record):
    process, sender = programs.start()
    sender.apply("publish", record, 1)
    message = sender.message("terminate", 2, record={"id": record})
    _, hard = resource.prlimit(process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (1, hard))
    assert sender.post(message)[0] == 500
    assert sender.state(record)["shown"] is True
    resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (hard, hard))
    assert sender.post(message)[1]["effect"] == "applied"
    assert sender.state(record)["effects"] == {"publish": 1, "terminate": 1}
