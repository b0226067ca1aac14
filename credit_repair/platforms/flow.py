"""What all relays together do to one platform: how often they send, and when they leave it alone.

Both stand in one row, `Flow`, so that any number of hosts heed the same. The functions change a Flow that the
caller has locked, and save nothing. Times are real times.

The breaker 熔断: after so many failures in a row the platform is left alone for a while. Then exactly one
message is tried, by one relay. If that fails, too, it is left alone for longer; whatever succeeds ends it.
"""

import random
from collections.abc import Iterable
from datetime import datetime, timedelta

from credit_repair.core.leases import CLOCK_MARGIN
from credit_repair.platforms.models import Channel, Flow

#: The longest that a platform is left alone before one message is tried again, in seconds.
LONGEST_SECONDS = 3600
JITTER = 0.2  # a fifth up or down, so that hosts and platforms do not keep step

#: So far ahead may a message be given its turn where a platform bears only so many a minute.
HORIZON = timedelta(seconds=5)


def is_open(flow: Flow, now: datetime) -> bool:
    """Whether the platform is to be left alone at `now`."""
    longest = timedelta(seconds=LONGEST_SECONDS * (1 + JITTER)) + CLOCK_MARGIN
    return flow.opened_until is not None and now < flow.opened_until <= now + longest


def is_to_be_probed(flow: Flow, now: datetime) -> bool:
    """Whether its time alone is over, and one message is to find out how the platform fares."""
    return flow.opened_until is not None and not is_open(flow, now)


def begin_probe(flow: Flow, *, now: datetime, seconds: float) -> None:
    """Keep all others out while one message is tried, which takes `seconds` at most."""
    flow.opened_until = now + timedelta(seconds=seconds)


def end_probe(flow: Flow, *, now: datetime) -> None:
    """Let somebody else try: the message was not sent after all."""
    flow.opened_until = now


def count(flow: Flow, channel: Channel, worked: Iterable[bool], *, is_probe: bool, now: datetime) -> None:
    """Count what came of some attempts, in their order.

    Once it is left alone, only the failure of the probe counts: what was under way says nothing new.
    """
    for well in worked:
        if well:
            flow.failures, flow.failing_since, flow.opened_until = 0, None, None
        elif flow.opened_until is None or is_probe:
            flow.failures += 1
            flow.failing_since = flow.failing_since or now
            beyond = flow.failures - channel.breaker_failures
            if beyond >= 0:
                flow.opened_until = now + _alone(channel, failed_probes=beyond)


def _alone(channel: Channel, *, failed_probes: int) -> timedelta:
    seconds = min(channel.breaker_seconds * 2 ** min(failed_probes, 12), LONGEST_SECONDS)
    return timedelta(seconds=seconds * random.uniform(1 - JITTER, 1 + JITTER))  # nosec B311 # noqa: S311 - spreads load


def turns(flow: Flow, channel: Channel, *, wanted: int, now: datetime) -> list[datetime]:
    """Return when the next messages may go, as many as `wanted`, at most those of the next seconds.

    Turns that nobody took are gone: a platform that bears sixty a minute gets no hundred at once. Whoever
    sends them says so with `take_turns`.
    """
    if not channel.per_minute:
        return [now] * wanted
    apart = _apart(channel)
    first = next_turn(flow, channel, now=now)
    found = [first + number * apart for number in range(wanted)]
    return [turn for turn in found if turn <= now + HORIZON]


def take_turns(flow: Flow, channel: Channel, taken: list[datetime]) -> None:
    """Note that these turns are taken; the next one is behind the last of them."""
    if channel.per_minute and taken:
        flow.next_free_at = taken[-1] + _apart(channel)


def next_turn(flow: Flow, channel: Channel, *, now: datetime) -> datetime:
    """Return from when the next message may go."""
    if not channel.per_minute or flow.next_free_at is None:
        return now
    furthest = now + HORIZON + _apart(channel) + CLOCK_MARGIN
    return flow.next_free_at if now < flow.next_free_at <= furthest else now


def _apart(channel: Channel) -> timedelta:
    return timedelta(minutes=1) / channel.per_minute
