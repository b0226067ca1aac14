"""Statutory clocks (办理期限): when something is due, given what happened. Arithmetic only, no storage.

A clock starts on a day that is not counted and is due at the end of a working day. While it is paused it
stands: the due day moves by the working days in (day paused, day resumed], and pauses that overlap count
once. So an acceptance due 2026-11-25, paused 11-23 and resumed 11-30, is due 2026-12-02. A pause over no
working day moves nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from .calendar import Due, WorkCalendar

ClockStatus = Literal["running", "standing", "stopped"]


@dataclass(frozen=True)
class Pause:
    """A time in which the clock stands; open while ``resumed_on`` is None. The reason tells pauses apart."""

    paused_on: date
    resumed_on: date | None = None
    reason: str = ""

    def __post_init__(self) -> None:
        if self.resumed_on is not None and self.resumed_on < self.paused_on:
            raise ValueError("恢复计时的日期早于暂停的日期")


@dataclass(frozen=True)
class Extension:
    """More time, in working days, granted on a day."""

    days: int
    granted_on: date

    def __post_init__(self) -> None:
        if self.days < 1:
            raise ValueError("延长的工作日数应当大于 0")


@dataclass(frozen=True)
class ClockState:
    """How a clock stands at the end of a day.

    :param status: running, standing (paused: no due day yet), or stopped.
    :param due: the due day; None while the clock stands.
    :param provisional: the due day rests on a year whose holidays are not yet announced.
    :param remaining: working days left; it does not change while the clock stands and after it was stopped.
    :param overdue: the due day is over, or was when the clock was stopped. On the Saturday after a due Friday
        that is so although no working day has been lost yet.
    """

    status: ClockStatus
    due: date | None
    provisional: bool
    remaining: int
    overdue: bool


@dataclass(frozen=True)
class Clock:
    """One clock and the events that touched it; every change gives a new clock.

    :param started_on: the day of the event that started it, not counted.
    :param limit: working days, zero or more.
    """

    started_on: date
    limit: int
    pauses: tuple[Pause, ...] = ()
    extensions: tuple[Extension, ...] = ()
    stopped_on: date | None = None

    def __post_init__(self) -> None:
        if self.limit < 0:
            raise ValueError("期限的工作日数不能为负数")
        if self.stopped_on is not None and self.stopped_on < self.started_on:
            raise ValueError("停止计时的日期早于起算日")

    def pause(self, on: date, *, reason: str = "") -> "Clock":
        """The clock, standing from the end of this day.

        :raises ValueError: when it is stopped, not yet started, or already stands for the same reason.
        """
        self._must_run(on)
        if any(pause.resumed_on is None and pause.reason == reason for pause in self.pauses):
            raise ValueError("期限已经暂停")
        return replace(self, pauses=(*self.pauses, Pause(on, None, reason)))

    def resume(self, on: date, *, reason: str = "") -> "Clock":
        """The clock, running again unless it also stands for another reason.

        :raises ValueError: when it does not stand for this reason, or the day lies before the pause.
        """
        for place, pause in enumerate(self.pauses):
            if pause.resumed_on is None and pause.reason == reason:
                resumed = replace(pause, resumed_on=on)
                return replace(self, pauses=(*self.pauses[:place], resumed, *self.pauses[place + 1 :]))
        raise ValueError("期限没有暂停，不能恢复")

    def extend(self, days: int, *, on: date) -> "Clock":
        """The clock with more working days. Whether that is allowed is the caller's question.

        :raises ValueError: when it is stopped, not yet started, or days is less than 1.
        """
        self._must_run(on)
        return replace(self, extensions=(*self.extensions, Extension(days, on)))

    def stop(self, on: date) -> "Clock":
        """The clock, stopped for good.

        :raises ValueError: when it is stopped already, or the day lies before the start.
        """
        self._must_run(on)
        return replace(self, stopped_on=on)

    def restart(self, on: date) -> "Clock":
        """A fresh clock of the same limit, e.g. for acceptance after a case was forwarded."""
        return Clock(on, self.limit)

    def due(self, calendar: WorkCalendar) -> Due | None:
        """The due day by all that is known; None while the clock stands.

        A pause still open when the clock was stopped ends with the stop.
        """
        if self.stopped_on is None and self._stands:
            return None
        return self._due_if_resumed(self.stopped_on or date.max, calendar)

    def state(self, on: date, calendar: WorkCalendar) -> ClockState:
        """How the clock stands at the end of a day, by what had happened by then.

        On the day of the pause it stands already, on the day of the resumption it runs again. A day before
        the start counts as the start.

        :param on: the day to look at; later events are left out of account.
        :param calendar: the working days.
        """
        then = self._as_of(max(on, self.started_on))
        last = then.stopped_on or max(on, self.started_on)
        due = then._due_if_resumed(last, calendar)
        stands = then.stopped_on is None and then._stands
        return ClockState(
            status="stopped" if then.stopped_on else "standing" if stands else "running",
            due=None if stands else due.due,
            provisional=due.provisional and not stands,
            remaining=calendar.remaining_working_days(last, due.due),
            overdue=last > due.due,
        )

    @property
    def _allowed(self) -> int:
        return self.limit + sum(extension.days for extension in self.extensions)

    @property
    def _stands(self) -> bool:
        return any(pause.resumed_on is None for pause in self.pauses)

    def _due_if_resumed(self, on: date, calendar: WorkCalendar) -> Due:
        """The due day if every pause still open ended on this day."""
        return calendar.add_working_days(self.started_on, self._allowed + self._paused(calendar, on))

    def _must_run(self, on: date) -> None:
        if self.stopped_on is not None:
            raise ValueError("期限已经停止计算")
        if on < self.started_on:
            raise ValueError("日期早于起算日")

    def _as_of(self, on: date) -> "Clock":
        return replace(
            self,
            pauses=tuple(_pause_as_of(pause, on) for pause in self.pauses if pause.paused_on <= on),
            extensions=tuple(extension for extension in self.extensions if extension.granted_on <= on),
            stopped_on=self.stopped_on if self.stopped_on and self.stopped_on <= on else None,
        )

    def _paused(self, calendar: WorkCalendar, until: date) -> int:
        """Working days on which the clock stood, between its start and ``until``."""
        spans = []
        for pause in self.pauses:
            start, end = max(pause.paused_on, self.started_on), min(pause.resumed_on or until, until)
            if start < end:
                spans.append((start, end))
        return sum(calendar.working_days_between(start, end) for start, end in merged(spans))


def _pause_as_of(pause: Pause, on: date) -> Pause:
    resumed_later = pause.resumed_on is not None and pause.resumed_on > on
    return replace(pause, resumed_on=None) if resumed_later else pause


def merged(spans: Iterable[tuple[date, date]]) -> list[tuple[date, date]]:
    """The same days as the spans (a, b], without overlap, in order."""
    joined: list[tuple[date, date]] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined
