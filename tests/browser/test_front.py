"""Every page that somebody can open in the demo, at both widths: nothing sticks out, and axe finds nothing.

Everybody starts at their first page and follows the links; what no link leads to is opened by its name. Each
address (by its name, whatever its arguments) is looked at once, by the first who comes to it.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.http import Http404
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, resolve, reverse
from playwright.sync_api import Page, expect

from tests.browser.people import SLIPS, faults_of, sign_in

WIDTHS = (375, 1280)
#: Who goes round, and on which side of the site they also try the addresses that no link has led them to.
PEOPLE = {
    "": "/",
    "qiye": "/me/",
    "shouli": "/office/",
    "shuju": "/office/",
    "duban": "/office/",
    "anquan": "/manage/",
    "shenji": "/manage/",
    "xitong": "/manage/",
}
SIDES = ("/me/", "/office/", "/manage/")
#: The admin's pages are Django's own; the others download, sign out, or are the demo's letter box.
LEFT_OUT = re.compile(
    r"^(admin:|account_logout|set_|demo_|attachment$|document$|.*_(file|ics|letter|template)$)"
)
LINKS = "[...new Set([...document.links].map(link => link.href))].filter(href => !/[?&]format=/.test(href))"


#: Of rows that repeat, the first say what all say: to compare colours takes longer than all the rest.
FEW_ROWS = "document.querySelectorAll('tbody tr:nth-child(n+9)').forEach(row => row.remove())"


class Tour:
    """Who has looked at which address, and what was found there."""

    def __init__(self) -> None:
        self.seen: dict[str, str] = {}
        self.findings: list[str] = []

    def walk(self, page: Page, who: str) -> None:
        """Look at everything that `who` comes to and nobody has looked at yet."""
        waiting, tried = [page.url if who else "/", *_without_arguments(PEOPLE[who])], set[str]()
        while waiting:
            address = waiting.pop(0)
            name = _name(address)
            if name is None or name in self.seen or name in tried:
                continue
            tried.add(name)
            # Asked without a page first: most of what is tried is not for this person.
            if not _is_page(page.request.get(address, max_redirects=0)):
                continue
            page.goto(address)
            self.seen[name] = who
            waiting = page.evaluate(LINKS) + waiting
            self.look(page, f"{name} ({who or 'a stranger'})")

    def look(self, page: Page, where: str) -> None:
        """Look at the page as it stands, at both widths."""
        found = [f"“{slip[0]}” in its text" for slip in re.finditer(SLIPS, page.inner_text("body"))]
        if (headings := page.get_by_role("heading", level=1).count()) != 1:
            found.append(f"{headings} headings of the first level")
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            needed = page.evaluate("document.documentElement.scrollWidth")
            if needed > width:
                found.append(f"{needed} px wide on a screen of {width}")
        page.evaluate(FEW_ROWS)
        found += faults_of(page, colours=True)
        self.findings += [f"{where}: {text}" for text in found]


def _is_page(answer: Any) -> bool:
    return answer.status == 200 and answer.headers.get("content-type", "").startswith("text/html")


def _name(address: str) -> str | None:
    """The name of the address's view, where it is a page to look at."""
    path = urlsplit(address).path
    try:
        name = resolve(path).view_name
    except Http404:
        return None
    return None if not name or LEFT_OUT.search(name) else name


def _without_arguments(side: str) -> list[str]:
    """Every address of a side of the site that needs nothing to be opened; of "/", what is of no side."""
    found = [address for name in _names(get_resolver()) if (address := _address(name))]
    if side == "/":
        return [address for address in found if not address.startswith(SIDES)]
    return [address for address in found if address.startswith((side, "/account/"))]


def _names(resolver: URLResolver) -> Iterator[str]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from () if entry.namespace else _names(entry)
        elif isinstance(entry, URLPattern) and entry.name:
            yield entry.name


def _address(name: str) -> str:
    try:
        return "" if LEFT_OUT.search(name) else reverse(name)
    except NoReverseMatch:
        return ""


@pytest.mark.slow
def test_every_page_stands_at_both_widths_and_axe_finds_nothing(stranger: Callable[..., Page]) -> None:
    tour = Tour()
    for who in PEOPLE:
        page = stranger()
        tour.walk(sign_in(page, who) if who else page, who)
    assert not tour.findings, "\n".join(tour.findings)
    assert len(tour.seen) > 50, sorted(tour.seen)


@pytest.mark.parametrize("address", ["/", "/guide/", "/choose/?trouble=shown"])
def test_in_large_type_and_strong_contrast_pages_stand_as_well(
    stranger: Callable[..., Page], address: str
) -> None:
    tour, page = Tour(), stranger()
    page.goto(address)
    for word in ("大字", "高对比"):
        page.locator("footer").get_by_role("button", name=word).click()
        expect(page.locator("footer").get_by_role("button", name=word, pressed=True)).to_be_visible()
    assert page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)") >= 24  # 18 pt
    tour.look(page, address)
    assert not tour.findings, "\n".join(tour.findings)


def test_the_keyboard_alone_reaches_the_text_the_menus_and_the_search(person: Callable[..., Page]) -> None:
    page = person("shouli")
    page.goto("/office/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="跳到正文")).to_be_focused()
    expect(page.get_by_role("link", name="跳到正文")).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")
    page.get_by_role("banner").get_by_role("searchbox").focus()
    page.keyboard.type("濉溪")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("查找")
    menu = page.locator("details.dk-show > summary")
    menu.focus()
    page.keyboard.press("Enter")
    large = page.locator("header").get_by_role("button", name="大字")
    expect(large).to_be_visible()
    page.keyboard.press("Escape")
    expect(large).to_be_hidden()
    expect(menu).to_be_focused()


def test_the_chooser_leads_to_its_end_without_script_and_back(stranger: Callable[..., Page]) -> None:
    page = stranger(java_script_enabled=False, viewport={"width": 375, "height": 812})
    page.goto("/choose/")
    page.get_by_role("button", name="继续").click()
    expect(page.get_by_text("请选择一项，再继续。").first).to_be_visible()
    for answer in ("受过处罚，想让公示的信息早一点撤下", "还在公示", "都做到了"):
        page.get_by_label(answer, exact=True).check()
        page.get_by_role("button", name="继续").click()
    page.get_by_role("link", name="上一题").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("处罚决定要求的都做到了吗？")
    page.go_back()
    page.get_by_label("已经过了").check()
    page.get_by_role("button", name="继续").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("您现在可以申请信用修复")
    page.get_by_role("link", name="修改").last.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("最短公示期过了吗？")
