"""One pass of the relay: claim what may go, send it outside any transaction, record what came of it.

A relay may die anywhere. Before the claim is committed nothing has happened; after it, the lease runs out
and the message goes again under the same UUID, which the platform answers with the same receipt. Several
relays may run side by side on PostgreSQL; on SQLite, whose writers wait for each other anyway, one.
"""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from credit_repair.core.jobs import dispatch
from credit_repair.core.leases import lease
from credit_repair.platforms import payloads
from credit_repair.platforms.channels import channel_of
from credit_repair.platforms.claims import claim, due_on, platforms_to_serve
from credit_repair.platforms.models import Channel, Message
from credit_repair.platforms.outcomes import record_answer
from credit_repair.platforms.transports import OpenTransports, UnknownTransport
from credit_repair.platforms.transports.answers import Accepted, Answer, Confirmed, Final, Retry
from credit_repair.registry.models import Platform

logger = logging.getLogger(__name__)

#: A pass begins nothing new after so many seconds, so that the job and the lease on SQLite outlive it.
PASS_SECONDS = 60
ALONE_SECONDS = 180

#: What the platform must show after an action, where its answer alone does not prove it.
SHOWN_AFTER = {Message.Action.PUBLISH: True, Message.Action.RESTORE: True, Message.Action.TERMINATE: False}


#: What a platform answers that is asked for the receipt of a message it does not know.
NEVER_HEARD = 404


@dataclass
class RelayReport:
    """What a pass did. `more`: it ended at its limit, and more may be due."""

    confirmed: int = 0
    accepted: int = 0
    retried: int = 0
    failed: int = 0
    more: bool = False

    @property
    def sent(self) -> int:
        """How many attempts were made."""
        return self.confirmed + self.accepted + self.retried + self.failed


def relay_once(
    *,
    limit: int | None = None,
    transports: OpenTransports | None = None,
    stop: Callable[[], bool] = lambda: False,
) -> RelayReport:
    """Send what is due until nothing is, or `limit` attempts are made, or a minute is over, or `stop()`.

    The next message of a record follows its head in the same pass. A platform that does not answer, or
    asks for silence, is left alone for the rest of it. Whenever receipts came in, `settle_cases` is
    dispatched. Raises RuntimeError inside a transaction: nothing is sent under one.
    """
    with _alone() as may_run, transports or OpenTransports() as opened:
        return _Pass(limit=limit, transports=opened, stop=stop).run() if may_run else RelayReport()


@contextmanager
def _alone() -> Iterator[bool]:
    if connection.vendor != "sqlite":
        yield True
        return
    with lease("relay", seconds=ALONE_SECONDS) as won:
        yield won


class _Pass:
    """The pass itself: rounds over the platforms, a small batch each, so that none waits for a busy one."""

    def __init__(self, *, limit: int | None, transports: OpenTransports, stop: Callable[[], bool]) -> None:
        self._limit = limit
        self._stop = stop
        self._ends = time.monotonic() + PASS_SECONDS
        self._transports = transports
        self._left_alone: set[int] = set()
        self._report = RelayReport()

    def run(self) -> RelayReport:
        while self._round() and not self._is_over():
            pass
        self._report.more = self._is_over()
        return self._report

    def _is_over(self) -> bool:
        spent = self._limit is not None and self._report.sent >= self._limit
        return spent or time.monotonic() > self._ends or self._stop()

    def _round(self) -> bool:
        """Serve every platform once; return whether anything was sent."""
        sent, confirmed = self._report.sent, self._report.confirmed
        for platform in platforms_to_serve():
            self._serve(platform)
        if self._report.confirmed > confirmed:
            dispatch("settle_cases", key="settle_cases")
        return self._report.sent > sent

    def _serve(self, platform: Platform) -> None:
        if platform.pk in self._left_alone:
            return
        for message_id in due_on(platform, limit=int(settings.MESSAGES_TO_PLATFORMS["batch"])):
            if self._is_over():
                return
            # One at a time, just before it is sent: a lease that is never held idle does not run out.
            message = claim(message_id, lease_seconds=settings.MESSAGES_TO_PLATFORMS["lease_seconds"])
            if message is None:
                continue
            answer = self._deliver(message, platform)
            if isinstance(answer, Retry) and (answer.pauses or answer.after_seconds is not None):
                self._left_alone.add(platform.pk)
                return

    def _deliver(self, message: Message, platform: Platform) -> Answer:
        started_at = timezone.now()
        answer = self._send(message, platform)
        if record_answer(message=message, answer=answer, started_at=started_at):
            self._count(answer)
        if not isinstance(answer, Confirmed | Accepted):
            # No words of the platform here: they may name the subject. They stand in the attempt.
            logger.warning("message %s to %s: %s", message.uuid, platform.code, type(answer).__name__)
        return answer

    def _send(self, message: Message, platform: Platform) -> Answer:
        try:
            answer = self._answer(message, platform)
            if isinstance(answer, Confirmed) and answer.effect == "stale":
                return self._believed(answer, message, platform)
            return answer
        except UnknownTransport:
            return Retry(_("平台设置的接口方式没有安装。"), pauses=True)
        except Exception as error:  # one message that we cannot send must not stop all the others
            logger.exception("message %s could not be sent", message.uuid)
            return Retry(_("发送程序出错：%(error)s") % {"error": f"{type(error).__name__} {error}"[:500]})

    def _answer(self, message: Message, platform: Platform) -> Answer:
        """Ask for the receipt of what the platform has taken and gives one for when asked; else send."""
        used = self._transports.of(platform)
        if message.accepted_at is not None and channel_of(platform).receipts == Channel.Receipts.POLLING:
            answer = used.receipt_of(message, platform)
            # A platform that has never heard of it lost it: it goes again.
            if answer is not None and not (isinstance(answer, Final) and answer.status == NEVER_HEARD):
                return answer
        return used.send(message, platform)

    def _believed(self, answer: Confirmed, message: Message, platform: Platform) -> Answer:
        """Take "stale" for success only where the platform shows what the message wanted.

        In the ordinary run nothing is overtaken: the platform's or our own data were set back. A removal
        must not be taken for done while the record is still to be seen.
        """
        wanted = SHOWN_AFTER.get(Message.Action(message.action))
        if wanted is None:
            return answer
        record: UUID = payloads.record_id(message.payload)
        shown = self._transports.of(platform).shown(record, platform)
        if shown is None:
            return Retry(_("平台称已有更新的消息，但无法查到它现在是否公示。"), status=answer.status)
        if shown != wanted:
            return Final(_("平台称已有更新的消息，但它的公示状态与要求不符。"), status=answer.status)
        return answer

    def _count(self, answer: Answer) -> None:
        match answer:
            case Confirmed():
                self._report.confirmed += 1
            case Accepted():
                self._report.accepted += 1
            case Retry():
                self._report.retried += 1
            case Final():
                self._report.failed += 1
