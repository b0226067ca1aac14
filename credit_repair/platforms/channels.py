"""How a platform is talked to, for whoever talks to it."""

from credit_repair.platforms.models import Channel
from credit_repair.registry.models import Platform


def channel_of(platform: Platform) -> Channel:
    """Return the channel of `platform`: its row, or one with the defaults that is not saved.

    Read with `select_related("channel")` it costs no query.
    """
    try:
        return platform.channel
    except Channel.DoesNotExist:
        return Channel(platform=platform)
