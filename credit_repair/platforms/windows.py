"""Maintenance windows 维护时段: when a platform is down by agreement, and nothing is begun.

A message that comes due within one keeps its place and goes when the window is over.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from credit_repair.platforms.models import Channel

logger = logging.getLogger(__name__)

ONE_DAY = timedelta(days=1)
#: Windows that follow each other without a gap are walked through for so long, then it is asked again.
AT_MOST_DAYS = 8


@dataclass(frozen=True)
class Window:
    """From `begins` to `ends` on the `weekdays` (Monday is 1), local time.

    Where `ends` is not later than `begins`, it ends on the day after the weekday.
    """

    weekdays: frozenset[int]
    begins: time
    ends: time

    def end_at(self, moment: datetime) -> datetime | None:
        """Return when the window ends in which the local `moment` lies, or None."""
        for day in (moment.date() - ONE_DAY, moment.date()):
            begin, end = self._on(day, moment)
            if day.isoweekday() in self.weekdays and begin <= moment < end:
                return end
        return None

    def _on(self, day: date, like: datetime) -> tuple[datetime, datetime]:
        last = day if self.ends > self.begins else day + ONE_DAY
        return (
            datetime.combine(day, self.begins, tzinfo=like.tzinfo),
            datetime.combine(last, self.ends, tzinfo=like.tzinfo),
        )


def read_window(written: object) -> Window:
    """Return the window of one entry of `Channel.windows`. Raises ValueError for another shape."""
    if not isinstance(written, Mapping):
        raise ValueError(f"no window: {written!r}")
    try:
        weekdays = frozenset(int(day) for day in written["weekdays"])
        window = Window(weekdays, time.fromisoformat(written["from"]), time.fromisoformat(written["to"]))
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"no window: {written!r}") from error
    if not weekdays or not weekdays <= frozenset(range(1, 8)) or window.begins.tzinfo or window.ends.tzinfo:
        raise ValueError(f"no window: {written!r}")
    return window


def window_end(channel: Channel, moment: datetime) -> datetime | None:
    """Return when the maintenance is over that goes on at `moment`, or None where none does.

    An entry that cannot be read is passed over and logged: it must not keep the others from being heeded.
    """
    if not channel.windows:
        return None
    windows = list(_readable(channel))
    local = at = timezone.localtime(moment)
    while at - local < AT_MOST_DAYS * ONE_DAY:
        ends = [end for end in (window.end_at(at) for window in windows) if end is not None]
        if not ends:
            break
        at = max(ends)
    return at if at > local else None


def _readable(channel: Channel) -> list[Window]:
    windows = []
    for written in channel.windows if isinstance(channel.windows, list) else [channel.windows]:
        try:
            windows.append(read_window(written))
        except ValueError:
            logger.exception("a maintenance window of platform %s is not heeded", channel.platform_id)
    return windows
