"""What a worker does with a batch of reminders: one letter to each subject, one transaction for each.

A worker that dies leaves whole letters behind and nothing half: the next one goes on with what waits.
"""

import logging
from collections.abc import Callable
from datetime import date
from uuid import UUID

from django.db import transaction

from credit_repair.cases.services.documents import issue_to_subject
from credit_repair.cases.services.telling import tell_subject
from credit_repair.core import audit
from credit_repair.core.clock import now
from credit_repair.notices.glyphs import MissingGlyphs
from credit_repair.notices.services import CannotIssue
from credit_repair.outreach.letters import reminder_letter
from credit_repair.outreach.models import Reminder, ReminderBatch, ReminderItem
from credit_repair.outreach.repairable import again_from, due_to_remind, reminded_since
from credit_repair.registry.models import Record, Subject

logger = logging.getLogger(__name__)

State, Outcome = ReminderBatch.State, ReminderItem.Outcome
#: Letters in one turn of the job.
PORTION = 20


def make_reminders(*, uuid: UUID, today: date, hold: Callable[[], None] = lambda: None) -> bool:
    """Write the next letters of a batch; return whether there is more to do.

    hold  is called after every letter: whoever runs this says that it is still alive
    A batch that is done or was stopped is left as it is.
    """
    batch = ReminderBatch.objects.select_related("office", "asked_by").filter(uuid=uuid).first()
    if batch is None or not batch.is_under_way:
        return False
    ReminderBatch.objects.filter(pk=batch.pk, state=State.WAITING).update(state=State.MAKING)
    for subject in _next_subjects(batch):
        _remind(batch, subject, today)
        hold()
    return not _ended(batch)


def _next_subjects(batch: ReminderBatch) -> list[int]:
    waiting = batch.items.filter(outcome=Outcome.WAITING).order_by("subject")
    return list(waiting.values_list("subject", flat=True).distinct()[:PORTION])


def _remind(batch: ReminderBatch, subject: int, today: date) -> None:
    """Write to one subject. What cannot be printed is noted, and keeps no other letter from being written."""
    try:
        _write(batch, subject, today)
    except (MissingGlyphs, CannotIssue) as refused:
        logger.warning("reminder of batch %s to subject %s was not made: %s", batch.uuid, subject, refused)
        with transaction.atomic():
            _settle(batch, subject, Outcome.FAILED, problem=str(refused)[:300])


@transaction.atomic
def _write(batch: ReminderBatch, subject: int, today: date) -> None:
    """Issue the letter to one subject about what can be reminded of now, in one transaction.

    The records are locked, so that of two batches that hold the same one, one reminds and the other finds it
    reminded of.
    """
    if not ReminderBatch.objects.select_for_update(no_key=True).get(pk=batch.pk).is_under_way:
        return  # stopped meanwhile
    keys = list(batch.items.filter(subject=subject, outcome=Outcome.WAITING).values_list("record", flat=True))
    locked = Record.objects.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk")
    keys = list(locked.values_list("pk", flat=True))
    recent = set(_recent(keys, today))
    due = due_to_remind(on=today).filter(pk__in=keys).select_related("subject", "authority__sector", "sector")
    records = list(due.order_by("repairable_from", "pk"))
    if records:
        reminder = _issue(batch, records, today)
        _settle(batch, subject, Outcome.SENT, [record.pk for record in records], reminder=reminder)
    _settle(batch, subject, Outcome.RECENT, list(recent))
    _settle(batch, subject, Outcome.NOT_NOW)


def _recent(keys: list[int], today: date) -> list[int]:
    found = Record.objects.filter(reminded_since(again_from(on=today)), pk__in=keys)
    return list(found.values_list("pk", flat=True))


def _issue(batch: ReminderBatch, records: list[Record], today: date) -> Reminder:
    subject: Subject = records[0].subject
    letter = reminder_letter(subject=subject, records=records, office=batch.office, today=today)
    document = issue_to_subject(
        document=letter, office=batch.office, subject=subject, today=today, mail=False
    )
    told = tell_subject(
        kind="subject_reminder",
        subject=subject,
        about=document.uuid,
        on=today,
        office=batch.office,
        count=len(records),
        letters=[{"document": document}],
    )
    reminder = Reminder.objects.create(
        batch=batch, subject=subject, document=document, made_on=today, mailed=bool(told)
    )
    audit.record(
        actor=None,
        action="outreach.reminder",
        target=document,
        data={"reminder_batch": str(batch.uuid), "records": len(records)},
    )
    return reminder


def _settle(
    batch: ReminderBatch,
    subject: int,
    outcome: str,
    records: list[int] | None = None,
    *,
    reminder: Reminder | None = None,
    problem: str = "",
) -> None:
    """Note what became of the subject's records in the batch; of all that still wait, without any named."""
    waiting = batch.items.filter(subject=subject, outcome=Outcome.WAITING)
    if records is not None:
        waiting = waiting.filter(record__in=records)
    waiting.update(
        outcome=outcome,
        reminder=reminder,
        sent_on=reminder.made_on if reminder else None,
        problem=problem,
    )


@transaction.atomic
def _ended(batch: ReminderBatch) -> bool:
    """Note how far the batch has come; return whether nothing of it waits any longer."""
    locked = ReminderBatch.objects.select_for_update(no_key=True).get(pk=batch.pk)
    if not locked.is_under_way:
        return True
    left = locked.items.filter(outcome=Outcome.WAITING).count()
    locked.done = locked.total - left
    if not left:
        locked.state, locked.finished_at = State.DONE, now()
    locked.save(update_fields=["done", "state", "finished_at"])
    return not left
