"""A ClamAV daemon looks at what comes in, where one is configured."""

import logging
import socket
import struct
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from credit_repair.core.files import scanning
from credit_repair.core.files.scanning import Scanner, scanner_state
from credit_repair.core.uploads import NotNow, UploadRefused, check_evidence
from tests import world as county
from tests.world import PDF

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


class Daemon:
    """As much of clamd as is asked for: PING, and INSTREAM, which knows one virus.

    mood: well, drops (closes in the middle), slow (never answers), full (the stream is too long for it)
    """

    def __init__(self, server: socket.socket) -> None:
        self.server, self.mood, self.seen = server, "well", b""
        self.threads = [threading.Thread(target=self._serve, daemon=True)]
        self.threads[0].start()

    def _serve(self) -> None:
        while True:
            try:
                line, _address = self.server.accept()
            except OSError:
                return
            thread = threading.Thread(target=self._answer, args=(line,), daemon=True)
            thread.start()

    def _answer(self, line: socket.socket) -> None:
        with line, line.makefile("rb") as file:
            try:
                command = file.readline()
                if self.mood == "drops":
                    return
                if self.mood == "slow":
                    line.recv(1)
                    threading.Event().wait(5)
                    return
                if command == b"nPING\n":
                    line.sendall(b"PONG\n")
                elif command == b"nINSTREAM\n":
                    line.sendall(self._scan(file))
            except OSError:
                return

    def _scan(self, file: Any) -> bytes:
        self.seen = b""
        while length := struct.unpack("!L", file.read(4))[0]:
            self.seen += file.read(length)
        if self.mood == "full":
            return b"INSTREAM size limit exceeded. ERROR\n"
        return b"stream: Eicar-Signature FOUND\n" if EICAR in self.seen else b"stream: OK\n"


@pytest.fixture(params=["socket", "network"])
def daemon(request: pytest.FixtureRequest, tmp_path: Path, settings: Any) -> Iterator[Daemon]:
    """A daemon on a socket of the machine, or of the network, that the settings name."""
    if request.param == "socket":
        server = socket.socket(socket.AF_UNIX)
        server.bind(settings_path := str(tmp_path / "clamd.ctl"))
        settings.CLAMAV_SOCKET = settings_path
    else:
        server = socket.socket()
        server.bind(("127.0.0.1", 0))
        settings.CLAMAV_SOCKET = f"127.0.0.1:{server.getsockname()[1]}"
    server.listen()
    yield Daemon(server)
    server.close()


def check(content: bytes = PDF) -> Any:
    return check_evidence(SimpleUploadedFile("凭证.pdf", content))


def test_a_clean_file_comes_in_after_the_scanner_has_seen_all_of_it(daemon: Daemon) -> None:
    content = PDF + b"\n" * 5000
    assert check(content).size == len(content)
    assert daemon.seen == content


def test_what_the_scanner_finds_is_refused_with_words(
    daemon: Daemon, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(UploadRefused, match="查出了病毒.*换一份") as caught:
        check(PDF + EICAR)
    assert not isinstance(caught.value, NotNow)
    assert "virus scanner found Eicar-Signature" in caplog.messages


@pytest.mark.parametrize("mood", ["drops", "slow", "full"])
def test_a_file_that_was_not_looked_at_is_not_taken_for_a_clean_one(
    daemon: Daemon, mood: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(scanning, "SCAN_SECONDS", 1)
    daemon.mood = mood
    with pytest.raises(NotNow, match="稍后再试，已经填写的内容不会丢失"):
        check()
    assert [line.levelno for line in caplog.records] == [logging.ERROR]


def test_a_daemon_that_is_not_there_is_as_one_that_is_silent(settings: Any, tmp_path: Path) -> None:
    for address in (str(tmp_path / "nothing"), "127.0.0.1:1", "nonsense"):
        settings.CLAMAV_SOCKET = address
        with pytest.raises(NotNow):
            check()
        assert scanner_state() is Scanner.SILENT


def test_without_a_daemon_files_come_in(settings: Any) -> None:
    settings.CLAMAV_SOCKET = ""
    assert check(PDF + EICAR).size
    assert scanner_state() is Scanner.NONE


@pytest.mark.django_db
def test_the_administrator_is_told_whether_files_are_scanned(
    client: Client, daemon: Daemon, settings: Any
) -> None:
    client.force_login(county.administrator("system"))

    def said() -> str:
        return client.get(reverse("manage_system")).content.decode()

    assert "没有经过病毒查杀" not in said() and "没有应答" not in said()
    daemon.mood = "drops"
    assert "病毒查杀程序没有应答" in said()
    settings.CLAMAV_SOCKET = ""
    page = said()
    assert "上传的文件没有经过病毒查杀" in page and "CLAMAV_SOCKET" in page
