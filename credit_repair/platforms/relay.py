"""One pass of the relay: claim what may go, send it outside any transaction, record what came of it.

A relay may die anywhere. Before the claim is committed nothing has happened; after it, the lease runs out
and the message goes again under the same UUID, which the platform answers with the same receipt. Several
relays may run side by side on PostgreSQL; on SQLite, whose writers wait for each other anyway, one.

Each platform has a lane with threads of its own, which send and touch no database. The thread of the pass
claims and records, many messages in one transaction, while the next are being sent.
"""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from queue import Empty, SimpleQueue

from django.db import DatabaseError, connection

from credit_repair.core.jobs import dispatch
from credit_repair.core.languages import in_site_language
from credit_repair.core.leases import lease
from credit_repair.core.loops import DATABASE_IS_AWAY
from credit_repair.platforms.claims import give_back, platforms_to_serve
from credit_repair.platforms.lanes import Finished, Lane
from credit_repair.platforms.outcomes import Delivery, record_answers
from credit_repair.platforms.transports import OpenTransports
from credit_repair.platforms.transports.answers import Accepted, Answer, Confirmed, Final, Retry

logger = logging.getLogger(__name__)

#: A pass begins nothing new after so many seconds, so that the job and the lease on SQLite outlive it.
PASS_SECONDS = 60
ALONE_SECONDS = 180

#: Answers are recorded together: what comes within so many seconds, or once there are so many.
GATHER_SECONDS = 0.2
GATHER = 200
STEP_SECONDS = 0.005
#: How long the pass waits for an answer before it looks after the lanes again.
LOOK_SECONDS = 0.05
#: `settle_cases` is called while receipts come in, no more often than this.
SETTLE_SECONDS = 2.0


@dataclass
class RelayReport:
    """What a pass did. `more`: it ended at its limit, and more may be due. `again_at`: when there is a turn
    for more, where a platform bears only so many a minute."""

    confirmed: int = 0
    accepted: int = 0
    retried: int = 0
    failed: int = 0
    more: bool = False
    again_at: datetime | None = None

    @property
    def sent(self) -> int:
        """How many attempts were made."""
        return self.confirmed + self.accepted + self.retried + self.failed

    def count(self, answer: Answer) -> None:
        """Add one attempt."""
        match answer:
            case Confirmed():
                self.confirmed += 1
            case Accepted():
                self.accepted += 1
            case Retry():
                self.retried += 1
            case Final():
                self.failed += 1


@in_site_language()
def relay_once(
    *,
    limit: int | None = None,
    transports: OpenTransports | None = None,
    stop: Callable[[], bool] = lambda: False,
) -> RelayReport:
    """Send what is due until nothing is, or `limit` attempts are made, or a minute is over, or `stop()`.

    The next message of a record follows its head in the same pass. A platform that does not answer, or
    asks for silence, is left alone for the rest of it. Whenever receipts came in, `settle_cases` is
    dispatched. Where the database goes away the pass ends, and what it could not record goes again when
    its lease is over. Raises RuntimeError inside a transaction: nothing is sent under one.
    """
    report = RelayReport()
    try:
        with _alone() as may_run, transports or OpenTransports() as opened:
            if may_run:
                _Pass(report, limit=limit, transports=opened, stop=stop).run()
    except DATABASE_IS_AWAY:
        logger.exception("the relay ends its pass: the database is away")
        connection.close()
    return report


@contextmanager
def _alone() -> Iterator[bool]:
    if connection.vendor != "sqlite":
        yield True
        return
    with lease("relay", seconds=ALONE_SECONDS) as won:
        yield won


class _Pass:
    """The pass itself: it keeps the lanes filled and writes down what comes out of them."""

    def __init__(
        self,
        report: RelayReport,
        *,
        limit: int | None,
        transports: OpenTransports,
        stop: Callable[[], bool],
    ) -> None:
        self._report = report
        self._limit = limit
        self._stop = stop
        self._ends = time.monotonic() + PASS_SECONDS
        self._transports = transports
        self._finished: SimpleQueue[Finished] = SimpleQueue()
        self._lanes: list[Lane] = []
        self._settle_at: float | None = None

    def run(self) -> None:
        self._lanes = [
            Lane(platform, finished=self._finished, may_go_on=self._may_go_on)
            for platform in platforms_to_serve()
        ]
        try:
            while not self._is_through():
                for lane in self._lanes:
                    self._refill(lane)
                self._record(self._gather())
                self._settle()
        finally:
            for lane in self._lanes:
                lane.close()
            for lane in self._lanes:
                lane.shut_down()
        self._settle(at_once=True)
        turns = [lane.again_at for lane in self._lanes if lane.again_at is not None]
        self._report.more = self._is_over()
        self._report.again_at = min(turns, default=None)

    def _may_go_on(self) -> bool:
        """Whether another message may be begun; asked by the threads, too."""
        return time.monotonic() < self._ends and not self._stop()

    def _is_over(self) -> bool:
        spent = self._limit is not None and self._report.sent >= self._limit
        return spent or not self._may_go_on()

    def _in_hand(self) -> int:
        return sum(lane.in_hand for lane in self._lanes)

    def _is_through(self) -> bool:
        if self._is_over():
            return not self._in_hand()
        return all(lane.is_through for lane in self._lanes)

    def _refill(self, lane: Lane) -> None:
        if self._may_go_on():
            left = None if self._limit is None else self._limit - self._report.sent - self._in_hand()
            lane.refill(self._transports, at_most=left)

    def _gather(self) -> list[Finished]:
        """Wait a moment for what the threads have finished, and a little longer for company."""
        if self._is_through():
            return []
        try:
            found = [self._finished.get(timeout=LOOK_SECONDS)]
        except Empty:
            return []
        # Not woken by each: the threads need the interpreter, too.
        until = time.monotonic() + GATHER_SECONDS
        while self._finished.qsize() + 1 < min(GATHER, self._in_hand()) and time.monotonic() < until:
            time.sleep(STEP_SECONDS)
        return found + [self._finished.get() for _each in range(self._finished.qsize())]

    def _record(self, found: list[Finished]) -> None:
        """Write down what came of each, lane by lane; what was not begun is given back."""
        for lane in dict.fromkeys(each.lane for each in found):
            mine = [each for each in found if each.lane is lane]
            give_back(each.claimed for each in mine if each.delivery is None)
            deliveries = [each.delivery for each in mine if each.delivery is not None]
            for delivery in _kept(lane, deliveries):
                self._report.count(delivery.answer)
                if isinstance(delivery.answer, Confirmed):
                    self._settle_at = self._settle_at or time.monotonic() + SETTLE_SECONDS
            lane.take_in(mine)

    def _settle(self, *, at_once: bool = False) -> None:
        if self._settle_at is not None and (at_once or time.monotonic() > self._settle_at):
            self._settle_at = None
            dispatch("settle_cases", key="settle_cases")


def _kept(lane: Lane, deliveries: list[Delivery]) -> list[Delivery]:
    """Record the attempts, and return those whose message was still ours.

    A connection that broke is opened anew, once. An answer that the database does not take is left to its
    lease; it must not take the others with it.
    """
    if not deliveries:
        return []
    try:
        return record_answers(lane.platform, deliveries)
    except DATABASE_IS_AWAY:
        logger.warning("answers could not be recorded; once more on a new connection", exc_info=True)
        connection.close()
        return record_answers(lane.platform, deliveries)
    except (DatabaseError, ValueError):
        logger.exception("answers could not be recorded together")
    kept: list[Delivery] = []
    for delivery in deliveries:
        try:
            kept += record_answers(lane.platform, [delivery])
        except DATABASE_IS_AWAY:
            raise
        except (DatabaseError, ValueError):
            logger.exception("the answer to message %s could not be recorded", delivery.message.uuid)
    return kept
