"""The pages about cancelled penalties and rulings: who finds what, what stands there, what forms ask for."""

import re
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from credit_repair.cases.file_parts import OFFICE, SUBJECT, FileReader
from credit_repair.cases.models import Paper
from credit_repair.cases.papers import readable_papers
from credit_repair.core import clock
from credit_repair.people.models import Mandate, Role, User
from credit_repair.registry.models import Publication
from credit_repair.rulings.file_part import lines
from credit_repair.rulings.models import CourtRuling, PenaltyCancellation, Shield
from tests.registry.factories import (
    MOMENT,
    PlatformFactory,
    PublicationFactory,
    RecordFactory,
    SubjectFactory,
)
from tests.rulings.shielding import RULED, carried_out, filed, head_of, registered
from tests.rulings.test_cancelling import cancel
from tests.world import TODAY, World, clerk_of, member, signed_in, upload

pytestmark = pytest.mark.django_db

DUE = date(2026, 11, 24)


@pytest.fixture(autouse=True)
def _friday() -> Any:
    with clock.assume(TODAY):
        yield


@pytest.fixture
def data(world: World) -> User:
    return member(world.credit, Role.DATA, name="数据员")


def text(client: Client, url: str, status: int = 200) -> str:
    response = client.get(url)
    assert response.status_code == status
    return response.content.decode()


def post(client: Client, url: str, status: int = 302, **data: Any) -> str:
    response = client.post(url, data)
    assert response.status_code == status, response.content.decode()[:2000]
    return response.content.decode()


CANCELLED = {
    "kind": "revoked",
    "made_by": "淮北市人民政府",
    "document_no": "淮政复决〔2026〕9号",
    "decided_on": "2026-11-19",
    "reason": "认定事实不清",
}


def test_a_cancellation_is_entered_from_the_record(world: World, data: User) -> None:
    client, url = signed_in(data), reverse("office_record_cancel", args=[world.record.uuid])
    assert url in text(client, reverse("office_record", args=[world.record.uuid]))
    assert "请选择要上传的文件" in post(client, url, 422, **CANCELLED)
    assert not PenaltyCancellation.objects.exists()
    post(client, url, **CANCELLED, paper=upload("决定.pdf"))
    row = PenaltyCancellation.objects.get()
    assert (row.reported_by, row.papers.get().name) == (data, "决定.pdf")
    assert url not in text(client, reverse("office_record", args=[world.record.uuid]))
    assert client.get(url).status_code == 404, "once"
    shown = text(client, reverse("office_cancellation", args=[row.uuid]))
    assert "淮政复决〔2026〕9号" in shown and "正在撤下" in shown


def test_a_change_finds_its_successor_by_number(world: World, data: User) -> None:
    client, url = signed_in(data), reverse("office_record_cancel", args=[world.record.uuid])
    instead = RecordFactory(
        subject=world.subject, authority=world.authority, doc_no="（濉）交罚〔2026〕900号"
    )
    changed = {**CANCELLED, "kind": "changed", "paper": upload()}
    assert "没有找到" in post(client, url, 422, **changed, successor_no="（濉）交罚〔2026〕901号")
    post(client, url, **{**changed, "paper": upload()}, successor_no="(濉)交罚[2026]900号")
    assert PenaltyCancellation.objects.get().successor == instead


def test_what_is_overdue_is_red_and_can_be_picked_out(world: World, paper: Paper, data: User) -> None:
    row, client = cancel(world, paper), signed_in(data)
    listed = reverse("office_cancellations")
    assert "正在撤下" in text(client, listed)
    assert world.record.doc_no not in text(client, f"{listed}?state=overdue")
    with clock.assume(DUE):
        assert "dk-tag--danger" not in text(client, f"{listed}?state=open")
    with clock.assume(date(2026, 11, 25)):
        assert world.record.doc_no in text(client, f"{listed}?state=overdue")
        assert "dk-tag--danger" in text(client, listed)
        Publication.objects.update(state="removed", removed_at=MOMENT)
        PenaltyCancellation.objects.filter(pk=row.pk).update(confirmed_at=MOMENT)
        assert "没有符合条件" in text(client, f"{listed}?state=overdue")
    assert "CSV" in text(client, listed)
    assert world.record.doc_no in client.get(f"{listed}?format=csv").getvalue().decode("utf-8-sig")


def test_it_is_taken_back_by_two_on_its_page(world: World, paper: Paper, data: User) -> None:
    url = reverse("office_cancellation", args=[cancel(world, paper).uuid])
    first, second = signed_in(data), signed_in(world.approver)
    assert "请写明登记错在哪里" in post(first, url, 422, act="ask", reason="")
    post(first, url, act="ask", reason="看错了文书")
    post(first, url, 200, act="confirm")
    assert "要由另一位同事确认" in text(first, url)
    assert PenaltyCancellation.objects.get().undone_at is None
    assert "看错了文书" in text(second, url)
    post(second, url, act="confirm")
    assert PenaltyCancellation.objects.get().undone_by == world.approver
    assert "登记已撤回" in text(second, url)
    post(signed_in(world.verifier), url, 404, act="ask", reason="无权")


def test_officials_of_the_subject_find_nothing(world: World, paper: Paper) -> None:
    row, ruling = cancel(world, paper), filed(world)
    partial = member(world.credit, Role.DATA, Role.INTAKE, name="避嫌")
    Mandate.objects.create(
        user=partial, subject=world.subject, since=date(2025, 1, 1), until=date(2025, 2, 1)
    )
    client = signed_in(partial)
    another = RecordFactory(subject=world.subject, authority=world.authority)
    for url in (
        reverse("office_cancellation", args=[row.uuid]),
        reverse("office_shield", args=[ruling.uuid]),
        reverse("office_record_cancel", args=[another.uuid]),
        reverse("office_shield_new", args=[world.subject.uuid]),
    ):
        assert client.get(url).status_code == 404
    assert "没有变更、撤销的登记" in text(client, reverse("office_cancellations"))
    assert not readable_papers(user=partial, on=TODAY).exists()


def test_who_reads_the_papers(world: World, paper: Paper) -> None:
    cancel(world, paper)
    ruled = filed(world).paper
    readers = {
        world.clerk: {paper, ruled},
        world.intake: {paper, ruled},
        world.approver: {paper},
        clerk_of(SubjectFactory()): set(),
    }
    for user, wanted in readers.items():
        assert set(readable_papers(user=user, on=TODAY)) == wanted, user
    client = signed_in(world.clerk)
    assert client.get(reverse("paper", args=[paper.uuid])).status_code == 200


def test_the_enterprise_reads_what_became_of_it(world: World, paper: Paper) -> None:
    client, url = signed_in(world.clerk), reverse("my_record", args=[world.record.uuid])
    assert "处罚被撤销" in text(client, url)
    cancel(world, paper)
    shown = text(client, url)
    assert "原处罚决定已经撤销" in shown and "2026年11月24日" in shown
    assert "原决定变更、撤销或者确认无效，停止公示" in shown and "处罚单位撤回了信息" not in shown


def test_a_name_of_a_person_is_masked(world: World, paper: Paper) -> None:
    person = SubjectFactory(person=True, name="张三丰")
    record = RecordFactory(subject=person, authority=world.authority)
    row = cancel(world, paper, record=record, reason="当事人张三丰没有违法行为")
    elsewhere = member(world.credit, Role.SUPERVISOR)
    shown = text(signed_in(elsewhere), reverse("office_cancellation", args=[row.uuid]))
    assert "张三丰" not in shown


def test_the_enterprise_hands_in_a_ruling_and_takes_it_back(world: World) -> None:
    client, url = signed_in(world.clerk), reverse("my_shield_new")
    said = {
        "kind": "plan",
        "court": "濉溪县人民法院",
        "case_no": "（2026）皖0621破3号",
        "number": "（2026）皖0621破3号之一",
        "made_on": "2026-11-16",
    }
    assert "请选择要上传的文件" in post(client, url, 422, **said)
    post(client, url, **said, paper=upload("裁定书.pdf"))
    ruling = CourtRuling.objects.get()
    assert (ruling.kind, ruling.filed_by) == ("plan", world.clerk)
    assert "正在办理" in post(client, url, 422, **said, paper=upload("裁定书.pdf"))
    page = reverse("my_shield", args=[ruling.uuid])
    assert "信用办正在核对裁定书" in text(client, page)
    post(client, reverse("my_shield_withdraw", args=[ruling.uuid]))
    assert "您已撤回" in text(client, page)


def test_the_office_registers_and_carries_out_on_the_page(world: World) -> None:
    PublicationFactory(record=world.record, platform=PlatformFactory(actions=["shield", "unshield"]))
    ruling = filed(world)
    url, intake, head = (
        reverse("office_shield", args=[ruling.uuid]),
        signed_in(world.intake),
        signed_in(head_of(world)),
    )
    assert re.search(rf'name="records" value="{world.record.pk}"[^>]*checked', text(intake, url))
    said = {
        "act": "register",
        "kind": "plan",
        "court": "濉溪县人民法院",
        "case_no": "（2026）皖0621破3号",
        "number": "（2026）皖0621破3号之一",
        "made_on": "2026-11-16",
    }
    assert "至少选择一条" in post(intake, url, 422, **said)
    assert "现在不能这样办理" in head.post(url, {"act": "carry_out"}, follow=True).content.decode()
    post(intake, url, **said, records=[world.record.pk])
    assert "同意屏蔽" in text(head, url) and "同意屏蔽" not in text(intake, url)
    post(head, url, act="carry_out")
    shown = text(head, url)
    assert "失信信息临时屏蔽告知书" in shown and "需人工办理" in shown and "已通知，等待确认" in shown
    record = text(head, reverse("office_record", args=[world.record.uuid]))
    assert "破产重整，临时屏蔽中" in record and url in record
    assert url not in text(signed_in(world.verifier), reverse("office_record", args=[world.record.uuid]))


def test_a_refusal_stands_with_reason_and_remedies(world: World) -> None:
    ruling = filed(world)
    url = reverse("office_shield", args=[ruling.uuid])
    post(signed_in(world.intake), url, 422, **{"act": "refuse", "refuse-reason": ""})
    post(signed_in(world.intake), url, **{"act": "refuse", "refuse-reason": "裁定书没有盖章"})
    shown = text(signed_in(world.clerk), reverse("my_shield", args=[ruling.uuid]))
    assert "裁定书没有盖章" in shown and "60日内" in shown


def test_what_is_given_back_says_why(world: World) -> None:
    ruling = registered(world)
    url = reverse("office_shield", args=[ruling.uuid])
    post(signed_in(head_of(world)), url, **{"act": "give_back", "back-reason": "请核对执行期限"})
    assert "请核对执行期限" in text(signed_in(world.intake), url)


def test_the_later_ruling_is_asked_for_while_the_shield_runs(world: World) -> None:
    carried_out(world)
    shown = text(signed_in(world.clerk), reverse("my_shield_new"))
    assert "确认重整计划执行完毕" in shown and "重整计划执行期限至" not in shown
    entered = text(signed_in(world.intake), reverse("office_shield_new", args=[world.subject.uuid]))
    assert "终止重整计划执行" in entered


def test_the_file_of_the_subject_has_both(world: World, paper: Paper) -> None:
    second = RecordFactory(subject=world.subject, authority=world.authority)
    cancel(world, paper, record=second)
    filed(world)
    for user, side in ((world.intake, OFFICE), (world.clerk, SUBJECT)):
        found = lines(world.subject, FileReader(user=user, on=TODAY, side=side), 10)
        assert {line.state for line in found} == {"正在撤下", "待登记"}
        assert all(line.url for line in found)
    stranger = FileReader(user=clerk_of(SubjectFactory()), on=TODAY, side=SUBJECT)
    assert lines(world.subject, stranger, 10) == []


def queries(client: Client, url: str) -> int:
    client.get(url)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


def test_no_list_asks_more_often_because_it_has_more_rows(world: World, paper: Paper, data: User) -> None:
    def add(count: int) -> None:
        for _number in range(count):
            subject = SubjectFactory()
            record = RecordFactory(subject=subject, authority=world.authority)
            cancel(world, paper, record=record)
            CourtRuling.objects.create(
                subject=subject,
                office=world.credit,
                kind="plan",
                court="法院",
                case_no="1",
                number="1",
                made_on=RULED,
                paper=paper,
                filed_at=clock.now(),
                filed_on=TODAY,
            )

    pages = [(data, reverse("office_cancellations")), (world.intake, reverse("office_shields"))]
    add(2)
    few = [queries(signed_in(user), url) for user, url in pages]
    add(6)
    assert [queries(signed_in(user), url) for user, url in pages] == few


def test_a_shield_of_many_records_asks_no_more_often(world: World) -> None:
    ruling = carried_out(world)
    page, client = reverse("my_shield", args=[ruling.uuid]), signed_in(world.clerk)
    few = queries(client, page)
    shield = Shield.objects.get()
    for _number in range(5):
        record = RecordFactory(subject=world.subject, authority=world.authority)
        PublicationFactory(record=record, platform=world.platform)
        event = record.events.create(what="shielded", at=MOMENT, on=TODAY)
        shield.shielded.create(record=record, event=event)
    assert queries(client, page) == few
