"""Records whose publicity period 公示期 is over: they end, and every platform is told to take them down.

Where the rules of a sector keep a record shown at the maximum until its duties are performed, it is held
instead, once, and waits on the officials' list 到期待核.
"""

from collections.abc import Iterator
from datetime import date
from functools import partial

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from credit_repair.core.audit import SYSTEM_LABEL
from credit_repair.core.languages import in_site_language
from credit_repair.core.settling import move_each
from credit_repair.platforms.services import enqueue_removal
from credit_repair.registry.flags import standing_flags, without_flag
from credit_repair.registry.law import Law, law_in_force, one_law
from credit_repair.registry.models import Record, RecordEvent, RecordFlag
from credit_repair.registry.selectors import due_to_expire
from credit_repair.registry.services import end_record
from credit_repair.registry.services.flags import take_flag_off
from credit_repair.registry.services.held import hold_record, is_over, is_to_be_held


def expire_records(*, today: date, batch: int = 500) -> int:
    """End every record whose last day of publicity (`effective_until`) lies before `today`.

    Each record is one transaction: its end, its event, and the messages that remove it. So the run can be
    cut off anywhere, and what it left is found by the next one. `batch` is how many ids are read at once,
    in the order of the index. A record that cannot be ended does not keep the others from it; the last
    such failure is raised when all are through. Returns how many records were ended.

    A record that the rules hold at its maximum gets its flag and is not met among the due ones again. It is
    let go here where the rules no longer hold it, or its period runs again.
    """
    with one_law() as law:
        try:
            move_each(
                _held(batch),
                partial(_let_go, today=today, law=law),
                name=lambda flag: f"held {flag.record.uuid}",
            )
        finally:
            ended = move_each(
                _due_keys(today=today, batch=batch),
                partial(_expire, today=today, law=law),
                name=lambda key: f"expiring record {key}",
            )
    return ended


def expire_record(*, record: Record, today: date) -> bool:
    """End one record at once, if it is due; return whether it was."""
    return _expire(record.pk, today=today, law=law_in_force()) == 1


def _due(today: date) -> QuerySet[Record]:
    return without_flag(due_to_expire(today), RecordFlag.Kind.HELD)


def _due_keys(*, today: date, batch: int) -> Iterator[int]:
    """The due records in the order of the index; what failed or is held is not met again in this run."""
    due = _due(today).values_list("effective_until", "pk")
    rows = list(due[:batch])
    while rows:
        yield from (key for _until, key in rows)
        day, last = rows[-1]
        # The first condition bounds the walk along the index; the second finds the place on that day.
        beyond = due.filter(effective_until__gte=day).filter(Q(effective_until__gt=day) | Q(pk__gt=last))
        rows = list(beyond[:batch])


def _held(batch: int) -> Iterator[RecordFlag]:
    """The flags that hold a record, along their own index."""
    flags = standing_flags(RecordFlag.Kind.HELD).select_related("record__authority__sector", "record__sector")
    last = 0
    while found := list(flags.filter(pk__gt=last).order_by("pk")[:batch]):
        yield from found
        last = found[-1].pk


@in_site_language()
def _let_go(flag: RecordFlag, *, today: date, law: Law) -> int:
    """Take the flag off a record that is shown no longer, runs again, or is no longer held by the rules."""
    record = flag.record
    if not record.is_public:
        words = _("已经不再公示")
    elif not is_over(record, on=today):
        words = _("公示期已经重新计算，尚未届满")
    elif not is_to_be_held(record, book=law.book):
        words = _("现行规则不再要求继续公示")
    else:
        return 0
    take_flag_off(record=record, kind=flag.kind, reason=words, actor_label=SYSTEM_LABEL, at=timezone.now())
    return 1


@transaction.atomic
@in_site_language()
def _expire(record_id: int, *, today: date, law: Law) -> int:
    """End or hold one record, if it is still due: it may have been repaired or corrected since the batch was
    read."""
    due = (
        _due(today).select_related("authority__sector", "sector").select_for_update(of=("self",), no_key=True)
    )
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
