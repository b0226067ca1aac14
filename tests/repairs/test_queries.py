"""How much the database is asked: by an act, by the inbox, by a case's page."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from credit_repair.cases import selectors
from credit_repair.cases.models import Case
from credit_repair.cases.views.office import _row
from credit_repair.core.clock import assume
from credit_repair.people.models import User
from credit_repair.registry.law import one_law
from credit_repair.repairs import presenters
from tests.registry.factories import PlatformFactory, PublicationFactory, RecordFactory
from tests.world import (
    AGREE,
    TODAY,
    World,
    approved_case,
    bring,
    build_world,
    complete_draft,
    confirm_removal,
    deciding_case,
    do,
    fresh,
    submitted_case,
)

pytestmark = pytest.mark.django_db

#: The plan's limits.
PER_ACT = 20
PER_CASE = 100


def queries(work: Callable[[], object]) -> int:
    """Return how many statements `work` sends."""
    with CaptureQueriesContext(connection) as caught:
        work()
    return len(caught)


def warm(world: World) -> None:
    """Let sequences and content types be known: the first case of a year is no measure."""
    approved_case(world, record=RecordFactory(subject=world.subject, authority=world.authority))


def cost(case: Case, action: str, actor: User | None, **data: Any) -> int:
    actor = User.objects.get(pk=actor.pk) if actor else None  # nothing cached from before
    # do() reads the case again; the transaction's own BEGIN and COMMIT are a savepoint and its end here.
    return queries(lambda: do(case, action, actor, **data)) - 3


def costs_of_a_whole_case(world: World) -> dict[str, int]:
    case = complete_draft(world)
    found = {
        "submit": cost(case, "submit", world.clerk),
        "accept": cost(case, "accept", world.intake),
        "give_opinion": cost(case, "give_opinion", world.verifier, **AGREE),
        "send_back": cost(case, "send_back", world.approver, reason="再查"),
    }
    do(case, "give_opinion", world.verifier, **AGREE)
    found["approve"] = cost(case, "approve", world.approver)
    confirm_removal(world)
    found["settle"] = cost(case, "settle", None)
    return found


def test_every_act_stays_within_its_limit() -> None:
    world = build_world()
    warm(world)
    found = costs_of_a_whole_case(world)
    approve = found.pop("approve")
    assert all(count <= PER_ACT for count in found.values()), found
    assert approve <= 35, "the decision, with the end of the record and the messages to one platform"
    assert sum(found.values()) - found["send_back"] + approve <= PER_CASE, found


@pytest.mark.parametrize("action", ["refuse_to_accept", "refuse", "withdraw", "discard"])
def test_every_other_end_stays_within_the_limit(action: str) -> None:
    world = build_world()
    warm(world)
    build, actor = {
        "refuse_to_accept": (submitted_case, world.intake),
        "refuse": (deciding_case, world.approver),
        "withdraw": (deciding_case, world.clerk),
        "discard": (complete_draft, world.clerk),
    }[action]
    assert cost(build(world), action, actor, reason="理由") <= PER_ACT + 2 * (action == "refuse")


def test_each_further_platform_costs_an_approval_four_statements_at_most() -> None:
    world = build_world()

    def approval(platforms: int) -> int:
        record = RecordFactory(subject=world.subject, authority=world.authority)
        for _each in range(platforms):
            PublicationFactory(record=record, platform=PlatformFactory())
        return cost(deciding_case(world, record=record), "approve", world.approver)

    warm(world)
    assert approval(5) - approval(1) <= 4 * 4


def records(world: World, count: int) -> list[Any]:
    return [RecordFactory(subject=world.subject, authority=world.authority) for _each in range(count)]


def test_the_inbox_asks_the_same_for_one_case_and_for_many() -> None:
    world = build_world()

    def page() -> None:
        with assume(TODAY), one_law():
            rows = [_row(step) for step in selectors.inbox(user=world.intake, on=TODAY)]
        assert rows
        for row in rows:
            assert str(row["case"].subject) and str(row["case"].record) and str(row["step"].office)  # type: ignore[attr-defined]

    submitted_case(world)
    page()
    one = queries(page)
    for record in records(world, 4):
        submitted_case(world, record=record)
    assert queries(page) == one
    assert one <= 10


@pytest.mark.parametrize("reader", ["clerk", "approver"])
def test_the_page_of_a_case_asks_the_same_for_a_short_and_a_long_story(reader: str) -> None:
    world = build_world()

    def page(case: Case) -> None:
        user = User.objects.get(pk=getattr(world, reader).pk)
        if reader == "clerk":
            found = selectors.applicant_case(user=user, uuid=case.uuid, on=TODAY)
            presenters.applicant_page(found, user=user, today=TODAY)
        else:
            found = selectors.office_case(user=user, uuid=case.uuid, on=TODAY)
            presenters.office_page(found, user=user, today=TODAY, bound={})

    short = deciding_case(world)
    long = complete_draft(world, record=records(world, 1)[0])
    bring(world, long, *(["proof"] * 3))
    do(long, "submit", world.clerk)
    do(long, "accept", world.intake)
    do(long, "give_opinion", world.verifier, **AGREE)
    for _round in range(4):
        do(long, "send_back", world.approver, reason="再查")
        do(long, "give_opinion", world.verifier, **AGREE)
    page(short)
    assert queries(lambda: page(long)) == queries(lambda: page(short))
    assert queries(lambda: page(fresh(short))) <= 40
