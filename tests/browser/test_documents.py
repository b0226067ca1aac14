"""Documents by clicking: one is found in the register, checked by an outsider and revoked; and the head of an
office's letters is changed by one supervisor and approved by another."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.desk import Desk
from tests.browser.people import Person, download, reload_until

pytestmark = pytest.mark.slow

Look = Callable[[Page, str], None]

#: The second supervisor of the credit office: nobody approves their own proposal.
SECOND = "duban2"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Desk]:
    """Return a demo of this module's own: a revoked notice and another head would be in the way of others."""
    running = Desk(tmp_path_factory.mktemp("documents"))
    running.start()
    yield running
    assert running.stop() == 0, running.complaints
    assert "Traceback" not in running.complaints, running.complaints


def choose_file(page: Page, file: Path | dict[str, object], button: str) -> None:
    """Choose a file for the page's form, and send it."""
    page.locator("main input[type=file]").set_input_files(file)  # type: ignore[arg-type]
    page.get_by_role("button", name=button, exact=True).click()


def found_in_register(official: Person) -> tuple[str, str, Path]:
    """Find the newest acceptance notice in the register; return its number, code and file."""
    official.goto("/office/documents/")
    official.get_by_label("种类").select_option(label="信用修复申请受理通知书")
    official.get_by_role("button", name="筛选", exact=True).click()
    row = official.get_by_role("row").filter(has_text="信用修复申请受理通知书").first
    number = re.search(r"\w+信修〔2026〕\d+号", row.inner_text())
    assert number
    row.get_by_role("link", name="信用修复申请受理通知书").click()
    expect(official.get_by_role("heading", level=1)).to_have_text("信用修复申请受理通知书")
    file = official.locator("main a.dk-doc")
    reload_until(official, lambda: file.count() == 1)
    code = re.search(r"[2-9A-Z]{4}(-[2-9A-Z]{4}){3}", official.inner_text("main"))
    assert code
    return number[0], code[0], download(official, file)


def test_a_document_is_found_checked_by_an_outsider_and_revoked(
    desk: Desk, person: Callable[..., Person], stranger: Callable[..., Page], check_page: Look
) -> None:
    duban = person("duban")
    number, code, file = found_in_register(duban)
    check_page(duban, "office-document")

    # By the code, as somebody types it who holds the paper.
    outsider = stranger()
    outsider.goto("/")
    outsider.get_by_role("navigation", name="主导航").get_by_role("link", name="文书核验").click()
    check_page(outsider, "verify")
    outsider.get_by_role("button", name="核验", exact=True).click()
    expect(outsider.get_by_role("alert")).to_contain_text("请填写文书上的核验码")
    outsider.get_by_label("核验码", exact=True).fill(code.lower().replace("-", " "))
    outsider.get_by_role("button", name="核验", exact=True).click()
    main = outsider.locator("main")
    expect(main).to_contain_text("这份文书是本站签发的，现在有效")
    expect(main).to_contain_text(number)
    check_page(outsider, "verify-valid")
    address = outsider.url

    # By the file, and by a file in which somebody changed something.
    outsider.get_by_role("link", name="再核验一份").click()
    choose_file(outsider, file, "核验")
    expect(outsider.get_by_role("status")).to_contain_text("文件一致")
    expect(main).to_contain_text(number)
    check_page(outsider, "verify-same-file")
    changed = {"name": "改.pdf", "mimeType": "application/pdf", "buffer": file.read_bytes() + b"\n"}
    choose_file(outsider, changed, "核对")
    expect(outsider.get_by_role("alert")).to_contain_text("文件不一致")
    check_page(outsider, "verify-other-file")

    # It is revoked, and everybody sees it at once.
    duban.get_by_role("link", name="撤销", exact=True).click()
    duban.get_by_role("button", name="撤销", exact=True).click()
    expect(duban.get_by_role("alert")).to_contain_text("请写明原因")
    duban.get_by_label("原因").fill("受理条件认定有误，另行通知。")
    check_page(duban, "office-document-revoke")
    duban.get_by_role("button", name="撤销", exact=True).click()
    expect(duban.get_by_role("status")).to_contain_text("已撤销")
    expect(duban.get_by_role("link", name="撤销", exact=True)).to_have_count(0)
    outsider.goto(address)
    expect(main).to_contain_text("这份文书已撤销，请不要再使用")
    expect(main).to_contain_text("受理条件认定有误，另行通知。")
    check_page(outsider, "verify-revoked")
    choose_file(outsider, file, "核对")
    expect(outsider.get_by_role("status")).to_contain_text("文件一致")
    expect(main).to_contain_text("请不要再使用")


def test_one_supervisor_changes_the_head_of_letters_and_another_approves(
    desk: Desk, person: Callable[..., Person], check_page: Look
) -> None:
    duban = person("duban")
    duban.goto("/office/letters/")
    duban.get_by_role("link", name="红头、印章、联系方式和字体").click()
    style = duban.url
    second = person(SECOND)
    second.goto(style)  # before the other one writes

    duban.get_by_label("发文机关标志").fill("濉溪县信用办公室文件")
    duban.get_by_label("修改原因").fill("按县里要求统一红头")
    duban.get_by_role("button", name="提交审核").click()
    expect(duban.get_by_role("status")).to_contain_text("已提交审核")
    expect(duban.get_by_role("heading", name="等待审核的修改")).to_be_visible()
    expect(duban.get_by_role("button", name="审核通过")).to_have_count(0)
    check_page(duban, "office-letters-proposed")

    # Who had the page open before does not overwrite it unseen.
    second.get_by_label("联系电话").fill("0561-7770000")
    second.get_by_label("修改原因").fill("换电话")
    second.get_by_role("button", name="提交审核").click()
    expect(second.get_by_role("alert")).to_contain_text("别人改了这里")
    check_page(second, "office-letters-changed-meanwhile")

    second.goto("/office/letters/")
    check_page(second, "office-letters-waiting")
    second.get_by_role("region", name="待审核").get_by_role("link", name="文书样式").click()
    expect(second.locator("ins").first).to_contain_text("濉溪县信用办公室文件")
    second.get_by_role("button", name="不采用").click()
    expect(second.get_by_role("alert")).to_contain_text("请写明原因")
    second.get_by_role("button", name="审核通过").click()
    expect(second.get_by_role("status")).to_contain_text("已审核通过")
    check_page(second, "office-letters-approved")
    duban.reload()
    expect(duban.get_by_label("发文机关标志")).to_have_value("濉溪县信用办公室文件")
    expect(duban.get_by_text("韩督 审核通过").first).to_be_visible()
