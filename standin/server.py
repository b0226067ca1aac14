"""The port: connections are taken, each in a thread of its own; the slow are hung up on; outages played."""

from __future__ import annotations

import contextlib
import socket
import socketserver
import ssl
import sys
import threading
import time
from datetime import datetime
from http.server import ThreadingHTTPServer
from typing import Any

from .pages import Pages
from .routes import Handler
from .script import Script
from .speaking import IDLE_SECONDS
from .store import CHINA, Store
from .verification import Verification

REQUEST_SECONDS = 30
"""After which a connection is closed though it is not silent: one byte at a time is slow, too."""
DRAIN_SECONDS = 5
"""How long stopping waits for the requests in hand."""
LOOK_SECONDS = 0.5
"""How often the slow are looked for."""


class Server(ThreadingHTTPServer):
    """The platform on a port.

    :param port: 0 takes a free one; ``url`` then has it
    :param script: what goes wrong; it can be replaced while the server runs
    :param signed_reads: whether questions must be signed, too
    :param control_token: for ``/control/script``; empty: nobody may
    :param tls: for https
    """

    daemon_threads = True
    request_queue_size = 128

    def __init__(
        self,
        host: str,
        port: int,
        *,
        store: Store,
        verification: Verification,
        pages: Pages,
        script: Script | None = None,
        signed_reads: bool = False,
        control_token: str = "",
        tls: ssl.SSLContext | None = None,
        quiet: bool = False,
    ) -> None:
        self.store = store
        self.verification = verification
        self.pages = pages
        self.script = script or Script({})
        self.signed_reads = signed_reads
        self.control_token = control_token
        self.quiet = quiet
        self.stopping = threading.Event()
        self._stopped = threading.Event()
        self._tls = tls
        self._is_up = True
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
        host = f"[{self.server_name}]" if ":" in str(self.server_name) else self.server_name
        return f"{'https' if self._tls else 'http'}://{host}:{self.server_port}"

    def serve_forever(self, poll_interval: float = 0.05) -> None:
        """Take connections until `stop()`; while the script says so, nobody listens."""
        looked = time.monotonic()
        self.socket.settimeout(poll_interval)
        while not self.stopping.is_set():
            self._heed_outages(poll_interval)
            if self._is_up:
                self._take_one()
            else:
                self.stopping.wait(poll_interval)
            if time.monotonic() - looked > LOOK_SECONDS:
                looked = time.monotonic()
                self._hang_up(before=looked - REQUEST_SECONDS)
        self._stopped.set()

    def _take_one(self) -> None:
        try:
            request, address = self.socket.accept()
        except OSError:  # nobody came, or who came has gone
            return
        try:
            self.process_request(request, address)
        except Exception:
            self.handle_error(request, address)
            self.shutdown_request(request)

    def _heed_outages(self, poll_interval: float) -> None:
        down = self.script.is_down()
        if down and self._is_up:
            self._is_up = False
            self.socket.close()
            self._hang_up(before=time.monotonic() + 1)
        elif not down and not self._is_up:
            self.socket = socket.socket(self.address_family, self.socket_type)
            try:
                self.server_bind()
                self.server_activate()
            except OSError:  # somebody else has the port: tried again at the next look
                self.socket.close()
                return
            self.socket.settimeout(poll_interval)
            self._is_up = True

    def finish_request(self, request: Any, client_address: Any) -> None:
        """In the connection's own thread, so that a slow handshake keeps nobody waiting."""
        if self._tls is None:
            Handler(request, client_address, self)
            return
        request.settimeout(IDLE_SECONDS)
        with self._tls.wrap_socket(request, server_side=True) as secured:
            Handler(secured, client_address, self)

    def stop(self) -> None:
        """Take no more connections, let the requests in hand finish, close the store."""
        self.stopping.set()
        self._stopped.wait(timeout=DRAIN_SECONDS)
        with self._changed:
            self._changed.wait_for(lambda: self._busy == 0, timeout=DRAIN_SECONDS)
        self.server_close()
        self.store.close()

    def _hang_up(self, *, before: float) -> None:
        with self._changed:
            slow = [connection for connection, began in self._began.items() if began < before]
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
            if self._busy == 0:
                self._changed.notify_all()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A connection that broke is one line, not a stack trace."""
        error = sys.exc_info()[1]
        now = datetime.now(CHINA).isoformat(timespec="seconds")
        with contextlib.suppress(OSError):
            sys.stderr.write(f"{now} connection from {client_address[0]} broke: {error!r}\n")
