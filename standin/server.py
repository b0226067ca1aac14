"""HTTP: reads requests, asks the others, writes answers. Python's own server, one thread per connection."""

from __future__ import annotations

import contextlib
import json
import re
import socket
import socketserver
import sys
import threading
import time
from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

from .pages import ICON, MAX_PAGE, STYLE, Pages
from .protocol import ProblemError, parse_message
from .store import CHINA, Store
from .verification import Verification

MAX_BODY = 1024 * 1024
IDLE_SECONDS = 10
"""Silence after which a connection is closed."""
REQUEST_SECONDS = 30
"""After which a connection is closed though it is not silent: one byte at a time is slow, too."""
DRAIN_SECONDS = 5
"""How long stopping waits for the requests in hand."""

UUID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
RECORD_PATH = re.compile(rf"/api/v1/records/({UUID})", re.IGNORECASE)
DETAIL_PATH = re.compile(rf"/records/({UUID})", re.IGNORECASE)

SECURITY_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self';"
    " base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


class Server(ThreadingHTTPServer):
    """The platform on a port.

    :param port: 0 takes a free one; ``url`` then has it
    """

    daemon_threads = True
    request_queue_size = 128

    def __init__(
        self, host: str, port: int, *, store: Store, verification: Verification, pages: Pages
    ) -> None:
        self.store = store
        self.verification = verification
        self.pages = pages
        self._began: dict[socket.socket, float] = {}
        self._busy = 0
        self._changed = threading.Condition()
        if ":" in host:
            self.address_family = socket.AF_INET6
        super().__init__((host, port), Handler)

    def server_bind(self) -> None:
        # HTTPServer's own asks for the host's name here, which takes seconds where no DNS answers.
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = self.server_address[:2]  # type: ignore[assignment]

    @property
    def url(self) -> str:
        host = str(self.server_name)
        return f"http://[{host}]:{self.server_port}" if ":" in host else f"http://{host}:{self.server_port}"

    def stop(self) -> None:
        """Take no more connections, let the requests in hand finish, close the store."""
        self.shutdown()
        with self._changed:
            self._changed.wait_for(lambda: self._busy == 0, timeout=DRAIN_SECONDS)
        self.server_close()
        self.store.close()

    def service_actions(self) -> None:
        """Called twice a second: hang up on the slow."""
        limit = time.monotonic() - REQUEST_SECONDS
        with self._changed:
            slow = [connection for connection, began in self._began.items() if began < limit]
        for connection in slow:
            with contextlib.suppress(OSError):  # it may be gone by itself meanwhile
                connection.shutdown(socket.SHUT_RDWR)

    def watch(self, connection: socket.socket) -> None:
        with self._changed:
            self._began[connection] = time.monotonic()

    def forget(self, connection: socket.socket) -> None:
        with self._changed:
            self._began.pop(connection, None)

    def enter(self) -> None:
        with self._changed:
            self._busy += 1

    def leave(self) -> None:
        with self._changed:
            self._busy -= 1
            self._changed.notify_all()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A connection that broke is one line, not a stack trace."""
        error = sys.exc_info()[1]
        sys.stderr.write(f"{_now()} connection from {client_address[0]} broke: {error!r}\n")


class Handler(BaseHTTPRequestHandler):
    """One connection. The routes are the methods below `_answer`."""

    server: Server
    protocol_version = "HTTP/1.1"
    server_version = "standin"
    timeout = IDLE_SECONDS
    wbufsize = -1  # head and body in one packet; apart, they would wait for each other's acknowledgement

    _note = ""

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

    def do_GET(self) -> None:
        self._answer(self._get)

    def do_HEAD(self) -> None:
        self._answer(self._get)

    def do_POST(self) -> None:
        self._answer(self._post)

    def _answer(self, route: Callable[[str], None]) -> None:
        """Run one request, and turn whatever goes wrong into an answer and a line in the log."""
        self.server.enter()
        self._began_at = time.monotonic()
        self._note = ""
        try:
            path, _, query = self.path.partition(
                "?"
            )  # not urlsplit: it takes //x for a host, and refuses //[
            self._query = parse_qs(query, keep_blank_values=True)
            if self.command != "POST" and self.headers.get("Content-Length", "0") != "0":
                self.close_connection = True  # a body that is not read would be taken for the next request
            route(path)
        except ProblemError as problem:
            self._problem(problem)
        except (ConnectionError, TimeoutError):
            raise
        except Exception as error:
            self._note = repr(error)
            self.close_connection = True
            self._problem(ProblemError(500, "the platform failed; send the same message again later"))
        finally:
            self.wfile.flush()
            self.server.leave()

    # ---- routes ----------------------------------------------------------------------------------------

    def _get(self, path: str) -> None:
        if path == "/":
            page = self.server.pages.index(
                query=self._parameter("q"),
                shown_page=self._number("page", 1, MAX_PAGE),
                removed_page=self._number("removed", 1, MAX_PAGE),
            )
            self._html(200, page)
        elif match := DETAIL_PATH.fullmatch(path):
            found = self.server.pages.detail(match[1].lower())
            if found is None:
                self._html(404, self.server.pages.problem(404, "本平台没有收到过这条信息。"))
            else:
                self._html(200, found)
        elif path == "/style.css":
            self._send(200, "text/css; charset=utf-8", STYLE)
        elif path == "/icon.svg":
            self._send(200, "image/svg+xml", ICON)
        elif path == "/healthz":
            alive = self.server.store.is_alive()
            self._json(200 if alive else 503, {"status": "ok" if alive else "the store does not answer"})
        elif path == "/api/v1/records":
            self._list_records()
        elif match := RECORD_PATH.fullmatch(path):
            self._show_record(match[1].lower())
        elif path.startswith("/api/"):
            raise ProblemError(404, "there is nothing at this address")
        else:
            self._html(404, self.server.pages.problem(404, "这个地址没有内容，请检查网址。"))

    def _post(self, path: str) -> None:
        body = self._body()
        if path != "/api/v1/messages":
            raise ProblemError(404, "messages are posted to /api/v1/messages")
        self.server.verification.check(
            timestamp=self.headers.get("X-Timestamp"), signature=self.headers.get("X-Signature"), body=body
        )
        message = parse_message(body, header_id=self.headers.get("X-Message-Id"))
        answer = self.server.store.receive(message)
        self._note = (
            f"{message.action} {message.record.id} #{message.sequence} {answer.effect} {answer.receipt}"
        )
        self._json(
            200, {"id": answer.id, "receipt": answer.receipt, "effect": answer.effect, "at": answer.at}
        )

    def _show_record(self, record_id: str) -> None:
        record = self.server.store.record(record_id)
        if record is None:
            raise ProblemError(404, "this platform has never heard of the record")
        self._json(200, self._state(record))

    def _list_records(self) -> None:
        shown = self._parameter("shown")
        if shown not in ("", "0", "1"):
            raise ProblemError(422, "shown: must be 0 or 1", [("shown", "must be 0 or 1")])
        limit = self._number("limit", 500, 1000)
        # One more than asked for tells whether there is a next part.
        rows = self.server.store.records(
            shown=None if shown == "" else shown == "1",
            after=self._parameter("after").lower(),
            limit=limit + 1,
        )
        more = len(rows) > limit
        rows = rows[:limit]
        self._json(
            200, {"records": [self._state(row) for row in rows], "next": rows[-1]["id"] if more else None}
        )

    def _state(self, record: Any) -> dict[str, object]:
        shown = bool(record["shown"])
        return {
            "record": record["id"],
            "shown": shown,
            "annotated": record["annotation"] is not None,
            "since": record["since"] if shown else None,
            "removed_at": record["removed_at"],
            "last_receipt": record["last_receipt"],
            "sequence": record["sequence"],
            "effects": self.server.store.effects(record["id"]),
        }

    # ---- reading ---------------------------------------------------------------------------------------

    def _body(self) -> bytes:
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

    def _parameter(self, name: str) -> str:
        # Halves of surrogate pairs do not come out of parse_qs (it replaces what is not UTF-8).
        return self._query.get(name, [""])[0].replace("\0", "")

    def _number(self, name: str, default: int, most: int) -> int:
        text = self._parameter(name)
        if len(text) <= 9 and text.isascii() and text.isdigit() and int(text) >= 1:
            return min(int(text), most)
        return default

    # ---- writing ---------------------------------------------------------------------------------------

    def _problem(self, problem: ProblemError) -> None:
        data: dict[str, object] = {
            "type": "about:blank",
            "title": HTTPStatus(problem.status).phrase,
            "status": problem.status,
            "detail": problem.detail,
        }
        if problem.errors:
            errors = [{"field": field, "reason": reason} for field, reason in problem.errors]
            data |= {**errors[0], "errors": errors}
        self._note = self._note or problem.detail
        self._json(problem.status, data, "application/problem+json")

    def _json(self, status: int, data: object, content_type: str = "application/json") -> None:
        self._send(status, content_type, json.dumps(data, ensure_ascii=False).encode())

    def _html(self, status: int, page: bytes) -> None:
        self._send(status, "text/html; charset=utf-8", page)

    def _send(self, status: int, content_type: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        for name, value in SECURITY_HEADERS.items():
            self.send_header(name, value)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
        self._log(status)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """What the base class refuses before it comes to us: broken request lines, unknown methods."""
        self.close_connection = True
        self.request_version = self.protocol_version  # else no head is written, as for HTTP/0.9
        self._began_at = time.monotonic()
        self._note = ""
        self._problem(ProblemError(code, message or HTTPStatus(code).description))

    # ---- log -------------------------------------------------------------------------------------------

    def _log(self, status: int) -> None:
        """One line per request. Without the query: people search for names."""
        took = (time.monotonic() - self._began_at) * 1000
        path = getattr(self, "path", "-").partition("?")[0]
        line = f"{self.client_address[0]} {self.command or '-'} {path} {status} {took:.0f}ms {self._note}"
        # No control characters: a request must not be able to write a line of its own.
        line = "".join(c if c.isprintable() else "?" for c in line).rstrip()
        sys.stderr.write(f"{_now()} {line}\n")

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """`_log` does it."""

    def log_error(self, format: str, *args: Any) -> None:  # noqa: A002
        """`_log` does it."""


def _now() -> str:
    return datetime.now(CHINA).isoformat(timespec="seconds")
