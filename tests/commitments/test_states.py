"""The machine of a commitment: every pair of state and act, and any walk through it."""

from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credit_repair.cases.errors import ActionRefused
from credit_repair.commitments.models import Commitment
from credit_repair.commitments.states import MOVES, may, move

State = Commitment.State
#: State → the acts that are possible in it, and where each leads.
EXPECTED = {
    "submitted": {"accept": "made", "decline": "declined", "withdraw": "withdrawn"},
    "made": {"withdraw": "withdrawn", "open_check": "checking", "break": "broken", "expire": "expired"},
    "checking": {"follow_up": "made", "keep": "kept", "break": "broken"},
    "kept": {"break": "broken"},
    "expired": {"break": "broken"},
    "declined": {},
    "broken": {},
    "withdrawn": {},
}


@pytest.mark.parametrize("act", MOVES)
@pytest.mark.parametrize("state", [str(state) for state in State])
def test_each_act_is_possible_where_the_table_says_and_nowhere_else(state, act):
    commitment = Commitment(state=state)
    if act in EXPECTED[state]:
        assert may(commitment, act)
        move(commitment, act)
        assert commitment.state == EXPECTED[state][act]
        return
    assert not may(commitment, act)
    with pytest.raises(ActionRefused):
        move(commitment, act)
    assert commitment.state == state


@given(st.sampled_from(["submitted", "made"]), st.lists(st.sampled_from(sorted(MOVES)), max_size=30))
def test_no_walk_leads_out_of_broken_or_back_before_the_look(start, acts):
    commitment = SimpleNamespace(state=start, get_state_display=lambda: "")
    seen = [start]
    for act in acts:
        if may(commitment, act):
            move(commitment, act)
            seen.append(str(commitment.state))
    for terminal in ("broken", "withdrawn", "declined"):
        if terminal in seen:
            assert seen.index(terminal) == len(seen) - 1
    assert "submitted" not in seen[1:]
