"""One message in its place: once per cause, behind what its record and platform have already."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from credit_repair.core.jobs import dispatch
from credit_repair.core.languages import in_site_language
from credit_repair.platforms import payloads
from credit_repair.platforms.models import Message
from credit_repair.platforms.payloads import CommitmentSaid
from credit_repair.platforms.services.superseding import pointless
from credit_repair.registry.models import Platform, Publication, Record

Action = Message.Action
State = Message.State

#: What every platform of a kind takes; anything else only where `Platform.actions` lists it.
ALWAYS_TAKEN: dict[str, tuple[Message.Action, ...]] = {
    Platform.Kind.PUBLISHER: (Action.PUBLISH, Action.TERMINATE),
    Platform.Kind.DEPARTMENT: (Action.STOP_SHARING, Action.LIFT_SANCTION),
}

#: What a publication is heading for once an action is queued.
HEADING_FOR = {
    Action.PUBLISH: Publication.State.PUBLISHING,
    Action.RESTORE: Publication.State.PUBLISHING,
    Action.TERMINATE: Publication.State.REMOVING,
}


def takes(platform: Platform, action: str) -> bool:
    """Whether `platform` takes messages of this action. A website that is not ours takes none."""
    if platform.kind == Platform.Kind.THIRD_PARTY:
        return False
    return action in ALWAYS_TAKEN[platform.kind] or action in platform.actions


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
    standing = lock_record(record.pk)
    publication = Publication.objects.select_for_update().filter(record=record, platform=platform).first()
    (queue,) = queues_of(record, standing, [(platform, publication)])
    message = line_up(queue, action=action, cause=cause, cause_text=cause_text)
    keep([queue])
    return message


@dataclass(frozen=True)
class Queue:
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


def lock_record(record_id: int) -> str:
    """Lock the record and return its standing.

    First the record, then its publications by platform, the same way everywhere: who ends a record holds it
    already, and a message that is inserted under a publication's lock alone would wait for the record.
    """
    # no_key: a plain lock on the record would stop everybody who merely points at it.
    locked = Record.objects.select_for_update(no_key=True).only("pk", "standing").get(pk=record_id)
    return locked.standing


def queues_of(
    record: Record, standing: str, to: Sequence[tuple[Platform, Publication | None]]
) -> list[Queue]:
    """Return the queues of `record` to some platforms, read in one query however many they are."""
    # Whole queues, which are short, by the one index that fits them: asked narrower questions, PostgreSQL
    # walked everything that waits for a platform instead.
    found = Message.objects.filter(record=record, platform__in=[platform for platform, _shown in to])
    waiting: dict[int, list[Message]] = {}
    for message in found.order_by("sequence").defer("payload"):
        waiting.setdefault(message.platform_id, []).append(message)
    return [
        Queue(
            record=record,
            standing=standing,
            platform=platform,
            publication=publication,
            before=waiting.get(platform.pk, []),
        )
        for platform, publication in to
    ]


def line_up(
    queue: Queue, *, action: str, cause: UUID, cause_text: str, said: CommitmentSaid | None = None
) -> Message | None:
    """Do what enqueue() says, but leave it to keep() to write it, once for many messages. `said`: the
    commitment that a message of this action tells of, where it is given for a record."""
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
        message.payload = payloads.build(message, record=record, said=said)
    queue.before.append(message)
    return message


def keep(queues: Iterable[Queue]) -> None:
    """Write what was lined up: as many statements for one queue as for many."""
    new = {id(queue): [message for message in queue.before if message._state.adding] for queue in queues}
    if not any(new.values()):
        return
    _supersede(queues, new)
    Message.objects.bulk_create([message for messages in new.values() for message in messages])
    _head_for(queues, new)
    call_relay()


def _supersede(queues: Iterable[Queue], new: Mapping[int, list[Message]]) -> None:
    """Take out of the queues what nobody has heard of and what comes behind it makes pointless."""
    found = {
        earlier.pk
        for queue in queues
        for message in new[id(queue)]
        for earlier in pointless(queue.before, action=message.action)
        if earlier.pk
    }
    if found:
        # The conditions are asked again by the update: a relay may have claimed one since.
        waiting = Message.objects.filter(
            pk__in=found, state=State.WAITING, attempts=0, batch__isnull=True, accepted_at__isnull=True
        )
        waiting.update(state=State.SUPERSEDED)


def _head_for(queues: Iterable[Queue], new: Mapping[int, list[Message]]) -> None:
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


def call_relay() -> None:
    # After commit, not in the transaction: the waiting job is one row for all, and to insert it here
    # would make every transaction that queues a message wait for the slowest of them. If this process
    # dies in between, the relay comes by itself within half a minute.
    transaction.on_commit(partial(dispatch, "relay_messages", key="relay_messages"), robust=True)
