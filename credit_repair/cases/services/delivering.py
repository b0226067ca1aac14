"""Service 送达 of a case's documents by the officials of the office that issued them."""

from datetime import date
from typing import Any

from django.core.files.base import File
from django.db import transaction

from credit_repair.cases.delivery_selectors import may_serve
from credit_repair.cases.errors import NotYours
from credit_repair.cases.models import Case, CaseDocument
from credit_repair.notices import announcing, delivering
from credit_repair.notices.delivering import Handed
from credit_repair.notices.models import Delivery, Document


def enter_service(
    *, delivery: Delivery, actor: Any, today: date, handed: Handed, scan: File | None
) -> Delivery:
    """Enter that a document was handed over, with its proof; the scan is checked before anything is locked.

    Raises NotYours where the actor has no say in it, else as notices.delivering.checked_scan() and
    enter_service() do.
    """
    _require(delivery, actor, today)
    proof = delivering.checked_scan(handed=handed, scan=scan)
    with transaction.atomic():
        _require(delivery, actor, today)
        return delivering.enter_service(
            delivery=delivery, actor=actor, today=today, handed=handed, scan=proof
        )


@transaction.atomic
def enter_failure(
    *, delivery: Delivery, actor: Any, today: date, failure: str, day: date, why: str
) -> Delivery:
    """Enter that a document was refused or could not be served; raises as enter_service() does."""
    _require(delivery, actor, today)
    return delivering.enter_failure(
        delivery=delivery, actor=actor, today=today, failure=failure, day=day, why=why
    )


@transaction.atomic
def announce(*, delivery: Delivery, actor: Any, today: date, place: str, text: str = "") -> Delivery:
    """Serve by public notice 公告送达; raises NotYours, else as notices.announcing.announce() does."""
    _require(delivery, actor, today)
    return announcing.announce(delivery=delivery, actor=actor, today=today, place=place, text=text)


@transaction.atomic
def prove(*, delivery: Delivery, case: Case | None, actor: Any, today: date) -> Document:
    """Issue the proof of service 送达回证, into the case's file where there is a case; raises as
    enter_service() does, and glyphs.MissingGlyphs."""
    _require(delivery, actor, today)
    proof = delivering.prove(delivery=delivery, actor=actor, today=today)
    if case is not None:
        CaseDocument.objects.create(case=case, document=proof)
    return proof


def _require(delivery: Delivery, actor: Any, today: date) -> None:
    if not may_serve(delivery=delivery, user=actor, on=today):
        raise NotYours(f"service {delivery.uuid}")
