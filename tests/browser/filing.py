"""How an applicant files: the steps that several tests go."""

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.people import download

#: A file that is sent in parts is there within this.
UPLOAD_MS = 60_000


def start(page: Page, doc_no: str) -> str:
    """Begin an application on the record with this number alone; return the address of its basket."""
    _begin(page, doc_no)
    if "已选1条信息" not in page.inner_text("main"):  # what was left unfinished lies in the same basket
        page.goto(f"{page.url}discard/")
        page.get_by_role("button", name="确认放弃").click()
        _begin(page, doc_no)
    return page.url


def answer(page: Page, statement: str = "罚款已经缴清。", *, performed_on: str = "2026-07-20") -> None:
    """Answer all that is asked in words."""
    page.get_by_label("违法行为已经改正").check()
    page.get_by_label("哪一天履行完毕").fill(performed_on)
    page.get_by_label("请简单说明").fill(statement)


def upload(page: Page, file: Path) -> None:
    """Choose a file; where no script sends it, press the button."""
    page.locator("input[type=file]").first.set_input_files(file)
    button = page.get_by_role("button", name="上传", exact=True)
    if button.is_visible():
        button.click()
    saved = page.get_by_role("link", name=file.name).or_(page.get_by_text("已上传扫描件")).first
    expect(saved).to_be_visible(timeout=UPLOAD_MS)


def complete(page: Page, doc_no: str, folder: Path) -> str:
    """Fill in an application, so that only its submission is left; return the address of its basket."""
    address = start(page, doc_no)
    page.get_by_role("link", name="填写改正和履行情况").click()
    answer(page)
    page.get_by_role("button", name="保存并继续").click()
    letter = folder / "承诺书.pdf"
    letter.write_bytes(download(page, page.get_by_role("link", name="下载承诺书")).read_bytes())
    upload(page, letter)
    page.goto(f"{address}materials/proof/")
    upload(page, letter)
    page.get_by_role("link", name="完成，继续下一步").click()
    return address


def _begin(page: Page, doc_no: str) -> None:
    page.goto("/me/")
    page.get_by_role("link", name=doc_no).first.click()
    page.get_by_role("button", name="申请信用修复").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("^(申请信用修复|改正和履行情况)$"))
    if page.url.endswith("/statement/"):  # one record alone goes straight to its questions
        page.goto(page.url.removesuffix("statement/"))
