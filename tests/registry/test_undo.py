"""An import is taken back while nothing hangs on it, all of it or nothing."""

import uuid
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from credit_repair.core.models import AuditEntry
from credit_repair.people.services import grant_mandate
from credit_repair.platforms.services import announce_new_publications, enqueue
from credit_repair.registry.models import (
    ImportBatch,
    NameConflict,
    Office,
    Publication,
    Record,
    RecordEvent,
    Subject,
    SupplyCount,
)
from credit_repair.registry.services.undo import UndoRefused, undo_batch, undo_plan
from tests.registry.factories import AS_OF, OfficeFactory, PlatformFactory, make_code
from tests.registry.tables import as_csv, entry, row, take_in
from tests.world import build_world, draft, make_user

pytestmark = pytest.mark.django_db
FACTS = ("facts", "fine", "own_until", "penalty_text", "penalty_types", "source_office_id")
ASSESSED = ("rule_class", "effective_until", "repairable_from", "standing", "ended_on", "published")


@pytest.fixture
def actor():
    return make_user("吴数")


def state_of(record):
    fresh = Record.objects.get(pk=record.pk)
    return {name: getattr(fresh, name) for name in (*FACTS, *ASSESSED)}


def take_back(batch, actor):
    return undo_batch(batch=batch, actor=actor, today=AS_OF)


def reasons_against(batch, actor):
    with pytest.raises(UndoRefused) as refusal:
        take_back(batch, actor)
    assert [str(each) for each in undo_plan(batch=batch).hindrances] == refusal.value.reasons
    return refusal.value.reasons


def test_what_an_import_brought_is_gone_and_the_batch_says_who_took_it_back(actor):
    batch, _outcomes = take_in(as_csv([row(1), row(2)]), platforms=[PlatformFactory()])
    plan = undo_plan(batch=batch)
    assert (plan.brought, plan.updated, plan.publications, plan.hindrances) == (2, 0, 2, ())
    take_back(batch, actor)
    assert not Record.objects.exists()
    assert not Subject.objects.exists()
    assert not Office.objects.exists()
    assert not Publication.objects.exists()
    assert not SupplyCount.objects.exists()
    batch.refresh_from_db()
    assert (batch.state, batch.undone_by, batch.undone_at is not None) == ("undone", actor, True)
    entry = AuditEntry.objects.get(action="undo_import")
    assert entry.data == {"records": 2, "updated": 0, "subjects": 2, "offices": 1}


def test_the_same_file_comes_in_again_afterwards(actor):
    take_back(take_in(as_csv([row(1)]))[0], actor)
    again, _outcomes = take_in(as_csv([row(1)]))
    assert again.taken == 1


def test_a_changed_record_becomes_what_it_was(actor):
    take_in(as_csv([row(1)]))
    record = Record.objects.get()
    before = state_of(record)
    code = make_code(55, prefix="11")
    changed = row(
        1,
        facts="另外的事实",
        fine="9",
        penalty_text="罚款；责令停产停业",
        own_until="2026/12/01",
        source="濉溪县另一单位",
        source_code=code,
    )
    batch, _outcomes = take_in(as_csv([changed]))
    assert state_of(record) != before
    take_back(batch, actor)
    assert state_of(record) == before
    assert not Office.objects.filter(code=code).exists()
    event = RecordEvent.objects.order_by("pk").last()
    assert event.data["undone_batch"] == str(batch.uuid)
    assert event.data["changes"]["facts"] == {"old": "另外的事实", "new": "车货总质量超过限定标准"}
    assert event.actor_label == "吴数"


def test_a_record_that_the_import_kept_from_publication_is_published_again(actor):
    take_in(as_csv([row(1)]))
    batch, _outcomes = take_in(as_csv([row(1, penalty_text="警告", fine="")]))
    assert Record.objects.get().standing == Record.Standing.UNPUBLISHED
    take_back(batch, actor)
    assert Record.objects.get().standing == Record.Standing.ACTIVE


def test_publications_that_only_the_undone_import_asked_for_go(actor):
    first, second = PlatformFactory(), PlatformFactory()
    take_in(as_csv([row(1)]), platforms=[first])
    batch, _outcomes = take_in(as_csv([row(1, facts="另外的事实")]), platforms=[second])
    take_back(batch, actor)
    assert [each.platform for each in Publication.objects.all()] == [first]


def test_what_others_need_stays(actor):
    kept = OfficeFactory(code=row()["authority_code"])
    take_in(as_csv([row(1)]))
    batch, _outcomes = take_in(as_csv([row(1, doc_no="另一个文号")]))
    take_back(batch, actor)
    assert Record.objects.count() == Subject.objects.count() == 1
    assert Office.objects.get() == kept


def test_an_office_that_somebody_set_up_stays_although_nothing_names_it(actor):
    OfficeFactory(code=row()["authority_code"])
    take_back(take_in(as_csv([row(1)]))[0], actor)
    assert Office.objects.count() == 1


def test_messages_keep_an_import(actor):
    batch, _outcomes = take_in(as_csv([row(1)]), platforms=[PlatformFactory()])
    announce_new_publications(today=AS_OF)
    assert reasons_against(batch, actor) == [f"1条记录已有“平台消息”：{row(1)['doc_no']}。"]
    assert Record.objects.count() == 1


def test_confirmed_publications_keep_an_import(actor):
    batch, _outcomes = take_in(as_csv([row(1)]), platforms=[PlatformFactory()])
    Publication.objects.update(state=Publication.State.SHOWN)
    assert "已由平台确认公示" in reasons_against(batch, actor)[0]


def test_an_application_keeps_an_import_also_as_a_draft(actor):
    world = build_world()
    batch, _outcomes = take_in(
        as_csv([row(1, code=world.subject.code, name=world.subject.name, doc_no="另一个文号")])
    )
    draft(world, record=Record.objects.get(doc_no="另一个文号"))
    assert any("案件" in reason or "办件" in reason for reason in reasons_against(batch, actor))


def test_a_person_who_acts_for_a_new_subject_keeps_an_import(actor):
    batch, _outcomes = take_in(as_csv([row(1)]))
    grant_mandate(user=make_user(), subject=Subject.objects.get(), since=AS_OF)
    assert "授权" in reasons_against(batch, actor)[0]


def test_a_subject_that_somebody_acted_for_before_stays_and_keeps_nothing(actor):
    take_in(as_csv([row(1)]))
    grant_mandate(user=make_user(), subject=Subject.objects.get(), since=AS_OF)
    batch, _outcomes = take_in(as_csv([row(1, doc_no="另一个文号")]))
    take_back(batch, actor)
    assert Subject.objects.count() == 1


def test_a_later_import_keeps_an_earlier_one_and_can_itself_be_taken_back(actor):
    first, _outcomes = take_in(as_csv([row(1), row(2)]))
    second, _outcomes = take_in(as_csv([row(1, facts="另外的事实")]))
    assert reasons_against(first, actor) == [f"1条记录此后又有变动：{row(1)['doc_no']}。"]
    take_back(second, actor)
    assert Record.objects.filter(facts="另外的事实").count() == 0


def test_a_later_import_of_the_same_file_is_to_be_taken_back_first(actor):
    first, _outcomes = take_in(as_csv([row(1)]))
    second, _outcomes = take_in(as_csv([row(1)]))
    (reason,) = reasons_against(first, actor)
    assert "“表.csv”（2026年11月20日导入）" in reason and "请先撤销后来的导入" in reason
    assert Record.objects.count() == 1
    take_back(second, actor)
    take_back(first, actor)
    assert not Record.objects.exists()


def test_a_later_file_that_holds_the_same_rows_among_others_is_to_be_taken_back_first(actor):
    first, _outcomes = take_in(as_csv([row(1)]))
    second, _outcomes = take_in(as_csv([row(1), row(2)]))
    assert "后来导入的文件" in reasons_against(first, actor)[0]
    take_back(second, actor)
    assert Record.objects.count() == 1


def test_what_a_change_says_again_keeps_the_change(actor):
    take_in(as_csv([row(1)]))
    changing, _outcomes = take_in(as_csv([row(1, facts="另外的事实")]))
    take_in(as_csv([row(1, facts="另外的事实"), row(2)]))
    assert "后来导入的文件" in reasons_against(changing, actor)[0]


def test_unchanged_rows_of_another_source_or_kind_keep_nothing(actor):
    other = {"source": "濉溪县另一单位", "source_code": make_code(55, prefix="11")}
    take_in(as_csv([row(9, **other)]))
    take_in(as_csv([entry(1)], kind="serious_list"))
    batch, _outcomes = take_in(as_csv([row(1)]))
    # Unchanged are the rows of the other source; ours are new.
    take_in(as_csv([row(9, **other), row(2)]))
    take_in(as_csv([entry(1)], kind="serious_list"))
    take_back(batch, actor)
    assert not Record.objects.filter(doc_no=row(1)["doc_no"]).exists()


def test_an_import_that_brought_nothing_new_is_taken_back_whatever_came_later(actor):
    take_in(as_csv([row(1)]))
    second, third = (take_in(as_csv([row(1)]))[0] for _time in range(2))
    assert third.unchanged == 1
    take_back(second, actor)
    assert Record.objects.count() == 1


def test_an_import_that_is_still_under_way_counts_as_later(actor):
    other, _outcomes = take_in(as_csv([row(1)]))
    batch, _outcomes = take_in(as_csv([row(1, facts="另外的事实"), row(2)]))
    ImportBatch.objects.filter(pk=other.pk).update(
        state="running", finished_at=None, unchanged=1, sha256=batch.sha256
    )
    assert "后来导入的文件" in reasons_against(batch, actor)[0]


def test_what_was_told_because_of_a_change_keeps_it(actor):
    take_in(as_csv([row(1)]))
    batch, _outcomes = take_in(as_csv([row(1, facts="另外的事实")]))
    record, change = Record.objects.get(), RecordEvent.objects.filter(what="changed").get()
    platform = PlatformFactory(actions=["correct"])
    assert enqueue(record=record, platform=platform, action="correct", cause=change.uuid, cause_text="更正")
    assert "平台消息" in reasons_against(batch, actor)[0]


def test_what_was_told_before_a_change_does_not_keep_it(actor):
    platform = PlatformFactory()
    take_in(as_csv([row(1)]), platforms=[platform])
    announce_new_publications(today=AS_OF)
    record = Record.objects.get()
    record.messages.update(created_at=RecordEvent.objects.get().at - timedelta(minutes=1))
    batch, _outcomes = take_in(as_csv([row(1, facts="另外的事实")]), platforms=[platform])
    take_back(batch, actor)
    assert Publication.objects.count() == 1


def test_reasons_name_three_records_and_count_all(actor):
    batch, _outcomes = take_in(as_csv([row(n) for n in range(1, 6)]), platforms=[PlatformFactory()])
    announce_new_publications(today=AS_OF)
    (reason,) = reasons_against(batch, actor)
    assert reason.startswith("5条记录") and reason.count("濉") == 3 and reason.endswith("等。")


def test_open_conflicts_of_an_undone_import_are_closed(actor):
    batch, _outcomes = take_in(as_csv([row(1), row(1, doc_no="另一个文号", name="别的名称")]))
    take_in(as_csv([row(1, doc_no="再一个文号")]))
    assert NameConflict.objects.get().state == NameConflict.State.OPEN
    take_back(batch, actor)
    conflict = NameConflict.objects.get()
    assert (conflict.state, conflict.decided_by) == (NameConflict.State.DISMISSED, actor)


@pytest.mark.parametrize("state", ["waiting", "running", "unreadable", "undone"])
def test_only_an_import_that_has_ended_is_taken_back(actor, state):
    batch, _outcomes = take_in(as_csv([row(1)]))
    ImportBatch.objects.update(state=state)
    with pytest.raises(UndoRefused):
        take_back(batch, actor)
    assert Record.objects.count() == 1


def test_a_list_entry_that_the_import_withdrew_is_published_again(actor):
    take_in(as_csv([row(1)]))
    batch, _outcomes = take_in(as_csv([row(1, facts="另外的事实")]))
    record = Record.objects.get()
    change = RecordEvent.objects.get(what="changed")
    RecordEvent.objects.create(
        record=record, what="withdrawn", at=change.at, on=change.on, data={"batch": str(batch.uuid)}
    )
    Record.objects.update(standing=Record.Standing.WITHDRAWN, ended_on=date(2026, 11, 1))
    take_back(batch, actor)
    record.refresh_from_db()
    assert (record.standing, record.ended_on) == (Record.Standing.ACTIVE, None)


def test_questions_do_not_grow_with_the_rows(actor):
    def asked(rows):
        batch, _outcomes = take_in(as_csv([row(n, doc_no=f"{uuid.uuid4()}") for n in range(1, rows + 1)]))
        with CaptureQueriesContext(connection) as captured:
            take_back(batch, actor)
        return len(captured)

    asked(1)
    assert asked(2) == asked(30)
