"""The acts of those who look after messages to platforms: asked at the door and again under lock.

They look after the records that they may read, at the offices at which they serve for it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.http import Http404

from credit_repair.cases.record_access import offices_answered_for, readable_by, record_offices
from credit_repair.commitments.access import told_of
from credit_repair.home.platform_doors import looked_after_at
from credit_repair.platforms import services
from credit_repair.platforms.models import Message
from credit_repair.platforms.services import MessageActionRefused
from credit_repair.registry.models import Office, Platform

#: So many messages are replayed by one click: more would outlast the request.
MOST_AT_ONCE = 500


@dataclass
class Replayed:
    """What came of replaying several: how many go again, and why the others do not."""

    done: int = 0
    refused: list[str] = field(default_factory=list)
    left: int = 0


def readable(*, user: Any, on: date) -> Q:
    """Return the condition on messages that they are about records that `user` may read."""
    return about_offices(record_offices(user=user, on=on))


def handled(*, user: Any, on: date) -> Q:
    """Return the condition on messages that they are about records of the offices at which `user` looks
    after the platforms: what one may read by way of another office is not theirs to replay or give up."""
    offices = looked_after_at(user=user, on=on)
    return about_offices(offices) if offices else Q(pk__in=())


def about_offices(offices: list[Office]) -> Q:
    """Return the condition on messages that they are about a record, or without one about a commitment, that
    these offices may read."""
    keys = offices_answered_for(offices)
    return Q() if keys is None else readable_by(offices, path="record__") | told_of(keys)


def replay_messages(*, uuids: Iterable[UUID], user: Any, on: date) -> Replayed:
    """Replay these messages, each in its own transaction; Http404 where one is not theirs to look after."""
    result = Replayed()
    for uuid in list(dict.fromkeys(uuids))[:MOST_AT_ONCE]:
        try:
            _under_lock(uuid, user, on, lambda message: services.replay(message=message, actor=user))
        except MessageActionRefused as refused:
            result.refused.append(str(refused))
        else:
            result.done += 1
    return result


def replay_failed_of(*, platform: Platform, user: Any, on: date) -> Replayed:
    """Replay the failed messages of a platform that are theirs, the oldest first, up to MOST_AT_ONCE."""
    failed = Message.objects.filter(handled(user=user, on=on), platform=platform, state="failed")
    keys = failed.order_by("created_at", "pk").values_list("uuid", flat=True)
    result = replay_messages(uuids=list(keys[:MOST_AT_ONCE]), user=user, on=on)
    result.left = failed.order_by().values("pk")[: MOST_AT_ONCE + 1].count()
    return result


def give_up_message(*, uuid: UUID, user: Any, on: date, reason: str) -> Message:
    """Give a message up for a reason; raises MessageActionRefused where it cannot be, Http404 where it is not
    theirs to look after."""
    return _under_lock(
        uuid, user, on, lambda message: services.give_up(message=message, actor=user, reason=reason)
    )


@transaction.atomic
def _under_lock(uuid: UUID, user: Any, on: date, act: Callable[[Message], Message]) -> Message:
    message = Message.objects.select_for_update().filter(uuid=uuid).first()
    if message is None or not is_handled(message, user=user, on=on):
        raise Http404
    return act(message)


def is_handled(message: Message, *, user: Any, on: date) -> bool:
    """Whether the message is for `user` to replay or give up on that day."""
    return Message.objects.filter(handled(user=user, on=on), pk=message.pk).exists()
