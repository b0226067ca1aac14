"""What the platforms must be told because of what happened in the register."""

import uuid
from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from credit_repair.core.settling import move_each, settler
from credit_repair.platforms.services import enqueue_removal
from credit_repair.registry.models import Publication, Record, RecordEvent

BATCH = 500
UP = (Publication.State.PUBLISHING, Publication.State.SHOWN)


@settler
def take_down_unpublished(*, today: date) -> int:
    """Remove what a correction made a record that is not published; return how many records."""
    records = Record.objects.filter(standing=Record.Standing.UNPUBLISHED, publications__state__in=UP)
    found = records.order_by("pk").values_list("pk", flat=True).distinct()[:BATCH]
    return move_each(found, _take_down, name=lambda pk: f"unpublished record {pk}")


@settler
def take_down_ended_by_source(*, today: date) -> int:
    """Remove what its source withdrew, e.g. by taking it off a list; return how many records."""
    records = Record.objects.filter(standing=Record.Standing.WITHDRAWN, publications__state__in=UP)
    found = records.order_by("pk").values_list("pk", flat=True).distinct()[:BATCH]
    return move_each(found, _take_down_withdrawn, name=lambda pk: f"withdrawn record {pk}")


@transaction.atomic
def _take_down_withdrawn(record_id: int) -> int:
    # Asked again under the lock: undoing the import that withdrew the record may have revived it.
    record = _locked(record_id, standing=Record.Standing.WITHDRAWN)
    if record is None:
        return 0
    event = record.events.filter(what=RecordEvent.What.WITHDRAWN).last()
    cause = event.uuid if event is not None else uuid.uuid5(record.uuid, "withdrawn")
    enqueue_removal(record=record, cause=cause, cause_text=_("来源单位已移出或撤回，终止公示"))
    return 1


@transaction.atomic
def _take_down(record_id: int) -> int:
    # Asked again under the lock: the next import may have corrected it back.
    record = _locked(record_id, standing=Record.Standing.UNPUBLISHED)
    if record is None:
        return 0
    enqueue_removal(record=record, cause=_cause_of_removal(record), cause_text=_("信息已更正，不再公示"))
    return 1


def _locked(record_id: int, *, standing: str) -> Record | None:
    """Lock the record and return it, if its standing is still this one."""
    records = Record.objects.select_for_update(of=("self",), no_key=True)
    return records.select_related("subject", "authority").filter(pk=record_id, standing=standing).first()


def _cause_of_removal(record: Record) -> UUID:
    change = record.events.filter(what__in=RecordEvent.CORRECTIONS).last()
    return change.uuid if change is not None else uuid.uuid5(record.uuid, "unpublished")
