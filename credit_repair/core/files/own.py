"""Files that this site made itself: they come back as they went out, with all that they carry.

The packages that make files say by what they know them; nothing here knows one.
"""

from collections.abc import Callable

Knows = Callable[[str], bool]

_KNOWERS: list[Knows] = []


def knows_own(knows: Knows) -> Knows:
    """Register a function that says whether a file with this SHA-256, in hexadecimal, was made here."""
    if knows not in _KNOWERS:
        _KNOWERS.append(knows)
    return knows


def is_own(sha256: str) -> bool:
    """Whether a file with this SHA-256 is, bit by bit, one that this site made."""
    return any(knows(sha256) for knows in _KNOWERS)
