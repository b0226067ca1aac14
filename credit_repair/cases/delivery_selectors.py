"""Questions about the service 送达 of a case's documents: how it stands, and what is not served yet."""

from datetime import date, timedelta
from typing import Any

from django.db.models import Prefetch, Q, QuerySet

from credit_repair.cases.document_selectors import register
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
    return (
        CaseDocument.objects.filter(case=case, document__addressee__isnull=False)
        .select_related("document__office")
        .prefetch_related(Prefetch("document__deliveries", _served()))
        .order_by("-document__issued_on", "-pk")
    )


def _served() -> QuerySet[Delivery]:
    return Delivery.objects.select_related("subject", "consent", "entered_by", "proof").order_by("pk")


def visible_delivery(*, user: Any, uuid: Any, on: date) -> tuple[Delivery, Case | None]:
    """Return the service of a document, and its case, where it has one, which the official `user` may read.

    Raises Delivery.DoesNotExist otherwise.
    """
    found = Delivery.objects.filter(_readable(user, on))
    delivery = found.select_related(
        "document__office", "document__case_link__case__subject", "subject", "consent", "proof"
    ).get(uuid=uuid)
    return delivery, case_of(delivery.document)


def documents_alone(*, user: Any, on: date) -> QuerySet[Document]:
    """Return what stands in the register of the official `user` outside any case and is served on somebody,
    each with its service."""
    found = register(user=user, on=on).filter(case_link__isnull=True, addressee__isnull=False)
    return found.prefetch_related(Prefetch("deliveries", _served()))


def case_of(document: Document) -> Case | None:
    """Return the case of a document; None where it was issued outside any."""
    try:
        case: Case = document.case_link.case
    except CaseDocument.DoesNotExist:
        return None
    return case


def _readable(user: Any, on: date) -> Q:
    """The services of documents whose case the official may read, or that stand outside any in their
    register."""
    seen = visible_cases(user=user, on=on).values("pk")
    registered = register(user=user, on=on).filter(case_link__isnull=True).order_by()
    return Q(document__case_link__case__in=seen) | Q(document__in=registered.values("pk"))


def offices_that_serve(*, user: Any, on: date) -> set[int]:
    """Return the keys of the offices whose documents `user` may serve."""
    reach = reach_of(user=user, on=on)
    return {office for permission in PERMISSIONS for office in reach.offices(permission)}


def may_serve(*, delivery: Delivery, user: Any, on: date) -> bool:
    """Whether `user` may enter how it was served: at the issuing office, and in a case they may read."""
    if delivery.document.office_id not in offices_that_serve(user=user, on=on):
        return False
    return Delivery.objects.filter(_readable(user, on), pk=delivery.pk).exists()


def not_served(*, user: Any, on: date, days: int = USUAL_DAYS) -> QuerySet[Delivery]:
    """Return what `user`'s offices issued at least `days` calendar days ago and nobody has been served with
    yet, the oldest first; only what holds."""
    return (
        Delivery.objects.filter(
            _readable(user, on),
            delivered_on__isnull=True,
            since__lte=on - timedelta(days=days),
            document__office__in=offices_that_serve(user=user, on=on),
            document__standing=Document.Standing.VALID,
        )
        .select_related("document__office", "document__case_link__case", "subject")
        .order_by("since", "pk")
    )
