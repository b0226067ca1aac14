"""The pages over the law and the register, as the people who work with them see them."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.people import Person
from tests.browser.tables import TO_SHARE

pytestmark = pytest.mark.slow

Look = Callable[[Page, str], None]


def test_a_supervisor_reads_the_law_and_lays_a_local_rule_over_it(
    person: Callable[..., Person], check_page: Look
) -> None:
    page = person("duban")
    page.goto("/office/rules/")
    check_page(page, "rules")
    page.goto("/office/rules/words/")
    check_page(page, "rules-words")
    page.goto("/office/rules/ndrc-36/")
    check_page(page, "rules-set")
    page.goto("/office/rules/ndrc-36/clock.answer.days/")
    page.get_by_role("button", name="设置", exact=True).click()
    expect(page).to_have_title(re.compile("^错误："))
    check_page(page, "rules-item-errors")
    page.get_by_role("spinbutton", name="本地值").fill("8")
    page.get_by_label("级别").select_option(label="市级")
    page.get_by_label("施行日").fill("2026-05-01")
    page.get_by_label("依据").fill("某市信用信息管理办法第十条")
    page.get_by_label("设置原因").fill("本市另有规定")
    page.get_by_role("button", name="设置", exact=True).click()
    expect(page.get_by_text("某市信用信息管理办法第十条").first).to_be_visible()
    check_page(page, "rules-item")
    page.goto("/office/rules/editions/")
    check_page(page, "rules-editions")
    page.locator("main").get_by_role("link", name=re.compile("^[0-9a-f]{8}")).first.click()
    check_page(page, "rules-edition")


def test_the_calendar_shows_what_is_announced_and_what_is_not(
    person: Callable[..., Person], check_page: Look
) -> None:
    page = person("duban")
    page.goto("/office/calendar/2026/")
    check_page(page, "calendar")
    page.goto("/office/calendar/2027/")
    expect(page.get_by_text("暂按").first).to_be_visible()
    page.goto("/office/calendar/announce/")
    page.get_by_label("年份").fill("2027")
    page.get_by_label("公布文件").fill("国务院办公厅关于2027年部分节假日安排的通知")
    page.get_by_label("放假和调休").fill("2027-01-01 休\n元月二日 休")
    page.get_by_role("button", name="录入", exact=True).click()
    expect(page).to_have_title(re.compile("^错误："))
    check_page(page, "calendar-announce-errors")


def test_records_are_found_adjusted_and_their_supply_judged(
    person: Callable[..., Person], check_page: Look
) -> None:
    page = person("shuju")
    page.goto("/office/records/?q=" + TO_SHARE)
    check_page(page, "office-records-found")
    page.get_by_role("link", name=TO_SHARE).click()
    check_page(page, "office-record")
    page.get_by_role("link", name=re.compile("调整|人工认定")).first.click()
    page.get_by_role("button", name="预览").click()
    expect(page).to_have_title(re.compile("^错误："))
    check_page(page, "record-adjust-errors")
    page.get_by_label("最短公示期").fill("4")
    page.get_by_label("依据").fill("某条例第六条")
    page.get_by_label("原因").fill("该条例另有规定")
    page.get_by_role("button", name="预览").click()
    check_page(page, "record-adjust-preview")
    page.get_by_role("link", name="取消").click()
    for address, name in (
        ("/office/records/held/", "records-held"),
        ("/office/imports/", "office-imports"),
        ("/office/imports/conflicts/", "office-conflicts"),
        ("/office/imports/supply/", "office-supply"),
        ("/office/imports/wrong-codes/", "office-wrong-codes"),
    ):
        page.goto(address)
        check_page(page, name)


def test_an_enterprise_subscribes_to_its_repair_calendar_and_revokes_it(
    person: Callable[..., Person], check_page: Look
) -> None:
    page = person("qiye")
    page.goto("/me/calendar/")
    check_page(page, "repair-calendar")
    page.get_by_role("button", name="生成订阅地址").click()
    address = page.locator("#address").inner_text()
    check_page(page, "repair-calendar-address")
    stranger = page.request.get(address)
    assert stranger.ok and "BEGIN:VCALENDAR" in stranger.text()
    page.goto("/me/calendar/")
    page.get_by_role("button", name="停用地址").click()
    expect(page.get_by_role("button", name="生成订阅地址")).to_be_visible()
    assert page.request.get(address).status == 404
