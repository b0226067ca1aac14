"""Who says it, and when: HMAC-SHA256 under the shared secret, for what goes out and for what comes in.

What is signed names its time, so that a recording is worth nothing later, and, apart from the message
itself, its address: a signature of one request proves no other.
"""

import hashlib
import hmac
import time

from credit_repair.platforms.keys import Key

#: How far the other side's clock may be off, in seconds, either way.
MAX_CLOCK_SECONDS = 300
#: Digits of a timestamp: int() of a long row of them is slow.
_MAX_DIGITS = 12


def signature(body: bytes, *, secret: str, timestamp: int, request: str = "") -> str:
    """Return the signature of `body` in hex.

    `timestamp`: seconds since 1970. `request`: method and target as in the request line, `GET /path?query`;
    left out for a message.
    """
    signed = f"{timestamp}." + (f"{request}." if request else "")
    return hmac.new(secret.encode(), signed.encode() + body, hashlib.sha256).hexdigest()


def signature_headers(
    body: bytes, *, secret: str, timestamp: int, key_id: str = "", request: str = ""
) -> dict[str, str]:
    """Return the headers that prove who sent `body`, and when."""
    made = signature(body, secret=secret, timestamp=timestamp, request=request)
    headers = {"X-Timestamp": str(timestamp), "X-Signature": made}
    return headers | {"X-Key-Id": key_id} if key_id else headers


def is_signed(
    body: bytes,
    *,
    keys: list[Key],
    key_id: str,
    timestamp: str,
    given: str,
    request: str,
    now: float | None = None,
) -> bool:
    """Whether one of `keys` signed `body` for this `request` not long ago.

    The other arguments are as the headers gave them; `now` in seconds since 1970, the clock's by default.
    Where no key fits, one that nobody has is tried, so that the time tells nothing either.
    """
    stamp = timestamp.strip()
    fits = len(stamp) <= _MAX_DIGITS and stamp.isascii() and stamp.isdigit()
    at = int(stamp) if fits else 0
    tried = [key for key in keys if not key_id or hmac.compare_digest(key.id.encode(), key_id.encode())]
    written = given.strip().lower().encode()
    # Every key is compared, whichever fits: the time does not say which one it was.
    found = [
        hmac.compare_digest(signature(body, secret=secret, timestamp=at, request=request).encode(), written)
        for secret in [key.secret for key in tried] or ["nobody has this key"]
    ]
    return fits and bool(tried) and any(found) and abs((now or time.time()) - at) <= MAX_CLOCK_SECONDS
