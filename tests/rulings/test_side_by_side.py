"""Two officials at once, on PostgreSQL."""

import pytest

from credit_repair.cases.services.papers import keep_paper
from credit_repair.notices.models import Document
from credit_repair.people.models import Role
from credit_repair.platforms.models import Message
from credit_repair.registry.models import RecordEvent
from credit_repair.rulings.errors import RulingRefused
from credit_repair.rulings.models import PenaltyCancellation, Shield, ShieldedRecord
from credit_repair.rulings.services import carry_out
from credit_repair.rulings.services.undoing import ask_undo, undo_cancellation
from tests.registry.factories import PlatformFactory, PublicationFactory
from tests.rulings.shielding import registered
from tests.rulings.test_cancelling import cancel
from tests.world import TODAY, build_world, in_threads, member, upload

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def test_of_two_who_enter_the_same_cancellation_one_wins(postgres: None) -> None:
    world = build_world()
    paper = keep_paper(subject=world.subject, upload=upload(), actor=world.approver)
    officials = [world.approver, member(world.authority, Role.APPROVER)]
    rows, errors = in_threads(2, lambda number: cancel(world, paper, actor=officials[number]))
    assert len(rows) == 1
    assert [type(error) for error in errors] == [RulingRefused]
    assert PenaltyCancellation.objects.count() == 1
    assert RecordEvent.objects.filter(what="withdrawn").count() == 1
    assert Message.objects.filter(action="terminate").count() == 1


def test_of_two_who_carry_out_the_same_ruling_one_wins(postgres: None) -> None:
    world = build_world()
    PublicationFactory(record=world.record, platform=PlatformFactory(actions=["shield"]))
    heads = [member(world.credit, Role.SUPERVISOR), member(world.credit, Role.APPROVER)]
    ruling = registered(world)
    done, errors = in_threads(2, lambda number: carry_out(ruling=ruling, actor=heads[number], today=TODAY))
    assert len(done) == 1
    assert [type(error) for error in errors] == [RulingRefused]
    assert (Shield.objects.count(), ShieldedRecord.objects.count()) == (1, 1)
    assert Document.objects.filter(kind="shield_notice").count() == 1
    assert Message.objects.filter(action="shield").count() == 1


def test_a_shield_and_a_cancellation_of_the_same_record_do_not_lock_each_other(postgres: None) -> None:
    world = build_world()
    paper = keep_paper(subject=world.subject, upload=upload(), actor=world.approver)
    head, ruling = member(world.credit, Role.SUPERVISOR), registered(world)

    def act(number: int) -> object:
        if number:
            return cancel(world, paper)
        return carry_out(ruling=ruling, actor=head, today=TODAY)

    done, errors = in_threads(2, act)
    assert len(done) + len(errors) == 2 and done
    assert all(isinstance(error, RulingRefused) for error in errors)
    world.record.refresh_from_db()
    assert world.record.standing == "withdrawn"


def test_of_two_who_take_it_back_one_wins(postgres: None) -> None:
    world = build_world()
    paper = keep_paper(subject=world.subject, upload=upload(), actor=world.approver)
    row = cancel(world, paper)
    ask_undo(row=row, actor=world.approver, reason="登记错误")
    others = [member(world.authority, Role.APPROVER) for _number in range(2)]
    done, errors = in_threads(2, lambda number: undo_cancellation(row=row, actor=others[number], today=TODAY))
    assert len(done) == 1
    assert [type(error) for error in errors] == [RulingRefused]
    assert RecordEvent.objects.filter(what="changed").count() == 1
