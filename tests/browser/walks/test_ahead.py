"""Filing ahead: prepared today, submitted by itself on the first lawful day. This demo sees two days."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.desk import Desk
from tests.browser.people import Person, download, reload_until
from tests.browser.walks import papers
from tests.browser.walks.test_filing import CLERK, FILING_MS, fill_in, sign
from tests.browser.walks.walk import Walk

pytestmark = pytest.mark.slow

#: Of the demo's records: its minimum period is over on the fourth day of the demo, a Tuesday.
AHEAD = "（濉）交罚〔2026〕717号"
ITS_DAY = "2026-11-24"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Desk]:
    """Return a demo of this module's own: it will be stopped, and opened again on another day."""
    running = Desk(tmp_path_factory.mktemp("ahead"))
    running.open()
    yield running
    assert running.stop() == 0, running.complaints
    assert "Traceback" not in running.complaints, running.complaints


def test_what_is_filed_ahead_submits_itself_on_its_day(
    desk: Desk, telephone: Callable[[str], Person], visitor: Callable[..., Page], begin: Callable[..., Walk]
) -> None:
    walk = begin(telephone("qiye"), "3-ahead", "先办好，到期自动提交", CLERK)
    page = walk.page
    page.goto("/me/repair/")
    for box in page.get_by_role("checkbox", checked=True).all():
        box.uncheck()
    pick = page.get_by_role("checkbox", name=re.compile(re.escape(AHEAD)))
    walk.choose(pick)
    walk.step("最短公示期还差几天的，也可以现在就勾选，先把材料备齐。", at=pick)
    walk.click(page.get_by_role("button", name=re.compile("申请修复")))
    fill_in(walk)
    walk.click(page.get_by_role("button", name="保存并继续"))
    sign(walk)
    walk.click(page.get_by_role("button", name=re.compile("签署")))
    walk.attach(page.locator("input[type=file]").first, papers.receipt())
    papers.uploaded(page, "罚款缴款凭证.jpg")
    walk.click(page.get_by_role("link", name="完成，继续下一步"))
    submit = page.locator("main form").get_by_role("button").last
    walk.step("核对页上的按钮写的是“预约”：今天不提交，到期提交。", at=submit)
    walk.click(submit)
    expect(page.get_by_text("2026年11月24日自动提交").first).to_be_visible(timeout=FILING_MS)
    walk.step("已经预约。到那一天以前，随时可以取消、修改。")

    assert desk.stop() == 0, desk.complaints
    desk.open(day=ITS_DAY)
    desk.manage("settle_cases", "--as-of", ITS_DAY)  # as the schedule does every minute: nobody waits for it
    walk.goes_on_as(telephone("qiye"), "四天以后，企业经办人")
    page = walk.page
    page.goto("/me/cases/")
    row = page.locator("li, tr").filter(has_text=AHEAD)
    number = row.get_by_role("link", name=re.compile(r"XF-2026-\d+"))
    reload_until(page, lambda: number.count() > 0)
    walk.step("到了这一天，没有人点任何按钮，申请已经提交，有了编号。", at=number.first)
    found = re.search(r"XF-2026-\d+", number.first.inner_text())
    assert found is not None
    number.first.click()
    receipt = page.get_by_role("link", name=re.compile("材料接收凭证")).first
    reload_until(page, lambda: receipt.count() == 1)
    walk.step("期限从这一天起算，谁在办、哪一天以前有结果，都写明了。")
    assert found[0] in walk.paper(download(page, receipt), "材料接收凭证也已经开出。")

    letters = visitor()
    letters.goto("/demo/mails/")
    mail = letters.get_by_role("link", name=re.compile(f"信用修复申请已提交（{found[0]}）"))
    reload_until(letters, lambda: mail.count() > 0)
    walk.goes_on_as(letters, "邮箱里")
    mail.first.click()
    walk.step("同时收到邮件：编号、接下来会怎样。")
    walk.finish()
