"""Voluntary activities 自愿活动: declared, confirmed, free of charge, a condition only by a sector's rule."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from credit_repair.cases.errors import ActionRefused, NotYours
from credit_repair.cases.file_parts import SUBJECT, FileReader, parts
from credit_repair.core import clock
from credit_repair.people.models import Role
from credit_repair.people.services import grant_mandate
from credit_repair.rectification.models import Activity
from credit_repair.rectification.services import activities
from credit_repair.rectification.services.activities import Entry
from credit_repair.registry import law
from credit_repair.registry.models import Sector
from credit_repair.repairs.selectors import explain_record
from credit_repair.rules import parse_rule_set
from tests.registry.factories import OfficeFactory, SubjectFactory
from tests.world import SINCE, TODAY, World, clerk_of, member, signed_in, upload, verifying_case

pytestmark = pytest.mark.django_db

TRAINING = Entry("training", "信用管理培训", "濉溪县信用办", date(2026, 11, 12), Decimal("6"))
FREE = "一律免费"


@pytest.fixture(autouse=True)
def _day() -> Any:
    with clock.assume(TODAY):
        yield


def declared(world: World, entry: Entry = TRAINING) -> Activity:
    return activities.declare(
        subject=world.subject, actor=world.clerk, today=TODAY, entry=entry, paper=upload("证书.pdf")
    )


def test_what_is_declared_is_confirmed_by_an_office_that_has_a_record(world: World) -> None:
    activity = declared(world)
    assert activity.state == "declared"
    confirmed = activities.answer(activity=activity, actor=world.verifier, today=TODAY, confirmed=True)
    assert (confirmed.state, confirmed.office) == ("confirmed", world.authority)


def test_the_credit_office_confirms_as_well_and_says_why_not(world: World) -> None:
    activity = declared(world)
    with pytest.raises(ActionRefused, match="原因"):
        activities.answer(activity=activity, actor=world.intake, today=TODAY, confirmed=False)
    declined = activities.answer(
        activity=activity, actor=world.intake, today=TODAY, confirmed=False, words="证书不清楚"
    )
    assert (declined.state, declined.office) == ("declined", world.credit)
    with pytest.raises(ActionRefused, match="已经处理过"):
        activities.answer(activity=activity, actor=world.verifier, today=TODAY, confirmed=True)


def test_what_an_official_enters_is_confirmed_at_once(world: World) -> None:
    activity = activities.enter(
        subject=world.subject, actor=world.verifier, today=TODAY, entry=TRAINING, paper=upload()
    )
    assert (activity.state, activity.office) == ("confirmed", world.authority)


def test_nobody_else_enters_or_confirms(world: World) -> None:
    activity = declared(world)
    for actor in (
        world.clerk,
        world.approver,
        member(OfficeFactory(), Role.VERIFIER),
        member(world.credit, Role.SUPERVISOR),
    ):
        with pytest.raises(NotYours):
            activities.answer(activity=activity, actor=actor, today=TODAY, confirmed=True)
    with pytest.raises(NotYours):
        activities.declare(
            subject=world.subject,
            actor=clerk_of(SubjectFactory()),
            today=TODAY,
            entry=TRAINING,
            paper=upload(),
        )


def test_an_official_who_ever_acted_for_the_subject_keeps_away(world: World) -> None:
    activity = declared(world)
    grant_mandate(user=world.verifier, subject=world.subject, since=SINCE, until=date(2026, 2, 1))
    with pytest.raises(NotYours):
        activities.answer(activity=activity, actor=world.verifier, today=TODAY, confirmed=True)


def test_what_lies_ahead_was_not_done(world: World) -> None:
    with pytest.raises(ActionRefused, match="不能晚于今天"):
        declared(world, Entry("training", "培训", "信用办", date(2026, 11, 21)))


def test_what_was_declared_is_taken_back_until_it_is_answered(world: World) -> None:
    activity = declared(world)
    activities.take_back(activity=activity, actor=world.clerk, today=TODAY)
    assert "信用管理培训" not in signed_in(world.clerk).get(reverse("my_activities")).content.decode()
    second = declared(world)
    activities.answer(activity=second, actor=world.verifier, today=TODAY, confirmed=True)
    with pytest.raises(ActionRefused):
        activities.take_back(activity=second, actor=world.clerk, today=TODAY)


def test_every_page_says_that_it_is_free_of_charge_and_no_condition(world: World) -> None:
    declared(world)
    for user, name, args in (
        (world.clerk, "my_activities", []),
        (world.clerk, "my_activity_new", []),
        (world.intake, "office_activities", []),
        (world.verifier, "office_activity_new", [world.record.uuid]),
    ):
        shown = signed_in(user).get(reverse(name, args=args)).content.decode()
        assert FREE in shown
        assert "不是信用修复的条件" in shown


def test_the_form_takes_what_was_done_with_its_paper(world: World) -> None:
    data = {
        "kind": "public_interest",
        "title": "志愿服务",
        "organiser": "志愿者协会",
        "done_on": "2026-11-15",
    }
    client = signed_in(world.clerk)
    assert client.post(reverse("my_activity_new"), data).status_code == 422
    client.post(reverse("my_activity_new"), {**data, "hours": "4.5", "paper": upload()})
    activity = Activity.objects.get()
    assert (activity.kind, activity.hours, activity.state) == ("public_interest", Decimal("4.5"), "declared")
    signed_in(world.verifier).post(reverse("office_activity_confirm", args=[activity.uuid]))
    activity.refresh_from_db()
    assert activity.state == "confirmed"


def test_a_verifier_sees_beside_the_application_what_was_recorded(world: World) -> None:
    case = verifying_case(world)
    declared(world)
    shown = signed_in(world.verifier).get(reverse("office_repair", args=[case.uuid])).content.decode()
    assert "信用管理培训" in shown
    assert "主体登记，待核实" in shown


def test_activities_stand_in_the_subjects_file(world: World) -> None:
    declared(world)
    part = next(each for each in parts() if each.code == "activities")
    (line,) = part.lines(world.subject, FileReader(user=world.clerk, on=TODAY, side=SUBJECT), 5)
    assert (line.title, line.day) == ("信用培训", date(2026, 11, 12))


SECTOR_ASKS = (
    "id: food-training\nkind: repair-graded\ntitle: 行业规定\nsource: 行业规定\nlevel: sector\nsector: food\n"
    'in_force: {from: 2026-01-01, to: null}\nmark: "?"\noverrides: [ndrc-36]\nvalues:\n'
    '  condition.training: {value: true, mark: "?", basis: 本行业规定修复前参加一次信用培训}\n'
)


def test_it_is_a_condition_only_where_a_rule_of_the_records_sector_says_so(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def training() -> list[str]:
        found = explain_record(record=world.record, today=TODAY)
        return [each.state for each in found.conditions if each.code == "training"]

    declared(world, Entry("training", "旧培训", "信用办", date(2026, 5, 5)))  # the day before the decision
    assert training() == []
    ours = law.current_book().with_overrides([parse_rule_set(SECTOR_ASKS, "food.yaml")])
    for module in ("credit_repair.repairs.selectors", "credit_repair.rectification.selectors"):
        monkeypatch.setattr(f"{module}.current_book", lambda: ours)
    assert training() == []
    world.record.sector, _made = Sector.objects.get_or_create(code="food", defaults={"name": "食品"})
    world.record.save()
    assert training() == ["not_met"]
    declared(world)
    assert training() == ["met"]
