"""Simple cases decided together 批量审批: which are simple, and what happens to each and to the others."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from credit_repair.cases.errors import ActionRefused
from credit_repair.cases.models import (
    Case,
    CaseActor,
    CaseReason,
    CorrectionItem,
    Enquiry,
    Phase,
    Recusal,
    ReviewStep,
)
from credit_repair.core.clock import now
from credit_repair.core.models import AuditEntry
from credit_repair.notices.models import Document
from credit_repair.people.models import Role, User
from credit_repair.registry.models import Record
from credit_repair.repairs import simple
from credit_repair.repairs.services import batch
from credit_repair.repairs.services.batch import MOST_TOGETHER, approve_many
from credit_repair.repairs.simple import Facts, reasons_against
from credit_repair.repairs.simple_selectors import candidates, why_not_together
from tests.registry.factories import OfficeFactory, RecordFactory
from tests.world import (
    TODAY,
    World,
    build_world,
    deciding_case,
    do,
    fresh,
    in_threads,
    member,
    signed_in,
    verifying_case,
)

pytestmark = pytest.mark.django_db

SIMPLE = Facts(
    deciding=True,
    taken_by="",
    rechecked=False,
    acted=False,
    opinions=("agree", "agree"),
    noes=0,
    conditions=("met", "met"),
    enquiries=("confirmed",),
    words_only=False,
    penalty=True,
    rule_class="general",
    public=True,
    overdue=False,
)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"deciding": False}, "现在不在您的待决定案件中"),
        ({"taken_by": "钱批"}, "已由钱批接手"),
        ({"rechecked": True}, "须经上级单位复核"),
        ({"acted": True}, "您参与过本案的另一环节"),
        ({"opinions": ()}, "核查意见不齐全"),
        ({"opinions": ("agree", "")}, "核查意见不齐全"),
        ({"opinions": ("agree", "disagree")}, "有核查单位不同意修复"),
        ({"noes": 2}, "核对清单中有2项为“否”"),
        ({"conditions": ()}, "没有提交当日的条件说明"),
        ({"conditions": ("met", "unknown")}, "提交当日有1项修复条件不符合或者需要核实"),
        ({"enquiries": ("confirmed", "open")}, "还有协查没有回复"),
        ({"enquiries": ("unknown",)}, "协查的回复不是“情况属实”"),
        ({"words_only": True}, "补正时只作了文字说明，没有补交材料"),
        ({"penalty": False, "rule_class": ""}, "不是行政处罚信息"),
        ({"rule_class": "serious"}, "属于严重失信"),
        ({"rule_class": ""}, "没有划分失信等级"),
        ({"public": False}, "该信息已经停止公示"),
        ({"overdue": True}, "办理期限已过，请先处理"),
    ],
)
def test_each_condition_by_itself_keeps_a_case_out(changed: dict[str, Any], words: str) -> None:
    assert reasons_against(replace(SIMPLE, **changed)) == (words,)


@pytest.mark.parametrize("rule_class", ["minor", "general"])
def test_what_meets_every_condition_is_simple(rule_class: str) -> None:
    assert reasons_against(replace(SIMPLE, rule_class=rule_class)) == ()
    assert len(simple.CONDITIONS) == len({str(each.holds) for each in simple.CONDITIONS})


def test_all_that_stands_against_a_case_is_said() -> None:
    found = reasons_against(replace(SIMPLE, overdue=True, rule_class="serious"))
    assert found == ("属于严重失信", "办理期限已过，请先处理")


# What is stored becomes these facts.


def another(world: World, **record: Any) -> Record:
    found: Record = RecordFactory(subject=world.subject, authority=world.authority, **record)
    return found


def against(world: World, case: Case, *, user: User | None = None, on: date = TODAY) -> tuple[str, ...]:
    return why_not_together(case=case, user=user or world.approver, on=on)


def test_an_ordinary_case_is_simple(world: World) -> None:
    assert against(world, deciding_case(world)) == ()


def _take(world: World, case: Case) -> None:
    case.steps.filter(phase=Phase.DECIDE).update(taken_by=member(world.authority, Role.APPROVER, name="钱批"))


def _recheck(world: World, case: Case) -> None:
    ReviewStep.objects.create(case=case, phase=Phase.DECIDE, position=9, office=world.credit)


def _act(world: World, case: Case) -> None:
    CaseActor.objects.create(case=case, user=world.approver, part=CaseActor.Part.VERIFY)


def _disagree(world: World, case: Case) -> None:
    case.steps.filter(phase=Phase.VERIFY).update(opinion="disagree")


def _say_no(world: World, case: Case) -> None:
    case.steps.filter(phase=Phase.VERIFY).update(checks={"paid": "yes", "mended": "no"})


def _doubt(world: World, case: Case) -> None:
    case.explanation["conditions"][0]["state"] = "unknown"
    case.save(update_fields=["explanation"])


def _enquire(world: World, case: Case, **answered: Any) -> None:
    Enquiry.objects.create(
        case=case,
        step=case.steps.get(phase=Phase.VERIFY),
        addressee="濉溪县税务局",
        question="罚款是否缴清",
        asked_by=world.verifier,
        asked_at=now(),
        asked_on=TODAY,
        due_on=TODAY,
        secret_hash=f"{case.pk}",
        **answered,
    )


def _deny(world: World, case: Case) -> None:
    _enquire(world, case, answer="denied", replied_at=now(), channel="paper")


def _in_words(world: World, case: Case) -> None:
    CorrectionItem.objects.create(
        case=case, position=1, text="没有说明", answer="已经整改", answered_at=now()
    )


def _serious(world: World, case: Case) -> None:
    Record.objects.filter(pk=case.record_id).update(rule_class="serious")


def _end(world: World, case: Case) -> None:
    Record.objects.filter(pk=case.record_id).update(standing=Record.Standing.EXPIRED, ended_on=TODAY)


def _late(world: World, case: Case) -> None:
    case.clocks.filter(stopped_on__isnull=True).update(due_on=TODAY - timedelta(days=1))


def _keep_away(world: World, case: Case) -> None:
    Recusal.objects.create(case=case, user=world.approver, reason="亲属", declared_at=now())


CHANGES: list[tuple[Callable[[World, Case], None], str]] = [
    (_take, "已由钱批接手"),
    (_recheck, "须经上级单位复核"),
    (_act, "您参与过本案的另一环节"),
    (_disagree, "有核查单位不同意修复"),
    (_say_no, "核对清单中有1项为“否”"),
    (_doubt, "提交当日有1项修复条件不符合或者需要核实"),
    (_enquire, "还有协查没有回复"),
    (_deny, "协查的回复不是“情况属实”"),
    (_in_words, "补正时只作了文字说明，没有补交材料"),
    (_serious, "属于严重失信"),
    (_end, "该信息已经停止公示"),
    (_late, "办理期限已过，请先处理"),
    (_keep_away, "现在不在您的待决定案件中"),
]


@pytest.mark.parametrize(("change", "words"), CHANGES, ids=[change.__name__ for change, _words in CHANGES])
def test_what_is_stored_keeps_a_case_out_and_is_asked_again_under_lock(
    world: World, change: Callable[[World, Case], None], words: str
) -> None:
    case = deciding_case(world)
    change(world, case)
    assert against(world, case) == (words,)
    outcome = approve_many(cases=[case], actor=world.approver, today=TODAY)
    assert not outcome.done and len(outcome.failed) == 1 and outcome.failed[0].words
    assert fresh(case).state == "deciding" and not Document.objects.filter(kind="decision_approve").exists()


def test_a_file_that_answers_a_gap_and_an_enquiry_that_was_taken_back_say_nothing_against_it(
    world: World,
) -> None:
    case = deciding_case(world)
    item = CorrectionItem.objects.create(
        case=case, position=1, text="缺凭证", answer="见附件", answered_at=now()
    )
    case.attachments.filter(kind="proof").update(item=item)
    _enquire(world, case, closed_at=now())
    assert against(world, case) == ()


def test_one_that_was_taken_by_the_approver_themself_stays_simple(world: World) -> None:
    case = deciding_case(world)
    case.steps.filter(phase=Phase.DECIDE).update(taken_by=world.approver)
    assert against(world, case) == ()


def test_what_is_not_yet_to_be_decided_or_not_theirs_is_no_candidate(world: World) -> None:
    verifying = verifying_case(world)
    assert candidates(user=world.approver, on=TODAY) == []
    assert against(world, verifying) == ("现在不在您的待决定案件中",)
    decided = deciding_case(world, record=another(world))
    assert [each.case for each in candidates(user=world.approver, on=TODAY)] == [decided]
    assert candidates(user=member(OfficeFactory(), Role.APPROVER), on=TODAY) == []
    assert candidates(user=world.verifier, on=TODAY) == []


# Doing it.


def several(world: World, count: int) -> list[Case]:
    return [deciding_case(world, record=another(world)) for _each in range(count)]


def test_each_case_has_a_decision_of_its_own(world: World) -> None:
    cases = several(world, 3)
    outcome = approve_many(cases=cases, actor=world.approver, today=TODAY)
    assert list(outcome.done) == cases and not outcome.failed
    assert {fresh(case).state for case in cases} == {"approved"}
    assert [case.documents.filter(document__kind="decision_approve").count() for case in cases] == [1, 1, 1]
    serials = Document.objects.filter(kind="decision_approve").order_by("serial")
    assert list(serials.values_list("serial", flat=True)) == [1, 2, 3]
    entries = AuditEntry.objects.filter(action="repair.approve")
    assert [entry.data["batch"] for entry in entries] == [True, True, True]
    assert CaseActor.objects.filter(user=world.approver, part="decide").count() == 3


def test_one_that_changed_meanwhile_is_told_and_hinders_no_other(world: World) -> None:
    first, changed, last = several(world, 3)
    _say_no(world, changed)
    outcome = approve_many(cases=[first, changed, last], actor=world.approver, today=TODAY)
    assert list(outcome.done) == [first, last]
    assert [failure.case for failure in outcome.failed] == [changed]
    assert outcome.failed[0].words == "这件需要单独办理：核对清单中有1项为“否”。"
    assert fresh(changed).state == "deciding"


def test_a_letter_that_cannot_go_out_is_told_and_takes_no_number(world: World) -> None:
    bad, good = several(world, 2)
    bad.steps.filter(phase=Phase.VERIFY).update(text="已缴清\U0001f600")
    outcome = approve_many(cases=[bad, good], actor=world.approver, today=TODAY)
    assert list(outcome.done) == [good]
    assert "U+1F600" in outcome.failed[0].words
    assert fresh(bad).state == "deciding"
    assert Document.objects.get(kind="decision_approve").serial == 1


def test_the_same_case_decided_by_itself_needs_none_of_the_conditions(world: World) -> None:
    case = deciding_case(world)
    _say_no(world, case)
    do(case, "approve", world.approver)
    assert case.state == "approved"
    assert "batch" not in AuditEntry.objects.get(action="repair.approve").data


def test_a_second_press_says_what_the_first_one_said_and_does_nothing(world: World) -> None:
    cases = several(world, 2)
    first = approve_many(cases=cases, actor=world.approver, today=TODAY)
    again = approve_many(cases=cases, actor=world.approver, today=TODAY)
    assert again.done == first.done and not again.failed
    assert Document.objects.filter(kind="decision_approve").count() == 2


def test_what_a_colleague_has_granted_meanwhile_is_no_deed_of_ones_own(world: World) -> None:
    (case,) = several(world, 1)
    do(case, "approve", member(world.authority, Role.APPROVER))
    outcome = approve_many(cases=[case], actor=world.approver, today=TODAY)
    assert not outcome.done and "案件现在是" in outcome.failed[0].words


@pytest.mark.django_db(transaction=True)
def test_killed_in_the_middle_the_rest_is_simply_still_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = build_world()
    cases = several(world, 3)
    real, asked = batch.transition, []

    def killed(**act: Any) -> Any:
        asked.append(act)
        if len(asked) == 2:
            raise KeyboardInterrupt
        return real(**act)

    monkeypatch.setattr(batch, "transition", killed)
    with pytest.raises(KeyboardInterrupt):
        approve_many(cases=cases, actor=world.approver, today=TODAY)
    assert [fresh(case).state for case in cases] == ["approved", "deciding", "deciding"]
    monkeypatch.undo()
    rest = [each.case for each in candidates(user=world.approver, on=TODAY)]
    assert rest == cases[1:]
    assert len(approve_many(cases=rest, actor=world.approver, today=TODAY).done) == 2
    serials = Document.objects.filter(kind="decision_approve").order_by("serial")
    assert list(serials.values_list("serial", flat=True)) == [1, 2, 3]


def test_more_than_fifty_go_nowhere(world: World) -> None:
    (case,) = several(world, 1)
    with pytest.raises(ActionRefused, match="一次最多办理50件"):
        approve_many(cases=[case] * (MOST_TOGETHER + 1), actor=world.approver, today=TODAY)
    assert fresh(case).state == "deciding"


def test_who_does_not_approve_there_grants_nothing(world: World) -> None:
    (case,) = several(world, 1)
    outcome = approve_many(cases=[case], actor=world.verifier, today=TODAY)
    assert not outcome.done and fresh(case).state == "deciding"
    elsewhere = member(OfficeFactory(), Role.APPROVER)
    assert approve_many(cases=[case], actor=elsewhere, today=TODAY).failed[0].words == (
        "这件案件现在不由您办理。"
    )


def test_reasons_of_a_refusal_are_none_of_a_batch(world: World) -> None:
    approve_many(cases=several(world, 1), actor=world.approver, today=TODAY)
    assert not CaseReason.objects.exists()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_fifty_by_two_approvers_side_by_side_have_numbers_without_a_gap(postgres: None) -> None:
    world = build_world()
    approvers = [world.approver, member(world.authority, Role.APPROVER)]
    cases = several(world, MOST_TOGETHER)
    outcomes, errors = in_threads(
        2, lambda number: approve_many(cases=cases, actor=approvers[number], today=TODAY)
    )
    assert not errors
    done = [case for outcome in outcomes for case in outcome.done]
    assert len(done) == MOST_TOGETHER and {case.pk for case in done} == {case.pk for case in cases}
    assert sum(len(outcome.failed) for outcome in outcomes) == MOST_TOGETHER
    serials = Document.objects.filter(kind="decision_approve").values_list("serial", flat=True)
    assert sorted(serials) == list(range(1, MOST_TOGETHER + 1))


# The pages.


def _of_another_authority(world: World) -> Case:
    office = OfficeFactory(document_prefix="濉水信修")
    there = replace(world, authority=office, verifier=member(office, Role.VERIFIER))
    return deciding_case(there, record=another(there))


def send(client: Client, do: str, *cases: Case, **further: Any) -> HttpResponse:
    answer: HttpResponse = client.post(
        reverse("office_batch"), {"do": do, "case": [str(case.uuid) for case in cases]}, **further
    )
    return answer


@pytest.mark.usefixtures("on_the_day")
def test_the_page_offers_what_is_simple_and_says_why_the_rest_is_not(world: World) -> None:
    good, bad = several(world, 2)
    _serious(world, bad)
    page = signed_in(world.approver).get(reverse("office_batch")).content.decode()
    assert f'value="{good.uuid}"' in page and f'value="{bad.uuid}"' not in page
    assert bad.number in page and "属于严重失信" in page  # type: ignore[operator]
    assert "需要单独办理" in page


@pytest.mark.usefixtures("on_the_day")
def test_the_confirmation_names_cases_total_and_conditions_and_decides_nothing(world: World) -> None:
    cases = several(world, 2)
    page = send(signed_in(world.approver), "check", *cases).content.decode()
    assert all(case.number in page for case in cases)  # type: ignore[operator]
    assert "共2件" in page and "准予这2件修复" in page
    assert all(str(condition.holds) in page for condition in simple.CONDITIONS)
    assert {fresh(case).state for case in cases} == {"deciding"}


@pytest.mark.usefixtures("on_the_day")
def test_confirmed_they_are_granted_and_a_reload_does_nothing_again(world: World) -> None:
    cases = several(world, 3)
    _say_no(world, cases[2])
    client = signed_in(world.approver)
    answer = send(client, "approve", *cases)
    assert answer.status_code == 302 and answer["Location"] == reverse("office_batch_done")
    for _reload in range(2):
        page = client.get(reverse("office_batch_done")).content.decode()
        assert "已准予2件修复" in page and "有1件没有办理" in page
        assert "这件需要单独办理：核对清单中有1项为“否”。" in page
        assert reverse("office_repair", args=[cases[2].uuid]) in page
        assert f"{world.authority.document_prefix}〔2026〕2号" in page
    send(client, "approve", *cases)
    assert Document.objects.filter(kind="decision_approve").count() == 2
    assert "已准予2件修复" in client.get(reverse("office_batch_done")).content.decode()


@pytest.mark.usefixtures("on_the_day")
def test_one_that_changed_since_the_list_is_not_on_the_confirmation(world: World) -> None:
    cases = several(world, 2)
    _serious(world, cases[1])
    page = send(signed_in(world.approver), "check", *cases).content.decode()
    assert f'value="{cases[0].uuid}"' in page and f'value="{cases[1].uuid}"' not in page
    assert "有1件不能一起办理，不在名单里" in page


@pytest.mark.usefixtures("on_the_day")
@pytest.mark.parametrize("wanted", ["check", "approve"])
def test_nothing_ticked_or_nothing_of_ones_own_is_said_so(world: World, wanted: str) -> None:
    foreign = _of_another_authority(world)
    client = signed_in(world.approver)
    for answer in (
        send(client, wanted),
        send(client, wanted, foreign),
        client.post(reverse("office_batch"), {"do": wanted, "case": "rubbish"}),
    ):
        assert answer.status_code == 422
        assert foreign.number not in answer.content.decode()  # type: ignore[operator]
    assert fresh(foreign).state == "deciding"


@pytest.mark.usefixtures("on_the_day")
def test_more_than_fifty_ticked_are_refused_in_words(world: World) -> None:
    from uuid import uuid4

    several(world, 1)
    answer = signed_in(world.approver).post(
        reverse("office_batch"), {"do": "check", "case": [str(uuid4()) for _each in range(51)]}
    )
    assert answer.status_code == 422 and "一次最多办理50件" in answer.content.decode()


@pytest.mark.usefixtures("on_the_day")
def test_back_from_the_confirmation_the_ticks_are_kept(world: World) -> None:
    cases = several(world, 2)
    page = send(signed_in(world.approver), "edit", cases[0]).content.decode()
    assert page.count(" checked") == 1 and f'id="pick-{cases[0].uuid}"' in page


@pytest.mark.usefixtures("on_the_day")
def test_before_any_batch_there_is_nothing_to_tell(world: World) -> None:
    answer = signed_in(world.approver).get(reverse("office_batch_done"))
    assert answer.status_code == 302 and answer["Location"] == reverse("office_batch")


@pytest.mark.usefixtures("on_the_day")
@pytest.mark.parametrize("page", ["list", "check", "done"])
def test_the_pages_ask_the_same_for_one_case_and_for_many(world: World, page: str) -> None:
    client = signed_in(world.approver)

    def asked(cases: list[Case]) -> int:
        if page == "done":
            send(client, "approve", *cases)
        with CaptureQueriesContext(connection) as caught:
            if page == "check":
                answer = send(client, "check", *cases)
            else:
                answer = client.get(reverse("office_batch" if page == "list" else "office_batch_done"))
        assert answer.status_code == 200 and cases[0].number in answer.content.decode()  # type: ignore[operator]
        return len(caught)

    few = several(world, 1)
    asked(few)
    few = few if page == "list" else several(world, 1)
    one = asked(few)
    many = several(world, 4)
    _serious(world, many[0])
    assert asked(many) == one


@pytest.mark.usefixtures("on_the_day")
def test_the_inbox_leads_there_who_decides_and_nobody_else(world: World) -> None:
    way = f'href="{reverse("office_batch")}"'
    assert way in signed_in(world.approver).get(reverse("office")).content.decode()
    assert way not in signed_in(world.intake).get(reverse("office")).content.decode()
