"""Refused rows that were kept, read again."""

import json
from collections.abc import Iterable
from datetime import date

from credit_repair.registry.importing.checks import not_your_office
from credit_repair.registry.importing.columns import layout_of
from credit_repair.registry.importing.known import Known
from credit_repair.registry.importing.row import TableRow
from credit_repair.registry.importing.scope import ImportScope
from credit_repair.registry.law import one_law
from credit_repair.registry.models import ImportLine
from credit_repair.rules import RuleBook


def kept_row(line: ImportLine, *, kind: str, book: RuleBook) -> TableRow:
    """Return the row of a refused line; `kind` is its batch's."""
    layout = layout_of(kind)
    return TableRow(line.row, {**layout.empty, **json.loads(line.cells)}, book, layout)


def covered_lines(lines: Iterable[ImportLine], *, scope: ImportScope | None, as_of: date) -> set[int]:
    """Return the keys of those `lines` whose rows somebody of this scope may bring.

    A number of queries that does not grow with the lines. Reads their `batch`: select it along.
    """
    kept = [line for line in lines if line.cells]
    if scope is None:
        return {line.pk for line in kept}
    with one_law() as law:
        rows = {line.pk: kept_row(line, kind=line.batch.kind, book=law.book) for line in kept}
        known = Known(list(rows.values()), as_of=as_of, book=law.book, seen=set(), scope=scope)
        return {key for key, row in rows.items() if not_your_office(row, known) is None}
