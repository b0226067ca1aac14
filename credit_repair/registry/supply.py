"""Questions about the quality of supply 报送质量: what each source sent, month by month."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from django.db.models import QuerySet, Sum

from credit_repair.core.tables import Share
from credit_repair.registry.law import current_book
from credit_repair.registry.models import ImportBatch, Office, SupplyCount
from credit_repair.rules import add_months

#: Asked with the code of a source: whether somebody may see how it supplies. None stands for every source.
Covers = Callable[[str], bool] | None


@dataclass(frozen=True)
class Supplied:
    """What was supplied: rows, and how many of them were refused, doubtful, new, late, or had a bad code."""

    rows: int = 0
    refused: int = 0
    warned: int = 0
    taken: int = 0
    late: int = 0
    wrong_codes: int = 0
    duplicate_codes: int = 0

    def __add__(self, other: "Supplied") -> "Supplied":
        return Supplied(*(getattr(self, name) + getattr(other, name) for name in COUNTED))

    @property
    def compliance(self) -> Share | None:
        """The share of rows that were not refused 合规率; None where there was no row."""
        return Share((self.rows - self.refused) / self.rows) if self.rows else None

    @property
    def late_share(self) -> Share | None:
        """The share of new records that came later than allowed 超期率; None where none was new."""
        return Share(self.late / self.taken) if self.taken else None


COUNTED = tuple(field.name for field in fields(Supplied))


@dataclass(frozen=True)
class SourceSupply:
    """What one source supplied. A source without a code is known by its name alone."""

    code: str
    name: str
    supplied: Supplied


def month_of(day: date) -> date:
    """Return the first day of the month of `day`, by which a month is known."""
    return day.replace(day=1)


def supply_of_month(month: date, *, covers: Covers) -> list[SourceSupply]:
    """Return what each source supplied in `month` (its first day), by code; undone imports do not count."""
    return _by_source(_standing().filter(month=month), covers=covers)


def supply_of_source(
    *, code: str, name: str = "", until: date, months: int, covers: Covers
) -> tuple[str, list[tuple[date, Supplied]]]:
    """Return the name of a source, and what it supplied in each of `months` months, `until` first.

    `name` counts where `code` is empty. Raises SupplyCount.DoesNotExist for a source that never supplied, or
    that is not covered.
    """
    of_source = SupplyCount.objects.filter(source_code=code)
    of_source = of_source if code else of_source.filter(source_name=name)
    given = of_source.order_by("-month").values_list("source_name", flat=True).first()
    if given is None or not (covers is None or covers(code)):
        raise SupplyCount.DoesNotExist
    wanted = [add_months(until, -back) for back in range(months)]
    counted = {
        row["month"]: Supplied(*(row[f"all_{field}"] for field in COUNTED))
        for row in _summed(_standing().filter(pk__in=of_source.values("pk"), month__in=wanted), "month")
    }
    shown = registered_names([code]).get(code, given)
    return shown, [(month, counted.get(month, Supplied())) for month in wanted]


def total_of(sources: Iterable[SourceSupply]) -> Supplied:
    """Return what all of them supplied together."""
    return sum((source.supplied for source in sources), Supplied())


def allowed_days(on: date) -> int | None:
    """Return within how many working days after the decision a record is to be published, as on that day."""
    book = current_book()
    value = book.view(book.governing("other", on).rule_set.id, on=on).find("clock.publish_new.days")
    return value.value if value is not None else None


def _standing() -> QuerySet[SupplyCount]:
    return SupplyCount.objects.exclude(batch__state=ImportBatch.State.UNDONE)


def _summed(counts: QuerySet[SupplyCount], *by: str) -> QuerySet[SupplyCount, dict[str, Any]]:
    return counts.order_by().values(*by).annotate(**{f"all_{field}": Sum(field) for field in COUNTED})


def _by_source(counts: QuerySet[SupplyCount], *, covers: Covers) -> list[SourceSupply]:
    """Put together what stands under one code, whatever name each file gave it."""
    found: dict[tuple[str, str], Supplied] = {}
    given: dict[tuple[str, str], str] = {}
    for row in _summed(counts, "source_code", "source_name").order_by("source_code", "source_name"):
        code, name = str(row["source_code"]), str(row["source_name"])
        if not (covers is None or covers(code)):
            continue
        key = (code, "" if code else name)
        found[key] = found.get(key, Supplied()) + Supplied(*(row[f"all_{field}"] for field in COUNTED))
        given[key] = name or given.get(key, "")
    names = registered_names(code for code, _name in found)
    return [
        SourceSupply(code=key[0], name=names.get(key[0], given[key]), supplied=supplied)
        for key, supplied in found.items()
    ]


def registered_names(codes: Iterable[str]) -> dict[str, str]:
    """Return the names under which sources are registered as offices, by code, in one query."""
    return dict(Office.objects.filter(code__in=set(codes)).values_list("code", "name"))
