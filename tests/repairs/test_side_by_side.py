"""Two people at once, on PostgreSQL."""

import pytest

from credit_repair.cases.errors import ActionRefused
from credit_repair.cases.models import Case
from credit_repair.cases.services import transition
from credit_repair.notices.models import Document
from credit_repair.people.models import Role
from credit_repair.platforms.models import Message
from tests.registry.factories import PlatformFactory, PublicationFactory, RecordFactory
from tests.world import (
    TODAY,
    build_world,
    clerk_of,
    complete_draft,
    deciding_case,
    in_threads,
    member,
    submitted_case,
)

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def test_of_two_approvers_at_once_one_wins(postgres: None) -> None:
    world = build_world()
    PublicationFactory(record=world.record, platform=PlatformFactory())
    approvers = [world.approver, member(world.authority, Role.APPROVER)]
    case = deciding_case(world)

    events, errors = in_threads(
        2,
        lambda number: transition(case=case, action="approve", actor=approvers[number], today=TODAY),
    )
    assert len(events) == 1
    assert [type(error) for error in errors] == [ActionRefused]
    assert errors[0].code == "state"  # type: ignore[attr-defined]
    decisions = Document.objects.filter(kind="decision_approve")
    assert [document.serial for document in decisions] == [1]
    assert Message.objects.filter(action="terminate").count() == 2, "one per platform"
    assert set(Message.objects.values_list("cause", flat=True)) == {events[0].uuid}
    assert case.actors.filter(part="decide").count() == 1


def test_an_approval_and_a_withdrawal_at_once_leave_one_of_both(postgres: None) -> None:
    world = build_world()
    case = deciding_case(world)
    acts = [("approve", world.approver), ("withdraw", world.clerk)]
    events, errors = in_threads(
        2,
        lambda number: transition(case=case, action=acts[number][0], actor=acts[number][1], today=TODAY),
    )
    assert len(events) == 1 and [type(error) for error in errors] == [ActionRefused]
    state = Case.objects.get(pk=case.pk).state
    assert state in ("approved", "withdrawn")
    assert Message.objects.count() == (state == "approved")


def test_a_submission_pressed_twice_is_one(postgres: None) -> None:
    world = build_world()
    case = complete_draft(world)
    events, errors = in_threads(
        3, lambda number: transition(case=case, action="submit", actor=world.clerk, today=TODAY)
    )
    assert len(events) == 1 and {type(error) for error in errors} == {ActionRefused}
    assert case.clocks.count() == 2 and Document.objects.count() == 1


def test_two_clerks_open_one_draft(postgres: None) -> None:
    from credit_repair.repairs.services import start

    world = build_world()
    clerks = [world.clerk, clerk_of(world.subject)]
    cases, errors = in_threads(
        2, lambda number: start(record=world.record, actor=clerks[number], today=TODAY)
    )
    assert len(cases) == 1
    assert [getattr(error, "code", error) for error in errors] == ["already_open"]


def test_numbers_of_cases_accepted_at_once_have_no_gap(postgres: None) -> None:
    world = build_world()
    cases = [
        submitted_case(world, record=RecordFactory(subject=world.subject, authority=world.authority))
        for _each in range(6)
    ]
    events, errors = in_threads(
        6, lambda number: transition(case=cases[number], action="accept", actor=world.intake, today=TODAY)
    )
    assert not errors and len(events) == 6
    notices = Document.objects.filter(kind="acceptance_notice")
    assert sorted(notices.values_list("serial", flat=True)) == [1, 2, 3, 4, 5, 6]
