"""What goes wrong for people, and what the site does: nothing is lost, and the words say what to do."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.desk import OTHER_CLERK
from tests.browser.filing import UPLOAD_MS, answer, complete, start
from tests.browser.people import Person, reload_until
from tests.browser.tables import (
    TO_FILE_WITHOUT_SCRIPT,
    TO_HIDE,
    TO_REFUSE,
    TO_SHARE,
    TO_SPOIL,
    TO_SUBMIT_TWICE,
)

pytestmark = pytest.mark.slow

PHONE = {"width": 375, "height": 812}
Look = Callable[[Page, str], None]


def test_wrong_passwords_wrong_files_and_empty_answers_are_explained(
    stranger: Callable[..., Page], check_page: Look, tmp_path: Path
) -> None:
    page = stranger()
    page.goto("/account/login/?next=/me/")
    page.get_by_label("用户名").fill(OTHER_CLERK)
    page.get_by_label("密码").fill("not-the-password")
    page.get_by_role("button", name="登录", exact=True).click()
    expect(page.get_by_text("用户名或密码不正确").first).to_be_visible()
    check_page(page, "sign-in-wrong")
    page.get_by_label("密码").fill("xinyong-demo-2026")
    page.get_by_role("button", name="登录", exact=True).click()
    check_page(page, "records-long-name")
    start(page, TO_SPOIL)

    # Nothing answered: a summary whose links lead to the fields, and the title says so.
    page.get_by_role("link", name="填写改正和履行情况").click()
    page.get_by_label("联系电话").fill("12")
    page.get_by_label("请简单说明").fill("")
    page.get_by_role("button", name="保存并继续").click()
    expect(page).to_have_title(re.compile("^错误："))
    summary = page.locator(".dk-errors")
    expect(summary.get_by_role("link")).to_have_count(4)
    summary.get_by_role("link", name="请写一两句话").click()
    expect(page.get_by_label("请简单说明")).to_be_focused()
    expect(page.get_by_label("联系电话")).to_have_value("12")
    check_page(page, "repair-statement-errors")

    # A file that is none of the three kinds, and one that only says so.
    page.get_by_role("link", name="返回，不保存").click()
    page.get_by_role("link", name="上传履行义务的证明").click()
    fake = tmp_path / "缴款凭证.pdf"
    fake.write_text("这不是PDF", encoding="utf-8")
    page.locator("input[type=file]").first.set_input_files(fake)
    expect(page.locator(".dk-upload__item")).to_contain_text("内容却不是PDF", timeout=UPLOAD_MS)
    assert page.get_by_role("button", name="删除").count() == 0
    check_page(page, "repair-proof-wrong-file")


def test_a_table_that_cannot_be_read_is_not_imported(
    person: Callable[..., Person], check_page: Look, tmp_path: Path
) -> None:
    page = person("shuju")
    page.goto("/office/imports/new/")
    table = tmp_path / "通讯录.csv"
    table.write_text("姓名,电话\n张三,123\n", encoding="utf-8")
    page.get_by_label("要导入的文件").set_input_files(table)
    page.get_by_role("button", name="导入", exact=True).click()
    expect(page.locator(".dk-errors")).to_contain_text("没有找到行政处罚信息表的列名")
    check_page(page, "office-import-unreadable")


def test_a_refusal_gives_its_reason(person: Callable[..., Person], check_page: Look, tmp_path: Path) -> None:
    applicant = person(OTHER_CLERK)
    applicant.goto(f"{complete(applicant, TO_REFUSE, tmp_path)}check/")
    applicant.get_by_role("button", name=re.compile("提交申请|照常提交")).click()
    applicant.get_by_role("link", name="查看办理进度").click()
    case_url = applicant.url
    intake = person("shouli")
    intake.get_by_role("row").filter(has_text=TO_REFUSE).get_by_role("link").click()
    intake.locator("summary", has_text="不予受理").click()
    intake.get_by_role("button", name="不予受理").click()
    expect(intake.locator(".dk-errors")).to_contain_text("请写明理由")
    check_page(intake, "office-repair-errors")
    intake.get_by_label("理由").fill("承诺书没有签字\n缴款凭证看不清金额")
    intake.get_by_role("button", name="不予受理").click()
    expect(intake.get_by_text(re.compile("：不予受理。"))).to_be_visible()
    applicant.goto(case_url)
    expect(applicant.locator(".dk-todo").get_by_text("缴款凭证看不清金额")).to_be_visible()
    notice = applicant.get_by_role("link", name=re.compile("不予受理通知书")).first
    reload_until(applicant, lambda: notice.count() == 1)
    check_page(applicant, "repair-not-accepted")
    applicant.get_by_role("button", name="按清单重新申请").click()
    expect(applicant.get_by_role("heading", level=1)).to_have_text("申请信用修复")
    # Nobody's desk but this one has anything on it.
    check_page(person("duban"), "office-inbox-empty")


def test_what_is_not_ones_own_does_not_exist(person: Callable[..., Person], check_page: Look) -> None:
    theirs = person(OTHER_CLERK)
    case_url = start(theirs, TO_HIDE)
    mine = person("qiye")
    answer = mine.goto(case_url)
    assert answer is not None and answer.status == 404
    check_page(mine, "not-found")
    mine.goto("/office/")
    check_page(mine, "office-not-for-applicants")
    assert mine.get_by_text(TO_HIDE).count() == 0

    # And after signing out, nothing is left behind.
    theirs.goto(case_url)
    theirs.locator("summary").filter(has_text="欧阳建国").click()
    theirs.get_by_role("button", name="退出").click()
    expect(theirs.get_by_role("link", name="登录办理")).to_be_visible()
    theirs.go_back()
    theirs.goto(case_url)
    expect(theirs.get_by_role("heading", level=1)).to_have_text("登录")


def test_a_second_tab_overwrites_nothing(person: Callable[..., Person], check_page: Look) -> None:
    first = person(OTHER_CLERK)
    case_url = start(first, TO_SHARE)
    second = first.context.new_page()
    for page in (first, second):
        page.goto(f"{case_url}statement/")
        answer(page)
    first.get_by_label("请简单说明").fill("第一个窗口写的。")
    first.get_by_role("button", name="保存并继续").click()
    expect(first.get_by_role("heading", level=1)).to_have_text("签署信用修复承诺书")
    second.get_by_label("请简单说明").fill("第二个窗口写的。")
    second.get_by_role("button", name="保存并继续").click()
    expect(second.locator(".dk-errors")).to_contain_text("刚才在别的页面或设备上保存过")
    expect(second.get_by_label("请简单说明")).to_have_value("第二个窗口写的。")
    check_page(second, "repair-statement-second-tab")
    second.get_by_role("button", name="保存并继续").click()
    expect(second.get_by_role("heading", level=1)).to_have_text("签署信用修复承诺书")
    first.goto(f"{case_url}statement/")
    expect(first.get_by_label("请简单说明")).to_have_value("第二个窗口写的。")


def test_pressing_twice_files_once(person: Callable[..., Person], check_page: Look, tmp_path: Path) -> None:
    page = person(OTHER_CLERK)
    case_url = complete(page, TO_SUBMIT_TWICE, tmp_path)
    twin = page.context.new_page()
    twin.goto(f"{case_url}check/")
    page.goto(f"{case_url}check/")
    page.get_by_role("button", name=re.compile("提交申请|照常提交")).dblclick()
    expect(page.get_by_role("heading", level=1)).to_have_text("申请已提交")
    twin.get_by_role("button", name=re.compile("提交申请|照常提交")).click()
    expect(twin.get_by_role("heading", level=1)).to_have_text("申请已提交")
    page.goto("/me/cases/")
    expect(page.get_by_role("row").filter(has_text=TO_SUBMIT_TWICE).filter(has_text="XF-")).to_have_count(1)
    page.goto(case_url)  # the basket is handed in: it leads on to what came of it
    page.get_by_role("link", name="查看办理进度").click()
    expect(page.get_by_role("heading", name="已提交申请")).to_have_count(1)

    # A change of mind is asked about once more.
    page.get_by_role("link", name="撤回这件申请").click()
    check_page(page, "repair-withdraw")
    page.get_by_role("button", name="确认撤回").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("已撤回")
    check_page(page, "repair-withdrawn")


def test_the_whole_filing_works_on_a_phone_without_scripts(
    person: Callable[..., Person], check_page: Look, tmp_path: Path
) -> None:
    page = person(OTHER_CLERK, java_script_enabled=False, viewport=PHONE, has_touch=True)
    case_url = complete(page, TO_FILE_WITHOUT_SCRIPT, tmp_path)
    page.goto(f"{case_url}check/")
    page.get_by_role("link", name=re.compile("修改.*履行情况")).click()
    page.get_by_label("请简单说明").fill("罚款已经缴清，并已改正。")
    page.get_by_role("button", name="保存并继续").click()
    expect(page.get_by_text("罚款已经缴清，并已改正。")).to_be_visible()
    page.get_by_role("button", name=re.compile("提交申请|照常提交")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("申请已提交")
    page.get_by_role("link", name="查看办理进度").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("待受理")
    page.locator("summary", has_text="菜单").click()
    page.get_by_role("link", name="我的申请", exact=True).last.click()
    expect(page.get_by_text(TO_FILE_WITHOUT_SCRIPT).first).to_be_visible()
