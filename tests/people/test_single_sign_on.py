"""Single sign-on against a real provider on a free port: its own form, PKCE, signed tokens."""

import re
import socket
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import jwt
import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from cryptography.hazmat.primitives.asymmetric import rsa
from django.contrib.sessions.models import Session
from django.core import signing
from django.test import Client
from django.urls import reverse
from oidc_provider_mock import User as Someone
from oidc_provider_mock import run_server_in_thread

from credit_repair.core.clock import assume
from credit_repair.core.models import AuditEntry
from credit_repair.mail.models import Mail
from credit_repair.people import openid, single_sign_on
from credit_repair.people.models import Role, User
from credit_repair.people.services import join_office, mandate_proofs
from credit_repair.people.single_sign_on import SECOND_FACTOR_KEY
from tests import world as county
from tests.people.signing_in import give_totp
from tests.registry.factories import OfficeFactory

pytestmark = pytest.mark.django_db

CODE = "91340621MA2TX00008"
ZHOU = {
    "name": "周小敏",
    "email": "zhou@example.com",
    "email_verified": True,
    "org_code": CODE,
    "org_name": "濉溪县顺达运输有限公司",
}
PEOPLE = {
    "zhou": ZHOU,
    "zhou-unverified": {**ZHOU, "email_verified": False},
    "zhou-text": {**ZHOU, "email_verified": "false"},
    "nameless": {"email": "nameless@example.com", "email_verified": True},
    "wang": {"name": "王核", "email": "wang@example.gov.cn", "email_verified": True},
    "wang-unverified": {"name": "王核", "email": "wang@example.gov.cn", "email_verified": False},
    "wang-mfa": {"name": "王核", "amr": ["pwd", "mfa"]},
    "wang-acr": {"name": "王核", "acr": "gov-level-3"},
    "wang-pwd": {"name": "王核", "amr": ["pwd"]},
}


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    """A provider that knows these people; its address."""
    people = [Someone(sub=sub, claims=dict(claims)) for sub, claims in PEOPLE.items()]
    with run_server_in_thread(user_claims=people) as server:
        yield f"http://localhost:{server.server_port}"


@pytest.fixture(autouse=True)
def _day() -> Iterator[None]:
    with assume(county.TODAY):
        yield


@pytest.fixture
def connect(settings: Any) -> Callable[..., None]:
    """Set a provider up for one kind of person."""
    settings.SSO_WITHOUT_TLS = True

    def made(kind: str, url: str, **said: Any) -> None:
        sso = {**settings.SINGLE_SIGN_ON[kind], "server_url": url, **said}
        settings.SINGLE_SIGN_ON = {**settings.SINGLE_SIGN_ON, kind: sso}
        app = {
            "provider_id": kind,
            "name": sso["name"],
            "client_id": f"desk-{kind}",
            "secret": "shared",
            "settings": {"server_url": url, "oauth_pkce_enabled": True},
        }
        apps = [old for old in _apps(settings) if old["provider_id"] != kind]
        settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [*apps, app]}}

    return made


def _apps(settings: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"]
    return found


@pytest.fixture
def enterprise(connect: Callable[..., None], provider: str) -> None:
    connect("enterprise", provider)


@pytest.fixture
def official(connect: Callable[..., None], provider: str) -> None:
    connect("official", provider)


def to_provider(client: Client, kind: str, **form: str) -> str:
    """Press the button of the sign-in page; return where at the provider it leads."""
    answer = client.post(reverse("openid_connect_login", args=[kind]), form)
    assert answer.status_code == 302, answer.content.decode()
    address: str = answer["Location"]
    return address


def back(address: str, sub: str, **instead: str) -> str:
    """Fill in the provider's own form as `sub`; return the address it leads back to."""
    with httpx.Client() as browser:
        form = browser.get(address)
        assert form.status_code == 200 and "<form" in form.text
        answer = browser.post(address, data=instead or {"sub": sub})
    assert answer.status_code == 302
    return str(answer.headers["Location"])


def sign_in(client: Client, kind: str, sub: str, **form: str) -> Any:
    """Go the whole way; return what the site answers to the return."""
    returned = urlsplit(back(to_provider(client, kind, **form), sub))
    return client.get(returned.path, dict(parse_qs(returned.query)))


def who(client: Client) -> User | None:
    key = client.session.get("_auth_user_id")
    return User.objects.get(pk=key) if key else None


def connected(user: User, kind: str, sub: str) -> None:
    SocialAccount.objects.create(user=user, provider=kind, uid=sub)


def an_official(address: str = "wang@example.gov.cn") -> User:
    user = county.member(OfficeFactory(credit=True), Role.INTAKE, name="王核", email=address)
    EmailAddress.objects.create(user=user, email=address, verified=True, primary=True)
    return user


# ---- enterprises -----------------------------------------------------------------------------------------


def test_an_enterprise_comes_new_with_name_and_verified_address(client: Client, enterprise: None) -> None:
    answer = sign_in(client, "enterprise", "zhou")

    user = who(client)
    assert user is not None and answer.status_code == 302
    assert (user.display_name, user.email, user.has_usable_password()) == (
        "周小敏",
        "zhou@example.com",
        False,
    )
    assert EmailAddress.objects.get(user=user).verified
    account = SocialAccount.objects.get(user=user)
    assert (account.provider, account.uid, account.extra_data) == ("enterprise", "zhou", {})
    assert AuditEntry.objects.filter(action="people.join_by_single_sign_on", actor_id=user.pk).exists()


def test_the_same_person_finds_the_same_account_again(enterprise: None) -> None:
    first, second = Client(), Client()
    sign_in(first, "enterprise", "zhou")
    sign_in(second, "enterprise", "zhou")
    assert who(first) == who(second) is not None
    assert User.objects.count() == SocialAccount.objects.count() == 1


def test_nothing_of_tokens_is_kept(client: Client, enterprise: None) -> None:
    sign_in(client, "enterprise", "zhou-unverified")  # the longest way: a form is still to be filled in
    assert not SocialToken.objects.exists()
    kept = " ".join(str(session.get_decoded()) for session in Session.objects.all())
    assert "socialaccount_sociallogin" in kept
    assert "eyJ" not in kept and "access_token" not in kept and "'token'" not in kept


def test_the_page_asked_for_is_kept(client: Client, enterprise: None) -> None:
    answer = sign_in(client, "enterprise", "zhou", next="/me/calendar/")
    assert answer["Location"] == "/me/calendar/"


@pytest.mark.parametrize("evil", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_the_way_back_never_leads_to_another_site(client: Client, enterprise: None, evil: str) -> None:
    answer = sign_in(client, "enterprise", "zhou", next=evil)
    assert "evil" not in answer["Location"] and "javascript" not in answer["Location"]


@pytest.mark.parametrize("sub", ["zhou-unverified", "zhou-text"])
def test_an_unverified_address_never_opens_the_account_that_has_it(
    client: Client, enterprise: None, sub: str
) -> None:
    owner = county.make_user("周老板", email="zhou@example.com")
    EmailAddress.objects.create(user=owner, email="zhou@example.com", verified=True, primary=True)

    answer = sign_in(client, "enterprise", sub)

    assert who(client) is None and not SocialAccount.objects.exists()
    assert answer["Location"] == reverse("socialaccount_signup")  # an address is asked for, and gets a code
    form = client.get(answer["Location"])
    assert form.status_code == 200 and "zhou@example.com" in form.content.decode()
    client.post(answer["Location"], {"display_name": "周小敏", "email": "zhou@example.com"})
    assert who(client) is None and not SocialAccount.objects.filter(user=owner).exists()


def test_a_verified_address_that_has_an_account_is_told_so_and_opens_nothing(
    client: Client, enterprise: None
) -> None:
    owner = county.make_user("周老板", email="zhou@example.com")
    EmailAddress.objects.create(user=owner, email="zhou@example.com", verified=True, primary=True)

    answer = sign_in(client, "enterprise", "zhou")

    assert answer.status_code == 409 and "您已经有账号" in answer.content.decode()
    assert who(client) is None and not SocialAccount.objects.exists()


def test_who_has_no_name_at_the_provider_is_asked_for_it(client: Client, enterprise: None) -> None:
    answer = sign_in(client, "enterprise", "nameless")
    assert answer["Location"] == reverse("socialaccount_signup")
    client.post(answer["Location"], {"display_name": "周小敏", "email": "nameless@example.com"})
    user = User.objects.get(email="nameless@example.com")
    assert user.display_name == "周小敏"
    assert SocialAccount.objects.get(user=user).uid == "nameless"


def test_an_inactive_account_stays_outside(client: Client, enterprise: None) -> None:
    user = county.make_user("周小敏", is_active=False)
    connected(user, "enterprise", "zhou")
    sign_in(client, "enterprise", "zhou")
    assert who(client) is None


def test_the_claims_go_to_the_identity_plugin(
    client: Client, enterprise: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[dict[str, Any]] = []

    class Plugin:
        def prove(self, **said: Any) -> None:
            asked.append(said)

    monkeypatch.setattr(mandate_proofs, "identity_plugin", Plugin)
    sign_in(client, "enterprise", "zhou")

    assert len(asked) == 1
    said = asked[0]
    assert (said["user"], said["code"], said["name"]) == (who(client), CODE, ZHOU["org_name"])
    assert said["today"] == county.TODAY and said["claims"]["sub"] == "zhou"
    assert not {"nonce", "aud", "at_hash"} & set(said["claims"])


def test_a_plugin_that_fails_lets_the_person_in_without_a_mandate(
    client: Client, enterprise: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Plugin:
        def prove(self, **said: Any) -> None:
            raise RuntimeError("the register is down")

    monkeypatch.setattr(mandate_proofs, "identity_plugin", Plugin)
    sign_in(client, "enterprise", "zhou")
    user = who(client)
    assert user is not None and not user.mandates.exists()


# ---- officials -------------------------------------------------------------------------------------------


def test_an_unknown_official_is_told_whom_to_ask_and_no_account_is_made(
    client: Client, official: None, settings: Any
) -> None:
    settings.SITE_PHONE = "0561-1234567"
    answer = sign_in(client, "official", "wang")
    page = answer.content.decode()
    assert answer.status_code == 403
    assert "安全管理员" in page and "0561-1234567" in page
    assert who(client) is None and not User.objects.exists() and not SocialAccount.objects.exists()


def test_an_official_whose_identity_is_connected_comes_in(client: Client, official: None) -> None:
    user = an_official()
    connected(user, "official", "wang")
    sign_in(client, "official", "wang")
    assert who(client) == user


def test_an_official_s_account_is_not_found_by_its_address_unless_the_settings_say_so(
    client: Client, official: None
) -> None:
    an_official()
    assert sign_in(client, "official", "wang").status_code == 403
    assert who(client) is None and not SocialAccount.objects.exists()


def test_a_trusted_provider_connects_the_same_verified_address_the_first_time(
    client: Client, connect: Callable[..., None], provider: str
) -> None:
    connect("official", provider, trust_email=True)
    user = an_official()
    sign_in(client, "official", "wang")
    assert who(client) == user
    assert SocialAccount.objects.get(user=user).uid == "wang"
    assert Mail.objects.filter(kind="identity_connected", to_address=user.email).exists()
    assert AuditEntry.objects.filter(action="people.identity_connected", actor_id=user.pk).exists()


@pytest.mark.parametrize(
    "obstacle", ["unverified there", "unverified here", "no official", "inactive", "taken"]
)
def test_a_trusted_provider_connects_nothing_else(
    client: Client, connect: Callable[..., None], provider: str, obstacle: str
) -> None:
    connect("official", provider, trust_email=True)
    user = (
        county.make_user("路人", email="wang@example.gov.cn") if obstacle == "no official" else an_official()
    )
    if obstacle == "no official":
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    if obstacle == "unverified here":
        EmailAddress.objects.filter(user=user).update(verified=False)
    if obstacle == "inactive":
        User.objects.filter(pk=user.pk).update(is_active=False)
    if obstacle == "taken":
        connected(user, "official", "another")
    sub = "wang-unverified" if obstacle == "unverified there" else "wang"

    assert sign_in(client, "official", sub).status_code == 403
    assert who(client) is None and not SocialAccount.objects.filter(uid=sub).exists()


def _with_password(user: User) -> User:
    user.set_password("eine-lange-parole-2026")
    user.save()
    return user


def test_an_official_connects_an_identity_after_signing_in_and_saying_again_who_they_are(
    client: Client, official: None
) -> None:
    user = _with_password(an_official())
    client.force_login(user)
    page = client.get(reverse("socialaccount_connections")).content.decode()
    assert "关联政务人员统一身份认证" in page and "企业统一身份认证" not in page

    answer = sign_in(client, "official", "wang", process="connect")
    assert answer["Location"].startswith(reverse("account_reauthenticate"))
    assert not SocialAccount.objects.exists()

    client.post(answer["Location"], {"password": "eine-lange-parole-2026"})
    assert SocialAccount.objects.get().user == user
    assert sign_in(Client(), "official", "wang").status_code == 302


def test_an_identity_of_another_account_is_not_taken_over(client: Client, official: None) -> None:
    other = an_official("other@example.gov.cn")
    connected(other, "official", "wang")
    client.force_login(an_official())
    sign_in(client, "official", "wang", process="connect")
    assert SocialAccount.objects.get().user == other


def test_an_official_connects_no_identity_of_an_enterprise(client: Client, enterprise: None) -> None:
    client.force_login(an_official())
    answer = sign_in(client, "enterprise", "zhou", process="connect")
    assert answer["Location"] == reverse("socialaccount_connections")
    assert not SocialAccount.objects.exists()
    assert "不适用于您的账号" in client.get(answer["Location"]).content.decode()


def test_an_identity_of_the_enterprises_no_longer_opens_an_official_s_account(
    client: Client, connect: Callable[..., None], provider: str, settings: Any
) -> None:
    settings.SECOND_FACTOR_REQUIRED = True
    connect("enterprise", provider, second_factor=True)
    user = an_official()
    give_totp(user)
    connected(user, "enterprise", "wang-mfa")
    answer = sign_in(client, "enterprise", "wang-mfa")
    page = answer.content.decode()
    assert answer.status_code == 403 and "请换一种方式登录" in page and "政务人员统一身份认证" in page
    assert who(client) is None and SECOND_FACTOR_KEY not in client.session


def test_an_identity_of_the_officials_opens_nothing_for_who_is_none_any_more(
    client: Client, official: None
) -> None:
    user = county.make_user("王核", email="wang@example.gov.cn")
    connected(user, "official", "wang")
    answer = sign_in(client, "official", "wang")
    assert answer.status_code == 403 and "已经不再用于办理公务" in answer.content.decode()
    assert who(client) is None


def test_an_applicant_who_becomes_an_official_shows_a_second_factor_of_our_own(
    client: Client, connect: Callable[..., None], provider: str, settings: Any
) -> None:
    settings.SECOND_FACTOR_REQUIRED = True
    connect("enterprise", provider, second_factor=True)
    user = county.make_user("王核", email="wang@example.gov.cn")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    connected(user, "enterprise", "wang-mfa")
    sign_in(client, "enterprise", "wang-mfa")
    assert who(client) == user
    join_office(user=user, office=OfficeFactory(), role=Role.INTAKE, since=county.SINCE)
    assert client.get(reverse("office"))["Location"] == reverse("mfa_index")


# ---- the second factor -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sub", "said", "strong"),
    [
        ("wang-mfa", {"second_factor": True}, True),
        ("wang-acr", {"second_factor": True, "acr": ["gov-level-3"]}, True),
        ("wang-acr", {"second_factor": True}, False),
        ("wang-pwd", {"second_factor": True}, False),
        ("wang", {"second_factor": True}, False),
        ("wang-mfa", {"second_factor": False}, False),
    ],
)
def test_the_provider_s_second_factor_counts_where_provider_and_token_say_so(
    client: Client, connect: Callable[..., None], provider: str, sub: str, said: dict[str, Any], strong: bool
) -> None:
    connect("official", provider, **said)
    connected(an_official(), "official", sub)
    sign_in(client, "official", sub)
    assert bool(client.session.get(SECOND_FACTOR_KEY)) is strong


@pytest.mark.parametrize(("sub", "comes_in"), [("wang-mfa", True), ("wang-pwd", False)])
def test_without_it_ours_is_asked_for(
    client: Client, connect: Callable[..., None], provider: str, settings: Any, sub: str, comes_in: bool
) -> None:
    settings.SECOND_FACTOR_REQUIRED = True
    connect("official", provider, second_factor=True)
    connected(an_official(), "official", sub)
    sign_in(client, "official", sub)
    answer = client.get(reverse("office"))
    assert (answer.status_code == 200) is comes_in


# ---- what goes wrong -------------------------------------------------------------------------------------


def assert_kindly_refused(client: Client, answer: Any) -> None:
    assert answer.status_code == 401
    assert "这次没有登录成功" in answer.content.decode()
    assert who(client) is None and not User.objects.exists()


def test_a_wrong_state_is_refused(client: Client, enterprise: None) -> None:
    returned = urlsplit(back(to_provider(client, "enterprise"), "zhou"))
    query = {**{key: value[0] for key, value in parse_qs(returned.query).items()}, "state": "forged"}
    assert_kindly_refused(client, client.get(returned.path, query))


def test_a_return_into_another_browser_is_refused(client: Client, enterprise: None) -> None:
    returned = back(to_provider(client, "enterprise"), "zhou")
    other = Client()
    assert_kindly_refused(other, other.get(urlsplit(returned).path, parse_qs(urlsplit(returned).query)))


def test_a_return_counts_once(client: Client, enterprise: None) -> None:
    returned = urlsplit(back(to_provider(client, "enterprise"), "zhou"))
    client.get(returned.path, parse_qs(returned.query))
    client.logout()
    again = client.get(returned.path, parse_qs(returned.query))
    assert again.status_code == 401 and who(client) is None


def test_a_token_with_another_nonce_is_refused(client: Client, enterprise: None) -> None:
    address = to_provider(client, "enterprise")
    forged = re.sub(r"nonce=[^&]+", "nonce=of-another-sign-in", address)
    returned = urlsplit(back(forged, "zhou"))
    assert_kindly_refused(client, client.get(returned.path, parse_qs(returned.query)))


@pytest.mark.parametrize("said", [None, "", "?"])
def test_a_return_whose_nonce_nobody_knows_is_refused(
    client: Client, enterprise: None, monkeypatch: pytest.MonkeyPatch, said: str | None
) -> None:
    login = single_sign_on.SingleSignOnAdapter.pre_social_login

    def without(adapter: Any, request: Any, sociallogin: Any) -> None:
        sociallogin.state.pop("nonce")
        sociallogin.claims = {**sociallogin.claims, "nonce": said}
        login(adapter, request, sociallogin)

    monkeypatch.setattr(single_sign_on.SingleSignOnAdapter, "pre_social_login", without)
    assert_kindly_refused(client, sign_in(client, "enterprise", "zhou"))


def test_a_token_signed_with_another_key_is_refused(
    client: Client, enterprise: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    right = openid.verified_claims

    def swapped(token: str, **checks: Any) -> dict[str, Any]:
        claims = jwt.decode(token, options={"verify_signature": False})
        header = jwt.get_unverified_header(token)
        return right(jwt.encode(claims, key, algorithm="RS256", headers=header), **checks)

    monkeypatch.setattr(openid, "verified_claims", swapped)
    assert_kindly_refused(client, sign_in(client, "enterprise", "zhou"))


def test_the_code_is_bound_to_this_browser_by_pkce(client: Client, enterprise: None) -> None:
    asked = parse_qs(urlsplit(to_provider(client, "enterprise")).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert len(asked["code_challenge"][0]) >= 43 and len(asked["nonce"][0]) >= 32


def test_a_link_cannot_ask_the_provider_for_more(client: Client, enterprise: None) -> None:
    login = reverse("openid_connect_login", args=["enterprise"])
    answer = client.post(f"{login}?scope=admin&auth_params=prompt%3Dnone&action=reauthenticate")
    asked = parse_qs(urlsplit(answer["Location"]).query)
    assert set(asked["scope"][0].split()) == {"openid", "profile", "email"}
    assert "prompt" not in asked


def test_who_says_no_at_the_provider_is_told_that_nothing_changed(client: Client, enterprise: None) -> None:
    asked = to_provider(client, "enterprise")
    returned = urlsplit(back(asked, "zhou", action="deny"))
    # This provider leaves the state out of a refusal; the standard wants it there.
    query = {**parse_qs(returned.query), "state": parse_qs(urlsplit(asked).query)["state"]}
    answer = client.get(returned.path, query, follow=True)
    assert "您没有登录" in answer.content.decode() and who(client) is None


def test_a_provider_that_is_down_gives_a_kind_page(client: Client, connect: Callable[..., None]) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    connect("enterprise", f"http://127.0.0.1:{port}")
    assert_kindly_refused(client, client.post(reverse("openid_connect_login", args=["enterprise"])))


def test_a_provider_that_does_not_answer_is_waited_for_a_moment_only(
    client: Client, connect: Callable[..., None], settings: Any
) -> None:
    settings.SOCIALACCOUNT_REQUESTS_TIMEOUT = 0.2
    with socket.create_server(("127.0.0.1", 0)) as silent:
        connect("enterprise", f"http://127.0.0.1:{silent.getsockname()[1]}")
        assert_kindly_refused(client, client.post(reverse("openid_connect_login", args=["enterprise"])))


def test_a_provider_that_goes_down_on_the_way_gives_a_kind_page(
    client: Client, enterprise: None, connect: Callable[..., None]
) -> None:
    returned = urlsplit(back(to_provider(client, "enterprise"), "zhou"))
    connect("enterprise", "http://127.0.0.1:9")
    assert_kindly_refused(client, client.get(returned.path, parse_qs(returned.query)))


def test_without_tls_nobody_is_spoken_to_outside_of_tests(
    client: Client, enterprise: None, settings: Any
) -> None:
    settings.SSO_WITHOUT_TLS = False
    assert_kindly_refused(client, client.post(reverse("openid_connect_login", args=["enterprise"])))


def test_a_provider_that_calls_itself_another_is_refused(
    client: Client, enterprise: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = openid._json
    other = {"issuer": "http://another.example"}
    monkeypatch.setattr(openid, "_json", lambda address: {**right(address), **other})
    assert_kindly_refused(client, client.post(reverse("openid_connect_login", args=["enterprise"])))


@pytest.mark.parametrize("endpoint", ["token_endpoint", "jwks_uri", "authorization_endpoint"])
def test_an_endpoint_that_is_missing_gives_a_kind_page(
    client: Client, enterprise: None, monkeypatch: pytest.MonkeyPatch, endpoint: str
) -> None:
    right = openid._json
    monkeypatch.setattr(openid, "_json", lambda address: {**right(address), endpoint: None})
    assert_kindly_refused(client, client.post(reverse("openid_connect_login", args=["enterprise"])))


def test_what_the_provider_adds_about_another_person_is_refused(
    client: Client, enterprise: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(openid.Connection, "_fetch_user_info", lambda self, token: {"sub": "wang"})
    assert_kindly_refused(client, sign_in(client, "enterprise", "zhou"))


def test_a_provider_that_is_not_set_up_does_not_exist(client: Client, enterprise: None) -> None:
    for name in ("official", "openid_connect", "nobody"):
        assert client.get(reverse("openid_connect_login", args=[name])).status_code == 404
        assert client.get(reverse("openid_connect_callback", args=[name])).status_code == 404


def test_a_provider_in_the_database_is_none(client: Client, enterprise: None) -> None:
    SocialApp.objects.create(
        provider="openid_connect",
        provider_id="backdoor",
        name="后门",
        client_id="x",
        settings={"server_url": "https://evil.example"},
    )
    assert client.get(reverse("openid_connect_login", args=["backdoor"])).status_code == 404


# ---- pages -----------------------------------------------------------------------------------------------


def test_the_page_of_sign_in_leads_there_and_keeps_where_one_wanted_to_go(
    client: Client, enterprise: None, official: None
) -> None:
    page = client.get(reverse("account_login"), {"next": "/me/calendar/"}).content.decode()
    for kind in ("enterprise", "official"):
        address = reverse("openid_connect_login", args=[kind])
        form = re.search(rf'<form method="post" action="{address}">.*?</form>', page, re.DOTALL)
        assert form is not None and 'value="/me/calendar/"' in form[0] and "csrfmiddlewaretoken" in form[0]


def test_without_a_provider_the_page_of_sign_in_offers_none(client: Client) -> None:
    assert "统一身份认证" not in client.get(reverse("account_login")).content.decode()


def test_a_link_to_the_provider_asks_first(client: Client, enterprise: None) -> None:
    answer = client.get(reverse("openid_connect_login", args=["enterprise"]))
    assert answer.status_code == 200 and "用企业统一身份认证登录" in answer.content.decode()


@pytest.mark.parametrize("name", ["socialaccount_login_cancelled", "socialaccount_login_error"])
def test_the_pages_of_failure_lead_back_to_sign_in(client: Client, name: str) -> None:
    text = client.get(reverse(name)).content.decode()
    assert reverse("account_login") in text and "<h1>" in text


def test_states_of_a_sign_in_are_signed_by_the_session_alone(client: Client, enterprise: None) -> None:
    """The state is a random name of what the session holds; nothing can be read from it or put into it."""
    state = parse_qs(urlsplit(to_provider(client, "enterprise")).query)["state"][0]
    assert re.fullmatch(r"[A-Za-z0-9]{16,}", state)
    with pytest.raises(signing.BadSignature):
        signing.loads(state)
