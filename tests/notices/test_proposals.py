"""Style and words of letters: who proposes, who approves, and what letters are issued in."""

import dataclasses
from io import BytesIO
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from credit_repair.core import clock
from credit_repair.core.models import AuditEntry
from credit_repair.notices import services
from credit_repair.notices.contexts import AcceptanceNotice
from credit_repair.notices.glyphs import FONTS_DIR
from credit_repair.notices.models import Document, NoticeText, OfficeFont, OfficeStyle
from credit_repair.notices.office_fonts import keep_font
from credit_repair.notices.parts import Contact
from credit_repair.notices.previewing import sample_pdf
from credit_repair.notices.proposals import (
    CannotPropose,
    NotTheirs,
    approve,
    decline,
    may_review,
    propose_style,
    propose_text,
)
from credit_repair.notices.wording import BadWording
from credit_repair.people.models import Role, User
from tests.notices.test_svg_seals import RING, svg
from tests.registry.factories import OfficeFactory
from tests.world import TODAY, World, build_world, member

pytestmark = pytest.mark.django_db

HOW = {"why": "按县里要求统一", "today": TODAY}
CONTACT = "请致电{联系单位}，{电话}，{办公时间}。"


@pytest.fixture
def world() -> World:
    return build_world()


def text_of(pdf: bytes) -> str:
    pages = PdfReader(BytesIO(pdf)).pages
    return "".join(page.extract_text() for page in pages).replace("\n", "").replace(" ", "")


@pytest.fixture
def author(world: World) -> User:
    return member(world.credit, Role.SUPERVISOR, name="孙督")


@pytest.fixture
def second(world: World) -> User:
    return member(world.credit, Role.SUPERVISOR, name="钱督")


def text(world: World, actor: User, said: str = CONTACT, **fields: Any) -> NoticeText:
    where = {"office": world.credit, "kind": "acceptance_notice", "slot": "contact", **fields}
    return propose_text(text=said, actor=actor, **where, **HOW)


def style(world: World, actor: User, **fields: Any) -> OfficeStyle:
    return propose_style(office=world.credit, actor=actor, **fields, **HOW)


def issue(world: World) -> Document:
    notice = dataclasses.replace(
        AcceptanceNotice.sample(),
        document_number="",
        issuer=world.credit.name,
        contact=Contact(world.credit.name, "濉河路1号", "0561-1"),
    )
    with transaction.atomic():
        return services.issue(document=notice, office=world.credit, issued_on=TODAY, rule_set="ndrc-36")


def passages(row: Document) -> dict[str, str]:
    return {each["slot"]: each["text"] for each in row.context["passages"]}


def test_words_count_when_a_second_person_has_approved_them(world: World, author: User, second: User) -> None:
    style_row = style(world, author, head="濉溪县信用办文件", hours="工作日9:00—17:00", phone="0561-2")
    proposed = text(world, author)
    assert issue(world).context["passages"] == []
    approve(proposal=style_row, actor=second, today=TODAY)
    approve(proposal=proposed, actor=second, today=TODAY)
    row = issue(world)
    assert row.context["head"] == "濉溪县信用办文件"
    assert row.context["style_id"] == style_row.pk
    assert passages(row) == {"contact": f"请致电{world.credit.name}，0561-2，工作日9:00—17:00。"}
    actions = list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))
    assert actions[-4:].count("approve_notice_text") == 1 and "propose_office_style" in actions


def test_an_issued_letter_keeps_words_and_style_that_are_changed_afterwards(
    world: World, author: User, second: User
) -> None:
    first = approve(proposal=text(world, author), actor=second, today=TODAY)
    row = issue(world)
    approve(proposal=text(world, second, "改由{联系单位}答复，{电话}。"), actor=author, today=TODAY)
    first.refresh_from_db()
    assert first.state == "past"
    row.refresh_from_db()
    assert passages(row)["contact"].startswith("请致电")
    assert passages(issue(world))["contact"].startswith("改由")


def test_nobody_approves_their_own_proposal(world: World, author: User) -> None:
    proposed = text(world, author)
    assert not may_review(proposal=proposed, user=author, on=TODAY)
    with pytest.raises(CannotPropose, match="不能自己审核"):
        approve(proposal=proposed, actor=author, today=TODAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        NoticeText.objects.filter(pk=proposed.pk).update(
            state="current", reviewer=author, reviewed_at=proposed.written_at
        )


def test_only_a_credit_office_of_the_place_approves(world: World, author: User) -> None:
    of_authority = member(world.authority, Role.SUPERVISOR, name="郑督")
    elsewhere = OfficeFactory(credit=True, code="11370321MB0000001X")
    foreign = member(elsewhere, Role.SUPERVISOR, name="外督")
    proposed = text(world, author)
    for person in (of_authority, foreign, world.approver):
        assert not may_review(proposal=proposed, user=person, on=TODAY)
        with pytest.raises(NotTheirs):
            approve(proposal=proposed, actor=person, today=TODAY)
    own = text(world, of_authority, office=world.authority)
    assert may_review(proposal=own, user=author, on=TODAY)
    with pytest.raises(NotTheirs):
        text(world, author, office=world.authority)


def test_a_proposal_is_not_changed_but_taken_over_by_a_new_one(
    world: World, author: User, second: User
) -> None:
    seen = text(world, author)
    text(world, author, "请致电{联系单位}{电话}，谢谢。")
    with pytest.raises(CannotPropose, match="已经审核过"):
        approve(proposal=seen, actor=second, today=TODAY)
    seen.refresh_from_db()
    assert (seen.state, seen.text) == ("declined", CONTACT)


def test_a_proposal_is_declined_with_a_reason_or_taken_back(world: World, author: User, second: User) -> None:
    proposed = style(world, author, head="某某文件")
    with pytest.raises(CannotPropose, match="原因"):
        decline(proposal=proposed, why=" ", actor=second, today=TODAY)
    assert decline(proposal=proposed, why="名称不对", actor=second, today=TODAY).state == "declined"
    assert decline(proposal=text(world, author), why="写错了", actor=author, today=TODAY).state == "declined"


def test_the_same_again_is_nothing_to_approve(world: World, author: User, second: User) -> None:
    default = "联系单位：{联系单位}；地址：{地址}；电话：{电话}。"
    with pytest.raises(BadWording, match="完全一样"):
        text(world, author, default)
    with pytest.raises(CannotPropose, match="完全一样"):
        style(world, author)
    approve(proposal=text(world, author), actor=second, today=TODAY)
    approve(proposal=text(world, author, default), actor=second, today=TODAY)
    assert issue(world).context["passages"] == []


def test_a_font_of_another_office_cannot_be_chosen(
    world: World, author: User, settings: Any, tmp_path: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    font = keep_font(office=world.authority, data=(FONTS_DIR / "cr-kai.otf").read_bytes(), actor=author)
    with pytest.raises(NotTheirs):
        style(world, author, font_body=font)


def test_a_letter_is_drawn_in_the_offices_font(
    world: World, author: User, settings: Any, tmp_path: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    font = keep_font(office=world.credit, data=(FONTS_DIR / "cr-kai.otf").read_bytes(), actor=author)
    plain = sample_pdf(office=world.credit, kind="acceptance_notice")
    own = sample_pdf(
        office=world.credit,
        kind="acceptance_notice",
        style=style(world, author, font_body=font, head="某办文件"),
    )
    assert "某办文件" in text_of(own) and "样张" in text_of(own)
    assert own != plain


# -- the pages


def page(user: User, name: str, *args: Any, **data: Any) -> Any:
    client = Client()
    client.force_login(user)
    with clock.assume(TODAY):
        url = reverse(name, args=args)
        return client.post(url, data) if data else client.get(url)


def test_words_are_proposed_previewed_and_approved_on_the_pages(
    world: World, author: User, second: User
) -> None:
    where = (world.credit.code, "acceptance_notice", "contact")
    refused = page(author, "office_letter_text", *where, text="请致电{手机}", why="改")
    assert refused.status_code == 422
    assert "没有占位词{手机}" in str(refused.context["form"].errors["text"])
    assert page(author, "office_letter_text", *where, text=CONTACT, why="改").status_code == 302
    row = NoticeText.objects.get()
    shown = page(second, "office_letter_text", *where).content.decode()
    assert "<ins>" in shown and "审核通过" in shown
    assert "待审核" in page(second, "office_letters").content.decode()
    preview = page(second, "office_letter_preview", "text", row.uuid)
    pdf = b"".join(preview.streaming_content)
    assert "请致电" in text_of(pdf) and "样张" in text_of(pdf)
    page(author, "office_letter_review", "text", row.uuid, do="approve")
    row.refresh_from_db()
    assert row.state == "open"
    page(second, "office_letter_review", "text", row.uuid, do="approve")
    row.refresh_from_db()
    assert (row.state, row.reviewer) == ("current", second)


def test_an_earlier_version_is_taken_up_again_as_a_new_proposal(
    world: World, author: User, second: User
) -> None:
    first = approve(proposal=text(world, author), actor=second, today=TODAY)
    approve(proposal=text(world, author, "另致电{联系单位}{电话}。"), actor=second, today=TODAY)
    client = Client()
    client.force_login(author)
    url = reverse("office_letter_text", args=[world.credit.code, "acceptance_notice", "contact"])
    with clock.assume(TODAY):
        form = client.get(url, {"from": str(first.uuid)}).context["form"]
    assert form["text"].value() == CONTACT and "恢复" in form["why"].value()


def test_a_style_with_a_seal_is_proposed_on_the_page(world: World, author: User) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    bad = SimpleUploadedFile("a.svg", svg("<script/>" + RING))
    answer = page(author, "office_letter_style", world.credit.code, seal="new", seal_file=bad, why="换章")
    assert answer.status_code == 422 and "script" in str(answer.context["form"].errors["seal_file"])
    good = SimpleUploadedFile("a.svg", svg(RING))
    answer = page(
        author,
        "office_letter_style",
        world.credit.code,
        seal="new",
        seal_file=good,
        head="某办文件",
        why="换章",
    )
    assert answer.status_code == 302
    row = OfficeStyle.objects.get()
    assert row.seal_svg.startswith("<svg") and row.head == "某办文件"
    preview = page(author, "office_letter_preview", "style", row.uuid)
    assert "某办文件" in text_of(b"".join(preview.streaming_content))


def test_a_font_is_uploaded_with_a_word_on_its_licence(
    world: World, author: User, settings: Any, tmp_path: Any
) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    settings.MEDIA_ROOT = tmp_path
    data = (FONTS_DIR / "cr-kai.otf").read_bytes()
    answer = page(author, "office_letter_font", world.credit.code, file=SimpleUploadedFile("k.otf", data))
    assert answer.status_code == 422 and not OfficeFont.objects.exists()
    file = SimpleUploadedFile("k.otf", data)
    assert page(author, "office_letter_font", world.credit.code, file=file, licensed="on").status_code == 302
    assert OfficeFont.objects.get().office == world.credit


def test_the_letters_of_other_offices_do_not_exist(world: World, author: User) -> None:
    elsewhere = OfficeFactory(credit=True, code="11370321MB0000001X")
    foreign = member(elsewhere, Role.SUPERVISOR, name="外督")
    row = text(world, author)
    assert page(foreign, "office_letter_style", world.credit.code).status_code == 404
    assert page(foreign, "office_letter_preview", "text", row.uuid).status_code == 404
    assert page(foreign, "office_letter_review", "text", row.uuid, do="approve").status_code == 404
    assert page(world.approver, "office_letters").status_code == 404
    assert page(author, "office_letter_style", world.authority.code, seal="drawn", why="x").status_code == 404
