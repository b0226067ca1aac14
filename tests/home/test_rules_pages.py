"""The pages over the rules and the working calendar: what they say, and who may change what."""

import io
import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db.models import F
from django.test import Client
from django.urls import reverse
from django.utils import translation
from openpyxl import load_workbook

from credit_repair.home import calendar_presenters, law_changes
from credit_repair.home import rule_presenters as shown
from credit_repair.home.calendar_forms import YearForm
from credit_repair.home.law_broken import explain_broken_law
from credit_repair.home.rule_editions import Content, differences
from credit_repair.home.rule_words import choices_of, item_of, value_kind, value_text
from credit_repair.registry.law import LawBroken, current_book, current_calendar, shipped_book
from credit_repair.registry.models import CalendarDay, CalendarYear, LawEdition, LawStamp, RuleOverride
from credit_repair.registry.services.law import set_calendar_day, set_rule, withdraw_rule
from credit_repair.rules import national_calendar
from credit_repair.rules.schema import FIELDS
from tests.home.conftest import TODAY
from tests.home.test_queries import grows
from tests.registry.factories import SectorFactory
from tests.world import make_user

pytestmark = pytest.mark.django_db

SET, PATH = "ndrc-36", "class.general.min_months"
ITEM = ("office_rule", [SET, PATH])
#: A word of the code on a page: a path, a value or a mark that was not put into Chinese.
RAW = re.compile(
    r"\b(true|false|none|null|minor|serious|general|decision_date|end|hold|to_approver|province|city|sector"
    r"|another_handler|decision_day|repair-graded|objection|penalty_class|local-[0-9a-f-]+)\b",
    re.IGNORECASE,
)


def lay(**changed: Any) -> RuleOverride:
    given: dict[str, Any] = {
        "rule_set": SET,
        "path": PATH,
        "value": 6,
        "level": "city",
        "sector": None,
        "in_force_from": date(2026, 12, 1),
        "in_force_to": None,
        "basis": "《某市信用条例》第十条",
        "reason": "本市另有规定",
        "actor": None,
    }
    return set_rule(**{**given, **changed})


def filled(**changed: Any) -> dict[str, Any]:
    """The form of an override as it is posted."""
    given = {
        "value": "6",
        "level": "city",
        "sector": "",
        "in_force_from": "2026-12-01",
        "in_force_to": "",
        "basis": "《某市信用条例》第十条",
        "reason": "本市另有规定",
    }
    return {**given, **changed}


def text_of(client: Client, name: str, args: list[Any] | None = None, **query: str) -> str:
    """The words of a page's own part, without its markup."""
    response = client.get(reverse(name, args=args or []), query)
    assert response.status_code == 200
    body = response.content.decode()
    main = body[body.index("<main") : body.index("</main>")]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main))


@pytest.fixture
def supervisor(official: Callable[..., Client], credit: Any) -> Client:
    return official("supervisor", credit)


@pytest.fixture
def reader(official: Callable[..., Client], authority: Any) -> Client:
    return official("window", authority)


# -- words


def test_every_shipped_value_has_a_title_a_heading_and_words() -> None:
    sight = shown.Sight(shipped_book(), on=TODAY)
    rows = [row for each in shipped_book().standing() for row in shown.value_rows(sight, each)]

    assert len(rows) > 200
    assert [row["title"] for row in rows if RAW.search(row["title"]) or "." in row["title"]] == []
    assert [row for row in rows if not row["value"] or RAW.search(row["value"])] == []
    kept = [row for each in shipped_book().standing() for row in shown.grouped(shown.value_rows(sight, each))]
    assert sum(len(group["rows"]) for group in kept) == len(rows)


@pytest.mark.parametrize(
    ("path", "value", "title", "words"),
    [
        ("class.general.min_months", 3, "一般失信·最短公示期", "3个月"),
        ("class.minor.min_months", 0, "轻微失信·最短公示期", "不设"),
        ("clock.answer.days", 10, "收到申请后答复期限", "10个工作日"),
        ("clock.stop_publicity.days", 0, "同意修复后停止公示", "当日"),
        ("clock.extension.times", 1, "可以延长的次数", "1次"),
        ("class.minor.published", False, "轻微失信·是否公示", "否"),
        ("penalty_class.罚款", "general", "罚款·所属等级", "一般失信"),
        ("fine.large.food", "20", "食品·较大数额罚款起点", "20万元"),
        ("fine.large.default", None, "各行业·较大数额罚款起点", "未设置"),
        ("condition.minimum_period", True, "最短公示期届满", "要求"),
        ("list.abnormal_list.max_months", None, "异常名录·最长公示期", "没有上限"),
        ("unpublished.penalties", [], "只有这些处罚的不公示", "没有"),
        ("remedy.review.days", 60, "申请行政复议期限", "60日"),
    ],
)
def test_values_are_told_in_chinese_with_their_unit(path: str, value: Any, title: str, words: str) -> None:
    item = item_of(path, schema=shipped_book().schema, sectors=shipped_book().sectors)
    assert (item.title, value_text(item, value)) == (title, words)


def test_every_choice_of_the_schema_can_be_chosen_in_words() -> None:
    fields = [field for field in FIELDS if value_kind(field) == "choice"]
    assert len(fields) >= 9
    assert [field.path for field in fields if not choices_of(field)] == []


# -- what the pages say


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("office_rules", []),
        ("office_rule_words", []),
        ("office_rule_set", ["ndrc-36"]),
        ("office_rule_set", ["ndrc-58"]),
        ("office_rule_set", ["objection-guangzhou"]),
        ("office_rule_set", ["general"]),
        ITEM,
        ("office_rule_editions", []),
        ("office_calendar", []),
    ],
)
def test_no_page_shows_a_word_of_the_code(supervisor: Client, name: str, args: list[str]) -> None:
    lay(value=7, level="sector", sector=SectorFactory(code="food", name="食品"))
    lay()
    set_calendar_day(day=date(2026, 11, 23), working=False, reason="停工", actor=None)

    said = text_of(supervisor, name, args)
    assert RAW.findall(re.sub(r"\S+\.yaml", "", said)) == []


def test_the_first_page_counts_what_is_unverified_and_leads_to_it(reader: Client) -> None:
    unverified = sum(value.mark == "?" for each in shipped_book().standing() for value in each.values)
    assert f"其中待核实 {unverified}" in text_of(reader, "office_rules")

    rows = reader.get(reverse("office_rules"), {"unverified": "on"}).context["found"]
    assert len(rows) == unverified
    assert {row["mark"] for row in rows} == {"?"}


def test_a_local_value_takes_an_item_off_the_unverified(reader: Client) -> None:
    before = reader.get(reverse("office_rules")).context["unverified"]
    lay(path="clock.extension.days", value=5, in_force_from=date(2026, 11, 1))
    assert reader.get(reverse("office_rules")).context["unverified"] == before - 1


def test_the_class_of_a_penalty_type_is_the_one_in_force_here(reader: Client) -> None:
    lay(path="penalty_class.警告", value="general", in_force_from=date(2026, 11, 1))
    rows = reader.get(reverse("office_rule_words")).context["penalties"]
    assert [(row["name"], row["class"]) for row in rows][:2] == [
        ("警告", "一般失信"),
        ("通报批评", "轻微失信"),
    ]


def test_values_are_found_by_a_word_of_title_or_basis(reader: Client) -> None:
    rows = reader.get(reverse("office_rules"), {"words": "补正"}).context["found"]
    assert {row["title"] for row in rows} >= {"申请人补正期限", "补正期间办理期限停止计算"}


def test_a_set_is_seen_as_it_holds_on_a_day_and_for_a_sector(reader: Client) -> None:
    lay()
    lay(value=9, level="sector", sector=SectorFactory(code="food", name="食品"))

    def seen(**query: str) -> str:
        response = reader.get(reverse("office_rule_set", args=[SET]), query)
        rows = [row for group in response.context["groups"] for row in group["rows"]]
        return next(row["value"] for row in rows if row["title"] == "一般失信·最短公示期")

    assert seen(on="2026-11-30") == "3个月"
    assert seen(on="2026-12-01") == "6个月"
    assert seen(on="2026-12-01", sector="food") == "9个月"


def test_an_item_names_what_overrides_it_since_when_and_what_has_ended(reader: Client) -> None:
    lay(value=4, level="province", in_force_from=date(2026, 5, 1), in_force_to=date(2026, 9, 30))
    lay(in_force_from=date(2026, 11, 1))
    lay(value=9, level="sector", sector=SectorFactory(code="food", name="食品"))

    layers = reader.get(reverse("office_rule", args=[SET, PATH])).context["layers"]
    assert [(each["level"], each["value"], each["days"], each["state"]["label"]) for each in layers] == [
        ("行业（食品）", "9个月", "自2026年12月1日起", "只适用于该行业"),
        ("市级", "6个月", "自2026年11月1日起", "适用"),
        ("省级", "4个月", "2026年5月1日至2026年9月30日", "已失效"),
        ("国家", "3个月", "", "已被覆盖"),
    ]


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("office_rule_set", ["ndrc-99"]),
        ("office_rule", [SET, "class.general.min_weeks"]),
        ("office_rule", [SET, "objection.accept_days"]),
        ("office_rule_edition", ["0" * 64]),
        ("office_calendar_year", [1999]),
    ],
)
def test_what_does_not_exist_is_not_found(reader: Client, name: str, args: list[Any]) -> None:
    assert reader.get(reverse(name, args=args)).status_code == 404


def test_the_list_is_to_be_had_as_a_workbook(reader: Client) -> None:
    response = reader.get(reverse("office_rule_set", args=[SET]), {"format": "xlsx"})
    sheet = load_workbook(io.BytesIO(b"".join(response.streaming_content))).active
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0][:4] == ("规则集", "分类", "规则项", "值")
    assert ("《信用修复管理办法》", "等级与公示期", "一般失信·最短公示期", "3个月") in [
        row[:4] for row in rows
    ]


# -- setting and withdrawing


def test_who_may_sets_a_local_value_and_is_told_what_follows(supervisor: Client) -> None:
    response = supervisor.post(reverse(ITEM[0], args=ITEM[1]), filled(), follow=True)

    assert response.redirect_chain == [(reverse(ITEM[0], args=ITEM[1]), 302)]
    assert "在后台重新计算" in response.content.decode()
    row = RuleOverride.objects.get()
    assert (row.value, row.level, row.in_force_from, row.in_force_to) == (6, "city", date(2026, 12, 1), None)
    assert row.created_by is not None
    assert current_book().view(SET, on=date(2026, 12, 1))[PATH].value == 6


@pytest.mark.parametrize(
    ("path", "posted", "kept"),
    [
        ("clock.answer.days", "0", 0),
        ("fine.large.default", "20.50", "20.5"),
        ("fine.large.default", "100", "100"),
        ("fine.large.default", "", None),
        ("condition.minimum_period", "no", False),
        ("class.minor.published", "yes", True),
        ("penalty_class.罚款", "minor", "minor"),
        ("unpublished.penalties", ["警告", "罚款"], ["警告", "罚款"]),
        ("unpublished.penalties", [], []),
        ("list.abnormal_list.max_months", "", None),
    ],
)
def test_each_kind_of_value_is_kept_as_the_rules_take_it(
    supervisor: Client, path: str, posted: Any, kept: Any
) -> None:
    response = supervisor.post(reverse("office_rule", args=[SET, path]), filled(value=posted))
    assert response.status_code == 302, response.context["form"].errors
    assert RuleOverride.objects.get().value == kept


def test_an_item_may_be_set_to_having_no_rule(supervisor: Client) -> None:
    url = reverse("office_rule", args=["objection-default", "objection.recheck.by"])
    assert supervisor.post(url, filled(value="-")).status_code == 302
    assert RuleOverride.objects.get().value is None


def test_a_sector_that_only_the_rules_know_is_entered_with_its_name(supervisor: Client) -> None:
    supervisor.post(reverse(ITEM[0], args=ITEM[1]), filled(level="sector", sector="food"))
    assert str(RuleOverride.objects.get().sector) == "食品"


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"value": ""}, "value"),
        ({"value": "三"}, "value"),
        ({"value": "-1"}, "value"),
        ({"sector": "food"}, "sector"),
        ({"level": "sector"}, "sector"),
        ({"level": "national"}, "level"),
        ({"in_force_from": ""}, "in_force_from"),
        ({"in_force_to": "2026-11-30"}, "in_force_to"),
        ({"in_force_from": "2027-01-01"}, "in_force_from"),
        ({"basis": " "}, "basis"),
        ({"reason": ""}, "reason"),
    ],
)
def test_what_does_not_fit_is_said_at_its_field(
    supervisor: Client, changed: dict[str, str], field: str
) -> None:
    lay(in_force_from=date(2026, 12, 15))
    given = filled(in_force_to="2026-12-10") if changed != {"in_force_from": "2027-01-01"} else filled()
    response = supervisor.post(reverse(ITEM[0], args=ITEM[1]), {**given, **changed})

    assert response.status_code == 200
    assert list(response.context["form"].errors) == [field]
    assert RuleOverride.objects.count() == 1


def test_a_value_is_withdrawn_with_a_reason_that_stays_to_be_read(supervisor: Client) -> None:
    row = lay()
    url = reverse("office_rule_withdraw", args=[row.uuid])
    assert supervisor.post(url, {"reason": " "}).context["form"].errors
    assert supervisor.post(url, {"reason": "条例已废止"}).status_code == 302

    assert "条例已废止" in text_of(supervisor, *ITEM)
    assert supervisor.get(url).status_code == 404


@pytest.mark.parametrize("role", ["window", "data", "intake", "verifier", "approver", "auditor"])
def test_officials_of_every_other_role_read_and_set_nothing(
    official: Callable[..., Client], credit: Any, role: str
) -> None:
    client = official(role, credit)
    page = client.get(reverse(ITEM[0], args=ITEM[1]))
    assert (page.status_code, page.context["form"]) == (200, None)
    assert client.post(reverse(ITEM[0], args=ITEM[1]), filled()).status_code == 404
    assert client.get(reverse("office_calendar_set")).status_code == 404


def test_a_supervisor_of_an_authority_does_not_make_the_rules_of_the_site(
    official: Callable[..., Client], authority: Any
) -> None:
    client = official("supervisor", authority)
    row = lay()
    assert client.get(reverse("office_rules")).status_code == 200
    assert client.post(reverse(ITEM[0], args=ITEM[1]), filled()).status_code == 404
    assert client.post(reverse("office_rule_withdraw", args=[row.uuid]), {"reason": "x"}).status_code == 404
    assert client.post(reverse("office_calendar_announce"), {}).status_code == 404


def test_permission_is_asked_again_inside_the_change(
    supervisor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = iter([True, False])
    monkeypatch.setattr(law_changes.access, "may_set_rules", lambda **_asked: next(answers))
    assert supervisor.post(reverse(ITEM[0], args=ITEM[1]), filled()).status_code == 404
    assert not RuleOverride.objects.exists()


# -- editions


def test_an_edition_tells_value_by_value_what_it_changed(reader: Client) -> None:
    row = lay()
    with_six = current_book().content_hash
    withdraw_rule(override=row, reason="填错", actor=None)

    page = reader.get(reverse("office_rule_edition", args=[with_six]))
    assert page.context["current"] is False
    before, after = Content(shipped_book().content()), Content(LawEdition.objects.get(hash=with_six).content)
    (change,) = differences(before, after)
    assert (change.rule_set, change.title) == ("《信用修复管理办法》", "一般失信·最短公示期")
    assert (change.before, change.after) == ("3个月", "6个月")
    (undone,) = differences(after, before)
    assert (undone.before, undone.after) == ("6个月", "3个月")


def test_words_that_came_or_went_are_told_too() -> None:
    content = shipped_book().content()
    fewer = {**content, "hints": content["hints"][1:]}
    (change,) = differences(Content(content), Content(fewer))
    assert change.before == f"{content['hints'][0]['word']}（食品）"
    assert change.after == ""


def test_the_rules_as_shipped_can_be_read_before_any_edition_is_kept(reader: Client) -> None:
    assert not LawEdition.objects.exists()
    said = text_of(reader, "office_rule_edition", [shipped_book().content_hash])
    assert "一般失信·最短公示期" in said


# -- the calendar


def test_the_calendar_marks_days_off_working_weekends_and_the_offices_own(reader: Client) -> None:
    set_calendar_day(day=date(2026, 11, 23), working=False, reason="防汛停工", actor=make_user("吴督"))
    months = reader.get(reverse("office_calendar")).context["months"]
    days = {day["day"]: day for month in months for week in month["weeks"] for day in week if day}

    assert len(days) == 365
    assert (days[date(2026, 10, 1)]["mark"], days[date(2026, 10, 10)]["mark"]) == ("休", "班")
    assert (days[date(2026, 11, 23)]["own"], days[date(2026, 11, 23)]["title"]) == (True, "防汛停工")
    assert days[TODAY]["today"]
    said = text_of(reader, "office_calendar")
    assert "防汛停工" in said
    assert "吴督" in said


def test_a_year_not_announced_says_that_it_is_provisional(reader: Client) -> None:
    assert "暂按周末推算" in text_of(reader, "office_calendar_year", [2027])
    assert "暂按周末推算" not in text_of(reader, "office_calendar_year", [2026])


def test_the_calculator_names_the_due_day_and_the_days_off_it_skipped() -> None:
    counted = calendar_presenters.counted(date(2026, 9, 24), 10, national_calendar())
    assert counted["due"] == date(2026, 10, 15)
    assert counted["skipped"] == ["9月25日至9月27日（3天）", "10月1日至10月7日（7天）", "10月11日"]
    assert not counted["provisional"]
    assert calendar_presenters.counted(date(2026, 12, 31), 1, national_calendar())["provisional"]


def test_the_holidays_of_a_year_are_listed() -> None:
    runs = calendar_presenters.stretches(2026, national_calendar())
    assert (date(2026, 2, 15), date(2026, 2, 23), 9) in [
        (run["first"], run["last"], run["count"]) for run in runs
    ]


def test_a_day_is_set_and_cleared_and_both_stay_to_be_read(supervisor: Client) -> None:
    posted = {"day": "2026-11-23", "working": "off", "reason": "防汛停工"}
    assert supervisor.post(reverse("office_calendar_set"), posted).status_code == 302
    assert not current_calendar().is_working_day(date(2026, 11, 23))

    assert supervisor.post(reverse("office_calendar_clear", args=["2026-11-23"])).status_code == 302
    assert current_calendar().is_working_day(date(2026, 11, 23))
    assert "恢复日历原来的安排（防汛停工）" in text_of(supervisor, "office_calendar")


def test_an_announced_year_is_taken_in_line_by_line(supervisor: Client) -> None:
    posted = {"year": "2027", "source": "国办通知", "days": "2027-01-01 休\n\n2027-1-3班\n"}
    assert supervisor.post(reverse("office_calendar_announce"), posted).status_code == 302

    assert CalendarYear.objects.get().year == 2027
    assert list(CalendarDay.objects.values_list("day", "working")) == [
        (date(2027, 1, 1), False),
        (date(2027, 1, 3), True),
    ]
    assert "暂按周末推算" not in text_of(supervisor, "office_calendar_year", [2027])


def test_each_line_that_cannot_be_read_is_named() -> None:
    lines = "2027-01-01 休\n2027-02-30 休\n春节\n2027-01-01 班"
    with translation.override("zh-hans"):
        form = YearForm({"year": "2027", "source": "通知", "days": lines})
        errors = form.errors["days"]
    assert [re.match(r"第(\d)行", error).group(1) for error in errors] == ["2", "3", "4"]  # type: ignore[union-attr]


def test_days_of_another_year_are_named() -> None:
    form = YearForm({"year": "2027", "source": "通知", "days": "2026-12-31 休"})
    assert "2026-12-31" in form.errors["days"][0]


# -- queries


@pytest.mark.parametrize(("name", "args"), [("office_rules", []), ITEM, ("office_rule_set", [SET])])
def test_pages_over_rules_do_not_ask_more_for_more_local_values(
    supervisor: Client, name: str, args: list[str]
) -> None:
    years = iter(range(2030, 2060))
    actor = make_user("吴督")

    def add(n: int) -> None:
        for _number in range(n):
            year = next(years)
            lay(in_force_from=date(year, 1, 1), in_force_to=date(year, 12, 31), actor=actor)
        current_book()

    assert grows(supervisor, reverse(name, args=args), add) == 0


def test_the_list_of_editions_does_not_ask_more_for_more_editions(supervisor: Client) -> None:
    years = iter(range(2030, 2060))

    def add(n: int) -> None:
        for _number in range(n):
            year = next(years)
            lay(in_force_from=date(year, 1, 1), in_force_to=date(year, 12, 31))
        current_book()

    assert grows(supervisor, reverse("office_rule_editions"), add) == 0


def test_the_calendar_does_not_ask_more_for_more_days(supervisor: Client) -> None:
    days = iter(range(1, 29))

    def add(n: int) -> None:
        for _number in range(n):
            set_calendar_day(day=date(2026, 12, next(days)), working=False, reason="停工", actor=make_user())
        current_book()

    assert grows(supervisor, reverse("office_calendar"), add) == 0


@pytest.fixture
def broken() -> RuleOverride:
    """A local value that the rule files of a later release no longer take."""
    row = lay()
    RuleOverride.objects.filter(pk=row.pk).update(rule_set="ndrc-99")
    LawStamp.objects.update(version=F("version") + 1)
    return row


def test_while_a_local_rule_does_not_fit_other_pages_say_so_and_where_it_is_mended(
    supervisor: Client, broken: RuleOverride
) -> None:
    answer = supervisor.get(reverse("office_calendar"))
    words = answer.content.decode()
    assert answer.status_code == 503
    assert "ndrc-99" in words
    assert reverse("office_rules") in words


def test_the_list_of_local_rules_shows_which_does_not_fit_and_the_way_to_withdraw_it(
    supervisor: Client, reader: Client, broken: RuleOverride
) -> None:
    page = supervisor.get(reverse("office_rules")).content.decode()
    assert "要覆盖的规则集不存在：ndrc-99" in page
    assert reverse("office_rule_withdraw", args=[broken.uuid]) in page
    assert (
        reverse("office_rule_withdraw", args=[broken.uuid])
        not in reader.get(reverse("office_rules")).content.decode()
    )


def test_a_local_rule_that_does_not_fit_is_withdrawn_on_its_page_and_the_site_computes_again(
    supervisor: Client, broken: RuleOverride
) -> None:
    url = reverse("office_rule_withdraw", args=[broken.uuid])
    assert "要覆盖的规则集不存在" in text_of(supervisor, "office_rule_withdraw", [broken.uuid])
    assert supervisor.post(url, {"reason": "规则集已取消"}).url == reverse("office_rules")
    assert supervisor.get(reverse("office_calendar")).status_code == 200


def test_the_public_is_told_without_the_inner_workings(broken: RuleOverride, rf: Any) -> None:
    middleware: Any = explain_broken_law(lambda _request: None)
    request = rf.get("/my/")
    answer = middleware.process_exception(request, LawBroken({}, ["ndrc-99 x"]))
    assert answer.status_code == 503
    assert "ndrc-99" not in answer.content.decode()
    assert middleware.process_exception(request, ValueError("other")) is None
