"""How many could apply and have not, by office and sector."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Min, Q, QuerySet, TextField, Value
from django.db.models.functions import Coalesce

from credit_repair.outreach.repairable import ever_reminded, represented
from credit_repair.registry.models import Record

#: Publicity that ends within so many days is counted apart: there a reminder is of little use.
SOON_DAYS = 30


@dataclass(frozen=True)
class RepairableFigure:
    """How many records of an authority in a sector could be repaired and are not applied for.

    records, subjects  how many, and of how many subjects
    represented        of the records: somebody acts for the subject
    reminded           of the records: a letter has reminded of it
    ending             of the records: publicity ends by itself within 30 days
    oldest             since when the first of them could have been applied for; None for none
    """

    authority: str
    authority_code: str
    sector: str
    records: int
    subjects: int
    represented: int
    reminded: int
    ending: int
    oldest: date | None


def figures_of(found: QuerySet[Record], *, on: date) -> list[RepairableFigure]:
    """Return the figures of the records `found`, by office and sector, the most first; one query."""
    rows: Any = (
        found.order_by()
        .annotate(
            counted_in=Coalesce(
                "sector__name", "authority__sector__name", Value(""), output_field=TextField()
            ),
        )
        .values("authority__name", "authority__code", "counted_in")
        .annotate(
            records=Count("pk"),
            subjects=Count("subject", distinct=True),
            represented=Count("pk", filter=represented(on=on)),
            reminded=Count("pk", filter=ever_reminded()),
            ending=Count("pk", filter=Q(effective_until__lte=on + timedelta(days=SOON_DAYS))),
            oldest=Min("repairable_from"),
        )
        .order_by("-records", "authority__code", "counted_in")
    )
    return [
        RepairableFigure(
            authority=row["authority__name"],
            authority_code=row["authority__code"],
            sector=row["counted_in"],
            **{name: row[name] for name in _COUNTED},
            oldest=row["oldest"],
        )
        for row in rows
    ]


_COUNTED = ("records", "subjects", "represented", "reminded", "ending")


def total_of(rows: Iterable[RepairableFigure]) -> dict[str, int]:
    """Return the sums of the figures; subjects that stand under several offices are counted under each."""
    listed = list(rows)
    return {name: sum(getattr(row, name) for row in listed) for name in _COUNTED}
