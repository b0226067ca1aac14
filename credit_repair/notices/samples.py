"""What the made-up examples of issued documents share."""

from __future__ import annotations

from datetime import date
from typing import Any

from .parts import Contact, Party
from .seal import seal_svg

#: A made-up enterprise whose name fills more than a line.
LONG_NAME = Party(
    "淮北市相山区国际供应链管理与新能源汽车零部件研究开发（集团）股份有限公司濉溪县南坪镇分公司",
    "91340621MA2NXK8T4J",
    "欧阳㛃堃",
)
#: A made-up natural person with rare characters in the name.
PERSON = Party("王喆㛃", is_person=True)


def issued(issuer: str, day: date, *, party: Party | None = None) -> dict[str, Any]:
    """Return the fields of an example that `issuer` issues on `day`, about `party` or the usual one."""
    return {
        "party": party or Party.sample(),
        "case_number": "XF-2026-000118",
        "demo": True,
        "issuer": issuer,
        "issue_date": day,
        "contact": Contact.sample(),
        "seal": seal_svg(issuer, demo=True),
        "verify_url": "http://localhost/d/K7Q429XM8DPC3TRB/",
        "verify_code": "K7Q4-29XM-8DPC-3TRB",
    }
