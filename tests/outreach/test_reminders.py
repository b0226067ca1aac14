"""Reminders in batches: one letter a subject, never twice, whatever is killed."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from credit_repair.cases.errors import ActionRefused, NotYours
from credit_repair.core.models import AuditEntry, Job
from credit_repair.mail.models import Mail
from credit_repair.notices.models import Document
from credit_repair.notices.services import render
from credit_repair.outreach.models import Reminder, ReminderBatch, ReminderItem
from credit_repair.outreach.services import making, reminding
from credit_repair.outreach.services.making import make_reminders
from credit_repair.outreach.services.reminding import stop_reminders
from credit_repair.outreach.settlers import resume_reminders
from credit_repair.people.models import Role
from tests.outreach.made import asked_batch, made_batch, repairable_record, run_making
from tests.registry.factories import RecordFactory, SubjectFactory
from tests.world import TODAY, World, draft, member

pytestmark = pytest.mark.django_db

Outcome = ReminderItem.Outcome


def outcomes(batch: ReminderBatch) -> dict[int, str]:
    return dict(batch.items.values_list("record", "outcome"))


def test_a_subject_gets_one_letter_about_all_its_records(world: World) -> None:
    second = RecordFactory(subject=world.subject, authority=world.authority)
    batch = made_batch(world)
    letter = Reminder.objects.get(batch=batch).document
    numbers = [row["record"]["document_number"] for row in letter.context["rows"]]
    assert sorted(numbers) == sorted([world.record.doc_no, second.doc_no])
    assert (letter.kind, letter.addressee, letter.office) == ("reminder_letter", world.subject, world.credit)
    assert (batch.state, batch.done, batch.total) == (ReminderBatch.State.DONE, 2, 2)


def test_the_letter_says_the_first_day_the_last_and_the_rules_of_today(world: World) -> None:
    made_batch(world)
    context = Document.objects.get(kind="reminder_letter").context
    (row,) = context["rows"]
    assert (row["since"], row["ends_on"]) == ("2026-08-07", "2027-05-06")
    assert (context["answer_days"], context["as_of"]) == (10, "2026-11-20")
    assert context["legal_basis"] == ["《信用修复管理办法》"]


def test_who_acts_for_the_subject_is_written_to_and_nobody_else(world: World) -> None:
    alone = repairable_record(world)
    batch = made_batch(world)
    mail = Mail.objects.get(kind="subject_reminder")
    letter = Reminder.objects.get(subject=world.subject)
    assert mail.to_address == world.clerk.email
    assert f"/me/letters/{letter.document.uuid}/" in mail.body
    assert (letter.mailed, batch.reminders.get(subject=alone.subject).mailed) == (True, False)


def test_its_service_begins_when_the_letter_is_there(world: World) -> None:
    letter = made_batch(world).reminders.get().document
    render(document_id=letter.pk)
    delivery = letter.deliveries.get()
    assert (delivery.subject, delivery.delivered_on) == (world.subject, None)


def test_what_changed_before_its_turn_is_passed_over(world: World) -> None:
    other = repairable_record(world)
    batch = asked_batch(world)
    draft(world)
    make_reminders(uuid=batch.uuid, today=TODAY)
    assert outcomes(batch) == {world.record.pk: Outcome.NOT_NOW, other.pk: Outcome.SENT}


def test_of_two_batches_with_one_record_only_one_reminds(world: World) -> None:
    """The authority and the credit office ask at the same time, before any letter is there."""
    first = asked_batch(world)
    second = asked_batch(world, office=world.authority, actor=world.verifier)
    for batch in (first, second):
        make_reminders(uuid=batch.uuid, today=TODAY)
    assert outcomes(first) == {world.record.pk: Outcome.SENT}
    assert outcomes(second) == {world.record.pk: Outcome.RECENT}
    assert Reminder.objects.count() == 1


def test_a_record_that_was_reminded_of_lately_is_not_chosen_again(world: World) -> None:
    made_batch(world)
    with pytest.raises(ActionRefused) as refused:
        asked_batch(world, today=date(2027, 2, 20))
    assert refused.value.code == "none"
    assert asked_batch(world, today=date(2027, 2, 21)).total == 1


def test_the_database_keeps_a_record_from_standing_twice_in_a_batch(world: World) -> None:
    batch = asked_batch(world)
    with pytest.raises(IntegrityError), transaction.atomic():
        ReminderItem.objects.create(batch=batch, record=world.record, subject=world.subject)


def test_a_killed_worker_leaves_whole_letters_and_the_next_goes_on(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first worker dies while it writes the second letter: one letter is there, and no half one."""
    for _number in range(3):
        repairable_record(world)
    batch = asked_batch(world)
    written = []

    def told_then_dead(**given: object) -> int:
        written.append(given)
        if len(written) == 2:
            raise KeyboardInterrupt
        return 0

    with monkeypatch.context() as broken:
        broken.setattr(making, "tell_subject", told_then_dead)
        with pytest.raises(KeyboardInterrupt):
            make_reminders(uuid=batch.uuid, today=TODAY)
    assert Document.objects.filter(kind="reminder_letter").count() == Reminder.objects.count() == 1

    assert make_reminders(uuid=batch.uuid, today=TODAY) is False
    assert set(outcomes(batch).values()) == {Outcome.SENT}
    assert Document.objects.filter(kind="reminder_letter").count() == Reminder.objects.count() == 4


def test_it_is_worked_off_in_portions(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(making, "PORTION", 2)
    for _number in range(4):
        repairable_record(world)
    batch = asked_batch(world)
    assert [make_reminders(uuid=batch.uuid, today=TODAY) for _turn in range(3)] == [True, True, False]
    assert make_reminders(uuid=batch.uuid, today=TODAY) is False


def test_the_jobs_write_all_of_it(world: World, monkeypatch: pytest.MonkeyPatch, on_the_day: None) -> None:
    monkeypatch.setattr(making, "PORTION", 1)
    repairable_record(world)
    batch = asked_batch(world)
    run_making()
    batch.refresh_from_db()
    assert (batch.state, batch.reminders.count()) == (ReminderBatch.State.DONE, 2)


def test_a_batch_that_no_worker_has_is_asked_for_again(world: World) -> None:
    batch = asked_batch(world)
    assert resume_reminders(today=TODAY) == 0
    Job.objects.filter(key=reminding.job_key(batch.uuid)).update(state=Job.State.FAILED)
    assert resume_reminders(today=TODAY) == 1
    assert Job.objects.filter(key=reminding.job_key(batch.uuid), state=Job.State.WAITING).count() == 1


def test_what_cannot_be_printed_hinders_no_other(world: World) -> None:
    odd = repairable_record(world, subject=SubjectFactory(name="濉溪县\U0010fffd有限公司"))
    batch = made_batch(world)
    assert outcomes(batch) == {world.record.pk: Outcome.SENT, odd.pk: Outcome.FAILED}
    assert "U+10FFFD" in batch.items.get(record=odd).problem


def test_a_batch_that_is_stopped_writes_no_more(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(making, "PORTION", 1)
    repairable_record(world)
    batch = asked_batch(world)
    make_reminders(uuid=batch.uuid, today=TODAY)
    assert stop_reminders(batch=batch, actor=world.intake, today=TODAY) == 1
    assert make_reminders(uuid=batch.uuid, today=TODAY) is False
    assert sorted(outcomes(batch).values()) == [Outcome.SENT, Outcome.STOPPED]
    batch.refresh_from_db()
    with pytest.raises(ActionRefused):
        stop_reminders(batch=batch, actor=world.intake, today=TODAY)


def test_two_batches_of_an_office_are_under_way_at_most(world: World) -> None:
    others = [repairable_record(world) for _number in range(3)]
    asked_batch(world, others[0])
    asked_batch(world, others[1])
    with pytest.raises(ActionRefused) as refused:
        asked_batch(world, others[2])
    assert refused.value.code == "busy"


def test_a_batch_takes_so_many_and_no_more(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reminding, "MOST", 1)
    repairable_record(world)
    with pytest.raises(ActionRefused) as refused:
        asked_batch(world)
    assert refused.value.code == "too_many"


@pytest.mark.parametrize("role", [Role.DATA, Role.AUDITOR, Role.WINDOW, Role.APPROVER])
def test_who_handles_no_cases_reminds_nobody(world: World, role: str) -> None:
    with pytest.raises(NotYours):
        asked_batch(world, actor=member(world.credit, role))


def test_nobody_reminds_in_the_name_of_an_office_that_is_not_theirs(world: World) -> None:
    with pytest.raises(NotYours):
        asked_batch(world, actor=world.verifier)


def test_an_office_reminds_of_what_it_reaches_alone(world: World) -> None:
    RecordFactory()
    batch = asked_batch(world, office=world.authority, actor=world.verifier)
    assert list(batch.items.values_list("record", flat=True)) == [world.record.pk]


def test_every_letter_stands_in_the_audit(world: World) -> None:
    batch = made_batch(world)
    entry = AuditEntry.objects.get(action="outreach.reminder")
    assert entry.data == {"reminder_batch": str(batch.uuid), "records": 1}
    assert AuditEntry.objects.get(action="outreach.remind").actor_id == world.intake.pk


def test_a_second_letter_after_the_time_counts_its_own_days(world: World) -> None:
    made_batch(world)
    later = TODAY + timedelta(days=100)
    second = made_batch(world, today=later)
    assert list(second.items.values_list("sent_on", flat=True)) == [later]
