"""Re-check by a level above 复核, joint verification, and a seat of a named office."""

import pytest

from credit_repair.cases.errors import ActionRefused, NotYours
from credit_repair.cases.models import Case, ReviewStep, RouteStep
from credit_repair.cases.services import available_actions
from credit_repair.notices.models import Document
from credit_repair.people.models import Role, User
from credit_repair.people.services import join_office
from credit_repair.platforms.models import Message
from credit_repair.registry.models import Office
from tests.registry.factories import OfficeFactory
from tests.world import (
    AGREE,
    DISAGREE,
    SINCE,
    TODAY,
    World,
    deciding_case,
    do,
    fresh,
    member,
    verifying_case,
)

pytestmark = pytest.mark.django_db

PROPOSE = {"opinion": "agree", "text": "义务已经履行，建议准予"}


@pytest.fixture
def upper(world: World) -> Office:
    """The office above the authority, which re-checks what the authority would decide."""
    office: Office = OfficeFactory(name="宿州市交通运输局")
    world.authority.parent = office
    world.authority.save()
    RouteStep.objects.create(kind="repair", rule_class="", position=4, phase="decide", seat="upper")
    return office


@pytest.fixture
def head(upper: Office) -> User:
    return member(upper, Role.APPROVER, name="钱复")


def refusal(case: Case, action: str, actor: User, **data: object) -> ActionRefused:
    with pytest.raises(ActionRefused) as caught:
        do(case, action, actor, **data)
    return caught.value


def offered(case: Case, actor: User) -> set[str]:
    acts = available_actions(case=case, actor=actor, today=TODAY)
    return {act.name for act in acts if act.enabled} - {"extend"}


def steps(case: Case) -> list[str]:
    return list(case.steps.filter(phase="decide").order_by("position").values_list("state", flat=True))


def test_the_lower_office_endorses_and_the_upper_one_approves(
    world: World, upper: Office, head: User
) -> None:
    case = deciding_case(world)
    assert steps(case) == ["open", "planned"]
    assert offered(case, world.approver) == {"send_back", "endorse"} and offered(case, head) == set()
    event = do(case, "endorse", world.approver, **PROPOSE)
    assert case.state == "deciding" and steps(case) == ["done", "open"]
    assert (event.audience, event.text) == ("internal", "拟准予修复：义务已经履行，建议准予")
    assert not Document.objects.filter(kind__startswith="decision").exists()
    assert offered(case, head) == {"send_back", "approve", "refuse"}
    assert offered(case, world.approver) == set()
    do(case, "approve", head)
    assert case.state == "approved" and steps(case) == ["done", "done"]
    decision = Document.objects.get(kind="decision_approve")
    assert decision.office == world.authority, "who determined it decides, whoever re-checks"
    assert Message.objects.filter(action="terminate").count() == 1


def test_the_upper_office_may_refuse_what_was_proposed(world: World, upper: Office, head: User) -> None:
    case = deciding_case(world)
    do(case, "endorse", world.approver, **PROPOSE)
    do(case, "refuse", head, reason="罚款尚未缴清")
    assert case.state == "refused"


@pytest.mark.parametrize("action", ["approve", "refuse"])
def test_the_lower_office_decides_nothing_itself(
    world: World, upper: Office, head: User, action: str
) -> None:
    case = deciding_case(world)
    why = refusal(case, action, world.approver, reason="理由")
    assert why.code == "needs_recheck" and "复核" in why.words
    assert fresh(case).state == "deciding"


def test_before_the_lower_office_has_spoken_the_upper_one_is_told_to_wait(
    world: World, upper: Office, head: User
) -> None:
    case = deciding_case(world)
    assert refusal(case, "approve", head).code == "not_their_turn"


def test_after_it_was_sent_back_it_goes_the_whole_way_again(world: World, upper: Office, head: User) -> None:
    case = deciding_case(world)
    do(case, "endorse", world.approver, **PROPOSE)
    do(case, "send_back", head, reason="请再核实缴款凭证")
    assert case.state == "verifying" and steps(case) == ["planned", "planned"]
    assert (
        list(case.steps.filter(phase="decide").values_list("text", "opinion", "done_by"))
        == [("", "", None)] * 2
    )
    do(case, "give_opinion", world.verifier, **AGREE)
    assert steps(case) == ["open", "planned"], "not at once to who sent it back"
    assert offered(case, world.approver) == {"send_back", "endorse"}
    do(case, "endorse", world.approver, **PROPOSE)
    do(case, "approve", head)
    assert case.state == "approved"


def test_who_endorsed_does_not_recheck(world: World, upper: Office, head: User) -> None:
    join_office(user=world.approver, office=upper, role=Role.APPROVER, since=SINCE)
    case = deciding_case(world)
    do(case, "endorse", world.approver, **PROPOSE)
    for action in ("approve", "refuse"):
        why = refusal(case, action, world.approver, reason="理由")
        assert why.code == "four_eyes" and "复核不能由同一人办理" in why.words
    do(case, "approve", head)


def test_nor_does_who_endorsed_endorse_once_more_on_the_way_up(
    world: World, upper: Office, head: User
) -> None:
    top = OfficeFactory(name="安徽省交通运输厅")
    RouteStep.objects.create(
        kind="repair", rule_class="", position=5, phase="decide", seat="named", office=top
    )
    join_office(user=world.approver, office=upper, role=Role.APPROVER, since=SINCE)
    last = member(top, Role.APPROVER)
    case = deciding_case(world)
    do(case, "endorse", world.approver, **PROPOSE)
    assert refusal(case, "endorse", world.approver, **PROPOSE).code == "four_eyes"
    do(case, "endorse", head, **PROPOSE)
    do(case, "approve", last)
    assert steps(case) == ["done"] * 3


def test_who_verified_does_not_endorse(world: World, upper: Office) -> None:
    both = member(world.authority, Role.VERIFIER, Role.APPROVER)
    case = verifying_case(world)
    do(case, "give_opinion", both, **AGREE)
    assert refusal(case, "endorse", both, **PROPOSE).code == "four_eyes"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ({"text": "没有说"}, "missing_opinion"),
        ({"opinion": "", "text": "没有说"}, "missing_opinion"),
        ({"opinion": "agree", "text": " "}, "missing_text"),
    ],
)
def test_silence_is_no_consent(world: World, upper: Office, data: dict[str, str], code: str) -> None:
    case = deciding_case(world)
    assert refusal(case, "endorse", world.approver, **data).code == code
    assert steps(fresh(case)) == ["open", "planned"]


def test_where_nobody_rechecks_nothing_is_endorsed(world: World) -> None:
    case = deciding_case(world)
    assert "endorse" not in offered(case, world.approver)
    assert refusal(case, "endorse", world.approver, **PROPOSE).code == "no_recheck"


def test_a_disagreement_of_one_goes_to_the_approver_with_both_opinions(world: World) -> None:
    named = OfficeFactory(name="宿州市生态环境局")
    RouteStep.objects.create(
        kind="repair", rule_class="", position=4, phase="verify", seat="named", office=named
    )
    verifier = member(named, Role.VERIFIER)
    case = verifying_case(world)
    do(case, "give_opinion", world.verifier, **AGREE)
    assert case.state == "verifying", "the other one's silence is no consent"
    assert steps(case) == ["planned"]
    do(case, "give_opinion", verifier, **DISAGREE)
    assert case.state == "deciding" and steps(case) == ["open"]
    found = case.steps.filter(phase="verify").order_by("position")
    assert list(found.values_list("office__name", "opinion", "text")) == [
        (world.authority.name, "agree", AGREE["text"]),
        ("宿州市生态环境局", "disagree", DISAGREE["text"]),
    ]


def test_a_named_office_does_its_step_and_another_office_does_not(world: World) -> None:
    named = OfficeFactory(name="宿州市生态环境局")
    RouteStep.objects.filter(kind="repair", phase="verify").update(seat="named", office=named)
    verifier = member(named, Role.VERIFIER)
    case = verifying_case(world)
    with pytest.raises(NotYours):
        do(case, "give_opinion", world.verifier, **AGREE)
    do(case, "give_opinion", verifier, **AGREE)
    assert case.steps.get(phase="verify").done_by == verifier
    assert not case.steps.filter(state=ReviewStep.State.OPEN).exclude(phase="decide").exists()
    do(case, "approve", world.approver)
    assert case.state == "approved"
