"""Messages by the real services: announcements, marks of objections, corrections, removals."""

from __future__ import annotations

import random
import uuid
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from credit_repair.core.clock import today
from credit_repair.platforms.models import Channel, Message
from credit_repair.platforms.services import announce_new_publications, enqueue, enqueue_removal
from credit_repair.registry.models import Platform, Publication, Record, RecordEvent
from credit_repair.registry.services import end_record
from tests.faults.chaos.programs import SECRET, StandIn
from tests.registry.factories import OfficeFactory, RecordFactory, SectorFactory

Action = Message.Action

#: What may happen to a record between its publication and its removal; each is told to every platform.
TALES = (
    (Action.ANNOTATE, Action.CLEAR_ANNOTATION),
    (Action.CORRECT,),
    (Action.SHIELD, Action.UNSHIELD),
    (Action.INTERVIEW, Action.COMMITMENT),
)
#: How the receipts of each come back.
RECEIPTS = {
    "answering": Channel.Receipts.ANSWER,
    "polled": Channel.Receipts.POLLING,
    "called": Channel.Receipts.CALLBACK,
    "filed": Channel.Receipts.CALLBACK,
}
ALL_TAKEN = [str(action) for action in Action]


def make_platform(standin: StandIn) -> Platform:
    """A platform of the site whose other side is this stand-in, with short waits."""
    filed = standin.name == "filed"
    platform = Platform.objects.create(
        code=standin.name,
        name=f"信用公示平台{standin.name}",
        required=True,
        endpoint=standin.url,
        secret=SECRET,
        transport="files" if filed else Platform.Transport.HTTP,
        actions=ALL_TAKEN,
    )
    Channel.objects.create(
        platform=platform,
        receipts=RECEIPTS[standin.name],
        connect_seconds=1,
        answer_seconds=1,
        breaker_seconds=1,
        folder=standin.name if filed else "",
    )
    return platform


class Filler:
    """Queues messages until there are `wanted`, and remembers each that was committed."""

    def __init__(self, platforms: list[Platform], *, wanted: int, seed: int) -> None:
        self._platforms = platforms
        self._wanted = wanted
        self._chance = random.Random(seed)
        self._office, self._sector = OfficeFactory(market=True), SectorFactory()
        self._live: list[Record] = []
        self.queued: set[UUID] = set()

    @property
    def is_full(self) -> bool:
        return len(self.queued) >= self._wanted

    def fill(self, up_to: int) -> None:
        """Queue until there are `up_to` messages, or as many as are wanted."""
        while len(self.queued) < min(up_to, self._wanted):
            missing = min(up_to, self._wanted) - len(self.queued)
            if missing > 4 * len(self._live) or self._chance.random() < 0.2:
                self._publish(max(min(missing // (8 * len(self._platforms)), 50), 1))
            else:
                self._tell(self._chance.choice(self._live))

    def _publish(self, count: int) -> None:
        for _ in range(count):
            record = RecordFactory(
                authority=self._office,
                sector=self._sector,
                as_of=today(),
                decision_date=today() - timedelta(days=200),
            )
            for platform in self._platforms:
                Publication.objects.create(
                    record=record, platform=platform, state=Publication.State.PUBLISHING
                )
            self._live.append(record)
        announce_new_publications(today=today())
        self.queued |= set(Message.objects.filter(action=Action.PUBLISH).values_list("uuid", flat=True))

    def _tell(self, record: Record) -> None:
        """Let something happen to the record, in a transaction of its own as everywhere in the site."""
        written: list[Message | None] = []
        if self._chance.random() < 0.3:
            self._live.remove(record)
            with transaction.atomic():
                event = end_record(
                    record=record,
                    standing=Record.Standing.REPAIRED,
                    what=RecordEvent.What.REPAIRED,
                    on=today(),
                    at=timezone.now(),
                    actor_label="",
                )
                written += enqueue_removal(record=record, cause=event.uuid, cause_text="信用修复")
        else:
            for action in self._chance.choice(TALES):
                with transaction.atomic():
                    cause = uuid.uuid4()
                    for platform in self._platforms:
                        written.append(
                            enqueue(
                                record=record,
                                platform=platform,
                                action=action,
                                cause=cause,
                                cause_text="异议处理中",
                            )
                        )
        self.queued |= {message.uuid for message in written if message is not None}
