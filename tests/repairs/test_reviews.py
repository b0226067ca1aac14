"""Reviews and lawsuits: entered by who decides or takes in, and their outcome executed at once."""

from datetime import date
from typing import Any

import pytest
from django.urls import reverse

from credit_repair.cases.adjusting import may_adjust
from credit_repair.cases.errors import ActionRefused, NotYours
from credit_repair.cases.inbox import ALL, desk_of, part
from credit_repair.cases.models import Case
from credit_repair.core.models import AuditEntry
from credit_repair.mail.models import Mail
from credit_repair.notices.models import Document
from credit_repair.people.models import Role
from credit_repair.people.services import grant_mandate, join_office
from credit_repair.registry.models import Record, RecordEvent
from credit_repair.repairs import settlers
from credit_repair.repairs.models import ApplicationBar, Review, Revocation
from credit_repair.repairs.services.reviews import Filed, Order, conclude_review, file_review
from tests.registry.factories import OfficeFactory
from tests.repairs.revoking import completed_case, overseer_of
from tests.world import (
    TODAY,
    World,
    complete_draft,
    deciding_case,
    do,
    fresh,
    member,
    signed_in,
    submitted_case,
    substitute_of,
    upload,
)

pytestmark = pytest.mark.django_db

MONDAY = date(2026, 11, 23)
FILED = Filed(kind="review", body="濉溪县人民政府", number="濉政复〔2026〕5号", filed_on=TODAY)


def refused_case(world: World) -> Case:
    case = deciding_case(world)
    do(case, "refuse", world.approver, reason="罚款没有缴清")
    return case


def filed(world: World, case: Case | None, *, filed: Filed = FILED, actor: Any = None) -> Review:
    return file_review(record=world.record, case=case, filed=filed, actor=actor or world.intake, today=TODAY)


def order(outcome: str, **changed: Any) -> Order:
    said = {"number": "濉政复决〔2026〕5号", "reasons": "事实不清。", "decided_on": MONDAY, **changed}
    return Order(outcome=outcome, **said)


def concluded(world: World, review: Review, outcome: str, **changed: Any) -> Review:
    return conclude_review(
        review=review,
        actor=changed.pop("actor", None) or world.approver,
        order=order(outcome, **changed),
        today=MONDAY,
        paper=upload("复议决定书.pdf"),
    )


# -- filing


def test_a_review_is_on_the_case_and_the_record_and_publicity_goes_on(world: World) -> None:
    case = refused_case(world)
    review = filed(world, case)
    assert (review.about, review.case, review.outcome) == ("repair", case, "")
    event = RecordEvent.objects.get(what="review_filed")
    assert "不停止公示" in event.data["reason"]
    assert case.events.get(action="review_filed").audience == "public"
    assert Record.objects.get(pk=world.record.pk).standing == "active"
    assert fresh(case).state == "refused"
    assert Mail.objects.get(kind="subject_review_filed").to_address == world.clerk.email
    assert AuditEntry.objects.get(action="repair.file_review").object_id


def test_who_takes_in_or_decides_may_enter_it_and_nobody_else(world: World) -> None:
    case = refused_case(world)
    supervisor, data = overseer_of(world), member(world.credit, Role.DATA)
    foreign = member(OfficeFactory(credit=True), Role.INTAKE, Role.APPROVER)
    for person in (world.clerk, world.verifier, supervisor, data, foreign):
        with pytest.raises(NotYours):
            filed(world, case, actor=person)
        with pytest.raises(NotYours):
            filed(world, None, actor=person)
    partial = member(world.credit, Role.INTAKE)
    grant_mandate(user=partial, subject=world.subject, since=TODAY, until=TODAY)
    with pytest.raises(NotYours):
        filed(world, None, actor=partial)
    assert filed(world, case, actor=world.approver).entered_by == world.approver


@pytest.mark.parametrize("day", [date(2026, 11, 19), date(2026, 11, 21)])
def test_it_is_filed_after_the_decision_and_not_tomorrow(world: World, day: date) -> None:
    case = refused_case(world)
    with pytest.raises(ActionRefused, match="请核对"):
        filed(world, case, filed=Filed("review", "县政府", "", day))


def test_what_is_not_decided_cannot_be_under_review(world: World) -> None:
    with pytest.raises(ActionRefused, match="还没有作出"):
        filed(world, submitted_case(world))


def test_the_same_runs_once(world: World) -> None:
    case = refused_case(world)
    filed(world, case)
    with pytest.raises(ActionRefused, match="先登记它的结果"):
        filed(world, case)
    assert filed(world, None).about == "penalty"


# -- outcomes


@pytest.mark.parametrize("outcome", ["upheld", "withdrawn"])
def test_what_is_upheld_or_withdrawn_changes_nothing(world: World, outcome: str) -> None:
    case = refused_case(world)
    review = concluded(world, filed(world, case), outcome, number="", reasons="")
    assert (review.outcome, fresh(case).state) == (outcome, "refused")
    assert RecordEvent.objects.filter(what="court_order").count() == 1
    assert Mail.objects.filter(kind="subject_review_concluded").count() == 1


def test_an_outcome_is_entered_once_and_fits_what_it_is_about(world: World) -> None:
    review = filed(world, refused_case(world))
    with pytest.raises(ActionRefused, match="请选择结果"):
        concluded(world, review, "void")
    concluded(world, review, "upheld")
    with pytest.raises(ActionRefused, match="不能再次登记"):
        concluded(world, review, "set_aside")


def test_what_executes_something_is_concluded_by_another_than_who_entered_it(world: World) -> None:
    overseer_of(world)
    case = completed_case(world)
    review = filed(world, case, actor=world.approver)
    for person in (world.approver, substitute_of(world.approver, world.credit)):
        with pytest.raises(ActionRefused, match="请交由其他工作人员登记"):
            concluded(world, review, "set_aside", actor=person)
    assert not Revocation.objects.exists()
    concluded(world, review, "set_aside", actor=world.intake)
    assert Revocation.objects.get().proposed_by == world.intake


def test_who_entered_it_may_conclude_what_changes_nothing(world: World) -> None:
    review = filed(world, refused_case(world))
    assert concluded(world, review, "upheld", actor=world.intake).outcome == "upheld"


def test_a_record_is_withdrawn_by_who_may_find_about_it_and_not_alone(world: World) -> None:
    review = filed(world, None, actor=world.approver)
    for person, words in (
        (world.approver, "请交由其他工作人员登记"),
        (world.intake, "由作出处罚的单位的审批人员"),
    ):
        with pytest.raises(ActionRefused, match=words):
            concluded(world, review, "revoked", actor=person)
    assert Record.objects.get(pk=world.record.pk).standing == "active"
    second = member(world.authority, Role.APPROVER)
    assert concluded(world, review, "revoked", actor=second).concluded_by == second


def test_a_right_to_withdraw_that_the_first_has_lent_does_not_count(world: World) -> None:
    review = filed(world, None, actor=world.approver)
    lent = substitute_of(world.approver, world.credit)
    lent.memberships.all().delete()
    join_office(user=lent, office=world.credit, role=Role.INTAKE, since=TODAY)
    assert may_adjust(user=lent, record=world.record, on=MONDAY)
    with pytest.raises(ActionRefused, match="由作出处罚的单位的审批人员"):
        concluded(world, review, "revoked", actor=lent)


def test_a_penalty_that_falls_withdraws_its_record(world: World) -> None:
    case = complete_draft(world)
    review = filed(world, None)
    concluded(world, review, "revoked")
    assert Record.objects.get(pk=world.record.pk).standing == "withdrawn"
    assert fresh(case).state in ("draft", "closed_moot")
    assert world.record.cancellations.get().kind == "revoked"


def test_a_refusal_that_is_set_aside_waits_for_the_level_above(world: World) -> None:
    case, upper, head = refused_with_level_above(world)
    concluded(world, filed(world, case), "set_aside")
    assert fresh(case).state == "refused"
    step = case.steps.get(state="open")
    assert (step.phase, step.office) == ("decide", upper)
    assert [each.pk for each in part(desk_of(user=head, on=MONDAY), ALL)] == [step.pk]
    assert case.steps.get(phase="decide", office=world.authority).state == "set_aside"
    assert Mail.objects.get(kind="case_to_decide_anew").to_address == head.email


def refused_with_level_above(world: World) -> tuple[Case, Any, Any]:
    upper = OfficeFactory(name="淮北市交通运输局", document_prefix="淮交信修")
    world.authority.parent = upper
    world.authority.save()
    return refused_case(world), upper, member(upper, Role.APPROVER, name="钱批")


def test_the_level_above_decides_anew_with_its_own_number_and_seal(world: World) -> None:
    case, upper, head = refused_with_level_above(world)
    concluded(world, filed(world, case), "set_aside")
    do(case, "reopen", head, today=MONDAY)
    assert (case.state, case.closed_on, case.deciding_office) == ("deciding", None, upper)
    clock = case.clocks.get(kind="decision", stopped_on=None)
    assert (clock.started_on, clock.due_on) == (MONDAY, date(2026, 12, 2))
    assert case.steps.get(state="open").clock == clock
    assert "淮北市交通运输局" in Mail.objects.get(kind="repair_reopened").body
    do(case, "approve", head, today=MONDAY)
    assert case.state == "approved"
    assert Document.objects.get(kind="decision_approve").office == upper
    assert Record.objects.get(pk=world.record.pk).standing == "repaired"


def test_where_there_is_no_level_above_another_decides_and_no_exception_helps(world: World) -> None:
    case = refused_case(world)
    concluded(world, filed(world, case), "set_aside")
    with pytest.raises(ActionRefused, match="不能由同一人"):
        do(case, "reopen", world.approver, today=MONDAY)
    second = member(world.authority, Role.APPROVER, name="钱批")
    do(case, "reopen", second, today=MONDAY)
    for action in ("approve", "refuse", "send_back"):
        with pytest.raises(ActionRefused, match="不能由同一人"):
            do(case, action, world.approver, today=MONDAY, reason="同前")
    do(case, "refuse", second, today=MONDAY, reason="仍没有缴清")
    assert case.state == "refused"


def test_what_is_sent_back_comes_again_to_who_decides_anew(world: World) -> None:
    case, upper, head = refused_with_level_above(world)
    concluded(world, filed(world, case), "set_aside")
    do(case, "reopen", head, today=MONDAY)
    do(case, "send_back", head, today=MONDAY, reason="请再查")
    do(case, "give_opinion", world.verifier, today=MONDAY, opinion="agree", text="已缴清")
    assert case.steps.get(state="open").office == upper
    assert case.steps.filter(state="set_aside").count() == 1


def test_nothing_is_reopened_beside_another_open_application(world: World) -> None:
    case, _upper, head = refused_with_level_above(world)
    concluded(world, filed(world, case), "set_aside")
    other = complete_draft(world)
    with pytest.raises(ActionRefused, match="另有一件"):
        do(case, "reopen", head, today=MONDAY)
    do(other, "discard", world.clerk)
    do(case, "reopen", head, today=MONDAY)


def test_nothing_is_reopened_once_publicity_is_over(world: World) -> None:
    case, _upper, head = refused_with_level_above(world)
    concluded(world, filed(world, case), "set_aside")
    Record.objects.filter(pk=world.record.pk).update(standing="expired", ended_on=MONDAY)
    with pytest.raises(ActionRefused, match="已经停止公示"):
        do(case, "reopen", head, today=MONDAY)


def test_nobody_waits_to_decide_anew_what_is_over(world: World) -> None:
    case, _upper, head = refused_with_level_above(world)
    concluded(world, filed(world, case), "set_aside")
    assert settlers.drop_moot_reopenings(today=MONDAY) == 0
    Record.objects.filter(pk=world.record.pk).update(standing="expired", ended_on=MONDAY)
    assert settlers.drop_moot_reopenings(today=MONDAY) == 1
    assert not part(desk_of(user=head, on=MONDAY), ALL).exists()
    assert fresh(case).state == "refused"
    assert case.events.get(action="reopening_dropped").audience == "internal"
    assert settlers.drop_moot_reopenings(today=MONDAY) == 0


def test_a_repair_that_is_set_aside_is_revoked_without_a_bar(world: World) -> None:
    overseer, case = overseer_of(world), completed_case(world)
    concluded(world, filed(world, case), "set_aside")
    running = Revocation.objects.get()
    assert (running.ground, running.answer_by, running.proposed_by) == ("set_aside", None, world.approver)
    assert "复议决定" in Mail.objects.get(kind="repair_revocation_proposed").body
    do(case, "revoke", overseer, today=MONDAY)
    assert (case.state, Record.objects.get(pk=world.record.pk).standing) == ("revoked", "active")
    assert not ApplicationBar.objects.exists()
    said = Document.objects.get(kind="revocation_decision").context
    assert said["told_on"] is None and said["barred_until"] is None
    assert said["reasons"] == ["濉溪县人民政府以濉政复决〔2026〕5号撤销了准予信用修复的决定"]


def test_an_outcome_that_cannot_be_executed_is_not_entered_either(world: World) -> None:
    case = completed_case(world)  # nobody supervises the office
    review = filed(world, case)
    with pytest.raises(ActionRefused, match="督办人员"):
        concluded(world, review, "set_aside")
    review.refresh_from_db()
    assert review.outcome == ""
    assert not RecordEvent.objects.filter(what="court_order").exists()


def test_a_second_order_against_the_same_refusal_changes_nothing_more(world: World) -> None:
    case, _upper, _head = refused_with_level_above(world)
    first = filed(world, case)
    second = filed(world, case, filed=Filed("lawsuit", "县人民法院", "", TODAY))
    concluded(world, first, "set_aside")
    concluded(world, second, "set_aside")
    assert case.steps.filter(state="open").count() == 1


# -- pages


def test_a_review_is_entered_and_concluded_on_pages(world: World, on_the_day: None) -> None:
    case = refused_case(world)
    browser = signed_in(world.intake)
    page = browser.get(reverse("office_repair", args=[case.uuid])).content.decode()
    address = f"{reverse('office_review_new', args=[world.record.uuid])}?case={case.uuid}"
    assert address in page
    sent = {
        "about": str(case.uuid),
        "kind": "review",
        "body": "濉溪县人民政府",
        "filed_on": "2026-11-20",
    }
    assert browser.post(address, sent).status_code == 302
    review = Review.objects.get()
    conclude = reverse("office_review", args=[review.uuid])
    missing = browser.post(conclude, {"outcome": "upheld", "decided_on": "2026-11-20"})
    assert missing.status_code == 422 and "请上传" in missing.content.decode()
    answer = {"outcome": "upheld", "decided_on": "2026-11-20", "paper": upload("复议决定书.pdf")}
    assert browser.post(conclude, answer).status_code == 302
    shown = signed_in(world.clerk).get(reverse("my_repair", args=[case.uuid])).content.decode()
    assert "维持原决定" in shown and "复议决定书.pdf" not in shown
    paper = reverse("paper", args=[Review.objects.get().order_paper.uuid])
    assert browser.get(paper).status_code == 200
    assert signed_in(world.clerk).get(paper).status_code == 404
    record = signed_in(world.clerk).get(reverse("my_record", args=[world.record.uuid])).content.decode()
    assert "复议和诉讼" in record


def test_the_page_offers_only_what_this_person_may_conclude_and_says_why(
    world: World, on_the_day: None
) -> None:
    review = filed(world, None)
    address = reverse("office_review", args=[review.uuid])
    page = signed_in(world.intake).get(address).content.decode()
    assert 'value="upheld"' in page and 'value="revoked"' not in page
    assert "请交由其他工作人员登记" in page
    sent = {
        "outcome": "revoked",
        "decided_on": "2026-11-20",
        "number": "濉政复决1号",
        "reasons": "事实不清。",
    }
    refused = signed_in(world.intake).post(address, {**sent, "paper": upload("决定书.pdf")})
    assert refused.status_code == 422 and "请交由其他工作人员登记" in refused.content.decode()
    page = signed_in(world.approver).get(address).content.decode()
    assert 'value="revoked"' in page and "请交由其他工作人员登记" not in page
    assert signed_in(world.approver).post(address, {**sent, "paper": upload("决定书.pdf")}).status_code == 302
    assert Record.objects.get(pk=world.record.pk).standing == "withdrawn"
