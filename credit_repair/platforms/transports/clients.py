"""HTTP connections to platforms: a pool for each way of TLS, kept alive, safe to be used by several threads.

These are httpx's transports without its client around them: what the client adds, cookies, redirects,
credentials from the environment, is not wanted here, and took as long as all the rest.
"""

import ipaddress
import os
import ssl
import threading
from collections.abc import Callable
from functools import lru_cache
from urllib.parse import urlsplit

import httpx
from django.conf import settings
from django.utils.translation import gettext as _

from credit_repair.platforms.channels import answer_seconds, channel_of, question_seconds
from credit_repair.platforms.models import Channel
from credit_repair.platforms.transports.deadlines import WatchedBackend
from credit_repair.registry.models import Platform

#: Connections that may rest open; how many are used at once is the relay's to say.
_KEPT_ALIVE = 64


class CannotConnect(Exception):
    """The channel's settings do not allow a connection; the words say which, and never quote a key."""


class Clients:
    """The pools in use, each made when it is first needed.

    `only`: one that is used for everything, for tests.
    """

    def __init__(self, only: httpx.BaseTransport | None = None) -> None:
        self._only = only
        self._made: dict[tuple[str, str], httpx.BaseTransport] = {}
        self._lock = threading.Lock()

    def of(self, platform: Platform) -> httpx.BaseTransport:
        """Return the pool for `platform`. Raises CannotConnect where address or certificates are wrong."""
        _check_address(platform.endpoint, in_clear=settings.DEMO)
        if self._only is not None:
            return self._only
        channel = channel_of(platform)
        way = _way_of(channel)
        with self._lock:
            if way not in self._made:
                self._made[way] = _pool(channel)
            return self._made[way]

    def close(self) -> None:
        """Close them all."""
        with self._lock:
            for pool in [*self._made.values(), *([self._only] if self._only else [])]:
                pool.close()
            self._made.clear()


def time_limits(platform: Platform) -> tuple[httpx.Timeout, float]:
    """Return the limits of each silence, and of the whole answer in seconds: the channel's, and never so
    long that the lease on the message runs out meanwhile."""
    channel = channel_of(platform)
    return _limits(answer_seconds(channel), channel.connect_seconds), question_seconds(channel)


@lru_cache(maxsize=256)
def _limits(answer: float, connect: float) -> httpx.Timeout:
    return httpx.Timeout(answer, connect=connect)


@lru_cache(maxsize=256)
def _check_address(endpoint: str, *, in_clear: bool) -> None:
    """Raises CannotConnect for what would send names and a signature in clear over a network; `in_clear`
    allows that."""
    try:
        parts = urlsplit(endpoint)
        host = parts.hostname or ""
    except ValueError:
        raise CannotConnect(_("接口地址无法识别，请检查。")) from None
    if parts.scheme not in ("http", "https") or not host:
        raise CannotConnect(_("接口地址无法识别，请检查。"))
    if parts.username or parts.password:
        raise CannotConnect(_("接口地址里不能写用户名和密码。"))
    if parts.query or parts.fragment:
        raise CannotConnect(_("接口地址里不能有问号和井号。"))
    if parts.scheme == "http" and not in_clear and not _is_loopback(host):
        raise CannotConnect(_("接口地址必须以https开头：不加密的连接会泄露信息。"))


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _way_of(channel: Channel) -> tuple[str, str]:
    """Return by what a way of TLS is known."""
    return channel.client_certificate, channel.server_authority


def _pool(channel: Channel) -> httpx.BaseTransport:
    pool = httpx.HTTPTransport(
        verify=_context(channel),
        # The address is the platform's own: no proxy from the environment, no redirect to elsewhere.
        trust_env=False,
        limits=httpx.Limits(max_connections=None, max_keepalive_connections=_KEPT_ALIVE),
    )
    # httpx has no argument for it: its limits count each silence, and a platform that sends byte after byte
    # is never silent.
    pool._pool._network_backend = WatchedBackend()
    return pool


def _context(channel: Channel) -> ssl.SSLContext:
    try:
        if channel.server_authority:
            context = ssl.create_default_context(cadata=channel.server_authority)
        else:
            context = httpx.create_ssl_context(trust_env=False)
    except (ssl.SSLError, ValueError):
        raise CannotConnect(_("平台的根证书无法使用，请检查PEM内容。")) from None
    if channel.client_certificate:
        try:
            _as_file(
                channel.client_certificate.encode(),
                lambda path: context.load_cert_chain(path, password=_no_password),
            )
        except (ssl.SSLError, ValueError, OSError):
            raise CannotConnect(
                _("客户端证书或私钥无法使用：PEM里要有证书和没有口令的私钥，二者要相配。")
            ) from None
    return context


def _no_password() -> str:
    """Without this, OpenSSL would ask for the password on the terminal."""
    raise ValueError("the key has a password")


def _as_file(content: bytes, use: Callable[[str], None]) -> None:
    """Let `use` read `content` under a path: OpenSSL takes a certificate from nowhere else. The key stays in
    memory and touches no disk."""
    file = os.memfd_create("certificate", os.MFD_CLOEXEC)
    try:
        os.write(file, content)
        use(f"/proc/self/fd/{file}")
    finally:
        os.close(file)
