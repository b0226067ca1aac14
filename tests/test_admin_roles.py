"""The admin × role table: every page of /admin/ against the kinds of people that matter there.

It is read as the table in test_url_roles.py: ok the page, -> led on, in sent to sign in, no it does not exist
(404), 403 there is such a page, but not for them. A model that is registered without rows here fails. What a
row's page is of: one office, one reason and so on; pages that only take a POST are asked by GET.
"""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from credit_repair.cases.models import ReasonCode, RouteStep
from credit_repair.core import clock
from credit_repair.people.models import Role
from credit_repair.platforms.models import MeasureRule
from credit_repair.registry.law import current_book
from credit_repair.registry.models import (
    CalendarDay,
    CalendarYear,
    LawEdition,
    RuleOverride,
)
from credit_repair.registry.services import law
from tests import world as county
from tests.registry.factories import SectorFactory

TABLE = """
page                       anon clerk intake superv root sysadm secadm audadm
index                      in   no    no     no     no   ok     no     ok
login                      in   no    no     no     no   ->     no     ->
logout                     in   no    no     no     no   ->     no     ->
password_change            in   no    no     no     no   ->     no     ->
password_change_done       in   no    no     no     no   ->     no     ->
autocomplete               in   no    no     no     no   403    no     403
jsi18n                     in   no    no     no     no   ok     no     ok
view_on_site               in   no    no     no     no   no     no     no
app_list:registry          in   no    no     no     no   ok     no     no
app_list:cases             in   no    no     no     no   ok     no     no
app_list:platforms         in   no    no     no     no   ok     no     no
app_list:admin             in   no    no     no     no   no     no     ok
registry_sector            in   no    no     no     no   ok     no     403
registry_sector_add        in   no    no     no     no   ok     no     403
registry_sector_change     in   no    no     no     no   ok     no     403
registry_sector_delete     in   no    no     no     no   ok     no     403
registry_sector_history    in   no    no     no     no   ok     no     403
registry_sector_version    in   no    no     no     no   ok     no     403
registry_office            in   no    no     no     no   ok     no     403
registry_office_add        in   no    no     no     no   ok     no     403
registry_office_change     in   no    no     no     no   ok     no     403
registry_office_delete     in   no    no     no     no   ok     no     403
registry_office_history    in   no    no     no     no   ok     no     403
registry_office_version    in   no    no     no     no   ok     no     403
registry_platform          in   no    no     no     no   ok     no     403
registry_platform_add      in   no    no     no     no   ok     no     403
registry_platform_change   in   no    no     no     no   ok     no     403
registry_platform_delete   in   no    no     no     no   ok     no     403
registry_platform_history  in   no    no     no     no   ok     no     403
registry_platform_version  in   no    no     no     no   ok     no     403
registry_subject           in   no    no     no     no   ok     no     403
registry_subject_add       in   no    no     no     no   403    no     403
registry_subject_change    in   no    no     no     no   ok     no     403
registry_subject_delete    in   no    no     no     no   403    no     403
registry_subject_history   in   no    no     no     no   ok     no     403
registry_calendarday          in   no no no no ok  no 403
registry_calendarday_add      in   no no no no ok  no 403
registry_calendarday_change   in   no no no no ok  no 403
registry_calendarday_delete   in   no no no no ok  no 403
registry_calendarday_history  in   no no no no ok  no 403
registry_calendarday_version  in   no no no no ok  no 403
registry_calendaryear         in   no no no no ok  no 403
registry_calendaryear_add     in   no no no no ok  no 403
registry_calendaryear_change  in   no no no no ok  no 403
registry_calendaryear_delete  in   no no no no 403 no 403
registry_calendaryear_history in   no no no no ok  no 403
registry_calendaryear_version in   no no no no ok  no 403
registry_ruleoverride         in   no no no no ok  no 403
registry_ruleoverride_add     in   no no no no 403 no 403
registry_ruleoverride_change  in   no no no no ok  no 403
registry_ruleoverride_delete  in   no no no no 403 no 403
registry_ruleoverride_history in   no no no no ok  no 403
registry_lawedition           in   no no no no ok  no 403
registry_lawedition_add       in   no no no no 403 no 403
registry_lawedition_change    in   no no no no ok  no 403
registry_lawedition_delete    in   no no no no 403 no 403
registry_lawedition_history   in   no no no no ok  no 403
platforms_measurerule         in   no no no no ok  no 403
platforms_measurerule_add     in   no no no no ok  no 403
platforms_measurerule_change  in   no no no no ok  no 403
platforms_measurerule_delete  in   no no no no ok  no 403
platforms_measurerule_history in   no no no no ok  no 403
platforms_measurerule_version in   no no no no ok  no 403
cases_routestep               in   no no no no ok  no 403
cases_routestep_add           in   no no no no 403 no 403
cases_routestep_change        in   no no no no ok  no 403
cases_routestep_delete        in   no no no no 403 no 403
cases_routestep_history       in   no no no no ok  no 403
cases_routestep_version       in   no no no no ok  no 403
cases_reasoncode              in   no no no no ok  no 403
cases_reasoncode_add          in   no no no no ok  no 403
cases_reasoncode_change       in   no no no no ok  no 403
cases_reasoncode_delete       in   no no no no 403 no 403
cases_reasoncode_history      in   no no no no ok  no 403
cases_reasoncode_version      in   no no no no ok  no 403
admin_logentry                in   no no no no 403 no ok
admin_logentry_add            in   no no no no 403 no 403
admin_logentry_change         in   no no no no 403 no ok
admin_logentry_delete         in   no no no no 403 no 403
admin_logentry_history        in   no no no no 403 no ok
"""
STATUS = {"ok": 200, "->": 302, "no": 404, "in": 302, "403": 403}
LINES = [line.split() for line in TABLE.strip().splitlines()]
PEOPLE = LINES[0][1:]
ROWS = {line[0]: dict(zip(PEOPLE, line[1:], strict=True)) for line in LINES[1:]}
#: How the table calls what Django calls otherwise.
NAMES = {"changelist": "", "simple_history": "version"}


def short(name: str) -> str:
    """The table's name of a page of a model: registry_office for its list, …_version for an old state."""
    stem, _, what = name.rpartition("_")
    if name.endswith("_simple_history"):
        return f"{name.removesuffix('_simple_history')}_version"
    return stem if what == "changelist" else name


def registered() -> set[str]:
    """Every page of the admin, as the table calls it."""
    names = {
        short(entry.name)
        for model_admin in admin.site._registry.values()
        for entry in model_admin.urls
        if getattr(entry, "name", None)
    }
    own = {entry.name for entry in admin.site.get_urls() if getattr(entry, "name", None)} - {"app_list"}
    apps = {f"app_list:{model._meta.app_label}" for model in admin.site._registry}
    return names | own | apps


def test_every_page_of_the_admin_has_a_row() -> None:
    assert registered() == set(ROWS)


def things(made: county.World, actor: Any) -> dict[str, Model]:
    """One thing of each model that the admin shows."""
    law.set_calendar_day(day=date(2028, 1, 4), working=False, reason="测试", actor=actor)
    law.set_rule(
        rule_set="ndrc-36",
        path="class.general.min_months",
        value=6,
        level="city",
        sector=None,
        in_force_from=date(2028, 1, 3),
        in_force_to=None,
        basis="本市规定",
        reason="测试",
        actor=actor,
    )
    law.announce_year(year=2031, source="测试", days={date(2031, 1, 1): False}, actor=actor)
    office = made.credit
    LogEntry.objects.create(
        user=actor,
        content_type=ContentType.objects.get_for_model(type(office)),
        object_id=str(office.pk),
        object_repr=str(office),
        action_flag=CHANGE,
        change_message="[]",
    )
    current_book()
    found: dict[str, Model | None] = {
        "registry_sector": SectorFactory(),
        "registry_office": office,
        "registry_platform": made.platform,
        "registry_subject": made.subject,
        "registry_calendarday": CalendarDay.objects.first(),
        "registry_calendaryear": CalendarYear.objects.first(),
        "registry_ruleoverride": RuleOverride.objects.first(),
        "registry_lawedition": LawEdition.objects.first(),
        "platforms_measurerule": MeasureRule.objects.create(
            platform=made.platform, kind="sharing", record_kind="penalty", name="共享"
        ),
        "cases_routestep": RouteStep.objects.first(),
        "cases_reasoncode": ReasonCode.objects.create(use="refused", code="c1", text="理由"),
        "admin_logentry": LogEntry.objects.first(),
    }
    for each in (found["cases_routestep"], found["registry_platform"], found["registry_office"]):
        each.save()  # type: ignore[union-attr]  # so that there is a history to look at
    assert all(found.values())
    return found  # type: ignore[return-value]


def address(page: str, thing_of: dict[str, Model]) -> str:
    """The address of a row."""
    if page.startswith("app_list:"):
        return reverse("admin:app_list", args=[page.partition(":")[2]])
    if page == "autocomplete":
        return reverse("admin:autocomplete") + "?app_label=people&model_name=membership&field_name=user"
    if page == "view_on_site":
        return reverse("admin:view_on_site", args=[0, 0])
    model = next((name for name in thing_of if page == name or page.startswith(f"{name}_")), "")
    if not model:
        return reverse(f"admin:{page}")
    what = page.removeprefix(model).removeprefix("_")
    thing: Any = thing_of[model]
    if what in ("", "add"):
        return reverse(f"admin:{model}_{what or 'changelist'}")
    if what == "version":
        version = thing.history.first()
        return reverse(f"admin:{model}_simple_history", args=[thing.pk, version.history_id])
    return reverse(f"admin:{model}_{what}", args=[thing.pk])


@pytest.mark.django_db
def test_every_person_is_answered_as_the_table_says() -> None:
    with clock.assume(county.TODAY):
        made = county.build_world()
        people: dict[str, Any] = {
            "anon": None,
            "clerk": made.clerk,
            "intake": made.intake,
            "superv": county.member(made.credit, Role.SUPERVISOR),
            "root": county.make_user(is_superuser=True, is_staff=True),
            "sysadm": county.administrator("system"),
            "secadm": county.administrator("security"),
            "audadm": county.administrator("audit"),
        }
        thing_of = things(made, people["sysadm"])
        found = {
            (page, person): answer(people[person], address(page, thing_of))
            for page in ROWS
            for person in PEOPLE
        }
    expected = {
        (page, person): (STATUS[cell], cell == "in")
        for page, row in ROWS.items()
        for person, cell in row.items()
    }
    assert {key: found[key] for key in found if found[key] != expected[key]} == {}


def answer(user: Any, url: str) -> tuple[int, bool]:
    """Return the status, and whether it leads to the sign-in page."""
    client = Client()
    if user is not None:
        client.force_login(user)
    response = client.get(url)
    led_in = response.status_code == 302 and response["Location"].startswith(reverse("account_login"))
    return response.status_code, led_in


CHANGES: list[tuple[str, Callable[[dict[str, Model]], dict[str, Any]]]] = [
    ("registry_office", lambda _things: {"name": "改名局"}),
    ("registry_sector", lambda _things: {"name": "改名", "code": "x"}),
    ("cases_reasoncode", lambda _things: {"text": "改动", "code": "c1", "kind": "repair", "use": "refused"}),
]


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["clerk", "intake", "secadm", "audadm"])
def test_what_one_may_not_change_stays_as_it_was_also_by_post(who: str) -> None:
    with clock.assume(county.TODAY):
        made = county.build_world()
        people = {
            "clerk": made.clerk,
            "intake": made.intake,
            "secadm": county.administrator("security"),
            "audadm": county.administrator("audit"),
        }
        thing_of = things(made, made.intake)
        client = Client()
        client.force_login(people[who])
        for model, posted in CHANGES:
            before = type(thing_of[model])._default_manager.filter(pk=thing_of[model].pk).values()[0]
            url = address(f"{model}_change", thing_of)
            assert client.post(url, posted(thing_of)).status_code in (403, 404)
            assert client.post(address(f"{model}_delete", thing_of), {"post": "yes"}).status_code in (
                403,
                404,
            )
            after = type(thing_of[model])._default_manager.filter(pk=thing_of[model].pk).values()[0]
            assert after == before
