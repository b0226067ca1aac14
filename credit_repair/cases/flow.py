"""What a workflow's `states.py` is written with.

A machine is a class with a viewflow.fsm state and one decorated method a row of its table. fsm knows from
where to where; what else a row says stands in `custom=act(...)`: who acts, which stored facts and dates must
hold (guards), and what follows, in order (effects). Nothing here saves or checks by itself:
services.transition() reads the row and does it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from viewflow.fsm import State
from viewflow.fsm.base import Transition

from credit_repair.cases.models import (
    Case,
    CaseDocument,
    Clock,
    CorrectionItem,
    FourEyesOverride,
    ReviewStep,
    TimelineEvent,
)
from credit_repair.cases.parts import Part

Guard = Callable[["Action"], None]
Effect = Callable[["Action"], None]


@dataclass
class Action:
    """One act on one case while it is being done: the locked case, who acts, on which day, with what."""

    case: Case
    name: str
    actor: Any
    today: date
    data: dict[str, Any] = field(default_factory=dict)
    event: TimelineEvent | None = None
    #: The review step on which an official acts.
    review: ReviewStep | None = None
    #: The member in whose place the official acts 代办, by key and name; None where they act for themself.
    stands_for: int | None = None
    stands_for_name: str = ""
    #: The supervisor's exception to the four eyes that lets the actor do this.
    override: FourEyesOverride | None = None
    #: The clocks that this act has started, by kind.
    clocks: dict[str, Clock] = field(default_factory=dict)
    #: The gaps of the correction notice 补正 that this act sends, in their order.
    gaps: list[CorrectionItem] = field(default_factory=list)
    #: What a guard or an effect has found that a later one needs, by name.
    found: dict[str, Any] = field(default_factory=dict)
    #: What this act issues to the case's subject: its mail leads there.
    letters: list[CaseDocument] = field(default_factory=list)

    @property
    def cause(self) -> TimelineEvent:
        """The timeline event of this act; effects run after it was written."""
        if self.event is None:
            raise RuntimeError("effects run after the event was written")
        return self.event

    def text(self, name: str) -> str:
        """Return what the person wrote under `name`, trimmed."""
        return str(self.data.get(name) or "").strip()


@dataclass(frozen=True)
class Act:
    """What a row of a state table says besides its states.

    guards  stored facts and dates that must hold; also asked when a page decides which buttons to show
    needs   what the act itself must bring, e.g. a reason; asked only when it is done
    says    field of the data whose text goes on the timeline, and whether the applicant reads it
    """

    by: Part
    title: Any
    guards: tuple[Guard, ...] = ()
    needs: tuple[Guard, ...] = ()
    effects: tuple[Effect, ...] = ()
    says: str = ""
    audience: str = TimelineEvent.Audience.PUBLIC


def act(**row: Any) -> dict[str, Act]:
    """Return the `custom` argument of a transition for the row described."""
    return {"act": Act(**row)}


class CaseFlow:
    """Base of every machine: an fsm around one case row. `state` is declared by the machine itself."""

    state: Any
    #: States in which a case is over.
    ENDS: frozenset[str] = frozenset()
    #: States that wait for the applicant: without an act of theirs the case does not go on.
    WAITS: frozenset[str] = frozenset()
    #: States in which every statutory clock has stopped.
    CLOCKS_STOP: frozenset[str] = frozenset()

    def __init__(self, case: Case) -> None:
        self.case = case

    @classmethod
    def actions(cls) -> dict[str, dict[str, Transition]]:
        """Return name of action → state it starts from → the row of the table."""
        return {
            method.slug: {str(row.source): row for row in rows}
            for method, rows in cls.state.get_transitions().items()
        }

    def row(self, action: str) -> Transition | None:
        """Return the row for `action` from the case's present state, or None where there is none."""
        return self.actions().get(action, {}).get(self.case.state)

    def perform(self, action: Action) -> None:
        """Change the state. fsm re-checks that the row exists."""
        getattr(self, action.name)(action)


def as_it_is(flow: CaseFlow, step: Action) -> str:
    """Target of an act that changes nothing about where the case is."""
    return flow.case.state


def act_of(row: Transition) -> Act:
    """Return what the row says besides its states."""
    found = row.custom["act"]
    assert isinstance(found, Act)  # noqa: S101 - every row is written with act()
    return found


__all__ = ["Act", "Action", "CaseFlow", "State", "act", "act_of", "as_it_is"]
