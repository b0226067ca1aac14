"""Who is believed: keys by their names, signed questions, certificates; and who believes us: call-backs."""

# ruff: noqa: S310 (every address here is our own server's)

from __future__ import annotations

import json
import ssl
import threading
import time
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from standin.__main__ import security
from standin.calling import Caller
from standin.pages import Pages
from standin.script import Script
from standin.server import Server
from standin.store import Store
from standin.verification import Verification

# ---- keys ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("signed_with", "key_id", "status"),
    [
        ("old-secret", None, 200),
        ("old-secret", "2025", 200),
        ("new-secret", "2026", 200),
        ("new-secret", None, 200),
        ("new-secret", "2025", 401),
        ("old-secret", "2027", 401),
        ("other", None, 401),
    ],
)
def test_several_keys_are_known_by_their_names(server, sender, signed_with, key_id, status):
    server.verification = Verification("2025:old-secret", "2026:new-secret")
    sender.secret = signed_with
    assert sender.post(sender.message(), X_Key_Id=key_id)[0] == status


@pytest.mark.parametrize("path", ["/api/v1/records?limit=5&after=", "/api/v1/effects"])
def test_questions_must_be_signed_where_that_is_asked_for(server, sender, path):
    def ask(**headers: str) -> int:
        try:
            with urlopen(Request(server.url + path, headers=headers), timeout=10) as answer:
                return answer.status
        except HTTPError as error:
            return error.code

    signed = server.verification.headers(b"", target=f"GET {path}")
    elsewhere = server.verification.headers(b"", target="GET /api/v1/other")
    assert (ask(), ask(**signed), ask(**elsewhere)) == (200, 200, 401)
    server.signed_reads = True
    assert (ask(), ask(**signed), ask(**elsewhere)) == (401, 200, 401)
    with urlopen(server.url + "/", timeout=10) as page:
        assert page.status == 200, "what people see is public all the same"


# ---- certificates ------------------------------------------------------------------------------------------


def certificate(folder: Path, name: str, issuer: tuple | None = None) -> tuple:
    """Make a certificate, as an authority or by `issuer`; return it with its key, and the files."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer[0].subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(issuer[1] if issuer else key, hashes.SHA256())
    )
    cert_file, key_file = folder / f"{name}.pem", folder / f"{name}.key"
    cert_file.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    key_file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return made, key, cert_file, key_file


def test_with_an_authority_only_senders_with_its_certificate_get_through(tmp_path):
    authority = certificate(tmp_path, "authority")
    _, _, server_cert, server_key = certificate(tmp_path, "localhost", authority)
    _, _, client_cert, client_key = certificate(tmp_path, "office", authority)
    store = Store(tmp_path / "secured.sqlite3")
    server = Server(
        "127.0.0.1",
        0,
        store=store,
        verification=Verification("x"),
        pages=Pages(store, "n"),
        tls=security(server_cert, server_key, authority[2]),
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    assert server.url.startswith("https://")
    try:
        context = ssl.create_default_context(cafile=str(authority[2]))
        address = f"https://localhost:{server.server_port}/healthz"
        with pytest.raises((URLError, OSError)):
            urlopen(address, timeout=10, context=context)
        context.load_cert_chain(client_cert, client_key)
        with urlopen(address, timeout=10, context=context) as answer:
            assert json.load(answer) == {"status": "ok"}
    finally:
        server.stop()


def test_an_authority_without_a_certificate_of_ones_own_is_refused(tmp_path):
    with pytest.raises(ValueError, match="--tls-cert is missing"):
        security(None, None, tmp_path / "authority.pem")
    assert security(None, None, None) is None


# ---- call-backs ----------------------------------------------------------------------------------------


class Site(HTTPServer):
    """The receiving side of call-backs; `answers` are the statuses that it gives, the last one for ever."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), SiteHandler)
        self.answers = [200]
        self.received: list[dict] = []
        self.verification = Verification("2026:test-secret")


class SiteHandler(BaseHTTPRequestHandler):
    server: Site

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.verification.check(
            timestamp=self.headers["X-Timestamp"],
            signature=self.headers["X-Signature"],
            key_id=self.headers["X-Key-Id"],
            body=body,
            target=f"POST {self.path}",
        )
        status = self.server.answers[0]
        if len(self.server.answers) > 1:
            self.server.answers.pop(0)
        if status == 200:
            said = json.loads(body)
            self.server.received += said.get("receipts") or [said]
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None: ...  # noqa: A002


@pytest.fixture
def site(server, monkeypatch):
    monkeypatch.setattr("standin.calling.FIRST_WAIT", 0.05)
    site = Site()
    threading.Thread(target=site.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    url = f"http://127.0.0.1:{site.server_port}/platforms/city/receipts/"
    caller = Caller(url, store=server.store, verification=Verification("2026:test-secret"))
    caller.start()
    yield site
    caller.stop()
    site.shutdown()
    site.server_close()


def wait_for(condition, seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.01)


def test_a_receipt_is_called_back_signed_until_it_is_taken(server, sender, site):
    site.answers = [500, 401, 200]
    server.script = Script({"rules": [{"do": "later", "by": "callback", "after": 0}]})
    sent = sender.message()
    assert sender.post(sent)[0] == 202
    wait_for(lambda: site.received)
    (said,) = site.received
    assert (said["id"], said["effect"]) == (sent["id"], "applied")
    assert said["receipt"] == sender.ask(f"/api/v1/messages/{sent['id']}")[1]["receipt"]


def test_a_call_back_can_come_twice_be_lost_or_refuse(server, sender, site):
    kinds = [{"copies": 2}, {"lost": 1}, {"refused": True, "detail": "主体不存在"}]
    rules = [
        {"when": {"nth": 1}, "times": 1, "do": "later", "by": "callback", "after": 0, **kind}
        for kind in kinds
    ]
    server.script = Script({"rules": rules})
    twice, lost, refused = (sender.message() for _ in range(3))
    for sent in (twice, lost, refused):
        assert sender.post(sent)[0] == 202
    wait_for(lambda: len(site.received) == 3)
    said = sorted((each["id"], each["effect"]) for each in site.received)
    assert said == sorted([(twice["id"], "applied")] * 2 + [(refused["id"], "refused")])
    assert server.store.counted()["took_effect_once"] == 2
