"""How the queues of all platforms stand: what the page, the metrics and the alerts ask.

Cheap at a million messages: nothing is counted further than a bound, the oldest is read off an index, and
what happened lately is read from the newest attempts alone.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from statistics import median
from uuid import UUID

from django.db.models import Case, Count, IntegerField, OuterRef, Q, QuerySet, Subquery, When

from credit_repair.platforms.channels import channel_of, flow_of
from credit_repair.platforms.models import Alert, Message, MessageAttempt, PlatformPause
from credit_repair.platforms.models.messages import TROUBLED_FROM
from credit_repair.platforms.selectors import troubled_messages
from credit_repair.platforms.windows import window_end
from credit_repair.registry.models import Platform

State = Message.State

#: A page counts no further than this and shows "99+".
SHOWN_MOST = 99
#: So many of the newest attempts tell how it went lately.
LATELY = 5000
#: How far back they may lie for the rate; the time to confirmation looks at all of them.
RATE_OVER = timedelta(hours=1)
COUNTED_STATES = (State.WAITING, State.SENDING, State.ACCEPTED, State.FAILED)


class BoundedCount(Subquery):
    """Counts the rows of a sliced query, as a column: `BoundedCount(rows.values("pk")[:100])`."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) AS counted)"
    output_field = IntegerField()


@dataclass(frozen=True)
class Lately:
    """How sending to one platform went lately, from the newest attempts.

    attempts   by outcome, within the last hour as far as the newest attempts reach
    seconds    from queueing to the receipt, of those messages among them that are confirmed
    hourly     attempts an hour
    """

    attempts: dict[str, int] = field(default_factory=dict)
    seconds: tuple[float, ...] = ()
    hourly: int = 0

    @property
    def sent(self) -> int:
        """How many attempts were made."""
        return sum(self.attempts.values())

    @property
    def error_share(self) -> float | None:
        """The share of attempts that did not succeed, 0 to 1; None where there were none."""
        if not self.sent:
            return None
        failed = sum(self.attempts.get(outcome, 0) for outcome in ("retry", "final"))
        return failed / self.sent

    @property
    def median_seconds(self) -> float | None:
        """The median time to confirmation; None where nothing was confirmed."""
        return median(self.seconds) if self.seconds else None

    def quantile(self, share: float) -> float | None:
        """The time within which this share of the messages was confirmed."""
        if not self.seconds:
            return None
        ordered = sorted(self.seconds)
        return ordered[min(int(share * len(ordered)), len(ordered) - 1)]


@dataclass(frozen=True)
class PlatformStanding:
    """How one platform's queue stands.

    counts      unfinished messages by state, none above `most` + 1
    oldest_at   when its oldest unfinished message was queued
    last_error  the words of the failure that stands on the person's list longest
    """

    platform: Platform
    counts: dict[str, int]
    most: int
    oldest_at: datetime | None
    lately: Lately
    last_error: str
    alerts: tuple[Alert, ...]

    def age(self, now: datetime) -> timedelta | None:
        """How old the oldest unfinished message is."""
        return now - self.oldest_at if self.oldest_at else None

    def state(self, now: datetime) -> str:
        """Return in one word what the platform's channel does now."""
        return channel_state(self.platform, now=now)


def standings(*, now: datetime, most: int = SHOWN_MOST, only: str = "") -> list[PlatformStanding]:
    """Return how every platform stands to which messages go, or the one of code `only`, in three queries:
    first those with an alert, last those that are switched off."""
    platforms = list(_counted(most, only))
    went = lately(now=now)
    standing = alerts_by_platform()
    rows = [
        PlatformStanding(
            platform=platform,
            counts={str(state): getattr(platform, f"n_{state}") for state in COUNTED_STATES},
            most=most,
            oldest_at=platform.oldest_at,  # type: ignore[attr-defined]
            lately=went.get(platform.pk, Lately()),
            last_error=platform.failed_error or platform.tried_error or "",  # type: ignore[attr-defined]
            alerts=tuple(standing.get(platform.pk, ())),
        )
        for platform in platforms
    ]
    return sorted(rows, key=lambda row: (not row.platform.active, not row.alerts))


def _counted(most: int, only: str) -> QuerySet[Platform]:
    here = Message.objects.filter(platform=OuterRef("pk")).order_by()
    unfinished = here.filter(state__in=Message.UNFINISHED).order_by("created_at")
    # Of what is failed first, then of what is tried in vain: the words of either stand at the message.
    words = here.exclude(last_error="").values("last_error")
    failed = words.filter(state=State.FAILED).order_by("created_at")[:1]
    tried = words.filter(state=State.WAITING, attempts__gte=TROUBLED_FROM).order_by("created_at")[:1]
    found = Platform.objects.exclude(transport=Platform.Transport.BY_HAND)
    if only:
        found = found.filter(code=only)
    counts = {
        f"n_{state}": BoundedCount(here.filter(state=state).values("pk")[: most + 1])
        for state in COUNTED_STATES
    }
    return (
        found.select_related("channel", "pause", "flow")
        .annotate(
            **counts,
            oldest_at=Subquery(unfinished.values("created_at")[:1]),
            failed_error=Subquery(failed),
            tried_error=Subquery(tried),
        )
        .order_by("-active", "code")
    )


def lately(*, now: datetime) -> dict[int, Lately]:
    """Return by the platform's key how sending went lately, in one query over the newest attempts.

    Walks back along the primary key, so that attempts need no index by time. Where more were made within
    the hour than are looked at, the rate is worked out from the time that those took.
    """
    rows = list(
        MessageAttempt.objects.filter(finished_at__lte=now + timedelta(minutes=5))
        .order_by("-pk")
        .values_list(
            "message__platform", "outcome", "finished_at", "message__created_at", "message__confirmed_at"
        )[:LATELY]
    )
    since = now - RATE_OVER
    if len(rows) == LATELY:
        since = max(since, min(row[2] for row in rows))
    hours = max((now - since) / timedelta(hours=1), 1 / 3600)
    attempts: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    seconds: dict[int, list[float]] = defaultdict(list)
    for platform, outcome, finished_at, created_at, confirmed_at in rows:
        if finished_at >= since:
            attempts[platform][outcome] += 1
        if confirmed_at is not None:
            seconds[platform].append(max((confirmed_at - created_at).total_seconds(), 0.0))
    return {
        platform: Lately(
            attempts=dict(attempts[platform]),
            seconds=tuple(seconds[platform]),
            hourly=round(sum(attempts[platform].values()) / hours),
        )
        for platform in {row[0] for row in rows}
    }


def alerts_by_platform() -> dict[int, list[Alert]]:
    """Return the alerts that stand, by the platform's key, the oldest first."""
    found: dict[int, list[Alert]] = defaultdict(list)
    for alert in open_alerts():
        found[alert.platform_id].append(alert)
    return found


def open_alerts() -> QuerySet[Alert]:
    """Return the alerts that stand, the oldest first."""
    return (
        Alert.objects.filter(cleared_at__isnull=True).select_related("platform").order_by("raised_at", "pk")
    )


# -- what a channel does now


def channel_state(platform: Platform, *, now: datetime) -> str:
    """Return what the platform's channel does at `now`, by what matters most: off, dry_run, paused (it asked
    for silence), open (the breaker), maintenance, failing, normal. Select channel, pause and flow along."""
    if not platform.active:
        return "off"
    if platform.transport == Platform.Transport.DRY_RUN:
        return "dry_run"
    pause, flow = pause_of(platform), flow_of(platform)
    if pause is not None and pause.until > now:
        return "paused"
    if flow.opened_until is not None and flow.opened_until > now:
        return "open"
    if window_end(channel_of(platform), now) is not None:
        return "maintenance"
    return "failing" if flow.failures else "normal"


def pause_of(platform: Platform) -> PlatformPause | None:
    """Return the silence that the platform asked for, if it ever did."""
    return getattr(platform, "pause", None)


# -- messages of one platform, and the person's list


def queue_of(platform: Platform, *, state: str = "", action: str = "") -> QuerySet[Message]:
    """Return the unfinished messages of `platform`, the oldest first; of one such `state` or `action`."""
    found = Message.objects.filter(platform=platform, state__in=Message.UNFINISHED)
    if state:
        found = found.filter(state=state)
    if action:
        found = found.filter(action=action)
    return found.order_by("created_at", "pk")


def newest_of(platform: Platform, *, state: str = "", action: str = "") -> QuerySet[Message]:
    """Return all messages of `platform`, the newest first; of one `state` or `action`."""
    found = Message.objects.filter(platform=platform)
    if state:
        found = found.filter(state=state)
    if action:
        found = found.filter(action=action)
    # By key, which has an index: all messages of a platform have none by time.
    return found.order_by("-pk")


def from_on(found: QuerySet[Message], *, after: UUID, newest_first: bool) -> QuerySet[Message]:
    """Return what lies behind the message `after` in a list of queue_of() or newest_of(): a page is found by
    where the former ended, so that the hundredth costs what the first does. Unknown: nothing is left out."""
    last = Message.objects.filter(uuid=after).values_list("created_at", "pk").first()
    if last is None:
        return found
    moment, key = last
    if newest_first:
        return found.filter(pk__lt=key)
    return found.filter(created_at__gte=moment).exclude(created_at=moment, pk__lte=key)


def with_held_up(found: QuerySet[Message]) -> QuerySet[Message]:
    """Let each message know in `holds_up` how many wait behind it in the queue of its record, or of its
    subject where it has none, and platform."""
    holds_up = Case(When(record__isnull=False, then=_behind("record")), default=_behind("subject"))
    return found.annotate(holds_up=holds_up)


def _behind(anchor: str) -> BoundedCount:
    queue = {anchor: OuterRef(anchor), "platform": OuterRef("platform")}
    behind = Message.objects.filter(
        **queue, sequence__gt=OuterRef("sequence"), state__in=Message.UNFINISHED
    ).order_by()
    return BoundedCount(behind.values("pk")[: SHOWN_MOST + 1])


def listed_for_a_person(*, failed_only: bool = False, platform: Platform | None = None) -> QuerySet[Message]:
    """Return the person's list 待人工处理, the oldest first: what failed, and what is tried in vain."""
    found = troubled_messages()
    if failed_only:
        found = found.filter(state=State.FAILED)
    return found if platform is None else found.filter(platform=platform)


def failed_by_platform(readable: Q) -> list[tuple[Platform, int]]:
    """Return the platforms that have failed messages among the readable ones, with how many."""
    found = Message.objects.filter(readable, state=State.FAILED).order_by().values("platform")
    counts = dict(found.annotate(n=Count("pk")).values_list("platform", "n"))
    platforms = Platform.objects.filter(pk__in=counts).order_by("code")
    return [(platform, counts[platform.pk]) for platform in platforms]


def line_of(message: Message) -> QuerySet[Message]:
    """Return the queue in which `message` stands: all of its record, or of its subject where it has none, and
    platform, in the order of sending."""
    anchor = Q(subject=message.subject_id) if message.record_id is None else Q(record=message.record_id)
    same = Message.objects.filter(anchor, platform=message.platform_id)
    return same.defer("payload").order_by("sequence")


def at_most(count: int, *, most: int = SHOWN_MOST) -> str:
    """Return a count as it is shown: above `most` as "99+"."""
    return f"{most}+" if count > most else str(count)
