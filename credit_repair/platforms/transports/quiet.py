"""Transports that send nothing from here: a trial run, files, a person. None of them ever says that a
platform did something."""

import hashlib
import logging
from collections.abc import Iterator
from uuid import UUID

from django.utils.translation import gettext as _

from credit_repair.platforms import payloads
from credit_repair.platforms.models import Message
from credit_repair.platforms.transports import CannotList, Shown, transport
from credit_repair.platforms.transports.answers import Accepted, Answer, Retry
from credit_repair.registry.models import Platform

logger = logging.getLogger(__name__)


class Quiet:
    """What they have in common: nobody can be asked."""

    def close(self) -> None:
        """There is nothing to let go of."""

    def send(self, message: Message, platform: Platform) -> Answer:
        """Not from here; the relay leaves such platforms out, and does no harm where it does not."""
        return Retry(_("这个平台的消息不经接口发送。"), pauses=True)

    def shown(self, record: UUID, platform: Platform) -> bool | None:
        return None

    def receipt_of(self, message: Message, platform: Platform) -> Answer | None:
        return None

    def listing(self, platform: Platform, *, after: str) -> Iterator[Shown]:
        raise CannotList(_("这个平台不能通过接口查询公示清单，请人工核查。"))


@transport(Platform.Transport.DRY_RUN)
class DryRun(Quiet):
    """A trial run 试运行: says what would have been sent, and sends nothing.

    It answers "taken", never with a receipt: nobody shall take a trial for a removal. The message stays open
    and goes out when the platform is given its real transport.
    """

    def send(self, message: Message, platform: Platform) -> Answer:
        body = payloads.encode(message.payload)
        digest = hashlib.sha256(body).hexdigest()
        # The body stands on the message's page; it may name a person, so the log has its digest.
        logger.info(
            "trial run, not sent: %s %s to %s, %s bytes, sha256 %s",
            message.action,
            message.uuid,
            platform.code,
            len(body),
            digest,
        )
        words = _("试运行，没有发送；正文%(bytes)s字节，SHA-256为%(digest)s")
        return Accepted(words % {"bytes": len(body), "digest": digest})


@transport(Platform.Transport.FILES)
class Files(Quiet):
    """Files 前置机: written and read by `platforms.exchange`, many messages at a time."""


@transport(Platform.Transport.BY_HAND)
class ByHand(Quiet):
    """A website that is not ours: a person looks, and nothing is ever sent."""
