"""Batches and proposals for tests, made by the services on an explicit day."""

from datetime import date
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from credit_repair.core import jobs
from credit_repair.core.models import Job
from credit_repair.outreach.models import PreparedApplication, ReminderBatch
from credit_repair.outreach.services.making import make_reminders
from credit_repair.outreach.services.proposing import propose
from credit_repair.outreach.services.reminding import ask_for_reminders
from credit_repair.registry.models import Record
from tests.registry.factories import RecordFactory
from tests.world import PDF, TODAY, World

PERFORMED = date(2026, 5, 26)
STATEMENT = "罚款已于2026年5月26日缴清，违法行为已经改正。"


def asked_batch(world: World, *records: Record, today: date = TODAY, **changed: Any) -> ReminderBatch:
    """A batch of the credit office about these records, or about all that there are."""
    found = (
        Record.objects.filter(pk__in=[record.pk for record in records]) if records else Record.objects.all()
    )
    given = {"found": found, "office": world.credit, "actor": world.intake, "today": today, **changed}
    return ask_for_reminders(**given)


def made_batch(world: World, *records: Record, today: date = TODAY, **changed: Any) -> ReminderBatch:
    """The same, with all of its letters written on that day."""
    batch = asked_batch(world, *records, today=today, **changed)
    while make_reminders(uuid=batch.uuid, today=today):
        pass
    batch.refresh_from_db()
    return batch


def run_making() -> None:
    """Let workers do what is to be done on reminders, and nothing else that waits."""
    while waiting := Job.objects.filter(name="make_reminders", state=Job.State.WAITING).first():
        assert jobs.run(waiting.pk)


def repairable_record(world: World, **fields: Any) -> Record:
    """Another record of the authority that could be repaired since 2026-08-07, of another subject."""
    record: Record = RecordFactory(authority=world.authority, **fields)
    return record


def proof(name: str = "缴款记录.pdf") -> SimpleUploadedFile:
    """A proof of performance, as a form hands it over."""
    return SimpleUploadedFile(name, PDF + b"%proof")


def proposed(world: World, *records: Record, today: date = TODAY, **changed: Any) -> PreparedApplication:
    """An application that the authority's verifier has prepared about these records, or the world's."""
    given = {
        "office": world.authority,
        "performed": dict.fromkeys(records or (world.record,), PERFORMED),
        "statement": STATEMENT,
        "papers": [proof()],
        "actor": world.verifier,
        "today": today,
        **changed,
    }
    return propose(**given)
