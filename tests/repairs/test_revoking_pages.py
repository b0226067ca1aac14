"""The pages on which a repair is revoked: proposing, answering, deciding, and what each side reads."""

from collections.abc import Iterator
from datetime import date

import pytest
from django.urls import reverse

from credit_repair.cases.file_parts import SUBJECT, FileReader, parts
from credit_repair.cases.models import Case, Filing
from credit_repair.cases.status import status_of
from credit_repair.core.clock import assume
from credit_repair.people.models import Role
from credit_repair.registry.models import Record
from credit_repair.repairs.models import Revocation
from tests.registry.factories import RecordFactory
from tests.repairs.revoking import FACTS, HEARING_OVER, completed_case, overseer_of, proposed_case
from tests.world import TODAY, World, clerk_of, do, fresh, member, signed_in, upload

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _day() -> Iterator[None]:
    with assume(TODAY):
        yield


def read(world_user: object, name: str, *args: object) -> str:
    return signed_in(world_user).get(reverse(name, args=args)).content.decode()


def act(user: object, case: Case, action: str, **sent: object) -> int:
    data = {f"{action}-{name}": value for name, value in sent.items()}
    return signed_in(user).post(reverse("office_repair_act", args=[case.uuid, action]), data).status_code


def test_the_approver_proposes_on_the_case_page(world: World) -> None:
    overseer_of(world)
    case = completed_case(world)
    page = read(world.approver, "office_repair", case.uuid)
    assert 'enctype="multipart/form-data"' in page and "提出撤销信用修复" in page
    missing = signed_in(world.approver).post(
        reverse("office_repair_act", args=[case.uuid, "propose_revocation"]),
        {"propose_revocation-facts": "凭证系伪造"},
    )
    assert missing.status_code == 422
    assert "请选择撤销的事由" in missing.content.decode() and "凭证系伪造" in missing.content.decode()
    assert (
        act(
            world.approver,
            case,
            "propose_revocation",
            ground="false_material",
            facts="凭证系伪造。",
            papers=upload("复函.pdf"),
        )
        == 302
    )
    page = read(world.approver, "office_repair", case.uuid)
    assert "拟撤销，尚未决定" in page and "复函.pdf" in page and "提出撤销信用修复</button>" not in page


def test_a_file_that_is_none_is_refused_at_its_field(world: World) -> None:
    overseer_of(world)
    case = completed_case(world)
    sent = {"ground": "false_material", "facts": "凭证系伪造。", "papers": upload("复函.pdf", b"MZ")}
    assert act(world.approver, case, "propose_revocation", **sent) == 422
    assert not Revocation.objects.exists()


def test_the_supervisor_finds_it_and_sees_the_letter_before_it_goes(world: World) -> None:
    overseer = overseer_of(world)
    case = proposed_case(world)
    assert case.number in read(overseer, "office")
    page = read(overseer, "office_repair", case.uuid)
    assert "还没有答复，现在不能撤销" in page and "不予撤销" in page
    assert "核对清单" not in page, "there is nothing to tick for a revocation"
    preview = reverse("office_repair_preview", args=[case.uuid, "revoke"])
    with assume(HEARING_OVER):
        shown = signed_in(overseer).post(preview, {})
        assert (shown.status_code, shown["Content-Type"]) == (200, "application/pdf")
        assert Revocation.objects.get().is_running
        assert act(overseer, case, "revoke") == 302
    page = read(overseer, "office_repair", case.uuid)
    assert "已撤销信用修复" in page and "2029年11月30日" in page


def test_the_subject_reads_what_is_intended_and_answers_once(world: World) -> None:
    overseer_of(world)
    case = proposed_case(world)
    desk = read(world.clerk, "me")
    assert "陈述申辩：拟撤销信用修复" in desk
    page = read(world.clerk, "my_repair", case.uuid)
    assert "请在2026年11月27日前陈述申辩" in page and FACTS.splitlines()[0] in page
    evidence = Revocation.objects.get().papers.get().paper
    assert evidence.name in page
    assert signed_in(world.clerk).get(reverse("paper", args=[evidence.uuid])).status_code == 404
    address = reverse("my_repair_answer", args=[case.uuid])
    assert address in page and signed_in(world.clerk).get(address).status_code == 200
    assert signed_in(world.clerk).post(address, {"answer": ""}).status_code == 422
    sent = {"answer": "由他人代办。", "papers": upload("说明.pdf")}
    assert signed_in(world.clerk).post(address, sent).status_code == 302
    own = Revocation.objects.get().papers.get(side="answer").paper
    for reader in (world.clerk, world.approver):
        assert signed_in(reader).get(reverse("paper", args=[own.uuid])).status_code == 200
    stranger = clerk_of(RecordFactory().subject)
    assert signed_in(stranger).get(reverse("paper", args=[own.uuid])).status_code == 404
    page = read(world.clerk, "my_repair", case.uuid)
    assert "由他人代办。" in page and address not in page
    assert "陈述申辩：拟撤销信用修复" not in read(world.clerk, "me")
    assert signed_in(world.clerk).get(address).status_code == 302


def test_the_result_names_bar_and_remedies_and_the_desk_explains_them(world: World) -> None:
    overseer = overseer_of(world)
    case = proposed_case(world)
    other = RecordFactory(subject=world.subject, authority=world.authority)
    do(case, "revoke", overseer, today=HEARING_OVER)
    with assume(HEARING_OVER):
        page = read(world.clerk, "my_repair", case.uuid)
        assert "2029年11月30日前（含当日）不得提出新的信用修复申请" in page
        assert "行政复议或者提起行政诉讼" in page and "自2026年11月30日起" in page
        desk = read(world.clerk, "me")
        assert "2029年11月30日前（含当日）不能申请信用修复" in desk
        assert "条现在可以申请修复" not in desk
        for name, args in (("my_record", [other.uuid]), ("my_repair_choose", [])):
            assert "2029年11月30日" in read(world.clerk, name, *args), name
        assert "从这一天起可以申请" not in read(world.clerk, "my_calendar")
    public = signed_in(world.clerk).get(reverse("my_record", args=[world.record.uuid])).content.decode()
    assert "信用修复被撤销，恢复公示" in public


def test_the_bar_is_gone_the_day_after_its_last(world: World) -> None:
    overseer = overseer_of(world)
    case = proposed_case(world)
    do(case, "revoke", overseer, today=HEARING_OVER)
    with assume(date(2029, 12, 1)):
        assert "不能申请信用修复" not in read(world.clerk, "me")


def test_anybody_with_the_query_code_reads_that_it_is_in_question_and_no_reason(world: World) -> None:
    overseer = overseer_of(world)
    case = proposed_case(world)
    asked = status_of(case, today=TODAY)
    assert "拟撤销这次信用修复" in asked.status.words and FACTS not in asked.status.words
    assert [holder["what"] for holder in asked.status.holders] == ["撤销"]
    do(case, "revoke", overseer, today=HEARING_OVER)
    asked = status_of(fresh(case), today=HEARING_OVER)
    assert (asked.state, asked.status.tone, asked.status.holders) == ("修复已撤销", "danger", [])
    assert "已经撤销" in asked.status.words


def test_a_completed_case_does_not_begin_with_its_revocation(world: World) -> None:
    overseer_of(world)
    page = read(world.approver, "office_repair", completed_case(world).uuid)
    assert '<details class="dk-act" id="act-propose_revocation">' in page
    assert 'href="#act-propose_revocation"' not in page


def test_an_answer_asks_for_a_reply_at_its_field(world: World) -> None:
    overseer = overseer_of(world)
    case = proposed_case(world)
    address = reverse("office_repair_act", args=[case.uuid, "revoke"])
    sent = {"answer": "由他人代办。"}
    signed_in(world.clerk).post(reverse("my_repair_answer", args=[case.uuid]), sent)
    refused = signed_in(overseer).post(address, {"revoke-reason": ""})
    assert refused.status_code == 422
    page = refused.content.decode()
    assert page.count("请写明对当事人陈述申辩的复核意见") == 2, "on top and at the field"
    assert 'href="#id_revoke-reason"' in page
    assert act(overseer, case, "revoke", reason="不影响认定。") == 302


def test_who_enters_an_answer_is_asked_for_its_paper_at_the_field(world: World) -> None:
    overseer_of(world)
    case = proposed_case(world)
    other = member(world.authority, Role.APPROVER)
    address = reverse("office_repair_act", args=[case.uuid, "enter_answer"])
    sent = {"enter_answer-way": "oral", "enter_answer-answer": "没有意见。"}
    refused = signed_in(other).post(address, sent)
    assert refused.status_code == 422
    assert 'href="#id_enter_answer-papers"' in refused.content.decode()
    assert "请上传当事人的书面陈述申辩或者笔录" in refused.content.decode()
    with_paper = {**sent, "enter_answer-papers": upload("笔录.pdf")}
    assert signed_in(other).post(address, with_paper).status_code == 302
    assert "交由其他审批人员录入" not in read(other, "office_repair", case.uuid)


def test_who_proposed_reads_that_another_enters_the_answer(world: World) -> None:
    overseer_of(world)
    case = proposed_case(world)
    assert "陈述申辩请交由其他审批人员录入" in read(world.approver, "office_repair", case.uuid)


def test_the_window_is_asked_for_the_signed_paper_at_the_field(world: World) -> None:
    overseer_of(world)
    case = proposed_case(world)
    Filing.objects.filter(pk=case.filing_id).update(channel="window", window_office=world.credit)
    window = member(world.credit, Role.WINDOW)
    address = reverse("window_repair_answer", args=[case.uuid])
    refused = signed_in(window).post(address, {"answer": "没有意见。"})
    assert refused.status_code == 422
    assert "请上传当事人签字或者盖章的书面陈述申辩" in refused.content.decode()
    sent = {"answer": "由他人代办。", "papers": upload("说明.pdf")}
    assert signed_in(window).post(address, sent).status_code == 302
    assert Revocation.objects.get().answered_by == window


def test_the_file_names_no_day_to_apply_while_a_bar_runs(world: World) -> None:
    overseer = overseer_of(world)
    case = proposed_case(world)
    do(case, "revoke", overseer, today=HEARING_OVER)
    other = RecordFactory(subject=world.subject, authority=world.authority, doc_no="濉交罚〔2026〕9号")
    Record.objects.filter(pk=other.pk).update(repairable_from=date(2026, 8, 23))
    for day, named in ((HEARING_OVER, False), (date(2029, 12, 3), True)):
        reader = FileReader(user=world.clerk, on=day, side=SUBJECT)
        (part,) = [part for part in parts() if part.code == "records"]
        (line,) = [line for line in part.lines(world.subject, reader, 10) if line.title == other.doc_no]
        assert ("2026年8月23日起可以申请修复" in line.text) is named, day
