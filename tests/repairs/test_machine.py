"""The machine as a table: every action, in every state, by every kind of person."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import transaction as database

from credit_repair.cases.errors import ActionRefused, NotYours
from credit_repair.cases.models import Case
from credit_repair.cases.services import available_actions, transition
from credit_repair.people.models import Role
from credit_repair.registry.models import Office
from credit_repair.repairs.states import RepairFlow, RepairState
from credit_repair.repairs.states_after import AfterDecision
from tests.registry.factories import OfficeFactory, SubjectFactory
from tests.repairs.revoking import false_material, overseer_of
from tests.world import (
    AGREE,
    CORRECTION_OVER,
    ONE_GAP,
    TODAY,
    World,
    answer_gaps,
    approved_case,
    build_world,
    clerk_of,
    complete_draft,
    confirm_removal,
    correction_case,
    deciding_case,
    do,
    make_user,
    member,
    submitted_case,
    verifying_case,
)

pytestmark = pytest.mark.django_db

#: from, action, who, to: the main line, written out by hand. Everything else is refused.
TABLE = """
draft      discard           applicant  discarded
draft      submit            applicant  submitted
scheduled  unschedule        applicant  draft
scheduled  withdraw          applicant  withdrawn
submitted  ask_correction    intake     correction
submitted  accept            intake     verifying
submitted  refuse_to_accept  intake     not_accepted
submitted  forward           intake     submitted
submitted  withdraw          applicant  withdrawn
correction resubmit          applicant  submitted
correction withdraw          applicant  withdrawn
verifying  give_opinion      verifier   deciding
verifying  extend            approver   verifying
verifying  withdraw          applicant  withdrawn
deciding   send_back         approver   verifying
deciding   extend            approver   deciding
deciding   approve           approver   approved
deciding   refuse            approver   refused
deciding   withdraw          applicant  withdrawn
approved   settle            system     completed
approved   propose_revocation approver  approved
completed  propose_revocation approver  completed
"""
WORKS = {tuple(line.split()[:3]): line.split()[3] for line in TABLE.split("\n") if line}

#: What a revocation that is proposed opens, and nothing else.
AFTER_A_PROPOSAL = ("answer_revocation", "enter_answer", "drop_revocation", "revoke")
#: What works for somebody, but not today: see the days below.
ON_ANOTHER_DAY = (
    ("draft", "schedule"),
    ("submitted", "urge"),
    ("verifying", "urge"),
    ("deciding", "urge"),
    ("deciding", "endorse"),
    *((state, action) for state in ("approved", "completed") for action in AFTER_A_PROPOSAL),
    ("refused", "reopen"),
)

#: Whose action it is: these may know that the case has moved on; for everybody else it does not exist.
WHOSE = {
    "discard": "applicant",
    "submit": "applicant",
    "schedule": "applicant",
    "unschedule": "applicant",
    "submit_when_due": "system",
    "return_to_draft": "system",
    "ask_correction": "intake",
    "resubmit": "applicant",
    "lapse": "system",
    "urge": "applicant",
    "withdraw": "applicant",
    "accept": "intake",
    "refuse_to_accept": "intake",
    "give_opinion": "verifier",
    "forward": "intake",
    "extend": "approver",
    "send_back": "approver",
    "endorse": "approver",
    "approve": "approver",
    "refuse": "approver",
    "settle": "system",
    "close_as_moot": "system",
    "propose_revocation": "approver",
    "begin_revocation": "system",
    "answer_revocation": "applicant",
    "enter_answer": "approver",
    "drop_revocation": "overseer",
    "revoke": "overseer",
    "set_refusal_aside": "system",
    "reopen": "approver",
}
BRINGS: dict[str, dict[str, Any]] = {
    "give_opinion": AGREE,
    "send_back": {"reason": "请再查"},
    "refuse": {"reason": "未履行"},
    "refuse_to_accept": {"reason": "不属于本办受理"},
    "return_to_draft": {"reason": "授权已经到期"},
    "ask_correction": {"items": ONE_GAP},
    "extend": {"reason": "案情复杂"},
    "endorse": AGREE,
    "revoke": {"reason": "凭证由谁代办，不影响认定。"},
}


def brings(action: str) -> dict[str, Any]:
    """What the act brings along."""
    if action == "forward":
        other = Office.objects.get(name="宿州市信用办")
        return {"office": other, "reason": "不属于本办受理"}
    if action == "propose_revocation":
        return false_material()
    return BRINGS.get(action, {})


def _discarded(world: World) -> Case:
    return _after(complete_draft(world), "discard", world.clerk)


def _withdrawn(world: World) -> Case:
    return _after(deciding_case(world), "withdraw", world.clerk)


def _not_accepted(world: World) -> Case:
    return _after(submitted_case(world), "refuse_to_accept", world.intake)


def _refused(world: World) -> Case:
    return _after(deciding_case(world), "refuse", world.approver)


def _approved(world: World) -> Case:
    case = approved_case(world)
    confirm_removal(world)
    return case


def _scheduled(world: World) -> Case:
    """It waits for its day; that day has not come."""
    world.record.decision_date = date(2026, 10, 12)
    world.record.save()
    return _after(complete_draft(world), "schedule", world.clerk)


def _correction(world: World) -> Case:
    """Every gap is answered, and there is time left."""
    case = correction_case(world)
    answer_gaps(world, case)
    return case


def _lapsed(world: World) -> Case:
    case = correction_case(world)
    do(case, "lapse", None, today=CORRECTION_OVER)
    return case


def _completed(world: World) -> Case:
    return _after(_approved(world), "settle", None)


def _revoked(world: World) -> Case:
    overseer, case = overseer_of(world), _completed(world)
    do(case, "propose_revocation", world.approver, **false_material())
    do(case, "answer_revocation", world.clerk, answer="凭证由他人代办，我们不知情。")
    return _after(case, "revoke", overseer)


def _closed_moot(world: World) -> Case:
    case = verifying_case(world)
    end_by_time(world)
    return _after(case, "close_as_moot", None)


def _after(case: Case, action: str, actor: object) -> Case:
    do(case, action, actor, **BRINGS.get(action, {}))  # type: ignore[arg-type]
    return case


def end_by_time(world: World) -> None:
    world.record.standing, world.record.ended_on = "expired", TODAY
    world.record.save()


BUILD: dict[str, Callable[[World], Case]] = {
    "draft": complete_draft,
    "scheduled": _scheduled,
    "submitted": submitted_case,
    "correction": _correction,
    "verifying": verifying_case,
    "deciding": deciding_case,
    "approved": _approved,
    "completed": _completed,
    "not_accepted": _not_accepted,
    "refused": _refused,
    "withdrawn": _withdrawn,
    "discarded": _discarded,
    "lapsed": _lapsed,
    "closed_moot": _closed_moot,
    "revoked": _revoked,
}
#: The official steps a case has come by: before submission there are none.
NO_STEPS = ("draft", "scheduled", "discarded")


def people(world: World) -> dict[str, object]:
    elsewhere = OfficeFactory(name="宿州市信用办", document_prefix="宿信修", credit=True)
    return {
        "applicant": world.clerk,
        "intake": world.intake,
        "verifier": world.verifier,
        "approver": world.approver,
        "system": None,
        "supervisor": member(world.credit, Role.SUPERVISOR),
        "overseer": member(world.authority, Role.SUPERVISOR),
        "foreign official": member(elsewhere, Role.INTAKE, Role.VERIFIER, Role.APPROVER),
        "other applicant": clerk_of(SubjectFactory()),
        "superuser": make_user(is_superuser=True, is_staff=True),
        "stranger": AnonymousUser(),
    }


def expected(state: str, action: str, who: str) -> str:
    """What the table says: the state it leads to, "refused" in words, or "not yours"."""
    target = WORKS.get((state, action, who))
    if target:
        return target
    whose = WHOSE[action]
    if who == "system" and whose != "system":
        works_for_somebody = any(key[:2] == (state, action) for key in (*WORKS, *ON_ANOTHER_DAY))
        return "not yours" if works_for_somebody else "refused"
    if whose == "overseer" and state != "revoked":
        return "not yours"  # nothing is proposed: there is no step of theirs
    if who != whose or (state in NO_STEPS and whose not in ("applicant", "system")):
        return "not yours"
    return "refused"


def outcome(case: Case, action: str, actor: object, *, today: date = TODAY) -> str:
    """Try it, say what came of it, and leave no trace."""
    with database.atomic():
        try:
            transition(case=case, action=action, actor=actor, today=today, data=brings(action))
            return Case.objects.get(pk=case.pk).state
        except ActionRefused as refused:
            assert refused.words == str(refused)
            assert any("一" <= char <= "鿿" for char in refused.words), refused.words
            return "refused"
        except NotYours:
            return "not yours"
        finally:
            database.set_rollback(True)


def test_the_table_names_every_state_and_action() -> None:
    assert set(BUILD) == set(RepairState.values)
    assert set(WHOSE) == set(RepairFlow.actions())


@pytest.mark.parametrize("state", list(BUILD))
def test_every_action_by_everybody_in_this_state(state: str) -> None:
    world = build_world()
    everybody = people(world)
    case = BUILD[state](world)
    assert case.state == state
    wrong = []
    for action in WHOSE:
        for who, actor in everybody.items():
            wanted, got = expected(state, action, who), outcome(case, action, actor)
            if wanted != got:
                wrong.append(f"{state}: {who} {action}: wanted {wanted}, got {got}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("state", list(BUILD))
def test_a_page_offers_exactly_what_works(state: str) -> None:
    world = build_world()
    member(world.authority, Role.SUPERVISOR)
    case = BUILD[state](world)
    for who in ("applicant", "intake", "verifier", "approver", "superuser"):
        offered = {
            act.name
            for act in available_actions(case=case, actor=people_of(world)[who], today=TODAY)
            if act.enabled
        }
        assert offered == {action for (at, action, by) in WORKS if at == state and by == who}, who


def people_of(world: World) -> dict[str, object]:
    return {
        "applicant": world.clerk,
        "intake": world.intake,
        "verifier": world.verifier,
        "approver": world.approver,
        "superuser": make_user(is_superuser=True),
    }


@pytest.mark.parametrize("state", ["draft", "scheduled", "submitted", "correction", "verifying", "deciding"])
def test_the_system_closes_what_is_not_decided_when_the_record_has_ended(state: str) -> None:
    world = build_world()
    case = BUILD[state](world)
    end_by_time(world)
    assert outcome(case, "close_as_moot", None) == "closed_moot"


@pytest.mark.parametrize("state", [state for state in BUILD if state not in ("approved", "completed")])
def test_settling_touches_nothing_but_what_was_granted(state: str) -> None:
    world = build_world()
    case = BUILD[state](world)
    confirm_removal(world)
    assert outcome(case, "settle", None) == "refused"


def test_an_unknown_action_is_a_programming_error() -> None:
    world = build_world()
    with pytest.raises(ValueError, match="no action"):
        transition(case=complete_draft(world), action="praise", actor=world.clerk, today=TODAY)


def test_ends_are_the_states_that_nothing_leaves_but_what_comes_after_a_decision() -> None:
    before = {name: rows for name, rows in RepairFlow.actions().items() if name not in vars(AfterDecision)}
    leaves = {source for rows in before.values() for source in rows}
    assert {str(state) for state in RepairFlow.ENDS} == set(RepairState.values) - leaves


# -- what a day decides


@pytest.mark.parametrize(
    ("day", "wanted"),
    [(date(2027, 1, 12), "refused"), (date(2027, 1, 13), "submitted"), (date(2027, 1, 20), "submitted")],
    ids=["a day early", "on the day", "a week late"],
)
def test_what_waits_submits_itself_from_its_day_on(day: date, wanted: str) -> None:
    world = build_world()
    case = _scheduled(world)
    assert case.repair.scheduled_for == date(2027, 1, 13)
    assert outcome(case, "submit_when_due", None, today=day) == wanted
    assert outcome(case, "return_to_draft", None, today=day) == ("draft" if wanted == "submitted" else wanted)


def test_only_what_lies_ahead_is_scheduled() -> None:
    world = build_world()
    assert outcome(complete_draft(world), "schedule", world.clerk) == "refused"


def test_a_correction_lapses_after_its_last_day_and_no_day_sooner() -> None:
    world = build_world()
    case = _correction(world)
    assert outcome(case, "lapse", None, today=date(2026, 12, 4)) == "refused"
    assert outcome(case, "resubmit", world.clerk, today=date(2026, 12, 4)) == "submitted"
    assert outcome(case, "lapse", None, today=CORRECTION_OVER) == "lapsed"
    assert outcome(case, "resubmit", world.clerk, today=CORRECTION_OVER) == "refused"


#: The acceptance clock runs until 11-25, the decision and the answer clock longer.
OVERDUE = {"submitted": date(2026, 11, 26), "verifying": date(2026, 12, 2), "deciding": date(2026, 12, 2)}


@pytest.mark.parametrize("state", list(OVERDUE))
def test_an_urging_works_once_a_deadline_has_passed_and_moves_nothing(state: str) -> None:
    world = build_world()
    case = BUILD[state](world)
    assert outcome(case, "urge", world.clerk, today=OVERDUE[state] - timedelta(days=1)) == "refused"
    assert outcome(case, "urge", world.clerk, today=OVERDUE[state]) == state
    assert outcome(case, "urge", world.intake, today=OVERDUE[state]) == "not yours"
