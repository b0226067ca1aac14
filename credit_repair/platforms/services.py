"""The verbs on messages. Queueing happens in the transaction of the cause; sending is the relay's."""

import logging
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from credit_repair.core import audit
from credit_repair.core.jobs import dispatch
from credit_repair.core.languages import in_site_language
from credit_repair.platforms import payloads
from credit_repair.platforms.models import Message
from credit_repair.platforms.selectors import unannounced_publications
from credit_repair.registry.models import Platform, Publication, Record, RecordEvent

logger = logging.getLogger(__name__)

Action = Message.Action
State = Message.State

#: A person may replay or give up what is not just under way.
AT_REST = (State.WAITING, State.ACCEPTED, State.FAILED)

#: What every publishing platform takes; anything else only where `Platform.actions` lists it.
ALWAYS_TAKEN = (Action.PUBLISH, Action.TERMINATE)

#: A message that nobody has heard of yet is not worth sending once the key's action is queued behind it.
SUPERSEDES = {Action.TERMINATE: (Action.PUBLISH, Action.RESTORE)}

#: What a publication is heading for once an action is queued.
HEADING_FOR = {
    Action.PUBLISH: Publication.State.PUBLISHING,
    Action.RESTORE: Publication.State.PUBLISHING,
    Action.TERMINATE: Publication.State.REMOVING,
}

#: What the end of a record means for a platform, in the order in which it is told.
REMOVAL = (Action.TERMINATE, Action.STOP_SHARING, Action.LIFT_SANCTION)


class MessageActionRefused(ValueError):
    """A person's act on a message is not possible in its state; the words say why."""


def takes(platform: Platform, action: str) -> bool:
    """Whether `platform` takes messages of this action."""
    return action in ALWAYS_TAKEN or action in platform.actions


@transaction.atomic
def enqueue(
    *, record: Record, platform: Platform, action: str, cause: UUID, cause_text: str
) -> Message | None:
    """Queue one message in the caller's transaction; the relay is called once that has committed.

    `cause` is the UUID of the event behind it: asked again for the same cause, record, platform and
    action, nothing is written and the message of the first time is returned, whatever became of it.
    `cause_text` is Chinese and for the public: an annotation shows it beside the record.
    Returns None where the platform does not take this action, and for a PUBLISH of what is not, or no
    longer, to be published: that is asked under the locks, for the caller's view may be out of date. Raises
    ValueError for an action that does not exist: a typo must not pass for a platform that does not take it.
    """
    standing = _lock_record(record.pk)
    publication = Publication.objects.select_for_update().filter(record=record, platform=platform).first()
    (queue,) = _queues(record, standing, [(platform, publication)])
    message = _line_up(queue, action=action, cause=cause, cause_text=cause_text)
    _keep([queue])
    return message


@dataclass(frozen=True)
class _Queue:
    """The queue of one record to one platform, locked; what is in it is read under the locks.

    The locks keep others from taking a place in it until the transaction ends. They also put the commits in
    the order of the sequence, so that no relay sees a later message before an earlier one.

    before  its messages in their order, with those that were lined up since
    """

    record: Record
    standing: str
    platform: Platform
    publication: Publication | None
    before: list[Message]

    @property
    def is_to_be_published(self) -> bool:
        """Whether the platform may be told to publish the record."""
        return (
            self.standing == Record.Standing.ACTIVE
            and self.publication is not None
            and self.publication.state == Publication.State.PUBLISHING
        )


def _lock_record(record_id: int) -> str:
    """Lock the record and return its standing.

    First the record, then its publications by platform, the same way everywhere: who ends a record holds it
    already, and a message that is inserted under a publication's lock alone would wait for the record.
    """
    # no_key: a plain lock on the record would stop everybody who merely points at it.
    locked = Record.objects.select_for_update(no_key=True).only("pk", "standing").get(pk=record_id)
    return locked.standing


def _queues(record: Record, standing: str, to: Sequence[tuple[Platform, Publication | None]]) -> list[_Queue]:
    """Return the queues of `record` to some platforms, read in one query however many they are."""
    # Whole queues, which are short, by the one index that fits them: asked narrower questions, PostgreSQL
    # walked everything that waits for a platform instead.
    found = Message.objects.filter(record=record, platform__in=[platform for platform, _shown in to])
    waiting: dict[int, list[Message]] = {}
    for message in found.order_by("sequence").defer("payload"):
        waiting.setdefault(message.platform_id, []).append(message)
    return [
        _Queue(
            record=record,
            standing=standing,
            platform=platform,
            publication=publication,
            before=waiting.get(platform.pk, []),
        )
        for platform, publication in to
    ]


def _line_up(queue: _Queue, *, action: str, cause: UUID, cause_text: str) -> Message | None:
    """Do what enqueue() says, but leave it to _keep() to write it, once for many messages."""
    record, platform = queue.record, queue.platform
    action = Action(action)
    if not takes(platform, action):
        return None
    for earlier in queue.before:
        if (earlier.cause, earlier.action) == (cause, action):
            return earlier
    if action == Action.PUBLISH and not queue.is_to_be_published:
        return None
    now = timezone.now()
    message = Message(
        platform=platform,
        record=record,
        sequence=queue.before[-1].sequence + 1 if queue.before else 1,
        action=action,
        cause=cause,
        cause_text=cause_text,
        next_attempt_at=now,
        created_at=now,
    )
    with in_site_language():
        message.payload = payloads.build(message, record=record)
    queue.before.append(message)
    return message


def _keep(queues: Iterable[_Queue]) -> None:
    """Write what was lined up: as many statements for one queue as for many."""
    new = {id(queue): [message for message in queue.before if message._state.adding] for queue in queues}
    if not any(new.values()):
        return
    _supersede(queues, new)
    Message.objects.bulk_create([message for messages in new.values() for message in messages])
    _head_for(queues, new)
    _call_relay()


def _supersede(queues: Iterable[_Queue], new: Mapping[int, list[Message]]) -> None:
    """Take out of the queues what nobody has heard of and what comes behind it makes pointless."""
    pointless = [
        earlier.pk
        for queue in queues
        for message in new[id(queue)]
        for earlier in queue.before
        if earlier.pk and earlier.state == State.WAITING
        if earlier.action in SUPERSEDES.get(Action(message.action), ())
    ]
    if pointless:
        # The conditions are asked again by the update: a relay may have claimed one since.
        waiting = Message.objects.filter(pk__in=pointless, state=State.WAITING, attempts=0)
        waiting.update(state=State.SUPERSEDED)


def _head_for(queues: Iterable[_Queue], new: Mapping[int, list[Message]]) -> None:
    """Say of every publication for what it is heading now."""
    heading: dict[str, list[int]] = {}
    for queue in queues:
        publication = queue.publication
        for message in new[id(queue)]:
            ahead = HEADING_FOR.get(Action(message.action))
            if publication is not None and ahead is not None and publication.state != ahead:
                publication.state = ahead
                heading.setdefault(ahead, []).append(publication.pk)
    for state, keys in heading.items():
        Publication.objects.filter(pk__in=keys).update(state=state)


def _call_relay() -> None:
    # After commit, not in the transaction: the waiting job is one row for all, and to insert it here
    # would make every transaction that queues a message wait for the slowest of them. If this process
    # dies in between, the relay comes by itself within half a minute.
    transaction.on_commit(partial(dispatch, "relay_messages", key="relay_messages"), robust=True)


@transaction.atomic(savepoint=False)  # inside a decision it stands and falls with it
def enqueue_removal(*, record: Record, cause: UUID, cause_text: str) -> list[Message]:
    """Queue everything by which `record` disappears, in the caller's transaction; return the messages.

    Every platform where the record is not confirmed as removed is told to terminate its publication, and,
    where it takes such messages, to stop sharing it and to lift the sanctions that rest on it. An inactive
    platform is told, too: its messages wait until it is active again.
    """
    standing = _lock_record(record.pk)
    publications = (
        record.publications.exclude(state=Publication.State.REMOVED)
        .select_related("platform")
        .order_by("platform_id")
        .select_for_update(of=("self",))
    )
    queues = _queues(record, standing, [(each.platform, each) for each in publications])
    written = [
        _line_up(queue, action=action, cause=cause, cause_text=cause_text)
        for queue in queues
        for action in REMOVAL
    ]
    _keep(queues)
    return [message for message in written if message is not None]


def announce_new_publications(*, today: date, batch: int = 200) -> int:
    """Queue the first message of every publication that its platform has not been told of.

    Records that have ended, or whose last day of publicity lies before `today`, are left out. `batch` is how
    many publications are looked at per question. One transaction per record; one that cannot be announced
    does not keep the others from it, and the last such failure is raised when all are through. Returns how
    many publications were announced.
    """
    announced, last = 0, 0
    failure: Exception | None = None
    publishing = Publication.objects.filter(state=Publication.State.PUBLISHING).order_by("pk")
    # First plain ids, then the conditions on these few: with all in one question, each batch cost a look at
    # all publications.
    while ids := list(publishing.filter(pk__gt=last).values_list("pk", flat=True)[:batch]):
        last = ids[-1]
        found = unannounced_publications(today=today).filter(pk__in=ids)
        for record_id in sorted(set(found.values_list("record_id", flat=True))):
            try:
                announced += _announce(record_id, today=today)
            except Exception as error:
                logger.exception("record %s could not be announced", record_id)
                failure = error
    if failure is not None:
        raise failure
    return announced


@transaction.atomic
@in_site_language()
def _announce(record_id: int, *, today: date) -> int:
    """Announce what is still to be announced of one record; return how many publications."""
    # Locked before anything is read, so that the message says what the record says now.
    standing = _lock_record(record_id)
    found = unannounced_publications(today=today).filter(record=record_id).order_by("platform_id")
    publications = list(found.select_for_update(of=("self",)))
    if not publications:
        return 0
    queues = _queues(publications[0].record, standing, [(each.platform, each) for each in publications])
    written = [
        _line_up(
            queue,
            action=Action.PUBLISH,
            cause=_cause_of_publication(publication),
            cause_text=_("失信信息公示"),
        )
        for queue, publication in zip(queues, publications, strict=True)
    ]
    _keep(queues)
    return sum(message is not None for message in written)


def _cause_of_publication(publication: Publication) -> UUID:
    """Return the UUID of what put the record there: its import, or the change that brought it back.

    Where neither is known, one that never changes.
    """
    told_before = Message.objects.filter(
        record=publication.record_id, platform=publication.platform_id, action=Action.PUBLISH
    ).exists()
    what = RecordEvent.CORRECTIONS if told_before else (RecordEvent.What.IMPORTED,)
    events = RecordEvent.objects.filter(record=publication.record_id, what__in=what)
    event = events.order_by("at", "pk").last()
    if event is not None:
        return event.uuid
    return uuid.uuid5(publication.record.uuid, f"publication:{publication.platform.code}")


@transaction.atomic
def replay(*, message: Message, actor: Any) -> Message:
    """Send a failed message again, or a waiting one at once, unchanged and under its UUID.

    Raises MessageActionRefused in every other state: what was given up may have been overtaken.
    """
    message = Message.objects.select_for_update().get(pk=message.pk)
    if message.state not in AT_REST:
        raise MessageActionRefused(_refusal(message, _("不能重发")))
    was = message.state
    message.state = State.WAITING
    message.next_attempt_at = timezone.now()
    message.save(update_fields=["state", "next_attempt_at"])
    audit.record(actor=actor, action="platforms.replay_message", target=message, data={"was": was})
    _call_relay()
    return message


def replay_failed(*, platform: Platform, actor: Any) -> int:
    """Replay every failed message of `platform`, the oldest first; return how many."""
    replayed = 0
    for message in Message.objects.filter(platform=platform, state=State.FAILED).order_by("pk"):
        try:
            replay(message=message, actor=actor)
        except MessageActionRefused:
            # Somebody gave it up or replayed it, and it is on its way, since the list was read.
            continue
        replayed += 1
    return replayed


@transaction.atomic
def give_up(*, message: Message, actor: Any, reason: str) -> Message:
    """Take a failed or waiting message out of the queue for good; the next one of its record may go.

    The publication stays as it is: that a record is gone without a receipt needs evidence of its own.
    Raises MessageActionRefused without a `reason`, or while the message is being sent, or after its end.
    """
    if not reason.strip():
        raise MessageActionRefused(_("请写明放弃这条消息的理由。"))
    message = Message.objects.select_for_update().get(pk=message.pk)
    if message.state not in AT_REST:
        raise MessageActionRefused(_refusal(message, _("不能放弃")))
    was = message.state
    message.state = State.GIVEN_UP
    message.save(update_fields=["state"])
    audit.record(
        actor=actor,
        action="platforms.give_up_message",
        target=message,
        data={"was": was, "reason": reason.strip()},
    )
    _call_relay()
    return message


def _refusal(message: Message, what: str) -> str:
    return _("这条消息的状态是“%(state)s”，%(what)s。") % {"state": message.get_state_display(), "what": what}
