"""Who may send: the shared secret, the signature, and the clock."""

from __future__ import annotations

import hashlib
import hmac
import time
from collections.abc import Callable

from .protocol import ProblemError

MAX_CLOCK_DIFFERENCE = 300
"""Seconds. A signed request that is older was perhaps recorded by somebody and sent again."""


class Verification:
    """Accepts what was signed with the shared secret not long ago.

    :param secret: shared with the sender
    :param now: seconds since 1970; tests put their own clock here
    """

    def __init__(self, secret: str, now: Callable[[], float] = time.time) -> None:
        self._secret = secret.encode()
        self._now = now

    def sign(self, timestamp: str, body: bytes) -> str:
        return hmac.new(self._secret, f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()

    def check(self, *, timestamp: str | None, signature: str | None, body: bytes) -> None:
        """Both as the headers gave them.

        :raises ProblemError: 401, when the sender cannot be believed
        """
        timestamp = (timestamp or "").strip()
        signature = (signature or "").strip().lower()
        if not timestamp or not signature:
            raise ProblemError(401, "X-Timestamp and X-Signature are required")
        # The length first: int() of a long row of digits is slow, and refuses in words of its own.
        if len(timestamp) > 12 or not (timestamp.isascii() and timestamp.isdigit()):
            raise ProblemError(401, "X-Timestamp must be whole seconds since 1970")
        # Both as bytes, because compare_digest refuses text that is not ASCII.
        if not hmac.compare_digest(self.sign(timestamp, body).encode(), signature.encode()):
            raise ProblemError(401, "the signature does not match body, timestamp and secret")
        if abs(self._now() - int(timestamp)) > MAX_CLOCK_DIFFERENCE:
            raise ProblemError(
                401, f"X-Timestamp is more than {MAX_CLOCK_DIFFERENCE} seconds off; sign again"
            )
