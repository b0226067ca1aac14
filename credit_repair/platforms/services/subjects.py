"""Messages that concern no record: what a subject has promised, and what became of it."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from credit_repair.core.languages import in_site_language
from credit_repair.platforms import payloads
from credit_repair.platforms.models import Message
from credit_repair.platforms.payloads import CommitmentSaid
from credit_repair.platforms.services.queueing import call_relay, takes
from credit_repair.registry.models import Platform, Subject

COMMITMENT = Message.Action.COMMITMENT


@transaction.atomic(savepoint=False)  # inside a decision it stands and falls with it
def enqueue_subject(
    *, subject: Subject, platform: Platform, cause: UUID, cause_text: str, said: CommitmentSaid
) -> Message | None:
    """Queue one message about a commitment of `subject` for which there is no record, in the caller's
    transaction; the relay is called once that has committed.

    `cause` is the UUID of the event: asked again for the same cause, subject and platform, nothing is written
    and the message of the first time is returned. `cause_text` is Chinese and for the public. Returns None
    where the platform takes no such messages. Nothing supersedes them: each says something of its own.
    """
    if not takes(platform, COMMITMENT):
        return None
    _lock_subject(subject.pk)
    line = Message.objects.filter(subject=subject, platform=platform).defer("payload").order_by("sequence")
    before = list(line)
    for earlier in before:
        if earlier.cause == cause:
            return earlier
    now = timezone.now()
    message = Message(
        platform=platform,
        subject=subject,
        sequence=before[-1].sequence + 1 if before else 1,
        action=COMMITMENT,
        cause=cause,
        cause_text=cause_text,
        next_attempt_at=now,
        created_at=now,
    )
    with in_site_language():
        message.payload = payloads.build(message, subject=subject, said=said)
    message.save(force_insert=True)
    call_relay()
    return message


@transaction.atomic(savepoint=False)
def tell_of_subject(
    *, subject: Subject, cause: UUID, cause_text: str, said: CommitmentSaid, publicly: bool = True
) -> list[Message]:
    """Queue what enqueue_subject() queues to every active platform that takes it; return the messages.

    `publicly` False: to departments alone, for a publisher would show it.
    """
    _lock_subject(subject.pk)
    platforms = Platform.objects.filter(active=True).order_by("pk")
    if not publicly:
        platforms = platforms.filter(kind=Platform.Kind.DEPARTMENT)
    told = [
        enqueue_subject(subject=subject, platform=platform, cause=cause, cause_text=cause_text, said=said)
        for platform in platforms
        if takes(platform, COMMITMENT)
    ]
    return [message for message in told if message is not None]


def _lock_subject(subject_id: int) -> None:
    """Keep others from taking a place in the subject's queues, and the commits in the order of the sequence.

    no_key: a plain lock on the subject would stop everybody who merely points at it.
    """
    Subject.objects.select_for_update(no_key=True).only("pk").get(pk=subject_id)
