"""Documents that have no file yet are made and signed at once 补签, some at a time: other work waits, too."""

import logging
from collections import Counter
from collections.abc import Callable
from datetime import date

from django.db import transaction

from credit_repair.cases.document_selectors import register
from credit_repair.core import audit, clock
from credit_repair.notices.models import Document, DocumentPack, PackItem
from credit_repair.notices.services import render

logger = logging.getLogger(__name__)

State, Outcome = DocumentPack.State, PackItem.Outcome
#: So many are made before whatever else waits has its turn.
AT_ONCE = 10
#: After so many failures in a row the key of an office is taken for broken: the others are spared the wait.
TIRED_AFTER = 3


def sign_some(pack: DocumentPack, *, on: date, hold: Callable[[], None]) -> bool:
    """Make and sign the next documents of the pack; return whether some are left.

    Each is made as ever (notices.services.render): one that cannot be signed goes on waiting for its time.
    """
    failures: Counter[int | None] = Counter()
    for item in _next_ones(pack):
        item.outcome = _outcome_of(item, pack, on=on)
        office = item.document.office_id
        failures[office] = failures[office] + 1 if item.outcome == Outcome.UNSIGNED else 0
        _note(pack, item)
        if failures[office] >= TIRED_AFTER:
            _spare(pack, office)
        hold()
    if pack.items.filter(outcome=Outcome.WAITING).exists():
        return True
    _end(pack)
    return False


def _next_ones(pack: DocumentPack) -> list[PackItem]:
    waiting = pack.items.filter(outcome=Outcome.WAITING).order_by("position")
    return list(waiting.select_related("document").defer("document__context")[:AT_ONCE])


def _outcome_of(item: PackItem, pack: DocumentPack, *, on: date) -> PackItem.Outcome:
    item.refresh_from_db(fields=["outcome"])
    if item.outcome != Outcome.WAITING:  # spared meanwhile
        return Outcome(item.outcome)
    if not register(user=pack.asked_by, on=on).filter(pk=item.document_id).exists():
        return Outcome.HIDDEN
    if item.document.state == Document.State.READY:
        return Outcome.ALREADY
    try:
        document = render(document_id=item.document_id)
    except Exception:  # whatever is wrong with one must not keep the others from being made
        logger.exception("document %s cannot be made", item.document_id)
        return Outcome.FAILED
    return Outcome.MADE if document.state == Document.State.READY else Outcome.UNSIGNED


def _note(pack: DocumentPack, item: PackItem) -> None:
    item.save(update_fields=["outcome"])
    done = pack.items.exclude(outcome=Outcome.WAITING).count()
    DocumentPack.objects.filter(pk=pack.pk, state=State.MAKING).update(done=done)


def _spare(pack: DocumentPack, office: int | None) -> None:
    waiting = pack.items.filter(outcome=Outcome.WAITING, document__office=office)
    waiting.filter(document__state=Document.State.PENDING).update(outcome=Outcome.SPARED)


@transaction.atomic
def _end(pack: DocumentPack) -> None:
    locked = DocumentPack.objects.select_for_update().filter(pk=pack.pk, state=State.MAKING).first()
    if locked is None:
        return
    locked.state, locked.finished_at, locked.done = State.READY, clock.now(), locked.total
    locked.save(update_fields=["state", "finished_at", "done"])
    made = locked.items.filter(outcome__in=(Outcome.MADE, Outcome.ALREADY)).count()
    data = {"documents": made, "left_out": locked.total - made}
    audit.record(actor=None, action="pack.made", target=locked, data=data)
