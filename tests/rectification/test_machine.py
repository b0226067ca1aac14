"""The machine of the order: every pair of stage and action, and walks of any length."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from credit_repair.cases.errors import ActionRefused, NotYours
from credit_repair.core import clock
from credit_repair.rectification.drawing import drawn
from credit_repair.rectification.guards import Facts
from credit_repair.rectification.models import Order
from credit_repair.rectification.services import interviews, orders, promises, proofs
from credit_repair.rectification.services.acting import begin, finish
from credit_repair.rectification.states import MOVES, Who, actions, refusal, row_of
from tests.rectification import stages
from tests.world import World, upload

#: From each state, what can be done there at all; whoever reads a state finds its row here.
EXPECTED = {
    "draft": {"revise", "discard", "issue", "end_with_record"},
    "ordered": {"extend", "hand_in", "lapse", "withdraw", "end_with_record"},
    "proved": {"return_proof", "accept_proof", "withdraw", "end_with_record"},
    "overdue": {"call_reminder", "hand_in_in_time"},
    "reminding": {"move_interview", "hold", "miss"},
    "reminded": {"call_warning", "promise"},
    "warning": {"move_interview", "hold", "miss"},
    "warned": {"promise", "leave_unresolved"},
    "promised": {"promise_due", "find_kept"},
    "checking": {"find_kept", "call_warning", "leave_unresolved"},
    "unresolved": set(),
    "fulfilled": set(),
    "withdrawn": set(),
    "discarded": set(),
}
#: What every late state has besides.
LATE = {"hand_in", "return_proof", "accept_proof", "withdraw", "end_with_record"}


@pytest.mark.parametrize("state", Order.State.values)
@pytest.mark.parametrize("action", actions())
def test_every_pair_is_in_the_table_or_refused(state: str, action: str) -> None:
    wanted = EXPECTED[state] | (LATE if state in Order.LATE else set())
    order = Order(state=state)
    assert (row_of(action, state) is not None) == (action in wanted)
    if action not in wanted:
        refused = refusal(action, Facts(order=order, actor=None, today=stages.DUE))
        assert refused is not None
        assert refused.code == "moved_on"


def test_an_action_leads_from_a_state_to_one_place_alone() -> None:
    pairs = [(row.action, source) for row in MOVES for source in row.sources]
    assert len(pairs) == len(set(pairs))
    assert all(row.to is None or row.to in Order.State.values for row in MOVES)
    assert not any(source in Order.ENDS for row in MOVES for source in row.sources)


def test_every_state_is_reached_and_every_open_one_is_left() -> None:
    reached = {row.to for row in MOVES if row.to}
    left = {source for row in MOVES for source in row.sources if row.to not in (None, source)}
    assert reached == set(Order.State.values)
    assert left == set(Order.State.values) - set(Order.ENDS)


def test_the_table_is_drawn_with_every_row() -> None:
    page = drawn()
    assert all(f"`{row.action}`" in page for row in MOVES)
    assert page.count("-->") >= sum(len(row.sources) for row in MOVES if row.to)


@pytest.mark.django_db
@pytest.mark.parametrize("stage", [name for name in stages.STAGES if name not in ("draft", "discarded")])
def test_at_no_stage_may_a_stranger_of_the_order_do_anything(world: World, stage: str) -> None:
    order = stages.STAGES[stage](world)
    before = order.state
    for action in actions():
        row = row_of(action, order.state)
        if row is None:
            continue
        for who in row.who:
            with pytest.raises(NotYours):
                begin(order=order, action=action, actor=world.intake, today=stages.DUE, who=who)
    assert stages.again(order).state == before


class Walks(TestCase):
    """Whatever is tried in whatever order: the rows stay true to each other."""

    @settings(max_examples=15, deadline=None)
    @given(st.lists(st.tuples(st.integers(0, 11), st.integers(0, 12)), min_size=4, max_size=18))
    def test_whatever_is_tried_the_rows_agree(self, tries: list[tuple[int, int]]) -> None:
        world = stages.build()
        order, day = stages.ordered(world), stages.TODAY
        for which, days in tries:
            day += timedelta(days=days)
            with clock.assume(day):
                _try(world, stages.again(order), which, day)
            _check(stages.again(order))


def _try(world: World, order: Order, which: int, day: date) -> None:
    who: dict[str, Any] = {"order": order, "actor": world.verifier, "today": day}
    ahead = stages.appointment(interviews.first_day(today=day))
    held = interviews.Held(**{**stages.HELD.__dict__, "promise_by": day + timedelta(days=9)})
    acts = [
        lambda: _pass(order, "lapse", day),
        lambda: _pass(order, "promise_due", day),
        lambda: proofs.hand_in_proof(
            order=order, actor=world.clerk, today=day, about=[proofs.About(demand=1, words="已缴")]
        ),
        lambda: proofs.return_proof(**who, missing="缺"),
        lambda: interviews.call_interview(**who, kind="reminder", appointment=ahead),
        lambda: interviews.call_interview(**who, kind="warning", appointment=ahead, found="未缴"),
        lambda: interviews.hold_interview(**who, held=held),
        lambda: interviews.miss_interview(**who),
        lambda: interviews.move_interview(**who, appointment=ahead, reason="有事"),
        lambda: promises.promise_on_paper(**who, scan=upload()),
        lambda: promises.leave_unresolved(**who, found="未缴"),
        lambda: orders.extend_order(**who, complete_by=day + timedelta(days=9), reason="困难"),
    ]
    try:
        acts[which]()
    except ActionRefused as refused:
        assert refused.words


def _pass(order: Order, action: str, day: date) -> None:
    finish(begin(order=order, action=action, actor=None, today=day, who=Who.SYSTEM))


def _check(order: Order) -> None:
    called = order.interviews.filter(state="called").count()
    assert called == (1 if order.state in ("reminding", "warning") else 0)
    assert order.interviews.filter(kind="warning", moved_from=None).count() <= 1
    running = [each for each in order.interviews.all() if _runs(each)]
    assert len(running) == (1 if order.state in ("promised", "checking") else 0)
    if order.state == "proved":
        assert order.proofs.filter(state="waiting").count() == 1
    last = order.events.filter(internal=False).last()
    assert last is not None
    assert last.state_to == order.state


def _runs(interview: Any) -> bool:
    promise = getattr(interview, "promise", None)
    return promise is not None and promise.state == "running"
