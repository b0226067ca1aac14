"""Coming in, as people do it: with a code from an app, with a passkey, and warned before the session ends."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.desk import Desk
from tests.browser.people import PASSWORD, Person
from tests.people.signing_in import totp_code

pytestmark = pytest.mark.slow

Look = Callable[[Page, str], None]
WHY = "您的账号用于办理公务，登录必须使用两步验证"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Desk]:
    """A demo in which officials must have a second factor; under a name, as passkeys want one."""
    running = Desk(tmp_path_factory.mktemp("desk"), SECOND_FACTOR_REQUIRED="1")
    try:
        running.start()
        running.url = running.url.replace("127.0.0.1", "localhost")
        yield running
    finally:
        status = running.stop()
    assert status == 0, running.complaints
    assert "Traceback" not in running.complaints, running.complaints


def type_password(page: Page, username: str) -> None:
    """Fill in the form of sign-in and send it."""
    page.goto("/account/login/")
    page.get_by_label("用户名").fill(username)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录", exact=True).click()


def leave(page: Page) -> None:
    """Sign out by the menu."""
    page.locator("details.dk-user:not(.dk-show) > summary").click()
    page.get_by_role("button", name="退出登录").click()
    expect(page.get_by_text("您已退出登录")).to_be_visible()


def give_authenticator(page: Page) -> None:
    """Put a device with a fingerprint reader beside the page."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def test_an_official_sets_up_codes_of_an_app_and_comes_in_with_them(
    stranger: Callable[..., Page], check_page: Look
) -> None:
    page = stranger()
    page.goto("/account/login/")
    check_page(page, "sign-in")
    type_password(page, "shouli")
    expect(page.get_by_text(WHY)).to_be_visible()
    check_page(page, "second-factor-needed")
    page.get_by_role("link", name="设置动态码").click()
    page.get_by_text("不能扫描，改为手工输入").click()
    check_page(page, "second-factor-app")
    secret = page.locator(".dk-secret").inner_text()
    page.get_by_label("应用里显示的6位动态码").fill("000000")
    page.get_by_role("button", name="启用动态码").click()
    expect(page.locator(".dk-errors")).to_be_visible()
    page.get_by_label("应用里显示的6位动态码").fill(totp_code(secret))
    page.get_by_role("button", name="启用动态码").click()

    expect(page.locator(".dk-recovery li")).to_have_count(10)
    check_page(page, "recovery-codes")
    codes = page.locator(".dk-recovery li").all_inner_texts()
    with page.expect_download() as coming:
        page.get_by_role("link", name="下载").click()
    assert codes[9] in coming.value.path().read_text(encoding="utf-8")
    page.get_by_role("link", name="已经保存，继续").click()
    expect(page).to_have_url(re.compile("/office/$"))

    leave(page)
    type_password(page, "shouli")
    check_page(page, "second-factor-asked")
    page.get_by_label("动态码或恢复码").fill(totp_code(secret, step=1))
    page.get_by_role("button", name="确认", exact=True).click()
    expect(page).to_have_url(re.compile("/office/$"))
    page.goto("/account/")
    check_page(page, "account")

    leave(page)
    type_password(page, "shouli")
    page.get_by_label("动态码或恢复码").fill(codes[0])
    page.get_by_role("button", name="确认", exact=True).click()
    expect(page).to_have_url(re.compile("/office/$"))


def test_an_official_comes_in_by_passkey_alone(stranger: Callable[..., Page], check_page: Look) -> None:
    page = stranger()
    give_authenticator(page)
    type_password(page, "hecha")
    page.get_by_role("link", name="添加通行密钥").click()
    check_page(page, "passkey-add")
    page.get_by_label("名称").fill("办公电脑")
    page.get_by_role("button", name="添加", exact=True).click()
    expect(page.locator(".dk-recovery li")).to_have_count(10)
    page.get_by_role("link", name="已经保存，继续").click()
    expect(page).to_have_url(re.compile("/office/$"))

    leave(page)
    page.goto("/account/login/?next=/account/2fa/webauthn/")
    page.get_by_role("button", name="用通行密钥登录").click()
    expect(page).to_have_url(re.compile("^[^?]*/account/2fa/webauthn/$"))
    expect(page.get_by_text("办公电脑").first).to_be_visible()
    check_page(page, "passkeys")
    page.get_by_role("link", name="删除 办公电脑").click()
    expect(page.get_by_text("您的账号必须使用两步验证")).to_be_visible()

    # As the second step after the password, too.
    leave(page)
    type_password(page, "hecha")
    page.get_by_role("button", name="用通行密钥确认").click()
    expect(page).to_have_url(re.compile("/office/$"))
    page.goto("/account/sessions/")
    check_page(page, "sessions")


def test_a_passkey_that_does_not_work_is_explained(stranger: Callable[..., Page]) -> None:
    page = stranger()
    give_authenticator(page)
    page.goto("/account/login/")
    page.get_by_role("button", name="用通行密钥登录").click()
    expect(page.get_by_text("没有完成。")).to_be_visible()
    type_password(page, "qiye")
    expect(page).to_have_url(re.compile("/me/$"))


def test_without_script_the_password_is_the_way_in(stranger: Callable[..., Page]) -> None:
    page = stranger(java_script_enabled=False)
    page.goto("/account/login/")
    assert page.get_by_role("button", name="用通行密钥登录").count() == 0
    type_password(page, "qiye")
    expect(page).to_have_url(re.compile("/me/$"))


def test_a_page_with_a_form_warns_before_the_session_ends(
    person: Callable[..., Person], check_page: Look
) -> None:
    page = person("qiye")
    left: dict[str, Any] = {"seconds": 90, "why": "idle"}

    def answer(route: Any) -> None:
        if route.request.method == "GET":
            route.fulfill(body=json.dumps(left), content_type="application/json")
        else:
            route.continue_()

    page.route("**/account/session/", answer)
    page.clock.install()
    page.goto("/account/password/change/")
    warning = page.locator(".dk-session")
    expect(warning).to_be_hidden()
    page.clock.fast_forward("28:30")
    expect(warning).to_be_visible()
    expect(warning).to_contain_text("2分钟后将自动退出")
    check_page(page, "session-warning")
    warning.get_by_role("button", name="继续").click()
    expect(warning).to_be_hidden()

    left["seconds"] = 0
    page.clock.fast_forward("30:00")
    expect(warning).to_contain_text("请先复制本页填写的内容")
    expect(warning.get_by_role("button")).to_be_hidden()
