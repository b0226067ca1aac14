"""A granted repair that turns out to rest on false material."""

from datetime import date
from typing import Any

from credit_repair.cases.models import Case
from credit_repair.people.models import Role, User
from tests.world import PDF, TODAY, World, approved_case, confirm_removal, do, member, upload

#: On Friday 2026-11-20 told, five working days to answer.
ANSWER_BY = date(2026, 11, 27)
HEARING_OVER = date(2026, 11, 30)
FACTS = "经县财政局核实，缴款凭证系伪造。\n罚款尚未缴纳。"


def false_material(**changed: Any) -> dict[str, Any]:
    """What a proposal brings: the ground, the facts, one paper."""
    papers = [upload("财政局复函.pdf", PDF + b"reply")]
    return {"ground": "false_material", "facts": FACTS, "papers": papers, **changed}


def overseer_of(world: World) -> User:
    """Who supervises the office that has decided."""
    return member(world.authority, Role.SUPERVISOR, name="孙督")


def completed_case(world: World, *, today: date = TODAY) -> Case:
    """An application that was granted; every platform has taken the record down."""
    case = approved_case(world, today=today)
    confirm_removal(world)
    do(case, "settle", None, today=today)
    return case


def proposed_case(world: World, *, today: date = TODAY, **changed: Any) -> Case:
    """A completed application whose revocation is proposed; its office has a supervisor."""
    case = completed_case(world, today=today)
    do(case, "propose_revocation", world.approver, today=today, **false_material(**changed))
    return case
