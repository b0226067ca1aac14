"""Receipts 回执 that come by themselves: by signed call-back, by file, or on asking.

Each is kept, whatever it says. One that comes twice changes nothing; one that comes after the message went
out again confirms it all the same, for the platform takes a message once, under its UUID.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from credit_repair.core.jobs import dispatch
from credit_repair.platforms.confirming import confirm_effect
from credit_repair.platforms.models import Message, ReceivedReceipt
from credit_repair.platforms.proofs import is_proven
from credit_repair.registry.models import Platform

State = Message.State
Outcome = ReceivedReceipt.Outcome

#: How many receipts come at once by call-back.
MOST_RECEIPTS = 500
MAX_RECEIPT, MAX_DETAIL = 200, 500
EFFECTS = ("applied", "already", "stale", "refused")
#: What is made of a receipt that cannot be read; the other outcomes are those of the row that is kept.
INVALID = "invalid"
_UUID_LENGTH = 36

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


class BadReceipt(ValueError):
    """It is none by the schema; the words name the field."""


@dataclass(frozen=True)
class Taken:
    """What became of one receipt: an outcome of ReceivedReceipt, or INVALID; `detail` for a person."""

    id: str
    outcome: str
    detail: str = ""


def read_receipt(data: Any) -> Said:
    """Read one receipt as schemas/v1/receipt.json has it. Raises BadReceipt."""
    if not isinstance(data, dict):
        raise BadReceipt(_("不是JSON对象"))
    if data.get("version", 1) != 1 or isinstance(data.get("version"), bool):
        raise BadReceipt(_("version必须是1"))
    message = data.get("id")
    if not isinstance(message, str) or len(message) != _UUID_LENGTH or _uuid(message) is None:
        raise BadReceipt(_("id必须是消息的UUID"))
    effect = data.get("effect")
    if effect not in EFFECTS:
        raise BadReceipt(_("effect必须是applied、already、stale或refused"))
    receipt = _text(data, "receipt", longest=MAX_RECEIPT)
    if not receipt and effect != "refused":
        raise BadReceipt(_("receipt不能为空"))
    detail = _text({"detail": "", **data}, "detail", longest=MAX_DETAIL)
    return Said(message=message.lower(), receipt=receipt, effect=effect, detail=detail)


def _text(data: dict[str, Any], field: str, *, longest: int) -> str:
    value = data.get(field)
    if not isinstance(value, str):
        raise BadReceipt(_("%(field)s必须是文字") % {"field": field})
    value = value.strip()
    if len(value) > longest:
        raise BadReceipt(_("%(field)s最多%(longest)s个字符") % {"field": field, "longest": longest})
    # Half a surrogate pair is legal in JSON and can be stored nowhere.
    if "\0" in value or any("\ud800" <= character <= "\udfff" for character in value):
        raise BadReceipt(_("%(field)s含有无效字符") % {"field": field})
    return value


def take_receipts(*, platform: Platform, said: Iterable[Any], source: str) -> list[Taken]:
    """Take each of `said`, parsed from JSON, in a transaction of its own; return what became of each.

    One that cannot be read stops no other.
    """
    return [_take_one(platform, data, source) for data in said]


def _take_one(platform: Platform, data: Any, source: str) -> Taken:
    try:
        read = read_receipt(data)
    except BadReceipt as error:
        named = data.get("id") if isinstance(data, dict) else None
        fits = isinstance(named, str) and len(named) == _UUID_LENGTH and _uuid(named) is not None
        return Taken(str(named).lower() if fits else "", INVALID, str(error))
    kept = take_receipt(platform=platform, said=read, source=source)
    return Taken(read.message, kept.outcome, kept.get_outcome_display())


@transaction.atomic
def take_receipt(*, platform: Platform, said: Said, source: str) -> ReceivedReceipt:
    """Keep what `platform` said and do what follows from it; return the row, which says what was made of it.

    `source` is one of ReceivedReceipt.Source. The message is locked; only messages of this platform are
    looked at, so that no platform confirms for another. Idempotent.
    """
    message = _message_of(platform, said.message)
    kept = ReceivedReceipt.objects.filter(platform=platform, digest=said.digest).first()
    if kept is not None and _stands(kept, message):
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


def _stands(kept: ReceivedReceipt, message: Message | None) -> bool:
    """Whether what was made of this receipt before is all that can be made of it now.

    A refusal counts anew where the message has been sent again since: else nobody would learn that it was
    refused for the same reason. While it waits to be sent again, the refusal is the former one's.
    """
    if message is None or kept.outcome in (Outcome.TAKEN, Outcome.ALREADY):
        return True
    if kept.outcome == Outcome.REFUSED:
        return message.state not in (State.SENDING, State.ACCEPTED)
    return False


def _message_of(platform: Platform, written: str) -> Message | None:
    uuid = _uuid(written)
    if uuid is None:
        return None
    return Message.objects.select_for_update().filter(platform=platform, uuid=uuid).first()


def _uuid(written: str) -> UUID | None:
    try:
        return UUID(written)
    except ValueError:
        return None


def _outcome(message: Message | None, said: Said) -> Outcome:
    if message is None:
        return Outcome.UNKNOWN
    if message.state == State.CONFIRMED:
        # A refusal of what it confirmed contradicts the platform's own receipt: no second one of the same.
        return Outcome.ODD if said.effect == "refused" else Outcome.ALREADY
    if message.state == State.GIVEN_UP and said.receipt and is_proven(message):
        # Two officials have confirmed the same by evidence since: what counts, counted then.
        return Outcome.ODD if said.effect == "refused" else Outcome.ALREADY
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
