"""Reminders: in time, to whoever can act, once."""

from datetime import date

import pytest

from credit_repair.cases.models import Case, Clock, ReviewStep
from credit_repair.mail.models import Mail
from credit_repair.people.models import Role
from credit_repair.people.services import leave_office
from credit_repair.reminders.services import send_step_reminders
from tests.world import AGREE, TODAY, World, build_world, deciding_case, do, member, submitted_case

pytestmark = pytest.mark.django_db

#: Acceptance of a case filed on Friday 2026-11-20 is due on Wednesday 11-25.
TUESDAY, WEDNESDAY = date(2026, 11, 24), date(2026, 11, 25)


@pytest.fixture
def world() -> World:
    return build_world()


@pytest.fixture
def case(world: World) -> Case:
    return submitted_case(world)


def readers() -> list[str]:
    return list(Mail.objects.filter(kind="step_due").order_by("pk").values_list("to_name", flat=True))


@pytest.mark.parametrize(
    ("day", "written"),
    [(date(2026, 11, 23), 0), (TUESDAY, 1), (WEDNESDAY, 1), (date(2026, 11, 26), 0)],
    ids=["two-days-before", "the-day-before", "on-the-day", "too-late"],
)
def test_a_step_due_on_the_next_working_day_is_reminded_of(case: Case, day: date, written: int) -> None:
    assert send_step_reminders(today=day) == written


def test_the_mail_says_which_case_by_when_and_where(world: World, case: Case) -> None:
    send_step_reminders(today=TUESDAY)
    mail = Mail.objects.get(kind="step_due")
    assert mail.to_address == world.intake.email
    assert case.number in mail.subject
    for part in (
        "受理",
        "2026年11月25日",
        world.subject.name,
        world.record.doc_no,
        f"/office/repairs/{case.uuid}/",
    ):
        assert part in mail.body


def test_nobody_is_reminded_twice_of_one_step(case: Case) -> None:
    assert send_step_reminders(today=TUESDAY) == 1
    assert send_step_reminders(today=TUESDAY) == 0
    assert send_step_reminders(today=WEDNESDAY) == 0


def test_a_due_date_that_moves_arms_the_reminder_anew(case: Case) -> None:
    send_step_reminders(today=TUESDAY)
    Clock.objects.filter(case=case, kind="acceptance").update(due_on=date(2026, 12, 2))
    assert send_step_reminders(today=WEDNESDAY) == 0
    assert send_step_reminders(today=date(2026, 12, 1)) == 1


def test_a_step_that_is_opened_again_is_reminded_of_again(world: World) -> None:
    case = deciding_case(world)
    day = date(2026, 11, 30)  # the decision is due on 2026-12-01
    assert send_step_reminders(today=day) == 1 and readers() == ["赵批"]
    do(case, "send_back", world.approver, today=day, reason="再查")
    assert send_step_reminders(today=day) == 1 and readers()[-1] == "王核"
    do(case, "give_opinion", world.verifier, today=day, **AGREE)
    assert send_step_reminders(today=day) == 1 and readers()[-1] == "赵批"


@pytest.mark.parametrize(
    ("filed", "remind", "due"),
    [
        (date(2026, 11, 18), date(2026, 11, 20), date(2026, 11, 23)),
        (date(2026, 9, 29), date(2026, 9, 30), date(2026, 10, 9)),
        (date(2026, 9, 17), date(2026, 9, 21), date(2026, 9, 22)),
    ],
    ids=["over-a-weekend", "before-a-holiday-is-too-early", "after-a-make-up-sunday"],
)
def test_tomorrow_means_the_next_working_day(world: World, filed: date, remind: date, due: date) -> None:
    case = submitted_case(world, today=filed)
    Clock.objects.filter(case=case, kind="acceptance").update(due_on=due)
    wanted = 0 if due == date(2026, 10, 9) else 1
    assert send_step_reminders(today=remind) == wanted
    if not wanted:
        assert send_step_reminders(today=date(2026, 10, 8)) == 1


def test_before_anybody_took_it_every_member_who_could_is_told(world: World, case: Case) -> None:
    member(world.credit, Role.INTAKE, name="孙受")
    member(world.credit, Role.SUPERVISOR, name="督办")
    assert send_step_reminders(today=TUESDAY) == 2
    assert readers() == ["李受", "孙受"]


def take(case: Case, user: object) -> None:
    ReviewStep.objects.filter(case=case, state="open").update(taken_by=user)


def test_who_took_the_step_is_told_alone(world: World, case: Case) -> None:
    second = member(world.credit, Role.INTAKE, name="孙受")
    take(case, second)
    send_step_reminders(today=TUESDAY)
    assert readers() == ["孙受"]


def test_who_has_left_is_not_told_and_the_others_are(world: World, case: Case) -> None:
    member(world.credit, Role.INTAKE, name="孙受")
    take(case, world.intake)
    leave_office(membership=world.intake.memberships.get(), until=date(2026, 11, 23))
    send_step_reminders(today=TUESDAY)
    assert readers() == ["孙受"]


def test_an_office_without_members_is_no_failure(world: World, case: Case) -> None:
    leave_office(membership=world.intake.memberships.get(), until=TODAY)
    assert send_step_reminders(today=TUESDAY) == 0


@pytest.mark.parametrize("action", ["accept", "withdraw"])
def test_what_is_done_or_over_is_not_reminded_of(world: World, case: Case, action: str) -> None:
    do(case, action, world.intake if action == "accept" else world.clerk)
    assert send_step_reminders(today=TUESDAY) == 0
