"""The window: a clerk files for somebody who stands there and signs on paper."""

import re
from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.people import Person, download, reload_until
from tests.browser.tables import PENALTIES_OF_THE_OTHER, TO_FILE_AT_WINDOW
from tests.browser.walks import papers
from tests.browser.walks.test_filing import FILING_MS, QUERY_CODE, fill_in
from tests.browser.walks.walk import Walk


def test_a_clerk_files_for_somebody_at_the_window(
    telephone: Callable[[str], Person], begin: Callable[..., Walk]
) -> None:
    walk = begin(telephone("chuangkou"), "7-window", "到窗口办理", "窗口人员")
    page = walk.page
    page.goto("/window/")
    walk.fill(page.get_by_label(re.compile("^证照号码")), PENALTIES_OF_THE_OTHER.code)
    find = page.get_by_role("button", name="查找")
    walk.step("申请人出示营业执照，窗口人员照着输入完整的代码；查不到半个字的名称。", at=find)
    walk.click(find)
    expect(page.locator("main")).to_contain_text(PENALTIES_OF_THE_OTHER.name)
    for box in page.get_by_role("checkbox", checked=True).all():
        box.uncheck()
    pick = page.get_by_role("checkbox", name=re.compile(re.escape(TO_FILE_AT_WINDOW)))
    walk.choose(pick)
    walk.step("只看得到办理要用的信息。核对证照，勾选要修复的一条。", at=pick)
    walk.click(page.get_by_role("button", name=re.compile("申请修复")))
    walk.click(page.get_by_role("link", name="填写改正和履行情况"))
    fill_in(walk)
    walk.fill(page.get_by_label("联系人"), "欧阳建国")
    walk.fill(page.get_by_label("联系电话"), "13900000001")
    walk.step("照申请人说的填写。")
    walk.click(page.get_by_role("button", name="保存并继续"))
    filing = re.sub(r"(/window/filings/[^/]+/).*", r"\1", page.url)

    page.goto(filing)
    print_all = page.get_by_role("link", name=re.compile("打印全部材料"))
    walk.step("申请表和承诺书一次打印，交给申请人核对、签字、盖章。", at=print_all)
    paper = download(page, print_all)
    text = walk.paper(paper, "打印出来的材料，内容已经填好。")
    assert PENALTIES_OF_THE_OTHER.code in text
    signed = papers.scan(paper, "申请表和承诺书（已签字盖章）.pdf")
    for kind in ("form", "commitment", "proof"):
        address = "letters/" if kind == "commitment" else f"materials/{kind}/"
        page.goto(f"{filing}{address}")
        file = papers.receipt() if kind == "proof" else signed
        walk.attach(page.locator("input[type=file]").first, file)
        expect(page.locator("main").get_by_text(file.name).first).to_be_visible()
        page.wait_for_load_state("networkidle")
    page.goto(filing)
    walk.step("签好的材料扫描上传，凭证也一并扫描：各项都完成了。")
    page.goto(f"{filing}check/")
    submit = page.get_by_role("button", name=re.compile("^提交"))
    walk.step("请申请人看着屏幕核对，再提交。", at=submit)
    walk.click(submit)
    code = page.get_by_text(QUERY_CODE).first
    expect(code).to_be_visible(timeout=FILING_MS)
    walk.step("当场给出编号和查询码。", at=code)
    number = re.search(r"XF-2026-\d+", page.inner_text("main"))
    assert number is not None
    slip = page.get_by_role("link", name=re.compile("凭条"))
    if slip.count():
        walk.click(slip.first)
        walk.step("打印一张凭条交给申请人带走：编号、查询码、在哪里查。")
    page.goto("/window/")
    expect(page.get_by_role("link", name=number[0]).first).to_be_visible()
    walk.step("窗口的工作台上多了一件；以后要补正的，也在这里提醒。")
    page.get_by_role("link", name=number[0]).first.click()
    receipt = page.get_by_role("link", name=re.compile("材料接收凭证")).first
    reload_until(page, lambda: receipt.count() == 1)
    assert "材料接收凭证" in walk.paper(download(page, receipt), "材料接收凭证，当场打印。")
    walk.finish()
