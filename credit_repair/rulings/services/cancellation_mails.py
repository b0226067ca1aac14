"""Who is told that a decision no longer stands: its subject, who works on a case about it, who keeps data."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.urls import reverse

from credit_repair.cases.kinds import office_path
from credit_repair.cases.models import ReviewStep
from credit_repair.cases.parts import handlers_of
from credit_repair.cases.services.telling import tell_subject
from credit_repair.mail.services import queue_mail
from credit_repair.people import access
from credit_repair.people.models import User
from credit_repair.registry.models import Record
from credit_repair.registry.selectors import NoCreditOffice, credit_office_for
from credit_repair.rulings.models import PenaltyCancellation
from credit_repair.rulings.words import became_of_it, title_of


def open_steps_on(record: Record) -> list[ReviewStep]:
    """Return the open review steps of cases about `record`, of every kind of case."""
    found = ReviewStep.objects.filter(case__record=record, state=ReviewStep.State.OPEN)
    return list(found.select_related("case__subject", "office", "taken_by").order_by("case", "position"))


def tell_of_cancellation(
    row: PenaltyCancellation, *, steps: Sequence[ReviewStep], actor: Any, today: date
) -> None:
    """Write to everybody whom the cancellation concerns, once each; not to who has entered it."""
    record = row.record
    said: dict[str, Any] = {
        "record": record,
        "record_title": title_of(record),
        "what": became_of_it(record, row.kind),
        "row": row,
    }
    tell_subject(
        kind="subject_penalty_cancelled",
        subject=record.subject,
        about=row.event.uuid,
        on=today,
        path=reverse("my_record", args=[record.uuid]),
        **said,
    )
    for step in steps:
        for reader in handlers_of(step, on=today):
            if reader != actor:
                here: dict[str, Any] = {"case": step.case, "path": office_path(step.case)}
                _write("penalty_cancelled_case", reader, about=step.case.uuid, **here, **said)
    for reader in _data_officers(record, on=today):
        if reader != actor:
            path = reverse("office_record", args=[record.uuid])
            _write("penalty_cancelled_data", reader, about=record.uuid, path=path, **said)


def _data_officers(record: Record, *, on: date) -> Sequence[User]:
    try:
        office = credit_office_for(authority=record.authority)
    except NoCreditOffice:
        return ()
    return list(access.members_with(office=office, permission="import_records", on=on))


def _write(kind: str, reader: User, *, about: UUID, row: PenaltyCancellation, **context: Any) -> None:
    queue_mail(
        key=f"{kind}:{row.uuid}:{about}:{reader.pk}",
        kind=kind,
        to_address=reader.email,
        to_name=str(reader),
        context={"row": row, **context},
    )
