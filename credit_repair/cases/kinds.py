"""The workflows that stand on this base. Each registers itself at start-up; the base knows none by name."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from credit_repair.cases.flow import CaseFlow
from credit_repair.cases.models import Case


@dataclass(frozen=True)
class CaseKind:
    """What the base must know of a workflow.

    details        name of the relation to the kind's own table
    number_prefix  begins its case numbers, e.g. XF-2026-000118
    public_url     name of the applicant's page of one case, taking the case's uuid
    office_url     name of the officials' page of one case, taking the case's uuid
    """

    code: str
    label: Any
    flow: type[CaseFlow]
    states: Callable[[str], Any]
    details: str
    number_prefix: str
    public_url: str
    office_url: str


_kinds: dict[str, CaseKind] = {}


def register(kind: CaseKind) -> None:
    """Make a workflow known."""
    _kinds[kind.code] = kind


def kind_of(case: Case) -> CaseKind:
    """Return the workflow of `case`."""
    return _kinds[case.kind]


def get(code: str) -> CaseKind:
    """Return the workflow `code`."""
    return _kinds[code]


def all_kinds() -> tuple[CaseKind, ...]:
    """Return every workflow."""
    return tuple(_kinds.values())
