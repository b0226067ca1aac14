"""Reference data in the admin: wrong entries are said at their field, changes can be read."""

from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from credit_repair.core.models import AuditEntry, Job
from credit_repair.people.models import User
from credit_repair.registry.law import current_calendar
from credit_repair.registry.models import (
    CalendarDay,
    CalendarYear,
    LawEdition,
    Office,
    Platform,
    RuleOverride,
    Sector,
)
from credit_repair.registry.services import law
from tests import world as county
from tests.registry.factories import (
    OfficeFactory,
    PlatformFactory,
    PublicationFactory,
    RecordFactory,
    SectorFactory,
    SubjectFactory,
    make_code,
)
from tests.world import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator(client: Client) -> Client:
    user = county.administrator("system")
    User.objects.filter(pk=user.pk).update(display_name="管理员")
    client.force_login(user)
    return client


def office_form(**changed):
    return {
        "name": "濉溪县城市管理局",
        "code": make_code(900, prefix="11"),
        "kind": "other",
        "level": "county",
        "sector": "",
        "parent": "",
        "document_prefix": "",
        "address": "",
        "phone": "",
    } | changed


def errors(response):
    return response.context["adminform"].form.errors


def change_url(obj, what="change"):
    return reverse(f"admin:{obj._meta.app_label}_{obj._meta.model_name}_{what}", args=[obj.pk])


# -- offices


def test_an_office_is_made_with_who_and_when_in_its_history(administrator):
    administrator.post(reverse("admin:registry_office_add"), office_form())
    office = Office.objects.get(name="濉溪县城市管理局")
    administrator.post(change_url(office), office_form(level="city", phone="0561-1"))

    page = administrator.get(change_url(office, "history")).content.decode()
    for text in ("管理员", "新增", "修改", "级别：县级 → 市级", "联系电话：（空） → 0561-1"):
        assert text in page
    for english in ("Changes", "Change reason", "entries", "None"):
        assert english not in page


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("code", "11340621MB1234567X", "校验码"),
        ("code", "123", "校验码"),
        ("document_prefix", "濉信修〔2026〕", "只写汉字"),
        ("document_prefix", "濉信修", "已由濉溪县信用办使用"),
    ],
)
def test_a_wrong_entry_is_said_at_its_field(administrator, field, value, words):
    OfficeFactory(credit=True, name="濉溪县信用办", document_prefix="濉信修")
    answer = administrator.post(reverse("admin:registry_office_add"), office_form(**{field: value}))
    assert words in str(errors(answer)[field])


def test_the_history_of_an_imported_office_begins_with_what_it_was(administrator):
    office = Office(code=make_code(77, prefix="11"), name="濉溪县旧名局")
    Office.objects.bulk_create([office])
    answer = administrator.post(change_url(office), office_form(code=office.code, name="濉溪县新名局"))
    assert answer.status_code == 302
    assert list(office.history.order_by("history_id").values_list("name", flat=True)) == [
        "濉溪县旧名局",
        "濉溪县新名局",
    ]


@pytest.mark.parametrize(
    ("changed", "anew"),
    [({"kind": "market"}, True), ({"sector": "food"}, True), ({"phone": "0561-1"}, False)],
)
def test_another_sector_or_kind_of_an_office_computes_its_records_anew(administrator, changed, anew):
    food = SectorFactory(code="food")
    administrator.post(reverse("admin:registry_office_add"), office_form())
    office = Office.objects.get(name="濉溪县城市管理局")
    record = RecordFactory(authority=office)
    if "sector" in changed:
        changed = {"sector": food.pk}
    administrator.post(change_url(office), office_form(**changed))
    record.refresh_from_db()
    assert (record.rulebook_hash == "") is anew
    assert Job.objects.filter(name="apply_law").exists() is anew


def test_no_office_stands_above_itself(administrator):
    top = OfficeFactory(code=make_code(901, prefix="11"), name="甲局")
    below = OfficeFactory(parent=top, name="乙局")
    lowest = OfficeFactory(parent=below, name="丙局")
    for parent, words in ((top, "不能是本单位自己"), (lowest, "“丙局”是本单位的下级")):
        answer = administrator.post(
            change_url(top), office_form(name="甲局", code=top.code, parent=parent.pk)
        )
        assert words in str(errors(answer)["parent"])


def test_an_office_that_records_name_keeps_its_code_and_cannot_be_deleted(administrator):
    record = RecordFactory()
    office = record.authority
    administrator.post(change_url(office), office_form(name="改名局", code=make_code(902, prefix="11")))
    page = administrator.get(change_url(office, "delete")).content.decode()
    administrator.post(change_url(office, "delete"), {"post": "yes"})

    code = office.code
    office.refresh_from_db()
    assert (office.name, office.code) == ("改名局", code)
    assert "不能删除" in page and "信用记录：1条" in page


def test_an_office_that_nothing_names_can_be_deleted(administrator):
    office = OfficeFactory()
    administrator.post(change_url(office, "delete"), {"post": "yes"})
    assert not Office.objects.filter(pk=office.pk).exists()
    assert Office.history.filter(id=office.pk, history_type="-").exists()


def test_an_old_state_is_read_and_not_put_back(administrator):
    office = OfficeFactory(name="甲局")
    version = office.history.first()
    url = reverse("admin:registry_office_simple_history", args=[office.pk, version.history_id])
    assert administrator.get(url).status_code == 200
    assert administrator.post(url, office_form(name="乙局", code=office.code)).status_code == 403


# -- sectors, platforms, subjects


def test_codes_stay_once_they_are_given(administrator):
    sector, platform = SectorFactory(), PlatformFactory(code="city")
    administrator.post(change_url(sector), {"code": "other", "name": "食品安全"})
    form = {
        "name": "市平台",
        "code": "other",
        "kind": "publisher",
        "transport": "http",
        "endpoint": "https://a.example",
        "actions": "[]",
    }
    administrator.post(change_url(platform), form)
    sector.refresh_from_db()
    platform.refresh_from_db()
    assert (sector.code, sector.name) == ("food", "食品安全")
    assert (platform.code, platform.name) == ("city", "市平台")


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [("endpoint", "platform.example", "https://"), ("actions", '{"a": 1}', "列表")],
)
def test_a_platform_that_could_not_be_called_is_refused(administrator, field, value, words):
    platform = PlatformFactory()
    form = {
        "name": "市平台",
        "kind": "publisher",
        "transport": "http",
        "endpoint": "https://a.example",
        "actions": "[]",
    }
    answer = administrator.post(change_url(platform), form | {field: value})
    assert words in str(errors(answer)[field])


def test_a_platform_with_publications_cannot_be_deleted_and_its_secret_is_never_shown(administrator):
    platform = PublicationFactory().platform
    administrator.post(change_url(platform, "delete"), {"post": "yes"})
    assert Platform.objects.filter(pk=platform.pk).exists()
    pages = [change_url(platform), change_url(platform, "history")]
    assert not any("test-secret" in administrator.get(page).content.decode() for page in pages)


def test_natural_persons_do_not_exist_for_the_system_administrator(administrator):
    person = SubjectFactory(person=True, name="欧阳建国")
    firm = SubjectFactory(name="濉溪县欧阳建材有限公司")
    address = reverse("admin:registry_subject_changelist")
    for asked in ({}, {"q": person.personal_number}, {"q": "欧阳建国"}, {"q": "欧阳"}, {"kind": "person"}):
        answer = administrator.get(address, asked, follow=True)
        # What was typed stands in the field.
        assert "欧阳建国" not in answer.content.decode().replace('value="欧阳建国"', "")
        assert person not in answer.context["cl"].result_list
    assert list(administrator.get(address, {"q": "欧阳"}).context["cl"].result_list) == [firm]
    for page in (change_url(person), change_url(person, "history")):
        answer = administrator.get(page, follow=True)
        assert answer.redirect_chain and "欧阳建国" not in answer.content.decode()


def test_who_is_known_by_a_personal_number_is_found_by_no_number(administrator):
    trader = SubjectFactory(person=True, kind="sole_trader", name="欧阳副食店")
    answer = administrator.get(reverse("admin:registry_subject_changelist"), {"q": trader.personal_number})
    assert not answer.context["cl"].result_list


def test_subjects_are_only_looked_at(administrator):
    subject = SubjectFactory()
    assert administrator.post(change_url(subject), {"name": "改名"}).status_code == 403
    assert administrator.get(reverse("admin:registry_subject_add")).status_code == 403
    assert administrator.post(change_url(subject, "delete"), {"post": "yes"}).status_code == 403


# -- the law


def test_a_calendar_day_goes_through_the_service_and_counts_at_once(administrator):
    day = date(2026, 11, 23)  # a Monday
    assert current_calendar().is_working_day(day)
    form = {"day": "2026-11-23", "reason": "本市防汛停工"}
    administrator.post(reverse("admin:registry_calendarday_add"), form)
    row = CalendarDay.objects.get()
    assert not current_calendar().is_working_day(day)
    assert AuditEntry.objects.get(action="set_calendar_day").actor_label == "管理员"

    administrator.post(change_url(row), {"working": "on", "reason": "照常上班"})
    assert current_calendar().is_working_day(day)
    assert row.history.count() == 2 and str(row.history.first().history_user) == "管理员"

    administrator.post(change_url(row, "delete"), {"post": "yes"})
    assert not CalendarDay.objects.exists()
    assert AuditEntry.objects.filter(action="clear_calendar_day").exists()


@pytest.mark.parametrize(
    "model", [CalendarDay, CalendarYear, Office, Sector, RuleOverride, LawEdition], ids=lambda m: m.__name__
)
def test_nothing_is_deleted_in_bulk(administrator, model):
    OfficeFactory(sector=SectorFactory())
    law.set_calendar_day(day=date(2026, 11, 23), working=False, reason="停工", actor=None)
    url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    before = model.objects.count()
    keys = list(model.objects.values_list("pk", flat=True))
    administrator.post(url, {"action": "delete_selected", "_selected_action": keys, "post": "yes"})
    assert model.objects.count() == before


def test_a_year_is_announced_with_its_days_and_never_empty(administrator):
    url = reverse("admin:registry_calendaryear_add")
    form = {"year": "2031", "source": "国办发明电〔2030〕1号", "days_off": "", "days_worked": ""}
    assert "days_off" in errors(administrator.post(url, form))
    wrong = administrator.post(url, form | {"days_off": "2031-01-01\n元旦"})
    assert "“元旦”不是日期" in str(errors(wrong)["days_off"])
    foreign = administrator.post(url, form | {"days_off": "2030-01-01"})
    assert "2030-01-01" in str(errors(foreign)["days_off"])
    assert not CalendarYear.objects.exists()

    administrator.post(url, form | {"days_off": "2031-01-01\n2031-01-02", "days_worked": "2031-01-04"})
    assert AuditEntry.objects.filter(action="announce_year").exists()
    days = dict(CalendarDay.objects.values_list("day", "working"))
    assert days == {date(2031, 1, 1): False, date(2031, 1, 2): False, date(2031, 1, 4): True}

    administrator.post(change_url(CalendarYear.objects.get()), {"source": "更正后的文件"})
    assert CalendarYear.objects.get().source == "更正后的文件"
    assert CalendarDay.objects.count() == 3


def test_rules_and_editions_say_who_changes_them_without_a_link_that_is_404(administrator):
    law.set_calendar_day(day=date(2026, 11, 23), working=False, reason="停工", actor=None)
    edition = LawEdition.objects.first()
    for page in (
        reverse("admin:registry_ruleoverride_changelist"),
        reverse("admin:registry_lawedition_changelist"),
    ):
        shown = administrator.get(page).content.decode()
        assert "工作台的“规则”页面" in shown
        assert reverse("office_rules") not in shown
    assert reverse("office_rules") not in administrator.get(change_url(edition)).content.decode()
    assert administrator.get(reverse("admin:registry_ruleoverride_add")).status_code == 403
    assert administrator.post(change_url(edition), {"hash": "x"}).status_code == 403


# -- lists


def _offices(n):
    for _number in range(n):
        OfficeFactory(parent=OfficeFactory(), sector=SectorFactory(code=f"s{Sector.objects.count()}"))


@pytest.mark.parametrize(
    ("name", "add"),
    [
        ("office", _offices),
        ("platform", PlatformFactory.create_batch),
        ("subject", SubjectFactory.create_batch),
    ],
)
def test_no_list_asks_more_often_for_more_rows(administrator, name, add):
    url = reverse(f"admin:registry_{name}_changelist")

    def asked(n):
        add(n)
        with CaptureQueriesContext(connection) as queries:
            assert administrator.get(url).status_code == 200
        return len(queries)

    administrator.get(url)
    assert asked(2) == asked(8)


def test_a_history_asks_no_more_often_for_more_changes(administrator):
    office, user = OfficeFactory(), make_user("另一位")

    def asked(n):
        for number in range(n):
            office.name = f"{office.name}{number}"
            office._history_user = user
            office.save()
        with CaptureQueriesContext(connection) as queries:
            assert administrator.get(change_url(office, "history")).status_code == 200
        return len(queries)

    administrator.get(change_url(office, "history"))
    assert asked(2) == asked(6)
