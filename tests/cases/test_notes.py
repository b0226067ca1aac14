"""Internal notes: who writes them, and that applicants never see one."""

import pytest

from credit_repair.cases import selectors
from credit_repair.cases.errors import ActionRefused, NotYours
from credit_repair.cases.models import Recusal
from credit_repair.cases.presenters import timeline_items
from credit_repair.cases.services.notes import add_note
from credit_repair.core.models import AuditEntry
from credit_repair.people.models import Role
from tests.registry.factories import MOMENT, OfficeFactory
from tests.world import TODAY, World, do, make_user, member, submitted_case

pytestmark = pytest.mark.django_db


def test_a_note_stands_on_the_timeline_for_officials_alone(world: World) -> None:
    case = submitted_case(world)
    event = add_note(case=case, actor=world.verifier, today=TODAY, text="  已电话核实缴款日期  ")
    assert (event.action, event.audience, event.text) == ("note", "internal", "已电话核实缴款日期")
    assert (event.state_from, event.state_to) == (case.state, case.state)
    assert "已电话核实缴款日期" in [item["text"] for item in timeline_items(case, internal=True)]
    assert "已电话核实缴款日期" not in str(timeline_items(case, internal=False))
    assert event not in selectors.timeline(case=case, internal=False)


def test_the_audit_says_that_a_note_was_written_and_not_what(world: World) -> None:
    case = submitted_case(world)
    event = add_note(case=case, actor=world.intake, today=TODAY, text="材料第2页不清楚")
    entry = AuditEntry.objects.get(action="case.note")
    assert (entry.actor_id, entry.object_id) == (world.intake.pk, str(case.uuid))
    assert entry.data == {"event": str(event.uuid)}


def test_whoever_sees_the_case_as_an_official_writes_one_also_after_its_end(world: World) -> None:
    case = submitted_case(world)
    do(case, "withdraw", world.clerk)
    for official in (world.intake, world.verifier, world.approver, member(world.credit, Role.SUPERVISOR)):
        add_note(case=case, actor=official, today=TODAY, text="归档备查")
    assert case.events.filter(action="note").count() == 4


def test_nobody_else_writes_one(world: World) -> None:
    case = submitted_case(world)
    recused = member(world.credit, Role.INTAKE)
    Recusal.objects.create(case=case, user=recused, reason="亲属", declared_at=MOMENT)
    others = [
        world.clerk,
        make_user(),
        member(OfficeFactory(), Role.INTAKE, Role.VERIFIER),
        member(world.credit, Role.AUDITOR),
        member(world.credit, Role.WINDOW),
        recused,
    ]
    for user in others:
        with pytest.raises(NotYours):
            add_note(case=case, actor=user, today=TODAY, text="不应写入")
    assert not case.events.filter(action="note").exists()


@pytest.mark.parametrize(("text", "code"), [("  \n ", "no_text"), ("字" * 2001, "too_long")])
def test_a_note_has_words_and_not_too_many(world: World, text: str, code: str) -> None:
    case = submitted_case(world)
    with pytest.raises(ActionRefused) as refused:
        add_note(case=case, actor=world.intake, today=TODAY, text=text)
    assert refused.value.code == code
    add_note(case=case, actor=world.intake, today=TODAY, text="字" * 2000)
