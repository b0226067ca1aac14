"""Which message may go now, and who sends it."""

import uuid
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, OuterRef, Q, Subquery
from django.utils import timezone

from credit_repair.platforms.models import Message
from credit_repair.platforms.transports import NOT_RELAYED
from credit_repair.registry.models import Platform

State = Message.State


def platforms_to_serve() -> list[Platform]:
    """Return the active platforms that the relay sends to and that did not ask for silence."""
    active = Platform.objects.filter(active=True).exclude(transport__in=NOT_RELAYED)
    active = active.exclude(pause__until__gt=timezone.now())
    return list(active.select_related("channel").order_by("code"))


def due_on(platform: Platform, *, limit: int) -> list[int]:
    """Return the ids of up to `limit` messages that may be sent to `platform` now.

    First those whose sender let the lease run out: they may have arrived, and go again under the same UUID.
    Then the waiting ones that are due and stand at the head of their queue, the longest due first.
    """
    now = timezone.now()
    mine = Message.objects.filter(platform=platform)
    lost = mine.filter(_lost(now)).order_by("lease_until").values_list("pk", flat=True)[:limit]
    # A scalar subquery, not "no earlier one exists": PostgreSQL turns the latter into a join, which took
    # two minutes on thirty thousand fresh rows before their statistics were there. This one walks the index.
    unfinished = Message.objects.filter(
        record=OuterRef("record"), platform=OuterRef("platform"), state__in=Message.UNFINISHED
    )
    head = Subquery(unfinished.order_by("sequence").values("sequence")[:1])
    heads = (
        mine.filter(_due(now), sequence=head).order_by("next_attempt_at").values_list("pk", flat=True)[:limit]
    )
    return [*lost, *heads][:limit]


def claim(message_id: int, *, lease_seconds: float) -> Message | None:
    """Take the message for this process for `lease_seconds`; None where somebody else was quicker.

    The conditional update is the claim: it needs no row lock, so it is the same on both databases. It is
    committed before anything is sent, and counts the attempt. Who stands at the head of a queue stays
    there until it is finished, so that need not be asked again.
    """
    now = timezone.now()
    token = uuid.uuid4()
    # durable: inside somebody's transaction the claim would not be seen, and HTTP would go on under it.
    with transaction.atomic(durable=True):
        won = Message.objects.filter(_due(now) | _lost(now), pk=message_id).update(
            state=State.SENDING,
            lease_until=now + timedelta(seconds=lease_seconds),
            lease_token=token,
            attempts=F("attempts") + 1,
        )
    return Message.objects.filter(pk=message_id, lease_token=token).first() if won else None


def _due(now: datetime) -> Q:
    # What was taken without a receipt is due again once it is to be asked for, or to be sent again.
    return Q(state__in=(State.WAITING, State.ACCEPTED), next_attempt_at__lte=now)


def _lost(now: datetime) -> Q:
    return Q(state=State.SENDING, lease_until__lt=now)
