"""A notice issued anew with its slips corrected 更正重发: by whom, what may be another, and who is told."""

import re
from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from credit_repair.cases.errors import ActionRefused, NotYours
from credit_repair.cases.models import Case, CaseDocument
from credit_repair.cases.services.correcting import correct_notice
from credit_repair.core import clock
from credit_repair.core.models import AuditEntry
from credit_repair.mail.models import Mail
from credit_repair.notices import ending
from credit_repair.notices.correcting import CannotCorrect, Slip
from credit_repair.notices.glyphs import MissingGlyphs
from credit_repair.notices.models import Document
from credit_repair.notices.services import render
from credit_repair.people.models import Role, User
from tests.world import (
    TODAY,
    World,
    build_world,
    deciding_case,
    do,
    member,
    signed_in,
    submitted_case,
    verifying_case,
)

pytestmark = pytest.mark.django_db

WHY = "地址写错"
SLIP = Slip("不属与", "不属于")


def text_of(pdf: bytes) -> str:
    """The text of a PDF, without its line breaks."""
    return re.sub(r"\s", "", "".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages))


@pytest.fixture
def world() -> World:
    return build_world()


@pytest.fixture
def supervisor(world: World) -> User:
    return member(world.credit, Role.SUPERVISOR, name="孙督")


@pytest.fixture
def notice(world: World) -> Document:
    """A notice of non-acceptance with a slip of the pen."""
    case = submitted_case(world)
    do(case, "refuse_to_accept", world.intake, reason="不属与本办受理范围\n材料不全")
    return Document.objects.get(kind="non_acceptance_notice")


def correct(notice: Document, actor: User, slip: Slip = SLIP, why: str = WHY) -> Document:
    return correct_notice(document=notice, slip=slip, why=why, actor=actor, today=TODAY)


def posted(user: User, notice: Document, do: str = "correct", **given: Any) -> HttpResponse:
    with clock.assume(TODAY):
        answer: HttpResponse = signed_in(user).post(
            reverse("office_document_correct", args=[notice.uuid]), {"do": do, **given}
        )
        return answer


def test_the_new_one_has_a_number_names_the_old_one_and_takes_its_place(
    world: World, supervisor: User, notice: Document
) -> None:
    new = correct(notice, supervisor)
    notice.refresh_from_db()
    assert new.number == f"{world.credit.document_prefix}〔2026〕2号" and new.check_code != notice.check_code
    assert new.context["replaces"] == notice.number
    assert new.context["reasons"] == ["不属于本办受理范围", "材料不全"]
    assert (notice.standing, notice.replaced_by, notice.ended_why) == ("replaced", new, WHY)
    same = set(notice.context) - {"reasons", "document_number", "verify_url", "verify_code", "replaces"}
    assert {name: new.context[name] for name in same} == {name: notice.context[name] for name in same}
    assert CaseDocument.objects.get(document=new).case == CaseDocument.objects.get(document=notice).case
    assert new.addressee == world.subject
    assert AuditEntry.objects.get(action="document.replaced").data["replaced_by"] == new.number
    entry = AuditEntry.objects.get(action="document.corrected")
    assert entry.data == {"replaces": notice.number, "wrong": "不属与", "right": "不属于"}
    assert (entry.actor_id, entry.object_id) == (supervisor.pk, str(new.uuid))


def test_the_paper_and_the_public_page_of_the_old_one_say_it(supervisor: User, notice: Document) -> None:
    new = render(document_id=correct(notice, supervisor).pk)
    assert f"本文书更正并替换{notice.number}" in text_of(new.file.open("rb").read())
    page = Client().get(reverse("check_document", args=[notice.check_code])).content.decode()
    assert "已被替换" in page and str(new.number) in page and WHY in page


def test_who_acts_for_the_subject_is_told_and_finds_both(
    world: World, supervisor: User, notice: Document
) -> None:
    new = correct(notice, supervisor)
    mail = Mail.objects.get(kind="notice_corrected")
    assert mail.to_address == world.clerk.email
    for words in (str(notice.number), str(new.number), WHY):
        assert words in mail.body
    for row in (notice, new):
        render(document_id=row.pk)
    case = CaseDocument.objects.get(document=new).case
    with clock.assume(TODAY):
        page = signed_in(world.clerk).get(reverse("my_repair", args=[case.uuid])).content.decode()
    assert str(new.number) in page and "（已被替换）" in page


def test_the_contact_becomes_the_one_of_today(world: World, supervisor: User, notice: Document) -> None:
    with pytest.raises(CannotCorrect, match="没有要更正的内容"):
        correct(notice, supervisor, Slip())
    world.credit.phone = "0561-9"
    world.credit.save(update_fields=["phone"])
    new = correct(notice, supervisor, Slip())
    assert new.context["contact"]["phone"] == "0561-9"
    assert new.context["reasons"] == notice.context["reasons"]


@pytest.mark.parametrize(
    ("slip", "words"),
    [
        (Slip("没有的字", "别的"), "没有这几个字"),
        (Slip("不", "未"), "不止一处"),
        (Slip("材料不全", ""), "没有文字"),
        (Slip("材料不全", "不予受理"), "不能把整条都换掉"),
        (Slip("不属与", "不" * 21), "不超过20个"),
    ],
)
def test_what_is_no_slip_is_refused_in_words_and_changes_nothing(
    supervisor: User, notice: Document, slip: Slip, words: str
) -> None:
    with pytest.raises(CannotCorrect, match=words):
        correct(notice, supervisor, slip)
    answer = posted(supervisor, notice, wrong=slip.wrong, right=slip.right, why=WHY)
    assert answer.status_code == 422 and words in answer.content.decode()
    notice.refresh_from_db()
    assert notice.standing == "valid" and Document.objects.filter(kind=notice.kind).count() == 1


def test_without_a_reason_or_with_a_character_that_cannot_be_printed_nothing_is_numbered(
    supervisor: User, notice: Document
) -> None:
    assert posted(supervisor, notice, wrong="不属与", right="不属于", why="").status_code == 422
    with pytest.raises(MissingGlyphs):
        correct(notice, supervisor, Slip("不属与", "\U0001f600"))
    with pytest.raises(ActionRefused, match="请写明原因"):
        correct(notice, supervisor, why=" ")
    notice.refresh_from_db()
    assert notice.standing == "valid" and Document.objects.filter(kind=notice.kind).count() == 1


def test_it_is_read_before_and_nothing_is_left_behind(supervisor: User, notice: Document) -> None:
    before = Document.objects.count(), Mail.objects.count()
    answer = posted(supervisor, notice, "preview", wrong="不属与", right="不属于", why=WHY)
    assert answer["Content-Type"] == "application/pdf"
    text = text_of(b"".join(answer))
    assert "不属于本办受理范围" in text and "草稿" in text and f"替换{notice.number}" in text
    assert (Document.objects.count(), Mail.objects.count()) == before


def test_the_page_leads_from_the_register_to_the_new_one(supervisor: User, notice: Document) -> None:
    with clock.assume(TODAY):
        client = signed_in(supervisor)
        shown = client.get(reverse("office_document", args=[notice.uuid])).content.decode()
        assert reverse("office_document_correct", args=[notice.uuid]) in shown
        page = client.get(reverse("office_document_correct", args=[notice.uuid])).content.decode()
    assert "不属与本办受理范围" in page
    answer = posted(supervisor, notice, wrong="不属与", right="不属于", why=WHY)
    new = Document.objects.get(kind=notice.kind, standing="valid")
    assert answer.status_code == 302
    assert answer["Location"] == reverse("office_document", args=[new.uuid])
    again = posted(supervisor, notice, wrong="不属与", right="不属于", why=WHY)
    assert again["Location"] == reverse("office_document", args=[notice.uuid])
    assert Document.objects.filter(kind=notice.kind).count() == 2


def test_nobody_but_a_supervisor_of_the_issuing_office_corrects(world: World, notice: Document) -> None:
    elsewhere = member(world.authority, Role.SUPERVISOR)
    for actor in (world.intake, world.approver, elsewhere, world.clerk):
        with pytest.raises(NotYours):
            correct(notice, actor)
        assert posted(actor, notice, wrong="不属与", right="不属于", why=WHY).status_code == 404


def test_what_has_ended_is_corrected_no_more(supervisor: User, notice: Document) -> None:
    stale = Document.objects.get(pk=notice.pk)
    ending.revoke(document=notice, why="有误", actor=None, today=TODAY)
    with pytest.raises(ActionRefused, match="已经失效"):
        correct(stale, supervisor)


def test_a_decision_is_not_corrected_by_one_person(world: World) -> None:
    case: Case = deciding_case(world)
    do(case, "approve", world.approver)
    decision = Document.objects.get(kind="decision_approve")
    head = member(world.authority, Role.SUPERVISOR)
    with pytest.raises(ActionRefused):
        correct(decision, head, Slip("违法行为", "行为"))
    assert posted(head, decision, why=WHY).status_code == 404
    with clock.assume(TODAY):
        page = signed_in(head).get(reverse("office_document", args=[decision.uuid])).content.decode()
    assert "更正重发" not in page


def test_the_corrected_one_is_not_voided_and_revoked_only_after_a_word_of_caution(
    supervisor: User, notice: Document
) -> None:
    new = correct(notice, supervisor)
    with pytest.raises(ending.CannotEnd, match="已经替换了其他文书"):
        ending.void(document=new, why="有误", actor=None, today=TODAY)
    with clock.assume(TODAY):
        client = signed_in(supervisor)
        shown = client.get(reverse("office_document", args=[new.uuid])).content.decode()
        asked = client.get(reverse("office_document_revoke", args=[new.uuid])).content.decode()
    assert reverse("office_document_void", args=[new.uuid]) not in shown
    assert reverse("office_document_correct", args=[new.uuid]) in shown
    assert f"这份文书已经替换了{notice.number}" in asked
    third = correct(new, supervisor, Slip("不全", "不齐"))
    assert (third.context["replaces"], third.standing) == (new.number, "valid")


@pytest.mark.parametrize("over", ["past", "decided"])
def test_a_day_that_is_past_or_whose_step_is_over_is_not_promised_anew(
    world: World, supervisor: User, over: str
) -> None:
    case = verifying_case(world)
    notice = Document.objects.get(kind="acceptance_notice")
    world.credit.phone = "0561-9"
    world.credit.save(update_fields=["phone"])
    second = correct(notice, supervisor, Slip())
    assert second.context["decision_due"] == notice.context["decision_due"]
    today = TODAY
    if over == "past":
        today = date.fromisoformat(second.context["decision_due"]) + timedelta(days=1)
    else:
        case.clocks.filter(kind="decision").update(stopped_on=TODAY)
    world.credit.phone = "0561-8"
    world.credit.save(update_fields=["phone"])
    with pytest.raises(ActionRefused, match="不能再照原样重发"):
        correct_notice(document=second, slip=Slip(), why=WHY, actor=supervisor, today=today)
    second.refresh_from_db()
    assert second.standing == "valid"
