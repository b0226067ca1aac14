"""The first message of every new publication, and the measures that departments take because of it."""

import logging
import uuid
from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from credit_repair.core.languages import in_site_language
from credit_repair.platforms.measures import active_rules, apply_measures
from credit_repair.platforms.models import MeasureRule, Message
from credit_repair.platforms.selectors import unannounced_publications
from credit_repair.platforms.services.queueing import keep, line_up, lock_record, queues_of
from credit_repair.platforms.services.removal import reinstate_measures
from credit_repair.registry.models import Publication, RecordEvent

logger = logging.getLogger(__name__)

Action = Message.Action


def announce_new_publications(*, today: date, batch: int = 200) -> int:
    """Queue the first message of every publication that its platform has not been told of.

    Records that have ended, or whose last day of publicity lies before `today`, are left out. `batch` is how
    many publications are looked at per question. One transaction per record; one that cannot be announced
    does not keep the others from it, and the last such failure is raised when all are through. Returns how
    many publications were announced.
    """
    announced, last = 0, 0
    failure: Exception | None = None
    rules = active_rules()
    publishing = Publication.objects.filter(state=Publication.State.PUBLISHING).order_by("pk")
    # First plain ids, then the conditions on these few: with all in one question, each batch cost a look at
    # all publications.
    while ids := list(publishing.filter(pk__gt=last).values_list("pk", flat=True)[:batch]):
        last = ids[-1]
        found = unannounced_publications(today=today).filter(pk__in=ids)
        for record_id in sorted(set(found.values_list("record_id", flat=True))):
            try:
                announced += _announce(record_id, today=today, rules=rules)
            except Exception as error:
                logger.exception("record %s could not be announced", record_id)
                failure = error
    if failure is not None:
        raise failure
    return announced


@transaction.atomic
@in_site_language()
def _announce(record_id: int, *, today: date, rules: Sequence[MeasureRule]) -> int:
    """Announce what is still to be announced of one record; return how many publications."""
    # Locked before anything is read, so that the message says what the record says now.
    standing = lock_record(record_id)
    found = unannounced_publications(today=today).filter(record=record_id).order_by("platform_id")
    publications = list(found.select_for_update(of=("self",)))
    if not publications:
        return 0
    record = publications[0].record
    queues = queues_of(record, standing, [(each.platform, each) for each in publications])
    written = [
        line_up(
            queue,
            action=Action.PUBLISH,
            cause=_cause_of_publication(publication),
            cause_text=_("失信信息公示"),
        )
        for queue, publication in zip(queues, publications, strict=True)
    ]
    keep(queues)
    told = [message for message in written if message is not None]
    if told and apply_measures(record, rules=rules):
        reinstate_measures(record=record, cause=told[0].cause, cause_text=_("重新公示，恢复措施"))
    return len(told)


def _cause_of_publication(publication: Publication) -> UUID:
    """Return the UUID of what put the record there: its import, or the change that brought it back.

    Where neither is known, one that never changes.
    """
    told_before = Message.objects.filter(
        record=publication.record_id, platform=publication.platform_id, action=Action.PUBLISH
    ).exists()
    what = RecordEvent.CORRECTIONS if told_before else (RecordEvent.What.IMPORTED,)
    events = RecordEvent.objects.filter(record=publication.record_id, what__in=what)
    event = events.order_by("at", "pk").last()
    if event is not None:
        return event.uuid
    return uuid.uuid5(publication.record.uuid, f"publication:{publication.platform.code}")
