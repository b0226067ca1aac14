"""A prepared application by clicking: the office proposes, the enterprise confirms with a signature
alone, and the case goes its way to the decision by another person."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.people import Person

pytestmark = pytest.mark.slow

#: A penalty of the enterprise that nobody else's walk applies for.
RECORD = "税罚〔2026〕707号"
PERFORMED = "2026-08-28"
STATEMENT = "罚款已于2026年8月28日缴清，缴款记录在税务系统中可查，违法行为已经改正。"


def test_what_the_office_has_prepared_is_confirmed_and_granted(
    person: Callable[..., Person], check_page: Callable[[Page, str], None], tmp_path: Path
) -> None:
    # The authority's verifier finds who could apply and has not, and knows that the fine is paid.
    hecha = person("hecha")
    hecha.get_by_role("link", name="修复之后").click()
    hecha.get_by_role("link", name="主动服务").click()
    check_page(hecha, "office-outreach")
    hecha.get_by_label("文号、名称或代码").fill("税罚〔2026〕707号")
    hecha.get_by_role("button", name="筛选", exact=True).click()
    hecha.get_by_role("link", name=re.compile("^备好申请")).click()
    check_page(hecha, "office-proposal-new")
    hecha.get_by_label(re.compile(re.escape(RECORD))).fill(PERFORMED)
    hecha.get_by_label("改正和履行情况").fill(STATEMENT)
    proof = tmp_path / "缴款记录.png"
    hecha.screenshot(path=proof)
    hecha.get_by_label("履行证明").set_input_files(proof)
    hecha.get_by_role("button", name="备好，并告知当事人").click()
    expect(hecha.get_by_text("已备好申请，并告知了当事人。")).to_be_visible()
    check_page(hecha, "office-proposal")

    # The enterprise finds it on its desk, reads it, and signs once.
    qiye = person("qiye")
    qiye.get_by_role("link", name=re.compile("1条信息的修复申请已经备好")).click()
    expect(qiye.get_by_text(STATEMENT)).to_be_visible()
    check_page(qiye, "my-proposal")
    _sign(qiye)
    qiye.get_by_label(re.compile("我已阅读承诺书全文")).check()
    qiye.get_by_role("button", name="签名确认，提交申请").click()
    expect(qiye.get_by_role("heading", level=1)).to_have_text("申请已提交")
    check_page(qiye, "my-proposal-filed")
    number = re.search(r"XF-2026-\d+", qiye.inner_text("main"))
    assert number is not None

    # Who takes in sees by whose proposal it came.
    shouli = person("shouli")
    shouli.get_by_role("link", name=number[0]).click()
    expect(shouli.get_by_text("由单位提议的预制申请")).to_be_visible()
    shouli.get_by_role("button", name="受理", exact=True).click()
    expect(shouli.get_by_text(f"{number[0]}：已受理。")).to_be_visible()

    # Who proposed verifies; another person decides.
    hecha.goto("/office/")
    hecha.get_by_role("link", name=number[0]).click()
    hecha.get_by_label("同意修复", exact=True).check()
    hecha.get_by_label("核查情况").fill("经核实，罚款已全部缴清")
    hecha.get_by_role("button", name="提交核查意见").click()
    expect(hecha.get_by_text(f"{number[0]}：已提交核查意见。")).to_be_visible()
    shenpi = person("shenpi")
    shenpi.get_by_role("link", name=number[0]).click()
    shenpi.get_by_role("button", name=re.compile("^准予")).click()
    expect(shenpi.get_by_text(re.compile(f"^{number[0]}：准予"))).to_be_visible()

    # The proposal says what came of it.
    hecha.goto("/office/outreach/proposals/")
    expect(hecha.locator("table").get_by_text("已确认").first).to_be_visible()
    check_page(hecha, "office-proposals")


def _sign(page: Page) -> None:
    """Write a name of two strokes on the pad."""
    canvas = page.locator("canvas")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box is not None
    for start in (0.2, 0.5):
        page.mouse.move(box["x"] + box["width"] * start, box["y"] + 20)
        page.mouse.down()
        for step in range(1, 8):
            across = box["x"] + box["width"] * (start + step * 0.03)
            page.mouse.move(across, box["y"] + 20 + step * 8)
        page.mouse.up()
