"""Guidance served with a penalty: for new penalties only, once for each, switched on by office."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from credit_repair.cases.errors import ActionRefused, NotYours
from credit_repair.core.clock import now
from credit_repair.mail.models import Mail
from credit_repair.outreach.letters import duties_of, guidance_notice
from credit_repair.outreach.models import Guidance, GuidanceSetting
from credit_repair.outreach.services import guiding
from credit_repair.outreach.services.guiding import guide_by_hand, guide_new, set_guidance
from credit_repair.people.models import Role, User
from credit_repair.registry.models import Record, RecordEvent
from tests.registry.factories import OfficeFactory, RecordFactory, SubjectFactory
from tests.world import TODAY, World, member

pytestmark = pytest.mark.django_db

NEW = date(2026, 11, 10)


def imported(world: World, *, on: date = NEW, **fields: Any) -> Record:
    """A penalty of the authority that has just come in."""
    record: Record = RecordFactory(authority=world.authority, decision_date=on, **fields)
    RecordEvent.objects.create(record=record, what=RecordEvent.What.IMPORTED, at=now(), on=TODAY)
    return record


def supervisor(world: World) -> User:
    return member(world.authority, Role.SUPERVISOR)


def switched_on(world: World, *, issuer: str = "authority", actor: User | None = None) -> GuidanceSetting:
    return set_guidance(
        authority=world.authority,
        is_on=True,
        issuer=issuer,
        actor=actor or supervisor(world),
        today=TODAY,
    )


def test_a_new_penalty_gets_a_numbered_notice_that_is_served(world: World) -> None:
    switched_on(world)
    record = imported(world, subject=world.subject)
    assert guide_new(today=TODAY) == 1
    document = Guidance.objects.get(record=record).document
    assert document is not None
    assert (document.kind, document.office, document.addressee) == (
        "guidance_notice",
        world.authority,
        world.subject,
    )
    assert document.number
    assert Mail.objects.filter(kind="subject_letter").count() == 1


def test_run_twice_it_makes_one(world: World) -> None:
    switched_on(world)
    imported(world)
    assert [guide_new(today=TODAY), guide_new(today=TODAY)] == [1, 0]


def test_what_fails_at_one_authority_keeps_no_other_from_its_guidance(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    switched_on(world)
    bad = imported(world)
    office = OfficeFactory(document_prefix="濉农信修")
    GuidanceSetting.objects.create(
        authority=office, is_on=True, issuer="authority", on_from=now(), changed_at=now()
    )
    good = imported(world)
    Record.objects.filter(pk=good.pk).update(authority=office)
    monkeypatch.setattr(guiding, "guidance_notice", _fails_for(bad))
    with pytest.raises(RuntimeError):
        guide_new(today=TODAY)
    assert [row.record for row in Guidance.objects.all()] == [good]


def _fails_for(bad: Record) -> Any:
    def notice(*, record: Record, **rest: Any) -> Any:
        if record.pk == bad.pk:
            raise RuntimeError("a bad row")
        return guidance_notice(record=record, **rest)

    return notice


def test_what_came_in_before_gets_none(world: World) -> None:
    imported(world)
    switched_on(world)
    assert guide_new(today=TODAY) == 0


def test_switched_on_again_it_begins_anew(world: World) -> None:
    chief = supervisor(world)
    switched_on(world, actor=chief)
    set_guidance(authority=world.authority, is_on=False, issuer="authority", actor=chief, today=TODAY)
    imported(world)
    assert guide_new(today=TODAY) == 0
    switched_on(world, actor=chief)
    assert guide_new(today=TODAY) == 0


@pytest.mark.parametrize(("days", "made"), [(30, 1), (31, 0)])
def test_only_decisions_of_the_last_thirty_days_get_one(world: World, days: int, made: int) -> None:
    switched_on(world)
    imported(world, on=TODAY - timedelta(days=days))
    assert guide_new(today=TODAY) == made


@pytest.mark.parametrize(
    ("fields", "made"),
    [
        ({"standing": "unpublished"}, 1),
        ({"standing": "history", "ended_on": TODAY}, 0),
        ({"standing": "withdrawn", "ended_on": TODAY}, 0),
        ({"kind": "abnormal_list"}, 0),
    ],
)
def test_only_what_is_alive_and_a_penalty(world: World, fields: dict[str, Any], made: int) -> None:
    switched_on(world)
    imported(world, **fields)
    assert guide_new(today=TODAY) == made


def test_other_authorities_are_left_alone(world: World) -> None:
    switched_on(world)
    other = RecordFactory(decision_date=NEW)
    RecordEvent.objects.create(record=other, what="imported", at=now(), on=TODAY)
    assert guide_new(today=TODAY) == 0


def test_the_credit_office_can_issue_it(world: World) -> None:
    switched_on(world, issuer="credit")
    imported(world)
    guide_new(today=TODAY)
    assert Guidance.objects.get().office == world.credit


def test_they_are_made_some_at_a_time(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guiding, "PORTION", 2)
    switched_on(world)
    for _number in range(3):
        imported(world)
    assert [guide_new(today=TODAY) for _turn in range(3)] == [2, 1, 0]


def test_what_cannot_be_printed_is_noted_and_hinders_no_other(world: World) -> None:
    switched_on(world)
    odd = imported(world, subject=SubjectFactory(name="濉溪县\U0010fffd有限公司"))
    imported(world)
    assert guide_new(today=TODAY) == 1
    row = Guidance.objects.get(record=odd)
    assert row.document is None
    assert "U+10FFFD" in row.problem
    assert guide_new(today=TODAY) == 0


def test_made_by_hand_it_is_made_once_and_mends_what_failed(world: World) -> None:
    record = imported(world, subject=SubjectFactory(name="濉溪县\U0010fffd有限公司"))
    row = guide_by_hand(record=record, office=world.authority, actor=world.verifier, today=TODAY)
    assert row.document is None
    record.subject.name = "濉溪县华泰有限公司"
    record.subject.save()
    made = guide_by_hand(record=record, office=world.authority, actor=world.verifier, today=TODAY)
    again = guide_by_hand(record=record, office=world.authority, actor=world.verifier, today=TODAY)
    assert made.document is not None
    assert (made.document, made.problem, made.made_by) == (again.document, "", world.verifier)


def test_nobody_makes_it_of_what_is_not_theirs(world: World) -> None:
    elsewhere = RecordFactory(authority=OfficeFactory(name="濉溪县水务局"), decision_date=NEW)
    with pytest.raises(NotYours):
        guide_by_hand(record=elsewhere, office=world.authority, actor=world.verifier, today=TODAY)


@pytest.mark.parametrize("role", [Role.VERIFIER, Role.APPROVER, Role.DATA])
def test_only_supervisors_switch_it_on(world: World, role: str) -> None:
    with pytest.raises(NotYours):
        switched_on(world, actor=member(world.authority, role))


def test_the_credit_office_switches_it_on_for_those_it_answers_for(world: World) -> None:
    assert switched_on(world, actor=member(world.credit, Role.SUPERVISOR)).is_on


def test_who_cannot_number_does_not_switch_it_on(world: World) -> None:
    world.authority.document_prefix = ""
    world.authority.save()
    with pytest.raises(ActionRefused) as refused:
        switched_on(world)
    assert refused.value.code == "no_prefix"
    assert not GuidanceSetting.objects.filter(is_on=True).exists()


def test_it_says_class_dates_and_duties_by_the_rules(world: World) -> None:
    notice = guidance_notice(record=world.record, office=world.authority, today=TODAY)
    assert (notice.rule_class, notice.published) == ("一般失信信息", True)
    assert (notice.min_until, notice.repairable_from, notice.max_until) == (
        date(2026, 8, 6),
        date(2026, 8, 7),
        date(2027, 5, 6),
    )
    assert notice.answer_days == 10
    assert notice.counter.office == world.credit.name
    assert notice.duties == (
        "按《行政处罚决定书》写明的期限和账户缴纳罚款1万元",
        "改正违法行为，并保留能够证明的材料",
    )


def test_a_warning_that_is_not_published_names_no_days(world: World) -> None:
    record = RecordFactory(authority=world.authority, penalty_types=["警告"], decision_date=NEW)
    notice = guidance_notice(record=record, office=world.authority, today=TODAY)
    assert (notice.published, notice.repairable_from, notice.max_until) == (False, None, None)
    assert notice.duties == ("改正违法行为，并保留能够证明的材料",)


def test_publicity_that_ends_alone_asks_for_no_application(world: World) -> None:
    market = OfficeFactory(market=True)
    record = RecordFactory(
        authority=market, penalty_types=["罚款"], procedure="simple", decision_date=NEW, as_of=NEW
    )
    notice = guidance_notice(record=record, office=market, today=TODAY)
    assert (notice.ends_alone, notice.repairable_from) == (True, None)
    assert notice.max_until == date(2027, 2, 10)


def test_each_duty_is_named_once(world: World) -> None:
    record = RecordFactory(penalty_types=["罚款", "没收违法所得", "责令停产停业"], confiscated=Decimal("0.2"))
    assert [duty[:20] for duty in duties_of(record)] == [
        "按《行政处罚决定书》写明的期限和账户缴纳罚款1万元"[:20],
        "按《行政处罚决定书》的要求缴纳没收的违法所得2000元"[:20],
        "按《行政处罚决定书》的要求停产停业，整改完成后再恢复"[:20],
        "改正违法行为，并保留能够证明的材料"[:20],
    ]
