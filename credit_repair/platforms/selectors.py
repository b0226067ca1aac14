"""What people and other packages ask about messages."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Exists, Min, OuterRef, Q, QuerySet, Subquery

from credit_repair.platforms.models import Difference, Message
from credit_repair.platforms.models.messages import TROUBLED_FROM
from credit_repair.registry.flags import standing_flags
from credit_repair.registry.models import Platform, Publication, Record, RecordFlag
from credit_repair.registry.selectors import publications_to_announce


@dataclass(frozen=True)
class RemovalStatus:
    """How far the removal of one record from one platform has come."""

    platform: str
    required: bool
    state: str
    state_label: str
    queued_at: datetime | None
    sent_at: datetime | None
    confirmed_at: datetime | None
    receipt: str
    attempts: int
    message_state: str
    last_error: str
    #: Since when the platform has shown it, as far as it has confirmed.
    shown_at: datetime | None = None
    #: When a reconciliation 对账 last saw it shown though it should be gone, where no receipt came since.
    seen_at: datetime | None = None
    #: When the platform took the removal without a receipt yet.
    accepted_at: datetime | None = None
    #: When its removal was confirmed last, also where it was shown again since.
    removed_at: datetime | None = None
    platform_id: int = 0
    #: Nobody but a person tells it, and no receipt comes.
    by_hand: bool = False
    kind: str = ""

    @property
    def sent(self) -> bool:
        """Whether the removal was sent at least once."""
        return self.attempts > 0


def removal_status(record: Record) -> list[RemovalStatus]:
    """Return one line per platform that publishes or published `record`, in three queries.

    `state` is the publication's: publishing, shown, removing or removed. The rest is about the newest
    terminate message, and empty where none was queued. Where a reconciliation has proved the removal, it
    stands in the receipt's place.
    """
    newest: dict[int, Message] = {}
    removals = messages_of(record).filter(action=Message.Action.TERMINATE)
    for message in removals.annotate(first_sent_at=Min("log__started_at")).order_by("sequence"):
        newest[message.platform_id] = message
    seen = dict(
        Difference.objects.filter(record=record, kind=Difference.Kind.STILL_SHOWN)
        .exclude(handling=Difference.Handling.SETTLED)
        .order_by("pk")
        .values_list("reconciliation__platform", "reconciliation__started_at")
    )
    publications = record.publications.select_related("platform").order_by(
        "-platform__required", "platform__code"
    )
    return [
        _line(publication, newest.get(publication.platform_id), seen.get(publication.platform_id))
        for publication in publications
    ]


def _line(publication: Publication, message: Message | None, seen_at: datetime | None) -> RemovalStatus:
    confirmed_at = message.confirmed_at if message else None
    receipt = message.receipt if message else ""
    removed_at = publication.removed_at if publication.state == Publication.State.REMOVED else None
    # A trial run 试运行 sends nothing, whatever it has written down.
    told = message if publication.platform.transport != Platform.Transport.DRY_RUN else None
    # What was seen before the platform confirmed, or published it anew, is over.
    overtaken = (confirmed_at, removed_at, publication.shown_at)
    if seen_at is not None and any(moment is not None and moment > seen_at for moment in overtaken):
        seen_at = None
    if removed_at is None:
        confirmed_at, receipt = None, ""  # what was confirmed once holds no longer
    elif confirmed_at is None or removed_at > confirmed_at:
        confirmed_at, receipt = removed_at, publication.receipt
    return RemovalStatus(
        platform=publication.platform.name,
        required=publication.platform.required,
        state=publication.state,
        state_label=str(publication.get_state_display()),
        queued_at=message.created_at if message else None,
        sent_at=getattr(told, "first_sent_at", None),
        confirmed_at=confirmed_at,
        receipt=receipt,
        attempts=told.attempts if told else 0,
        message_state=message.state if message else "",
        last_error=message.last_error if message else "",
        shown_at=publication.shown_at,
        accepted_at=told.accepted_at if told else None,
        seen_at=seen_at,
        removed_at=publication.removed_at,
        platform_id=publication.platform_id,
        by_hand=publication.platform.transport == Platform.Transport.BY_HAND,
        kind=publication.platform.kind,
    )


def messages_of(record: Record) -> QuerySet[Message]:
    """Return every message about `record`, platform by platform in the order of sending."""
    return (
        Message.objects.filter(record=record).select_related("platform").order_by("platform_id", "sequence")
    )


def messages_of_causes(causes: Iterable[object]) -> QuerySet[Message]:
    """Return the messages that the events with these UUIDs caused."""
    return Message.objects.filter(cause__in=list(causes)).select_related("platform").order_by("pk")


def unconfirmed_required(record: Record) -> QuerySet[Publication]:
    """Return the publications of `record` that keep its case from being completed.

    These are the ones at platforms whose receipt is required, not confirmed as removed. One that was
    switched off counts, too: it still shows what it was not told to take down. One whose terminate message
    was given up stays in the list until a reconciliation 对账 has seen that the platform shows it no longer,
    or two officials have answered for evidence 佐证 of it.
    """
    return (
        record.publications.filter(platform__required=True)
        .exclude(state=Publication.State.REMOVED)
        .select_related("platform")
        .order_by("platform__code")
    )


def troubled_messages() -> QuerySet[Message]:
    """Return what a person should look at: failed for good, or tried in vain several times. Oldest first."""
    return (
        Message.objects.filter(
            Q(state=Message.State.FAILED) | Q(state=Message.State.WAITING, attempts__gte=TROUBLED_FROM)
        )
        .select_related("platform", "record", "subject")
        .order_by("created_at", "pk")
    )


def unannounced_publications(*, today: date) -> QuerySet[Publication]:
    """Return the publications no platform was told of, of records whose publicity is not over `today`, or
    that are held at their maximum 到期待核.

    One whose platform was last told to take it down is among them, if it waits to be published again.
    """
    told = Message.objects.filter(
        record=OuterRef("record"),
        platform=OuterRef("platform"),
        action__in=[Message.Action.PUBLISH, Message.Action.RESTORE, Message.Action.TERMINATE],
    )
    # A scalar subquery for the reason that claims.due_on() gives.
    last_told = Subquery(told.order_by("-sequence").values("action")[:1])
    return (
        publications_to_announce()
        .alias(last_told=last_told)
        .filter(
            Q(record__effective_until__isnull=True)
            | Q(record__effective_until__gte=today)
            | Exists(standing_flags(RecordFlag.Kind.HELD).filter(record=OuterRef("record"))),
            Q(last_told__isnull=True) | Q(last_told=Message.Action.TERMINATE),
            platform__active=True,
            record__standing=Record.Standing.ACTIVE,
        )
    )
