"""The letter of a decision, seen before it goes out: nothing is stored, no number is taken."""

import re
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from credit_repair.cases.models import Case, TimelineEvent
from credit_repair.core.models import AuditEntry, Sequence
from credit_repair.mail.models import Mail
from credit_repair.notices.models import Document
from credit_repair.people.models import Role, User
from credit_repair.repairs.notices import findings_of
from tests.registry.factories import OfficeFactory
from tests.world import World, deciding_case, do, fresh, member, submitted_case

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_the_day")]

UNPRINTABLE = "\U0001f600"


def ask(user: User, case: Case, action: str, **fields: Any) -> HttpResponse:
    client = Client()
    client.force_login(user)
    data = {f"{action}-{name}": value for name, value in fields.items()}
    answer: HttpResponse = client.post(reverse("office_repair_preview", args=[case.uuid, action]), data)
    return answer


def read(answer: Any) -> str:
    """The text of the PDF, without its line breaks."""
    from io import BytesIO

    assert answer.status_code == 200, answer.content.decode()
    assert answer["Content-Type"] == "application/pdf"
    pages = PdfReader(BytesIO(b"".join(answer.streaming_content))).pages
    return re.sub(r"\s", "", "".join(page.extract_text() for page in pages))


def stored(case: Case) -> tuple[Any, ...]:
    """All that a decision would leave behind."""
    return (
        Document.objects.count(),
        list(Sequence.objects.order_by("pk").values_list()),
        TimelineEvent.objects.count(),
        AuditEntry.objects.count(),
        Mail.objects.count(),
        list(Case.objects.filter(pk=case.pk).values_list()),
        list(case.steps.order_by("pk").values_list()),
    )


def test_an_approval_is_read_before_it_goes_out_and_leaves_nothing_behind(world: World) -> None:
    case = deciding_case(world)
    before = stored(case)
    text = read(ask(world.approver, case, "approve"))
    assert stored(case) == before
    assert "准予信用修复决定书" in text and world.subject.name in text
    assert "经核实，罚款已全部缴清" in text
    assert "草稿" in text
    assert f"{world.authority.document_prefix}〔2026〕号" in text, "the place of the number is free"


def test_the_letter_that_goes_out_says_what_the_preview_said(world: World) -> None:
    case = deciding_case(world)
    words = {"findings": "罚款于五月缴清\n违法行为已经改正。"}
    text = read(ask(world.approver, case, "approve", **words))
    do(case, "approve", world.approver, **words)
    frozen = Document.objects.get(kind="decision_approve").context
    assert frozen["facts"] == ["罚款于五月缴清。", "违法行为已经改正。"]
    for fact in frozen["facts"]:
        assert fact in text
    assert "经核实，罚款已全部缴清" not in text, "the approver's words stand in the place of the opinions"
    assert frozen["document_number"].endswith("〔2026〕1号")


def test_findings_left_empty_are_those_of_the_opinions(world: World) -> None:
    case = deciding_case(world)
    expected = list(findings_of(fresh(case)))
    do(case, "approve", world.approver, findings="  \n")
    assert Document.objects.get(kind="decision_approve").context["facts"] == expected


def test_the_page_begins_the_findings_with_the_opinions(world: World) -> None:
    case = deciding_case(world)
    client = Client()
    client.force_login(world.approver)
    page = client.get(reverse("office_repair", args=[case.uuid])).content.decode()
    assert "濉溪县交通运输局核查：经核实，罚款已全部缴清。" in page
    assert 'name="approve-findings"' in page and 'name="refuse-findings"' in page


def test_a_refusal_shows_reasons_and_what_to_do(world: World) -> None:
    case = deciding_case(world)
    before = stored(case)
    text = read(ask(world.approver, case, "refuse", reason="罚款没有缴清", next_steps="缴清以后再申请"))
    assert stored(case) == before
    assert "不予信用修复决定书" in text and "罚款没有缴清" in text and "缴清以后再申请" in text


def test_a_non_acceptance_is_the_intake_offices(world: World) -> None:
    case = submitted_case(world)
    before = stored(case)
    text = read(ask(world.intake, case, "refuse_to_accept", reason="不属于本办受理范围"))
    assert stored(case) == before
    assert "不予受理通知书" in text and "不属于本办受理范围" in text
    assert f"{world.credit.document_prefix}〔2026〕号" in text


def test_it_is_shown_in_the_browser_and_kept_nowhere(world: World) -> None:
    answer = ask(world.approver, deciding_case(world), "approve")
    assert answer["Content-Disposition"].startswith("inline")
    assert "no-store" in answer["Cache-Control"]
    assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]


def test_without_a_reason_there_is_no_letter_and_the_page_says_so(world: World) -> None:
    answer = ask(world.approver, deciding_case(world), "refuse")
    assert answer.status_code == 422
    assert "请写明理由" in answer.content.decode()


def test_a_character_that_cannot_be_printed_is_named(world: World) -> None:
    case = deciding_case(world)
    before = stored(case)
    answer = ask(world.approver, case, "approve", findings=f"已经缴清{UNPRINTABLE}")
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "U+1F600" in page and "没有字形" in page
    assert stored(case) == before


def test_an_office_that_has_no_prefix_learns_it_before_it_decides(world: World) -> None:
    case = deciding_case(world)
    world.authority.document_prefix = ""
    world.authority.save(update_fields=["document_prefix"])
    answer = ask(world.approver, case, "approve")
    assert answer.status_code == 409 and "尚未设置发文代字" in answer.content.decode()


def test_who_verified_reads_why_they_cannot_decide(world: World) -> None:
    both = member(world.authority, Role.VERIFIER, Role.APPROVER)
    world.verifier = both
    answer = ask(both, deciding_case(world), "approve")
    assert answer.status_code == 409 and "不能由同一人办理" in answer.content.decode()


def test_a_case_that_was_decided_meanwhile_says_so(world: World) -> None:
    case = deciding_case(world)
    do(case, "approve", world.approver)
    answer = ask(world.approver, case, "approve")
    assert answer.status_code == 409 and "案件现在是" in answer.content.decode()


@pytest.mark.parametrize("who", ["verifier", "intake", "clerk", "elsewhere"])
def test_for_anybody_else_there_is_no_letter(world: World, who: str) -> None:
    case = deciding_case(world)
    people = {
        "verifier": world.verifier,
        "intake": world.intake,
        "clerk": world.clerk,
        "elsewhere": member(OfficeFactory(), Role.APPROVER),
    }
    assert ask(people[who], case, "approve").status_code == 404
    assert ask(people[who], case, "refuse").status_code == 404, "nor a word of what is missing"


def test_it_is_asked_for_with_what_was_typed_alone(world: World) -> None:
    case = deciding_case(world)
    client = Client()
    client.force_login(world.approver)
    address = reverse("office_repair_preview", args=[case.uuid, "approve"])
    assert client.get(address).status_code == 405
