"""Questions about packs of documents 打包: whose they are, what is in one, and who may still fetch it."""

from datetime import date, datetime
from typing import Any

from django.db.models import BooleanField, Count, ExpressionWrapper, F, Q, QuerySet

from credit_repair.cases.document_selectors import openable, register
from credit_repair.notices.models import Document, DocumentPack, PackItem

Order = DocumentPack.Order
Outcome = PackItem.Outcome
#: As a register is read: run by run, 2号 before 10号; what has no number comes last, by its day.
_BY_NUMBER: tuple[Any, ...] = (
    ExpressionWrapper(Q(number__isnull=True), output_field=BooleanField()),
    "prefix",
    "year",
    "serial",
    "issued_on",
    "pk",
)
_ORDERS: dict[str, tuple[Any, ...]] = {
    Order.NEWEST: ("-issued_on", "-pk"),
    Order.OLDEST: ("issued_on", "pk"),
    Order.NUMBER: _BY_NUMBER,
    Order.KIND: ("kind", *_BY_NUMBER),
}


def in_order(documents: QuerySet[Document], order: str) -> QuerySet[Document]:
    """Return the documents in one of the orders of a pack."""
    return documents.order_by(*_ORDERS[order])


def packs_of(*, user: Any, at: datetime) -> QuerySet[DocumentPack]:
    """Return what `user` asked for, and is still kept at that moment, the newest first."""
    return DocumentPack.objects.filter(asked_by=user.pk, expires_at__gt=at)


def may_fetch(pack: DocumentPack, *, on: date) -> bool:
    """Whether who asked for the pack may still have its file: all in it must still be theirs to open, and all
    that its index tells of be in their register."""
    told = pack.items.exclude(outcome=Outcome.HIDDEN)
    found = register(user=pack.asked_by, on=on).order_by().values("pk")
    if told.exclude(document__in=found).exists():
        return False
    keys = list(pack.items.filter(outcome=Outcome.INCLUDED).values_list("document", flat=True))
    return openable(keys, user=pack.asked_by, on=on) == set(keys)


def figures(pack: DocumentPack) -> dict[str, int]:
    """Return how many documents of the pack came to which outcome."""
    counted = pack.items.order_by().values_list("outcome").annotate(count=Count("pk"))
    return dict(counted)


def ended_since(pack: DocumentPack) -> int:
    """Return how many of the documents in the pack have another standing by now than when it was made."""
    included = pack.items.filter(outcome=Outcome.INCLUDED)
    return included.exclude(standing=F("document__standing")).count()


def not_valid(pack: DocumentPack) -> int:
    """Return how many of the documents in the pack were revoked, replaced or void when it was made."""
    included = pack.items.filter(outcome=Outcome.INCLUDED)
    return included.exclude(standing=Document.Standing.VALID).count()


def shown_items(pack: DocumentPack, *, user: Any, on: date) -> QuerySet[PackItem]:
    """Return the documents of the pack that `user` still finds in their register, in their places."""
    seen = register(user=user, on=on).order_by().values("pk")
    found = pack.items.filter(Q(document__in=seen)).exclude(outcome=Outcome.HIDDEN)
    return found.select_related("document__office", "document__addressee").order_by("position")
