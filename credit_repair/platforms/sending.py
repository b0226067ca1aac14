"""One attempt to send one message, in a thread that touches no database, and what its answer proves."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from credit_repair.platforms import payloads
from credit_repair.platforms.channels import channel_of, question_seconds
from credit_repair.platforms.claims import Claimed
from credit_repair.platforms.confirming import ENDS
from credit_repair.platforms.models import Channel, Message
from credit_repair.platforms.outcomes import Delivery
from credit_repair.platforms.transports import Transport
from credit_repair.platforms.transports.answers import Accepted, Answer, Confirmed, Final, Retry
from credit_repair.registry.models import Platform

logger = logging.getLogger(__name__)

#: What the platform must show after an action, where its answer alone does not prove it.
SHOWN_AFTER = {Message.Action.PUBLISH: True, Message.Action.RESTORE: True, Message.Action.TERMINATE: False}

#: What a platform answers that is asked for the receipt of a message it does not know.
NEVER_HEARD = 404


@dataclass(frozen=True)
class Sending:
    """A claimed message on its way. `transport` is None where none of that name is installed.

    begin_at     seconds of the monotonic clock at which it may go
    lease_ends   and at which its lease is over: no question is begun whose answer could come later
    """

    claimed: Claimed
    platform: Platform
    transport: Transport | None
    begin_at: float
    lease_ends: float

    @property
    def message(self) -> Message:
        return self.claimed.message

    def send(self, *, may_begin: Callable[[], bool]) -> Delivery | None:
        """Send it and say what came of it; None where it was not begun: `may_begin` forbade it, or it had
        lain here for too long. Never raises."""
        if not may_begin() or not self._is_time_for_a_question:
            return None
        started_at = timezone.now()
        answer, is_ours = self._guarded_answer()
        if not isinstance(answer, Confirmed | Accepted):
            # No words of the platform here: they may name the subject. They stand in the attempt.
            logger.warning(
                "message %s to %s: %s", self.message.uuid, self.platform.code, type(answer).__name__
            )
        return Delivery(
            message=self.message,
            answer=answer,
            started_at=started_at,
            finished_at=_not_before(started_at),
            is_probe=self.claimed.is_probe,
            is_ours=is_ours,
        )

    @property
    def _is_time_for_a_question(self) -> bool:
        return time.monotonic() + question_seconds(channel_of(self.platform)) <= self.lease_ends

    def _guarded_answer(self) -> tuple[Answer, bool]:
        """Return the answer, and whether a fault in it is this program's own."""
        if self.transport is None:
            return Retry(_("平台设置的接口方式没有安装。"), pauses=True), False
        try:
            answer = self._answer(self.transport)
            if isinstance(answer, Confirmed) and answer.effect == "stale":
                answer = self._believed(answer, self.transport)
        except Exception as error:  # one message that we cannot send must not stop all the others
            logger.exception("message %s could not be sent", self.message.uuid)
            words = _("发送程序出错：%(error)s") % {"error": f"{type(error).__name__} {error}"[:500]}
            return Retry(words), True
        return answer, False

    def _answer(self, transport: Transport) -> Answer:
        """Ask for the receipt of what the platform has taken and gives one for when asked; else send."""
        message, platform = self.message, self.platform
        if message.accepted_at is not None and channel_of(platform).receipts == Channel.Receipts.POLLING:
            answer = transport.receipt_of(message, platform)
            # A platform that has never heard of it lost it: it goes again.
            if answer is not None and not (isinstance(answer, Final) and answer.status == NEVER_HEARD):
                return answer
            if not self._is_time_for_a_question:
                return Retry(_("平台没有按时应答：%(error)s") % {"error": _("查询回执")}, pauses=True)
        return transport.send(message, platform)

    def _believed(self, answer: Confirmed, transport: Transport) -> Answer:
        """Take "stale" for success only where the platform shows what the message wanted.

        In the ordinary run nothing is overtaken: the platform's or our own data were set back. A removal
        must not be taken for done while the record is still to be seen.
        """
        action = Message.Action(self.message.action)
        if action in ENDS:  # what a department does shows nowhere
            return Final(_("平台称已有更新的消息，没有执行；无法证明措施已经解除。"), status=answer.status)
        wanted = SHOWN_AFTER.get(action)
        if wanted is None:
            return answer
        record: UUID = payloads.record_id(self.message.payload)
        shown = transport.shown(record, self.platform) if self._is_time_for_a_question else None
        if shown is None:
            return Retry(_("平台称已有更新的消息，但无法查到它现在是否公示。"), status=answer.status)
        if shown != wanted:
            return Final(_("平台称已有更新的消息，但它的公示状态与要求不符。"), status=answer.status)
        return answer


def _not_before(moment: datetime) -> datetime:
    """Return now, though the clock may have been set back meanwhile."""
    return max(moment, timezone.now())
