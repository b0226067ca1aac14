"""The tones in which states are shown."""

from credit_repair.commitments.models import Commitment, CommitmentCheck

State = Commitment.State
Check = CommitmentCheck

TONES = {
    State.SUBMITTED: "warning",
    State.DECLINED: "neutral",
    State.MADE: "info",
    State.CHECKING: "warning",
    State.KEPT: "success",
    State.BROKEN: "danger",
    State.WITHDRAWN: "neutral",
    State.EXPIRED: "neutral",
}
#: To the public a check is no state of its own: nothing has been found yet.
PUBLIC_STATES = {State.CHECKING: State.MADE}
FINDING_TONES = {
    Check.Finding.KEPT: "success",
    Check.Finding.PARTLY: "warning",
    Check.Finding.BROKEN: "danger",
    Check.Finding.MOOT: "neutral",
}


def tag_of(commitment: Commitment, *, public: bool = False) -> dict[str, str]:
    """Return the state of a commitment as a tag."""
    state = State(commitment.state)
    if public:
        state = PUBLIC_STATES.get(state, state)
    return {"label": str(state.label), "tone": TONES[state]}
