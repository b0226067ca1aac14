"""Who has a step in hand: taken up, given back, handed over, assigned; one at a time, and nobody partial."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from credit_repair.cases.errors import ActionRefused, NotYours
from credit_repair.cases.handling_presenters import handling_of
from credit_repair.cases.models import Case, FourEyesOverride, Recusal, ReviewStep, RouteStep, TimelineEvent
from credit_repair.cases.services.handling import assign, claim, give_back, hand_over
from credit_repair.core.clock import assume
from credit_repair.core.models import AuditEntry
from credit_repair.mail.models import Mail
from credit_repair.people.audit_words import ACTIONS
from credit_repair.people.models import Role, Substitution, User
from credit_repair.people.services import grant_mandate, join_office
from tests.registry.factories import MOMENT, OfficeFactory, RecordFactory
from tests.world import (
    SINCE,
    TODAY,
    World,
    build_world,
    deciding_case,
    do,
    in_threads,
    member,
    signed_in,
    submitted_case,
    substitute_of,
    verifying_case,
)

OWN = Substitution.Scope.OWN


@pytest.fixture
def case(world: World) -> Case:
    return submitted_case(world)


def step_of(case: Case) -> ReviewStep:
    return case.steps.get(state="open")


def taker(case: Case) -> User | None:
    return step_of(case).taken_by


def colleague(world: World, name: str = "钱受", **fields: Any) -> User:
    return member(world.credit, Role.INTAKE, name=name, **fields)


def refused(verb: Any, **about: Any) -> ActionRefused:
    with pytest.raises(ActionRefused) as caught:
        verb(today=TODAY, **about)
    return caught.value


# -- taking up


def test_who_takes_a_step_up_has_it_alone_and_it_is_written_down(world: World, case: Case) -> None:
    event = claim(step=step_of(case), actor=world.intake, today=TODAY)
    assert taker(case) == world.intake
    assert event.audience == TimelineEvent.Audience.INTERNAL and event.actor == world.intake
    assert event.text == "受理环节由李受办理。"
    entry = AuditEntry.objects.get(action="claim_step")
    assert entry.data["taker"] == world.intake.pk and entry.data["taker_was"] is None
    assert entry.data["event"] == str(event.uuid)
    with pytest.raises(ActionRefused, match="李受"):
        do(case, "accept", colleague(world))


def test_what_somebody_has_taken_meanwhile_is_refused_with_the_name(world: World, case: Case) -> None:
    stale = step_of(case)
    claim(step=step_of(case), actor=world.intake, today=TODAY)
    error = refused(claim, step=stale, actor=colleague(world))
    assert error.code == "taken" and "李受" in error.words
    assert taker(case) == world.intake
    assert refused(claim, step=stale, actor=world.intake).code == "yours"


def test_what_is_done_meanwhile_is_refused_to_the_office_alone(world: World, case: Case) -> None:
    stale = step_of(case)
    do(case, "accept", world.intake)
    assert refused(claim, step=stale, actor=colleague(world)).code == "state"
    with pytest.raises(NotYours):
        claim(step=stale, actor=world.verifier, today=TODAY)


@pytest.mark.parametrize("role", [Role.VERIFIER, Role.SUPERVISOR, Role.DATA, Role.WINDOW])
def test_another_role_at_the_office_takes_nothing_up(world: World, case: Case, role: str) -> None:
    with pytest.raises(NotYours):
        claim(step=step_of(case), actor=member(world.credit, role), today=TODAY)


def test_intake_elsewhere_takes_nothing_up(world: World, case: Case) -> None:
    with pytest.raises(NotYours):
        claim(step=step_of(case), actor=member(OfficeFactory(), Role.INTAKE), today=TODAY)


def test_who_keeps_away_takes_nothing_up(world: World, case: Case) -> None:
    acts_for, declared = colleague(world), colleague(world)
    grant_mandate(user=acts_for, subject=world.subject, since=SINCE)
    Recusal.objects.create(case=case, user=declared, reason="近亲属", declared_at=MOMENT)
    for partial in (acts_for, declared):
        with pytest.raises(NotYours):
            claim(step=step_of(case), actor=partial, today=TODAY)
    assert taker(case) is None


def test_who_verified_does_not_take_up_the_decision_unless_a_supervisor_let_them(world: World) -> None:
    case = verifying_case(world)
    both = member(world.authority, Role.VERIFIER, Role.APPROVER)
    do(case, "give_opinion", both, opinion="agree", text="同意")
    assert refused(claim, step=step_of(case), actor=both).code == "four_eyes"
    FourEyesOverride.objects.create(
        case=case,
        user=both,
        granted_by=member(world.authority, Role.SUPERVISOR),
        reason="人员不足",
        granted_at=MOMENT,
        granted_on=TODAY,
        until=TODAY,
    )
    claim(step=step_of(case), actor=both, today=TODAY)
    assert taker(case) == both


def test_who_handed_the_decision_up_does_not_take_up_its_recheck(world: World) -> None:
    upper = OfficeFactory()
    world.authority.parent = upper
    world.authority.save()
    RouteStep.objects.create(kind="repair", rule_class="", position=4, phase="decide", seat="upper")
    join_office(user=world.approver, office=upper, role=Role.APPROVER, since=SINCE)
    case = deciding_case(world)
    do(case, "endorse", world.approver, opinion="agree", text="拟同意")
    assert refused(claim, step=step_of(case), actor=world.approver).code == "four_eyes"
    other = member(upper, Role.APPROVER)
    claim(step=step_of(case), actor=other, today=TODAY)
    assert taker(case) == other


# -- who is told


def told() -> list[tuple[str, str]]:
    return list(Mail.objects.filter(kind__in=["step_given", "steps_given"]).values_list("to_name", "body"))


def test_who_is_given_a_step_is_mailed_why_and_until_when(world: World, case: Case) -> None:
    fresh = colleague(world, email="qian@example.gov.cn")
    claim(step=step_of(case), actor=world.intake, today=TODAY)
    assert told() == [], "nobody is mailed of what they do themself"
    hand_over(step=step_of(case), to=fresh, actor=world.intake, today=TODAY, why="要去培训。")
    ((name, body),) = told()
    assert name == str(fresh)
    assert case.number in body and "受理" in body and "要去培训。" in body and "2026年11月25日" in body


def test_who_is_assigned_several_at_once_gets_one_mail_of_all(world: World, case: Case) -> None:
    head = member(world.credit, Role.SUPERVISOR, email="du@example.gov.cn")
    fresh = colleague(world, email="qian@example.gov.cn")
    other = submitted_case(world, record=RecordFactory(subject=world.subject, authority=world.authority))
    client = Client()
    client.force_login(head)
    steps = [str(step_of(each).uuid) for each in (case, other)]
    with assume(TODAY):
        client.post(reverse("office_steps"), {"do": "assign", "step": steps, "to": str(fresh.pk)})
    ((name, body),) = told()
    assert name == str(fresh) and case.number in body and other.number in body


# -- giving back and handing over


def test_what_is_given_back_a_colleague_takes_up(world: World, case: Case) -> None:
    claim(step=step_of(case), actor=world.intake, today=TODAY)
    event = give_back(step=step_of(case), actor=world.intake, today=TODAY, why="材料归口钱受。")
    assert taker(case) is None and event.text == "受理环节原由李受办理。材料归口钱受。"
    other = colleague(world)
    claim(step=step_of(case), actor=other, today=TODAY)
    assert taker(case) == other


def test_what_a_colleague_has_or_nobody_has_is_not_given_back(world: World, case: Case) -> None:
    assert refused(give_back, step=step_of(case), actor=world.intake).code == "untaken"
    claim(step=step_of(case), actor=colleague(world), today=TODAY)
    error = refused(give_back, step=step_of(case), actor=world.intake)
    assert error.code == "taken" and "钱受" in error.words
    with pytest.raises(NotYours):
        give_back(step=step_of(case), actor=world.verifier, today=TODAY)


def test_a_substitute_gives_back_what_the_member_has_in_hand(world: World, case: Case) -> None:
    claim(step=step_of(case), actor=world.intake, today=TODAY)
    substitute = substitute_of(world.intake, OfficeFactory(), scope=OWN)
    event = give_back(step=step_of(case), actor=substitute, today=TODAY)
    assert taker(case) is None and event.actor == substitute and "李受" in event.text


def test_a_step_is_handed_over_to_an_able_colleague_with_a_reason(world: World, case: Case) -> None:
    other = colleague(world)
    claim(step=step_of(case), actor=world.intake, today=TODAY)
    about = {"step": step_of(case), "actor": world.intake}
    assert refused(hand_over, **about, to=other, why="  ").code == "missing_text"
    assert refused(hand_over, **about, to=world.intake, why="x").code == "same"
    for unable in (
        member(world.credit, Role.DATA),
        member(OfficeFactory(), Role.INTAKE),
        colleague(world, is_active=False),
    ):
        assert refused(hand_over, **about, to=unable, why="x").code == "not_able"
    event = hand_over(**about, to=other, why="去参加培训。", today=TODAY)
    assert taker(case) == other
    assert event.text == "受理环节原由李受办理，改由钱受办理。去参加培训。"
    assert AuditEntry.objects.get(action="hand_over_step").data["taker_was"] == world.intake.pk


def test_nobody_who_keeps_away_or_is_away_is_given_a_step(world: World, case: Case) -> None:
    claim(step=step_of(case), actor=world.intake, today=TODAY)
    acts_for, declared, away = (colleague(world) for _each in range(3))
    grant_mandate(user=acts_for, subject=world.subject, since=SINCE)
    Recusal.objects.create(case=case, user=declared, reason="近亲属", declared_at=MOMENT)
    away.absences.create(since=TODAY, until=TODAY, handover="office", made_by=away, made_at=MOMENT)
    supervisor = member(world.credit, Role.SUPERVISOR)
    for person in (acts_for, declared, away):
        about = {"step": step_of(case), "to": person, "why": "x"}
        assert refused(hand_over, **about, actor=world.intake).code == "not_able"
        assert refused(assign, **about, actor=supervisor).code == "not_able"
    assert taker(case) == world.intake


# -- assigning


def test_a_supervisor_assigns_takes_away_and_says_why(world: World, case: Case) -> None:
    supervisor, other = member(world.credit, Role.SUPERVISOR, name="孙督"), colleague(world)
    assert refused(assign, step=step_of(case), to=None, actor=supervisor).code == "untaken"
    event = assign(step=step_of(case), to=world.intake, actor=supervisor, today=TODAY)
    assert taker(case) == world.intake and event.actor_label == "孙督"
    assert refused(assign, step=step_of(case), to=other, actor=supervisor).code == "missing_text"
    assign(step=step_of(case), to=other, actor=supervisor, today=TODAY, why="李受事多。")
    assert taker(case) == other
    event = assign(step=step_of(case), to=None, actor=supervisor, today=TODAY, why="重新分派。")
    assert taker(case) is None and event.title == "收回本单位，待重新分派"
    assert AuditEntry.objects.filter(action="assign_step").count() == 3


def test_a_supervisor_of_another_office_and_a_handler_assign_nothing(world: World, case: Case) -> None:
    elsewhere = member(world.authority, Role.SUPERVISOR)
    for actor in (elsewhere, world.intake):
        with pytest.raises(NotYours):
            assign(step=step_of(case), to=world.intake, actor=actor, today=TODAY, why="x")


def test_a_supervisor_who_acts_for_the_subject_assigns_nothing(world: World, case: Case) -> None:
    supervisor = member(world.credit, Role.SUPERVISOR)
    grant_mandate(user=supervisor, subject=world.subject, since=SINCE)
    with pytest.raises(NotYours):
        assign(step=step_of(case), to=world.intake, actor=supervisor, today=TODAY)


def test_the_decision_is_not_assigned_to_who_verified(world: World) -> None:
    both = member(world.authority, Role.VERIFIER, Role.APPROVER)
    case = verifying_case(world)
    do(case, "give_opinion", both, opinion="agree", text="同意")
    supervisor = member(world.authority, Role.SUPERVISOR)
    assert refused(assign, step=step_of(case), to=both, actor=supervisor).code == "not_able"
    assign(step=step_of(case), to=world.approver, actor=supervisor, today=TODAY)


def test_every_verb_has_its_words_in_the_audit() -> None:
    assert {"claim_step", "give_back_step", "hand_over_step", "assign_step"} <= set(ACTIONS)


# -- on the page of the case


def offers(case: Case, user: User) -> dict[str, bool]:
    (item,) = handling_of(case, User.objects.get(pk=user.pk), TODAY)
    return {name: bool(item[name]) for name in ("claim", "give_back", "hand_over", "assign")}


def test_the_case_offers_what_each_can_do(world: World, case: Case) -> None:
    other, supervisor = colleague(world), member(world.credit, Role.SUPERVISOR)
    nothing = {"claim": False, "give_back": False, "hand_over": False, "assign": False}
    assert offers(case, world.intake) == nothing | {"claim": True}
    assert offers(case, supervisor) == nothing | {"assign": True}
    assert offers(case, world.verifier) == nothing
    claim(step=step_of(case), actor=world.intake, today=TODAY)
    assert offers(case, world.intake) == nothing | {"give_back": True, "hand_over": True}
    assert offers(case, other) == nothing
    grant_mandate(user=supervisor, subject=world.subject, since=SINCE)
    assert handling_of(case, supervisor, TODAY) == []


def test_the_choice_of_people_says_what_each_has_in_hand(world: World, case: Case) -> None:
    other = colleague(world)
    second = submitted_case(world, record=RecordFactory(subject=world.subject, authority=world.authority))
    claim(step=step_of(second), actor=other, today=TODAY)
    claim(step=step_of(case), actor=world.intake, today=TODAY)
    (item,) = handling_of(case, world.intake, TODAY)
    labels = [label for _value, label in item["hand_over"].fields["to"].choices]
    assert labels == ["请选择", "钱受（在办1件）"]


@pytest.mark.parametrize(
    ("form", "where"), [({"from": "case"}, "case"), ({"back": "show=unclaimed"}, "/office/?show=unclaimed")]
)
def test_a_claim_leads_back_to_where_it_was_pressed(
    world: World, case: Case, form: dict[str, str], where: str
) -> None:
    with assume(TODAY):
        answer = signed_in(world.intake).post(
            reverse("office_step_claim", args=[step_of(case).uuid]), form, follow=True
        )
    expected = reverse("office_repair", args=[case.uuid]) if where == "case" else where
    assert answer.redirect_chain == [(expected, 302)]
    assert taker(case) == world.intake and "已接手" in answer.content.decode()


def test_a_refusal_is_said_on_the_page(world: World, case: Case) -> None:
    claim(step=step_of(case), actor=colleague(world), today=TODAY)
    with assume(TODAY):
        answer = signed_in(world.intake).post(
            reverse("office_step_claim", args=[step_of(case).uuid]), follow=True
        )
    assert "刚刚由钱受接手" in answer.content.decode()


def test_a_hand_over_names_nobody_who_was_not_offered(world: World, case: Case) -> None:
    claim(step=step_of(case), actor=world.intake, today=TODAY)
    stranger = member(OfficeFactory(), Role.INTAKE, name="外人甲")
    with assume(TODAY):
        answer = signed_in(world.intake).post(
            reverse("office_step_hand_over", args=[step_of(case).uuid]),
            {"to": str(stranger.pk), "why": "x"},
            follow=True,
        )
    assert "外人甲" not in answer.content.decode() and taker(case) == world.intake


# -- two at once


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_who_claim_at_once_one_wins_and_the_other_is_told(postgres: None) -> None:
    world = build_world()
    case = submitted_case(world)
    people = [world.intake, colleague(world)]
    step = step_of(case)
    events, errors = in_threads(2, lambda number: claim(step=step, actor=people[number], today=TODAY))
    assert len(events) == 1
    (error,) = errors
    winner = taker(case)
    assert isinstance(error, ActionRefused) and error.code == "taken"
    assert winner is not None and str(winner) in error.words
    assert case.events.filter(action="claim_step").count() == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_claim_and_an_act_at_once_leave_one_order(postgres: None) -> None:
    """Either the claim was first and the colleague's act is refused, or the act was and the step is done."""
    world = build_world()
    case = submitted_case(world)
    other, step = colleague(world), step_of(case)

    def act(number: int) -> Any:
        if number:
            return do(Case.objects.get(pk=case.pk), "accept", world.intake)
        return claim(step=step, actor=other, today=TODAY)

    events, errors = in_threads(2, act)
    assert len(events) == 1
    state = Case.objects.get(pk=case.pk).state
    expected = {"claim_step": ("submitted", "taken"), "accept": ("verifying", "state")}
    assert (state, errors[0].code) == expected[events[0].action]  # type: ignore[attr-defined]


def test_deciding_is_offered_to_the_approver(world: World) -> None:
    case = deciding_case(world)
    assert offers(case, world.approver)["claim"]
    assert not offers(case, world.verifier)["claim"]
