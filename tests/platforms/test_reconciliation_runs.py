"""A run: cut off anywhere, one at a time, proved by a file, settled by people."""

import csv
import hashlib
import io
import json
import uuid
import zipfile
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

import pytest
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from credit_repair.core.leases import lease
from credit_repair.core.models import AuditEntry, Job
from credit_repair.platforms import services, tasks
from credit_repair.platforms.models import Message, Reconciliation
from credit_repair.platforms.reconciling import judging, proving, running, settling
from credit_repair.platforms.transports import CannotList, Shown
from credit_repair.registry.models import Record
from tests.platforms.conftest import queue
from tests.platforms.listing import (
    DAY,
    Listed,
    figures,
    gone_from,
    reconcile,
    relay,
    shown_on,
    take_down,
)
from tests.platforms.test_relays_side_by_side import in_threads
from tests.registry.factories import PlatformFactory
from tests.world import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def platform(db):
    return PlatformFactory(code="source", endpoint="http://platform.test")


@pytest.fixture
def theirs():
    return Listed()


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
    "fields",
    [{"transport": "by_hand"}, {"transport": "dry_run"}, {"transport": "files"}, {"kind": "department"}],
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


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_record_that_ends_beside_the_run_is_never_published_again(platform, theirs):
    if connection.vendor != "postgresql":
        pytest.skip("NOT TESTED: locks need PostgreSQL; set DATABASE_URL")
    records = [shown_on(platform) for _each in range(20)]  # none of which the platform shows
    turns = iter((True, False))

    def work():
        if next(turns):
            reconcile(platform, theirs, piece=3)
            return
        for record in records:
            with transaction.atomic():
                Record.objects.filter(pk=record.pk).update(standing="repaired", ended_on=DAY)
                services.enqueue_removal(record=record, cause=uuid.uuid4(), cause_text="信用修复")

    in_threads(2, work)
    for record in records:
        last = record.messages.latest("sequence")
        assert (last.action, record.messages.filter(action="terminate").count()) == ("terminate", 1)
        assert record.publications.get().state == "removing"
