"""The machine of a commitment: which act leads from which state to which. Guarded under the row's lock."""

from collections.abc import Mapping
from types import MappingProxyType

from django.utils.translation import gettext as _

from credit_repair.cases.errors import ActionRefused
from credit_repair.commitments.models import Commitment

State = Commitment.State

#: Act → the states from which it is possible, and the one to which it leads.
MOVES: Mapping[str, tuple[tuple[State, ...], State]] = MappingProxyType(
    {
        "accept": ((State.SUBMITTED,), State.MADE),
        "decline": ((State.SUBMITTED,), State.DECLINED),
        "withdraw": ((State.SUBMITTED, State.MADE), State.WITHDRAWN),
        "open_check": ((State.MADE,), State.CHECKING),
        "follow_up": ((State.CHECKING,), State.MADE),
        "keep": ((State.CHECKING,), State.KEPT),
        # Also where another decision shows it, as when a repair is revoked: also after it was found kept.
        "break": ((State.MADE, State.CHECKING, State.KEPT, State.EXPIRED), State.BROKEN),
        "expire": ((State.MADE,), State.EXPIRED),
    }
)


def may(commitment: Commitment, act: str) -> bool:
    """Whether `act` is possible in the commitment's state."""
    return State(commitment.state) in MOVES[act][0]


def move(commitment: Commitment, act: str) -> None:
    """Set the state to which `act` leads; the caller holds the row's lock and saves it.

    Raises ActionRefused where the act is not possible in the commitment's state.
    """
    if not may(commitment, act):
        raise ActionRefused(
            "not_now", _("这份承诺现在是“%s”，不能这样办理。请刷新页面。") % commitment.get_state_display()
        )
    commitment.state = MOVES[act][1]
