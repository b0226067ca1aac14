"""HTTP as it is spoken on one connection: requests are read, answers written, faults of the script played.

Python's own handler does the rest. Heads are read and written here because that is where it spends most of a
short request's time.
"""

from __future__ import annotations

import contextlib
import json
import socket
import sys
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from .protocol import ProblemError
from .script import Fault
from .store import CHINA

if TYPE_CHECKING:
    from .server import Server

MAX_BODY = 1024 * 1024
MAX_HEADERS = 100
IDLE_SECONDS = 10
"""Silence after which a connection is closed."""

SECURITY_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self';"
    " base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
ALWAYS = "".join(f"{name}: {value}\r\n" for name, value in SECURITY_HEADERS.items())
PROBLEM = "application/problem+json"


class Headers(dict[str, str]):
    """The headers of a request; capitals do not matter."""

    def get(self, name: str, default: Any = None) -> Any:
        return super().get(name.lower(), default)


class Speaking(BaseHTTPRequestHandler):
    """One connection. What is answered stands in `routes`."""

    server: Server
    protocol_version = "HTTP/1.1"
    server_version = "standin"
    timeout = IDLE_SECONDS
    wbufsize = -1  # head and body in one packet; apart, they would wait for each other's acknowledgement
    disable_nagle_algorithm = True

    raw_requestline: bytes
    _note = ""
    _fault: Fault | None = None
    _target = ""

    def version_string(self) -> str:
        return self.server_version  # nobody needs to know which Python

    def handle_one_request(self) -> None:
        self.server.watch(self.connection)
        try:
            super().handle_one_request()
        except (ConnectionError, TimeoutError):
            self.close_connection = True  # the client has gone or is too slow; nobody to tell
        finally:
            self.server.forget(self.connection)

    def answer(self, route: Callable[[str], None]) -> None:
        """Run one request, and turn whatever goes wrong into an answer and a line in the log."""
        self.server.enter()
        self._began_at = time.monotonic()
        self._note = ""
        self._fault = None
        try:
            # Not urlsplit: it takes //x for a host, and refuses //[.
            path, _, query = self.path.partition("?")
            self._query = parse_qs(query, keep_blank_values=True) if query else {}
            if self.command != "POST" and self.headers.get("Content-Length", "0") != "0":
                self.close_connection = True  # a body that is not read would be taken for the next request
            route(path)
        except ProblemError as problem:
            self.problem(problem)
        except (ConnectionError, TimeoutError):
            raise
        except Exception as error:
            self._note = repr(error)
            self.close_connection = True
            self.problem(ProblemError(500, "the platform failed; send the same message again later"))
        finally:
            try:
                self.wfile.flush()
            finally:
                self.server.leave()

    # ---- reading ---------------------------------------------------------------------------------------

    def parse_request(self) -> bool:
        self.command, self.close_connection = "", True
        self.request_version = self.protocol_version
        self.requestline = str(self.raw_requestline, "iso-8859-1").rstrip("\r\n")
        words = self.requestline.split()
        if not words:
            return False
        if len(words) != 3 or not words[2].startswith("HTTP/"):
            self.send_error(400)
            return False
        if words[2] not in ("HTTP/1.1", "HTTP/1.0"):
            self.send_error(505)
            return False
        self.command, self.path, self._target = words[0], words[1], words[1]
        if self.path.startswith("//"):
            self.path = "/" + self.path.lstrip("/")
        headers = self._read_headers()
        if headers is None:
            return False
        self.headers = headers  # type: ignore[assignment]
        keep = headers.get("Connection", "").lower()
        self.close_connection = keep == "close" or (words[2] == "HTTP/1.0" and keep != "keep-alive")
        if headers.get("Expect", "").lower() == "100-continue":
            self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            self.wfile.flush()
        return True

    def _read_headers(self) -> Headers | None:
        headers = Headers()
        for _ in range(MAX_HEADERS + 1):
            line = self.rfile.readline(65_537)
            if line in (b"\r\n", b"\n", b""):
                return headers
            name, colon, value = line.decode("iso-8859-1").partition(":")
            name = name.lower()
            if not colon or name != name.strip() or (name == "content-length" and name in headers):
                self.send_error(400)
                return None
            headers[name] = value.strip()
        self.send_error(431)
        return None

    def body(self) -> bytes:
        # Until the body is read whole, what follows on this connection cannot be trusted to be a request.
        keep, self.close_connection = self.close_connection, True
        length = self.headers.get("Content-Length")
        if length is None or self.headers.get("Transfer-Encoding"):
            raise ProblemError(411, "Content-Length is required")
        if not (length.isascii() and length.isdigit()):
            raise ProblemError(400, "Content-Length must be a number")
        if len(length) > 12 or int(length) > MAX_BODY:
            self._swallow()
            raise ProblemError(413, f"the body may have {MAX_BODY} bytes at most")
        body = self.rfile.read(int(length))
        if len(body) < int(length):
            raise ConnectionAbortedError("the body ended early")
        self.close_connection = keep
        return body

    def _swallow(self) -> None:
        """Read on for a while: closed at once, the connection would be reset before our answer is read."""
        self.connection.settimeout(0.5)
        with contextlib.suppress(TimeoutError):
            for _ in range(64):
                if not self.rfile.read1(64 * 1024):
                    break
        self.connection.settimeout(self.timeout)

    def parameter(self, name: str) -> str:
        # Halves of surrogate pairs do not come out of parse_qs (it replaces what is not UTF-8).
        return self._query.get(name, [""])[0].replace("\0", "")

    def number(self, name: str, default: int, most: int) -> int:
        text = self.parameter(name)
        if len(text) <= 9 and text.isascii() and text.isdigit() and int(text) >= 1:
            return min(int(text), most)
        return default

    # ---- writing ---------------------------------------------------------------------------------------

    def problem(self, problem: ProblemError, *, retry_after: float | None = None) -> None:
        data: dict[str, object] = {
            "type": "about:blank",
            "title": _phrase(problem.status),
            "status": problem.status,
            "detail": problem.detail,
        }
        if problem.errors:
            errors = [{"field": field, "reason": reason} for field, reason in problem.errors]
            data |= {**errors[0], "errors": errors}
        self._note = self._note or problem.detail
        more = "" if retry_after is None else f"Retry-After: {retry_after:.0f}\r\n"
        self._send(problem.status, PROBLEM, json.dumps(data, ensure_ascii=False).encode(), more)

    def json(self, status: int, data: object) -> None:
        self._send(status, "application/json", json.dumps(data, ensure_ascii=False).encode())

    def html(self, status: int, page: bytes) -> None:
        self._send(status, "text/html; charset=utf-8", page)

    def send_bytes(self, status: int, content_type: str, body: bytes) -> None:
        self._send(status, content_type, body)

    def _send(self, status: int, content_type: str, body: bytes, more: str = "") -> None:
        fault = self._fault
        if fault is not None:
            self._note = f"{self._note} [{fault.label}]"
            if fault.do == "garbage":
                content_type, body = _garbled(fault, content_type, body)
        head = (
            f"HTTP/1.1 {status} {_phrase(status)}\r\nServer: {self.server_version}\r\nDate: {_date()}\r\n"
            f"Content-Type: {content_type}\r\nContent-Length: {len(body)}\r\n{ALWAYS}{more}"
            f"{'Connection: close' if self.close_connection else 'Connection: keep-alive'}\r\n\r\n"
        ).encode("iso-8859-1", "replace")
        whole = head if self.command == "HEAD" else head + body
        self._log(status)
        if fault is None:
            self.wfile.write(whole)
        else:
            self._play(fault, whole, len(head))

    def _play(self, fault: Fault, whole: bytes, head: int) -> None:
        if fault.do == "close":
            if fault.moment == "middle":
                self.wfile.write(whole[: (head + len(whole)) // 2])
                self.wfile.flush()
            self._cut()
        elif fault.do == "twice":
            self.wfile.write(whole + whole)
        elif fault.do == "slow":
            portion = max(int(fault.bytes_per_second / 20), 1)
            for at in range(0, len(whole), portion):
                self.wfile.write(whole[at : at + portion])
                self.wfile.flush()
                self.server.stopping.wait(portion / fault.bytes_per_second)
        else:
            self.wfile.write(whole)

    def _cut(self) -> None:
        self.close_connection = True
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """What is refused before it comes to a route: broken request lines, unknown methods."""
        self.close_connection = True
        self.request_version = self.protocol_version  # else no head is written, as for HTTP/0.9
        self._began_at = time.monotonic()
        self._note = ""
        self.problem(ProblemError(code, message or HTTPStatus(code).description or _phrase(code)))

    # ---- log -------------------------------------------------------------------------------------------

    def _log(self, status: int) -> None:
        """One line per request. Without the query: people search for names."""
        if self.server.quiet:
            return
        took = (time.monotonic() - self._began_at) * 1000
        path = getattr(self, "path", "-").partition("?")[0]
        line = f"{self.client_address[0]} {self.command or '-'} {path} {status} {took:.0f}ms {self._note}"
        # No control characters: a request must not be able to write a line of its own.
        if not line.isprintable():
            line = "".join(c if c.isprintable() else "?" for c in line)
        with contextlib.suppress(OSError):  # a full disk must not turn what was done into a failure
            sys.stderr.write(f"{datetime.now(CHINA).isoformat(timespec='seconds')} {line.rstrip()}\n")

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """`_log` does it."""

    def log_error(self, format: str, *args: Any) -> None:  # noqa: A002
        """`_log` does it."""


def _garbled(fault: Fault, content_type: str, body: bytes) -> tuple[str, bytes]:
    match fault.garbage:
        case "half":
            return content_type, body[: len(body) // 2]
        case "wrong_id":
            return content_type, json.dumps(json.loads(body) | {"id": str(uuid.uuid4())}).encode()
        case "content_type":
            return "text/html; charset=utf-8", b"<!doctype html><title>OK</title><p>" + body
        case "empty":
            return content_type, b""
        case _:
            return "text/plain", b"OK \xff\xfe, received"


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"


_dated: tuple[int, str] = (0, "")


def _date() -> str:
    global _dated
    now = int(time.time())
    if _dated[0] != now:
        _dated = (now, f"{datetime.now(UTC):%a, %d %b %Y %H:%M:%S} GMT")
    return _dated[1]
