"""The workflows that stand on this base. Each registers itself at start-up; the base knows none by name."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse

from credit_repair.cases.flow import CaseFlow
from credit_repair.cases.models import Case
from credit_repair.registry.models import Office


@dataclass(frozen=True)
class PublicStatus:
    """How a case stands, for anybody with its number and query code 查询码: names nobody, gives no reason.

    words    what happens now, in one sentence
    tone     of the state's tag
    steps    the way, as the stepper takes it
    holders  with whom it lies: [{who, what, since}]
    office   whom to call
    notes    what else is known, a sentence each: counts, no names
    """

    words: str
    tone: str
    steps: list[dict[str, Any]]
    holders: list[dict[str, Any]]
    office: Office | None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class CaseKind:
    """What the base must know of a workflow.

    details        name of the relation to the kind's own table
    number_prefix  begins its case numbers, e.g. XF-2026-000118
    public_url     name of the applicant's page of one case, taking the case's uuid
    office_url     name of the officials' page of one case, taking the case's uuid
    status         how a case stands on a day, for anybody who has its number and query code
    batch_url      name of the page on which simple cases are decided together; empty where there is none
    read_along     further relations that an act of this kind asks about, each of one row
    """

    code: str
    label: Any
    flow: type[CaseFlow]
    states: Callable[[str], Any]
    details: str
    number_prefix: str
    public_url: str
    office_url: str
    status: Callable[[Case, date], PublicStatus]
    read_along: tuple[str, ...] = ()
    batch_url: str = ""


_kinds: dict[str, CaseKind] = {}


def register(kind: CaseKind) -> None:
    """Make a workflow known."""
    _kinds[kind.code] = kind


def kind_of(case: Case) -> CaseKind:
    """Return the workflow of `case`."""
    return _kinds[case.kind]


def office_path(case: Case) -> str:
    """Return the path of the officials' page of `case`."""
    return reverse(kind_of(case).office_url, args=[case.uuid])


def get(code: str) -> CaseKind:
    """Return the workflow `code`."""
    return _kinds[code]


def all_kinds() -> tuple[CaseKind, ...]:
    """Return every workflow."""
    return tuple(_kinds.values())
