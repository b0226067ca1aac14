"""Records whose publicity period 公示期 is over: they end, and every platform is told to take them down."""

import logging
from datetime import date

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from credit_repair.core.audit import SYSTEM_LABEL
from credit_repair.platforms.services import enqueue_removal
from credit_repair.registry.models import Record, RecordEvent
from credit_repair.registry.selectors import due_to_expire
from credit_repair.registry.services import end_record

logger = logging.getLogger(__name__)


def expire_records(*, today: date, batch: int = 500) -> int:
    """End every record whose last day of publicity (`effective_until`) lies before `today`.

    Each record is one transaction: its end, its event, and the messages that remove it. So the run can be
    cut off anywhere, and what it left is found by the next one. `batch` is how many ids are read at once,
    in the order of the index. A record that cannot be ended does not keep the others from it; the last
    such failure is raised when all are through. Returns how many records were ended.
    """
    ended, failure = 0, None
    last: tuple[date, int] | None = None
    while rows := _next_batch(today=today, after=last, batch=batch):
        for until, record_id in rows:
            try:
                ended += _expire(record_id, today=today)
            except Exception as error:
                logger.exception("record %s could not be expired", record_id)
                failure = error
            last = (until, record_id)
    if failure is not None:
        raise failure
    return ended


def _next_batch(*, today: date, after: tuple[date, int] | None, batch: int) -> list[tuple[date, int]]:
    """Return day and id of the next due records, behind `after`: what failed is not met again in this run."""
    due = due_to_expire(today)
    if after is not None:
        day, record_id = after
        # The first condition bounds the walk along the index; the second finds the place on that day.
        due = due.filter(effective_until__gte=day).filter(Q(effective_until__gt=day) | Q(pk__gt=record_id))
    return [
        (until, pk) for until, pk in due.values_list("effective_until", "pk")[:batch] if until is not None
    ]


@transaction.atomic
def _expire(record_id: int, *, today: date) -> int:
    """End one record, if it is still due: it may have been repaired or corrected since the batch was read."""
    record = due_to_expire(today).select_for_update(of=("self",)).filter(pk=record_id).first()
    if record is None:
        return 0
    event = end_record(
        record=record,
        standing=Record.Standing.EXPIRED,
        what=RecordEvent.What.EXPIRED,
        on=today,
        at=timezone.now(),
        actor_label=SYSTEM_LABEL,
        data={"effective_until": str(record.effective_until)},
    )
    enqueue_removal(record=record, cause=event.uuid, cause_text=_("公示期满，终止公示"))
    return 1
