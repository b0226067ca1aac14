"""What every act on a commitment does: its event, the record's, the audit, the messages, the mail."""

from datetime import date
from typing import Any

from django.urls import reverse

from credit_repair.cases.services.telling import tell_subject
from credit_repair.commitments.models import Commitment, CommitmentEvent
from credit_repair.core import audit
from credit_repair.core.clock import now
from credit_repair.core.languages import in_site_language
from credit_repair.core.wording import stated
from credit_repair.platforms.models import Message
from credit_repair.platforms.payloads import CommitmentSaid
from credit_repair.platforms.services import tell_of_subject, tell_publishers
from credit_repair.platforms.services.queueing import lock_record
from credit_repair.registry.models import RecordEvent

State = Commitment.State
What = CommitmentEvent.What

#: What platforms are told, by the event; the message says how the commitment stands after it.
TOLD = (What.MADE, What.KEPT, What.BROKEN, What.WITHDRAWN, What.EXPIRED)
#: How a message calls a state.
_SAID = {State.CHECKING: "made"}


def locked(commitment: Commitment) -> Commitment:
    """Lock a commitment and return it as it is now: the record first, where it has one, as everywhere."""
    if commitment.record_id is not None:
        lock_record(commitment.record_id)
    rows = Commitment.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("subject", "office", "record").get(pk=commitment.pk)


@in_site_language()
def note(
    commitment: Commitment,
    what: str,
    *,
    actor: Any,
    today: date,
    text: str = "",
    mail: bool = True,
    told: bool = True,
) -> CommitmentEvent:
    """Write what happened to a commitment, tell the platforms that take it, and whoever acts for its subject.

    `told` False: the platforms never heard of it, and need not hear of its end.
    """
    event = CommitmentEvent(
        commitment=commitment,
        what=what,
        at=now(),
        on=today,
        actor=actor,
        actor_label=str(actor or commitment.office),
        text=text,
    )
    event.save()
    audit.record(
        actor=actor, action=f"commitments.{what}", target=commitment, data={"event": str(event.uuid)}
    )
    if told and what in TOLD:
        _tell_platforms(commitment, event)
    if mail:
        tell_subject(
            kind="subject_commitment",
            subject=commitment.subject,
            about=event.uuid,
            on=today,
            commitment=commitment,
            what=str(event.get_what_display()),
            text=text,
            path=reverse("my_commitment", args=[commitment.uuid]),
        )
    return event


def _tell_platforms(commitment: Commitment, event: CommitmentEvent) -> None:
    said = said_of(commitment)
    words = stated(event.get_what_display(), commitment.title)
    if commitment.record is None:
        tell_of_subject(
            subject=commitment.subject,
            cause=event.uuid,
            cause_text=words,
            said=said,
            publicly=commitment.published_on is not None,
        )
        return
    RecordEvent.objects.create(
        record=commitment.record,
        what=RecordEvent.What.COMMITTED,
        at=event.at,
        on=event.on,
        actor_label=event.actor_label,
        data={"commitment": str(commitment.uuid), "state": said.state},
    )
    tell_publishers(
        record=commitment.record,
        action=Message.Action.COMMITMENT,
        cause=event.uuid,
        cause_text=words,
        also_removed=True,
        said=said,
    )


def said_of(commitment: Commitment) -> CommitmentSaid:
    """Return what a message says of a commitment as it stands."""
    state = State(commitment.state)
    return CommitmentSaid(
        uuid=commitment.uuid,
        type=commitment.kind,
        title=commitment.title,
        items=tuple(commitment.items),
        made_on=commitment.made_on,
        valid_until=commitment.valid_until,
        state=_SAID.get(state, str(state)),
    )
