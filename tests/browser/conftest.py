"""A running demo, people in front of it, and a demanding look at each page.

Each worker of the test run that meets a browser test starts a demo of its own and stops it at the end.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.desk import Desk
from tests.browser.people import Person, findings_on, sign_in

# The browser's event loop runs in this thread, and Django would refuse to work beside it.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
HERE = Path(__file__).parent
# A page is waited for as long as a busy machine may need; a quick one waits no longer for it.
expect.set_options(timeout=60_000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what lies in this folder."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Use the system's Chromium. Without one the journey stays unwalked, and the run says so."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        words = f"NO BROWSER: none of {', '.join(BROWSERS)} is installed, so nobody walked the journey"
        pytest.fail(words) if os.environ.get("CI") else pytest.skip(words)
    # The browser's own words (choose a file, pick a day) in the language of the people in front of it.
    environment = {**os.environ, "LANGUAGE": "zh_CN"}
    return {**browser_type_launch_args, "executable_path": found, "args": ARGUMENTS, "env": environment}


@pytest.fixture(scope="session")
def desk(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Desk]:
    """Return a running demo; at the end it must stop cleanly, with nothing gone wrong in its processes."""
    running = Desk(tmp_path_factory.mktemp("desk"))
    try:
        running.start()
        yield running
    finally:
        status = running.stop()
    assert status == 0, running.complaints
    assert "演示已停止" in running.said
    assert "Traceback" not in running.complaints, running.complaints


@pytest.fixture
def stranger(desk: Desk, browser: Browser) -> Iterator[Callable[..., Page]]:
    """Return a maker of pages of people who have not signed in; each has a browser of their own.

    Whatever the browser complains of (scripts, the Content-Security-Policy, missing files) fails the test.
    """
    contexts, complaints = [], []

    def make(**options: Any) -> Page:
        context = browser.new_context(
            base_url=desk.url,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            **{"viewport": {"width": 1280, "height": 900}, **options},
        )
        context.set_default_timeout(60_000)
        contexts.append(context)
        page = context.new_page()
        context.on("console", lambda message: _note(message, complaints))
        context.on("weberror", lambda error: complaints.append(f"{error.page.url}: {error.error}"))
        return page

    yield make
    for context in contexts:
        context.close()
    assert not complaints, complaints


def _note(message: Any, complaints: list[str]) -> None:
    """Keep what the browser complains of. It is no complaint that a page itself was answered with 404 or 422,
    or that a script was told what is wrong with a file."""
    address = message.location.get("url", "")
    refused = "Failed to load resource" in message.text
    own = message.page is not None and address == message.page.url
    if message.type not in ("error", "warning") or (refused and (own or "422" in message.text)):
        return
    complaints.append(f"{address}: {message.text}")


@pytest.fixture
def person(stranger: Callable[..., Page]) -> Callable[..., Person]:
    """Return a maker of people who have signed in."""

    def make(username: str, **options: Any) -> Person:
        return sign_in(stranger(**options), username)

    return make


@pytest.fixture
def check_page() -> Iterator[Callable[[Page, str], None]]:
    """Return a look at a page: width, accessibility, slips of the pen, a picture.

    All that is found is told at the end, so that one blemish does not hide the others.
    """
    found: list[str] = []
    yield lambda page, name: found.extend(findings_on(page, name))
    assert not found, "\n".join(found)
