"""What an answer changes: the message, its publication, and the log of attempts, in one transaction."""

import random
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from credit_repair.platforms.channels import channel_of
from credit_repair.platforms.confirming import confirm_effect
from credit_repair.platforms.models import Channel, Message, MessageAttempt, PlatformPause
from credit_repair.platforms.transports.answers import Accepted, Answer, Confirmed, Final, Retry

State = Message.State
Outcome = MessageAttempt.Outcome

#: Seconds until the next attempt after the first, second, … failed one; the last goes on for ever, because
#: a platform that was down for a week must still be told.
DELAYS = (5, 30, 120, 600, 1800, 3600)
JITTER = 0.2  # a fifth up or down, so that what failed together does not come back together


@transaction.atomic(durable=True)
def record_answer(*, message: Message, answer: Answer, started_at: datetime) -> bool:
    """Write down what came of the attempt that began at `started_at`.

    Returns False where the lease ran out meanwhile and another relay has the message: then the attempt
    is logged, and the message left to the other, who will be given the same receipt.
    """
    now = timezone.now()
    words = "" if isinstance(answer, Confirmed | Accepted) else answer.reason.replace("\0", "")
    MessageAttempt.objects.create(
        message=message,
        number=message.attempts,
        started_at=started_at,
        finished_at=now,
        status_code=answer.status,
        outcome=_outcome(answer),
        detail=words,
    )
    if isinstance(answer, Retry) and answer.after_seconds is not None:
        _pause(message, answer, now)
    changes = {
        "lease_until": None,
        "lease_token": None,
        "last_error": words,
        **_changes(message, answer, now),
    }
    mine = Message.objects.filter(pk=message.pk, state=State.SENDING, lease_token=message.lease_token)
    if not mine.update(**changes):
        return False
    if isinstance(answer, Confirmed):
        confirm_effect(message, receipt=answer.receipt, now=now)
    return True


def delay_after(attempts: int) -> float:
    """Return the seconds to wait after so many failed attempts (1 or more)."""
    delay = DELAYS[min(attempts, len(DELAYS)) - 1]
    return delay * random.uniform(1 - JITTER, 1 + JITTER)  # nosec B311 # noqa: S311 - spreads load, hides nothing


def receipt_within(channel: Channel) -> timedelta:
    """Return how long a message that was taken rests until it is asked for its receipt, or sent again."""
    if channel.receipts == Channel.Receipts.POLLING:
        return timedelta(minutes=channel.poll_minutes)
    return timedelta(hours=channel.receipt_hours)


def _outcome(answer: Answer) -> Outcome:
    match answer:
        case Confirmed():
            return Outcome.CONFIRMED
        case Accepted():
            return Outcome.ACCEPTED
        case Retry():
            return Outcome.RETRY
        case Final():
            return Outcome.FINAL


def _changes(message: Message, answer: Answer, now: datetime) -> dict[str, object]:
    match answer:
        case Confirmed():
            return {
                "state": State.CONFIRMED,
                "receipt": answer.receipt,
                "effect": answer.effect,
                "confirmed_at": now,
            }
        case Accepted():
            return {
                "state": State.ACCEPTED,
                "accepted_at": message.accepted_at or now,
                "reference": answer.reference or message.reference,
                "next_attempt_at": now + receipt_within(channel_of(message.platform)),
            }
        case Retry():
            return {"state": State.WAITING, "next_attempt_at": _next_attempt_at(message, answer, now)}
        case Final():
            return {"state": State.FAILED}


def _next_attempt_at(message: Message, answer: Retry, now: datetime) -> datetime:
    if answer.after_seconds is not None:
        return now + _silence(answer.after_seconds)
    return now + timedelta(seconds=delay_after(message.attempts))


def _silence(asked_seconds: float) -> timedelta:
    """What a platform asked for, but at least a second and never longer than our own longest delay."""
    return timedelta(seconds=min(max(asked_seconds, 1), DELAYS[-1]))


def _pause(message: Message, answer: Retry, now: datetime) -> None:
    PlatformPause.objects.update_or_create(
        platform_id=message.platform_id,
        defaults={"until": now + _silence(answer.after_seconds or 0), "reason": answer.reason},
    )
