"""A photograph on its way, as the person in front of it sees it."""

import io
import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, Route, expect

from tests.browser.desk import Desk
from tests.browser.people import Person

Look = Callable[[Page, str], None]
PART = 512 * 1024

_BASKET = """
from credit_repair.core.clock import today
from credit_repair.people import access
from credit_repair.people.models import User
from credit_repair.registry.models import Record
from credit_repair.repairs import services
from credit_repair.repairs.selectors import open_repair_on
person = User.objects.get(username="qiye")
subjects = access.subjects_of(user=person, on=today())
free = [each for each in Record.objects.filter(subject__in=subjects).select_related("subject")
        if each.is_public and open_repair_on(record=each) is None]
together = [each for each in free if each.subject == free[0].subject][:2]
filing = services.open_basket(subject=free[0].subject, actor=person, today=today())
services.add_records(filing=filing, records=together, actor=person, today=today())
print("filing", filing.uuid)
"""
_DISCARD = """
from credit_repair.cases.models import Filing
from credit_repair.core.clock import today
from credit_repair.people.models import User
from credit_repair.repairs import services

services.discard_basket(filing=Filing.objects.get(uuid="{filing}"),
                        actor=User.objects.get(username="qiye"), today=today())
"""


@pytest.fixture
def photograph(tmp_path: Path) -> Path:
    """A picture of exactly four parts."""
    picture = io.BytesIO()
    Image.frombytes("RGB", (300, 200), random.Random(3).randbytes(180_000)).save(picture, "JPEG")
    file = tmp_path / "缴款凭证.jpg"
    file.write_bytes(picture.getvalue().ljust(4 * PART, b"\0"))
    return file


@pytest.fixture
def address(desk: Desk) -> Iterator[str]:
    """The page of a basket's proofs; in the end the records are free again for who comes next."""
    said = desk.manage("shell", "-v0", "-c", _BASKET)
    filing = next(line for line in said.splitlines() if line.startswith("filing ")).split()[1]
    yield f"/me/filings/{filing}/materials/proof/"
    desk.manage("shell", "-v0", "-c", _DISCARD.format(filing=filing))


def test_an_upload_goes_on_where_it_was_after_a_reload(
    address: str, photograph: Path, person: Callable[..., Person], check_page: Look
) -> None:
    page = person("qiye", viewport={"width": 375, "height": 812})
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(address)
    check_page(page, "materials-empty")

    sent: list[str] = []

    def line(route: Route) -> None:
        """Two parts come through, the third hangs."""
        if len(sent) < 2:
            sent.append(route.request.headers["upload-offset"])
            route.continue_()

    page.route("**/uploads/*-*/", line)
    page.set_input_files("#file", photograph)
    expect(page.get_by_text("已上传50%", exact=True)).to_be_visible()
    expect(page.get_by_role("progressbar", name="缴款凭证.jpg")).to_have_js_property("value", 50)
    check_page(page, "materials-running")

    page.reload()
    page.unroute_all()
    expect(page.get_by_text("缴款凭证.jpg（已收到50%）")).to_be_visible()
    check_page(page, "materials-unfinished")
    offsets: list[str] = []
    page.on(
        "request",
        lambda asked: (
            offsets.append(asked.headers["upload-offset"]) if "upload-offset" in asked.headers else None
        ),
    )
    page.set_input_files("#file", photograph)
    expect(page.get_by_role("link", name="缴款凭证.jpg")).to_be_visible()
    assert (sent, offsets) == (["0", str(PART)], [str(2 * PART), str(3 * PART)])
    expect(page.get_by_text("还有没有传完的文件")).to_have_count(0)
    page.get_by_text("用于全部2条信息").click()
    check_page(page, "materials")


def test_without_script_the_form_posts(address: str, photograph: Path, person: Callable[..., Person]) -> None:
    page = person("qiye", java_script_enabled=False)
    page.goto(address)
    page.set_input_files("#file", photograph)
    page.get_by_role("button", name="上传", exact=True).click()
    expect(page.get_by_text("已保存：缴款凭证.jpg")).to_be_visible()
    expect(page.get_by_role("link", name="缴款凭证.jpg")).to_be_visible()
