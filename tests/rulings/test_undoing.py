"""A cancellation that was entered by mistake, and an import that brings a cancelled penalty again."""

from datetime import date

import pytest
from django.urls import reverse

from credit_repair.cases.models import Paper
from credit_repair.core import clock
from credit_repair.core.settling import settle_all
from credit_repair.mail.models import Mail
from credit_repair.people.errors import NotInCharge
from credit_repair.people.models import Role
from credit_repair.people.services import join_office
from credit_repair.platforms.expiry import expire_records
from credit_repair.platforms.models import Message
from credit_repair.platforms.services.announcing import announce_new_publications
from credit_repair.registry.flags import has_flag
from credit_repair.registry.models import Publication, Record, RecordAlias, RecordEvent
from credit_repair.registry.services.undo import UndoRefused, undo_batch
from credit_repair.rulings import settlers
from credit_repair.rulings.errors import RulingRefused
from credit_repair.rulings.models import PenaltyCancellation
from credit_repair.rulings.services.undoing import ask_undo, drop_undo, undo_cancellation
from tests.platforms.test_held import hold_rule
from tests.registry.factories import MOMENT, OfficeFactory, PublicationFactory, RecordFactory
from tests.registry.tables import as_csv, row, take_in
from tests.rulings.shielding import carried_out
from tests.rulings.test_cancelling import cancel
from tests.world import SINCE, TODAY, World, fresh, member, signed_in, submitted_case, substitute_of

pytestmark = pytest.mark.django_db

AFTER = date(2026, 11, 25)


def undone(world: World, row: PenaltyCancellation, *, today: date = TODAY) -> PenaltyCancellation:
    ask_undo(row=row, actor=world.approver, reason="文书是另一家企业的")
    second = member(world.authority, Role.APPROVER, name="钱批")
    return undo_cancellation(row=row, actor=second, today=today)


def actions(record: Record) -> list[str]:
    return [str(message.action) for message in Message.objects.filter(record=record).order_by("sequence")]


def test_a_second_official_takes_it_back_and_it_is_published_again(world: World, paper: Paper) -> None:
    row = cancel(world, paper)
    with pytest.raises(RulingRefused, match="先由一位同事提出"):
        undo_cancellation(row=row, actor=world.approver, today=TODAY)
    ask_undo(row=row, actor=world.approver, reason="文书是另一家企业的")
    with pytest.raises(RulingRefused, match="已经有人提出"):
        ask_undo(row=row, actor=world.approver, reason="再提")
    with pytest.raises(RulingRefused, match="另一位同事"):
        undo_cancellation(row=row, actor=world.approver, today=TODAY)
    second = member(world.authority, Role.APPROVER, name="钱批")
    undone = undo_cancellation(row=row, actor=second, today=TODAY)

    assert (undone.undone_by, undone.undo_asked_by) == (second, world.approver)
    world.record.refresh_from_db()
    assert (world.record.standing, world.record.ended_on) == ("active", None)
    assert world.record.publications.get().state == Publication.State.PUBLISHING
    announce_new_publications(today=TODAY)
    assert actions(world.record) == ["terminate", "publish"], "in this order, whatever was sent"
    event = RecordEvent.objects.filter(record=world.record, what="changed").get()
    assert event.data["reason"] == "撤回登记：文书是另一家企业的"
    assert "恢复公示" in Mail.objects.get(kind="subject_cancellation_undone").body
    with pytest.raises(RulingRefused, match="已经撤回"):
        undo_cancellation(row=row, actor=second, today=TODAY)
    assert cancel(world, paper).pk != row.pk, "it can be entered anew, rightly"


def test_a_substitute_of_who_asked_does_not_confirm_it(world: World, paper: Paper) -> None:
    row = cancel(world, paper)
    ask_undo(row=row, actor=world.approver, reason="文书是另一家企业的")
    instead = substitute_of(world.approver, OfficeFactory())
    with pytest.raises(NotInCharge):
        undo_cancellation(row=row, actor=instead, today=TODAY)
    address = reverse("office_cancellation", args=[row.uuid])
    with clock.assume(TODAY):
        page = signed_in(instead)
        assert 'value="confirm"' not in page.get(address).content.decode()
        assert page.post(address, {"act": "confirm"}).status_code == 404
        join_office(user=instead, office=world.authority, role=Role.APPROVER, since=SINCE)
        assert 'value="confirm"' in page.get(address).content.decode()
    assert undo_cancellation(row=row, actor=instead, today=TODAY).undone_by == instead


def test_what_was_asked_can_be_dropped(world: World, paper: Paper) -> None:
    row = cancel(world, paper)
    with pytest.raises(RulingRefused, match="没有人提出"):
        drop_undo(row=row, actor=world.approver)
    ask_undo(row=row, actor=world.approver, reason="看错了")
    assert drop_undo(row=row, actor=world.approver).undo_asked_at is None
    world.record.refresh_from_db()
    assert world.record.standing == "withdrawn"


def test_what_was_held_at_its_maximum_is_held_again_and_published_again(world: World, paper: Paper) -> None:
    hold_rule()
    over = date(2027, 5, 7)
    expire_records(today=over)
    assert has_flag(world.record, "held")
    row = cancel(world, paper, decided_on=over, today=over)
    assert not has_flag(world.record, "held")
    undone(world, row, today=over)
    world.record.refresh_from_db()
    assert (world.record.standing, world.record.ended_on) == ("active", None)
    assert has_flag(world.record, "held")
    announce_new_publications(today=over)
    assert actions(world.record) == ["terminate", "publish"]
    assert "恢复公示" in Mail.objects.get(kind="subject_cancellation_undone").body
    assert expire_records(today=date(2027, 5, 8)) == 0


def test_a_plan_that_was_performed_meanwhile_has_repaired_what_was_cancelled_by_mistake(
    world: World, paper: Paper
) -> None:
    other = RecordFactory(subject=world.subject, authority=world.authority)
    carried_out(world, made_on=TODAY, records=[world.record, other])
    row = cancel(world, paper)
    settle_all(today=TODAY)
    carried_out(world, "performed", made_on=TODAY)
    undone(world, row)
    world.record.refresh_from_db()
    assert (world.record.standing, world.record.ended_on) == ("repaired", TODAY)
    assert world.record.publications.get().state != Publication.State.PUBLISHING
    assert "publish" not in actions(world.record)
    assert announce_new_publications(today=TODAY) == 0


def test_what_was_repaired_is_repaired_again(world: World, paper: Paper) -> None:
    record = RecordFactory(subject=world.subject, authority=world.authority)
    Record.objects.filter(pk=record.pk).update(standing="repaired", ended_on=date(2026, 10, 1))
    undone(world, cancel(world, paper, record=record))
    record.refresh_from_db()
    assert (record.standing, record.ended_on) == ("repaired", date(2026, 10, 1))
    assert not Message.objects.exists()


def test_what_ran_out_meanwhile_is_history(world: World, paper: Paper) -> None:
    row = cancel(world, paper)
    undone(world, row, today=date(2027, 6, 1))
    world.record.refresh_from_db()
    assert (world.record.standing, world.record.ended_on) == ("history", date(2027, 5, 6))
    announce_new_publications(today=date(2027, 6, 1))
    assert actions(world.record) == ["terminate"]


def test_a_case_that_was_closed_stays_closed(world: World, paper: Paper) -> None:
    case = submitted_case(world)
    row = cancel(world, paper)
    settle_all(today=TODAY)
    undone(world, row)
    settle_all(today=TODAY)
    assert fresh(case).state == "closed_moot"


def test_a_shield_that_runs_goes_on(world: World, paper: Paper) -> None:
    carried_out(world)
    row = cancel(world, paper)
    assert row.flags_off == ["shield"]
    settlers.leave_ended_records(today=TODAY)
    undone(world, row)
    assert settlers.keep_shielded(today=TODAY) == 1
    assert world.record.flags.filter(kind="shield", off_at__isnull=True).count() == 1


def test_it_is_confirmed_by_the_last_required_platform(world: World, paper: Paper) -> None:
    PublicationFactory(
        record=world.record,
        platform=world.platform.__class__.objects.create(code="free", name="另一网站", required=False),
    )
    row = cancel(world, paper)
    assert settlers.note_confirmed_withdrawals(today=TODAY) == 0
    Publication.objects.filter(pk=world.publication.pk).update(state="removed", removed_at=MOMENT)
    assert settlers.note_confirmed_withdrawals(today=TODAY) == 1
    row.refresh_from_db()
    assert row.confirmed_at is not None
    assert settlers.note_confirmed_withdrawals(today=TODAY) == 0


def test_a_new_holiday_moves_the_day(world: World, paper: Paper) -> None:
    from credit_repair.registry.services.law import set_calendar_day

    row = cancel(world, paper)
    assert settlers.recompute_withdrawal_days(today=TODAY) == 0
    set_calendar_day(day=date(2026, 11, 23), working=False, reason="测试", actor=world.approver)
    assert settlers.recompute_withdrawal_days(today=TODAY) == 1
    row.refresh_from_db()
    assert row.due_on == AFTER


@pytest.mark.parametrize("former_key", [False, True])
def test_an_import_does_not_raise_the_dead(world: World, paper: Paper, former_key: bool) -> None:
    """The source brings the record again, with other words, and under a key that it once had."""
    take_in(as_csv([row()]), platforms=(world.platform,))
    record = Record.objects.get(doc_no=row()["doc_no"])
    Publication.objects.filter(record=record).update(state="shown", shown_at=MOMENT)
    cancel(world, paper, record=record)
    if former_key:
        RecordAlias.objects.create(record=record, natural_key=record.natural_key)
        Record.objects.filter(pk=record.pk).update(natural_key="another", doc_no="（濉）交罚〔2026〕100号")
    _batch, outcomes = take_in(as_csv([row(content="罚款人民币16000元")]), platforms=(world.platform,))
    assert [str(each.outcome) for each in outcomes] == ["updated"]
    record.refresh_from_db()
    assert (record.standing, record.content) == ("withdrawn", "罚款人民币16000元")
    assert Publication.objects.get(record=record).state == Publication.State.REMOVING
    announce_new_publications(today=TODAY)
    settle_all(today=TODAY)
    assert actions(record) == ["terminate"]


def test_the_import_that_brought_it_cannot_be_undone_any_longer(world: World, paper: Paper) -> None:
    batch, _outcomes = take_in(as_csv([row()]))
    cancel(world, paper, record=Record.objects.get(doc_no=row()["doc_no"]))
    with pytest.raises(UndoRefused):
        undo_batch(batch=batch, actor=world.approver, today=TODAY)
