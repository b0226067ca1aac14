"""The whole way by clicking: from a penalty table to a removal that the platform itself confirms."""

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect
from pypdf import PdfReader

from tests.browser.desk import Desk
from tests.browser.filing import answer, start, upload
from tests.browser.people import Person, download, keep, reload_until
from tests.browser.tables import PENALTIES, REFUSED, TO_END, TO_KEEP, TO_REPAIR

#: How long the worker may take until it comes by and has imported three rows.
IMPORT_MS = 120_000
THE_THREE = TO_REPAIR[:-2]  # what their numbers have in common
DAY_BEFORE_ACCEPTANCE_IS_DUE = "2026-11-24"
STATEMENT = "罚款已于2026年7月20日缴清，网店页面的不实用语已经全部改正。"


def test_from_the_table_to_the_removal(
    desk: Desk,
    stranger: Callable[..., Page],
    person: Callable[..., Person],
    check_page: Callable[[Page, str], None],
    tmp_path: Path,
) -> None:
    # Anybody reads what this is about.
    visitor = stranger()
    visitor.goto("/")
    check_page(visitor, "front")
    visitor.get_by_role("link", name="登录办理").click()
    check_page(visitor, "sign-in")

    # The data officer brings in a penalty table: two rows are taken, one is refused.
    shuju = person("shuju")
    table = tmp_path / "penalties.csv"
    table.write_bytes(PENALTIES.as_csv())
    shuju.get_by_role("link", name="数据导入").click()
    check_page(shuju, "office-imports")
    shuju.get_by_role("link", name="导入新文件").click()
    check_page(shuju, "office-import-new")
    shuju.get_by_label("要导入的文件").set_input_files(table)
    shuju.get_by_label("信用中国（濉溪县）网站").check()
    shuju.get_by_role("button", name="导入", exact=True).click()
    # A worker imports it; the page follows by itself.
    expect(shuju.get_by_text("“2026/13/08”不是有效的日期")).to_be_visible(timeout=IMPORT_MS)
    assert _figures(shuju) == {"行数": "3", "新增": "2", "更新": "0", "未变": "0", "拒收": "1"}
    check_page(shuju, "office-import")

    # The platform publishes them.
    platform = stranger()
    platform.goto(f"{desk.platform_url}/?q={THE_THREE}")
    reload_until(platform, lambda: platform.locator("#shown tr[data-record]").count() == 2)
    expect(platform.locator("#shown").get_by_text(TO_REPAIR)).to_be_visible()
    expect(platform.locator("#shown").get_by_text(TO_KEEP)).to_be_visible()
    assert platform.get_by_text(REFUSED).count() == 0
    check_page(platform, "platform-before")

    # The enterprise sees when each of its records can be repaired, and why.
    qiye = person("qiye")
    expect(_record(qiye, TO_REPAIR)).to_contain_text("现在可以申请修复")
    expect(_record(qiye, TO_KEEP)).to_contain_text("自2027年1月13日起可申请修复")
    expect(_record(qiye, TO_KEEP)).to_contain_text("最短公示期到2027年1月12日届满")
    check_page(qiye, "records")
    qiye.get_by_role("link", name=TO_KEEP).click()
    assert qiye.get_by_role("button", name="申请信用修复").count() == 0
    check_page(qiye, "record-too-early")
    qiye.go_back()
    qiye.get_by_role("link", name=TO_REPAIR).click()
    check_page(qiye, "record")

    # It applies: a few words, a signed letter, a proof.
    basket = start(qiye, TO_REPAIR)
    check_page(qiye, "filing")
    qiye.get_by_role("link", name="填写改正和履行情况").click()
    answer(qiye, STATEMENT)
    check_page(qiye, "filing-statement")
    qiye.get_by_role("button", name="保存并继续").click()
    check_page(qiye, "filing-letters")
    letter = download(qiye, qiye.get_by_role("link", name="下载承诺书"))
    for words in ("信用修复承诺书", PENALTIES.name, PENALTIES.code, TO_REPAIR):
        assert words in _pdf_text(letter)
    keep(letter, "commitment-letter.pdf")
    signed = tmp_path / "承诺书（已签字）.pdf"
    signed.write_bytes(letter.read_bytes())
    upload(qiye, signed)
    check_page(qiye, "filing-letters-uploaded")
    qiye.goto(f"{basket}materials/proof/")
    proof = tmp_path / "罚款缴款凭证.png"
    qiye.screenshot(path=proof)
    upload(qiye, proof)
    check_page(qiye, "filing-proof")
    qiye.goto(basket)
    check_page(qiye, "filing-complete")
    qiye.get_by_role("link", name="核对并提交").click()
    expect(qiye.get_by_text(STATEMENT)).to_be_visible()
    check_page(qiye, "filing-check")
    qiye.get_by_role("button", name=re.compile("提交申请|照常提交")).click()
    expect(qiye.get_by_role("heading", level=1)).to_have_text("申请已提交")
    receipt = qiye.get_by_role("link", name="材料接收凭证")
    reload_until(qiye, lambda: receipt.count() == 1)
    check_page(qiye, "filing-filed")
    number = re.search(r"XF-2026-\d+", qiye.inner_text("main"))
    assert number is not None
    _pdf_text(download(qiye, receipt))
    qiye.get_by_role("link", name="查看办理进度").click()
    case_url = qiye.url
    check_page(qiye, "repair-submitted")
    qiye.get_by_role("link", name="我的申请").first.click()
    check_page(qiye, "cases")

    # Nobody has acted the day before acceptance is due: the intake officer gets a mail, and accepts.
    desk.manage("send_reminders", "--as-of", DAY_BEFORE_ACCEPTANCE_IS_DUE)
    shouli = person("shouli")
    check_page(shouli, "office-inbox")
    shouli.get_by_role("link", name=number[0]).click()
    check_page(shouli, "office-repair-intake")
    shouli.get_by_role("button", name="受理", exact=True).click()
    expect(shouli.get_by_text(f"{number[0]}：已受理。")).to_be_visible()
    check_page(shouli, "office-repair-accepted")

    # The authority that decided the penalty verifies and, by another person, decides.
    hecha = person("hecha")
    hecha.get_by_role("link", name=number[0]).click()
    check_page(hecha, "office-repair-verify")
    hecha.get_by_label("同意修复", exact=True).check()
    hecha.get_by_label("核查情况").fill("经核实，罚款已全部缴清，网店页面已经改正")
    hecha.get_by_role("button", name="提交核查意见").click()
    expect(hecha.get_by_text(f"{number[0]}：已提交核查意见。")).to_be_visible()
    shenpi = person("shenpi")
    shenpi.get_by_role("link", name=number[0]).click()
    check_page(shenpi, "office-repair-decide")
    shenpi.get_by_role("button", name=re.compile("^准予")).click()
    expect(shenpi.get_by_text(re.compile(f"^{number[0]}：准予"))).to_be_visible()
    notice = shenpi.get_by_role("link", name=re.compile("决定书")).first
    reload_until(shenpi, lambda: notice.count() == 1)

    # The platform takes the record down, and says so; that completes the case.
    reload_until(shenpi, lambda: shenpi.get_by_text("已办结").count() > 0)
    check_page(shenpi, "office-repair-completed")
    platform.reload()
    assert platform.locator("#shown").get_by_text(TO_REPAIR).count() == 0
    expect(platform.locator("#removed").get_by_text(TO_REPAIR)).to_be_visible()
    expect(platform.locator("#shown").get_by_text(TO_KEEP)).to_be_visible()
    check_page(platform, "platform-after")

    # The enterprise sees all of it, with the platform's receipt, and keeps the decision.
    qiye.goto(case_url)
    expect(qiye.get_by_text("信用中国（濉溪县）网站已确认，回执编号如下")).to_be_visible()
    proof_of_removal = platform.locator("#removed tr", has_text=TO_REPAIR).locator(".code").inner_text()
    assert re.fullmatch(r"R-\d{8}-\d+", proof_of_removal)
    expect(qiye.get_by_text(proof_of_removal).first).to_be_visible()
    check_page(qiye, "repair-completed")
    paper = download(qiye, qiye.get_by_role("link", name=re.compile("决定书")).first)
    keep(paper, "decision-notice.pdf")
    decision = _pdf_text(paper)
    assert re.search(r"濉市监信修.{0,4}〔2026〕\d+号", decision), decision
    for words in (PENALTIES.name, TO_REPAIR):
        assert words in decision
    qiye.goto("/me/")
    expect(_record(qiye, TO_REPAIR)).to_contain_text("已不再公示")

    # The mails of all this, and the pages on which an official follows it.
    visitor.goto("/demo/mails/")
    reload_until(visitor, lambda: visitor.get_by_text(number[0]).count() >= 5)
    check_page(visitor, "demo-mails")
    for subject in ("信用修复申请已提交", "案件即将到期", "已准予信用修复"):
        found = visitor.get_by_role("listitem").filter(has_text=f"{subject}（{number[0]}）")
        if subject == "案件即将到期":  # who stands in for the other intake officer is reminded, too
            found = found.filter(has_text="lishou@example.gov.cn")
        found.get_by_role("link").click()
        expect(visitor.locator(f'main a[href^="{desk.url}/"][href*="/repairs/"]')).to_be_visible()
        if subject == "案件即将到期":
            expect(visitor.get_by_text("lishou@example.gov.cn")).to_be_visible()
            check_page(visitor, "demo-mail")
        visitor.get_by_role("link", name="演示邮件").click()
    shuju.get_by_role("link", name="平台消息").click()
    check_page(shuju, "office-messages")
    shuju.get_by_role("link", name="信用记录").click()
    check_page(shuju, "office-records")
    shuju.get_by_role("link", name=TO_REPAIR).first.click()
    check_page(shuju, "office-record")


def test_publicity_that_is_over_ends_without_a_case(desk: Desk, stranger: Callable[..., Page]) -> None:
    platform = stranger()
    platform.goto(f"{desk.platform_url}/?q={TO_END}")
    reload_until(platform, lambda: platform.locator("#shown").get_by_text(TO_END).count() == 1)
    desk.manage("expire_records", "--as-of", "2026-11-20")
    platform.reload()
    assert platform.locator("#shown").get_by_text(TO_END).count() == 1  # the last day still counts
    desk.manage("expire_records", "--as-of", "2026-11-21")
    reload_until(platform, lambda: platform.locator("#removed").get_by_text(TO_END).count() == 1)
    assert platform.locator("#shown").get_by_text(TO_END).count() == 0


def _record(page: Page, doc_no: str):  # type: ignore[no-untyped-def]
    return page.get_by_role("listitem").filter(has=page.get_by_role("link", name=doc_no))


def _figures(page: Page) -> dict[str, str]:
    names, values = page.locator("dl dt").all_inner_texts(), page.locator("dl dd").all_inner_texts()
    return dict(zip(names, values, strict=True))


def _pdf_text(file: Path) -> str:
    assert file.read_bytes().startswith(b"%PDF-")
    return "".join("".join(page.extract_text().split()) for page in PdfReader(file).pages)
