"""How somebody new comes to act for two enterprises, by clicking: asked, approved, switched."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.people import Person

pytestmark = pytest.mark.slow

Look = Callable[[Page, str], None]
#: The demo has an application of theirs waiting, for the enterprise of qiye.
NEWCOMER, ASKED = "xinren", "濉溪县同兴物业服务有限公司"
NAME, CODE = "濉溪县华泰商贸有限公司", "913406215RMJ1JKX7T"


def test_a_newcomer_asks_is_approved_and_switches(
    person: Callable[..., Person], check_page: Look, tmp_path: Path
) -> None:
    newcomer = person(NEWCOMER)
    check_page(newcomer, "me-nobody")
    newcomer.get_by_role("link", name="提交授权").click()
    check_page(newcomer, "mandate-new")
    newcomer.get_by_label("主体名称").fill(NAME)
    newcomer.get_by_label("统一社会信用代码或者身份证号码").fill(CODE[:-1] + "X")
    newcomer.get_by_role("button", name="提交申请").click()
    expect(newcomer).to_have_title(re.compile("^错误："))
    check_page(newcomer, "mandate-new-errors")
    letter = tmp_path / "授权书.png"
    newcomer.screenshot(path=letter)
    newcomer.get_by_label("统一社会信用代码或者身份证号码").fill(CODE)
    newcomer.get_by_label("授权到哪一天为止").fill("2027-11-19")
    newcomer.get_by_label("上传授权书或者证明").set_input_files(letter)
    newcomer.get_by_role("button", name="提交申请").click()
    expect(newcomer.get_by_text("申请已提交")).to_be_visible()
    check_page(newcomer, "mandate-waiting")

    # The intake officer looks at both letters, and lets them in.
    shouli = person("shouli")
    shouli.get_by_role("link", name="授权审核").click()
    check_page(shouli, "office-mandates")
    for name in (ASKED, NAME):
        shouli.get_by_role("link", name=name).click()
        check_page(shouli, f"office-mandate-{len(name)}")
        shouli.get_by_role("button", name="通过", exact=True).click()
        expect(shouli.get_by_text(f"已通过：林晓可以为“{name}”办理。")).to_be_visible()
    shouli.get_by_role("link", name=NAME).click()
    check_page(shouli, "office-mandate-decided")

    # From now on they act for both, one at a time, and every page says for whom.
    newcomer.reload()
    check_page(newcomer, "mandate-approved")
    newcomer.get_by_role("button", name="开始为它办理").click()
    bar = newcomer.get_by_role("region", name="当前办理主体")
    expect(bar).to_contain_text(NAME)
    bar.get_by_role("link", name="更换主体").click()
    check_page(newcomer, "subjects")
    newcomer.get_by_role("button", name=re.compile(f"为它办理.*{ASKED}")).click()
    expect(bar).to_contain_text(ASKED)
    newcomer.get_by_role("link", name="我的申请").first.click()
    expect(bar).to_contain_text(ASKED)
    bar.get_by_role("link", name="更换主体").click()
    newcomer.get_by_role("link", name=ASKED).first.click()
    expect(newcomer.get_by_role("main")).to_contain_text("周小敏")
    check_page(newcomer, "subject")
    newcomer.get_by_role("link", name="打印授权委托书").click()
    check_page(newcomer, "mandate-letter")
    newcomer.go_back()
    newcomer.get_by_role("link", name="终止我的授权").click()
    check_page(newcomer, "subject-end")
    newcomer.get_by_role("button", name="确认终止").click()
    expect(newcomer.get_by_text(f"您为“{ASKED}”办理的授权已经终止。")).to_be_visible()
