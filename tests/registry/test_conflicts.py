"""A name that differs is a change of name or a mistake: a person says which."""

from datetime import date

import pytest

from credit_repair.core.models import AuditEntry
from credit_repair.registry.importing.scope import ImportScope
from credit_repair.registry.models import FormerName, ImportBatch, NameConflict, NameGram, Record, Subject
from credit_repair.registry.services.conflicts import (
    ConflictRefused,
    accept_rename,
    keep_name,
    take_up_again,
)
from tests.registry.factories import AS_OF, make_code
from tests.registry.tables import AUTHORITY_CODE, as_csv, row, take_in
from tests.world import in_threads, make_user

OLD, NEW = "濉溪县华泰物流有限公司1", "淮北新途运输有限公司"


def renamed(doc_no, **changes):
    return row(1, name=NEW, doc_no=doc_no, **changes)


@pytest.fixture
def batch(db):
    take_in(as_csv([row(1)]))
    return take_in(as_csv([renamed("甲〔2026〕1号"), renamed("甲〔2026〕2号")]))[0]


@pytest.fixture
def actor(db):
    return make_user("吴数")


def accept(conflict, actor, **options):
    return accept_rename(
        conflict=conflict, reason="已核对变更登记", actor=actor, scope=None, today=AS_OF, **options
    )


def test_an_accepted_change_of_name_takes_every_row_that_waited_for_it(batch, actor):
    settled = accept(NameConflict.objects.first(), actor)
    assert [each.outcome for each in settled] == ["taken", "taken"]
    subject = Subject.objects.get()
    assert subject.name == NEW
    assert Record.objects.filter(subject=subject).count() == 3
    batch.refresh_from_db()
    assert (batch.taken, batch.refused) == (2, 0)
    assert set(NameConflict.objects.values_list("state", flat=True)) == {"accepted"}
    assert AuditEntry.objects.get(action="accept_rename").data["former"] == OLD


def test_the_former_name_is_kept_and_both_are_found(batch, actor):
    accept(NameConflict.objects.first(), actor)
    former = FormerName.objects.get()
    assert (former.name, former.until, former.actor_label) == (OLD, AS_OF, "吴数")
    grams = set(NameGram.objects.values_list("gram", flat=True))
    assert {"华泰", "新途"} <= grams


def test_a_name_that_comes_back_is_no_former_name(batch, actor):
    accept(NameConflict.objects.first(), actor)
    take_in(as_csv([row(1, doc_no="乙〔2026〕1号")]))
    accept(NameConflict.objects.get(state="open"), actor)
    assert Subject.objects.get().name == OLD
    assert list(FormerName.objects.values_list("name", flat=True)) == [NEW]


def test_conflicts_of_other_peoples_imports_stay_for_them(batch, actor):
    other = take_in(as_csv([renamed("甲〔2026〕3号")]))[0]
    accept(
        NameConflict.objects.filter(line__batch=batch)[0],
        actor,
        among=ImportBatch.objects.filter(pk=batch.pk),
    )
    theirs = NameConflict.objects.get(line__batch=other)
    assert theirs.state == "open"
    assert [each.outcome for each in accept(theirs, actor)] == ["taken"]
    assert FormerName.objects.count() == 1


def test_a_row_may_be_refused_again_for_another_reason(batch, actor):
    conflict, before_the_decision = NameConflict.objects.first(), date(2026, 5, 5)
    settled = accept_rename(
        conflict=conflict, reason="已核对", actor=actor, scope=None, today=before_the_decision
    )
    assert {each.outcome for each in settled} == {"refused"}
    assert set(batch.lines.values_list("code", flat=True)) == {"future_decision"}
    batch.refresh_from_db()
    assert (batch.taken, batch.refused) == (0, 2)


def test_nobody_renames_by_a_row_that_they_may_not_bring(batch, actor):
    nobodys = ImportScope(offices=frozenset(), answers_for=lambda code: False)
    with pytest.raises(ConflictRefused, match="不能导入这一行"):
        accept_rename(
            conflict=NameConflict.objects.first(), reason="已核对", actor=actor, scope=nobodys, today=AS_OF
        )
    assert Subject.objects.get().name == OLD
    assert set(NameConflict.objects.values_list("state", flat=True)) == {"open"}


def test_rows_that_the_person_may_not_bring_stay_for_those_who_may(batch, actor):
    foreign = make_code(902, prefix="11")
    theirs = take_in(as_csv([renamed("甲〔2026〕3号", authority_code=foreign, source_code=foreign)]))[0]
    mine = ImportScope(offices=frozenset([AUTHORITY_CODE]), answers_for=lambda code: False)
    conflict = NameConflict.objects.filter(line__batch=batch)[0]
    settled = accept_rename(conflict=conflict, reason="已核对", actor=actor, scope=mine, today=AS_OF)
    assert [each.outcome for each in settled] == ["taken", "taken"]
    assert NameConflict.objects.get(line__batch=theirs).state == "open"


def test_a_dismissed_conflict_changes_nothing_but_itself(batch, actor):
    conflict = keep_name(conflict=NameConflict.objects.first(), reason="来表填错", actor=actor)
    assert (conflict.state, conflict.reason, conflict.decided_by) == ("dismissed", "来表填错", actor)
    assert Subject.objects.get().name == OLD
    assert Record.objects.count() == 1
    with pytest.raises(ConflictRefused):
        take_up_again(conflict=conflict, actor=actor, scope=None, today=AS_OF)


@pytest.mark.parametrize("reason", ["", "  "])
def test_a_decision_needs_a_reason(batch, actor, reason):
    conflict = NameConflict.objects.first()
    with pytest.raises(ConflictRefused):
        keep_name(conflict=conflict, reason=reason, actor=actor)
    with pytest.raises(ConflictRefused):
        accept_rename(conflict=conflict, reason=reason, actor=actor, scope=None, today=AS_OF)


def test_a_decision_is_taken_once(batch, actor):
    conflict = NameConflict.objects.first()
    accept(conflict, actor)
    with pytest.raises(ConflictRefused):
        accept(conflict, actor)
    with pytest.raises(ConflictRefused):
        keep_name(conflict=conflict, reason="来表填错", actor=actor)


def test_a_row_that_a_crash_kept_from_its_turn_is_taken_up_once(batch, actor):
    conflict = NameConflict.objects.first()
    Subject.objects.update(name=NEW)
    NameConflict.objects.filter(pk=conflict.pk).update(state="accepted")
    for _time in range(2):
        settled = take_up_again(conflict=conflict, actor=actor, scope=None, today=AS_OF)
        assert settled.outcome == "taken"
    assert Record.objects.count() == 2


@pytest.mark.postgres
def test_of_two_people_who_say_otherwise_at_once_one_is_heard(postgres):
    take_in(as_csv([row(1)]))
    take_in(as_csv([renamed("甲〔2026〕1号")]))
    conflict, people = NameConflict.objects.get(), [make_user("甲"), make_user("乙")]
    said = [accept, lambda conflict, actor: keep_name(conflict=conflict, reason="填错", actor=actor)]
    _settled, errors = in_threads(2, lambda n: said[n](conflict, people[n]))
    assert [type(error) for error in errors] == [ConflictRefused]
    conflict.refresh_from_db()
    assert (conflict.state == "accepted") == (Subject.objects.get().name == NEW)


@pytest.mark.postgres
def test_of_two_people_who_accept_at_once_one_does(postgres):
    take_in(as_csv([row(1)]))
    batch = take_in(as_csv([renamed("甲〔2026〕1号"), renamed("甲〔2026〕2号")]))[0]
    conflicts, people = list(NameConflict.objects.all()), [make_user("甲"), make_user("乙")]
    settled, errors = in_threads(2, lambda n: accept(conflicts[n], people[n]))
    assert [type(error) for error in errors] == [ConflictRefused]
    assert len(settled) == 1 and len(settled[0]) == 2
    assert FormerName.objects.count() == 1
    batch.refresh_from_db()
    assert (batch.taken, batch.refused) == (2, 0)
