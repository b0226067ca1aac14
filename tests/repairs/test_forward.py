"""Sending an application on to another credit office 转送."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from credit_repair.cases.errors import ActionRefused, NotYours
from credit_repair.cases.models import Case, Clock, Recusal, ReviewStep, RouteStep
from credit_repair.cases.parts import visible_cases
from credit_repair.cases.services import available_actions
from credit_repair.mail.models import Mail
from credit_repair.people.models import Role, User
from credit_repair.people.services import grant_mandate
from credit_repair.registry.models import Office
from credit_repair.repairs.forms.office import office_form
from tests.registry.factories import MOMENT, OfficeFactory
from tests.world import (
    AGREE,
    ONE_GAP,
    SINCE,
    TODAY,
    World,
    answer_gaps,
    correction_case,
    do,
    fresh,
    member,
    submitted_case,
)

pytestmark = pytest.mark.django_db

#: A Tuesday, two working days after TODAY.
TUESDAY = date(2026, 11, 24)
WHY = {"reason": "该信息由烈山区的单位认定，应由烈山区信用办受理"}


@pytest.fixture
def other() -> Office:
    office: Office = OfficeFactory(credit=True, name="烈山区信用办", document_prefix="烈信修")
    return office


@pytest.fixture
def taker(other: Office) -> User:
    return member(other, Role.INTAKE, name="孙受")


def forward(
    case: Case, world: World, to: Office, *, actor: User | None = None, today: date = TUESDAY
) -> None:
    do(case, "forward", actor or world.intake, today=today, office=to, **WHY)


def refusal(case: Case, actor: User, **data: object) -> ActionRefused:
    with pytest.raises(ActionRefused) as caught:
        do(case, "forward", actor, today=TUESDAY, **data)
    return caught.value


def test_acceptance_begins_anew_and_the_answer_runs_on(world: World, other: Office, taker: User) -> None:
    case = submitted_case(world)
    forward(case, world, other)
    assert case.state == "submitted" and case.intake_office == other
    before, now = case.clocks.filter(kind="acceptance").order_by("pk")
    assert (before.started_on, before.stopped_on) == (TODAY, TUESDAY)
    assert (now.started_on, now.stopped_on, now.due_on) == (TUESDAY, None, date(2026, 11, 27))
    answer = case.clocks.get(kind="answer")
    assert (answer.started_on, answer.stopped_on, answer.due_on) == (TODAY, None, date(2026, 12, 4))
    step = case.steps.get(phase="intake", state="open")
    assert (step.office, step.clock, step.opened_on) == (other, now, TUESDAY)


def test_the_new_office_takes_it_in_and_the_case_goes_its_way(
    world: World, other: Office, taker: User
) -> None:
    case = submitted_case(world)
    forward(case, world, other)
    do(case, "accept", taker, today=TUESDAY)
    assert case.state == "verifying"
    assert not Clock.objects.filter(case=case, kind="acceptance", stopped_on=None).exists()
    notice = case.documents.get(document__kind="acceptance_notice").document
    assert notice.office == other and notice.context["issuer"] == "烈山区信用办"


def test_the_first_office_reads_on_and_acts_no_more(world: World, other: Office, taker: User) -> None:
    case = submitted_case(world)
    forward(case, world, other)
    assert visible_cases(user=world.intake, on=TUESDAY).filter(pk=case.pk).exists()
    assert available_actions(case=case, actor=world.intake, today=TUESDAY) == []
    with pytest.raises(ActionRefused) as told:
        do(case, "accept", world.intake, today=TUESDAY)
    assert told.value.code == "not_their_turn" and "转送" in told.value.words
    assert fresh(case).state == "submitted"


def test_who_is_of_neither_office_is_told_nothing(world: World, other: Office, taker: User) -> None:
    foreign = member(OfficeFactory(credit=True), Role.INTAKE)
    case = submitted_case(world)
    forward(case, world, other)
    with pytest.raises(NotYours):
        do(case, "accept", foreign, today=TUESDAY)


def test_applicant_and_new_office_are_told(world: World, other: Office, taker: User) -> None:
    leader = member(other, Role.SUPERVISOR)
    case = submitted_case(world)
    forward(case, world, other)
    to_applicant = Mail.objects.get(kind="repair_forwarded")
    assert to_applicant.to_address == world.clerk.email
    for words in ("烈山区信用办", "2026年11月27日", WHY["reason"]):
        assert words in to_applicant.body
    told = set(Mail.objects.filter(kind="case_forwarded").values_list("to_address", flat=True))
    assert told == {taker.email, leader.email}
    event = case.events.get(action="forward")
    assert (event.audience, event.text) == ("public", WHY["reason"])


def test_no_supervisor_who_keeps_away_is_told(world: World, other: Office, taker: User) -> None:
    partial, recused = member(other, Role.SUPERVISOR), member(other, Role.SUPERVISOR)
    grant_mandate(user=partial, subject=world.subject, since=SINCE, until=None)
    case = submitted_case(world)
    Recusal.objects.create(case=case, user=recused, reason="亲属", declared_at=MOMENT)
    forward(case, world, other)
    told = set(Mail.objects.filter(kind="case_forwarded").values_list("to_address", flat=True))
    assert told == {taker.email}


def test_what_the_first_office_would_have_done_later_moves_along(
    world: World, other: Office, taker: User
) -> None:
    RouteStep.objects.create(kind="repair", rule_class="", position=4, phase="verify", seat="intake_office")
    case = submitted_case(world)
    forward(case, world, other)
    assert set(case.steps.filter(phase="verify").values_list("office", flat=True)) == {
        world.authority.pk,
        other.pk,
    }
    assert case.steps.get(phase="decide").office == world.authority


def test_an_office_that_verifies_already_gets_no_second_step_of_it(
    world: World, other: Office, taker: User
) -> None:
    RouteStep.objects.create(kind="repair", rule_class="", position=4, phase="verify", seat="intake_office")
    RouteStep.objects.create(
        kind="repair", rule_class="", position=5, phase="verify", seat="named", office=other
    )
    case = submitted_case(world)
    forward(case, world, other)
    assert case.steps.filter(phase="verify", office=other).count() == 1
    assert not case.steps.filter(phase="verify", office=world.credit).exists()


def test_what_an_office_decides_as_the_authority_stays_its_own(
    world: World, other: Office, taker: User
) -> None:
    """A record that the credit office itself determined: it decides, whoever takes it in."""
    world.record.authority = world.credit
    world.record.save()
    case = submitted_case(world)
    forward(case, world, other)
    assert case.deciding_office == world.credit
    planned = case.steps.filter(phase__in=["verify", "decide"])
    assert set(planned.values_list("office", flat=True)) == {world.credit.pk}


def test_what_the_route_gives_to_a_named_office_stays_with_it(
    world: World, other: Office, taker: User
) -> None:
    """The office that sends it on verifies and decides by its name, whoever takes the case in."""
    for position, phase in ((4, "verify"), (5, "decide")):
        RouteStep.objects.create(
            kind="repair", rule_class="", position=position, phase=phase, seat="named", office=world.credit
        )
    case = submitted_case(world)
    forward(case, world, other)
    assert case.steps.filter(office=world.credit, phase__in=["verify", "decide"]).count() == 2
    assert not case.steps.filter(office=other).exclude(phase="intake").exists()


def test_an_office_above_the_authority_rechecks_what_it_has_sent_on(
    world: World, other: Office, taker: User
) -> None:
    RouteStep.objects.create(kind="repair", rule_class="", position=4, phase="decide", seat="upper")
    world.authority.parent = world.credit
    world.authority.save()
    case = submitted_case(world)
    forward(case, world, other)
    deciding = case.steps.filter(phase="decide").order_by("position")
    assert list(deciding.values_list("office", flat=True)) == [world.authority.pk, world.credit.pk]


def test_it_is_not_sent_back_to_who_sent_it_on(world: World, other: Office, taker: User) -> None:
    case = submitted_case(world)
    forward(case, world, other)
    assert refusal(case, taker, office=world.credit, **WHY).code == "sent_on_by_them"
    third = OfficeFactory(credit=True)
    member(third, Role.INTAKE)
    forward(case, world, third, actor=taker)
    assert fresh(case).intake_office == third


def test_only_a_credit_office_where_somebody_takes_in_cases_can_receive_it(
    world: World, other: Office
) -> None:
    case = submitted_case(world)
    assert refusal(case, world.intake, **WHY).code == "missing_office"
    assert refusal(case, world.intake, office=world.authority, **WHY).code == "missing_office"
    assert refusal(case, world.intake, office=world.credit, **WHY).code == "same_office"
    assert refusal(case, world.intake, office=other, **WHY).code == "nobody_takes_in"
    gone = member(other, Role.INTAKE, until=TUESDAY - timedelta(days=1))
    assert refusal(case, world.intake, office=other, **WHY).code == "nobody_takes_in", gone
    member(other, Role.INTAKE)
    assert refusal(case, world.intake, office=other, reason=" ").code == "missing_text"
    forward(case, world, other)


def test_a_correction_that_was_asked_is_not_asked_again_by_the_next(
    world: World, other: Office, taker: User
) -> None:
    case = correction_case(world)
    answer_gaps(world, case)
    do(case, "resubmit", world.clerk, today=TUESDAY)
    forward(case, world, other)
    with pytest.raises(ActionRefused) as caught:
        do(case, "ask_correction", taker, today=TUESDAY, items=ONE_GAP)
    assert caught.value.code == "corrected_already"


def test_the_form_offers_who_can_receive_it_and_nobody_else(world: World, other: Office, taker: User) -> None:
    case = submitted_case(world)
    member(OfficeFactory(name="相山区财政局"), Role.INTAKE)
    OfficeFactory(credit=True, name="没有人的信用办")
    form = office_form("forward", case=case, today=TODAY)
    assert list(form.fields["office"].queryset) == [other]  # type: ignore[attr-defined]
    sent = office_form(
        "forward",
        case=case,
        today=TODAY,
        data={"forward-office": world.authority.pk, "forward-reason": "转送"},
    )
    assert not sent.is_valid() and "不能转送到这个单位" in str(sent.errors["office"])


def test_where_nobody_can_receive_it_the_form_says_so(world: World) -> None:
    form = office_form("forward", case=submitted_case(world), today=TODAY)
    assert "没有其他信用办" in form.fields["office"].help_text


def test_by_the_page_it_is_sent_on_and_read_as_sent_on(
    world: World, other: Office, taker: User, on_the_day: None, client: Client
) -> None:
    case = submitted_case(world)
    client.force_login(world.intake)
    address = reverse("office_repair_act", args=[case.uuid, "forward"])
    page = client.post(address, {"forward-office": other.pk, "forward-reason": "不属于本办受理"}, follow=True)
    assert page.status_code == 200 and "已转出" in page.content.decode()
    assert fresh(case).intake_office == other
    again = client.post(address, {"forward-office": other.pk, "forward-reason": "不属于本办受理"})
    assert again.status_code in (409, 422), "told, not lost"


def test_the_whole_way_after_it_was_sent_on_has_no_dead_end(world: World, other: Office, taker: User) -> None:
    case = submitted_case(world)
    forward(case, world, other)
    do(case, "accept", taker, today=TUESDAY)
    do(case, "give_opinion", world.verifier, today=TUESDAY, **AGREE)
    do(case, "approve", world.approver, today=TUESDAY)
    assert case.state == "approved"
    assert not case.steps.exclude(state=ReviewStep.State.DONE).exists()
