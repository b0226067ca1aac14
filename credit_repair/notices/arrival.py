"""The arrival of a document at its addressee: there, opened, downloaded. Each is noted once."""

from typing import Any

from django.db import transaction
from django.db.models import DateTimeField, QuerySet, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from credit_repair.core import audit
from credit_repair.core.clock import now, today
from credit_repair.notices.models import Delivery, Document, ServiceConsent
from credit_repair.people import access

Way = Delivery.Way


def arrive(document: Document) -> Delivery | None:
    """Begin the service of a document on its addressee; return it, None where it is served on nobody.

    Called in the transaction that makes its PDF visible: for who agreed to electronic service that moment is
    the arrival in the receiver's system. For everybody else it waits to be served on paper, and so it does
    where who agreed acts for the addressee no more: who came after them has agreed to nothing yet, or is
    nobody. What was ended before it was made is served on nobody.
    """
    if document.addressee_id is None or document.standing != Document.Standing.VALID:
        return None
    # Locked, so that a consent which is being withdrawn counts either before or after, never in between.
    running = ServiceConsent.objects.select_for_update(of=("self",)).filter(
        subject=document.addressee_id, withdrawn_at__isnull=True
    )
    readers = access.people_acting_for(subject=document.addressee_id, on=today())
    consent = running.filter(given_by__in=readers).first()
    arrived: dict[str, Any] = {}
    if consent is not None:
        moment = now()
        arrived = {
            "way": Way.ELECTRONIC,
            "consent": consent,
            "delivered_at": moment,
            "delivered_on": timezone.localdate(moment),
        }
    delivery, made = Delivery.objects.get_or_create(
        document=document,
        subject_id=document.addressee_id,
        defaults={"since": document.issued_on, **arrived},
    )
    if made and consent is not None:
        audit.record(actor=None, action="delivery.arrived", target=delivery, data=_facts(document))
    return delivery


@transaction.atomic
def note_opened(*, document: Document, reader: Any) -> bool:
    """Note that who acts for the addressee has looked at it; return whether it was the first time."""
    unopened = _of_reader(document, reader).filter(opened_at__isnull=True)
    return _note(unopened, "delivery.opened", document, reader, opened_at=now())


@transaction.atomic
def note_downloaded(*, document: Document, reader: Any) -> bool:
    """Note that who acts for the addressee has downloaded it; return whether it was the first time."""
    moment = now()
    opened = Coalesce("opened_at", Value(moment, DateTimeField()))
    fresh = _of_reader(document, reader).filter(downloaded_at__isnull=True)
    return _note(fresh, "delivery.downloaded", document, reader, downloaded_at=moment, opened_at=opened)


def _of_reader(document: Document, reader: Any) -> QuerySet[Delivery]:
    subjects = access.subjects_of(user=reader, on=today())
    return Delivery.objects.filter(document=document, subject__in=subjects.values("pk"))


def _note(found: QuerySet[Delivery], action: str, document: Document, reader: Any, **times: Any) -> bool:
    # The condition is asked again by the update itself: of two at once, one is the first.
    delivery = found.first()
    if delivery is None or not found.filter(pk=delivery.pk).update(**times):
        return False
    audit.record(actor=reader, action=action, target=delivery, data=_facts(document))
    return True


def _facts(document: Document) -> dict[str, str]:
    return {"document": str(document.uuid), "number": document.number or ""}
