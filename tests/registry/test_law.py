"""The law of an office: local values and working days over the shipped rules, and editions that remain."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db.models import F

from credit_repair.core.clock import assume
from credit_repair.core.models import AuditEntry, Job
from credit_repair.registry import law
from credit_repair.registry.law import current_book, current_calendar, law_in_force, one_law, shipped_book
from credit_repair.registry.models import CalendarDay, CalendarYear, LawEdition, LawStamp, RuleOverride
from credit_repair.registry.services.law import (
    LawNotChanged,
    announce_year,
    clear_calendar_day,
    set_calendar_day,
    set_rule,
    withdraw_rule,
)
from credit_repair.rules.calendar import Due
from tests.registry.factories import SectorFactory
from tests.world import in_threads, make_user

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 20)
SET, PATH = "ndrc-36", "class.general.min_months"
SATURDAY, MONDAY = date(2026, 11, 21), date(2026, 11, 23)


@pytest.fixture(autouse=True)
def _assumed_today():
    with assume(TODAY):
        yield


def lay(**changed: Any) -> RuleOverride:
    """A city's value of six months from 2026-12-01 on, unless said otherwise."""
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


def value_on(day: date, *, sector: str | None = None, path: str = PATH) -> Any:
    return current_book().view(SET, on=day, sector=sector)[path].value


def refused(**changed: Any) -> LawNotChanged:
    with pytest.raises(LawNotChanged) as caught:
        lay(**changed)
    return caught.value


def test_a_local_value_holds_from_its_first_day_to_its_last() -> None:
    lay(in_force_to=date(2026, 12, 31))

    days = (date(2026, 11, 30), date(2026, 12, 1), date(2026, 12, 31), date(2027, 1, 1))
    assert [value_on(day) for day in days] == [3, 6, 6, 3]


def test_a_local_value_says_who_set_it_and_names_what_it_displaced() -> None:
    actor = make_user("吴督")
    row = lay(actor=actor)

    assert row.created_by == actor
    entry = AuditEntry.objects.get(action="set_rule")
    assert (entry.actor_label, entry.data["path"], entry.data["value"]) == ("吴督", PATH, 6)
    value = current_book().view(SET, on=date(2026, 12, 1))[PATH]
    assert value.basis == "《某市信用条例》第十条"
    assert value.overrides is not None
    assert value.overrides.value == 3


def test_a_withdrawn_value_counts_for_nothing_and_stays_in_the_books() -> None:
    actor = make_user("吴督")
    row = withdraw_rule(override=lay(), reason="条例已废止", actor=actor)

    assert value_on(date(2026, 12, 1)) == 3
    assert current_book().content_hash == shipped_book().content_hash
    row.refresh_from_db()
    assert (row.withdrawn_by, row.withdrawn_reason) == (actor, "条例已废止")


def test_withdrawing_twice_keeps_the_first_reason() -> None:
    row = lay()
    withdraw_rule(override=row, reason="条例已废止", actor=None)
    version = LawStamp.objects.get().version

    assert withdraw_rule(override=row, reason="再撤一次", actor=None).withdrawn_reason == "条例已废止"
    assert LawStamp.objects.get().version == version


def test_nothing_is_withdrawn_without_a_reason() -> None:
    row = lay()
    with pytest.raises(LawNotChanged) as caught:
        withdraw_rule(override=row, reason="  ", actor=None)
    assert caught.value.field == "reason"


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"rule_set": "ndrc-99"}, "rule_set"),
        ({"path": "class.general.min_weeks"}, "value"),
        ({"path": "objection.accept_days"}, "value"),
        ({"value": "6"}, "value"),
        ({"value": True}, "value"),
        ({"value": None}, "value"),
        ({"value": -1}, "value"),
        ({"basis": " "}, "basis"),
        ({"reason": " "}, "reason"),
        ({"in_force_to": date(2026, 11, 30)}, "in_force_to"),
        ({"level": "sector"}, "sector"),
    ],
)
def test_what_does_not_fit_is_refused_at_its_field_and_leaves_nothing(
    changed: dict[str, Any], field: str
) -> None:
    error = refused(**changed)

    assert error.field == field
    assert str(error)
    assert not RuleOverride.objects.exists()
    assert current_book().content_hash == shipped_book().content_hash


def test_a_sector_is_for_sector_rules_alone() -> None:
    assert refused(sector=SectorFactory(code="food")).field == "sector"


def test_a_local_set_is_no_set_to_lay_another_over() -> None:
    row = lay()
    assert refused(rule_set=f"local-{row.uuid}"[:40]).field == "rule_set"


def test_two_values_of_one_level_do_not_share_a_day() -> None:
    lay(in_force_to=date(2026, 12, 31))

    assert refused(in_force_from=date(2026, 12, 31)).field == "in_force_from"
    assert refused(in_force_from=date(2026, 11, 1), in_force_to=date(2026, 12, 1)).field == "in_force_from"
    lay(value=4, in_force_from=date(2027, 1, 1))
    assert value_on(date(2027, 1, 1)) == 4


@pytest.mark.postgres
def test_of_two_who_set_the_same_value_at_once_one_is_refused(postgres: None) -> None:
    rows, errors = in_threads(2, lambda number: lay(value=5 + number))

    assert (len(rows), [type(error) for error in errors]) == (1, [LawNotChanged])
    assert RuleOverride.objects.count() == 1


def test_a_withdrawn_value_makes_room() -> None:
    withdraw_rule(override=lay(), reason="填错", actor=None)
    lay(value=5)
    assert value_on(date(2026, 12, 1)) == 5


def test_the_sector_prevails_over_the_city_and_the_city_over_the_province() -> None:
    lay(value=7, level="sector", sector=SectorFactory(code="food"))
    lay(value=4, level="province")
    lay(value=6, level="city")

    day = date(2026, 12, 1)
    assert (value_on(day, sector="food"), value_on(day, sector="fire"), value_on(day)) == (7, 6, 6)


def test_amounts_lists_and_empty_values_are_kept_as_the_rules_take_them() -> None:
    lay(path="fine.large.default", value="20.5")
    lay(path="unpublished.penalties", value=["警告", "通报批评"])

    day = date(2026, 12, 1)
    assert value_on(day, path="fine.large.default") == "20.5"
    assert value_on(day, path="unpublished.penalties") == ("警告", "通报批评")


def test_each_change_gives_another_hash_and_its_edition_is_kept() -> None:
    first = lay()
    with_six = current_book()
    withdraw_rule(override=first, reason="填错", actor=None)
    lay(value=5)
    with_five = current_book()

    hashes = {shipped_book().content_hash, with_six.content_hash, with_five.content_hash}
    assert len(hashes) == 3
    assert set(LawEdition.objects.values_list("hash", flat=True)) == hashes
    assert LawEdition.objects.get(hash=with_six.content_hash).content == with_six.content()


def test_a_change_asks_for_the_records_to_be_computed_anew_once() -> None:
    lay()
    set_calendar_day(day=MONDAY, working=False, reason="停工", actor=None)
    assert Job.objects.filter(name="apply_law").count() == 1


def test_a_change_by_another_process_is_noticed() -> None:
    before = law_in_force()
    assert value_on(date(2026, 12, 1)) == 3
    other = RuleOverride(
        rule_set=SET,
        path=PATH,
        value=6,
        level="city",
        in_force_from=date(2026, 12, 1),
        basis="本市规定",
        reason="另有规定",
        created_at=datetime(2026, 11, 20, 9, tzinfo=ZoneInfo("Asia/Shanghai")),
    )
    other.save()
    LawStamp.objects.update(version=before.version + 1)

    assert value_on(date(2026, 12, 1)) == 6


def test_what_has_not_changed_is_not_read_again(django_assert_num_queries: Any) -> None:
    first = law_in_force()
    with django_assert_num_queries(1):
        assert law_in_force() is first


def test_inside_the_block_the_law_stays_as_it_was_at_its_beginning(django_assert_num_queries: Any) -> None:
    with one_law() as held:
        lay()
        with django_assert_num_queries(0):
            assert law_in_force() is held
        assert value_on(date(2026, 12, 1)) == 3
    assert value_on(date(2026, 12, 1)) == 6


def test_a_law_that_is_handed_in_holds_inside_the_block() -> None:
    lay()
    old = law.Law(book=shipped_book(), calendar=current_calendar(), version=0)
    with one_law(old):
        assert value_on(date(2026, 12, 1)) == 3


def test_a_day_declared_off_moves_due_days_and_the_history_says_by_whom() -> None:
    actor = make_user("吴督")
    assert current_calendar().add_working_days(TODAY, 1).due == MONDAY
    row = set_calendar_day(day=MONDAY, working=False, reason="防汛停工", actor=actor)

    assert current_calendar().add_working_days(TODAY, 1).due == MONDAY + timedelta(days=1)
    assert row.history.get().history_user == actor


def test_a_day_set_again_is_changed_and_cleared_it_is_as_announced() -> None:
    actor = make_user("吴督")
    set_calendar_day(day=SATURDAY, working=False, reason="照旧", actor=actor)
    row = set_calendar_day(day=SATURDAY, working=True, reason="补班", actor=actor)
    assert current_calendar().is_working_day(SATURDAY)

    clear_calendar_day(row=row, actor=actor)
    assert not current_calendar().is_working_day(SATURDAY)
    history = CalendarDay.history.order_by("history_id")
    assert [(each.history_type, each.history_user) for each in history] == [
        ("+", actor),
        ("~", actor),
        ("-", actor),
    ]


def test_a_day_is_not_set_without_a_reason() -> None:
    with pytest.raises(LawNotChanged) as caught:
        set_calendar_day(day=MONDAY, working=False, reason="", actor=None)
    assert caught.value.field == "reason"


def test_an_announced_year_is_provisional_no_longer() -> None:
    eve = date(2026, 12, 31)
    assert current_calendar().add_working_days(eve, 1) == Due(date(2027, 1, 1), True)

    announce_year(
        year=2027,
        source="国办发明电〔2026〕9号",
        days={date(2027, 1, 1): False, date(2027, 1, 3): True},
        actor=None,
    )
    assert current_calendar().add_working_days(eve, 1) == Due(date(2027, 1, 3), False)
    assert CalendarYear.objects.get().source == "国办发明电〔2026〕9号"


@pytest.mark.parametrize(
    ("changed", "field"),
    [({"source": " "}, "source"), ({"days": {date(2026, 12, 31): False}}, "days")],
)
def test_a_year_is_taken_in_whole_or_not_at_all(changed: dict[str, Any], field: str) -> None:
    given: dict[str, Any] = {"year": 2027, "source": "通知", "days": {date(2027, 1, 1): False}, "actor": None}
    with pytest.raises(LawNotChanged) as caught:
        announce_year(**{**given, **changed})
    assert caught.value.field == field
    assert not CalendarDay.objects.exists()


def outlived(row: RuleOverride, **changed: Any) -> RuleOverride:
    """The row as after a release that it no longer fits."""
    RuleOverride.objects.filter(pk=row.pk).update(**(changed or {"rule_set": "ndrc-99"}))
    LawStamp.objects.update(version=F("version") + 1)
    return row


def test_a_local_rule_that_no_longer_fits_is_named_wherever_a_date_would_be_computed() -> None:
    fitting, outlived_row = lay(), outlived(lay(path="clock.answer.days"), value="十")
    with pytest.raises(law.LawBroken, match="clock.answer.days") as caught:
        law_in_force()
    assert list(caught.value.misfits) == [outlived_row.uuid]
    assert fitting.path not in str(caught.value)
    with pytest.raises(LawNotChanged, match="clock.answer.days"):
        lay(path="clock.acceptance.days")


def test_local_rules_that_no_longer_fit_can_be_withdrawn_one_after_the_other() -> None:
    first, second = lay(), lay(path="clock.answer.days")
    outlived(first)
    outlived(second, value="十")
    editions = LawEdition.objects.count()
    withdraw_rule(override=first, reason="规则集已取消", actor=None)
    assert LawEdition.objects.count() == editions
    with pytest.raises(law.LawBroken):
        law_in_force()
    withdraw_rule(override=second, reason="值已不适用", actor=None)
    assert current_book().content_hash == shipped_book().content_hash
    assert LawEdition.objects.filter(hash=shipped_book().content_hash).exists()


@pytest.mark.parametrize(
    ("path", "value"),
    [("class.general.max_months", 1201), ("clock.publish_new.days", 3661), ("bar.false_material.years", 101)],
)
def test_a_period_beyond_every_calendar_is_refused(path: str, value: int) -> None:
    assert refused(path=path, value=value).field == "value"
    lay(path=path, value=value - 1)
