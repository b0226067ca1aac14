"""What the enterprise reads about each platform: told, taken, confirmed gone, still shown; and why."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from django.db.models import QuerySet

from credit_repair.platforms.models import Message, Sighting
from credit_repair.platforms.selectors import RemovalStatus, removal_status
from credit_repair.registry.models import Platform, Publication, Record

State = Message.State
#: The platform has it in hand, or will be asked again by itself.
UNDER_WAY = (State.WAITING, State.SENDING, State.ACCEPTED)


class Stage(StrEnum):
    """How far the removal from one platform has come, as far as is known."""

    PUBLISHING = "publishing"  # not confirmed as shown yet
    SHOWN = "shown"  # shown, and nobody asked to take it down
    QUEUED = "queued"  # to be told
    SENT = "sent"  # told, no answer that counts yet
    SILENT = "silent"  # told in vain: it does not answer
    RECEIVED = "received"  # it took the removal, and has not confirmed it
    GONE = "gone"  # confirmed as taken down
    AGAIN = "again"  # confirmed once, and seen again since
    REFUSED = "refused"  # it refused; somebody looks after it
    GIVEN_UP = "given_up"  # nobody tells it any more


#: The record is to be seen there, or nothing proves that it is not.
STILL_SHOWN = frozenset({Stage.SHOWN, Stage.AGAIN, Stage.REFUSED, Stage.GIVEN_UP, Stage.SILENT})


@dataclass(frozen=True)
class Removal:
    """One platform of our own, with the stage and since when it was seen again, where it was."""

    line: RemovalStatus
    stage: Stage
    seen_again_at: datetime | None = None

    @property
    def is_shown(self) -> bool:
        """Whether it is said as still shown 仍在公示."""
        return self.stage in STILL_SHOWN


@dataclass(frozen=True)
class Elsewhere:
    """A website that is not ours 第三方网站: what was seen there last; None where nobody has looked yet."""

    platform: str
    shown: bool | None
    seen_at: datetime | None


@dataclass(frozen=True)
class Removals:
    """All that is known of where a record is shown."""

    ours: list[Removal] = field(default_factory=list)
    elsewhere: list[Elsewhere] = field(default_factory=list)


def removals_of(record: Record) -> Removals:
    """Return how the removal of `record` stands, platform by platform, in few queries however many.

    Websites that are not ours are looked at only for a record that has ended: until then it may be there.
    """
    lines = [line for line in removal_status(record) if line.kind != Platform.Kind.THIRD_PARTY]
    return Removals(
        ours=[_removal(line) for line in lines],
        elsewhere=_elsewhere(record) if record.has_ended else [],
    )


def _removal(line: RemovalStatus) -> Removal:
    return Removal(line=line, stage=_stage(line, line.seen_at), seen_again_at=line.seen_at)


def _stage(line: RemovalStatus, again: datetime | None) -> Stage:
    if line.state == Publication.State.REMOVED:
        return Stage.AGAIN if again is not None else Stage.GONE
    if line.state == Publication.State.REMOVING:
        return _stage_of_removing(line, again)
    return Stage.PUBLISHING if line.state == Publication.State.PUBLISHING else Stage.SHOWN


def _stage_of_removing(line: RemovalStatus, again: datetime | None) -> Stage:
    if line.message_state == State.GIVEN_UP:
        return Stage.GIVEN_UP
    if line.message_state == State.FAILED:
        return Stage.REFUSED
    if again is not None or line.removed_at is not None:
        return Stage.AGAIN
    if line.accepted_at is not None:
        return Stage.RECEIVED
    if not line.sent:
        return Stage.QUEUED
    return Stage.SILENT if line.message_state in UNDER_WAY and line.last_error else Stage.SENT


def _elsewhere(record: Record) -> list[Elsewhere]:
    seen: dict[int, Sighting] = {}
    for sighting in _sightings(record):
        seen.setdefault(sighting.platform_id, sighting)
    return [_seen(platform, seen.get(platform.pk)) for platform in _third_parties()]


def _sightings(record: Record) -> QuerySet[Sighting]:
    found = Sighting.objects.filter(record=record).order_by("platform", "-seen_at", "-pk")
    return found.only("platform", "shown", "seen_at")


def _third_parties() -> Iterable[Platform]:
    return Platform.objects.filter(kind=Platform.Kind.THIRD_PARTY, active=True).order_by("code")


def _seen(platform: Platform, sighting: Sighting | None) -> Elsewhere:
    if sighting is None:
        return Elsewhere(platform=platform.name, shown=None, seen_at=None)
    return Elsewhere(platform=platform.name, shown=sighting.shown, seen_at=sighting.seen_at)
