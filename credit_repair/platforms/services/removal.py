"""Everything by which a record disappears: its publications, and the measures that rested on it."""

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef

from credit_repair.platforms.measures import (
    in_force_again,
    may_be_reinstated,
    not_ended,
    start_ending,
    still_to_end,
)
from credit_repair.platforms.models import Measure, MeasureKind, Message
from credit_repair.platforms.services.queueing import Queue, keep, line_up, lock_record, queues_of, takes
from credit_repair.registry.models import Platform, Publication, Record

Action = Message.Action

#: What the end of a record means for a platform, in the order in which it is told.
REMOVAL = (Action.TERMINATE, Action.STOP_SHARING, Action.LIFT_SANCTION)
#: What the end of a record means for a department that takes a measure because of it.
ENDING = {MeasureKind.SHARING: Action.STOP_SHARING, MeasureKind.SANCTION: Action.LIFT_SANCTION}


@transaction.atomic(savepoint=False)  # inside a decision it stands and falls with it
def enqueue_removal(*, record: Record, cause: UUID, cause_text: str) -> list[Message]:
    """Queue everything by which `record` disappears, in the caller's transaction; return the messages.

    Every platform where the record is not confirmed as removed is told to terminate its publication, and,
    where it takes such messages, to stop sharing it and to lift the sanctions that rest on it. An inactive
    platform is told, too: its messages wait until it is active again. Each department that takes a measure
    because of the record is told to end that measure, which is ENDING from now on and ENDED by the receipt.
    One that is told already, and has not answered, is not told twice.
    """
    standing = lock_record(record.pk)
    publications = list(
        record.publications.exclude(state=Publication.State.REMOVED)
        .annotate(has_measures=Exists(not_ended().filter(record=OuterRef("record"))))
        .select_related("platform")
        .order_by("platform_id")
        .select_for_update(of=("self",))
    )
    to: dict[Platform, Publication | None] = {each.platform: each for each in publications}
    # Most records have none, and the publications have told so already.
    measures = still_to_end(record) if not publications or publications[0].has_measures else []
    to |= {each.platform: None for each in measures if each.platform not in to}
    queues = queues_of(record, standing, list(to.items()))
    written = [
        line_up(queue, action=action, cause=cause, cause_text=cause_text)
        for queue in queues
        for action in _actions(queue, measures, cause)
    ]
    keep(queues)
    start_ending(measures)
    return [message for message in written if message is not None]


def _actions(queue: Queue, measures: Iterable[Measure], cause: UUID) -> list[Message.Action]:
    """What to tell one platform: of its publication all that it takes, of a measure alone its end."""
    if queue.publication is not None:
        return list(REMOVAL)
    theirs = [ENDING[MeasureKind(each.kind)] for each in measures if each.platform_id == queue.platform.pk]
    return [action for action in REMOVAL if action in theirs and not _is_told(queue, action, cause)]


def _is_told(queue: Queue, action: Message.Action, cause: UUID) -> bool:
    """Whether a message with this action is under way already, for another cause, and none behind it that
    lets the measure be in force again."""
    under_way = [
        message
        for message in queue.before
        if message.action in (action, Action.RESTORE) and message.state in Message.UNFINISHED
    ]
    return bool(under_way) and under_way[-1].action == action and under_way[-1].cause != cause


@transaction.atomic(savepoint=False)
def reinstate_measures(*, record: Record, cause: UUID, cause_text: str) -> list[Message]:
    """Let the measures of `record` that ended, or are ending, be in force again, e.g. after a repair was
    revoked 撤销修复; in the caller's transaction. Return the messages.

    Only those whose rule still stands, at departments that take RESTORE: they are told so, behind the
    message that ended the measure. A department that cannot be told goes on as it was told.
    """
    standing = lock_record(record.pk)
    measures = [each for each in may_be_reinstated(record) if takes(each.platform, Action.RESTORE)]
    if not measures:
        return []
    queues = queues_of(
        record, standing, [(platform, None) for platform in {each.platform for each in measures}]
    )
    written = [line_up(queue, action=Action.RESTORE, cause=cause, cause_text=cause_text) for queue in queues]
    keep(queues)
    in_force_again(measures)
    return [message for message in written if message is not None]
