"""How a platform is talked to, for whoever talks to it."""

from django.conf import settings

from credit_repair.platforms.models import Channel, Flow
from credit_repair.registry.models import Platform

#: Transports whose messages do not go one by one: in numbered files, or not at all.
NOT_SINGLY = (Platform.Transport.FILES, Platform.Transport.BY_HAND)

#: The part of a lease that one question to a platform may take. What is left is for writing down its answer.
OF_THE_LEASE = 0.6


def channel_of(platform: Platform) -> Channel:
    """Return the channel of `platform`: its row, or one with the defaults that is not saved.

    Read with `select_related("channel")` it costs no query.
    """
    try:
        return platform.channel
    except Channel.DoesNotExist:
        return Channel(platform=platform)


def flow_of(platform: Platform) -> Flow:
    """Return what the relays know of `platform` right now: its row, or an empty one that is not saved."""
    try:
        return platform.flow
    except Flow.DoesNotExist:
        return Flow(platform=platform)


def sends_singly(platform: Platform) -> bool:
    """Whether the relay sends the messages of `platform`, each by itself; those of others it leaves alone."""
    return platform.transport not in NOT_SINGLY


def lease_seconds() -> float:
    """Return for how many seconds a relay holds a message that it sends."""
    return float(settings.MESSAGES_TO_PLATFORMS["lease_seconds"])


def answer_seconds(channel: Channel) -> float:
    """Return how many seconds of silence are borne: a platform whose channel nobody has set has the limit of
    the installation."""
    if channel.pk:
        return channel.answer_seconds
    return float(settings.MESSAGES_TO_PLATFORMS["timeout_seconds"])


def question_seconds(channel: Channel) -> float:
    """Return how many seconds one question to the platform may take at most, its answer included; never so
    long that the lease on the message runs out meanwhile."""
    return min(channel.connect_seconds + 2 * answer_seconds(channel), OF_THE_LEASE * lease_seconds())
