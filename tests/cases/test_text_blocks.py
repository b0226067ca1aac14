"""Blocks of text 常用语: who is offered which, who edits them, and how they stand in the forms."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from credit_repair.cases.errors import ActionRefused, NotYours
from credit_repair.cases.models import TextBlock
from credit_repair.cases.services.text_blocks import add_text_block, change_text_block, move_text_block
from credit_repair.cases.text_blocks import readable_blocks, text_blocks_by_use
from credit_repair.core import clock
from credit_repair.core.models import AuditEntry
from credit_repair.people.models import Role, User
from credit_repair.registry.models import Office
from tests.registry.factories import OfficeFactory, RecordFactory
from tests.world import TODAY, World, deciding_case, make_user, member, submitted_case, verifying_case

AGREE = TextBlock.Use.AGREE


@pytest.fixture
def supervisor(world: World) -> User:
    return member(world.credit, Role.SUPERVISOR, name="孙督")


@pytest.fixture
def own_supervisor(world: World) -> User:
    """Who supervises at the authority: its own blocks, never those of all."""
    return member(world.authority, Role.SUPERVISOR, name="郑督")


def block(office: Office | None, title: str, **fields: Any) -> TextBlock:
    return TextBlock.objects.create(
        office=office, title=title, **{"use": AGREE, "text": f"{title}。", **fields}
    )


def titles(user: User, use: str = AGREE) -> list[str]:
    return [each.title for each in text_blocks_by_use(user=user, uses=[use], on=TODAY)[use]]


def add(actor: User, office: Office | None, **changed: Any) -> TextBlock:
    given = {"use": AGREE, "title": "已缴清", "text": "罚款已经缴清。", "active": True, **changed}
    return add_text_block(office=office, actor=actor, today=TODAY, **given)


# -- who is offered what


def test_a_person_is_offered_their_offices_blocks_and_then_those_of_all(world: World) -> None:
    block(None, "所有单位的", position=1)
    block(world.authority, "本单位的乙", position=2)
    block(world.authority, "本单位的甲", position=1)
    block(world.credit, "别单位的")
    block(world.authority, "停用的", active=False)
    block(world.authority, "别的用途", use=TextBlock.Use.SEND_BACK)
    assert titles(world.verifier) == ["本单位的甲", "本单位的乙", "所有单位的"]
    assert titles(world.verifier, TextBlock.Use.SEND_BACK) == ["别的用途"]


def test_who_serves_no_office_is_offered_those_of_all_alone(world: World) -> None:
    block(None, "所有单位的")
    block(world.credit, "信用办的")
    assert titles(make_user("路人")) == ["所有单位的"]


def test_what_is_switched_off_is_read_only_where_it_is_edited(
    world: World, supervisor: User, own_supervisor: User
) -> None:
    block(world.authority, "停用的", active=False)
    block(None, "停用的通用", active=False)

    def read(user: User) -> list[str]:
        return [each.title for each in readable_blocks(user=user, on=TODAY)]

    assert read(own_supervisor) == ["停用的"]
    assert read(supervisor) == ["停用的通用"]
    assert read(world.verifier) == []


# -- who edits


def test_supervisors_edit_their_own_offices_blocks(world: World, own_supervisor: User) -> None:
    made = add(own_supervisor, world.authority)
    changed = change_text_block(
        block=made, title="缴清", text="已缴清罚款。", active=False, actor=own_supervisor, today=TODAY
    )
    assert (changed.title, changed.text, changed.active) == ("缴清", "已缴清罚款。", False)
    entries = AuditEntry.objects.filter(object_type="cases.textblock").order_by("pk")
    assert [entry.action for entry in entries] == ["add_text_block", "change_text_block"]
    assert entries[0].data == {"office": world.authority.code, "purpose": "同意修复的核查意见"}


def test_nobody_edits_another_offices_blocks_nor_those_of_all_without_setting_rules(
    world: World, supervisor: User, own_supervisor: User
) -> None:
    of_all = add(supervisor, None)
    for office in (None, world.credit, OfficeFactory()):
        with pytest.raises(NotYours):
            add(own_supervisor, office)
    for person in (own_supervisor, world.verifier):
        with pytest.raises(NotYours):
            change_text_block(block=of_all, title="改", text="改。", active=True, actor=person, today=TODAY)
        with pytest.raises(NotYours):
            move_text_block(block=of_all, by=1, actor=person, today=TODAY)
    of_all.refresh_from_db()
    assert (of_all.title, TextBlock.objects.count()) == ("已缴清", 1)


def test_a_text_that_no_document_can_print_is_refused(world: World, supervisor: User) -> None:
    with pytest.raises(ActionRefused, match="\U0001f600"):
        add(supervisor, world.credit, text="已缴清\U0001f600")
    assert not TextBlock.objects.exists()


def test_blocks_are_put_in_order_within_their_office_and_use(world: World, supervisor: User) -> None:
    one, two, three = (add(supervisor, world.credit, title=title) for title in ("一", "二", "三"))
    move_text_block(block=three, by=-1, actor=supervisor, today=TODAY)
    assert titles(supervisor) == ["一", "三", "二"]
    move_text_block(block=one, by=-1, actor=supervisor, today=TODAY)
    move_text_block(block=two, by=1, actor=supervisor, today=TODAY)
    assert titles(supervisor) == ["一", "三", "二"]
    assert AuditEntry.objects.filter(action="move_text_block").count() == 1


# -- the pages


def page(user: User, name: str, *args: Any, **data: str) -> Any:
    client = Client()
    client.force_login(user)
    with clock.assume(TODAY):
        url = reverse(name, args=args)
        return client.post(url, data) if data else client.get(url)


def test_a_supervisor_adds_changes_and_orders_on_the_pages(world: World, supervisor: User) -> None:
    given = {"use": "agree", "title": "已缴清", "text": "罚款已经缴清。", "active": "on"}
    assert page(supervisor, "office_text_new", office="all", **given).status_code == 302
    made = TextBlock.objects.get()
    assert made.office is None
    page(supervisor, "office_text", made.pk, title="已缴清", text="罚款已全部缴清。")
    made.refresh_from_db()
    assert (made.text, made.active) == ("罚款已全部缴清。", False)
    assert "已停用" in page(supervisor, "office_texts").content.decode()
    other = add(supervisor, None, title="另一条")
    page(supervisor, "office_text_move", other.pk, do="up")
    assert titles(supervisor) == ["另一条"]
    made.refresh_from_db()
    assert made.position == 2


def test_an_office_that_is_not_ones_own_cannot_be_chosen(world: World, own_supervisor: User) -> None:
    given = {"use": "agree", "title": "已缴清", "text": "罚款已经缴清。", "active": "on"}
    for office in ("all", world.credit.code):
        answer = page(own_supervisor, "office_text_new", office=office, **given)
        assert answer.status_code == 422 and "office" in answer.context["form"].errors
    assert not TextBlock.objects.exists()


def test_a_text_with_an_unprintable_letter_is_said_at_its_field(world: World, supervisor: User) -> None:
    answer = page(
        supervisor, "office_text_new", office="all", use="agree", title="笑", text="好\U0001f600", active="on"
    )
    assert "\U0001f600" in str(answer.context["form"].errors["text"])


def test_readers_read_and_are_offered_nothing_to_press(world: World, supervisor: User) -> None:
    made = add(supervisor, None)
    text = page(world.verifier, "office_texts").content.decode()
    assert "罚款已经缴清。" in text
    assert reverse("office_text", args=[made.pk]) not in text
    assert reverse("office_text_new") not in text
    assert page(world.verifier, "office_text", made.pk).status_code == 404
    assert page(world.verifier, "office_text_new").status_code == 404


def test_the_list_asks_no_more_for_more_blocks(
    world: World, supervisor: User, django_assert_max_num_queries: Any
) -> None:
    for number in range(12):
        add(supervisor, world.credit if number % 2 else None, title=f"第{number}条")
    client = Client()
    client.force_login(supervisor)
    with clock.assume(TODAY):
        client.get(reverse("office_texts"))
        with django_assert_max_num_queries(30):
            client.get(reverse("office_texts"))


# -- in the forms


def test_the_opinions_form_offers_texts_for_both_opinions(world: World, supervisor: User) -> None:
    add(supervisor, None, title="缴清的", text="罚款缴清，同意修复。")
    add(supervisor, None, title="没缴清的", text="罚款没有缴清，不同意修复。", use=TextBlock.Use.DISAGREE)
    add(supervisor, None, title="转送的", text="转送办理。", use=TextBlock.Use.FORWARD)
    case = verifying_case(world)
    text = page(world.verifier, "office_repair", case.uuid).content.decode()
    assert "罚款缴清，同意修复。" in text and "罚款没有缴清，不同意修复。" in text
    assert "转送办理。" not in text
    assert text.count("罚款缴清，同意修复。") == 1
    assert 'data-dk-text-into="id_give_opinion-text"' in text
    assert "desk/text_blocks" in text


def test_a_refusal_offers_its_own_texts_under_the_reason(world: World, supervisor: User) -> None:
    add(supervisor, None, title="不归本办", text="不属于本办受理范围。", use=TextBlock.Use.NOT_ACCEPTED)
    add(supervisor, None, title="没有履行", text="义务没有履行完毕。", use=TextBlock.Use.REFUSED)
    early = submitted_case(world)
    text = page(world.intake, "office_repair", early.uuid).content.decode()
    assert "不属于本办受理范围。" in text and "义务没有履行完毕。" not in text
    assert 'data-dk-text-into="id_refuse_to_accept-reason"' in text
    other = RecordFactory(subject=world.subject, authority=world.authority)
    text = page(world.approver, "office_repair", deciding_case(world, record=other).uuid).content.decode()
    assert "义务没有履行完毕。" in text and "不属于本办受理范围。" not in text


def test_a_letter_of_enquiry_offers_its_own_texts_under_the_question(world: World, supervisor: User) -> None:
    add(supervisor, None, title="核实凭证", text="请核实所附凭证。", use=TextBlock.Use.ENQUIRY)
    case = verifying_case(world)
    for name, target in (("office_repair", "id_ask_question"), ("office_enquiry_ask", "id_question")):
        text = page(world.verifier, name, case.uuid).content.decode()
        assert text.count("请核实所附凭证。") == 1
        assert f'data-dk-text-into="{target}"' in text


def test_a_form_without_texts_shows_no_list(world: World) -> None:
    case = verifying_case(world)
    assert "data-dk-text-into" not in page(world.verifier, "office_repair", case.uuid).content.decode()


def test_texts_for_several_fields_are_asked_for_at_once(
    world: World, supervisor: User, django_assert_max_num_queries: Any
) -> None:
    add(supervisor, None)
    uses = list(TextBlock.Use.values)
    text_blocks_by_use(user=world.verifier, uses=uses, on=TODAY)
    with django_assert_max_num_queries(2):
        found = text_blocks_by_use(user=world.verifier, uses=uses, on=TODAY)
    assert [each.title for each in found[AGREE]] == ["已缴清"]
