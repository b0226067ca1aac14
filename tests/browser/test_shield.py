"""A bankruptcy by clicking: from the shield to the confirmation, which the platform itself confirms; and a
penalty that a court revoked."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from pypdf import PdfReader

from tests.browser.desk import Desk
from tests.browser.people import Person, download, keep, reload_until
from tests.browser.tables import TO_SHARE
from tests.world import PDF

pytestmark = pytest.mark.slow

Look = Callable[[Page, str], None]

CLERK = "hezuoshe"
COURT = "濉溪县人民法院"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Desk]:
    """Return a demo of this module's own: what is shielded would be missing elsewhere."""
    running = Desk(tmp_path_factory.mktemp("shield"))
    running.start()
    yield running
    assert running.stop() == 0, running.complaints
    assert "Traceback" not in running.complaints, running.complaints


@pytest.fixture
def ruling(tmp_path: Path) -> Path:
    """The court's paper, as a file on the clerk's machine."""
    file = tmp_path / "民事裁定书.pdf"
    file.write_bytes(PDF)
    return file


def fill_in(person: Person, *, number: str, kind: str = "") -> None:
    """Fill in what the paper says."""
    if kind:
        person.get_by_label(kind, exact=True).check()
    person.get_by_label("法院", exact=True).fill(COURT)
    person.get_by_label("破产案件案号").fill("（2026）皖0621破3号")
    person.get_by_label("裁定书编号").fill(number)
    person.get_by_label("裁定日期").fill("2026-11-19")
    person.get_by_label("管理人").fill("安徽濉河律师事务所")


def send(person: Person, ruling: Path) -> None:
    """Choose the paper, and send it with what was filled in."""
    person.locator("main input[type=file]").set_input_files(ruling)
    person.get_by_role("button", name="提交", exact=True).click()
    expect(person.get_by_text("信用办正在核对裁定书")).to_be_visible()


def registered_and_carried_out(
    shouli: Person, duban: Person, *, act: str, check_page: Look, name: str
) -> None:
    """One official registers what waits, another carries it out."""
    shouli.goto("/office/shields/?state=submitted")
    shouli.locator("tbody th a").first.click()
    check_page(shouli, f"office-shield-{name}-waiting")
    shouli.get_by_role("button", name="登记，交审批").click()
    expect(shouli.get_by_text("已登记，等待另一位同事审批。")).to_be_visible()
    duban.goto("/office/shields/?state=registered")
    check_page(duban, f"office-shields-{name}")
    duban.locator("tbody th a").first.click()
    check_page(duban, f"office-shield-{name}-registered")
    duban.get_by_role("button", name=act, exact=True).click()
    expect(duban.get_by_text("已执行：告知书已签发")).to_be_visible()


def notice(person: Person, title: str, file: str) -> str:
    """Open the notice from the page of the ruling, keep it, and return its text."""
    person.get_by_role("link", name=title).first.click()
    shown = person.get_by_role("link", name="下载文书")
    reload_until(person, lambda: shown.count() > 0)
    paper = download(person, shown.first)
    keep(paper, file)
    return "".join("".join(page.extract_text().split()) for page in PdfReader(paper).pages)


def test_from_the_shield_to_the_confirmation(
    desk: Desk,
    person: Callable[..., Person],
    stranger: Callable[..., Page],
    check_page: Look,
    ruling: Path,
) -> None:
    platform = stranger()
    doc_no = TO_SHARE
    platform.goto(f"{desk.platform_url}/?q={doc_no}")
    reload_until(platform, lambda: platform.locator("#shown").get_by_text(doc_no).count() == 1)

    # The enterprise hands in the ruling that approved the plan.
    clerk = person(CLERK)
    clerk.goto("/me/shield/")
    check_page(clerk, "my-shields-none")
    clerk.get_by_role("link", name="申请临时屏蔽").click()
    clerk.get_by_role("button", name="提交", exact=True).click()
    expect(clerk.get_by_role("alert").first).to_be_visible()
    fill_in(clerk, number="（2026）皖0621破3号之一")
    clerk.get_by_label("重整计划执行期限至").fill("2028-08-31")
    check_page(clerk, "my-shield-new")
    send(clerk, ruling)
    page = clerk.url
    check_page(clerk, "my-shield-submitted")

    # One official registers it, another carries it out; the platform hides the record.
    shouli, duban = person("shouli"), person("duban")
    registered_and_carried_out(shouli, duban, act="同意屏蔽", check_page=check_page, name="plan")
    reload_until(duban, lambda: duban.get_by_text("已确认屏蔽").count() > 0)
    check_page(duban, "office-shield-plan-done")
    reload_until(platform, lambda: platform.locator("#shown").get_by_text(doc_no).count() == 0)
    clerk.goto(page)
    expect(clerk.get_by_text("已确认屏蔽").first).to_be_visible()
    check_page(clerk, "my-shield-running")
    said = notice(clerk, "临时屏蔽告知书", "shield-notice.pdf")
    for words in (COURT, "（2026）皖0621破3号之一", doc_no, "安徽濉河律师事务所", "2028年8月31日"):
        assert "".join(words.split()) in said
    clerk.goto("/me/")
    clerk.get_by_role("link", name=doc_no).first.click()
    expect(clerk.get_by_text("破产重整，临时屏蔽中")).to_be_visible()
    check_page(clerk, "my-record-shielded")

    # Later the court finds the plan performed: the record is gone for good.
    clerk.goto(page)
    clerk.get_by_role("link", name="提交法院的裁定").first.click()
    fill_in(clerk, number="（2026）皖0621破3号之四", kind="确认重整计划执行完毕")
    check_page(clerk, "my-shield-new-performed")
    send(clerk, ruling)
    last = clerk.url
    registered_and_carried_out(shouli, duban, act="同意修复", check_page=check_page, name="performed")
    reload_until(duban, lambda: duban.get_by_text("等待确认撤下").count() == 0)
    check_page(duban, "office-shield-performed-done")
    reload_until(platform, lambda: platform.locator("#removed").get_by_text(doc_no).count() == 1)
    clerk.goto(last)
    expect(clerk.get_by_text("已确认撤下").first).to_be_visible()
    check_page(clerk, "my-shield-performed")
    said = notice(clerk, "终止临时屏蔽告知书", "shield-end-notice.pdf")
    assert "不再恢复" in said and "（2026）皖0621破3号之四" in said


def test_a_penalty_that_was_revoked_is_taken_down_everywhere(
    desk: Desk,
    person: Callable[..., Person],
    stranger: Callable[..., Page],
    check_page: Look,
    ruling: Path,
) -> None:
    shuju = person("shuju")
    shuju.goto("/office/records/?standing=active")
    shuju.locator("tbody th a").first.click()
    doc_no = re.sub(r"\s.*", "", shuju.get_by_role("heading", level=1).inner_text())
    shuju.get_by_role("link", name="登记变更或者撤销").click()
    shuju.get_by_role("button", name="登记并撤回记录").click()
    expect(shuju.get_by_role("alert").first).to_be_visible()
    check_page(shuju, "office-record-cancel-empty")
    shuju.get_by_label("撤销", exact=True).check()
    shuju.get_by_label("作出单位").fill("淮北市人民政府")
    shuju.get_by_label("文书编号").fill("淮政复决〔2026〕9号")
    shuju.get_by_label("文书日期").fill("2026-11-19")
    shuju.get_by_label("原因").fill("认定事实不清，证据不足")
    check_page(shuju, "office-record-cancel")
    shuju.locator("main input[type=file]").set_input_files(ruling)
    shuju.get_by_role("button", name="登记并撤回记录").click()
    expect(shuju.get_by_text("已登记。记录已经撤回")).to_be_visible()
    reload_until(shuju, lambda: shuju.get_by_text("各平台已撤下").count() > 0)
    check_page(shuju, "office-cancellation")
    shuju.goto("/office/cancellations/")
    expect(shuju.get_by_role("link", name=doc_no)).to_be_visible()
    check_page(shuju, "office-cancellations")
    shuju.get_by_role("link", name=doc_no).click()
    shuju.get_by_role("link", name="查看这条记录").click()
    expect(shuju.get_by_text("原处罚决定已经撤销").first).to_be_visible()
    check_page(shuju, "office-record-cancelled")
