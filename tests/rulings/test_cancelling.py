"""A penalty that was changed, revoked or found void."""

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from credit_repair.cases.models import Paper
from credit_repair.core.clock import now
from credit_repair.core.models import AuditEntry, Job
from credit_repair.core.settling import settle_all
from credit_repair.mail.models import Mail
from credit_repair.people.models import Role
from credit_repair.platforms.models import Message
from credit_repair.registry.flags import has_flag
from credit_repair.registry.models import Office, Record, RecordEvent, RecordFlag
from credit_repair.registry.services.flags import put_flag
from credit_repair.repairs import settlers
from credit_repair.rulings.errors import RulingRefused
from credit_repair.rulings.models import PenaltyCancellation
from credit_repair.rulings.selectors import why_withdrawn
from credit_repair.rulings.services import cancel_penalty
from credit_repair.rulings.services.cancelling import withdrawal_rule
from tests.registry.factories import OfficeFactory, RecordFactory
from tests.world import TODAY, World, approved_case, do, fresh, member, submitted_case, verifying_case

pytestmark = pytest.mark.django_db

THURSDAY = date(2026, 11, 19)


def cancel(world: World, paper: Paper, **changed: Any) -> PenaltyCancellation:
    given = {
        "record": world.record,
        "kind": "revoked",
        "decided_on": THURSDAY,
        "document_no": "淮政复决〔2026〕9号",
        "made_by": "淮北市人民政府",
        "reason": "认定事实不清",
        "papers": [paper],
        "actor": world.approver,
        "today": TODAY,
    }
    return cancel_penalty(**{**given, **changed})


def test_the_record_is_withdrawn_and_its_platforms_told_within_three_working_days(
    world: World, paper: Paper
) -> None:
    row = cancel(world, paper)

    world.record.refresh_from_db()
    assert (world.record.standing, world.record.ended_on) == ("withdrawn", TODAY)
    event = RecordEvent.objects.get(record=world.record)
    assert (event, event.what, event.on) == (row.event, "withdrawn", TODAY)
    assert event.data["reason"] == "原处罚决定已经撤销：淮北市人民政府2026年11月19日淮政复决〔2026〕9号"
    assert (row.limit_days, row.due_on, row.provisional) == (3, date(2026, 11, 24), False)
    assert (row.was_standing, row.confirmed_at, list(row.papers.all())) == ("active", None, [paper])
    message = Message.objects.get()
    assert (message.action, message.cause, message.cause_text) == (
        "terminate",
        event.uuid,
        "原处罚决定已经撤销，终止公示",
    )
    entry = AuditEntry.objects.get(action="rulings.cancel_penalty")
    assert (entry.object_id, entry.data["was"]) == (str(world.record.uuid), "active")


def test_open_cases_close_as_moot_and_say_why(
    world: World, paper: Paper, django_capture_on_commit_callbacks: Any
) -> None:
    case = verifying_case(world)
    Job.objects.all().delete()
    with django_capture_on_commit_callbacks(execute=True):
        row = cancel(world, paper)
    assert row.open_cases == 1
    assert Job.objects.filter(name="settle_cases").exists(), "called at once"
    assert settlers.close_moot(today=TODAY) == 1
    case = fresh(case)
    assert (case.state, case.closed_on) == ("closed_moot", TODAY)
    assert case.events.get(action="close_as_moot").text == "原处罚决定已经撤销"
    mail = Mail.objects.get(kind="repair_closed_moot")
    assert "停止公示（原处罚决定已经撤销）" in mail.body


def test_a_case_on_a_record_that_ran_out_is_closed_without_a_reason(world: World) -> None:
    case = submitted_case(world)
    Record.objects.filter(pk=world.record.pk).update(standing="expired", ended_on=TODAY)
    assert settlers.close_moot(today=TODAY) == 1
    assert fresh(case).events.get(action="close_as_moot").text == ""
    assert "（" not in Mail.objects.get(kind="repair_closed_moot").body.splitlines()[2].split("停止公示")[1]


def test_everybody_concerned_is_told_once(world: World, paper: Paper) -> None:
    officer = member(world.credit, Role.DATA, name="数据员")
    case = verifying_case(world)
    Mail.objects.all().delete()
    cancel(world, paper)

    told = {(mail.kind, mail.to_address) for mail in Mail.objects.all()}
    assert told == {
        ("subject_penalty_cancelled", world.clerk.email),
        ("penalty_cancelled_case", world.verifier.email),
        ("penalty_cancelled_data", officer.email),
    }
    said = Mail.objects.get(kind="subject_penalty_cancelled")
    assert "原处罚决定已经撤销" in said.subject
    assert "淮北市人民政府" in said.body and "2026年11月24日" in said.body
    assert str(world.record.uuid) in said.body
    assert case.number in Mail.objects.get(kind="penalty_cancelled_case").body


def test_what_was_decided_stays_decided(world: World, paper: Paper) -> None:
    case = approved_case(world)
    row = cancel(world, paper)
    settle_all(today=TODAY)
    assert fresh(case).state == "approved"
    world.record.refresh_from_db()
    assert (row.was_standing, world.record.standing) == ("repaired", "withdrawn"), "no misconduct, no repair"
    assert why_withdrawn(world.record) == "原处罚决定已经撤销"


@pytest.mark.parametrize("standing", ["expired", "history", "withdrawn", "unpublished"])
def test_what_is_shown_nowhere_is_withdrawn_without_messages(
    world: World, paper: Paper, standing: str
) -> None:
    record = RecordFactory(subject=world.subject, authority=world.authority)
    ended = None if standing == "unpublished" else date(2026, 10, 1)
    Record.objects.filter(pk=record.pk).update(standing=standing, ended_on=ended)
    row = cancel(world, paper, record=record)
    record.refresh_from_db()
    assert (record.standing, row.was_standing, row.was_ended_on) == ("withdrawn", standing, ended)
    assert not Message.objects.exists()


def test_flags_come_off(world: World, paper: Paper) -> None:
    for kind in RecordFlag.Kind.values:
        put_flag(record=world.record, kind=kind, reason="测试", actor_label="某人", at=now())
    row = cancel(world, paper)
    assert set(row.flags_off) == set(RecordFlag.Kind.values)
    assert not any(has_flag(world.record, kind) for kind in RecordFlag.Kind.values)
    off = {flag.off_reason for flag in world.record.flags.all()}
    assert off == {"原处罚决定已经撤销"}


REFUSED = [
    ({"kind": "repealed"}, "kind", "请选择"),
    ({"decided_on": date(2026, 5, 5)}, "decided_on", "早于原决定日期"),
    ({"decided_on": date(2026, 11, 21)}, "decided_on", "还没有到"),
    ({"document_no": " "}, "document_no", "文书编号"),
    ({"made_by": ""}, "made_by", "作出单位"),
    ({"reason": " "}, "reason", "原因"),
    ({"papers": []}, "papers", "请上传"),
]


@pytest.mark.parametrize(("changed", "field", "words"), REFUSED)
def test_what_does_not_fit_is_refused_with_words(
    world: World, paper: Paper, changed: dict[str, Any], field: str, words: str
) -> None:
    with pytest.raises(RulingRefused, match=words) as refused:
        cancel(world, paper, **changed)
    assert refused.value.field == field
    world.record.refresh_from_db()
    assert world.record.standing == "active"


def test_it_is_entered_once(world: World, paper: Paper) -> None:
    cancel(world, paper)
    with pytest.raises(RulingRefused, match="已经登记过"):
        cancel(world, paper)


def test_a_change_names_the_record_that_takes_its_place(world: World, paper: Paper) -> None:
    instead = RecordFactory(subject=world.subject, authority=world.authority)
    row = cancel(world, paper, kind="changed", successor=instead, successor_to_come=True)
    assert (row.successor, row.successor_to_come) == (instead, False), "it is here"
    elsewhere = RecordFactory(authority=world.authority)
    with pytest.raises(RulingRefused, match="同一主体"):
        cancel(world, paper, record=instead, kind="changed", successor=elsewhere)
    with pytest.raises(RulingRefused, match="只有变更"):
        cancel(world, paper, record=instead, kind="void", successor=world.record)


def test_the_limit_is_the_authoritys_own_or_that_of_all_others() -> None:
    for market in (False, True):
        office: Office = OfficeFactory(market=market)
        assert withdrawal_rule(office, on=TODAY).value == 3


@pytest.mark.parametrize(
    "broken",
    [
        {"document_no": ""},
        {"decided_on": date(2026, 11, 21)},
        {"due_on": date(2026, 11, 18)},
        {"successor_to_come": True},
        {"undo_reason": "登记错误"},
        {"undone_at": now()},
    ],
)
def test_the_database_refuses_what_cannot_be(world: World, paper: Paper, broken: dict[str, Any]) -> None:
    row = cancel(world, paper)
    with pytest.raises(IntegrityError), transaction.atomic():
        PenaltyCancellation.objects.filter(pk=row.pk).update(**broken)


def test_a_withdrawn_case_is_nobodys_news(world: World, paper: Paper) -> None:
    case = submitted_case(world)
    do(case, "withdraw", world.clerk)
    Mail.objects.all().delete()
    assert cancel(world, paper).open_cases == 0
    assert set(Mail.objects.values_list("kind", flat=True)) == {"subject_penalty_cancelled"}


@given(decided=st.dates(date(2026, 5, 6), TODAY))
def test_the_day_is_three_working_days_on(decided: date) -> None:
    from credit_repair.rules import national_calendar

    calendar = national_calendar()
    due = calendar.add_working_days(decided, 3).due
    assert calendar.working_days_between(decided, due) == 3 and calendar.is_working_day(due)
