"""What people do in front of the site, and how its pages are looked at."""

import os
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page, expect

from tests.browser.desk import ROOT

PASSWORD = "xinyong-demo-2026"
PICTURES = Path(os.environ.get("PICTURES", ROOT / "test-results" / "pictures"))
WIDTHS = {375: 812, 1280: 900}
#: Background work (documents, messages, mails) is done within this; a demo that has just begun works through
#: the documents of its made-up cases first, and on a busy machine that alone takes half a minute.
PATIENCE_SECONDS = 120

#: Nobody looks at pictures there, and the colours of every page are compared in test_front.py.
HURRIED = bool(os.environ.get("CI"))

#: What a template or a presenter lets slip through to the reader.
SLIPS = r"\b(None|True|False|nan)\b|\{\{|\{%|</?[a-z]+>"

FAULTS = """async (colours) => {
  const seen = await axe.run({resultTypes: ['violations'], rules: {'color-contrast': {enabled: colours}}});
  return seen.violations.map(each => `${each.id}: ${each.help}: ${each.nodes.slice(0, 3).map(n => n.html)}`);
}"""

Person = Page


def sign_in(page: Page, username: str) -> Person:
    """Sign in by the form, as people do."""
    page.goto("/account/login/")
    page.get_by_label("用户名").fill(username)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录", exact=True).click()
    expect(page.get_by_role("heading", level=1)).not_to_have_text("登录")
    return page


def reload_until(page: Page, shown: Callable[[], bool]) -> None:
    """Look again and again until background work shows on the page; give up after a while."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not shown():
        assert time.monotonic() < deadline, f"{page.url} never showed it:\n{page.inner_text('body')}"
        page.wait_for_timeout(250)
        page.reload()


def download(page: Page, link: Any) -> Path:
    """Click on a link that downloads a file; return where it lies."""
    with page.expect_download() as coming:
        link.click()
    return Path(coming.value.path())


def keep(file: Path, name: str) -> None:
    """Keep a paper beside the pictures, to be looked at."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    (PICTURES / name).write_bytes(file.read_bytes())


def findings_on(page: Page, name: str) -> list[str]:
    """Look at a page at both widths as a demanding person would, and keep a picture of each where somebody
    may look at it."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    # A click that leads on does not wait for the next page to be there.
    page.wait_for_load_state("load")
    expect(page.get_by_role("heading", level=1).first).to_be_visible()
    before = page.viewport_size
    found = []
    if page.get_attribute("html", "lang") not in ("zh-Hans", "zh-CN"):
        found.append("its language is not given as Chinese")
    if (headings := page.get_by_role("heading", level=1).count()) != 1:
        found.append(f"{headings} headings of the first level")
    words = page.inner_text("body")
    found += [f"“{slip[0]}” in its text" for slip in re.finditer(SLIPS, words)]
    for width, height in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": height})
        needed = page.evaluate("document.documentElement.scrollWidth")
        if needed > width:
            found.append(f"{needed} px wide on a screen of {width}")
        if not HURRIED:
            page.screenshot(path=PICTURES / f"{name}-{width}.png", full_page=True)
        colours = width == max(WIDTHS) and not HURRIED
        found += [f"at {width}: {fault}" for fault in faults_of(page, colours=colours)]
    if before:
        page.set_viewport_size(before)
    return [f"{name}: {text}" for text in found]


def faults_of(page: Page, *, colours: bool) -> list[str]:
    """Ask axe-core what is wrong with the page as it stands on the screen now.

    `colours`: also look at contrasts; they are the same at every width, and to compare them takes longer than
    all the rest.
    """
    if page.evaluate("typeof axe === 'undefined'"):
        page.evaluate(AXE_SCRIPT)
    found: list[str] = page.evaluate(FAULTS, colours)
    return found
