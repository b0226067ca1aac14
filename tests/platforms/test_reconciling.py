"""What a platform shows beside what it should: mended once, then raised; and proved."""

import csv
import hashlib
import io
import json
import uuid
import zipfile
from datetime import date, timedelta
from pathlib import Path
from unittest.mock import patch

import pytest
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from credit_repair.core.leases import lease
from credit_repair.core.models import AuditEntry, Job
from credit_repair.platforms import services, tasks
from credit_repair.platforms.models import Difference, Message, Reconciliation
from credit_repair.platforms.reconciling import judging, proving, running, settling
from credit_repair.platforms.relay import relay_once
from credit_repair.platforms.selectors import removal_status
from credit_repair.platforms.transports import CannotList, Shown
from credit_repair.registry.models import RecordFlag
from tests.platforms.conftest import publication_on, queue
from tests.platforms.listing import Listed
from tests.registry.factories import MOMENT, PlatformFactory, RecordFactory
from tests.world import make_user

pytestmark = pytest.mark.django_db

DAY = date(2026, 11, 22)
EVERY = [str(action) for action in Message.Action]


@pytest.fixture
def platform(db):
    return PlatformFactory(code="source", endpoint="https://platform.test")


@pytest.fixture
def theirs():
    return Listed()


def reconcile(platform, theirs, day=DAY, **options):
    running.begin(platform=platform, today=day)
    while True:
        run = running.go_on(platform=platform, today=day, transports=theirs.opened(), **options)
        if run is None or run.state != "running":
            return run


def relay(theirs):
    relay_once(transports=theirs.opened())


def figures(run):
    return run.compared, run.agreed, run.under_way, run.mended, run.raised


def shown_on(platform, **fields):
    return publication_on(platform, RecordFactory(**fields)).record


def gone_from(platform):
    """A record whose removal the platform has confirmed."""
    record = RecordFactory(standing="repaired", ended_on=DAY, assessed=False)
    publication_on(platform, record)
    return record


def take_down(record, theirs):
    services.enqueue_removal(record=record, cause=uuid.uuid4(), cause_text="信用修复")
    relay(theirs)
    return record.publications.get()


def test_what_agrees_is_counted_and_nothing_is_done(platform, theirs):
    shown, gone = shown_on(platform), gone_from(platform)
    publication = take_down(gone, theirs)
    theirs.shows(shown)
    RecordFactory()  # was never meant for a platform
    run = reconcile(platform, theirs)
    assert (run.state, figures(run)) == ("done", (2, 2, 0, 0, 0))
    publication.refresh_from_db()
    assert (publication.state, Message.objects.count()) == ("removed", 1)


def test_what_comes_back_is_taken_down_once_more_and_is_visible_as_still_shown(platform, theirs):
    gone = gone_from(platform)
    take_down(gone, theirs)
    theirs.shows(gone)

    run = reconcile(platform, theirs)
    assert figures(run) == (1, 0, 0, 1, 0)
    publication = gone.publications.get()
    assert (publication.state, publication.removed_at, publication.receipt) == ("removing", None, "")
    [status] = removal_status(gone)
    assert status.step == "still_shown"
    difference = Difference.objects.get()
    assert (difference.kind, difference.handling, difference.message.action) == (
        "still_shown",
        "sent_again",
        "terminate",
    )
    assert difference.said["receipt"] == "R-1", "what the platform had confirmed"
    assert AuditEntry.objects.filter(action="platforms.still_shown", object_id=str(gone.uuid)).exists()

    relay(theirs)
    [status] = removal_status(gone)
    assert (status.step, status.receipt) == ("gone", "R-2")
    assert figures(reconcile(platform, theirs, DAY + timedelta(1))) == (1, 1, 0, 0, 0)


def test_a_platform_that_confirms_in_vain_is_left_to_a_person(platform, theirs):
    theirs.heeds = False
    gone = gone_from(platform)
    take_down(gone, theirs)
    theirs.shows(gone)
    reconcile(platform, theirs)
    relay(theirs)
    assert gone.publications.get().state == "removed", "as the platform says again"

    for number in (1, 2):
        run = reconcile(platform, theirs, DAY + timedelta(number))
        assert figures(run) == (1, 0, 0, 0, 1)
        assert run.differences.get().said["why"] == "confirmed_in_vain"
        assert [line.step for line in removal_status(gone)] == ["still_shown"]
    assert Message.objects.count() == 2
    # Only the newest finding waits for a person.
    assert Difference.objects.filter(handling="raised").count() == 1


def test_once_the_platform_itself_says_that_it_is_gone_that_is_the_evidence(platform, theirs):
    gone = gone_from(platform)
    message = services.enqueue_removal(record=gone, cause=uuid.uuid4(), cause_text="")[0]
    services.give_up(message=message, actor=None, reason="平台接口已停用")
    [status] = removal_status(gone)
    assert (status.state, status.step) == ("removing", "given_up")

    theirs.shows(gone)
    assert reconcile(platform, theirs).differences.get().said["why"] == "given_up"
    assert Message.objects.count() == 1, "what a person gave up is not fought"
    [status] = removal_status(gone)
    assert status.step == "still_shown"

    theirs.shows(gone, shown=False)
    run = reconcile(platform, theirs, DAY + timedelta(1))
    publication = gone.publications.get()
    assert (publication.state, publication.receipt) == ("removed", judging.evidence_of(run))
    [status] = removal_status(gone)
    assert (status.step, status.receipt) == ("gone", judging.evidence_of(run))


def test_that_a_list_lacks_a_record_is_no_evidence_where_the_platform_cannot_be_asked(platform, theirs):
    gone = gone_from(platform)
    message = services.enqueue_removal(record=gone, cause=uuid.uuid4(), cause_text="")[0]
    services.give_up(message=message, actor=None, reason="平台接口已停用")
    theirs.shown = lambda record, platform: None
    reconcile(platform, theirs)
    assert gone.publications.get().state == "removing"


def test_what_should_be_shown_and_is_not_is_published_once_more_then_raised(platform, theirs):
    theirs.heeds = False
    record = shown_on(platform)
    assert figures(reconcile(platform, theirs)) == (1, 0, 0, 1, 0)
    assert [(each.action, each.cause_text) for each in Message.objects.all()] == [
        ("publish", "对账发现公示状态不一致，再次通知")
    ]
    assert record.publications.get().state == "publishing"
    relay(theirs)
    assert figures(reconcile(platform, theirs, DAY + timedelta(1))) == (1, 0, 0, 0, 1)
    assert record.publications.get().state == "shown"


def test_an_unknown_record_is_raised_and_what_nobody_shows_is_nothing(platform, theirs):
    strange, old = uuid.uuid4(), uuid.uuid4()
    theirs.said[strange] = Shown(strange, True, False, 1)
    theirs.said[old] = Shown(old, False, False, 1)
    run = reconcile(platform, theirs)
    assert figures(run) == (1, 0, 0, 0, 1)
    difference = run.differences.get()
    assert (difference.record_uuid, difference.kind, difference.record) == (strange, "unknown_record", None)


def test_a_record_never_meant_for_the_platform_is_raised_while_public_and_taken_down_once_over(
    platform, theirs
):
    public, over = RecordFactory(), gone_from(PlatformFactory())
    theirs.shows(public, over)
    run = reconcile(platform, theirs)
    assert figures(run) == (2, 0, 0, 1, 1)
    assert run.differences.get(record=public).said["why"] == "never_meant"
    assert Message.objects.get().record == over


@pytest.mark.parametrize(
    ("flagged", "annotated", "action"), [(True, False, "annotate"), (False, True, "clear_annotation")]
)
def test_a_mark_that_is_wrong_is_mended_where_the_platform_takes_marks(
    platform, theirs, flagged, annotated, action
):
    platform.actions = EVERY
    platform.save()
    record = shown_on(platform)
    theirs.shows(record, annotated=annotated)
    if flagged:
        RecordFlag.objects.create(record=record, kind="objection", on_at=MOMENT)
    assert figures(reconcile(platform, theirs)) == (1, 0, 0, 1, 0)
    assert Message.objects.get().action == action
    relay(theirs)
    assert figures(reconcile(platform, theirs, DAY + timedelta(1))) == (1, 1, 0, 0, 0)


def test_a_mark_that_is_wrong_is_raised_where_it_takes_none(platform, theirs):
    record = shown_on(platform)
    theirs.shows(record, annotated=True)
    run = reconcile(platform, theirs)
    assert run.differences.get().said["why"] == "not_taken"


def test_a_shielded_record_that_is_shown_is_shielded_again(platform, theirs):
    platform.actions = EVERY
    platform.save()
    record = shown_on(platform)
    RecordFlag.objects.create(record=record, kind="shield", on_at=MOMENT)
    theirs.shows(record)
    reconcile(platform, theirs)
    assert Message.objects.get().action == "shield"
    assert record.publications.get().state == "shown"


@pytest.mark.parametrize("state", ["waiting", "accepted", "failed"])
def test_what_is_on_its_way_is_not_judged(platform, theirs, state):
    gone = gone_from(platform)
    message = queue(gone, platform)
    Message.objects.filter(pk=message.pk).update(state=state, accepted_at=MOMENT)
    theirs.shows(gone)
    assert figures(reconcile(platform, theirs)) == (1, 0, 1, 0, 0)


@pytest.mark.parametrize(
    "fields",
    [
        {"assessed": False, "effective_until": DAY - timedelta(1)},
        {"standing": "unpublished", "assessed": False},
        {"standing": "withdrawn", "assessed": False, "ended_on": DAY},
    ],
)
def test_what_is_just_about_to_end_is_neither_missing_nor_too_much(platform, theirs, fields):
    one, other = (shown_on(platform, **fields) for _each in range(2))
    theirs.shows(one)
    theirs.shows(other, shown=False)
    assert figures(reconcile(platform, theirs)) == (2, 0, 2, 0, 0)


def test_what_waits_to_be_announced_is_not_missing(platform, theirs):
    publication_on(platform, state="publishing", shown_at=None)
    assert figures(reconcile(platform, theirs)) == (1, 0, 1, 0, 0)


def test_what_changes_while_the_list_is_read_is_left_to_the_next_run(platform, theirs):
    gone = gone_from(platform)
    theirs.shows(gone)
    theirs.shown = lambda record, platform: None  # it only gives its list, which is older than the removal

    def meanwhile(shown):
        take_down(gone, theirs)

    theirs.on_row = meanwhile
    assert figures(reconcile(platform, theirs)) == (1, 0, 1, 0, 0)


def test_the_list_is_corrected_by_what_the_platform_says_now(platform, theirs):
    record = shown_on(platform)
    theirs.shown = lambda record, platform: True
    assert figures(reconcile(platform, theirs)) == (1, 1, 0, 0, 0), record
    assert not Message.objects.exists()


def test_a_run_that_breaks_off_keeps_its_findings_and_goes_on_from_there(platform, theirs):
    records = sorted((shown_on(platform) for _each in range(6)), key=lambda each: each.uuid)
    theirs.shows(*records[1:])
    theirs.breaks_after = 3
    run = reconcile(platform, theirs, piece=2)
    assert (run.state, run.note) == ("broken", "不能取得平台的公示清单：broken off")
    assert run.differences.count() == 1

    again = reconcile(platform, theirs, piece=2)
    assert (again.pk, again.state, figures(again)) == (run.pk, "done", (6, 5, 0, 1, 0))
    assert theirs.asked_after == ["", str(records[3].uuid)]
    assert Message.objects.count() == 1


def test_every_cut_leads_to_the_same_end(platform, theirs):
    for number in range(9):
        record = shown_on(platform)
        if number % 3:
            theirs.shows(record)
    while True:
        run = running.begin(platform=platform, today=DAY)
        run = running.go_on(platform=platform, today=DAY, transports=theirs.opened(), seconds=-1, piece=2)
        if run.state == "done":
            break
    assert figures(run) == (9, 6, 0, 3, 0)
    assert len(lines(run, "records.csv")) == 9


def test_a_run_that_is_killed_between_two_checkpoints_counts_nothing_twice(platform, theirs):
    records = [shown_on(platform) for _each in range(4)]
    running.begin(platform=platform, today=DAY)
    with (
        patch.object(running._Portion, "_check_in", side_effect=KeyboardInterrupt),
        pytest.raises(KeyboardInterrupt),
    ):
        running.go_on(platform=platform, today=DAY, transports=theirs.opened())
    assert Message.objects.count() == 4
    run = reconcile(platform, theirs)
    assert (figures(run), Message.objects.count()) == ((4, 0, 0, 4, 0), len(records))
    assert {line[5] for line in lines(run, "records.csv")} == {"应公示而没有公示；已补发消息"}


def test_only_one_is_at_work_on_a_platform(platform, theirs):
    running.begin(platform=platform, today=DAY)
    with lease("reconcile:source", seconds=60):
        assert running.go_on(platform=platform, today=DAY, transports=theirs.opened()) is None
    assert running.begin(platform=platform, today=DAY).pk == Reconciliation.objects.get().pk
    assert reconcile(platform, theirs).state == "done"


def test_a_run_of_yesterday_is_not_gone_on_with(platform, theirs):
    old = running.begin(platform=platform, today=DAY)
    new = running.begin(platform=platform, today=DAY + timedelta(1))
    old.refresh_from_db()
    assert (old.state, new.pk == old.pk) == ("broken", False)


@pytest.mark.parametrize(
    "fields", [{"transport": "by_hand"}, {"transport": "dry_run"}, {"kind": "department"}]
)
def test_who_cannot_be_asked_is_not_reconciled(fields):
    platform = PlatformFactory(**fields)
    assert platform not in running.to_reconcile()
    with pytest.raises(running.CannotReconcile):
        running.begin(platform=platform, today=DAY)


def test_a_list_in_disorder_is_not_believed(platform, theirs):
    record = shown_on(platform)
    theirs.shows(record)
    said = Shown(record.uuid, True, False, 1)
    theirs.listing = lambda platform, after: iter([said, said])
    run = reconcile(platform, theirs)
    assert (run.state, "排序" in run.note) == ("broken", True)
    assert not Message.objects.exists()


def test_one_record_that_cannot_be_dealt_with_hides_no_other(platform, theirs, monkeypatch):
    bad, good = shown_on(platform), shown_on(platform)
    real = judging.enqueue

    def failing(*, record, **fields):
        if record == bad:
            raise RuntimeError
        return real(record=record, **fields)

    monkeypatch.setattr(judging, "enqueue", failing)
    run = reconcile(platform, theirs)
    assert figures(run) == (2, 0, 0, 1, 1)
    assert run.differences.get(record=bad).said["why"] == "fault"
    assert Message.objects.get().record == good


def lines(run, name):
    with proving.opened(run) as file, zipfile.ZipFile(file) as archive:
        text = archive.read(name)
    assert text.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(text.decode("utf-8-sig"))))[1:]


def test_the_proof_has_a_line_for_every_record_and_its_checksum(platform, theirs):
    shown, gone = shown_on(platform, doc_no="=1+1"), gone_from(platform)
    take_down(gone, theirs)
    theirs.shows(shown)
    run = reconcile(platform, theirs)
    with proving.opened(run) as file:
        assert hashlib.sha256(file.read()).hexdigest() == run.sha256
    found = {line[0]: line for line in lines(run, "records.csv")}
    assert found[str(gone.uuid)][2:7] == ["已撤下", "没有公示", "无", "一致", "R-1"]
    assert found[str(shown.uuid)][1:4] == ["'=1+1", "公示中", "正在公示"], "no formula"
    with proving.opened(run) as file, zipfile.ZipFile(file) as archive:
        summary = json.loads(archive.read("summary.json"))
    assert (summary["platform"]["code"], summary["day"], summary["agreed"]) == ("source", "2026-11-22", 2)
    folders, _files = default_storage.listdir(proving.FOLDER)
    assert str(run.uuid) not in folders or not default_storage.listdir(f"{proving.FOLDER}/{run.uuid}")[1]


def test_a_proof_that_was_changed_is_not_handed_out(platform, theirs):
    run = reconcile(platform, theirs)
    with Path(default_storage.path(proving.path_of(run))).open("ab") as file:
        file.write(b"x")
    with pytest.raises(proving.ProofChanged):
        proving.opened(run)


def test_memory_and_questions_do_not_grow_with_the_records(platform, theirs):
    def asked(records):
        for _each in range(records):
            theirs.shows(shown_on(platform))
        Reconciliation.objects.all().delete()
        with CaptureQueriesContext(connection) as caught:
            assert reconcile(platform, theirs).state == "done"
        return len(caught)

    asked(1)
    assert asked(2) == asked(10)


def raised(platform, theirs):
    gone = gone_from(platform)
    message = services.enqueue_removal(record=gone, cause=uuid.uuid4(), cause_text="")[0]
    services.give_up(message=message, actor=None, reason="平台接口已停用")
    theirs.shows(gone)
    return reconcile(platform, theirs).differences.get()


def test_a_person_settles_what_was_raised_with_a_note_and_it_is_on_record(platform, theirs):
    difference, actor = raised(platform, theirs), make_user("吴数")
    with pytest.raises(settling.NotSettled):
        settling.settle_difference(difference=difference, actor=actor, note=" ")
    settled = settling.settle_difference(difference=difference, actor=actor, note="已电话联系平台")
    assert (settled.handling, settled.settled_by, settled.message) == ("settled", actor, None)
    assert AuditEntry.objects.get(action="platforms.settle_difference").actor_id == actor.pk
    with pytest.raises(settling.NotSettled):
        settling.settle_difference(difference=difference, actor=actor, note="再来")


def test_a_person_may_send_once_more(platform, theirs):
    difference, actor = raised(platform, theirs), make_user("吴数")
    assert settling.may_send(difference)
    settled = settling.settle_difference(difference=difference, actor=actor, note="平台已恢复", send=True)
    assert settled.message.action == "terminate"
    relay(theirs)
    assert difference.record.publications.get().state == "removed"


def test_nothing_is_sent_where_something_is_on_its_way(platform, theirs):
    difference = raised(platform, theirs)
    queue(difference.record, platform)
    assert not settling.may_send(difference)
    with pytest.raises(settling.NotSettled):
        settling.settle_difference(difference=difference, actor=make_user(), note="补发", send=True)


@pytest.mark.django_db(transaction=True)
def test_the_schedule_begins_every_platform_and_the_job_goes_on_until_it_is_through(
    platform, theirs, monkeypatch
):
    theirs.shows(shown_on(platform))
    monkeypatch.setattr(running, "OpenTransports", theirs.opened)
    tasks.reconcile_platforms()
    assert Job.objects.filter(name="reconcile_platform", payload={"platform": "source"}).exists()
    tasks.reconcile_platform(platform="source")
    assert Reconciliation.objects.get().state == "done"
    tasks.reconcile_platform(platform="source")
    assert Reconciliation.objects.count() == 1, "a second job begins nothing"


def test_a_job_whose_platform_does_not_answer_is_tried_again_from_the_same_place(
    platform, theirs, monkeypatch
):
    theirs.shows(shown_on(platform))
    theirs.breaks_after = 0
    monkeypatch.setattr(running, "OpenTransports", theirs.opened)
    tasks.reconcile_platforms()
    with pytest.raises(CannotList):
        tasks.reconcile_platform(platform="source")
    tasks.reconcile_platform(platform="source")
    assert [run.state for run in Reconciliation.objects.all()] == ["done"]


def test_the_command_says_what_it_found(platform, theirs, monkeypatch, capsys):
    theirs.shows(shown_on(platform))
    monkeypatch.setattr(running, "OpenTransports", theirs.opened)
    call_command("reconcile_platforms", platform="source", as_of=DAY)
    assert "source 已完成：比对 1 条，一致 1 条" in capsys.readouterr().out
    with pytest.raises(CommandError, match="source"):
        call_command("reconcile_platforms", platform="nowhere")
    theirs.breaks_after = 0
    with pytest.raises(CommandError, match="broken off"):
        call_command("reconcile_platforms", as_of=DAY + timedelta(1))
