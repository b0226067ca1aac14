"""What somebody has taken and can no longer do goes back to the office; nobody who is away is reminded."""

from datetime import date, timedelta

import pytest

from credit_repair.cases.models import Case, ReviewStep, TimelineEvent
from credit_repair.cases.services.steps import release_steps
from credit_repair.cases.settlers import release_orphans
from credit_repair.core.models import AuditEntry
from credit_repair.mail.models import Mail
from credit_repair.people.models import Role, Substitution, User
from credit_repair.people.services import leave_office
from credit_repair.people.services.absences import enter_absence
from credit_repair.people.services.substitutions import StandIn
from credit_repair.reminders.services import send_step_reminders
from tests.registry.factories import OfficeFactory
from tests.world import TODAY, World, member, submitted_case, substitute_of

pytestmark = pytest.mark.django_db

TUESDAY = date(2026, 11, 24)
UNTIL = TODAY + timedelta(days=7)


@pytest.fixture
def case(world: World) -> Case:
    made = submitted_case(world)
    ReviewStep.objects.filter(case=made, state="open").update(taken_by=world.intake)
    return made


def taker(case: Case) -> User | None:
    return case.steps.get(state="open").taken_by


def away(world: World, *stand_ins: StandIn, handover: str = "office") -> None:
    enter_absence(
        member=world.intake,
        actor=world.intake,
        since=TODAY,
        until=UNTIL,
        handover=handover,
        substitutes=stand_ins,
        today=TODAY,
    )


def test_what_is_in_good_hands_stays_there(world: World, case: Case) -> None:
    assert release_orphans(today=TODAY) == 0 and taker(case) == world.intake


def test_who_leaves_the_role_gives_it_back_on_the_next_day_and_the_timeline_says_so(
    world: World, case: Case
) -> None:
    leave_office(membership=world.intake.memberships.get(), until=TODAY)
    assert release_orphans(today=TODAY) == 0
    assert release_orphans(today=TUESDAY) == 1 and taker(case) is None
    event = TimelineEvent.objects.get(case=case, action="release_step")
    assert event.audience == "internal" and "李受" in event.text and "不再担任" in event.text
    entry = AuditEntry.objects.get(action="release_step")
    assert entry.data["from"] == world.intake.pk and entry.data["event"] == str(event.uuid)
    assert release_orphans(today=TUESDAY) == 0, "once is enough"


def test_another_role_at_the_office_is_not_this_role(world: World, case: Case) -> None:
    ReviewStep.objects.filter(case=case, state="open").update(taken_by=member(world.credit, Role.SUPERVISOR))
    assert release_orphans(today=TODAY) == 1


def test_a_closed_account_gives_it_back(world: World, case: Case) -> None:
    User.objects.filter(pk=world.intake.pk).update(is_active=False)
    assert release_orphans(today=TODAY) == 1 and taker(case) is None


def test_who_is_away_gives_back_what_is_left_to_the_office(world: World, case: Case) -> None:
    away(world)
    assert release_orphans(today=TODAY) == 1 and taker(case) is None
    assert "离岗至2026年11月27日" in TimelineEvent.objects.get(case=case, action="release_step").text


def test_who_is_away_keeps_what_a_substitute_does(world: World, case: Case) -> None:
    colleague = member(world.credit, Role.DATA)
    away(world, StandIn(world.intake.memberships.get(), colleague, "own"), handover="substitute")
    assert release_orphans(today=TODAY) == 0 and taker(case) == world.intake


def test_a_substitute_gives_back_what_they_took_when_it_is_over(world: World, case: Case) -> None:
    substitute = substitute_of(world.intake, OfficeFactory())
    ReviewStep.objects.filter(case=case, state="open").update(taken_by=substitute)
    assert release_orphans(today=UNTIL) == 0
    assert release_orphans(today=UNTIL + timedelta(days=1)) == 1


def test_it_goes_on_past_a_batch(world: World, case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.registry.factories import RecordFactory

    for _each in range(3):
        other = submitted_case(world, record=RecordFactory(subject=world.subject, authority=world.authority))
        ReviewStep.objects.filter(case=other, state="open").update(taken_by=world.intake)
    monkeypatch.setattr("credit_repair.cases.settlers.BATCH", 2)
    away(world)
    assert release_orphans(today=TODAY) == 4
    assert not ReviewStep.objects.filter(state="open", taken_by__isnull=False).exists()


def test_all_or_one_offices_steps_of_somebody_are_released_by_hand(world: World, case: Case) -> None:
    assert release_steps(user=world.intake, office=world.authority) == 0
    assert release_steps(user=world.intake, office=world.credit, why="调离岗位。") == 1
    assert release_steps(user=world.intake) == 0


# -- reminders


def readers() -> list[str]:
    send_step_reminders(today=TUESDAY)
    return sorted(Mail.objects.filter(kind="step_due").values_list("to_name", flat=True))


def test_who_is_away_is_not_reminded_their_substitute_is(world: World, case: Case) -> None:
    colleague = member(world.credit, Role.DATA, name="陈数")
    member(world.credit, Role.INTAKE, name="钱受")
    away(world, StandIn(world.intake.memberships.get(), colleague, "own"), handover="substitute")
    assert readers() == ["陈数"]


def test_what_is_nobodys_is_everybodys_who_is_there(world: World, case: Case) -> None:
    colleague = member(world.credit, Role.DATA, name="陈数")
    member(world.credit, Role.INTAKE, name="钱受")
    away(world, StandIn(world.intake.memberships.get(), colleague, "all"))
    release_orphans(today=TODAY)
    assert readers() == ["钱受", "陈数"]


def test_nobody_is_reminded_where_the_only_one_is_away(world: World, case: Case) -> None:
    away(world)
    assert readers() == []


def test_a_substitute_who_is_away_themself_is_not_reminded(world: World, case: Case) -> None:
    substitute = substitute_of(world.intake, OfficeFactory())
    Substitution.objects.all().update(until=UNTIL)
    world.intake.absences.create(
        since=TODAY, until=UNTIL, handover="substitute", made_by=world.intake, made_at=case.created_at
    )
    substitute.absences.create(
        since=TODAY, until=UNTIL, handover="office", made_by=substitute, made_at=case.created_at
    )
    assert readers() == []
