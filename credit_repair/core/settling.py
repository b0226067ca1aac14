"""Settling: what lies above finds what has happened below.

Nothing calls upward and there are no signals. A package that must react to what a lower one did registers
a settler here at start-up: a small idempotent service that asks "which of mine are touched?" and moves
them. All settlers run on schedule and after each relay batch, as the job `settle_cases`. A settler also
mends what a crash left behind.
"""

import logging
from collections.abc import Callable, Iterable
from datetime import date
from typing import TypeVar

from credit_repair.core.languages import in_site_language

logger = logging.getLogger(__name__)

T = TypeVar("T")
Settler = Callable[..., int]
_settlers: list[Settler] = []


def settler(function: Settler) -> Settler:
    """Register `function(*, today)`, which returns how many things it moved."""
    _settlers.append(function)
    return function


@in_site_language()
def settle_all(*, today: date) -> int:
    """Run every settler once; return how many things moved."""
    return move_each(_settlers, lambda function: function(today=today), name=lambda each: each.__qualname__)


def move_each(items: Iterable[T], move: Callable[[T], int], *, name: Callable[[T], object] = str) -> int:
    """Call `move` on each of `items`; return the sum of what it returned, how many things moved.

    One failure never keeps the others from their turn; the last one is raised at the end, so that the job
    is tried again and somebody sees it. `name` says in the log which one failed.
    """
    moved, failure = 0, None
    for item in items:
        try:
            moved += move(item)
        except Exception as error:
            logger.exception("%s could not be moved", name(item))
            failure = error
    if failure is not None:
        raise failure
    return moved
