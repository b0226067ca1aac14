"""What came of the reminders 提醒成效: letters, arrivals, applications within 30, 60 and 90 days, repairs.

The unit is the record of which a letter reminded. Days are counted from the day of the letter, which is day
0; day 30 still counts. A record that was reminded of twice is counted with each letter.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet, Subquery
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
            self.note(name, after, count)

    def note(self, name: str, after: int | None, count: int = 1) -> None:
        """Count that a thing happened so many days after the letter to `count` of the records."""
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

    An approximation: what the records and cases say today of that day. Three queries.
    """
    day = batch.asked_on
    last = day + timedelta(days=max(SPANS))
    group = _unreminded_on(day).filter(authority__in=batch.items.order_by().values("record__authority"))
    found = Uptake()
    found.add(group.count(), {})
    # From the side of what happened, which is little, and not of the records, which are many.
    cases: Any = (
        Case.objects.filter(record__in=group.order_by().values("pk"), kind=KIND)
        .annotate(day=TruncDate("created_at"))
        .filter(day__gte=day, day__lte=last)
        .order_by()
        .values("record")
        .annotate(begun=Min("day"), filed=Min("submitted_on"))
    )
    for row in cases:
        found.note("begun", _after(row["begun"], day))
        found.note("filed", _after(row["filed"], day))
    repaired = group.filter(standing=Record.Standing.REPAIRED, ended_on__range=(day, last))
    for ended_on in repaired.values_list("ended_on", flat=True):
        found.note("repaired", _after(ended_on, day))
    return found


def _after(day: date | None, start: date) -> int | None:
    return (day - start).days if day else None


def _unreminded_on(day: date) -> QuerySet[Record]:
    """The records that could be repaired on that day, had no application then, and were never reminded of."""
    before = Case.objects.filter(record=OuterRef("pk"), kind=KIND, created_at__date__lt=day).filter(
        Q(closed_on__isnull=True) | Q(closed_on__gte=day)
    )
    reminded = ReminderItem.objects.filter(record=OuterRef("pk"), outcome=ReminderItem.Outcome.SENT)
    return (
        Record.objects.filter(
            Q(effective_until__isnull=True) | Q(effective_until__gte=day),
            Q(ended_on__isnull=True) | Q(ended_on__gte=day),
            Q(restriction_until__isnull=True) | Q(restriction_until__lt=day),
            ~Exists(before),
            ~Exists(reminded),
            published=True,
            repairable_from__lte=day,
        )
        .exclude(standing=Record.Standing.UNPUBLISHED)
        .exclude(ends_alone())
    )


def is_over(batch_day: date, span: int, *, today: date) -> bool:
    """Whether a span after a day is over, so that its numbers stand."""
    return batch_day + timedelta(days=span) < today
