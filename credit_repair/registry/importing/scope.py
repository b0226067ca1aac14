"""For whom a person may import."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class ImportScope:
    """The offices whose data may come in: the person's own, and the authorities that these answer for.

    `offices` are the codes of their own offices; `answers_for` is asked with the code of an authority, also
    of one that the register does not know yet.
    """

    offices: frozenset[str]
    answers_for: Callable[[str], bool]

    def covers(self, *, authority: str, source: str) -> bool:
        """Whether data that `authority` decided and `source` supplies, both by code, may come in."""
        return source in self.offices or authority in self.offices or self.answers_for(authority)
