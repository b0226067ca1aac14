"""What answers change: the messages, their publications, and the log of attempts, in one transaction."""

import json
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Case, Expression, F, TextField, Value, When
from django.db.models.functions import Coalesce
from django.db.models.sql.compiler import SQLCompiler
from django.utils import timezone

from credit_repair.platforms import flow as flows
from credit_repair.platforms.channels import channel_of
from credit_repair.platforms.confirming import confirm_effects
from credit_repair.platforms.models import Channel, Flow, Message, MessageAttempt, PlatformPause
from credit_repair.platforms.transports.answers import Accepted, Answer, Confirmed, Final, Retry, storable
from credit_repair.registry.models import Platform

State = Message.State
Outcome = MessageAttempt.Outcome

#: Seconds until the next attempt after the first, second, … failed one; the last goes on for ever, because
#: a platform that was down for a week must still be told.
DELAYS = (5, 30, 120, 600, 1800, 3600)
JITTER = 0.2  # a fifth up or down, so that what failed together does not come back together
LONGEST_DELAY = timedelta(seconds=DELAYS[-1] * (1 + JITTER))


@dataclass(frozen=True)
class Delivery:
    """One attempt to send a message, and what came of it.

    is_probe  it was to find out whether the platform works again
    is_ours   the fault was this program's: it says nothing of the platform
    """

    message: Message
    answer: Answer
    started_at: datetime
    finished_at: datetime
    is_probe: bool = False
    is_ours: bool = False

    @property
    def worked(self) -> bool | None:
        """Whether the platform did its part, be it by a refusal; None where the attempt does not say so:
        the fault was ours, or the platform asked for silence, which is heeded by itself."""
        if not isinstance(self.answer, Retry):
            return True
        return None if self.is_ours or self.answer.after_seconds is not None else False

    @property
    def words(self) -> str:
        """The reason, empty where all went well."""
        if isinstance(self.answer, Confirmed | Accepted):
            return ""
        return storable(self.answer.reason)


@transaction.atomic(durable=True)
def record_answers(platform: Platform, deliveries: Sequence[Delivery]) -> list[Delivery]:
    """Write down what came of these attempts to reach `platform`; return those whose message was still ours.

    Of the others the lease ran out meanwhile, or the receipt came by itself: such an attempt is logged, and
    the message left as it is. As many statements for fifty as for one; done twice, it changes nothing more.
    """
    now = timezone.now()
    kept = _lock_ours(deliveries)
    MessageAttempt.objects.bulk_create([_attempt(each) for each in deliveries], ignore_conflicts=True)
    for kind, write in _WRITERS.items():
        some = [each for each in kept if isinstance(each.answer, kind)]
        if some:
            write(platform, some, now)
    confirm_effects((each.message for each in kept if isinstance(each.answer, Confirmed)), now=now)
    _heed_silence(platform, deliveries, now)
    _count(platform, deliveries, now)
    return kept


def delay_after(attempts: int) -> float:
    """Return the seconds to wait after so many failed attempts (1 or more)."""
    delay = DELAYS[min(attempts, len(DELAYS)) - 1]
    return delay * random.uniform(1 - JITTER, 1 + JITTER)  # nosec B311 # noqa: S311 - spreads load, hides nothing


def receipt_within(channel: Channel) -> timedelta:
    """Return how long a message that was taken rests until it is asked for its receipt, or sent again."""
    if channel.receipts == Channel.Receipts.POLLING:
        return timedelta(minutes=channel.poll_minutes)
    return timedelta(hours=channel.receipt_hours)


def _lock_ours(deliveries: Sequence[Delivery]) -> list[Delivery]:
    """Lock the messages that nobody else has taken, or finished, since; return their attempts."""
    locked = Message.objects.filter(pk__in=[each.message.pk for each in deliveries], state=State.SENDING)
    tokens = dict(locked.order_by("pk").select_for_update(no_key=True).values_list("pk", "lease_token"))
    return [each for each in deliveries if tokens.get(each.message.pk) == each.message.lease_token]


def _attempt(delivery: Delivery) -> MessageAttempt:
    return MessageAttempt(
        message=delivery.message,
        number=delivery.message.attempts,
        started_at=delivery.started_at,
        finished_at=delivery.finished_at,
        status_code=delivery.answer.status,
        outcome=_OUTCOMES[type(delivery.answer)],
        detail=delivery.words,
    )


def _confirmed(platform: Platform, some: Sequence[Delivery], now: datetime) -> None:
    _write(
        some,
        state=State.CONFIRMED,
        confirmed_at=now,
        last_error="",
        receipt=_each(some, lambda each: each.answer.receipt),
        effect=_each(some, lambda each: each.answer.effect),
    )


def _accepted(platform: Platform, some: Sequence[Delivery], now: datetime) -> None:
    _write(
        some,
        state=State.ACCEPTED,
        accepted_at=Coalesce(F("accepted_at"), Value(now)),
        next_attempt_at=now + receipt_within(channel_of(platform)),
        last_error="",
        reference=_each(some, lambda each: each.answer.reference or each.message.reference),
    )


def _retried(platform: Platform, some: Sequence[Delivery], now: datetime) -> None:
    _write(
        some,
        state=State.WAITING,
        next_attempt_at=Case(
            *(When(pk=each.message.pk, then=Value(_next_attempt_at(each, now))) for each in some)
        ),
        last_error=_each(some, lambda each: each.words),
    )


def _failed(platform: Platform, some: Sequence[Delivery], now: datetime) -> None:
    _write(some, state=State.FAILED, last_error=_each(some, lambda each: each.words))


_OUTCOMES: Mapping[type[Answer], Outcome] = {
    Confirmed: Outcome.CONFIRMED,
    Accepted: Outcome.ACCEPTED,
    Retry: Outcome.RETRY,
    Final: Outcome.FINAL,
}
_WRITERS: Mapping[type[Answer], Callable[[Platform, Sequence[Delivery], datetime], None]] = {
    Confirmed: _confirmed,
    Accepted: _accepted,
    Retry: _retried,
    Final: _failed,
}


def _write(some: Sequence[Delivery], **values: Any) -> None:
    rows = Message.objects.filter(pk__in=[each.message.pk for each in some])
    rows.update(lease_until=None, lease_token=None, **values)


def _each(some: Sequence[Delivery], value_of: Callable[[Any], str]) -> Expression:
    """Return an expression that gives each message its own text, for one statement."""
    values = {each.message.pk: value_of(each) for each in some}
    if len(set(values.values())) == 1:
        return Value(next(iter(values.values())))
    return _ByKey(values)


class _ByKey(Expression):
    """The text that stands for the row's key in a dictionary, which goes to the database as one value.

    A CASE with a branch for each row says the same, but costs more to build than all the rest of a batch.
    """

    def __init__(self, values: Mapping[int, str]) -> None:
        super().__init__(output_field=TextField())
        self._said = json.dumps(values, ensure_ascii=False)

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, tuple[str, ...]]:
        """For PostgreSQL."""
        return '(%s::jsonb ->> "id"::text)', (self._said,)

    def as_sqlite(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper
    ) -> tuple[str, tuple[str, ...]]:
        """The same for SQLite."""
        return """json_extract(%s, '$."' || "id" || '"')""", (self._said,)


def _next_attempt_at(delivery: Delivery, now: datetime) -> datetime:
    asked = delivery.answer.after_seconds if isinstance(delivery.answer, Retry) else None
    if asked is not None:
        return now + _silence(asked)
    return now + timedelta(seconds=delay_after(delivery.message.attempts))


def _silence(asked_seconds: float) -> timedelta:
    """What a platform asked for, but at least a second and never longer than our own longest delay."""
    return timedelta(seconds=min(max(asked_seconds, 1), DELAYS[-1]))


def _heed_silence(platform: Platform, deliveries: Sequence[Delivery], now: datetime) -> None:
    """Pause the platform for as long as the last of these answers asked, if one did."""
    for delivery in reversed(deliveries):
        answer = delivery.answer
        if isinstance(answer, Retry) and answer.after_seconds is not None:
            until = now + _silence(answer.after_seconds)
            PlatformPause.objects.update_or_create(
                platform=platform, defaults={"until": until, "reason": delivery.words}
            )
            return


def _count(platform: Platform, deliveries: Sequence[Delivery], now: datetime) -> None:
    """Count failures in a row, in the row that all relays share; untouched while all goes well."""
    worked = [each.worked for each in deliveries if each.worked is not None]
    if all(worked):
        if worked:
            failing = Flow.objects.filter(platform=platform).exclude(failures=0, opened_until=None)
            failing.update(failures=0, failing_since=None, opened_until=None)
        return
    flow, _made = Flow.objects.select_for_update().get_or_create(platform=platform)
    is_probe = any(each.is_probe for each in deliveries)
    flows.count(flow, channel_of(platform), worked, is_probe=is_probe, now=now)
    flow.save(update_fields=["failures", "failing_since", "opened_until"])
