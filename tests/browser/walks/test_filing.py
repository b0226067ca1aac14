"""Filing on a telephone: one record, and a basket of five."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.people import PASSWORD, Person, download, reload_until
from tests.browser.walks import papers
from tests.browser.walks.walk import Walk

CLERK, STRANGER = "企业经办人", "任何人"
#: Of the demo's records: a fine; then two fines, a serious list, an abnormal list, and other information.
ONE = "（濉）税罚〔2026〕712号"
FIVE = (
    "市监处罚〔2026〕711号",
    "建罚〔2026〕713号",
    "濉人社列〔2025〕14号",
    "濉市监异〔2026〕15号",
    "濉建认〔2026〕16号",
)
STATEMENT = "罚款已缴清，开票流程已改为收款当天开具。"
QUERY_CODE = re.compile(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}\b")
#: To hand in a basket takes the server so long at most, on a machine that does much else.
FILING_MS = 120_000
#: A person who has never seen it gets from sign-in to filed within this.
MOST_SECONDS = 5 * 60


def test_one_record_from_sign_in_to_filed_in_under_five_minutes(
    visitor: Callable[..., Page], begin: Callable[..., Walk]
) -> None:
    walk = begin(visitor(), "1-one-record", "申请修复一条信息", CLERK)
    page = walk.page
    page.goto("/account/login/")
    walk.step("登录。还没有账号的，页面上写明怎样开通。")
    walk.fill(page.get_by_label("用户名"), "qiye")
    walk.fill(page.get_by_label("密码"), PASSWORD)
    walk.click(page.get_by_role("button", name="登录", exact=True))
    to_choose = page.locator("main").get_by_role("link", name=re.compile("现在可以申请修复")).first
    expect(to_choose).to_be_visible()
    walk.step("登录后先看到要做的事：哪些信息现在可以申请修复。", at=to_choose)
    walk.click(to_choose)
    pick = page.get_by_label(ONE)
    walk.choose(pick)
    go = page.get_by_role("button", name=re.compile("申请修复"))
    walk.step("勾选一条。每一条都写着能不能申请、为什么，不能申请的写明该走哪条路。", at=pick)
    walk.click(go, read_to=page.get_by_text(ONE).first)  # the button stands on the screen all the time
    fill_in(walk)
    walk.step("只问一页。姓名和电话已经带出来，不用再填。")
    walk.click(page.get_by_role("button", name="保存并继续"))

    sign(walk)
    walk.step("承诺书在屏幕上读完，用手指签一次名就好，不用打印。", at=page.locator("canvas"))
    walk.click(page.get_by_role("button", name=re.compile("签署")))
    expect(page.get_by_role("heading", level=1)).to_have_text("证明材料")
    walk.step("签好以后，直接到下一步：上面写明哪些材料可以证明。")
    walk.attach(page.locator("input[type=file]").first, papers.receipt())
    papers.uploaded(page, "罚款缴款凭证.jpg")
    done = page.get_by_role("link", name="完成，继续下一步")
    walk.step("上传缴款凭证，手机拍照就行；有看不清的，当场提醒。", at=done)
    walk.click(done)

    submit = page.get_by_role("button", name=re.compile("^提交"))
    walk.step("提交以前再核对一遍，哪一项都可以改，改完直接回到这里。", at=submit)
    walk.click(submit)
    filed = page.get_by_text(QUERY_CODE).first
    expect(filed).to_be_visible(timeout=FILING_MS)
    walk.step("办好了：申请编号、查询码、接下来会怎样、哪一天以前有结果、有疑问打给谁。", at=filed)
    assert walk.cost.seconds < MOST_SECONDS, walk.cost

    receipt = page.get_by_role("link", name=re.compile("材料接收凭证")).first
    reload_until(page, lambda: receipt.count() == 1)
    text = walk.paper(download(page, receipt), "材料接收凭证（PDF），写明收到了什么。")
    assert "材料接收凭证" in text and "同兴物业" in text
    walk.finish()


def test_a_basket_of_five_is_answered_signed_and_proved_once(
    telephone: Callable[[str], Person], visitor: Callable[..., Page], begin: Callable[..., Walk]
) -> None:
    walk = begin(telephone("qiye"), "2-basket", "五条信息一次办", CLERK)
    page = walk.page
    page.goto("/me/repair/")
    for box in page.get_by_role("checkbox", checked=True).all():
        box.uncheck()
    picked = [page.get_by_role("checkbox", name=re.compile(re.escape(doc_no))) for doc_no in FIVE]
    walk.choose(*picked)
    go = page.get_by_role("button", name="为选中的5条信息申请修复")
    walk.step("处罚、严重失信名单、异常名录、其他失信信息，一次勾选五条。", at=picked[0])
    walk.click(go)
    walk.step("五条放在同一份申请里：情况只填一遍，材料只传一次。")
    walk.click(page.get_by_role("link", name="填写改正和履行情况"))
    fill_in(walk)
    walk.step("一页问完。日期填第一条就够，其余的跟着它；情况不同的可以单独写。")
    walk.click(page.get_by_role("button", name="保存并继续"))

    letters = download(page, page.get_by_role("link", name="下载承诺书"))
    text = walk.paper(letters, "五份承诺书在一个文件里，一次打印；每份右上角有自己的二维码。")
    assert text.count("信用修复承诺书") >= 5
    scan = papers.scan(letters)
    walk.step("这次走纸面：打印、盖章，再扫描成一个文件上传。", at=page.locator("#paper-title"))
    walk.attach(page.locator("input[type=file]").first, scan)
    expect(page.get_by_text("已上传扫描件")).to_have_count(5, timeout=60_000)
    walk.step("一次上传，五份都齐了；系统按二维码核对是不是这几份承诺书。")
    walk.click(page.get_by_role("link", name=re.compile("继续|下一步")))
    walk.attach(page.locator("input[type=file]").first, papers.receipt("缴款凭证和整改照片.jpg"))
    papers.uploaded(page, "缴款凭证和整改照片.jpg")
    walk.step("一份证明，五条共用；只用于其中几条的，可以改。")
    walk.click(page.get_by_role("link", name="完成，继续下一步"))
    submit = page.get_by_role("button", name=re.compile("^提交"))
    walk.step("核对：五条都可以提交。", at=submit)
    walk.click(submit)
    code = page.get_by_text(QUERY_CODE).first
    expect(code).to_be_visible(timeout=FILING_MS)
    walk.step("五个编号，一个查询码。", at=code)
    numbers = set(re.findall(r"XF-2026-\d+", page.inner_text("main")))
    assert len(numbers) == 5
    words = QUERY_CODE.search(code.inner_text())
    assert words is not None

    walk.goes_on_as(visitor(), STRANGER)
    page = walk.page
    page.goto("/status/")
    walk.fill(page.get_by_label(re.compile("编号")), min(numbers))
    walk.fill(page.get_by_label(re.compile("查询码")), words[0])
    walk.step("不登录，凭编号和查询码也能查进度。")
    walk.click(page.get_by_role("button", name=re.compile("查询|查看")))
    expect(page.locator("main")).to_contain_text("待受理")
    assert "同兴物业" not in page.inner_text("body")
    walk.step("看得到办到哪一步，看不到任何单位和个人的信息。")
    walk.finish()


def fill_in(walk: Walk) -> None:
    """Answer the one page of questions; name and telephone stand there already."""
    page = walk.page
    walk.choose(page.locator("[name=corrected]"))
    walk.fill(page.locator("input[type=date]").first, "2026-10-06")
    walk.fill(page.get_by_label("请简单说明改正和履行的情况"), STATEMENT)


def sign(walk: Walk) -> None:
    """Sign on the screen."""
    page = walk.page
    name = page.get_by_label("签署人姓名")
    if not name.input_value():
        walk.fill(name, "孙文博")
    walk.draw(page.locator("canvas"))
    walk.choose(page.get_by_label(re.compile("^我已阅读承诺书全文")))
