"""Rulings at every stage, for the tests of this package."""

from datetime import date
from typing import Any

from credit_repair.people.models import Role, User
from credit_repair.registry.models import Record
from credit_repair.rulings.models import CourtRuling
from credit_repair.rulings.services import (
    RulingWords,
    carry_out,
    file_ruling,
    register_ruling,
)
from tests.world import TODAY, World, member, upload

RULED = date(2026, 11, 16)
COURT = "濉溪县人民法院"
CASE_NO = "（2026）皖0621破3号"


def words(kind: str = "plan", **changed: Any) -> RulingWords:
    """What a ruling of Monday, 16 November says."""
    said = {
        "kind": kind,
        "court": COURT,
        "case_no": CASE_NO,
        "number": "（2026）皖0621破3号之一" if kind == "plan" else "（2026）皖0621破3号之四",
        "made_on": RULED,
        "plan_until": date(2028, 8, 31) if kind == "plan" else None,
        "administrator": "安徽濉河律师事务所",
    }
    return RulingWords(**{**said, **changed})


def head_of(world: World) -> User:
    """Somebody who supervises at the credit office."""
    found = User.objects.filter(username="head").first()
    return found or member(world.credit, Role.SUPERVISOR, name="杜办", username="head")


def filed(world: World, kind: str = "plan", *, today: date = TODAY, **changed: Any) -> CourtRuling:
    """A ruling that the subject's clerk has handed in."""
    return file_ruling(
        subject=world.subject,
        words=words(kind, **changed),
        upload=upload("裁定书.pdf"),
        actor=world.clerk,
        today=today,
    )


def registered(
    world: World,
    kind: str = "plan",
    *,
    records: list[Record] | None = None,
    today: date = TODAY,
    **changed: Any,
) -> CourtRuling:
    """A ruling that waits to be carried out."""
    chosen = [world.record] if records is None and kind == "plan" else records or []
    return register_ruling(
        ruling=filed(world, kind, today=today, **changed),
        words=words(kind, **changed),
        records=chosen,
        actor=world.intake,
        today=today,
    )


def carried_out(world: World, kind: str = "plan", *, today: date = TODAY, **changed: Any) -> CourtRuling:
    """A ruling that was carried out."""
    return carry_out(
        ruling=registered(world, kind, today=today, **changed), actor=head_of(world), today=today
    )
