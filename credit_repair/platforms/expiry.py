"""Records whose publicity period 公示期 is over: they end, and every platform is told to take them down.

Where the rules of a sector keep a record shown at the maximum until its duties are performed, it is held
instead, once, and waits on the officials' list 到期待核.
"""

import logging
from datetime import date

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from credit_repair.core.audit import SYSTEM_LABEL
from credit_repair.platforms.services import enqueue_removal
from credit_repair.registry.flags import standing_flags, without_flag
from credit_repair.registry.law import Law, one_law
from credit_repair.registry.models import Record, RecordEvent, RecordFlag
from credit_repair.registry.selectors import due_to_expire
from credit_repair.registry.services import end_record
from credit_repair.registry.services.flags import take_flag_off
from credit_repair.registry.services.held import hold_record, is_to_be_held

logger = logging.getLogger(__name__)


def expire_records(*, today: date, batch: int = 500) -> int:
    """End every record whose last day of publicity (`effective_until`) lies before `today`.

    Each record is one transaction: its end, its event, and the messages that remove it. So the run can be
    cut off anywhere, and what it left is found by the next one. `batch` is how many ids are read at once,
    in the order of the index. A record that cannot be ended does not keep the others from it; the last
    such failure is raised when all are through. Returns how many records were ended.

    A record that the rules hold at its maximum gets its flag and is not met among the due ones again. It is
    let go here where the rules no longer hold it.
    """
    ended, failure = 0, None
    last: tuple[date, int] | None = None
    with one_law() as law:
        _let_go(law=law, batch=batch)
        while rows := _next_batch(today=today, after=last, batch=batch):
            for until, record_id in rows:
                try:
                    ended += _expire(record_id, today=today, law=law)
                except Exception as error:
                    logger.exception("record %s could not be expired", record_id)
                    failure = error
                last = (until, record_id)
    if failure is not None:
        raise failure
    return ended


def _due(today: date) -> QuerySet[Record]:
    return without_flag(due_to_expire(today), RecordFlag.Kind.HELD)


def _let_go(*, law: Law, batch: int) -> None:
    """Take the flag off what has ended in another way since, and off what the rules no longer hold.

    Reads the held records alone, batch by batch along the index of standing flags.
    """
    flags = standing_flags(RecordFlag.Kind.HELD).select_related("record__authority__sector", "record__sector")
    last = 0
    while found := list(flags.filter(pk__gt=last).order_by("pk")[:batch]):
        for flag in found:
            record = flag.record
            if record.is_public and is_to_be_held(record, book=law.book):
                continue
            words = _("现行规则不再要求继续公示") if record.is_public else _("公示已经结束")
            take_flag_off(
                record=record, kind=flag.kind, reason=words, actor_label=SYSTEM_LABEL, at=timezone.now()
            )
        last = found[-1].pk


def _next_batch(*, today: date, after: tuple[date, int] | None, batch: int) -> list[tuple[date, int]]:
    """Return day and id of the next due records, behind `after`: what failed is not met again in this run."""
    due = _due(today)
    if after is not None:
        day, record_id = after
        # The first condition bounds the walk along the index; the second finds the place on that day.
        due = due.filter(effective_until__gte=day).filter(Q(effective_until__gt=day) | Q(pk__gt=record_id))
    return [
        (until, pk) for until, pk in due.values_list("effective_until", "pk")[:batch] if until is not None
    ]


@transaction.atomic
def _expire(record_id: int, *, today: date, law: Law) -> int:
    """End or hold one record, if it is still due: it may have been repaired or corrected since the batch was
    read."""
    due = _due(today).select_related("authority__sector", "sector").select_for_update(of=("self",))
    record = due.filter(pk=record_id).first()
    if record is None:
        return 0
    if is_to_be_held(record, book=law.book):
        hold_record(record=record, today=today)
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
