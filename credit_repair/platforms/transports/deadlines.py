"""A limit for the whole of an answer. The client's own limits count each silence, and a platform that sends
one byte after the other is never silent: in its headers it could hold a connection for ever."""

import ssl
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import httpcore

_now = threading.local()


@contextmanager
def within(seconds: float) -> Iterator[float]:
    """Let whatever this thread sends and reads end in so many seconds; yield when that is, by the monotonic
    clock."""
    before = getattr(_now, "until", None)
    _now.until = time.monotonic() + seconds
    try:
        yield _now.until
    finally:
        _now.until = before


def _left(timeout: float | None) -> float | None:
    until = getattr(_now, "until", None)
    if until is None:
        return timeout
    left: float = until - time.monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout("the whole took too long")
    return left if timeout is None else min(timeout, left)


class WatchedBackend(httpcore.SyncBackend):
    """Connections that heed `within`."""

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect as usual."""
        return _Watched(super().connect_tcp(host, port, _left(timeout), local_address, socket_options))


class _Watched(httpcore.NetworkStream):
    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _left(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        return _Watched(self._stream.start_tls(ssl_context, server_hostname, _left(timeout)))

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
