"""A certificate authority for tests, and a platform that speaks TLS and demands a certificate."""

import contextlib
import datetime
import ipaddress
import json
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

PEM = serialization.Encoding.PEM


class Authority:
    """Signs certificates for 127.0.0.1."""

    def __init__(self, name: str) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        self._certificate = self._builder(self._name, self._key.public_key(), authority=True).sign(
            self._key, hashes.SHA256()
        )

    @property
    def pem(self) -> str:
        return self._certificate.public_bytes(PEM).decode()

    def issue(self, name: str, *, password: bytes | None = None) -> str:
        """Return certificate and key of `name` as PEM."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        certificate = self._builder(subject, key.public_key(), authority=False).sign(
            self._key, hashes.SHA256()
        )
        lock = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
        private = key.private_bytes(PEM, serialization.PrivateFormat.PKCS8, lock)
        return certificate.public_bytes(PEM).decode() + private.decode()

    def _builder(self, subject: x509.Name, key: Any, *, authority: bool) -> x509.CertificateBuilder:
        now = datetime.datetime.now(datetime.UTC)
        both = [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(days=1))
            .not_valid_after(now + datetime.timedelta(days=1))
            .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        )
        if authority:
            return builder
        address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
        return builder.add_extension(x509.SubjectAlternativeName([address]), critical=False).add_extension(
            x509.ExtendedKeyUsage(both), critical=False
        )


@dataclass
class Heard:
    """What the platform heard: who came by which connection, with which request line and headers."""

    url: str = ""
    requests: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    connections: set[tuple[str, int]] = field(default_factory=set)
    names: list[str] = field(default_factory=list)


@contextlib.contextmanager
def tls_platform(folder: Path, *, own: str, trusted: str) -> Iterator[Heard]:
    """A platform behind TLS with the certificate `own`, which lets in whom `trusted` has signed."""
    pem, root = folder / "own.pem", folder / "trusted.pem"
    pem.write_text(own)
    root.write_text(trusted)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    context.load_verify_locations(root)
    context.verify_mode = ssl.CERT_REQUIRED
    heard = Heard()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            self._answer({"id": body["id"], "receipt": f"R-{body['sequence']}", "effect": "applied"})

        def do_GET(self) -> None:
            self._answer({"records": [], "next": None})

        def _answer(self, said: Any) -> None:
            certificate = self.connection.getpeercert()  # type: ignore[attr-defined]
            heard.names.append(dict(part[0] for part in certificate["subject"])["commonName"])
            heard.requests.append((self.command, self.path, dict(self.headers)))
            heard.connections.add(self.client_address)
            content = json.dumps(said).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *args: Any) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *args: Any) -> None:
            pass

    server = Server(("127.0.0.1", 0), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    heard.url = f"https://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield heard
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=5)
