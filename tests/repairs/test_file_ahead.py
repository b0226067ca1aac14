"""Filing ahead: prepared today, submitted by itself on the first lawful day, after a new check."""

from datetime import date, timedelta
from typing import Any

import pytest

from credit_repair.cases.errors import ActionRefused, NotYours
from credit_repair.cases.models import Case
from credit_repair.core.settling import settle_all
from credit_repair.mail.models import Mail
from credit_repair.people.models import Mandate
from credit_repair.registry.models import Record
from credit_repair.registry.services.law import set_rule
from credit_repair.repairs import services as repairs
from credit_repair.repairs import settlers
from credit_repair.repairs.models import RepairApplication, RepairBasket
from tests.world import (
    TODAY,
    World,
    answer,
    bring,
    build_world,
    complete_draft,
    do,
    fresh,
    in_threads,
    submitted_case,
)

pytestmark = pytest.mark.django_db

#: Of a decision of 2026-08-24 the shortest period ends on 2026-11-24.
THE_DAY = date(2026, 11, 25)
EVE = THE_DAY - timedelta(days=1)


def mails(kind: str) -> int:
    return Mail.objects.filter(kind=kind).count()


def scheduled_case(world: World) -> Case:
    """An application that was prepared and waits for its day."""
    case = complete_draft(world)
    outcome = repairs.submit_filing(filing=case.filing, actor=world.clerk, today=TODAY)
    assert (outcome.submitted, outcome.refused) == ([], [])
    return fresh(case)


def titles(case: Case) -> list[str]:
    return list(case.events.values_list("title", flat=True))


def reason_of_return(case: Case) -> str:
    event = case.events.get(action="return_to_draft")
    assert event.audience == "public", "the applicant reads why"
    return event.text


@pytest.fixture
def world() -> World:
    return build_world(record={"decision_date": date(2026, 8, 24)})


@pytest.fixture
def case(world: World) -> Case:
    return scheduled_case(world)


def test_what_lies_ahead_of_its_day_waits_for_it(case: Case) -> None:
    assert (case.state, case.number, case.submitted_on) == ("scheduled", None, None)
    assert case.repair.scheduled_for == THE_DAY
    assert not case.clocks.exists() and not case.steps.exists() and not case.documents.exists()
    assert mails("repair_scheduled") == 1
    assert "2026年11月25日" in Mail.objects.get(kind="repair_scheduled").body


def test_nothing_happens_before_the_day(case: Case) -> None:
    assert settle_all(today=EVE) == 0
    assert fresh(case).state == "scheduled"


def test_on_its_day_it_submits_itself_with_number_receipt_clocks_and_mail(case: Case) -> None:
    assert settlers.submit_scheduled(today=THE_DAY) == 1
    case = fresh(case)
    assert (case.state, case.submitted_on) == ("submitted", THE_DAY)
    assert case.number and case.number.startswith("XF-2026-")
    assert case.repair.scheduled_for is None
    clocks = {clock.kind: clock for clock in case.clocks.all()}
    assert {kind: clock.started_on for kind, clock in clocks.items()} == {
        "acceptance": THE_DAY,
        "answer": THE_DAY,
    }
    assert clocks["acceptance"].due_on == date(2026, 11, 30)
    assert case.steps.get(state="open").opened_on == THE_DAY
    assert case.documents.filter(document__kind="receipt_of_materials").count() == 1
    mail = Mail.objects.get(kind="repair_submitted")
    assert case.number in mail.body and case.filing.query_code in mail.body and "2026年11月30日" in mail.body
    event = case.events.get(action="submit_when_due")
    assert (event.actor, event.audience) == (None, "public")
    assert settle_all(today=THE_DAY) == 0, "once"


def test_a_day_on_which_the_site_was_down_is_made_up_for(case: Case) -> None:
    later = THE_DAY + timedelta(days=3)
    assert settlers.submit_scheduled(today=later) == 1
    assert (fresh(case).state, fresh(case).submitted_on) == ("submitted", later)


def test_a_day_that_is_no_working_day_submits_all_the_same_and_the_clocks_count_working_days() -> None:
    sunday = date(2026, 11, 22)
    world = build_world(record={"decision_date": date(2026, 8, 21)})
    case = scheduled_case(world)
    assert case.repair.scheduled_for == sunday
    assert settlers.submit_scheduled(today=sunday) == 1
    assert fresh(case).submitted_on == sunday
    assert case.clocks.get(kind="acceptance").due_on == date(2026, 11, 25)


def test_a_record_that_has_ended_meanwhile_closes_it_as_moot_and_says_so_once(case: Case) -> None:
    Record.objects.filter(pk=case.record_id).update(standing="withdrawn", ended_on=EVE)
    settle_all(today=THE_DAY)
    case = fresh(case)
    assert (case.state, case.number, case.closed_on) == ("closed_moot", None, THE_DAY)
    assert case.repair.scheduled_for is None
    assert (mails("repair_closed_moot"), mails("repair_returned"), mails("repair_submitted")) == (1, 0, 0)


def test_a_record_that_ends_before_the_day_closes_it_at_once(case: Case) -> None:
    Record.objects.filter(pk=case.record_id).update(standing="withdrawn", ended_on=TODAY)
    assert settlers.close_moot(today=TODAY) == 1
    assert fresh(case).state == "closed_moot"


def test_without_anybody_who_may_act_it_goes_back_and_the_timeline_says_why(case: Case) -> None:
    Mandate.objects.update(until=EVE)
    assert settlers.submit_scheduled(today=THE_DAY) == 1
    case = fresh(case)
    assert (case.state, case.repair.scheduled_for) == ("draft", None)
    assert "授权" in reason_of_return(case)
    assert mails("repair_returned") == 0, "there is nobody to whom it could be written"


def test_the_mandate_counts_on_the_day_itself(case: Case) -> None:
    Mandate.objects.update(until=THE_DAY)
    settlers.submit_scheduled(today=THE_DAY)
    assert fresh(case).state == "submitted"


def lose_the_proof(case: Case) -> None:
    case.attachments.filter(kind="proof").delete()


def undo_the_performance(case: Case) -> None:
    RepairApplication.objects.filter(case=case).update(performed_on=None)


def restrict_the_record(case: Case) -> None:
    Record.objects.filter(pk=case.record_id).update(restriction_until=date(2027, 2, 1))


@pytest.mark.parametrize(
    ("change", "words"),
    [(lose_the_proof, "证明材料"), (undo_the_performance, "情况"), (restrict_the_record, "2027年2月1日")],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_what_no_longer_holds_on_the_day_goes_back_with_the_reason(
    case: Case, change: Any, words: str
) -> None:
    change(case)
    assert settlers.submit_scheduled(today=THE_DAY) == 1
    case = fresh(case)
    assert (case.state, case.number, case.submitted_on) == ("draft", None, None)
    assert words in reason_of_return(case)
    mail = Mail.objects.get(kind="repair_returned")
    assert words in mail.body and str(case.filing.uuid) in mail.body
    assert settle_all(today=THE_DAY) == 0, "it is not tried again by itself"


def test_a_rule_that_moves_the_first_day_sends_it_back_with_the_new_day(world: World, case: Case) -> None:
    set_rule(
        rule_set="ndrc-36",
        path="class.general.min_months",
        value=6,
        level="city",
        sector=None,
        in_force_from=date(2026, 1, 1),
        in_force_to=None,
        basis="本市规定",
        reason="测试",
        actor=world.clerk,
    )
    assert settlers.submit_scheduled(today=THE_DAY) == 1
    case = fresh(case)
    assert case.state == "draft"
    assert "2027年2月" in reason_of_return(case)
    assert mails("repair_returned") == 1
    # It can be filed ahead anew, and waits for the day of the new rule.
    repairs.submit_filing(filing=case.filing, actor=world.clerk, today=THE_DAY)
    assert fresh(case).repair.scheduled_for > date(2027, 2, 1)


def test_taken_back_and_changed_and_filed_ahead_again_everything_is_still_there(
    world: World, case: Case
) -> None:
    files = set(case.attachments.values_list("stored__sha256", flat=True))
    do(case, "unschedule", world.clerk)
    assert (case.state, fresh(case).repair.scheduled_for) == ("draft", None)
    assert set(case.attachments.values_list("stored__sha256", flat=True)) == files
    answer(world, fresh(case), statement="罚款已缴清，并完成了整改。")
    bring(world, fresh(case), "other")
    outcome = repairs.submit_filing(filing=case.filing, actor=world.clerk, today=TODAY)
    assert [each.pk for each in outcome.scheduled] == [case.pk]
    case = fresh(case)
    assert case.repair.scheduled_for == THE_DAY
    assert case.repair.statement == "罚款已缴清，并完成了整改。"
    assert case.attachments.count() == len(files) + 1
    assert settlers.submit_scheduled(today=THE_DAY) == 1


def test_nothing_can_be_written_while_it_waits(world: World, case: Case) -> None:
    with pytest.raises(ActionRefused):
        answer(world, case, statement="改一下")


def test_an_official_takes_nobodys_application_back(world: World, case: Case) -> None:
    with pytest.raises(NotYours):
        do(case, "unschedule", world.intake)


def test_a_new_contact_of_one_that_waits_is_the_baskets_too(world: World, case: Case) -> None:
    repairs.change_contact(case=case, actor=world.clerk, today=TODAY, name="孙强", phone="13900000009")
    assert RepairBasket.objects.get(filing=case.filing).contact_name == "孙强"
    assert fresh(case).repair.contact_name == "孙强"
    do(case, "unschedule", world.clerk)
    assert fresh(case).repair.contact_phone == "13900000009"


def test_one_that_cannot_be_submitted_keeps_no_other_back(world: World, case: Case) -> None:
    second = build_world(record={"decision_date": date(2026, 8, 24)})
    other = scheduled_case(second)
    lose_the_proof(case)
    assert settlers.submit_scheduled(today=THE_DAY) == 2
    assert (fresh(case).state, fresh(other).state) == ("draft", "submitted")


def test_the_timeline_tells_both_that_it_was_filed_ahead_and_that_it_submitted_itself(case: Case) -> None:
    settlers.submit_scheduled(today=THE_DAY)
    assert titles(fresh(case))[-2:] == ["已预约提交", "到期自动提交申请"]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_settlers_at_once_submit_it_once(postgres: None) -> None:
    world = build_world(record={"decision_date": date(2026, 8, 24)})
    case = scheduled_case(world)
    results, errors = in_threads(2, lambda _number: settlers.submit_scheduled(today=THE_DAY))
    assert not errors
    assert sorted(results) in ([0, 1], [1, 1])
    case = fresh(case)
    assert case.state == "submitted"
    assert case.events.filter(action="submit_when_due").count() == 1
    assert not case.events.filter(action="return_to_draft").exists()
    assert mails("repair_submitted") == 1


def test_a_second_settler_that_comes_too_late_sends_nothing_back(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = settlers.transition
    once = iter([True])

    def overtaken(**what: Any) -> Any:
        if next(once, False):
            real(case=case, action="submit_when_due", actor=None, today=THE_DAY)
        return real(**what)

    monkeypatch.setattr(settlers, "transition", overtaken)
    settlers.submit_scheduled(today=THE_DAY)
    assert fresh(case).state == "submitted"
    assert not case.events.filter(action="return_to_draft").exists()
    assert mails("repair_returned") == 0


def test_a_case_that_was_filed_the_usual_way_is_not_touched(world: World) -> None:
    plain = build_world()
    filed = submitted_case(plain)
    assert settlers.submit_scheduled(today=THE_DAY) == 0
    assert fresh(filed).state == "submitted"
