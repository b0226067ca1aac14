"""The pages of a basket, from its task list to what was filed: fill in once, check, hand in."""

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from credit_repair.cases.models import Attachment, Case, Filing
from credit_repair.people.models import Role
from credit_repair.registry.models import Record
from credit_repair.repairs import services as repairs
from credit_repair.repairs.models import RepairBasket
from tests.repairs.baskets import NOT_YET, another, answers, basket_of, complete, queries, text
from tests.world import (
    ANSWERS,
    PDF,
    TODAY,
    World,
    build_world,
    complete_draft,
    draft,
    fresh,
    member,
    signed_in,
    submitted_case,
    upload,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_the_day")]


@pytest.fixture
def clerk(world: World) -> Client:
    return signed_in(world.clerk)


# -- task list


def test_the_task_list_says_what_is_done_and_what_comes_next(world: World, clerk: Client) -> None:
    filing = basket_of(world, world.record, another(world))
    page = text(clerk, "my_filing", filing.uuid)
    assert "共5项，已完成1项" in page
    assert "还不能开始" in page
    complete(world, filing)
    page = text(clerk, "my_filing", filing.uuid)
    assert "共5项，已完成4项" in page
    assert reverse("my_filing_check", args=[filing.uuid]) in page


def test_what_must_wait_says_from_which_day_it_submits_itself(world: World, clerk: Client) -> None:
    filing = basket_of(world, world.record, another(world, decision_date=NOT_YET))
    assert "其中1条2027年1月11日起才能提交，届时自动提交" in text(clerk, "my_filing", filing.uuid)


def test_a_record_is_taken_out_but_the_last_one_only_with_the_whole(world: World, clerk: Client) -> None:
    filing = basket_of(world, world.record, another(world))
    first, second = filing.cases.order_by("pk")
    clerk.post(reverse("my_filing_drop_record", args=[filing.uuid, first.uuid]))
    assert fresh(first).state == "discarded"
    answer = clerk.post(reverse("my_filing_drop_record", args=[filing.uuid, second.uuid]))
    assert answer["Location"] == reverse("my_filing_discard", args=[filing.uuid])
    assert fresh(second).state == "draft"
    clerk.post(reverse("my_filing_discard", args=[filing.uuid]))
    assert fresh(second).state == "discarded"
    gone = clerk.get(reverse("my_filing", args=[filing.uuid]))
    assert gone["Location"] == reverse("my_repair_choose")


def test_a_record_of_another_basket_is_not_taken_out(world: World, clerk: Client) -> None:
    other = build_world()
    filing, foreign = basket_of(world, world.record, another(world)), draft(other)
    clerk.post(reverse("my_filing_drop_record", args=[filing.uuid, foreign.uuid]))
    assert fresh(foreign).state == "draft"
    assert clerk.get(reverse("my_filing", args=[foreign.filing.uuid])).status_code == 404


# -- answers


def test_one_day_counts_for_all_whose_own_was_left_empty(world: World, clerk: Client) -> None:
    filing = basket_of(world, world.record, another(world), another(world))
    second = filing.cases.order_by("pk")[1]
    clerk.post(
        reverse("my_filing_statement", args=[filing.uuid]),
        answers(
            filing, **{f"performed_on_{second.uuid}": "2026-06-30", f"statement_{second.uuid}": "分期缴清"}
        ),
    )
    days = [case.repair.performed_on for case in filing.cases.order_by("pk")]
    assert days == [ANSWERS["performed_on"], date(2026, 6, 30), ANSWERS["performed_on"]]
    said = [case.repair.statement for case in filing.cases.order_by("pk")]
    assert said == [ANSWERS["statement"], "分期缴清", ANSWERS["statement"]]
    page = text(clerk, "my_filing_statement", filing.uuid)
    assert "分期缴清" in page
    assert page.count(ANSWERS["statement"]) == 1


def test_a_day_before_another_records_decision_does_not_count_for_it(world: World, clerk: Client) -> None:
    late = another(world, decision_date=date(2026, 7, 1))
    filing = basket_of(world, world.record, late)
    page = clerk.post(reverse("my_filing_statement", args=[filing.uuid]), answers(filing)).content.decode()
    assert "请为它单独填写" in page


def test_a_record_added_meanwhile_gets_no_day_that_nobody_saw(world: World, clerk: Client) -> None:
    filing = basket_of(world, world.record, another(world))
    sent = answers(filing)
    basket_of(world, another(world))
    page = clerk.post(reverse("my_filing_statement", args=[filing.uuid]), sent).content.decode()
    assert "刚刚加进来的" in page


def test_what_is_unfinished_can_be_kept_and_what_is_wrong_cannot(world: World, clerk: Client) -> None:
    filing = basket_of(world)
    url, case = reverse("my_filing_statement", args=[filing.uuid]), filing.cases.get()
    half = {
        "statement": "罚款已经缴清",
        "contact_name": "周小敏",
        "contact_phone": "",
        "revision": 0,
        "later": "1",
    }
    assert clerk.post(url, half)["Location"] == reverse("my_filing", args=[filing.uuid])
    page = text(clerk, "my_filing_statement", filing.uuid)
    assert "罚款已经缴清" in page
    assert "进行中" not in text(clerk, "my_filing", filing.uuid)
    wrong = {**half, "revision": 1, f"performed_on_{case.uuid}": "2026-13-40"}
    assert "请按“2026-11-21”的格式填写日期" in clerk.post(url, wrong).content.decode()
    assert RepairBasket.objects.get().revision == 1


def test_a_second_tab_keeps_what_was_typed_and_can_save_it_then(world: World, clerk: Client) -> None:
    filing = basket_of(world)
    url, sent = reverse("my_filing_statement", args=[filing.uuid]), answers(filing)
    clerk.post(url, sent)
    page = clerk.post(url, {**sent, "statement": "第二个页面写的"}).content.decode()
    assert "别的页面或设备上保存过" in page
    assert "第二个页面写的" in page
    assert 'name="revision" value="1"' in page
    assert filing.cases.get().repair.statement == ANSWERS["statement"]
    clerk.post(url, {**sent, "statement": "第二个页面写的", "revision": 1})
    assert filing.cases.get().repair.statement == "第二个页面写的"


def test_a_change_asked_for_on_the_check_page_leads_straight_back(world: World, clerk: Client) -> None:
    filing = complete(world, basket_of(world))
    check = reverse("my_filing_check", args=[filing.uuid])
    page = text(clerk, "my_filing_check", filing.uuid)
    assert reverse("my_filing_statement", args=[filing.uuid]) + "?from=check" in page
    url = reverse("my_filing_statement", args=[filing.uuid]) + "?from=check"
    assert clerk.post(url, answers(filing))["Location"] == check


def test_whom_to_call_is_not_asked_twice(world: World, clerk: Client) -> None:
    world.clerk.phone = ""
    world.clerk.save(update_fields=["phone"])
    first = complete(world, basket_of(world))
    hand_in(clerk, first)
    second = basket_of(world, another(world))
    assert 'value="13800000000"' in text(clerk, "my_filing_statement", second.uuid)


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (Record.Kind.PENALTY, "处罚决定要求的义务已经全部履行"),
        (Record.Kind.SERIOUS_LIST, "不良影响已经消除"),
        (Record.Kind.ABNORMAL_LIST, "列入名录的情形已经改正"),
        (Record.Kind.OTHER, "失信行为已经纠正"),
    ],
)
def test_the_declaration_speaks_of_what_is_to_be_repaired(
    world: World, clerk: Client, kind: str, words: str
) -> None:
    filing = basket_of(world)
    Record.objects.filter(pk=world.record.pk).update(kind=kind, list_name="某名单")
    assert words in text(clerk, "my_filing_statement", filing.uuid)


# -- check and file


def test_a_basket_is_handed_in_at_one_press(world: World, clerk: Client) -> None:
    filing = basket_of(world, world.record, another(world), another(world, decision_date=NOT_YET))
    complete_days(world, filing)
    page = text(clerk, "my_filing_check", filing.uuid)
    assert page.count("今天提交") == 2
    assert "2027年1月11日自动提交" in page
    answer = clerk.post(reverse("my_filing_check", args=[filing.uuid]), {"seen": seen_in(page)})
    assert answer["Location"] == reverse("my_filing_filed", args=[filing.uuid])
    page = text(clerk, "my_filing_filed", filing.uuid)
    assert filing.query_code in page
    for case in filing.cases.exclude(number=None):
        assert case.number in page
    assert "2件申请已提交" in page
    assert "2027年1月11日自动提交" in page
    assert "2026年11月25日以前决定是否受理" in page
    assert clerk.get(reverse("my_filing", args=[filing.uuid]))["Location"] == answer["Location"]


def complete_days(world: World, filing: Filing) -> None:
    """As complete(), with a day for the record that was imposed late."""
    last = filing.cases.order_by("pk").last()
    assert last is not None
    sent = answers(filing, **{f"performed_on_{last.uuid}": "2026-11-01"})
    assert (
        signed_in(world.clerk).post(reverse("my_filing_statement", args=[filing.uuid]), sent).status_code
        == 302
    )
    for kind in (Attachment.Kind.COMMITMENT, Attachment.Kind.PROOF):
        repairs.add_material(
            filing=filing,
            actor=world.clerk,
            today=TODAY,
            kind=kind,
            upload=upload(content=PDF + kind.encode()),
        )


def seen_in(page: str) -> str:
    return page.split('name="seen" value="')[1].split('"')[0]


def hand_in(client: Client, filing: Filing) -> Any:
    """Press the button of the check page, as it stands now."""
    url = reverse("my_filing_check", args=[filing.uuid])
    return client.post(url, {"seen": seen_in(client.get(url).content.decode())})


def test_a_second_press_shows_what_was_filed(world: World, clerk: Client) -> None:
    filing = complete(world, basket_of(world))
    url = reverse("my_filing_check", args=[filing.uuid])
    mark = {"seen": seen_in(clerk.get(url).content.decode())}
    first, second = clerk.post(url, mark), clerk.post(url, mark)
    assert first["Location"] == second["Location"] == reverse("my_filing_filed", args=[filing.uuid])
    assert Case.objects.exclude(number=None).count() == 1


def test_what_changed_since_it_was_read_is_read_again_before_it_is_filed(world: World, clerk: Client) -> None:
    filing = complete(world, basket_of(world))
    mark = seen_in(text(clerk, "my_filing_check", filing.uuid))
    basket_of(world, another(world))
    page = clerk.post(reverse("my_filing_check", args=[filing.uuid]), {"seen": mark}).content.decode()
    assert "刚才在别的页面或设备上改过" in page
    assert not Case.objects.exclude(number=None).exists()


@pytest.mark.parametrize("sent", [{}, {"seen": ""}])
def test_what_was_not_seen_is_not_filed(world: World, clerk: Client, sent: dict[str, str]) -> None:
    filing = complete(world, basket_of(world))
    page = clerk.post(reverse("my_filing_check", args=[filing.uuid]), sent).content.decode()
    assert "请核对后再提交" in page
    assert not Case.objects.exclude(number=None).exists()


def test_what_is_not_ready_stays_behind_with_its_reason(world: World, clerk: Client) -> None:
    filing = basket_of(world, world.record, another(world))
    complete(world, filing)
    Attachment.objects.filter(case=filing.cases.order_by("pk").last(), kind="proof").delete()
    page = text(clerk, "my_filing_check", filing.uuid)
    assert "先提交备齐的1条" in page
    hand_in(clerk, filing)
    page = text(clerk, "my_filing_filed", filing.uuid)
    assert "还有1条没有提交" in page
    assert "请先上传履行义务的证明材料" in page
    # And it goes on from its own task list.
    assert "同一批里已经提交的" in text(clerk, "my_filing", filing.uuid)


def test_nothing_ready_is_said_on_the_check_page(world: World, clerk: Client) -> None:
    filing = basket_of(world)
    page = text(clerk, "my_filing_check", filing.uuid)
    assert "请先填写“改正和履行情况”" in page
    assert "提交申请</button>" not in page
    page = hand_in(clerk, filing).content.decode()
    assert "请先填写“改正和履行情况”" in page


def test_a_receipt_that_is_being_made_asks_for_itself(world: World, clerk: Client) -> None:
    case = submitted_case(world)
    page = text(clerk, "my_filing_filed", case.filing.uuid)
    assert "正在生成" in page
    assert 'hx-trigger="every 3s"' in page


def test_before_anything_is_filed_there_is_no_confirmation(world: World, clerk: Client) -> None:
    filing = basket_of(world)
    answer = clerk.get(reverse("my_filing_filed", args=[filing.uuid]))
    assert answer["Location"] == reverse("my_filing", args=[filing.uuid])


# -- the desk, the window


def test_the_drafts_of_one_basket_are_one_thing_to_do_on_the_desk(world: World, clerk: Client) -> None:
    filing = basket_of(world, world.record, another(world))
    page = text(clerk, "me")
    assert "继续填写申请（2条信息）" in page
    assert page.split('id="records"')[0].count(reverse("my_filing", args=[filing.uuid])) == 1
    assert reverse("my_filing", args=[filing.uuid]) in text(clerk, "my_cases")


def test_every_page_stands_at_the_window_too(world: World) -> None:
    officer = member(world.credit, Role.WINDOW)
    filing = repairs.open_basket(
        subject=world.subject, actor=officer, today=TODAY, window_office=world.credit
    )
    repairs.add_records(filing=filing, records=[world.record, another(world)], actor=officer, today=TODAY)
    client = signed_in(officer)
    page = text(client, "window_filing", filing.uuid)
    assert "共6项，已完成1项" in page
    assert "签署申请表" in page
    assert world.subject.name in page
    for name in ("filing_records", "filing_statement", "filing_check", "filing_discard"):
        assert world.record.doc_no in text(client, f"window_{name}", filing.uuid) or name == "filing_discard"
    client.post(reverse("window_filing_statement", args=[filing.uuid]), answers(filing))
    for kind in ("commitment", "proof", "form"):
        repairs.add_material(
            filing=filing, actor=officer, today=TODAY, kind=kind, upload=upload(content=PDF + kind.encode())
        )
    mark = seen_in(text(client, "window_filing_check", filing.uuid))
    client.post(reverse("window_filing_check", args=[filing.uuid]), {"seen": mark})
    assert "请把查询码交给申请人" in text(client, "window_filing_filed", filing.uuid)
    assert signed_in(world.clerk).get(reverse("window_filing", args=[filing.uuid])).status_code == 404


# -- how much is asked


@pytest.mark.parametrize(
    "name", ["my_filing", "my_filing_records", "my_filing_statement", "my_filing_check", "my_repair_choose"]
)
def test_no_page_asks_more_for_twenty_records_than_for_two(world: World, clerk: Client, name: str) -> None:
    filing = complete(world, basket_of(world, world.record, another(world)))
    another(world)
    url = reverse(name, args=[filing.uuid] if name != "my_repair_choose" else [])
    queries(clerk, url)  # what is cached once for the process is not counted
    few = queries(clerk, url)
    basket_of(world, *(another(world) for _each in range(18)))
    complete(world, filing)
    another(world)
    assert queries(clerk, url) == few
    assert few <= 45


def test_the_confirmation_asks_the_same_for_one_and_for_many(world: World, clerk: Client) -> None:
    one = submitted_case(world).filing
    many = complete(world, basket_of(world, *(another(world) for _each in range(8))))
    hand_in(clerk, many)
    queries(clerk, reverse("my_filing_filed", args=[one.uuid]))
    few = queries(clerk, reverse("my_filing_filed", args=[one.uuid]))
    assert queries(clerk, reverse("my_filing_filed", args=[many.uuid])) == few


def test_a_complete_draft_needs_nothing_but_the_press(world: World, clerk: Client) -> None:
    case = complete_draft(world)
    assert "都已备齐" in text(clerk, "my_filing", case.filing.uuid)
    hand_in(clerk, case.filing)
    assert fresh(case).state == "submitted"
