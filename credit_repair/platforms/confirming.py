"""What a receipt changes beyond the message: the publication, and the measures that rested on the record."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Exists, OuterRef, Subquery, Value

from credit_repair.platforms.models import Measure, MeasureKind, Message
from credit_repair.registry.models import Publication

#: Which measure of the department an action ends.
ENDS = {
    Message.Action.STOP_SHARING: MeasureKind.SHARING,
    Message.Action.LIFT_SANCTION: MeasureKind.SANCTION,
}


def confirm_effect(message: Message, *, receipt: str, now: datetime) -> None:
    """Let the publication or measure say what the platform confirmed, in the caller's transaction.

    Its state moves only where it was heading for this: a publication whose removal is queued already
    does not become "shown" by the late receipt of its publishing. The message itself is confirmed by then.
    """
    if message.record_id is None:  # it concerns no record: nothing is shown or measured because of it
        return
    _confirm(Message.Action(message.action), message.platform_id, [message.record_id], Value(receipt), now)


def confirm_effects(messages: Iterable[Message], *, now: datetime) -> None:
    """The same for many, whose rows have their receipts already: a few statements however many they are."""
    alike: dict[tuple[str, int], list[Message]] = {}
    for message in messages:
        alike.setdefault((message.action, message.platform_id), []).append(message)
    for (action, platform_id), some in alike.items():
        confirmed = Message.objects.filter(
            pk__in=[message.pk for message in some],
            record=OuterRef("record_id"),
            platform=OuterRef("platform_id"),
        )
        receipt = Subquery(confirmed.values("receipt")[:1])
        records = [message.record_id for message in some if message.record_id is not None]
        _confirm(Message.Action(action), platform_id, records, receipt, now)


def _confirm(
    action: Message.Action, platform_id: int, records: list[int], receipt: Value | Subquery, now: datetime
) -> None:
    publications = Publication.objects.filter(record__in=records, platform=platform_id)
    match action:
        case Message.Action.PUBLISH | Message.Action.RESTORE:
            publications.update(shown_at=now)
            publications.filter(state=Publication.State.PUBLISHING).update(
                state=Publication.State.SHOWN,
                removed_at=None,
                receipt="",  # the field is the removal's
            )
        case Message.Action.TERMINATE:
            publications.filter(state=Publication.State.REMOVING).update(
                state=Publication.State.REMOVED, removed_at=now, receipt=receipt
            )
        case Message.Action.STOP_SHARING | Message.Action.LIFT_SANCTION:
            measures = Measure.objects.filter(record__in=records, platform=platform_id, kind=ENDS[action])
            # A later one ends what was to be reinstated in between: its receipt is the one that counts.
            later = Message.objects.filter(
                record=OuterRef("record"),
                platform=platform_id,
                action=action,
                state__in=Message.UNFINISHED,
            )
            measures.filter(~Exists(later), state=Measure.State.ENDING).update(
                state=Measure.State.ENDED, ended_at=now, receipt=receipt
            )
