"""What a platform made of a message, as a transport understood it."""

from dataclasses import dataclass
from typing import Literal

Effect = Literal["applied", "already", "stale"]


@dataclass(frozen=True)
class Confirmed:
    """The platform gave a receipt. `effect`: applied now; already, at an earlier attempt; or stale, because
    it had applied a later message before this one."""

    receipt: str
    effect: Effect
    status: int | None = None


@dataclass(frozen=True)
class Accepted:
    """The platform took the message and will send its receipt later, or gives it when it is asked.

    `reference`: what the platform calls it, empty where it said nothing.
    """

    reference: str = ""
    status: int | None = None


@dataclass(frozen=True)
class Retry:
    """It is not known, or not yet so: the same message goes again later.

    `after_seconds`: the platform asked for silence that long, for all its messages.
    `pauses`: the fault is the platform's as a whole, so its other messages need not be tried in this pass.
    """

    reason: str
    status: int | None = None
    after_seconds: float | None = None
    pauses: bool = False


@dataclass(frozen=True)
class Final:
    """The platform refused the message, and would again: a person must look."""

    reason: str
    status: int | None = None


Answer = Confirmed | Accepted | Retry | Final


def storable(text: str) -> str:
    """Return what a platform said without what a database can keep nowhere: NUL and half surrogate pairs,
    which are legal in JSON."""
    return text.replace("\0", "").encode(errors="replace").decode()
