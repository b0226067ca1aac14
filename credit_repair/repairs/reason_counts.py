"""How often each reason was given: for statistics, by office, over a period."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import BigIntegerField, Count, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from credit_repair.cases.models import CaseReason, CorrectionItem, ReasonCode, ReviewStep
from credit_repair.registry.models import Office
from credit_repair.repairs.models import KIND

Use = ReasonCode.Use
#: Of each use: by which act the reason was given, and which office of the case gave it.
_GIVEN: dict[str, tuple[str, str]] = {
    Use.CORRECTION: ("ask_correction", "intake_office"),
    Use.NOT_ACCEPTED: ("refuse_to_accept", "intake_office"),
    Use.REFUSED: ("refuse", "deciding_office"),
}


@dataclass(frozen=True)
class ReasonCount:
    """How many times an office gave a reason; without a code: in words of its own."""

    office: str
    use: str
    code: str
    text: str
    count: int


def reason_counts(*, offices: Collection[int], first: date, last: date) -> list[ReasonCount]:
    """Return how often each reason was given by the offices of these keys from `first` to `last`, both days
    included.

    By office, then by use, the most frequent first.
    """
    texts = {
        (use, code): text
        for use, code, text in ReasonCode.objects.filter(kind=KIND).values_list("use", "code", "text")
    }
    names = dict(Office.objects.filter(pk__in=offices).values_list("pk", "name"))
    found = []
    for use, (act, seat) in _GIVEN.items():
        for row in _rows(use, act=act, seat=seat, offices=offices, first=first, last=last):
            name, code = names[row["giver"]], row["code"]
            found.append(ReasonCount(name, use, code, texts.get((use, code), code), row["count"]))
    order = list(_GIVEN)
    return sorted(found, key=lambda row: (row.office, order.index(row.use), -row.count, row.code))


def _rows(
    use: str, *, act: str, seat: str, offices: Collection[int], first: date, last: date
) -> Iterable[dict[str, Any]]:
    given: QuerySet[Any] = CorrectionItem.objects.all()
    if use != Use.CORRECTION:
        given = CaseReason.objects.filter(use=use)
    # A case that was sent on 转送 afterwards lies with another office now than with the one that gave it.
    sent_on = ReviewStep.objects.filter(
        case=OuterRef("case"), forwarded_to__isnull=False, done_at__gte=OuterRef("given_at")
    )
    return (
        given.filter(
            case__kind=KIND,
            case__events__action=act,
            case__events__at__date__gte=first,
            case__events__at__date__lte=last,
        )
        .annotate(given_at=F("case__events__at"))
        .annotate(
            giver=Coalesce(
                Subquery(sent_on.order_by("done_at").values("office")[:1]),
                F(f"case__{seat}"),
                output_field=BigIntegerField(),
            )
        )
        .filter(giver__in=offices)
        .order_by()
        .values("giver", "code")
        .annotate(count=Count("pk", distinct=True))
    )
