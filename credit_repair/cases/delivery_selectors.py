"""Questions about the service 送达 of a case's documents: how it stands, and what is not served yet."""

from datetime import date, timedelta
from typing import Any

from django.db.models import Prefetch, QuerySet

from credit_repair.cases.models import Case, CaseDocument
from credit_repair.cases.parts import visible_cases
from credit_repair.notices.models import Delivery, Document
from credit_repair.people.reach import reach_of

#: Who may enter how a document of their office was served: everybody there who issues some.
PERMISSIONS = ("intake", "verify", "approve")
#: So many days after its issue a document should be served.
USUAL_DAYS = 3


def deliveries_of(*, case: Case) -> QuerySet[CaseDocument]:
    """Return the documents of a case that are served on somebody, the latest first, each with its service."""
    served = Delivery.objects.select_related("subject", "consent", "entered_by", "proof").order_by("pk")
    return (
        CaseDocument.objects.filter(case=case, document__addressee__isnull=False)
        .select_related("document__office")
        .prefetch_related(Prefetch("document__deliveries", served))
        .order_by("-document__issued_on", "-pk")
    )


def visible_delivery(*, user: Any, uuid: Any, on: date) -> tuple[Delivery, Case]:
    """Return the service of a document, and its case, which the official `user` may read.

    Raises Delivery.DoesNotExist otherwise.
    """
    seen = visible_cases(user=user, on=on).values("pk")
    found = Delivery.objects.filter(document__case_link__case__in=seen)
    delivery = found.select_related(
        "document__office", "document__case_link__case__subject", "subject", "consent", "proof"
    ).get(uuid=uuid)
    return delivery, delivery.document.case_link.case


def offices_that_serve(*, user: Any, on: date) -> set[int]:
    """Return the keys of the offices whose documents `user` may serve."""
    reach = reach_of(user=user, on=on)
    return {office for permission in PERMISSIONS for office in reach.offices(permission)}


def may_serve(*, delivery: Delivery, user: Any, on: date) -> bool:
    """Whether `user` may enter how it was served: at the issuing office, and in a case they may read."""
    if delivery.document.office_id not in offices_that_serve(user=user, on=on):
        return False
    seen = visible_cases(user=user, on=on)
    return seen.filter(documents__document=delivery.document_id).exists()


def not_served(*, user: Any, on: date, days: int = USUAL_DAYS) -> QuerySet[Delivery]:
    """Return what `user`'s offices issued at least `days` calendar days ago and nobody has been served with
    yet, the oldest first; only what holds."""
    return (
        Delivery.objects.filter(
            delivered_on__isnull=True,
            since__lte=on - timedelta(days=days),
            document__office__in=offices_that_serve(user=user, on=on),
            document__standing=Document.Standing.VALID,
            document__case_link__case__in=visible_cases(user=user, on=on).values("pk"),
        )
        .select_related("document__office", "document__case_link__case", "subject")
        .order_by("since", "pk")
    )
