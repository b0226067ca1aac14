"""A granted repair is revoked by clicking: proposed, answered, decided, and shown again by the platform."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.desk import Desk
from tests.browser.people import Person, download, keep, reload_until

pytestmark = pytest.mark.slow

#: A supervisor of the authority that decides in the demo, and a repair of the firm that is granted at once.
_PREPARE = """
import json
from datetime import timedelta
from credit_repair.cases.models import Case
from credit_repair.cases.services import transition
from credit_repair.core.clock import today
from credit_repair.people.models import Membership, User
from credit_repair.people.services import join_office

approver = Membership.objects.filter(user__username="shenpi", role="approver").order_by("pk").first()
boss = User.objects.get(username="duban")
join_office(user=boss, office=approver.office, role="supervisor", since=today() - timedelta(days=9))
WAY = {
    "submitted": ("accept", "shouli", {}),
    "verifying": ("give_opinion", "hecha", {"opinion": "agree", "text": "罚款已经缴清"}),
    "deciding": ("approve", "shenpi", {}),
}
case = Case.objects.filter(kind="repair", subject__mandates__user__username="qiye", state__in=WAY,
                           deciding_office=approver.office).order_by("pk").first()
while case.state in WAY:
    case.steps.filter(state="open").update(taken_by=None)
    action, who, data = WAY[case.state]
    transition(case=case, action=action, actor=User.objects.get(username=who), today=today(), data=data)
    case.refresh_from_db()
print(json.dumps({"uuid": str(case.uuid), "number": case.number, "doc_no": case.record.doc_no}))
"""
FACTS = "经县财政局核实，申请时提交的缴款凭证系伪造。"
ANSWER = "凭证由代理人办理，我单位不知情。"


def test_false_material_brings_publicity_back(
    desk: Desk,
    stranger: Callable[..., Page],
    person: Callable[..., Person],
    check_page: Callable[[Page, str], None],
    tmp_path: Path,
) -> None:
    case = json.loads(desk.manage("shell", "-c", _PREPARE).strip().splitlines()[-1])
    platform = stranger()
    platform.goto(f"{desk.platform_url}/?q={case['doc_no']}")
    reload_until(platform, lambda: platform.locator("#removed").get_by_text(case["doc_no"]).count() == 1)
    office_page = f"/office/repairs/{case['uuid']}/"

    # The approver of the authority proposes, with the evidence.
    evidence = tmp_path / "财政局复函.png"
    platform.screenshot(path=evidence)
    shenpi = person("shenpi")
    shenpi.goto(office_page)
    shenpi.locator("#act-propose_revocation summary").click()
    check_page(shenpi, "revoke-propose")
    shenpi.get_by_label("提供虚假材料").check()
    shenpi.get_by_label("查明的事实").fill(FACTS)
    shenpi.get_by_label("证明材料").set_input_files(evidence)
    shenpi.get_by_role("button", name="提出撤销信用修复").click()
    expect(shenpi.get_by_text(f"{case['number']}：拟撤销信用修复。")).to_be_visible()
    check_page(shenpi, "revoke-proposed")

    # The firm reads what is intended, and answers.
    qiye = person("qiye")
    qiye.goto("/me/")
    check_page(qiye, "revoke-desk")
    qiye.get_by_role("link", name="陈述申辩：拟撤销信用修复").click()
    expect(qiye.get_by_text(FACTS).first).to_be_visible()
    check_page(qiye, "revoke-intended")
    qiye.get_by_role("link", name="提交陈述申辩").click()
    check_page(qiye, "revoke-answer")
    qiye.get_by_label("陈述和申辩").fill(ANSWER)
    qiye.get_by_role("button", name="提交陈述申辩").click()
    expect(qiye.get_by_text("陈述申辩已经提交")).to_be_visible()

    # The supervisor finds it among their own work, reads both, and decides.
    duban = person("duban")
    duban.goto("/office/")
    duban.get_by_role("link", name=case["number"]).first.click()
    expect(duban.get_by_text(ANSWER).first).to_be_visible()
    check_page(duban, "revoke-decide")
    duban.get_by_label("对陈述申辩的复核意见").fill("由谁办理不影响认定，该理由不成立。")
    duban.get_by_role("button", name="撤销信用修复", exact=True).click()
    expect(duban.get_by_text(f"{case['number']}：已撤销信用修复。")).to_be_visible()
    check_page(duban, "revoke-revoked")

    # The platform shows the record again, and says so.
    reload_until(platform, lambda: platform.locator("#shown").get_by_text(case["doc_no"]).count() == 1)
    check_page(platform, "revoke-platform")

    # The firm reads the result, its letters, and until when it can file nothing.
    qiye.goto(f"/me/repairs/{case['uuid']}/")
    letter = qiye.get_by_role("link", name="撤销信用修复决定书")
    reload_until(qiye, lambda: letter.count() == 1)
    expect(qiye.get_by_text("2029年11月20日前（含当日）不得提出新的信用修复申请")).to_be_visible()
    check_page(qiye, "revoke-result")
    keep(download(qiye, letter), "revocation-decision.pdf")
    notice = qiye.get_by_role("link", name="恢复公示告知书")
    reload_until(qiye, lambda: notice.count() == 1)
    keep(download(qiye, notice), "restoration-notice.pdf")
    qiye.goto("/me/")
    expect(qiye.get_by_text("2029年11月20日前（含当日）不能申请信用修复")).to_be_visible()
    check_page(qiye, "revoke-barred")

    # A lawsuit against the decision is entered; publicity goes on.
    shenpi.goto(office_page)
    shenpi.get_by_role("link", name="登记复议或者诉讼").click()
    check_page(shenpi, "revoke-review-new")
    shenpi.get_by_label("行政诉讼").check()
    shenpi.get_by_label("复议机关或者法院").fill("濉溪县人民法院")
    shenpi.get_by_label("提起日期").fill("2026-11-20")
    shenpi.get_by_role("button", name="登记", exact=True).click()
    expect(shenpi.get_by_text("正在审理")).to_be_visible()
    shenpi.get_by_role("link", name="登记结果").click()
    check_page(shenpi, "revoke-review-outcome")
