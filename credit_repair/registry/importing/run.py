"""One import: what holds for all its rows, and how far it has come."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from credit_repair.registry.importing.scope import ImportScope
from credit_repair.registry.importing.supply import Supply
from credit_repair.registry.law import Law
from credit_repair.registry.models import ImportBatch, Platform

State = ImportBatch.State
#: What an import may go on from; what is done, unreadable or undone stays so, whoever comes late.
UNENDED = (State.WAITING, State.RUNNING, State.STOPPED)


class Overtaken(RuntimeError):
    """Another worker goes on with this batch or has ended it; what was not yet written is left to it."""


@dataclass
class Run:
    """What holds for all rows of an import.

    `seen` are the natural keys met so far; `as_of` the day of the import, `at` its moment. `reached` is the
    highest row number that has been dealt with: each transaction moves it on, so that a successor goes on
    there. `supply` counts by source. None of these changes before its transaction has committed.
    """

    batch: ImportBatch
    law: Law
    as_of: date
    at: datetime
    actor_label: str
    platforms: Sequence[Platform] = ()
    scope: ImportScope | None = None
    seen: set[str] = field(default_factory=set)
    supply: Supply = field(default_factory=Supply)
    reached: int = 0
