"""Which messages may go now, and who sends them."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Case, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.utils import timezone

from credit_repair.core.leases import CLOCK_MARGIN
from credit_repair.platforms import flow as flows
from credit_repair.platforms.channels import channel_of, flow_of, lease_seconds, sends_singly
from credit_repair.platforms.models import Channel, Flow, Message, PlatformPause
from credit_repair.platforms.outcomes import LONGEST_DELAY, receipt_within
from credit_repair.platforms.windows import window_end
from credit_repair.registry.models import Platform

State = Message.State


@dataclass(frozen=True)
class Claimed:
    """A message that is ours until its lease runs out, and when it may go. `is_probe`: the one message that
    finds out whether the platform works again."""

    message: Message
    send_at: datetime
    is_probe: bool = False


@dataclass(frozen=True)
class Batch:
    """What was claimed at once.

    is_last    nothing more is due, as far as this walk has seen
    since      where the next look at the due ones begins
    again_at   when there is a turn again, where the platform bears only so many a minute
    """

    claimed: list[Claimed] = field(default_factory=list)
    is_last: bool = False
    since: datetime | None = None
    again_at: datetime | None = None


def platforms_to_serve() -> list[Platform]:
    """Return the platforms to which messages may be sent one by one now, with their channel and flow."""
    now = timezone.now()
    active = Platform.objects.filter(active=True).select_related("channel", "flow", "pause").order_by("code")
    return [platform for platform in active if _is_served(platform, now)]


def platform_to_serve(platform_id: int) -> Platform | None:
    """Return the platform as it is set now, or None where nothing may be sent to it."""
    active = Platform.objects.filter(active=True, pk=platform_id)
    platform = active.select_related("channel", "flow", "pause").first()
    return platform if platform is not None and _is_served(platform, timezone.now()) else None


def _is_served(platform: Platform, now: datetime) -> bool:
    return (
        sends_singly(platform)
        and not _asked_for_silence(platform, now)
        and not flows.is_open(flow_of(platform), now)
        and window_end(channel_of(platform), now) is None
    )


def _asked_for_silence(platform: Platform, now: datetime) -> bool:
    try:
        until = platform.pause.until
    except PlatformPause.DoesNotExist:
        return False
    return now < until <= now + LONGEST_DELAY + CLOCK_MARGIN


def due_on(platform: Platform, *, limit: int) -> list[int]:
    """Return the ids of up to `limit` messages that may be sent to `platform` now.

    First those whose sender let the lease run out: they may have arrived, and go again under the same UUID.
    Then what was taken without a receipt and is to be asked for or sent again; then the waiting ones, the
    longest due first. Only what stands at the head of its queue is among them.
    """
    return [message_id for message_id, _place in _due(platform, limit=limit, since=None)]


def _due(platform: Platform, *, limit: int, since: datetime | None) -> list[tuple[int, datetime | None]]:
    """The same with the place of each in the walk along those that wait; `since` goes on from such a place.

    Every part is one walk along an index of its own, which ends after `limit` rows. The place spares the
    walk what was passed before: what stands behind others in its queue, and what others have claimed.
    """
    now = timezone.now()
    found: list[tuple[int, datetime | None]] = []
    if since is None:
        for part, order in _out_of_turn(now, channel_of(platform)):
            rows = _heads(platform, part).order_by(order).values_list("pk", flat=True)
            found += [(row, None) for row in rows[: limit - len(found)]]
            if len(found) == limit:
                return found
    waiting = _waiting(now) if since is None else _waiting(now) & Q(next_attempt_at__gte=since)
    heads = _heads(platform, waiting).order_by("next_attempt_at").values_list("pk", "next_attempt_at")
    return found + list(heads[: limit - len(found)])


def _heads(platform: Platform, part: Q) -> QuerySet[Message]:
    # A scalar subquery, not "no earlier one exists": PostgreSQL turns the latter into a join, which took
    # two minutes on thirty thousand fresh rows before their statistics were there. This one walks the index.
    # One for messages with a record, one for those without: which of them is asked is known before either is,
    # and each has its unique index. "Of the same record or the same subject" would have none.
    head = Case(
        When(record__isnull=False, then=_first_unfinished("record")),
        default=_first_unfinished("subject"),
    )
    return Message.objects.filter(part, platform=platform, sequence=head)


def _first_unfinished(anchor: str) -> Subquery:
    queue = {anchor: OuterRef(anchor), "platform": OuterRef("platform")}
    unfinished = Message.objects.filter(**queue, state__in=Message.UNFINISHED)
    return Subquery(unfinished.order_by("sequence").values("sequence")[:1])


def claim_batch(platform: Platform, *, limit: int, since: datetime | None = None) -> Batch:
    """Take up to `limit` messages that are due for this process, in one transaction, committed before any
    is sent; each attempt is counted by it.

    `platform` as platform_to_serve() returned it just now. `since`: where the walk goes on, see Batch.
    """
    due = _due(platform, limit=limit, since=since)
    if not due:
        return Batch(is_last=True, since=since)
    now = timezone.now()
    # durable: inside somebody's transaction the claim would not be seen, and HTTP would go on under it.
    with transaction.atomic(durable=True):
        admitted = _admit(platform, wanted=len(due), now=now)
        taken = due[: len(admitted.turns)]
        messages = claim([message_id for message_id, _place in taken], platform=platform)
        admitted.note(len(messages), now=now)
    places = [place for _message_id, place in taken if place is not None]
    return Batch(
        [
            Claimed(message, turn, admitted.is_probe)
            for message, turn in zip(messages, admitted.turns, strict=False)
        ],
        is_last=len(due) < limit and len(messages) == len(due),
        since=places[-1] if places else since,
        again_at=admitted.again_at,
    )


def claim(message_ids: Sequence[int], *, platform: Platform, seconds: float | None = None) -> list[Message]:
    """Take these messages for this process for the length of a lease; return those that were won, in order.

    One conditional update is the claim. Where rows can be locked it passes over those that another relay is
    just claiming. Who stands at the head of a queue stays there until it is finished, so that need not be
    asked again.
    """
    if not message_ids:
        return []
    now, token = timezone.now(), uuid.uuid4()
    lease = timedelta(seconds=lease_seconds() if seconds is None else seconds)
    free = Message.objects.filter(is_due(platform, now), pk__in=message_ids).select_for_update(
        skip_locked=True
    )
    won = Message.objects.filter(pk__in=free.values("pk")).update(
        state=State.SENDING, lease_until=now + lease, lease_token=token, attempts=F("attempts") + 1
    )
    if not won:
        return []
    messages = Message.objects.filter(pk__in=message_ids, lease_token=token)
    place = {message_id: number for number, message_id in enumerate(message_ids)}
    for message in messages:
        message.platform = platform
    return sorted(messages, key=lambda message: place[message.pk])


def is_due(platform: Platform, now: datetime) -> Q:
    """Return the condition on messages to `platform` that they may be taken at `now`: whatever due_on() has
    found is still so."""
    due = _waiting(now)
    for part, _order in _out_of_turn(now, channel_of(platform)):
        due |= part
    return due


def give_back(claimed: Iterable[Claimed]) -> None:
    """Put what was claimed and not sent back to its place; the attempt that was not made is not counted."""
    unsent = list(claimed)
    if not unsent:
        return
    with transaction.atomic(durable=True):
        mine = Message.objects.filter(
            pk__in=[each.message.pk for each in unsent],
            lease_token__in={each.message.lease_token for each in unsent},
            state=State.SENDING,
        )
        mine.update(
            state=Case(
                When(accepted_at__isnull=True, then=Value(State.WAITING)), default=Value(State.ACCEPTED)
            ),
            attempts=F("attempts") - 1,
            lease_until=None,
            lease_token=None,
        )
        for probe in (each for each in unsent if each.is_probe):
            flow = Flow.objects.select_for_update().get(platform=probe.message.platform_id)
            flows.end_probe(flow, now=timezone.now())
            flow.save(update_fields=["opened_until"])


@dataclass(frozen=True)
class _Admission:
    """When messages may go to a platform, and what is to be noted of it, in the same transaction.

    flow      the locked row, None where nothing is counted
    is_probe  the only one of the turns is to find out whether the platform works again
    again_at  when to ask again, where there is no turn yet
    """

    turns: list[datetime]
    channel: Channel
    flow: Flow | None = None
    is_probe: bool = False
    again_at: datetime | None = None

    def note(self, taken: int, *, now: datetime) -> None:
        if self.flow is None or not taken:
            return
        flows.take_turns(self.flow, self.channel, self.turns[:taken])
        if self.is_probe:
            flows.begin_probe(self.flow, now=now, seconds=lease_seconds())
        self.flow.save(update_fields=["next_free_at", "opened_until"])


def _admit(platform: Platform, *, wanted: int, now: datetime) -> _Admission:
    channel, flow = channel_of(platform), flow_of(platform)
    if not channel.per_minute and flow.opened_until is None:
        return _Admission([now] * wanted, channel)
    flow, _made = Flow.objects.select_for_update().get_or_create(platform=platform)
    if flows.is_open(flow, now):  # another relay sends its probe, or has just seen it fail
        return _Admission([], channel)
    is_probe = flows.is_to_be_probed(flow, now)
    turns = flows.turns(flow, channel, wanted=1 if is_probe else wanted, now=now)
    again_at = None if turns else flows.next_turn(flow, channel, now=now)
    return _Admission(turns, channel, flow, is_probe, again_at)


def _waiting(now: datetime) -> Q:
    return Q(state=State.WAITING, next_attempt_at__lte=now)


def _awaited(now: datetime) -> Q:
    """What was taken without a receipt and is now to be asked for, or sent again."""
    return Q(state=State.ACCEPTED, next_attempt_at__lte=now)


def _lost(now: datetime) -> Q:
    """What a relay let its lease run out on."""
    return Q(state=State.SENDING, lease_until__lt=now)


def _set_back(now: datetime, channel: Channel) -> list[tuple[Q, str]]:
    """What waits for a moment further ahead than any delay: the clock was set back since it was written.

    What was queued before that and never tried shows itself by having been made in the future. Each with the
    order of the index that finds it; together in one condition, they would walk all that waits.
    """
    lease = now + timedelta(seconds=lease_seconds()) + CLOCK_MARGIN
    delay = now + LONGEST_DELAY + CLOCK_MARGIN
    receipt = now + receipt_within(channel) + CLOCK_MARGIN
    never_tried = Q(state=State.WAITING, attempts=0, next_attempt_at__gt=now)
    return [
        (Q(state=State.SENDING, lease_until__gt=lease), "lease_until"),
        (Q(state=State.WAITING, next_attempt_at__gt=delay), "next_attempt_at"),
        (Q(state=State.ACCEPTED, next_attempt_at__gt=receipt), "next_attempt_at"),
        (never_tried & Q(created_at__gt=now + CLOCK_MARGIN), "created_at"),
    ]


def _out_of_turn(now: datetime, channel: Channel) -> list[tuple[Q, str]]:
    """What goes before the waiting ones, with the order in which its index has it."""
    return [(_lost(now), "lease_until"), (_awaited(now), "next_attempt_at"), *_set_back(now, channel)]
