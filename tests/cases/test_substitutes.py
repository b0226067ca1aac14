"""A substitute acts under their own name, on what was lent, and no further."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from credit_repair.cases import selectors
from credit_repair.cases.errors import ActionRefused, NotYours
from credit_repair.cases.models import Case, ReviewStep
from credit_repair.cases.parts import visible_cases
from credit_repair.core.clock import assume
from credit_repair.core.models import AuditEntry
from credit_repair.people.models import Role, Substitution, User
from credit_repair.people.services import grant_mandate, join_office
from credit_repair.people.services.substitutions import enter_substitution
from tests.registry.factories import OfficeFactory, RecordFactory
from tests.world import (
    AGREE,
    SINCE,
    TODAY,
    World,
    deciding_case,
    do,
    fresh,
    member,
    submitted_case,
    substitute_of,
    verifying_case,
)

pytestmark = pytest.mark.django_db

AFTER = TODAY + timedelta(days=8)
OWN = Substitution.Scope.OWN


def lend(world: World, of: User, *, scope: str = "all") -> User:
    return substitute_of(of, OfficeFactory(), scope=scope)


def take(case: Case, user: User) -> None:
    ReviewStep.objects.filter(case=case, state="open").update(taken_by=user)


def inbox(user: User, on: Any = TODAY) -> list[ReviewStep]:
    return list(selectors.steps_by_deadline(user=User.objects.get(pk=user.pk), on=on))


def test_a_substitute_for_all_sees_and_does_what_lies_at_the_office(world: World) -> None:
    case, substitute = verifying_case(world), lend(world, world.verifier)
    assert list(visible_cases(user=substitute, on=TODAY)) == [case]
    (step,) = inbox(substitute)
    assert (step.stands_for, step.stands_for_name) == (world.verifier.pk, "王核")  # type: ignore[attr-defined]
    event = do(case, "give_opinion", substitute, **AGREE)
    assert (event.actor, event.actor_label) == (substitute, "代办（代王核）")
    entry = AuditEntry.objects.get(action="repair.give_opinion")
    assert entry.actor_id == substitute.pk and entry.data["for"] == world.verifier.pk


def test_it_ends_with_its_last_day(world: World) -> None:
    case, substitute = verifying_case(world), lend(world, world.verifier)
    assert not visible_cases(user=substitute, on=AFTER).exists() and not inbox(substitute, AFTER)
    with pytest.raises(NotYours):
        do(case, "give_opinion", substitute, today=AFTER, **AGREE)


def test_a_substitute_for_what_is_in_hand_gets_that_and_nothing_else(world: World) -> None:
    taken = verifying_case(world)
    record = RecordFactory(subject=world.subject, authority=world.authority)
    free = verifying_case(world, record=record)
    substitute = lend(world, world.verifier, scope=OWN)
    assert not visible_cases(user=substitute, on=TODAY).exists() and inbox(substitute) == []

    take(taken, world.verifier)

    assert list(visible_cases(user=substitute, on=TODAY)) == [taken]
    (step,) = inbox(substitute)
    assert step.case == taken and step.stands_for == world.verifier.pk  # type: ignore[attr-defined]
    with pytest.raises(NotYours):
        do(free, "give_opinion", substitute, **AGREE)
    assert do(taken, "give_opinion", substitute, **AGREE).actor_label == "代办（代王核）"
    assert not visible_cases(user=substitute, on=TODAY).exists(), "what is done is no longer in hand"


def test_what_is_in_hand_is_lent_in_its_own_phase_and_office_alone(world: World) -> None:
    case = submitted_case(world)
    take(case, world.verifier)  # a step of another phase, taken by mistake
    substitute = lend(world, world.verifier, scope=OWN)
    assert not visible_cases(user=substitute, on=TODAY).exists() and inbox(substitute) == []


def test_files_follow_the_case(world: World) -> None:
    case = verifying_case(world)
    attachment = case.attachments.first()
    assert attachment is not None
    substitute = lend(world, world.verifier, scope=OWN)
    with pytest.raises(ObjectDoesNotExist):
        selectors.attachment_for(user=substitute, uuid=attachment.uuid, on=TODAY)
    take(case, world.verifier)
    assert selectors.attachment_for(user=substitute, uuid=attachment.uuid, on=TODAY) == attachment
    document = case.documents.first()
    assert document is not None
    uuid = document.document.uuid
    assert selectors.document_for(user=substitute, uuid=uuid, on=TODAY) == document.document
    with pytest.raises(ObjectDoesNotExist):
        selectors.document_for(user=substitute, uuid=uuid, on=AFTER)


def test_who_holds_the_role_themself_acts_for_themself(world: World) -> None:
    case = verifying_case(world)
    second = member(world.authority, Role.VERIFIER, name="钱核")
    enter_substitution(
        membership=world.verifier.memberships.get(),
        substitute=second,
        actor=world.verifier,
        since=TODAY,
        until=TODAY,
        scope="all",
        reason="外出培训",
        today=TODAY,
    )
    assert inbox(second)[0].stands_for is None  # type: ignore[attr-defined]
    assert do(case, "give_opinion", second, **AGREE).actor_label == "钱核"
    assert "for" not in AuditEntry.objects.get(action="repair.give_opinion").data


def test_four_eyes_look_at_the_substitute(world: World) -> None:
    case = deciding_case(world)
    for membership in world.approver.memberships.all():
        Substitution.objects.create(
            membership=membership,
            substitute=world.verifier,
            since=TODAY,
            until=TODAY,
            scope="all",
            reason="年休假",
            made_by=world.approver,
            made_at=case.created_at,
        )
        world.verifier.groups.add(*world.approver.groups.all())
    with pytest.raises(ActionRefused) as refused:
        do(case, "approve", User.objects.get(pk=world.verifier.pk))
    assert refused.value.code == "four_eyes"


def test_the_member_may_not_undo_four_eyes_through_a_substitute(world: World) -> None:
    case, substitute = verifying_case(world), lend(world, world.verifier)
    do(case, "give_opinion", substitute, **AGREE)
    join_office(user=substitute, office=world.authority, role=Role.APPROVER, since=SINCE)
    with pytest.raises(ActionRefused) as refused:
        do(case, "approve", User.objects.get(pk=substitute.pk))
    assert refused.value.code == "four_eyes"
    do(case, "approve", world.approver)


@pytest.mark.parametrize("scope", ["all", "own"])
def test_a_substitute_who_acts_for_the_subject_is_partial(world: World, scope: str) -> None:
    case, substitute = verifying_case(world), lend(world, world.verifier, scope=scope)
    take(case, world.verifier)
    grant_mandate(user=substitute, subject=world.subject, since=SINCE)
    assert not visible_cases(user=substitute, on=TODAY).exists() and inbox(substitute) == []
    with pytest.raises(NotYours):
        do(case, "give_opinion", substitute, **AGREE)


def test_who_took_the_step_is_named_before_other_members(world: World) -> None:
    case = verifying_case(world)
    second = member(world.authority, Role.VERIFIER, name="钱核")
    substitute = lend(world, world.verifier)
    enter_substitution(
        membership=second.memberships.get(),
        substitute=member(world.authority, Role.WINDOW),
        actor=second,
        since=TODAY,
        until=TODAY,
        scope="all",
        reason="外出培训",
        today=TODAY,
    )
    Substitution.objects.filter(membership__user=second).update(substitute=substitute)
    take(case, second)
    assert do(case, "give_opinion", substitute, **AGREE).actor_label == "代办（代钱核）"


def test_an_act_of_a_substitute_costs_no_more_than_the_members_own(world: World) -> None:
    def cost(actor: User) -> int:
        record = RecordFactory(subject=world.subject, authority=world.authority)
        case = verifying_case(world, record=record)
        actor = User.objects.get(pk=actor.pk)
        with CaptureQueriesContext(connection) as caught:
            do(case, "give_opinion", actor, **AGREE)
        return len(caught)

    cost(world.verifier)
    assert cost(lend(world, world.verifier)) == cost(world.verifier)


def test_the_page_leads_a_substitute_back_to_the_inbox_when_the_case_is_no_longer_theirs(
    world: World,
) -> None:
    case, substitute = verifying_case(world), lend(world, world.verifier, scope=OWN)
    take(case, world.verifier)
    client = Client()
    client.force_login(substitute)
    with assume(TODAY):
        page = client.get(reverse("office"))
        assert "代王核" in page.content.decode()
        given = {f"give_opinion-{name}": value for name, value in AGREE.items()}
        answer = client.post(
            reverse("office_repair_act", args=[case.uuid, "give_opinion"]), given, follow=True
        )
    assert answer.redirect_chain[-1][0] == reverse("office") and "核查意见" in answer.content.decode()
    assert fresh(case).state == "deciding"
