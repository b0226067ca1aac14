"""What a receipt changes beyond the message: the publication, and the measures that rested on the record."""

from datetime import datetime

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
    does not become "shown" by the late receipt of its publishing.
    """
    publication = Publication.objects.filter(record_id=message.record_id, platform_id=message.platform_id)
    action = Message.Action(message.action)
    match action:
        case Message.Action.PUBLISH | Message.Action.RESTORE:
            publication.update(shown_at=now)
            publication.filter(state=Publication.State.PUBLISHING).update(
                state=Publication.State.SHOWN,
                removed_at=None,
                receipt="",  # the field is the removal's
            )
        case Message.Action.TERMINATE:
            publication.filter(state=Publication.State.REMOVING).update(
                state=Publication.State.REMOVED, removed_at=now, receipt=receipt
            )
        case Message.Action.STOP_SHARING | Message.Action.LIFT_SANCTION:
            measures = Measure.objects.filter(
                record_id=message.record_id, platform_id=message.platform_id, kind=ENDS[action]
            )
            measures.filter(state=Measure.State.ENDING).update(
                state=Measure.State.ENDED, ended_at=now, receipt=receipt
            )
