"""One message to every platform that has a record: what is not the end of it, but is to be known there."""

from uuid import UUID

from django.db import transaction

from credit_repair.platforms.models import Message
from credit_repair.platforms.payloads import CommitmentSaid
from credit_repair.platforms.services.queueing import keep, line_up, lock_record, queues_of, takes
from credit_repair.registry.models import Publication, Record


@transaction.atomic(savepoint=False)  # inside a decision it stands and falls with it
def tell_publishers(
    *,
    record: Record,
    action: str,
    cause: UUID,
    cause_text: str,
    also_removed: bool = False,
    said: CommitmentSaid | None = None,
) -> list[Message]:
    """Queue `action` about `record` to every platform that publishes it, in the caller's transaction.

    Those that do not take the action are left out. `also_removed`: also to those that have taken it down,
    as with RESTORE, after which the publication is heading for being shown. `cause` is the UUID of the
    event, `cause_text` Chinese and for the public; `said` the commitment that a COMMITMENT tells of.
    Returns the messages; the same cause again writes none.
    """
    standing = lock_record(record.pk)
    publications = record.publications.select_related("platform").order_by("platform_id")
    if not also_removed:
        publications = publications.exclude(state=Publication.State.REMOVED)
    locked = publications.select_for_update(of=("self",))
    to = [(each.platform, each) for each in locked if takes(each.platform, action)]
    if not to:
        return []
    queues = queues_of(record, standing, to)
    written = [
        line_up(queue, action=action, cause=cause, cause_text=cause_text, said=said) for queue in queues
    ]
    keep(queues)
    return [message for message in written if message is not None]


@transaction.atomic(savepoint=False)
def show_again(*, record: Record, cause: UUID, cause_text: str) -> list[Message]:
    """Queue that `record`, which is active again, is shown again wherever it was 恢复公示, in the caller's
    transaction: RESTORE, or where a platform knows none, PUBLISH.

    What was to take it down and has not been sent goes first: each removal is proved by its own receipt, and
    what comes behind it is what counts. From now on every publication heads for being shown. Returns the
    messages; the same cause again writes none.
    """
    standing = lock_record(record.pk)
    publications = list(
        record.publications.select_related("platform").order_by("platform_id").select_for_update(of=("self",))
    )
    queues = queues_of(record, standing, [(each.platform, each) for each in publications])
    written = []
    for queue, publication in zip(queues, publications, strict=True):
        action = Message.Action.RESTORE
        if not takes(publication.platform, action):
            if not takes(publication.platform, Message.Action.PUBLISH):
                continue  # a website that is not ours: a person sees to it
            action = Message.Action.PUBLISH
            publication.state = Publication.State.PUBLISHING
            publication.save(update_fields=["state"])
        written.append(line_up(queue, action=action, cause=cause, cause_text=cause_text))
    keep(queues)
    return [message for message in written if message is not None]
