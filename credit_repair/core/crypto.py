"""Encryption of personal values at rest, and the keyed hash by which they are found."""

import base64
import hashlib
import hmac
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


@lru_cache(maxsize=4)
def _fernets(keys: tuple[str, ...], fallback: str) -> tuple[Fernet, ...]:
    usable = list(keys) or [
        base64.urlsafe_b64encode(hashlib.sha256(f"field:{fallback}".encode()).digest()).decode()
    ]
    return tuple(Fernet(key) for key in usable)


def box() -> MultiFernet:
    """Return the box that encrypts with the newest of FIELD_KEYS and decrypts with any of them.

    Where no key is set (a demo, tests) one is derived from SECRET_KEY.
    """
    return MultiFernet(_fernets(tuple(settings.FIELD_KEYS), settings.SECRET_KEY))


def is_newest(token: str) -> bool:
    """Whether `token` lies under the newest of FIELD_KEYS."""
    newest = _fernets(tuple(settings.FIELD_KEYS), settings.SECRET_KEY)[0]
    try:
        newest.decrypt(token.encode())
    except InvalidToken:
        return False
    return True


def keyed_hash(value: str) -> str:
    """Return the hex HMAC by which an encrypted value is found again without being readable.

    The key is derived from SECRET_KEY alone: rotating FIELD_KEYS re-encrypts, it never loses the way back.
    """
    key = hashlib.sha256(f"hash:{settings.SECRET_KEY}".encode()).digest()
    return hmac.new(key, value.strip().upper().encode(), hashlib.sha256).hexdigest()
