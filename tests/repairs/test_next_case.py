"""After an act, the way to the next case of the same part."""

import pytest
from django.test import Client
from django.urls import reverse

from credit_repair.cases.models import Case
from credit_repair.people.models import Role, User
from credit_repair.registry.models import Record
from tests.registry.factories import RecordFactory
from tests.world import World, deciding_case, member, submitted_case

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_the_day")]


def another(world: World) -> Record:
    record: Record = RecordFactory(subject=world.subject, authority=world.authority)
    return record


def after(user: User, case: Case, action: str, **fields: str) -> str:
    """What the page says on which the act ends."""
    client = Client()
    client.force_login(user)
    address = reverse("office_repair_act", args=[case.uuid, action])
    data = {f"{action}-{name}": value for name, value in fields.items()}
    return client.post(address, data, follow=True).content.decode()


def way_to(case: Case) -> str:
    return f'<a href="{reverse("office_repair", args=[case.uuid])}">下一件：{case.number}</a>'


def test_a_decision_leads_on_to_the_next_one_and_the_last_one_nowhere(world: World) -> None:
    first, second = deciding_case(world), deciding_case(world, record=another(world))
    submitted_case(world, record=another(world))
    assert way_to(second) in after(world.approver, first, "approve")
    assert "下一件" not in after(world.approver, second, "refuse", reason="罚款没有缴清")


def test_the_next_one_is_of_the_same_part(world: World) -> None:
    both = member(world.credit, Role.INTAKE, name="李受二")
    case, waiting = submitted_case(world), submitted_case(world, record=another(world))
    deciding_case(world, record=another(world))
    assert way_to(waiting) in after(both, case, "accept")


def test_what_a_colleague_has_in_hand_is_not_the_next_one(world: World) -> None:
    case, theirs = deciding_case(world), deciding_case(world, record=another(world))
    theirs.steps.filter(phase="decide").update(taken_by=member(world.authority, Role.APPROVER))
    assert "下一件" not in after(world.approver, case, "approve")
