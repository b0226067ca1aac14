"""The web server is killed with kill -9 in the middle of an upload: what had arrived stays, it goes on."""

import hashlib
import http.cookiejar
import json
import os
import random
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from tests.faults.test_killed_worker import Installation, until
from tests.prepared import migrated_copy

pytestmark = pytest.mark.fault

#: A person who acts for a firm, and a basket with one record.
BASKET = """
from datetime import timedelta
from django.conf import settings
from credit_repair.core.clock import today
from credit_repair.people.models import User
from credit_repair.people.services import grant_mandate
from credit_repair.repairs import services
from tests.registry.factories import RecordFactory, SubjectFactory
subject = SubjectFactory()
clerk = User(username="clerk", display_name="周小敏", email="clerk@example.com", phone="13800000000")
clerk.set_password("a-password-of-its-own")
clerk.save()
from allauth.account.models import EmailAddress
EmailAddress.objects.create(user=clerk, email=clerk.email, primary=True, verified=True)
grant_mandate(user=clerk, subject=subject, since=today() - timedelta(days=9))
case = services.start(record=RecordFactory(subject=subject), actor=clerk, today=today())
"""


class Server:
    """gunicorn on a port of its own, as in production."""

    def __init__(self, site: Installation) -> None:
        self.site = site
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        command = [sys.executable, "-m", "gunicorn", "credit_repair.wsgi", "--bind", f"127.0.0.1:{self.port}"]
        self.process = subprocess.Popen(
            command,
            cwd=settings.BASE_DIR,
            env=self.site.env,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        until(self._answers, seconds=60)

    def _answers(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def kill(self) -> None:
        """Let the whole process group die at once, as when the power fails."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(timeout=10)


class Browser:
    """As much of a browser as an upload needs: cookies, and the token of a form."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.cookies = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies))
        self.token = ""

    def get(self, path: str) -> str:
        with self.opener.open(self.url + path, timeout=30) as answer:
            said: str = answer.read().decode()
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', said)
        self.token = found[1] if found else self.token
        return said

    def post(self, path: str, data: bytes | dict[str, Any], **headers: str) -> Any:
        body = data if isinstance(data, bytes) else urllib.parse.urlencode(data).encode()
        asked = urllib.request.Request(  # noqa: S310
            self.url + path,
            data=body,
            headers={"X-CSRFToken": self.token, "Referer": self.url + path, **headers},
        )
        with self.opener.open(asked, timeout=30) as answer:
            said = answer.read()
            return json.loads(said) if "json" in answer.headers["Content-Type"] else said

    def sign_in(self) -> None:
        self.get("/account/login/")
        self.post("/account/login/", {"login": "clerk", "password": "a-password-of-its-own"})


def send(browser: Browser, begun: dict[str, Any], content: bytes, at: int) -> int:
    part = content[at : at + begun["part"]]
    headers = {"Content-Type": "application/octet-stream", "Upload-Offset": str(at)}
    received: int = browser.post(begun["upload"], part, **headers)["received"]
    return received


def test_a_file_whose_server_was_killed_in_the_middle_arrives_whole(tmp_path: Path) -> None:
    site = Installation(tmp_path)
    # Static files from the packages; nobody has collected them.
    site.env |= {"DEBUG": "1", "SECOND_FACTOR_REQUIRED": "0", "ALLOWED_HOSTS": "127.0.0.1"}
    migrated_copy(site.database)
    site.run("shell", "-v0", "-c", BASKET)
    (found,) = site.ask("SELECT uuid FROM cases_filing")
    filing = f"{found[:8]}-{found[8:12]}-{found[12:16]}-{found[16:20]}-{found[20:]}"  # type: ignore[index]
    small = (Path(settings.BASE_DIR) / "tests" / "world.py").read_text(encoding="utf-8")
    pdf = small.split('PDF = b"""')[1].split('"""')[0].encode()
    content = pdf + b"%" + random.Random(7).randbytes(2_000_000).replace(b"%%EOF", b"-----")
    said = {"kind": "proof", "name": "凭证.pdf", "size": len(content), "fingerprint": "same"}

    server = Server(site)
    server.start()
    try:
        browser = Browser(server.url)
        browser.sign_in()
        browser.get(f"/me/filings/{filing}/materials/proof/")
        begun = browser.post(f"/me/filings/{filing}/uploads/", said)
        at = send(browser, begun, content, send(browser, begun, content, 0))
        assert at == 2 * begun["part"]

        cut = socket.create_connection(("127.0.0.1", server.port))
        cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in browser.cookies)
        head = (
            f"POST {begun['upload']} HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nCookie: {cookies}\r\n"
            f"X-CSRFToken: {browser.token}\r\nReferer: {server.url}/\r\nUpload-Offset: {at}\r\n"
            f"Content-Type: application/octet-stream\r\nContent-Length: {begun['part']}\r\n\r\n"
        )
        cut.sendall(head.encode() + content[at : at + 100_000])
        time.sleep(0.3)
        server.kill()
        cut.close()
        with pytest.raises(OSError):
            send(browser, begun, content, at)

        server.start()
        page = browser.get(f"/me/filings/{filing}/materials/proof/")
        assert "还有没有传完的文件" in page, "still signed in, and told of it"
        again = browser.post(f"/me/filings/{filing}/uploads/", said)
        assert (again["upload"], again["received"]) == (begun["upload"], at)
        while at < len(content):
            at = send(browser, again, content, at)
        assert browser.post(again["end"], {})["redirect"] == f"/me/filings/{filing}/materials/proof/"
    finally:
        server.kill()

    name, digest = site.ask("SELECT file, sha256 FROM cases_storedfile")
    whole = (tmp_path / "var" / "files" / str(name)).read_bytes()
    assert hashlib.sha256(whole).hexdigest() == digest == hashlib.sha256(content).hexdigest()
    assert site.ask("SELECT count(*) FROM cases_attachment") == (1,)
    assert site.ask("SELECT count(*) FROM cases_upload") == (0,)
    assert list((tmp_path / "var" / "files" / "uploads").iterdir()) == []
