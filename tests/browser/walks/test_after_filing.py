"""After an application was filed: a correction, a refusal and the second try, a withdrawal, an urging, a
rating."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.people import Person, reload_until
from tests.browser.walks import papers
from tests.browser.walks.test_filing import FILING_MS, QUERY_CODE, sign
from tests.browser.walks.walk import Walk

pytestmark = pytest.mark.slow

CLERK, INTAKE, APPROVER = "企业经办人", "信用办受理人员", "市场监管局审批人员"
#: Of the demo's cases: lies with intake; lies with the approver; has waited too long; has come to its end.
FILED, TO_DECIDE, LATE, ENDED = (f"市监处罚〔2026〕{number}号" for number in (701, 704, 709, 705))
TO_WITHDRAW = "市监处罚〔2026〕703号"


def _case(page: Page, doc_no: str) -> None:
    """Open the application about a record from the list of one's applications."""
    page.goto("/me/cases/")
    item = page.locator("li, tr").filter(has_text=doc_no)
    item.get_by_role("link", name=re.compile("XF-")).first.click()
    page.wait_for_load_state("load")


def test_a_correction_is_answered_item_by_item(
    telephone: Callable[[str], Person], begin: Callable[..., Walk]
) -> None:
    walk = begin(telephone("shouli"), "4-correction", "补正材料", INTAKE)
    walk.counted = False
    office = walk.page
    number = _number_of(telephone("qiye"), FILED)
    office.get_by_role("link", name=number).first.click()
    office.locator("#act-ask_correction").get_by_role("link", name="通知补正").click()
    notice = office.locator("#notice")
    notice.get_by_label("证明材料没有覆盖全部处罚内容").check()
    notice.get_by_label("具体情况").nth(2).fill("缺少滞纳金的缴款凭证")
    notice.get_by_label("缺什么、哪里不对").fill("整改以后怎样审核宣传用语，请说明")
    notice.get_by_label("要补正哪一部分").select_option("其他")
    office.get_by_role("button", name="预览通知").click()
    send = office.get_by_role("button", name="确认，通知补正")
    walk.step("受理人员发现缺两样东西，一次列全；发出以前，先看申请人会看到什么。", at=send)
    send.click()

    walk.goes_on_as(telephone("qiye"), CLERK, counted=True)
    page = walk.page
    todo = page.get_by_role("link", name=re.compile(number)).first
    walk.step("企业经办人登录后，办事台第一项就是“补正材料”，写明最晚哪一天。", at=todo)
    walk.click(todo)
    if page.get_by_role("link", name="逐项补正").count():
        walk.step("申请页面写明期限为什么暂停、补到哪一天为止。")
        walk.click(page.get_by_role("link", name="逐项补正"))
    walk.step("只问缺的：第一项要一份凭证，第二项要一两句话。其他内容不用再填。")
    first, second = page.locator("#item-1"), page.locator("#item-2")
    walk.attach(first.locator("input[type=file]").first, papers.receipt("滞纳金缴款凭证.jpg"))
    papers.uploaded(walk.page, "滞纳金缴款凭证.jpg")
    walk.step("第一项补好了，保存在页面上；现在断了网也不会丢。", at=first)
    walk.fill(second.get_by_label("补正说明"), "宣传材料发布前由店长和法务各看一遍，登记备查。")
    walk.click(second.get_by_role("button", name=re.compile("保存说明")))
    send = page.get_by_role("button", name="提交补正")
    walk.step("两项都补好，可以一起提交。", at=send)
    walk.click(send)
    expect(page.locator("main")).to_contain_text("待受理")
    walk.step("补正已经提交，信用办接着办理，期限从暂停处继续计算。")
    walk.finish()


def test_a_refusal_is_a_to_do_list_and_leads_to_a_second_try(
    telephone: Callable[[str], Person], begin: Callable[..., Walk]
) -> None:
    walk = begin(telephone("shenpi"), "5-refusal", "不予修复，改好再来", APPROVER)
    walk.counted = False
    office = walk.page
    number = _number_of(telephone("daili"), TO_DECIDE)
    office.get_by_role("link", name=number).first.click()
    office.locator("summary", has_text="不予修复").click()
    act = office.locator("details", has=office.locator("summary", has_text="不予修复"))
    act.get_by_label("提交的材料不能证明义务已经履行").check()
    act.get_by_label("理由", exact=True).fill("缴款凭证上的金额比处罚决定少1000元")
    refuse = act.get_by_role("button", name="不予修复")
    walk.step("审批人员不予修复时，选择理由代码，也可以补充说明。", at=refuse)
    refuse.click()
    expect(office.locator("main")).to_contain_text("不予修复")

    walk.goes_on_as(telephone("daili"), "代理企业的经办人", counted=True)
    page = walk.page
    _case(page, TO_DECIDE)
    todo = page.locator(".dk-todo")
    walk.step("企业看到的不是一句“不予修复”，而是一张清单：为什么、依据什么、要做什么。", at=todo)
    walk.click(todo.get_by_role("button", name="按清单重新申请"))
    walk.step("一次点击就是新的申请：上次填好的和能用的材料都在，只有要重做的那一项还空着。")
    walk.click(page.get_by_role("link", name=re.compile("证明")).first)
    walk.attach(
        page.locator("input[type=file]").first, papers.receipt("补缴1000元的凭证.jpg", amount="1000.00")
    )
    papers.uploaded(page, "补缴1000元的凭证.jpg")
    walk.step("补上缺的凭证。")
    walk.click(page.get_by_role("link", name="完成，继续下一步"))
    if (sign_again := page.locator("canvas")).count():
        sign(walk)
        walk.step("承诺书是每次申请各一份，再签一次名。", at=sign_again)
        walk.click(page.get_by_role("button", name=re.compile("签署")))
    submit = page.get_by_role("button", name=re.compile("^提交"))
    walk.step("核对以后，再次提交。", at=submit)
    walk.click(submit)
    expect(page.get_by_text(QUERY_CODE).first).to_be_visible(timeout=FILING_MS)
    walk.step("第二次申请已经提交，有新的编号。")
    walk.finish()


def test_an_application_is_withdrawn(telephone: Callable[[str], Person], begin: Callable[..., Walk]) -> None:
    walk = begin(telephone("daili"), "6-withdrawal", "撤回申请", "代理企业的经办人")
    page = walk.page
    _case(page, TO_WITHDRAW)
    link = page.get_by_role("link", name="撤回这件申请")
    walk.step("决定以前，随时可以撤回。", at=link)
    walk.click(link)
    walk.step("撤回以前说清楚：公示不会因此停止，以后还可以再申请。")
    walk.click(page.get_by_role("button", name="确认撤回"))
    expect(page.locator("main")).to_contain_text("已撤回")
    walk.step("撤回完成。")
    walk.finish()


def test_who_has_waited_too_long_urges_and_who_is_done_rates(
    telephone: Callable[[str], Person], begin: Callable[..., Walk]
) -> None:
    walk = begin(telephone("qiye"), "8-urge-and-rate", "催办和评价", CLERK)
    page = walk.page
    _case(page, LATE)
    urge = page.get_by_role("link", name="催办", exact=True)
    walk.step("过了期限还没有结果的，页面上出现“催办”。", at=urge)
    walk.click(urge)
    walk.fill(page.get_by_label("想对办理人员说的话"), "下周要投标，请尽快核查。")
    walk.step("可以写一句话，也可以不写。")
    walk.click(page.get_by_role("button", name="确认催办"))
    expect(page.get_by_text("起可以再次催办").first).to_be_visible()
    walk.step("办理人员和督办人员都收到通知；哪一天可以再催，也写明了。")

    _case(page, ENDED)
    rate = page.get_by_role("link", name="评价", exact=True)
    reload_until(page, lambda: rate.count() == 1)
    walk.step("办结以后，请企业评价。", at=rate)
    walk.click(rate)
    walk.choose(page.get_by_label("满意", exact=True))
    walk.step("五个等级选一个，意见愿意写再写。")
    walk.click(page.get_by_role("button", name="提交评价"))
    expect(page.get_by_role("heading", name="您的评价")).to_be_visible()
    walk.step("每件申请评价一次，评价显示在申请页面上。")
    walk.finish()


def _number_of(page: Page, doc_no: str) -> str:
    _case(page, doc_no)
    found = re.search(r"XF-2026-\d+", page.inner_text("main"))
    assert found is not None
    return found[0]
