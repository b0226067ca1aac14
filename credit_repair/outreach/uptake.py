"""What came of the reminders 提醒成效: letters, arrivals, applications within 30, 60 and 90 days, repairs.

The unit is the record of which a letter reminded. Days are counted from the day of the letter, which is day
0; day 30 still counts. A record that was reminded of twice is counted with each letter.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Exists, F, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import TruncDate

from credit_repair.cases.models import Case
from credit_repair.outreach.models import Reminder, ReminderBatch, ReminderItem
from credit_repair.outreach.repairable import ends_alone
from credit_repair.registry.models import Record
from credit_repair.repairs.models import KIND

#: The spans in days, after the letter, in which what follows is counted.
SPANS = (30, 60, 90)


@dataclass
class Uptake:
    """What came of some reminders.

    records   of how many records letters reminded
    begun     by span: an application was begun within so many days, drafts included
    filed     by span: one was handed in
    repaired  by span: the record was repaired
    """

    records: int = 0
    begun: dict[int, int] = field(default_factory=lambda: dict.fromkeys(SPANS, 0))
    filed: dict[int, int] = field(default_factory=lambda: dict.fromkeys(SPANS, 0))
    repaired: dict[int, int] = field(default_factory=lambda: dict.fromkeys(SPANS, 0))

    def add(self, count: int, days: dict[str, int | None]) -> None:
        """Count `count` records with which each thing happened so many days after the letter, None: never."""
        self.records += count
        for name, after in days.items():
            for span in SPANS:
                if after is not None and 0 <= after <= span:
                    getattr(self, name)[span] += count

    def share(self, name: str, span: int) -> float | None:
        """Return what share of the records that is, between 0 and 1; None where there are none."""
        return getattr(self, name)[span] / self.records if self.records else None


@dataclass
class Letters:
    """How many letters went out, and how many of them arrived, by whatever way, or were opened online."""

    letters: int = 0
    served: int = 0
    opened: int = 0
    mailed: int = 0


def uptake_by_batch(batches: Iterable[ReminderBatch]) -> dict[int, Uptake]:
    """Return what came of the letters of each batch, by its key; two queries, however many records."""
    keys = [batch.pk for batch in batches]
    found: dict[int, Uptake] = {key: Uptake() for key in keys}
    for row in _followed(ReminderItem.objects.filter(batch__in=keys)):
        found[row["batch"]].add(row["count"], _days(row, row["sent_on"]))
    return found


def uptake_by_month(items: QuerySet[ReminderItem]) -> dict[date, Uptake]:
    """Return what came of the letters that reminded of `items`, by the first day of the letters' month."""
    found: dict[date, Uptake] = defaultdict(Uptake)
    for row in _followed(items):
        found[row["sent_on"].replace(day=1)].add(row["count"], _days(row, row["sent_on"]))
    return dict(sorted(found.items()))


def letters_by_batch(batches: Iterable[ReminderBatch]) -> dict[int, Letters]:
    """Return how many letters of each batch went out and arrived, by its key; one query."""
    keys = [batch.pk for batch in batches]
    rows: Any = Reminder.objects.filter(batch__in=keys).values("batch").annotate(**_LETTERS).order_by()
    found = {key: Letters() for key in keys}
    for row in rows:
        batch = row.pop("batch")
        found[batch] = Letters(**row)
    return found


_LETTERS = {
    "letters": Count("pk", distinct=True),
    "served": Count("pk", filter=Q(document__deliveries__delivered_on__isnull=False), distinct=True),
    "opened": Count("pk", filter=Q(document__deliveries__opened_at__isnull=False), distinct=True),
    "mailed": Count("pk", filter=Q(mailed=True), distinct=True),
}


def _followed(items: QuerySet[ReminderItem]) -> Any:
    """Return what followed on each letter, as counts of records by the days on which it did."""
    cases = Case.objects.filter(record=OuterRef("record"), kind=KIND)
    begun = cases.annotate(day=TruncDate("created_at")).filter(day__gte=OuterRef("sent_on"))
    filed = cases.filter(submitted_on__gte=OuterRef("sent_on"))
    repaired = Record.objects.filter(pk=OuterRef("record"), standing=Record.Standing.REPAIRED)
    return (
        items.filter(outcome=ReminderItem.Outcome.SENT)
        .annotate(
            begun_on=Subquery(begun.order_by("day").values("day")[:1]),
            filed_on=Subquery(filed.order_by("submitted_on").values("submitted_on")[:1]),
            repaired_on=Subquery(repaired.values("ended_on")[:1]),
        )
        .order_by()
        .values("batch", "sent_on", "begun_on", "filed_on", "repaired_on")
        .annotate(count=Count("pk"))
    )


def _days(row: dict[str, Any], start: date) -> dict[str, int | None]:
    return {
        name: (row[f"{name}_on"] - start).days if row[f"{name}_on"] else None
        for name in ("begun", "filed", "repaired")
    }


def unreminded(batch: ReminderBatch) -> Uptake:
    """Return, to compare with, what became within the same spans of records of the same authorities that
    could be repaired on the day of the batch, had no application then, and of which no letter ever reminded.

    An approximation: what the records and cases say today of that day. One query.
    """
    day = batch.asked_on
    authorities = batch.items.order_by().values("record__authority")
    before = Case.objects.filter(record=OuterRef("pk"), kind=KIND, created_at__date__lt=day).filter(
        Q(closed_on__isnull=True) | Q(closed_on__gte=day)
    )
    reminded = ReminderItem.objects.filter(record=OuterRef("pk"), outcome=ReminderItem.Outcome.SENT)
    cases = Case.objects.filter(record=OuterRef("pk"), kind=KIND)
    begun = cases.annotate(day=TruncDate("created_at")).filter(day__gte=day)
    filed = cases.filter(submitted_on__gte=day)
    repaired = Record.objects.filter(pk=OuterRef("pk"), standing=Record.Standing.REPAIRED)
    rows: Any = (
        Record.objects.filter(
            Q(effective_until__isnull=True) | Q(effective_until__gte=day),
            Q(ended_on__isnull=True) | Q(ended_on__gte=day),
            Q(restriction_until__isnull=True) | Q(restriction_until__lt=day),
            ~Exists(before),
            ~Exists(reminded),
            authority__in=authorities,
            published=True,
            repairable_from__lte=day,
        )
        .exclude(standing=Record.Standing.UNPUBLISHED)
        .exclude(ends_alone())
        .annotate(
            begun_on=Subquery(begun.order_by("day").values("day")[:1]),
            filed_on=Subquery(filed.order_by("submitted_on").values("submitted_on")[:1]),
            repaired_on=Subquery(repaired.values("ended_on")[:1]),
        )
        .order_by()
        .values("begun_on", "filed_on", "repaired_on")
        .annotate(count=Count("pk"))
    )
    found = Uptake()
    for row in rows:
        found.add(row["count"], _days(row, day))
    return found


def is_over(batch_day: date, span: int, *, today: date) -> bool:
    """Whether a span after a day is over, so that its numbers stand."""
    return batch_day + timedelta(days=span) < today


def first_day(items: QuerySet[ReminderItem]) -> date | None:
    """Return the day of the earliest letter."""
    day: date | None = items.aggregate(first=Min(F("sent_on")))["first"]
    return day
