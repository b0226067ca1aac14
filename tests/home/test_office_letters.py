"""The pages over style and words of letters: what is typed wrongly, sent twice, or changed meanwhile."""

from html import unescape
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from credit_repair.core import clock
from credit_repair.notices.models import NoticeText, OfficeFont, OfficeStyle
from credit_repair.notices.proposals import approve, propose_style, propose_text
from credit_repair.people.models import Role, User
from tests.notices.test_office_fonts import spoilt
from tests.notices.test_svg_seals import RING, svg
from tests.world import TODAY, World, build_world, member

pytestmark = pytest.mark.django_db

WORDS = "请致电{联系单位}，{电话}，{办公时间}。"
HOW = {"why": "按县里要求统一", "today": TODAY}


@pytest.fixture
def world() -> World:
    return build_world()


@pytest.fixture
def author(world: World) -> User:
    return member(world.credit, Role.SUPERVISOR, name="孙督")


@pytest.fixture
def second(world: World) -> User:
    return member(world.credit, Role.SUPERVISOR, name="钱督")


def ask(user: User, address: str, data: dict[str, Any] | None = None) -> HttpResponse:
    client = Client()
    client.force_login(user)
    with clock.assume(TODAY):
        return client.get(address) if data is None else client.post(address, data)


def text(answer: HttpResponse) -> str:
    return unescape(answer.content.decode())


def style_page(world: World) -> str:
    return reverse("office_letter_style", args=[world.credit.code])


def text_page(world: World) -> str:
    return reverse("office_letter_text", args=[world.credit.code, "acceptance_notice", "contact"])


def seen_on(user: User, address: str) -> str:
    """What the form holds as seen, as a browser sends it back."""
    return str(ask(user, address).context["form"]["seen"].value())


def proposed_style(world: World, actor: User, **fields: Any) -> OfficeStyle:
    return propose_style(office=world.credit, actor=actor, **{**HOW, **fields})


def proposed_text(world: World, actor: User, said: str = WORDS) -> NoticeText:
    where = {"office": world.credit, "kind": "acceptance_notice", "slot": "contact"}
    return propose_text(text=said, actor=actor, **where, **HOW)


# -- what is typed wrongly


PNG, HUGE = b"\x89PNG\r\n\x1a\n" + bytes(40), b"<svg>" + b" " * 300_000 + b"</svg>"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "这个文件是空的"),
        (b"hello", "不是完好的SVG文件"),
        (PNG, "不是SVG，而是改了名字的图片或PDF"),
        (b"%PDF-1.7", "不是SVG，而是改了名字的图片或PDF"),
        (HUGE, "文件超过200KB"),
        (svg("<script>alert(1)</script>" + RING), "图里有不能使用的内容：script"),
        (b'<!DOCTYPE svg [<!ENTITY a "b">]><svg>&a;</svg>', "实体声明"),
    ],
    ids=["empty", "text", "png", "pdf", "huge", "script", "entity"],
)
def test_a_wrong_seal_is_said_at_the_field_and_nothing_is_proposed(
    world: World, author: User, content: bytes, said: str
) -> None:
    file = SimpleUploadedFile("seal.svg", content, content_type="image/svg+xml")
    answer = ask(author, style_page(world), {"seal": "new", "seal_file": file, "why": "换印章"})
    assert answer.status_code == 422 and text(answer).count(said) == 2, "at the field, and on top"
    assert not OfficeStyle.objects.exists()


def test_a_seal_that_was_chosen_without_saying_so_is_not_left_out_in_silence(
    world: World, author: User
) -> None:
    file = SimpleUploadedFile("seal.svg", svg(RING))
    answer = ask(author, style_page(world), {"seal": "drawn", "seal_file": file, "head": "某办", "why": "换"})
    assert answer.status_code == 422 and "请同时选“上传新图（SVG）”" in text(answer)


def test_a_good_seal_has_to_be_chosen_again_after_another_fault(world: World, author: User) -> None:
    file = SimpleUploadedFile("seal.svg", svg(RING))
    page = text(ask(author, style_page(world), {"seal": "new", "seal_file": file, "why": ""}))
    assert "请写明修改原因" in page and "请重新选择这个文件" in page


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"head": "长" * 41}, "不超过40个字，现在有41个字"),
        ({"address": "长" * 201}, "不超过200个字"),
        ({"phone": "1" * 41}, "不超过40个字"),
        ({"hours": "时" * 101}, "不超过100个字"),
        ({"head": "信用办😀"}, "“😀”（U+1F600）没有字形，印不出来"),
        ({"why": "因" * 201}, "不超过200个字，现在有201个字"),
    ],
)
def test_a_line_that_is_too_long_or_cannot_be_printed_is_said_with_its_limit(
    world: World, author: User, given: dict[str, str], said: str
) -> None:
    answer = ask(author, style_page(world), {"seal": "drawn", "why": "改", **given})
    assert answer.status_code == 422 and said in text(answer)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("字" * 601, "不能超过600字"),
        ("字" * 1001, "不超过600个字"),
        ("请致电{联系单位}，{电话}😀。", "没有字形，印不出来"),
        ("请致电{联系单位，{电话}。", "花括号没有成对"),
    ],
)
def test_a_wrong_passage_is_said(world: World, author: User, words: str, said: str) -> None:
    answer = ask(author, text_page(world), {"text": words, "why": "改"})
    assert answer.status_code == 422 and said in text(answer)
    assert "文书没有生成" not in text(answer), "nothing was to be made yet"


@pytest.mark.parametrize("content", [b"", b"OTTO" + bytes(200), b"wOFF", b"%PDF-1.7", b"MZ"])
def test_what_is_no_font_is_said(world: World, author: User, content: bytes) -> None:
    file = SimpleUploadedFile("f.otf", content)
    address = reverse("office_letter_font", args=[world.credit.code])
    answer = ask(author, address, {"file": file, "licensed": "on"})
    assert answer.status_code == 422 and "dk-field__error" in text(answer)
    assert not OfficeFont.objects.exists()


def test_a_font_with_spoilt_characters_is_said_at_the_field(
    world: World, author: User, settings: Any, tmp_path: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    file = SimpleUploadedFile("f.otf", spoilt("龙"))
    address = reverse("office_letter_font", args=[world.credit.code])
    answer = ask(author, address, {"file": file, "licensed": "on"})
    assert answer.status_code == 422 and text(answer).count("用它画不出文书") == 2, "at the field, and on top"
    assert not OfficeFont.objects.exists()


def test_a_style_that_cannot_be_drawn_is_said_and_never_holds(
    world: World, author: User, second: User, settings: Any, tmp_path: Any
) -> None:
    """A font may have been kept, or its file spoilt, whatever was asked of it when it came."""
    settings.MEDIA_ROOT = tmp_path
    font = OfficeFont(
        office=world.credit, name="坏字体", sha256="0" * 64, added_by=author, added_at=clock.now()
    )
    font.size, font.characters = 1, 3000
    font.file.save("bad.otf", ContentFile(spoilt("决", "定", "书")))
    row = proposed_style(world, author, font_title=font)

    shown = ask(second, reverse("office_letter_preview", args=["style", row.uuid]))
    assert (shown.status_code, shown["Location"]) == (302, style_page(world))
    answer = ask(second, reverse("office_letter_review", args=["style", row.uuid]), {"do": "approve"})
    assert "这一版画不出文书" in str([str(each) for each in get_messages(answer.wsgi_request)])
    row.refresh_from_db()
    assert row.state == "open"


def test_seals_and_fonts_are_not_taken_without_end(world: World, author: User, settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"letter_file": "1/h/user"}
    style, font = style_page(world), reverse("office_letter_font", args=[world.credit.code])
    assert ask(author, style, {"why": ""}).status_code == 422
    assert ask(author, style, {"why": ""}).status_code == ask(author, font, {}).status_code == 429
    assert ask(author, style).status_code == 200, "looking at the page is not counted"


# -- what is sent twice, or changed meanwhile


def test_the_same_sent_twice_is_one_proposal(world: World, author: User) -> None:
    seen = seen_on(author, text_page(world))
    for _each in range(2):
        answer = ask(author, text_page(world), {"text": WORDS, "why": "写明时间", "seen": seen})
        assert answer.status_code == 302
    assert NoticeText.objects.get().state == "open"
    style = {"seal": "drawn", "head": "某办文件", "why": "统一", "seen": seen_on(author, style_page(world))}
    for _each in range(2):
        assert ask(author, style_page(world), style).status_code == 302
    assert OfficeStyle.objects.get().state == "open"


def test_what_somebody_else_changed_meanwhile_is_not_overwritten_unseen(
    world: World, author: User, second: User
) -> None:
    given = {"text": "请到{联系单位}，或者致电{电话}。", "why": "换一个说法"}
    seen = seen_on(second, text_page(world))
    theirs = proposed_text(world, author)
    answer = ask(second, text_page(world), {**given, "seen": seen})
    page = text(answer)
    assert answer.status_code == 422 and "别人改了这里" in page
    assert given["text"] in page and "等待审核的修改" in page, "what was typed stays; what changed is shown"
    theirs.refresh_from_db()
    assert theirs.state == "open"
    now_seen = str(answer.context["form"]["seen"].value())
    assert ask(second, text_page(world), {**given, "seen": now_seen}).status_code == 302


def test_what_was_approved_meanwhile_is_not_overwritten_unseen(
    world: World, author: User, second: User
) -> None:
    seen = seen_on(author, style_page(world))
    approve(proposal=proposed_style(world, author, head="某办文件"), actor=second, today=TODAY)
    given = {"seal": "drawn", "phone": "0561-1", "why": "换电话", "seen": seen}
    answer = ask(author, style_page(world), given)
    assert answer.status_code == 422 and "别人改了这里" in text(answer)
    assert OfficeStyle.objects.filter(state="open").count() == 0


# -- to decline, and to restore


@pytest.mark.parametrize(
    ("why", "said"), [("", "请写明原因"), (" ", "请写明原因"), ("因" * 201, "不超过200个字")]
)
def test_a_proposal_is_not_declined_without_a_fitting_reason(
    world: World, author: User, second: User, why: str, said: str
) -> None:
    for name, row in (
        ("text", proposed_text(world, author)),
        ("style", proposed_style(world, author, head="某办文件")),
    ):
        address = reverse("office_letter_review", args=[name, row.uuid])
        answer = ask(second, address, {"do": "decline", "why": why})
        page = text(answer)
        assert answer.status_code == 422 and page.count(said) == 2 and 'href="#decline_why"' in page
        assert "<title>错误：" in page
        assert page.count('id="decline_why"') == page.count('id="id_why"') == 1
        row.refresh_from_db()
        assert row.state == "open"


def test_who_may_only_review_reads_the_proposal_first_and_gets_no_form(world: World, author: User) -> None:
    theirs = member(world.authority, Role.SUPERVISOR, name="郑督")
    propose_style(office=world.authority, actor=theirs, head="某局文件", **HOW)
    address = reverse("office_letter_style", args=[world.authority.code])
    page = text(ask(author, address))
    assert "等待审核的修改" in page and "审核通过" in page and "不采用的原因" in page
    assert "修改样式" not in page and "授权字体" not in page
    own = text(ask(theirs, address))
    assert own.index("等待审核的修改") < own.index("修改样式")
    assert "撤回的原因" in own and "撤回我的修改" in own and 'value="approve"' not in own


def test_an_earlier_style_is_restored_with_its_seal(world: World, author: User, second: User) -> None:
    file = SimpleUploadedFile("seal.svg", svg(RING))
    given = {"seal": "new", "seal_file": file, "head": "某办文件", "why": "换印章"}
    assert ask(author, style_page(world), given).status_code == 302
    first = approve(proposal=OfficeStyle.objects.get(), actor=second, today=TODAY)
    approve(proposal=proposed_style(world, author, head="别的"), actor=second, today=TODAY)

    again = f"{style_page(world)}?from={first.uuid}"
    assert f"?from={first.uuid}#change-title" in text(ask(author, style_page(world)))
    form = ask(author, again).context["form"]
    assert form["head"].value() == "某办文件" and form["seal"].value() == "keep"
    names = ("head", "seal", "address", "phone", "hours", "why", "seen")
    assert ask(author, again, {name: form[name].value() or "" for name in names}).status_code == 302
    restored = OfficeStyle.objects.get(state="open")
    assert (restored.head, restored.seal_svg) == ("某办文件", first.seal_svg)


def test_an_address_that_asks_for_nothing_of_theirs_begins_with_what_holds(
    world: World, author: User
) -> None:
    for asked in ("x", "00000000-0000-4000-8000-000000000000"):
        assert ask(author, f"{style_page(world)}?from={asked}").status_code == 200
        assert ask(author, f"{text_page(world)}?from={asked}").status_code == 200


def test_the_list_says_what_is_the_office_s_own_and_what_waits(
    world: World, author: User, second: User
) -> None:
    address = reverse("office_letters")
    assert "本单位样式" not in text(ask(author, address))
    approve(proposal=proposed_style(world, author, head="某办文件"), actor=second, today=TODAY)
    proposed_text(world, author)
    page = text(ask(author, address))
    assert "本单位样式" in page and "按县里要求统一" in page
