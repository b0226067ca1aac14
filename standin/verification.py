"""Who may send: the shared secrets, the signature, and the clock."""

from __future__ import annotations

import hashlib
import hmac
import re
import time
from collections.abc import Callable

from .protocol import ProblemError

MAX_CLOCK_DIFFERENCE = 300
"""Seconds. A signed request that is older was perhaps recorded by somebody and sent again."""

NAMED = re.compile(r"([A-Za-z0-9._-]{1,40}):(.+)", re.DOTALL)


class Verification:
    """Accepts what was signed with one of the shared secrets not long ago.

    :param secrets: shared with the sender, each as ``secret`` or, where the key has a name, ``name:secret``
    :param now: seconds since 1970; tests put their own clock here
    """

    def __init__(self, *secrets: str, now: Callable[[], float] = time.time) -> None:
        self._keys: list[tuple[str, bytes]] = []
        for secret in secrets:
            named = NAMED.fullmatch(secret)
            self._keys.append((named[1], named[2].encode()) if named else ("", secret.encode()))
        self._now = now

    def sign(self, timestamp: str, body: bytes, *, target: str = "") -> str:
        """Sign with the first key. `target`: method and target, of all requests but the sender's messages."""
        return _sign(self._keys[0][1], timestamp, _signed(body, target))

    def headers(self, body: bytes, *, target: str) -> dict[str, str]:
        """What a request of our own carries."""
        timestamp = str(int(self._now()))
        name = self._keys[0][0]
        return {
            "X-Timestamp": timestamp,
            "X-Signature": self.sign(timestamp, body, target=target),
            **({"X-Key-Id": name} if name else {}),
        }

    def check(
        self,
        *,
        timestamp: str | None,
        signature: str | None,
        body: bytes,
        key_id: str | None = None,
        target: str = "",
    ) -> None:
        """All as the headers gave them. Without ``X-Key-Id`` every key is tried.

        :param target: what is signed before the body: nothing for a message, ``GET <path and query>`` else
        :raises ProblemError: 401, when the sender cannot be believed
        """
        timestamp = (timestamp or "").strip()
        signature = (signature or "").strip().lower()
        if not timestamp or not signature:
            raise ProblemError(401, "X-Timestamp and X-Signature are required")
        # The length first: int() of a long row of digits is slow, and refuses in words of its own.
        if len(timestamp) > 12 or not (timestamp.isascii() and timestamp.isdigit()):
            raise ProblemError(401, "X-Timestamp must be whole seconds since 1970")
        keys = [key for name, key in self._keys if not key_id or name == key_id]
        if not keys:
            raise ProblemError(401, "X-Key-Id names a key that is not known here")
        signed = _signed(body, target)
        # Both as bytes, because compare_digest refuses text that is not ASCII.
        given = signature.encode()
        if not any(hmac.compare_digest(_sign(key, timestamp, signed).encode(), given) for key in keys):
            raise ProblemError(401, "the signature does not match body, timestamp and secret")
        if abs(self._now() - int(timestamp)) > MAX_CLOCK_DIFFERENCE:
            raise ProblemError(
                401, f"X-Timestamp is more than {MAX_CLOCK_DIFFERENCE} seconds off; sign again"
            )


def _signed(body: bytes, target: str) -> bytes:
    return f"{target}.".encode("utf-8", "replace") + body if target else body


def _sign(key: bytes, timestamp: str, signed: bytes) -> str:
    return hmac.new(key, f"{timestamp}.".encode() + signed, hashlib.sha256).hexdigest()
