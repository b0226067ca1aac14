"""The pages that anybody reads, how they are shown, and what is said when something goes wrong."""

import gzip
import re
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings as site_settings
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse

from credit_repair.home.display import cookie_name
from credit_repair.home.law_facts import law_facts, months_said, periods
from credit_repair.home.views import errors
from credit_repair.people.models import Administration, Role
from credit_repair.registry.models import LawStamp, RuleOverride
from credit_repair.registry.services.law import set_rule
from tests.home.conftest import TODAY, person
from tests.registry.factories import OfficeFactory, SubjectFactory
from tests.world import administrator, clerk_of, member, signed_in

pytestmark = pytest.mark.django_db
FIRST_PAGE_BYTES = 100 * 1024
#: No page of readers links these; to compress them takes the test half a minute.
NOT_LINKED = ["admin", "guardian", "account", "mfa", "ext", "js", "*.rtl*", "bootstrap-*", "bootstrap.css*"]
CAN_APPLY = {"trouble": "shown", "still": "yes", "duties": "done", "period": "over"}
READ_BY_ALL = ("front", "guide", "choose", "accessibility")


def page_of(name, client=None, **answers):
    return (client or Client()).get(reverse(name), answers).content.decode()


# ---- what is said ---------------------------------------------------------------------------------------


def test_the_front_page_says_what_it_costs_how_long_it_takes_and_the_three_ways():
    page = page_of("front")
    for words in ("0元", "10个工作日", "3个工作日", "一般失信满3个月", "严重失信满1年", "两样材料"):
        assert words in page
    for way in (reverse("after_sign_in"), "?trouble=wrong", "?trouble=service", reverse("account_signup")):
        assert way in page


@pytest.mark.parametrize("page", [("front", {}), ("guide", {}), ("choose", CAN_APPLY)])
def test_who_works_here_is_led_to_their_own_desk_and_never_to_a_404(page):
    name, answers = page
    official = member(OfficeFactory(credit=True), Role.INTAKE)
    workers = [official, administrator(Administration.Kind.SYSTEM)]
    for user in workers:
        shown = page_of(name, signed_in(user), **answers).split("<main", 1)[1]
        assert "进入工作台" in shown
        assert f'href="{reverse("me")}' not in shown
        assert f'href="{reverse("after_sign_in")}"' in shown
    applicant = signed_in(clerk_of(SubjectFactory()))
    shown = page_of(name, applicant, **answers).split("<main", 1)[1]
    assert f'href="{reverse("me")}"' in shown
    assert "进入工作台" not in shown


def test_the_duty_phone_its_hours_and_the_window_stand_on_every_page_for_readers(settings):
    settings.SITE_PHONE, settings.SITE_HOURS = "0561-7654321", "工作日上午"
    settings.SITE_ADDRESS, settings.ICP_NUMBER = "政务大厅二楼", "皖ICP备00000000号"
    for name in READ_BY_ALL:
        page = page_of(name)
        for words in ("tel:0561-7654321", "工作日上午", "政务大厅二楼", "皖ICP备00000000号"):
            assert words in page, name


def local_answer(days):
    return set_rule(
        rule_set="ndrc-36",
        path="clock.answer.days",
        value=days,
        level="city",
        sector=None,
        in_force_from=date(2026, 5, 1),
        in_force_to=None,
        basis="本市规定",
        reason="测试",
        actor=person("setter"),
    )


def test_the_numbers_are_those_of_the_rules_in_force():
    local_answer(8)
    assert law_facts(today=TODAY)["answer_days"] == 8
    assert "8个工作日" in page_of("front")
    assert "收到申请后8个工作日内" in page_of("guide")
    assert "收到申请后8个工作日内答复" in page_of(
        "choose", trouble="shown", still="yes", duties="done", period="over"
    )


def test_who_only_reads_is_not_kept_out_by_a_local_rule_that_does_not_fit():
    rule = local_answer(8)
    RuleOverride.objects.filter(pk=rule.pk).update(path="no.such.item")
    LawStamp.objects.update(version=999)
    assert "10个工作日" in page_of("front")


@pytest.mark.parametrize(("months", "said"), [(3, "3个月"), (12, "1年"), (36, "3年"), (18, "18个月")])
def test_months_are_said_as_people_say_them(months, said):
    assert months_said(months) == said


def test_the_guide_has_a_table_of_periods_for_each_kind_of_authority():
    market, other = periods(today=TODAY)
    assert market.title != other.title
    assert [row["shortest"] for row in other.rows][1:] == ["3个月", "1年"]
    assert market.rows[0]["shortest"] == "期满自动停止，不用申请"


def test_the_guide_says_who_does_what_and_warns_of_paid_agents():
    page = page_of("guide")
    for words in ("谁来办", "要多久", "授权书（样本）", "都是骗人的", "修复不能", "行政复议"):
        assert words in page
    assert "data-dk-print" in page


@pytest.mark.parametrize("name", READ_BY_ALL)
def test_reading_needs_no_account(name):
    answer = Client().get(reverse(name))
    assert answer.status_code == 200
    assert not Client().session.keys()


# ---- how it is shown ------------------------------------------------------------------------------------


def switch(client, **posted):
    return client.post(reverse("set_display"), posted)


def html_tag(client, name="front"):
    return re.search(r"<html[^>]*>", page_of(name, client))[0]


def test_large_type_and_strong_contrast_are_kept_and_taken_back():
    client = Client()
    assert "data-text" not in html_tag(client)
    assert switch(client, text="large", next=reverse("guide"))["Location"] == reverse("guide")
    assert 'data-text="large"' in html_tag(client)
    switch(client, contrast="high")
    assert 'data-text="large" data-contrast="high"' in html_tag(client, "choose")
    assert page_of("front", client).count('aria-pressed="true"') == 4  # header and footer
    switch(client, text="")
    assert html_tag(client).count("data-") == 1
    switch(client, contrast="")
    assert cookie_name() not in client.cookies or not client.cookies[cookie_name()].value


@pytest.mark.parametrize("wanted", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", ""])
def test_only_a_safe_page_is_led_back_to(wanted):
    assert switch(Client(), text="large", next=wanted)["Location"] == reverse("front")


def test_a_forged_cookie_shows_nothing_but_the_usual_page():
    client = Client()
    client.cookies[cookie_name()] = 'large"><script>'
    assert html_tag(client) == '<html lang="zh-Hans">'
    assert Client().get(reverse("set_display")).status_code == 405


def test_strangers_can_change_the_language_and_the_display():
    page = page_of("front")
    assert 'name="language"' in page
    assert page.count(f'action="{reverse("set_display")}"') == 2


# ---- when something goes wrong ---------------------------------------------------------------------------


@pytest.mark.parametrize("status", [400, 403, 404, 429, 500, 503])
def test_every_error_page_says_what_to_do_and_whom_to_call(status, settings):
    settings.SITE_PHONE = "0561-7654321"
    page = render_to_string(f"{status}.html", {"contact_phone": settings.SITE_PHONE})
    assert "您可以这样做" in page
    assert "tel:0561-7654321" in page
    assert page.count("<h1>") == 1


def test_a_missing_page_keeps_the_navigation():
    answer = Client().get("/no/such/page/")
    assert answer.status_code == 404
    page = answer.content.decode()
    assert reverse("guide") in page
    assert "没有找到这个页面" in page


def test_a_fault_is_explained_without_asking_the_database(rf, django_assert_num_queries, settings):
    settings.SITE_PHONE = "0561-7654321"
    with django_assert_num_queries(0):
        for view, status in (
            (errors.server_error, 500),
            (errors.bad_request, 400),
            (errors.csrf_failure, 403),
        ):
            answer = view(rf.get("/"))
            assert answer.status_code == status
            assert "0561-7654321" in answer.content.decode()


def test_while_the_site_is_closed_everybody_reads_when_to_come_back(settings, django_assert_num_queries):
    settings.MAINTENANCE, settings.MAINTENANCE_MINUTES = True, 20
    with django_assert_num_queries(0):
        for address in ("/", reverse("me"), reverse("office"), "/no/such/page/"):
            answer = Client().get(address)
            assert answer.status_code == 503
            assert answer["Retry-After"] == "1200"
            assert "系统正在维护" in answer.content.decode()
            assert "过20分钟再打开" in answer.content.decode()
    assert Client().post(reverse("account_login"), {}).status_code == 503


def test_health_and_static_files_are_answered_all_the_same(settings):
    settings.MAINTENANCE = True
    for address in ("/health/", "/static/desk/no-such-file.css"):
        assert Client().get(address).status_code in (200, 404)


def test_the_page_for_the_proxy_needs_nothing_but_itself():
    file = finders.find("desk/maintenance.html")
    text = Path(file).read_text(encoding="utf-8")
    assert "src=" not in text
    assert "<link" not in text
    assert "系统正在维护" in text


# ---- how much it weighs ----------------------------------------------------------------------------------


class Linked(HTMLParser):
    """What a page makes the browser fetch."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: set[str] = set()

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        wanted = {"link": "href", "script": "src", "img": "src", "use": "href"}.get(tag)
        if wanted and given.get(wanted) and given.get("media") != "print":
            self.addresses.add(urlsplit(given[wanted]).path)


@pytest.fixture
def as_production_serves(settings, tmp_path):
    """Static files collected, named by their content and compressed."""
    settings.STATIC_ROOT = tmp_path
    settings.WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ["map", "svgz"]
    settings.STORAGES = {
        **site_settings.STORAGES,
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
    }
    call_command("collectstatic", interactive=False, verbosity=0, ignore_patterns=NOT_LINKED)
    return tmp_path


def test_the_first_page_is_light(as_production_serves):
    page = Client().get(reverse("front")).content
    linked = Linked()
    linked.feed(page.decode())
    weights = {"page": len(gzip.compress(page))}
    for address in linked.addresses:
        name = address.removeprefix(site_settings.STATIC_URL)
        file = as_production_serves / name
        zipped = file.with_name(f"{file.name}.gz")
        weights[name] = (zipped if zipped.exists() else file).stat().st_size
        for other in re.findall(r"url\([\"']?([^\"')]+)", file.read_text("utf-8", "replace")):
            assert other.startswith(("data:", "#")), f"{name} fetches {other}, which is not weighed"
    assert len(weights) >= 6
    assert sum(weights.values()) < FIRST_PAGE_BYTES, weights
