"""Receipts 回执 that come by themselves: by signed call-back, by file, or on asking.

Each is kept, whatever it says. One that comes twice changes nothing; one that comes after the message went
out again confirms it all the same, for the platform takes a message once, under its UUID.
"""

import hashlib
import json
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from credit_repair.core.jobs import dispatch
from credit_repair.platforms.confirming import confirm_effect
from credit_repair.platforms.models import Message, ReceivedReceipt
from credit_repair.registry.models import Platform

State = Message.State
Outcome = ReceivedReceipt.Outcome

#: A receipt can only be for what has been sent at least once.
SENT = (State.WAITING, State.SENDING, State.ACCEPTED, State.FAILED)


@dataclass(frozen=True)
class Said:
    """What a platform said of one message.

    message  the message's UUID as the platform wrote it
    receipt  its receipt number; empty for a refusal
    effect   applied, already, stale; or refused
    detail   its own words, for a person
    """

    message: str
    receipt: str
    effect: str
    detail: str = ""

    @property
    def digest(self) -> str:
        """Return what makes the same receipt the same."""
        said = json.dumps([self.message, self.receipt, self.effect, self.detail], ensure_ascii=True)
        return hashlib.sha256(said.encode()).hexdigest()


@transaction.atomic
def take_receipt(*, platform: Platform, said: Said, source: str) -> ReceivedReceipt:
    """Keep what `platform` said and do what follows from it; return the row, which says what was made of it.

    `source` is one of ReceivedReceipt.Source. The message is locked; only messages of this platform are
    looked at, so that no platform confirms for another. Idempotent.
    """
    message = _message_of(platform, said.message)
    kept = ReceivedReceipt.objects.filter(platform=platform, digest=said.digest).first()
    if kept is not None and kept.outcome != Outcome.UNKNOWN:
        return kept
    outcome = _outcome(message, said)
    if message is not None and outcome == Outcome.TAKEN:
        _confirm(message, said)
    if message is not None and outcome == Outcome.REFUSED:
        Message.objects.filter(pk=message.pk).update(
            state=State.FAILED, lease_until=None, lease_token=None, last_error=said.detail
        )
    kept, _made = ReceivedReceipt.objects.update_or_create(
        platform=platform,
        digest=said.digest,
        defaults={
            "message": message,
            "message_uuid": said.message[:64],
            "source": source,
            "outcome": outcome,
            "receipt": said.receipt[:200],
            "effect": said.effect[:10],
            "detail": said.detail,
            "received_at": timezone.now(),
        },
    )
    return kept


def _message_of(platform: Platform, written: str) -> Message | None:
    try:
        uuid = UUID(written)
    except ValueError:
        return None
    return Message.objects.select_for_update().filter(platform=platform, uuid=uuid).first()


def _outcome(message: Message | None, said: Said) -> Outcome:
    if message is None:
        return Outcome.UNKNOWN
    if message.state == State.CONFIRMED:
        return Outcome.ALREADY
    if message.state not in SENT or message.attempts == 0:
        return Outcome.ODD
    if said.effect == "refused":
        return Outcome.REFUSED
    # "stale" must be proved by what the platform shows, which only the relay asks.
    return Outcome.TAKEN if said.receipt and said.effect in ("applied", "already") else Outcome.ODD


def _confirm(message: Message, said: Said) -> None:
    now = timezone.now()
    Message.objects.filter(pk=message.pk).update(
        state=State.CONFIRMED,
        receipt=said.receipt[:200],
        effect=said.effect,
        confirmed_at=now,
        lease_until=None,
        lease_token=None,
        last_error="",
    )
    confirm_effect(message, receipt=said.receipt[:200], now=now)
    transaction.on_commit(partial(dispatch, "settle_cases", key="settle_cases"), robust=True)
    transaction.on_commit(partial(dispatch, "relay_messages", key="relay_messages"), robust=True)
