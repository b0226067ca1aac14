"""The command line; what it does is written in the package's docstring."""

from __future__ import annotations

import argparse
import ipaddress
import os
import signal
import ssl
import sys
import threading
from pathlib import Path

from .calling import Caller
from .pages import Pages
from .script import Script, ScriptError, load
from .server import Server
from .store import Store, StoreError
from .verification import Verification

DEMO_SECRET = "standin-demo-secret"  # noqa: S105 (known to everybody on purpose: see below)


def main(arguments: list[str] | None = None) -> int:
    options = read_options(arguments)
    secrets = options.secret or [os.environ.get("STANDIN_SECRET") or DEMO_SECRET]
    if DEMO_SECRET in secrets and not is_loopback(options.host):
        return fail("the demo secret is known to everybody: give --secret, or listen on 127.0.0.1")
    try:
        script = load(options.script.read_bytes(), seed=options.seed) if options.script else Script({})
    except (OSError, ScriptError) as error:
        return fail(f"--script {options.script}: {error}")
    try:
        tls = security(options.tls_cert, options.tls_key, options.client_ca)
    except (OSError, ValueError) as error:
        return fail(f"--tls-cert, --tls-key, --client-ca: {error}")
    try:
        store = Store(options.store)
    except StoreError as error:
        return fail(str(error))
    verification = Verification(*secrets)
    try:
        server = Server(
            options.host,
            options.port,
            store=store,
            verification=verification,
            pages=Pages(store, options.name),
            script=script,
            signed_reads=options.signed_reads,
            control_token=options.control_token or os.environ.get("STANDIN_CONTROL_TOKEN", ""),
            tls=tls,
            quiet=options.quiet,
        )
    except (OSError, OverflowError) as error:
        store.close()
        return fail(f"cannot listen on {options.host} port {options.port}: {error}")

    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    threading.Thread(target=server.serve_forever, name="accept", daemon=True).start()
    caller = None
    if options.callback:
        caller = Caller(options.callback, store=store, verification=verification)
        caller.start()
    sys.stdout.write(f"standin listening on {server.url}\n")
    sys.stdout.flush()
    stop.wait()
    if caller is not None:
        caller.stop()
    server.stop()
    return 0


def read_options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m standin", description="A stand-in source platform.")
    parser.add_argument("--port", type=int, required=True, help="0 takes a free one")
    parser.add_argument("--store", type=Path, required=True, help="SQLite file, made when it is not there")
    parser.add_argument(
        "--secret",
        action="append",
        help="shared with the sender, or name:secret; several may be given; or set STANDIN_SECRET",
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: 127.0.0.1)")
    parser.add_argument("--name", default="示例公示平台", help="name of the platform, shown on its pages")
    parser.add_argument("--script", type=Path, help="JSON file that says what goes wrong, and when")
    parser.add_argument("--seed", type=int, help="of the script's chances, before its own")
    parser.add_argument("--control-token", help="lets who has it change the script from this machine")
    parser.add_argument("--callback", help="address of the site for receipts that come later")
    parser.add_argument("--signed-reads", action="store_true", help="answer only questions that are signed")
    parser.add_argument("--tls-cert", type=Path, help="certificate (PEM): listen with https")
    parser.add_argument("--tls-key", type=Path, help="its private key (PEM)")
    parser.add_argument("--client-ca", type=Path, help="senders need a certificate of this authority (PEM)")
    parser.add_argument("--quiet", action="store_true", help="no line per request")
    return parser.parse_args(arguments)


def security(certificate: Path | None, key: Path | None, client_ca: Path | None) -> ssl.SSLContext | None:
    """Return what https needs, or None for http. Raises ValueError or OSError where something is missing."""
    if certificate is None:
        if key or client_ca:
            raise ValueError("--tls-cert is missing")
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(certificate, key)
    if client_ca is not None:
        context.load_verify_locations(client_ca)
        context.verify_mode = ssl.CERT_REQUIRED
    return context


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
