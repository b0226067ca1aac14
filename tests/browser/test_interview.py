"""From an order that the firm misses to the interview, its record, the promise, and the end.

This demo sees three days: the order is issued on Friday, 20 November, its day goes by on Monday, the firm is
called on Tuesday for Friday, 27 November, and there it promises and keeps its word.
"""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.desk import Desk
from tests.browser.people import Person, reload_until

pytestmark = pytest.mark.slow

CALLED, TALK = "2026-11-24", "2026-11-27"
#: A fine of the demo's enterprise that is published, by the authority whose people walk here.
_TAKES_INTERVIEWS = """
from credit_repair.registry.models import Platform, Publication, Record
from credit_repair.people.models import User
from credit_repair.people import access
from datetime import date
for platform in Platform.objects.filter(kind="publisher"):
    platform.actions = ["publish", "terminate", "interview"]
    platform.save()
day = date(2026, 11, 20)
verifier, firm = (User.objects.get(username=name) for name in ("hecha", "qiye"))
offices = access.offices_where(user=verifier, permission="verify", on=day)
shown = Publication.objects.filter(state="shown").values("record")
found = Record.objects.filter(
    subject__in=access.subjects_of(user=firm, on=day), authority__in=offices, standing="active", pk__in=shown
)
print("RECORD", found.order_by("pk").first().uuid)
"""


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Desk]:
    """Return a demo of this module's own: it is stopped, and opened again on other days."""
    running = Desk(tmp_path_factory.mktemp("interview"))
    running.open()
    yield running
    assert running.stop() == 0, running.complaints
    assert "Traceback" not in running.complaints, running.complaints


def test_from_a_missed_order_to_the_interview_and_its_promise(
    desk: Desk,
    person: Callable[..., Person],
    check_page: Callable[[Page, str], None],
) -> None:
    record = _record(desk)

    # The verifier drafts an order from the record's page; another person issues it.
    hecha = person("hecha")
    hecha.goto(f"/office/records/{record}/")
    hecha.get_by_role("link", name="责令整改", exact=True).click()
    hecha.get_by_label("存在的问题").fill("罚款尚有1.2万元没有缴纳。")
    hecha.get_by_label("整改要求").fill("缴清罚款余款1.2万元\n补齐进货台账")
    hecha.get_by_label("整改期限").fill("2026-11-23")
    check_page(hecha, "order-new")
    hecha.get_by_role("button", name="保存草稿").click()
    check_page(hecha, "order-draft")
    path = re.sub(r"^https?://[^/]+", "", hecha.url)
    shenpi = person("shenpi")
    shenpi.goto(path)
    shenpi.get_by_role("link", name="签发", exact=True).click()
    shenpi.get_by_role("button", name="签发").click()
    expect(shenpi.get_by_text("已签发责令整改通知书，并通知主体。")).to_be_visible()

    # The firm finds it, and lets the day go by.
    qiye = person("qiye")
    qiye.goto("/me/orders/")
    check_page(qiye, "my-orders")
    qiye.locator("main table a").first.click()
    expect(qiye.get_by_text("请在2026年11月23日前（含当日）完成整改")).to_be_visible()
    mine = re.sub(r"^https?://[^/]+", "", qiye.url)
    check_page(qiye, "my-order")
    _another_day(desk, CALLED)

    # It is overdue: the authority calls a reminding interview, three working days ahead.
    hecha = person("hecha")
    hecha.goto("/office/rectification/?show=overdue")
    check_page(hecha, "orders-overdue")
    hecha.locator("main table a").first.click()
    hecha.get_by_role("link", name="通知提示约谈").click()
    assert hecha.get_by_label("约谈日期").input_value() == TALK
    check_page(hecha, "interview-call")
    hecha.get_by_role("button", name="发出约谈通知").click()
    expect(hecha.get_by_text("已发出约谈通知书。")).to_be_visible()
    _another_day(desk, TALK)

    # It is held; the record is signed by both sides, and the firm promises.
    hecha = person("hecha")
    hecha.goto(path)
    hecha.get_by_role("link", name="录入约谈情况").click()
    hecha.get_by_label("起止时间").fill("9时30分至10时10分")
    hecha.get_by_label("到场人员").fill("孙文博（法定代表人）")
    hecha.get_by_label("约谈人", exact=True).fill("王核（科员）")
    hecha.get_by_label("约谈内容").fill("约谈人：请说明没有按期缴款的原因。\n被约谈人：货款没有收回。")
    hecha.get_by_label("约谈结果").fill("缴清罚款余款1.2万元")
    hecha.get_by_label("约定的完成日期").fill("2026-12-04")
    check_page(hecha, "interview-hold")
    hecha.get_by_role("button", name="保存约谈记录").click()
    hecha.get_by_role("link", name="约谈人签名").click()
    _sign(hecha)
    check_page(hecha, "interview-sign")
    hecha.get_by_role("button", name="签名", exact=True).click()
    expect(hecha.get_by_text("约谈人已签名，等被约谈人签名。")).to_be_visible()

    qiye = person("qiye")
    qiye.goto(mine)
    qiye.get_by_role("link", name="签署约谈记录").click()
    _sign(qiye)
    check_page(qiye, "my-interview-sign")
    qiye.get_by_role("button", name="签名", exact=True).click()
    expect(qiye.get_by_text("双方已在屏幕上签名。")).to_be_visible()
    qiye.get_by_role("link", name="签署整改承诺书").click()
    _sign(qiye)
    check_page(qiye, "my-promise")
    qiye.get_by_role("button", name="签署承诺书").click()
    expect(qiye.get_by_text("已签署整改承诺书，请按期完成并提交证明。")).to_be_visible()
    check_page(qiye, "my-order-promised")

    # It keeps its word; the authority checks, and the matter is over.
    hecha.goto(path)
    hecha.get_by_role("link", name="承诺已履行").click()
    hecha.get_by_label("核查情况").fill("财政系统显示余款已于11月27日缴清")
    hecha.get_by_role("button", name="确认已履行，办结").click()
    expect(hecha.get_by_text("承诺已履行，这件事办结了。")).to_be_visible()
    check_page(hecha, "order-closed")

    # The platform was told of the interview, and has confirmed it.
    hecha.goto(f"/office/records/{record}/")
    told = hecha.get_by_role("row").filter(has_text="约谈信息").filter(has_text="已回执")
    reload_until(hecha, lambda: told.count() > 0)
    expect(told.first).to_contain_text("提示约谈：已到场")


def _record(desk: Desk) -> str:
    """Let the platforms take messages about interviews; return the record that the order is about."""
    found = re.search(r"RECORD (\S+)", desk.manage("shell", "-c", _TAKES_INTERVIEWS))
    assert found is not None
    return found[1]


def _another_day(desk: Desk, day: str) -> None:
    """Close the desk, and open it again on that day, as it was left."""
    assert desk.stop() == 0, desk.complaints
    desk.open(day=day)
    desk.manage("settle_cases", "--as-of", day)  # as the schedule does every minute: nobody waits for it


def _sign(page: Page) -> None:
    """Read, agree, and write a name on the pad."""
    page.get_by_label("我已阅读全文").check()
    _draw(page, page.locator("canvas"))


def _draw(page: Page, pad: Locator) -> None:
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    assert box is not None
    for left in (0.15, 0.5):
        for part in range(21):
            across = box["x"] + box["width"] * (left + 0.3 * part / 20)
            down = box["y"] + box["height"] * (0.25 if part % 2 else 0.7)
            page.mouse.move(across, down)
            if part == 0:
                page.mouse.down()
        page.mouse.up()
