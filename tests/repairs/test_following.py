"""Following an application: how it stands, with whom, until when; and what its applicant may do about it."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from credit_repair.cases.errors import ActionRefused, NotYours
from credit_repair.cases.models import Case, CaseRating
from credit_repair.core.clock import assume
from credit_repair.core.models import AuditEntry
from credit_repair.mail.models import Mail
from credit_repair.people.models import Role, User
from credit_repair.registry.models import Office, Record
from credit_repair.repairs import services as repairs
from credit_repair.repairs import settlers
from credit_repair.repairs.models import RepairBasket
from tests.registry.factories import RecordFactory
from tests.world import (
    TODAY,
    World,
    answer,
    approved_case,
    bring,
    build_world,
    clerk_of,
    complete_draft,
    confirm_removal,
    deciding_case,
    do,
    draft,
    fresh,
    in_threads,
    member,
    signed_in,
    submitted_case,
    verifying_case,
)

pytestmark = pytest.mark.django_db

ITEMS = [{"text": "缴款凭证看不清", "advice": "请重新拍照上传", "mends": "proof"}]
#: The acceptance clock of what was submitted on TODAY ends on this day.
ACCEPT_BY = date(2026, 11, 25)
LATE = ACCEPT_BY + timedelta(days=1)
ENDED = ["completed", "refused", "not_accepted", "lapsed", "withdrawn", "closed_moot"]


def page(user: User, case: Case, *, today: date = TODAY, name: str = "my_repair") -> str:
    """The text of a page of the case as `user` sees it on that day."""
    with assume(today):
        response = signed_in(user).get(reverse(name, args=[case.uuid]))
    assert response.status_code == 200, response.status_code
    return response.content.decode()


def post(user: User, address: str, case: Case, /, *, today: date = TODAY, **data: Any) -> Any:
    with assume(today):
        return signed_in(user).post(reverse(address, args=[case.uuid]), data)


def correction_case(world: World) -> Case:
    case = submitted_case(world)
    do(case, "ask_correction", world.intake, items=ITEMS)
    return case


def completed_case(world: World) -> Case:
    case = approved_case(world)
    confirm_removal(world)
    settlers.complete_confirmed(today=TODAY)
    return fresh(case)


def refused_case(world: World) -> Case:
    case = deciding_case(world)
    do(case, "refuse", world.approver, reason="罚款没有缴清")
    return case


def not_accepted_case(world: World) -> Case:
    case = submitted_case(world)
    do(case, "refuse_to_accept", world.intake, reason="材料不齐")
    return case


def lapsed_case(world: World) -> Case:
    case = correction_case(world)
    settlers.lapse_uncorrected(today=date(2027, 1, 20))
    return fresh(case)


def withdrawn_case(world: World) -> Case:
    case = submitted_case(world)
    do(case, "withdraw", world.clerk)
    return case


def closed_case(world: World) -> Case:
    case = submitted_case(world)
    Record.objects.filter(pk=case.record_id).update(standing="withdrawn", ended_on=TODAY)
    settlers.close_moot(today=TODAY)
    return fresh(case)


END: dict[str, Callable[[World], Case]] = {
    "completed": completed_case,
    "refused": refused_case,
    "not_accepted": not_accepted_case,
    "lapsed": lapsed_case,
    "withdrawn": withdrawn_case,
    "closed_moot": closed_case,
}


def window_world() -> tuple[World, User, Case]:
    """A case that came in at the window of the credit office, with the clerk who serves there."""
    world = build_world()
    clerk = member(world.credit, Role.WINDOW, name="窗口")
    filing = repairs.open_basket(
        subject=world.subject, actor=clerk, today=TODAY, window_office=Office.objects.get(pk=world.credit.pk)
    )
    case = repairs.add_records(filing=filing, records=[world.record], actor=clerk, today=TODAY)[0]
    as_clerk = World(**{**vars(world), "clerk": clerk})
    answer(as_clerk, case)
    bring(as_clerk, case, "commitment", "proof", "form")
    do(case, "submit", clerk)
    return world, clerk, case


# -- the page


def test_a_draft_leads_to_its_task_list(world: World) -> None:
    case = draft(world)
    with assume(TODAY):
        response = signed_in(world.clerk).get(reverse("my_repair", args=[case.uuid]))
    assert response["Location"] == reverse("my_filing", args=[case.filing.uuid])


def test_it_says_with_whom_it_lies_since_when_and_until_when(world: World) -> None:
    shown = page(world.clerk, submitted_case(world))
    assert "濉溪县信用办：受理" in shown and "自2026年11月20日" in shown
    assert "最晚2026年11月25日决定是否受理" in shown
    assert "还剩3个工作日" in shown
    assert "3个工作日内" not in shown, "the day counts, not a fixed number"


def test_every_stage_names_the_office_that_has_it_now(world: World) -> None:
    case = submitted_case(world)
    monday = date(2026, 11, 23)
    do(case, "accept", world.intake, today=monday)
    shown = page(world.clerk, case, today=monday)
    assert "濉溪县交通运输局：核查" in shown and "自2026年11月23日" in shown
    assert "濉溪县信用办：受理" not in shown
    assert "最晚2026年12月2日作出决定" in shown


def test_after_the_approval_it_lies_with_the_platforms(world: World) -> None:
    shown = page(world.clerk, approved_case(world))
    assert "各公示平台：撤下信息" in shown and "平台撤下进度" in shown


@pytest.mark.parametrize("end", ENDED)
def test_what_is_over_lies_with_nobody(world: World, end: str) -> None:
    case = END[end](world)
    assert case.state == end
    shown = page(world.clerk, case)
    assert "现在由谁办理" not in shown
    assert reverse("my_repair_withdraw", args=[case.uuid]) not in shown
    assert reverse("my_repair_contact", args=[case.uuid]) not in shown


def test_a_correction_is_with_the_applicant_and_says_why_the_clock_stands(world: World) -> None:
    case = correction_case(world)
    shown = page(world.clerk, case)
    assert "您：补正材料" in shown
    assert "期限为什么暂停" in shown and "等待申请人补正" in shown and "自2026年11月20日" in shown
    assert "请在2026年12月4日前（含当日）" in shown
    assert reverse("my_repair_correction", args=[case.uuid]) in shown


def test_after_the_correction_the_page_still_says_that_the_clock_stood(world: World) -> None:
    case = correction_case(world)
    case.correction_items.update(answered_at=case.created_at)
    later = date(2026, 11, 24)
    do(case, "resubmit", world.clerk, today=later)
    shown = page(world.clerk, case, today=later)
    assert "期限曾经暂停" in shown and "2026年11月20日至2026年11月24日" in shown
    assert "濉溪县信用办：受理" in shown


def test_one_that_waits_for_its_day_says_the_day_and_what_happens_then() -> None:
    world = build_world(record={"decision_date": date(2026, 8, 24)})
    case = complete_draft(world)
    repairs.submit_filing(filing=case.filing, actor=world.clerk, today=TODAY)
    shown = page(world.clerk, case)
    assert "2026年11月25日自动提交" in shown and "重新核对条件" in shown
    assert "系统：到期自动提交" in shown
    assert case.filing.query_code not in shown, "nothing can be looked up before it has a number"
    response = post(world.clerk, "my_repair_unschedule", case)
    assert response["Location"] == reverse("my_filing", args=[case.filing.uuid])
    assert fresh(case).state == "draft"


def test_the_siblings_of_the_filing_are_shown_with_their_state(world: World) -> None:
    case = complete_draft(world)
    other = RecordFactory(subject=world.subject, authority=world.authority, doc_no="（濉）交罚〔2026〕第二号")
    sibling = repairs.add_records(filing=case.filing, records=[other], actor=world.clerk, today=TODAY)[0]
    do(case, "submit", world.clerk)
    shown = page(world.clerk, case)
    assert "同一批次的其他申请" in shown and "（濉）交罚〔2026〕第二号" in shown and "草稿" in shown
    assert reverse("my_repair", args=[sibling.uuid]) in shown


def test_the_page_asks_the_same_with_one_sibling_and_with_many(world: World) -> None:
    case = complete_draft(world)

    def add(count: int) -> None:
        records = [
            RecordFactory(subject=world.subject, authority=world.authority) for _number in range(count)
        ]
        repairs.add_records(filing=case.filing, records=records, actor=world.clerk, today=TODAY)

    def queries() -> int:
        client = signed_in(world.clerk)
        with assume(TODAY), CaptureQueriesContext(connection) as caught:
            assert client.get(reverse("my_repair", args=[case.uuid])).status_code == 200
        return len(caught)

    add(1)
    do(case, "submit", world.clerk)
    queries()
    few = queries()
    add(6)
    assert queries() == few
    assert few <= 45


def test_the_window_sees_the_same_page_in_its_own_frame() -> None:
    world, clerk, case = window_world()
    shown = page(clerk, case, name="window_repair")
    assert "濉溪县信用办：受理" in shown
    assert reverse("my_repair_withdraw", args=[case.uuid]) not in shown
    assert reverse("window_repair_contact", args=[case.uuid]) in shown
    assert world.subject.name in shown, "the clerk has several subjects before them"


def test_a_strangers_application_does_not_exist(world: World) -> None:
    case = submitted_case(world)
    stranger = clerk_of(RecordFactory().subject)
    for name in ("my_repair", "my_repair_withdraw", "my_repair_contact", "my_repair_urge", "my_repair_rate"):
        with assume(TODAY):
            assert signed_in(stranger).get(reverse(name, args=[case.uuid])).status_code == 404, name
        assert post(stranger, name, case, name="某人", phone="13800000001", score=5).status_code in (404, 405)
    assert fresh(case).state == "submitted"


# -- withdraw


def test_the_applicant_withdraws_after_reading_what_it_means(world: World) -> None:
    case = verifying_case(world)
    assert "继续公示" in page(world.clerk, case, name="my_repair_withdraw")
    post(world.clerk, "my_repair_withdraw", case)
    case = fresh(case)
    assert (case.state, case.closed_on) == ("withdrawn", TODAY)
    assert not case.clocks.filter(stopped_on__isnull=True).exists()


def test_what_is_decided_is_not_withdrawn(world: World) -> None:
    case = approved_case(world)
    assert post(world.clerk, "my_repair_withdraw", case).status_code == 302
    assert fresh(case).state == "approved"


def test_a_window_withdraws_on_the_signed_paper_alone() -> None:
    _world, clerk, case = window_world()
    response = post(clerk, "window_repair_withdraw", case)
    assert response["Location"] == reverse("window_repair", args=[case.uuid])
    assert fresh(case).state == "submitted"
    with assume(TODAY):
        led = signed_in(clerk).get(reverse("window_repair_withdraw", args=[case.uuid]))
    assert led["Location"] == reverse("window_withdrawal", args=[case.uuid])


# -- urge


def test_before_the_date_there_is_nothing_to_urge(world: World) -> None:
    case = submitted_case(world)
    url = reverse("my_repair_urge", args=[case.uuid])
    assert url not in page(world.clerk, case, today=ACCEPT_BY), "the last day still belongs to the office"
    assert post(world.clerk, "my_repair_urge", case, today=ACCEPT_BY, text="请尽快").status_code == 302
    assert fresh(case).repair.urged_on is None


def test_once_the_date_has_passed_the_applicant_urges_and_the_officials_are_told(world: World) -> None:
    superior = member(world.credit, Role.SUPERVISOR, name="督办")
    case = submitted_case(world)
    assert "办理期限已过" in page(world.clerk, case, today=LATE)
    post(world.clerk, "my_repair_urge", case, today=LATE, text="等着投标，请尽快")
    assert fresh(case).repair.urged_on == LATE
    assert case.state == "submitted"
    told = set(Mail.objects.filter(kind="case_urged").values_list("to_address", flat=True))
    assert told == {world.intake.email, superior.email}
    assert case.events.get(action="urge").text == "等着投标，请尽快"


def test_an_urging_needs_no_words_and_is_given_time_to_work(world: World) -> None:
    case = submitted_case(world)
    post(world.clerk, "my_repair_urge", case, today=LATE)
    shown = page(world.clerk, case, today=LATE)
    assert "已于2026年11月26日催办，2026年12月1日起可以再次催办" in shown
    assert reverse("my_repair_urge", args=[case.uuid]) not in shown
    post(world.clerk, "my_repair_urge", case, today=date(2026, 11, 30))
    assert case.events.filter(action="urge").count() == 1
    post(world.clerk, "my_repair_urge", case, today=date(2026, 12, 1))
    assert case.events.filter(action="urge").count() == 2


# -- change of contact


def test_a_new_contact_is_told_on_the_timeline_without_the_number(world: World) -> None:
    case = submitted_case(world)
    response = post(world.clerk, "my_repair_contact", case, name="孙强", phone="139 0000 0009")
    assert response.status_code == 302
    case = fresh(case)
    assert (case.repair.contact_name, case.repair.contact_phone) == ("孙强", "139 0000 0009")
    event = case.events.get(action="change_contact")
    assert (event.audience, event.actor) == ("public", world.clerk)
    assert "孙强" in event.text and "139" not in event.text
    entry = AuditEntry.objects.get(action="repair.change_contact")
    assert "孙强" not in str(entry.data) and "139" not in str(entry.data)
    assert "孙强" in page(world.clerk, case)
    with assume(TODAY):
        office = signed_in(world.intake).get(reverse("office_repair", args=[case.uuid])).content.decode()
    assert "孙强" in office


def test_the_whole_filing_gets_the_new_contact_where_that_is_wished(world: World) -> None:
    case = complete_draft(world)
    others = [RecordFactory(subject=world.subject, authority=world.authority) for _number in range(2)]
    made = repairs.add_records(filing=case.filing, records=others, actor=world.clerk, today=TODAY)
    answer(world, made[0])
    bring(world, made[0], "commitment", "proof")
    do(case, "submit", world.clerk)
    do(made[0], "submit", world.clerk)
    post(world.clerk, "my_repair_contact", case, name="孙强", phone="13900000009", with_siblings="on")
    names = {each.pk: fresh(each).repair.contact_name for each in (case, *made)}
    assert names == {case.pk: "孙强", made[0].pk: "孙强", made[1].pk: "周小敏"}
    assert RepairBasket.objects.get(filing=case.filing).contact_name == "周小敏", "a draft is the basket's"
    assert not made[1].events.filter(action="change_contact").exists()


def test_the_same_contact_again_is_no_change(world: World) -> None:
    case = submitted_case(world)
    changed = repairs.change_contact(
        case=case, actor=world.clerk, today=TODAY, name="周小敏", phone="13800000000"
    )
    assert changed == [] and not case.events.filter(action="change_contact").exists()


@pytest.mark.parametrize("build", [draft, completed_case], ids=["draft", "ended"])
def test_a_draft_and_what_is_over_have_no_contact_to_change(
    world: World, build: Callable[[World], Case]
) -> None:
    case = build(world)
    with pytest.raises(ActionRefused):
        repairs.change_contact(case=case, actor=world.clerk, today=TODAY, name="孙强", phone="13900000009")


def test_nobody_else_changes_the_contact(world: World) -> None:
    case = submitted_case(world)
    for actor in (world.intake, clerk_of(world.subject, until=TODAY - timedelta(days=1))):
        with pytest.raises(NotYours):
            repairs.change_contact(case=case, actor=actor, today=TODAY, name="孙强", phone="13900000009")


def test_a_number_that_is_no_telephone_is_pointed_out(world: World) -> None:
    case = submitted_case(world)
    response = post(world.clerk, "my_repair_contact", case, name="孙强", phone="1234")
    assert "请填写11位手机号码" in response.content.decode()
    assert fresh(case).repair.contact_name == "周小敏"


# -- rating


@pytest.mark.parametrize("end", ENDED)
def test_every_end_of_what_was_submitted_can_be_rated_once(world: World, end: str) -> None:
    case = END[end](world)
    assert reverse("my_repair_rate", args=[case.uuid]) in page(world.clerk, case)
    post(world.clerk, "my_repair_rate", case, score=5, comment="很快")
    rating = CaseRating.objects.get(case=case)
    assert (rating.score, rating.comment, rating.rated_by, rating.rated_on) == (
        5,
        "很快",
        world.clerk,
        TODAY,
    )
    shown = page(world.clerk, case)
    assert "您的评价" in shown and "非常满意" in shown and "很快" in shown
    assert reverse("my_repair_rate", args=[case.uuid]) not in shown
    post(world.clerk, "my_repair_rate", case, score=1, comment="改了", asked="on")
    assert CaseRating.objects.get(case=case).score == 5, "once, and for good"


@pytest.mark.parametrize("build", [submitted_case, approved_case], ids=["running", "approved"])
def test_what_is_not_over_is_not_rated(world: World, build: Callable[[World], Case]) -> None:
    case = build(world)
    assert post(world.clerk, "my_repair_rate", case, score=5).status_code == 302
    with pytest.raises(ActionRefused):
        repairs.rate(case=case, actor=world.clerk, today=TODAY, score=5, comment="")
    assert not CaseRating.objects.exists()


def test_what_was_never_submitted_is_not_rated() -> None:
    world = build_world(record={"decision_date": date(2026, 8, 24)})
    case = complete_draft(world)
    repairs.submit_filing(filing=case.filing, actor=world.clerk, today=TODAY)
    do(case, "withdraw", world.clerk)
    assert not repairs.rating_is_open(case=fresh(case), user=world.clerk, today=TODAY)


def test_who_is_not_content_is_asked_once_why_and_need_not_say(world: World) -> None:
    case = completed_case(world)
    response = post(world.clerk, "my_repair_rate", case, score=2)
    assert "请说说哪里让您不满意" in response.content.decode()
    assert 'name="asked"' in response.content.decode()
    assert not CaseRating.objects.exists()
    post(world.clerk, "my_repair_rate", case, score=2, asked="on")
    assert CaseRating.objects.get(case=case).score == 2


@pytest.mark.parametrize("score", ["", "0", "6", "非常满意"])
def test_there_are_five_levels_and_no_others(world: World, score: str) -> None:
    case = completed_case(world)
    assert "请选择满意程度" in post(world.clerk, "my_repair_rate", case, score=score).content.decode()
    assert not CaseRating.objects.exists()


def test_a_window_rates_nobodys_work() -> None:
    world, clerk, case = window_world()
    do(case, "refuse_to_accept", world.intake, reason="材料不齐")
    assert post(clerk, "window_repair_rate", case, score=5).status_code == 404
    with pytest.raises(NotYours):
        repairs.rate(case=case, actor=clerk, today=TODAY, score=5, comment="")
    repairs.rate(case=case, actor=world.clerk, today=TODAY, score=4, comment="")
    assert CaseRating.objects.get(case=case).score == 4


def test_an_official_rates_nothing(world: World) -> None:
    with pytest.raises(NotYours):
        repairs.rate(case=refused_case(world), actor=world.intake, today=TODAY, score=5, comment="")


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_ratings_at_once_are_one(postgres: None) -> None:
    case = completed_case(world := build_world())
    results, errors = in_threads(
        2,
        lambda number: repairs.rate(case=case, actor=world.clerk, today=TODAY, score=number + 1, comment=""),
    )
    assert len(results) == 1 and [type(error) for error in errors] == [ActionRefused]
    assert CaseRating.objects.count() == 1


# -- lists


def test_the_lists_say_what_waits_for_the_applicant_and_what_for_its_day(world: World) -> None:
    waiting = correction_case(world)
    ahead = RecordFactory(
        subject=world.subject, authority=world.authority, decision_date=date(2026, 8, 24), doc_no="甲号"
    )
    case = complete_draft(world, record=ahead)
    repairs.submit_filing(filing=case.filing, actor=world.clerk, today=TODAY)
    with assume(TODAY):
        desk = signed_in(world.clerk).get(reverse("me")).content.decode()
        cases = signed_in(world.clerk).get(reverse("my_cases")).content.decode()
    waits, runs = desk.split("running-title", 1)
    assert f"补正材料：{waiting.number}" in waits and "2026年12月4日前（含当日）补齐" in waits
    assert "继续填写申请" not in waits
    assert "已预约的申请" in runs and "2026年11月25日自动提交" in runs
    assert "None" not in runs
    assert "2026年11月25日自动提交" in cases and "草稿，继续填写" not in cases
