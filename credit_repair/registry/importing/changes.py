"""What the source says of a record, and how that differs from what it said before."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from credit_repair.registry.importing.row import TableRow
from credit_repair.registry.models import Office, Record
from credit_repair.registry.plain import as_json

_TEXTS = ("conduct", "facts", "legal_basis", "penalty_text", "content", "licence", "remarks")

#: What a re-import may change. The natural key is not among it: number, authority and subject are corrected
#: by a person, and a row found by a former key must not bring the former number back.
SOURCE_FIELDS = (
    *_TEXTS,
    "penalty_types",
    "fine",
    "confiscated",
    "decision_date",
    "valid_until",
    "own_until",
    "removed_on",
    "source_office",
)
#: An entry on a list is known by list and day, so that its document number is a text like any other.
LIST_SOURCE_FIELDS = ("doc_no", *SOURCE_FIELDS)


@dataclass(frozen=True)
class Change:
    """That a field of a record has another value than before."""

    field: str
    old: Any
    new: Any

    def as_dict(self) -> dict[str, Any]:
        """Old and new value as JSON: dates ISO, amounts in 万元, offices by their code."""
        return {"old": as_json(self.old), "new": as_json(self.new)}


def source_values(row: TableRow) -> dict[str, Any]:
    """Return what `row` says, by field of the record, apart from its key and its offices.

    The row must have passed the checks. Amounts are in 万元.
    """
    texts = ("doc_no", *_TEXTS) if row.layout.is_list else _TEXTS
    return {
        **{name: row.text(name) for name in texts},
        "penalty_types": _listed(row.penalty_types),
        "fine": row.amount("fine"),
        "confiscated": row.amount("confiscated"),
        "decision_date": row.decision_date,
        "valid_until": row.day("valid_until"),
        "own_until": row.own_until,
        "removed_on": row.removed_on,
    }


@lru_cache(maxsize=4096)
def _listed(penalty_types: tuple[str, ...]) -> list[str]:
    """As a record keeps them: shared by many, so that they are written down once; never changed in place."""
    return list(penalty_types)


def changes_of(record: Record, values: dict[str, Any], *, source_office: Office | None) -> list[Change]:
    """Return what is new in `values`. A supplier that the row no longer names is no change.

    Nor are penalty types: they are read from penalty_text, and a new alias in the rules is not the source's.
    """
    changes = [
        Change(name, getattr(record, name), value)
        for name, value in values.items()
        if name != "penalty_types" and getattr(record, name) != value
    ]
    if source_office is not None and source_office.pk != record.source_office_id:
        changes.append(Change("source_office", record.source_office, source_office))
    return changes
