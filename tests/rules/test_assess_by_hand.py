"""Cases computed by hand from the law, each with its reasoning; all filed on 2026-11-20 unless said."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from .conftest import assessed, d


@dataclass(frozen=True)
class Case:
    why: str
    decision: str
    penalties: tuple[str, ...]
    expect: tuple[str, str | None, bool, str | None, str | None, str | None]
    more: dict[str, Any] = field(default_factory=dict)


MARKET = {"authority_kind": "market"}
SIMPLE = {"procedure": "simple"}

# expect: rule set, class, published, min_until, max_until, repairable_from
CASES = [
    # -- which set governs
    Case(
        "last day of order 58: 3 months to 06-30, clamped from 03-31; 36 months",
        "2026-03-31",
        ("罚款",),
        ("ndrc-58", None, True, "2026-06-30", "2029-03-31", "2026-07-01"),
    ),
    Case(
        "first day of order 36: a fine is general, 3 and 12 months",
        "2026-04-01",
        ("罚款",),
        ("ndrc-36", "general", True, "2026-07-01", "2027-04-01", "2026-07-02"),
    ),
    Case(
        "the example of the brief, but 2026-03-01 still lies under order 58: no class",
        "2026-03-01",
        ("罚款",),
        ("ndrc-58", None, True, "2026-06-01", "2029-03-01", "2026-06-02"),
    ),
    Case(
        "before order 58 was in force: order 58 all the same, marked ?",
        "2023-04-30",
        ("罚款",),
        ("ndrc-58", None, True, "2023-07-30", "2026-04-30", "2023-07-31"),
    ),
    Case(
        "market supervision the day before its own rule: order 58",
        "2025-12-24",
        ("罚款",),
        ("ndrc-58", None, True, "2026-03-24", "2028-12-24", "2026-03-25"),
        MARKET,
    ),
    Case(
        "market supervision, first day of its own rule: general by order 36's criteria",
        "2025-12-25",
        ("罚款",),
        ("samr-107", "general", True, "2026-03-25", "2026-12-25", "2026-03-26"),
        MARKET,
    ),
    Case(
        "market supervision after 2026-04-01 stays with its own rule",
        "2026-04-01",
        ("吊销许可证件",),
        ("samr-107", "serious", True, "2027-04-01", "2029-04-01", "2027-04-02"),
        MARKET,
    ),
    Case(
        "another authority between 2025-12-25 and 2026-03-31: order 58",
        "2026-01-15",
        ("责令停产停业",),
        ("ndrc-58", None, True, "2026-04-15", "2029-01-15", "2026-04-16"),
    ),
    # -- minor
    Case(
        "warning only: minor, not published, repairable at once, 3 months at most",
        "2026-05-31",
        ("警告",),
        ("ndrc-36", "minor", False, None, "2026-08-31", "2026-05-31"),
    ),
    Case(
        "warning and public criticism: still only these two",
        "2026-05-20",
        ("警告", "通报批评"),
        ("ndrc-36", "minor", False, None, "2026-08-20", "2026-05-20"),
    ),
    Case(
        "a warning with a fine is not only a warning",
        "2026-05-20",
        ("警告", "罚款"),
        ("ndrc-36", "general", True, "2026-08-20", "2027-05-20", "2026-08-21"),
    ),
    Case(
        "simple procedure: minor although it is a fine",
        "2026-11-30",
        ("罚款",),
        ("ndrc-36", "minor", False, None, "2027-02-28", "2026-11-30"),
        SIMPLE,
    ),
    Case(
        "simple procedure goes before the penalty type, however heavy",
        "2026-05-20",
        ("责令停产停业",),
        ("ndrc-36", "minor", False, None, "2026-08-20", "2026-05-20"),
        SIMPLE,
    ),
    Case(
        "market: warnings are not published, but dated like any minor record",
        "2026-05-20",
        ("警告",),
        ("samr-107", "minor", False, None, "2026-08-20", "2026-05-20"),
        MARKET,
    ),
    Case(
        "market: another minor record is published and ends by itself at 3 months",
        "2026-05-20",
        ("罚款",),
        ("samr-107", "minor", True, None, "2026-08-20", "2026-05-20"),
        MARKET | SIMPLE,
    ),
    Case(
        "market: public criticism is no warning, so it is published",
        "2026-05-20",
        ("通报批评",),
        ("samr-107", "minor", True, None, "2026-08-20", "2026-05-20"),
        MARKET,
    ),
    Case(
        "order 58, warning only: not published, no dates",
        "2025-05-20",
        ("警告",),
        ("ndrc-58", None, False, None, None, None),
    ),
    Case(
        "order 58, simple procedure: not published, whatever the sector",
        "2025-05-20",
        ("罚款",),
        ("ndrc-58", None, False, None, None, None),
        SIMPLE | {"sector": "food"},
    ),
    Case(
        "market record under order 58, warning only: as any other",
        "2025-05-20",
        ("警告", "通报批评"),
        ("ndrc-58", None, False, None, None, None),
        MARKET,
    ),
    # -- heaviest type governs
    Case(
        "fine and revocation: serious, 12 and 36 months",
        "2026-04-10",
        ("罚款", "吊销许可证件"),
        ("ndrc-36", "serious", True, "2027-04-10", "2029-04-10", "2027-04-11"),
    ),
    Case(
        "confiscation of property: general",
        "2026-04-10",
        ("罚款", "没收非法财物"),
        ("ndrc-36", "general", True, "2026-07-10", "2027-04-10", "2026-07-11"),
    ),
    Case(
        "suspension of a permit is the lightest of the serious ones",
        "2026-04-10",
        ("暂扣许可证件",),
        ("ndrc-36", "serious", True, "2027-04-10", "2029-04-10", "2027-04-11"),
    ),
    Case(
        "detention: serious, marked ?",
        "2026-04-10",
        ("行政拘留",),
        ("ndrc-36", "serious", True, "2027-04-10", "2029-04-10", "2027-04-11"),
    ),
    Case(
        "by default no amount alone makes a fine serious",
        "2026-04-10",
        ("罚款",),
        ("ndrc-36", "general", True, "2026-07-10", "2027-04-10", "2026-07-11"),
        {"fine": "99999"},
    ),
    Case(
        "a repeat offence is serious even with a warning alone",
        "2026-04-10",
        ("警告",),
        ("ndrc-36", "serious", True, "2027-04-10", "2029-04-10", "2027-04-11"),
        {"repeat_offender": True},
    ),
    # -- sectors under order 58, and what order 36 makes of them
    Case(
        "food under order 58: at least a year",
        "2024-02-29",
        ("罚款",),
        ("ndrc-58", None, True, "2025-02-28", "2027-02-28", "2025-03-01"),
        {"sector": "food"},
    ),
    Case(
        "fire under order 58: at least a year",
        "2025-06-30",
        ("罚款",),
        ("ndrc-58", None, True, "2026-06-30", "2028-06-30", "2026-07-01"),
        {"sector": "fire"},
    ),
    Case(
        "a sector without a rule of its own: 3 months",
        "2025-06-30",
        ("罚款",),
        ("ndrc-58", None, True, "2025-09-30", "2028-06-30", "2025-10-01"),
        {"sector": "tax"},
    ),
    Case(
        "order 36 knows no longer minimum for food",
        "2026-06-30",
        ("罚款",),
        ("ndrc-36", "general", True, "2026-09-30", "2027-06-30", "2026-10-01"),
        {"sector": "food"},
    ),
    # -- calendar months
    Case(
        "11-30 + 3 months clamps to 02-28, the last day published",
        "2026-11-30",
        ("罚款",),
        ("ndrc-36", "general", True, "2027-02-28", "2027-11-30", "2027-03-01"),
    ),
    Case(
        "a leap day three years on is 02-28",
        "2028-02-29",
        ("责令关闭",),
        ("ndrc-36", "serious", True, "2029-02-28", "2031-02-28", "2029-03-01"),
    ),
    # -- restrictions
    Case(
        "a ban on practice to 2028-01-15 outlasts the minimum (2027-04-10): no early end before it",
        "2026-04-10",
        ("限制从业",),
        ("ndrc-36", "serious", True, "2027-04-10", "2029-04-10", "2028-01-16"),
        {"restriction_until": d("2028-01-15")},
    ),
    Case(
        "a restriction that ends on the last day of the minimum changes nothing",
        "2026-04-10",
        ("限制从业",),
        ("ndrc-36", "serious", True, "2027-04-10", "2029-04-10", "2027-04-11"),
        {"restriction_until": d("2027-04-10")},
    ),
    Case(
        "a minor record with a restriction: not before the day after it",
        "2026-04-10",
        ("罚款",),
        ("ndrc-36", "minor", False, None, "2026-07-10", "2026-05-02"),
        SIMPLE | {"restriction_until": d("2026-05-01")},
    ),
    # -- lists
    Case(
        "serious list under order 36: as serious",
        "2026-04-10",
        (),
        ("ndrc-36", "serious", True, "2027-04-10", "2029-04-10", "2027-04-11"),
        {"kind": "serious_list"},
    ),
    Case(
        "serious list under order 58: the same months, but no class",
        "2025-04-10",
        (),
        ("ndrc-58", None, True, "2026-04-10", "2028-04-10", "2026-04-11"),
        {"kind": "serious_list"},
    ),
    Case(
        "abnormal list: as minor, published without limit until removed",
        "2026-04-10",
        (),
        ("samr-107", "minor", True, None, None, "2026-04-10"),
        MARKET | {"kind": "abnormal_list"},
    ),
    Case(
        "abnormal list under order 58",
        "2025-04-10",
        (),
        ("ndrc-58", None, True, None, None, "2025-04-10"),
        {"kind": "abnormal_list"},
    ),
    Case(
        "other information: as general",
        "2026-04-10",
        (),
        ("ndrc-36", "general", True, "2026-07-10", "2027-04-10", "2026-07-11"),
        {"kind": "other"},
    ),
    Case(
        "other information of a market authority: as general too",
        "2026-04-10",
        (),
        ("samr-107", "general", True, "2026-07-10", "2027-04-10", "2026-07-11"),
        MARKET | {"kind": "other"},
    ),
    Case(
        "other information under order 58: the months of a penalty",
        "2025-04-10",
        (),
        ("ndrc-58", None, True, "2025-07-10", "2028-04-10", "2025-07-11"),
        {"kind": "other"},
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.why)
def test_case(case: Case) -> None:
    found = assessed(case.decision, *case.penalties, **case.more)
    plain = found.as_dict()
    keys = ("rule_set", "class", "published", "min_until", "max_until", "repairable_from")
    assert tuple(plain[key] for key in keys) == case.expect


def test_there_are_thirty_cases() -> None:
    assert len(CASES) >= 30
