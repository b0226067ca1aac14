"""The command line; what it does is written in the package's docstring."""

from __future__ import annotations

import argparse
import ipaddress
import os
import signal
import sys
import threading
from pathlib import Path

from .pages import Pages
from .server import Server
from .store import Store, StoreError
from .verification import Verification

DEMO_SECRET = "standin-demo-secret"  # noqa: S105 (known to everybody on purpose: see below)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m standin", description="A stand-in source platform.")
    parser.add_argument("--port", type=int, required=True, help="0 takes a free one")
    parser.add_argument("--store", type=Path, required=True, help="SQLite file, made when it is not there")
    parser.add_argument("--secret", help="shared with the sender; or set STANDIN_SECRET")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: 127.0.0.1)")
    parser.add_argument("--name", default="示例公示平台", help="name of the platform, shown on its pages")
    options = parser.parse_args(arguments)

    secret = options.secret or os.environ.get("STANDIN_SECRET") or DEMO_SECRET
    if secret == DEMO_SECRET and not is_loopback(options.host):
        return fail("the demo secret is known to everybody: give --secret, or listen on 127.0.0.1")
    try:
        store = Store(options.store)
    except StoreError as error:
        return fail(str(error))
    try:
        server = Server(
            options.host,
            options.port,
            store=store,
            verification=Verification(secret),
            pages=Pages(store, options.name),
        )
    except (OSError, OverflowError) as error:
        store.close()
        return fail(f"cannot listen on {options.host} port {options.port}: {error}")

    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    threading.Thread(target=server.serve_forever, name="accept", daemon=True).start()
    sys.stdout.write(f"standin listening on {server.url}\n")
    sys.stdout.flush()
    stop.wait()
    server.stop()
    return 0


def is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def fail(words: str) -> int:
    sys.stderr.write(f"standin: {words}\n")
    return 2


if __name__ == "__main__":
    sys.exit(main())
