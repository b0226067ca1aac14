"""What a relay has in hand for one platform: claimed messages, the threads that send them, their answers."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from queue import SimpleQueue

from django.conf import settings
from django.utils import timezone

from credit_repair.core.languages import in_site_language
from credit_repair.platforms.channels import channel_of, lease_seconds
from credit_repair.platforms.claims import Batch, Claimed, claim_batch, platform_to_serve
from credit_repair.platforms.outcomes import Delivery
from credit_repair.platforms.sending import Sending
from credit_repair.platforms.transports import OpenTransports, Transport, UnknownTransport
from credit_repair.platforms.transports.answers import Retry
from credit_repair.platforms.windows import window_end
from credit_repair.registry.models import Platform

logger = logging.getLogger(__name__)

#: What is claimed at once should be sent within so many seconds: a lease that is held idle may run out.
AHEAD_SECONDS = 2.0
#: A platform that had nothing due is looked at again after so many seconds while the pass goes on for others.
LOOK_AGAIN_SECONDS = 1.0
#: The same where another relay was just quicker.
BESIDE_ANOTHER_SECONDS = 0.05
#: How old what is known of a platform may be, its settings and what other relays found.
KNOWN_SECONDS = 0.5
#: The pass waits for a turn that is no further off, where a platform bears only so many messages a minute.
TURN_SECONDS = 10.0


@dataclass(frozen=True)
class Finished:
    """That a thread is through with a message: with an answer, or without having begun."""

    lane: "Lane"
    claimed: Claimed
    delivery: Delivery | None


class Lane:
    """The way of one relay pass to one platform, with `parallel` threads of its own.

    It begins with a single message, and is widened when that is answered: a platform that is down costs one
    attempt a pass. Once it has failed as a whole, or asked for silence, nothing more is begun in this pass.
    Threads send and do nothing else; all that touches the database happens in the thread of the pass.
    """

    def __init__(
        self, platform: Platform, *, finished: SimpleQueue[Finished], may_go_on: Callable[[], bool]
    ) -> None:
        self.platform = platform
        #: How many are claimed and not yet recorded.
        self.in_hand = 0
        #: When there is a turn again, where it is too far off to be waited for.
        self.again_at: datetime | None = None
        self._finished = finished
        self._may_go_on = may_go_on
        self._closed = threading.Event()
        self._parallel = channel_of(platform).parallel
        self._to_send: SimpleQueue[Sending | None] = SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._has_answered = False
        self._seconds_each = AHEAD_SECONDS
        self._rests_until = 0.0
        self._known_until = time.monotonic() + KNOWN_SECONDS
        self._nothing_is_due = False
        self._since: datetime | None = None
        self._walk_is_over = False
        self._found = 0

    @property
    def is_closed(self) -> bool:
        """Whether nothing more is begun in this pass."""
        return self._closed.is_set()

    @property
    def is_through(self) -> bool:
        """Whether the pass need not go on for this platform: nothing in hand, and nothing to be sent now."""
        return not self.in_hand and (self.is_closed or self._nothing_is_due or self.again_at is not None)

    def close(self) -> None:
        """Begin nothing more."""
        self._closed.set()

    def shut_down(self) -> None:
        """Begin nothing more and wait for what was begun."""
        self.close()
        for _thread in self._threads:
            self._to_send.put(None)
        for thread in self._threads:
            thread.join()

    def refill(self, transports: OpenTransports, *, at_most: int | None) -> None:
        """Claim more where little is left in hand, at most so many.

        Portion by portion, up to two: while the answers to one are written down, the other is being sent.
        """
        began_with = before = self.in_hand
        self._claim_portion(transports, at_most=at_most)
        while self.in_hand > before:
            before = self.in_hand
            left = None if at_most is None else at_most - (self.in_hand - began_with)
            self._claim_portion(transports, at_most=left)

    def _claim_portion(self, transports: OpenTransports, *, at_most: int | None) -> None:
        if self.is_closed or self._rests_until > time.monotonic():
            return
        if self._walk_is_over:
            if not self.in_hand:
                self._end_round()
            return
        room = min(self._ahead - self.in_hand, _batch())
        if at_most is not None:
            room = min(room, at_most)
        if room <= 0 or self.in_hand > max(self._ahead // 2, self._parallel - 1):
            return
        if time.monotonic() > self._known_until and not self._is_still_served():
            self.close()
            return
        self._take(claim_batch(self.platform, limit=room, since=self._since), transports)

    def _is_still_served(self) -> bool:
        platform = platform_to_serve(self.platform.pk)
        self.platform = platform or self.platform
        self._known_until = time.monotonic() + KNOWN_SECONDS
        return platform is not None

    def _take(self, batch: Batch, transports: OpenTransports) -> None:
        self._since, self._walk_is_over = batch.since, batch.is_last
        self._found += len(batch.claimed)
        if batch.claimed:
            self._nothing_is_due, self.again_at = False, None
            self._hand_out(batch.claimed, _transport_of(self.platform, transports))
        elif batch.again_at is not None:
            wait = (batch.again_at - timezone.now()).total_seconds()
            self._rests_until = time.monotonic() + wait
            self.again_at = batch.again_at if wait > TURN_SECONDS else None
        elif batch.is_last and not self.in_hand:
            self._end_round()
        elif not batch.is_last:
            self._rests_until = time.monotonic() + BESIDE_ANOTHER_SECONDS

    def take_in(self, finished: list[Finished]) -> None:
        """Note that these are recorded."""
        self.in_hand -= len(finished)
        for delivery in (each.delivery for each in finished if each.delivery is not None):
            took = (delivery.finished_at - delivery.started_at).total_seconds()
            # The first one is taken as it is; later ones move the mean.
            self._seconds_each += (0.2 if self._has_answered else 1) * (took - self._seconds_each)
            self._has_answered |= not isinstance(delivery.answer, Retry)
            if delivery.worked is False:
                self._known_until = 0.0  # it may be left alone from now on

    @property
    def _ahead(self) -> int:
        if not self._has_answered:
            return 1
        rounds = max(1, int(AHEAD_SECONDS / max(self._seconds_each, 0.001)))
        return min(self._parallel * rounds, max(2 * _batch(), self._parallel))

    def _begin_round(self) -> None:
        """Walk the due messages from the start: what stood behind others may be at the head now."""
        self._since = None
        self._walk_is_over = False
        self._found = 0

    def _end_round(self) -> None:
        if not self._found:
            self._nothing_is_due = True
            self._rests_until = time.monotonic() + LOOK_AGAIN_SECONDS
        self._begin_round()

    def _hand_out(self, claimed: list[Claimed], transport: Transport | None) -> None:
        now, moment = timezone.now(), time.monotonic()
        for each in claimed:
            sending = Sending(
                claimed=each,
                platform=self.platform,
                transport=transport,
                begin_at=moment + (each.send_at - now).total_seconds(),
                lease_ends=moment + lease_seconds(),
            )
            self.in_hand += 1
            self._to_send.put(sending)
        while len(self._threads) < min(self._parallel, self.in_hand):
            name = f"relay-{self.platform.code}-{len(self._threads)}"
            self._threads.append(threading.Thread(target=self._work, name=name))
            self._threads[-1].start()

    @in_site_language()
    def _work(self) -> None:
        """What each thread does until it is told that there is no more."""
        while (sending := self._to_send.get()) is not None:
            delivery = None
            try:
                delivery = self._send(sending)
            except (
                Exception
            ):  # nothing was sent; were it handed out again at once, so it would go on for ever
                logger.exception("platform %s is left alone for this pass", self.platform.code)
                self.close()
            self._finished.put(Finished(self, sending.claimed, delivery))

    def _send(self, sending: Sending) -> Delivery | None:
        wait = sending.begin_at - time.monotonic()
        if wait > 0:
            self._closed.wait(wait)
        delivery = sending.send(may_begin=self._may_begin)
        if delivery is not None and _silences(delivery):
            self._closed.set()
        return delivery

    def _may_begin(self) -> bool:
        if self._closed.is_set() or not self._may_go_on():
            return False
        return window_end(channel_of(self.platform), timezone.now()) is None


def _silences(delivery: Delivery) -> bool:
    """Whether the platform's other messages would fare no better in this pass."""
    answer = delivery.answer
    failed_probe = delivery.is_probe and isinstance(answer, Retry)
    return failed_probe or (isinstance(answer, Retry) and (answer.pauses or answer.after_seconds is not None))


def _transport_of(platform: Platform, transports: OpenTransports) -> Transport | None:
    try:
        return transports.of(platform)
    except UnknownTransport:
        return None


def _batch() -> int:
    return int(settings.MESSAGES_TO_PLATFORMS["batch"])
