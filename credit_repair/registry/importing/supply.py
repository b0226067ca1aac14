"""How well each source supplies 报送质量: rows, faults and delays, counted while a file is imported."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date
from functools import lru_cache

from credit_repair.registry.importing.parsing import public_code
from credit_repair.registry.importing.report import Outcome
from credit_repair.registry.importing.row import TableRow
from credit_repair.registry.law import Law
from credit_repair.registry.models import ImportBatch, Record, SupplyCount
from credit_repair.registry.services.records import sector_of
from credit_repair.registry.wrong_codes import DUPLICATE_CODES, WRONG_CODES

#: Code and name of whoever supplied a row.
Source = tuple[str, str]

_WRONG_CODES = frozenset(WRONG_CODES)
_DUPLICATE_CODES = frozenset(DUPLICATE_CODES)
_COUNTED = ("rows", "refused", "warned", "taken", "late", "wrong_codes", "duplicate_codes")


class Supply:
    """Counts by source. Numbers are rows, not records."""

    def __init__(self) -> None:
        self.counts: defaultdict[Source, Counter[str]] = defaultdict(Counter)

    @classmethod
    def of(cls, batch: ImportBatch) -> "Supply":
        """Return what has been counted and stored for `batch`."""
        supply = cls()
        for row in SupplyCount.objects.filter(batch=batch):
            source = (row.source_code, row.source_name)
            supply.counts[source] = Counter({name: getattr(row, name) for name in _COUNTED})
        return supply

    def count(self, row: TableRow, outcome: Outcome, codes: Iterable[str], *, late: bool) -> None:
        """Count one row: what became of it, the codes of its faults, whether it came late."""
        found = self.counts[_source_of(row)]
        found["rows"] += 1
        if outcome == Outcome.TAKEN:
            found["taken"] += 1
            found["late"] += late
        codes = set(codes)
        if not codes:
            return
        found["refused" if outcome == Outcome.REFUSED else "warned"] += 1
        found["wrong_codes"] += not _WRONG_CODES.isdisjoint(codes)
        found["duplicate_codes"] += not _DUPLICATE_CODES.isdisjoint(codes)

    def plus(self, other: "Supply") -> "Supply":
        """Return both together; neither is changed."""
        both = Supply()
        both.counts = self.counts.copy()
        for source, counted in other.counts.items():
            both.counts[source] = self.counts.get(source, Counter()) + counted
        return both

    def store(self, batch: ImportBatch, *, month: date, sources: Iterable[Source]) -> None:
        """Write the counts of `sources` as they stand, in one query."""
        SupplyCount.objects.bulk_create(
            [
                SupplyCount(
                    batch=batch,
                    month=month.replace(day=1),
                    source_code=source[0],
                    source_name=source[1],
                    **{name: self.counts[source][name] for name in _COUNTED},
                )
                for source in sorted(sources)
            ],
            update_conflicts=True,
            unique_fields=["batch", "source_code", "source_name"],
            update_fields=_COUNTED,
        )


def came_late(record: Record, *, as_of: date, law: Law) -> bool:
    """Whether `record` came later than the working days after the decision that its rules allow."""
    due = _due(law, record.rule_set, record.decision_date, sector_of(record, book=law.book))
    return due is not None and as_of > due


@lru_cache(maxsize=10_000)
def _due(law: Law, rule_set: str, decided: date, sector: str | None) -> date | None:
    days = law.book.view(rule_set, on=decided, sector=sector).find("clock.publish_new.days")
    if days is None or days.value is None:
        return None
    return law.calendar.add_working_days(decided, days.value).due


def _source_of(row: TableRow) -> Source:
    """The supplier that the row names, else the authority; cut to what a column holds."""
    code, name = public_code(row.source_code), row.text("source")
    if not code and not name:
        code, name = public_code(row.authority_code), row.text("authority")
    return code, name[:100]
