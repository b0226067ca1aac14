"""Two relays at once on PostgreSQL, and relays as processes."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import psycopg
import psycopg.conninfo
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection, connections, transaction

from credit_repair.core.models import AuditEntry
from credit_repair.platforms import claims
from credit_repair.platforms.models import Channel, Flow, Message, MessageAttempt
from credit_repair.platforms.relay import relay_once
from credit_repair.platforms.services import announce_new_publications, enqueue_removal
from credit_repair.registry.models import Publication
from credit_repair.registry.services import end_record
from tests.platforms.conftest import Script, confirm, publication_on, queue, run
from tests.prepared import migrated_copy
from tests.registry.factories import AS_OF, MOMENT, PlatformFactory, RecordFactory

pytestmark = pytest.mark.django_db(transaction=True)


def in_threads(count, work):
    """Run `work` in so many threads at once, each on a connection of its own; return what they returned."""
    results, errors, barrier = [], [], threading.Barrier(count)

    def run():
        try:
            barrier.wait()
            results.append(work())
        except Exception as error:
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors, errors
    return results


@pytest.mark.postgres
def test_relays_in_threads_share_the_work_and_keep_the_order(platform, standin):
    if connection.vendor != "postgresql":
        pytest.skip("NOT TESTED: several relays at once need PostgreSQL; set DATABASE_URL")
    records = [RecordFactory() for _ in range(20)]
    for record in records:
        publication_on(platform, record)
        for action in ("terminate", "publish", "terminate"):
            message = queue(record, platform, action)
            Message.objects.filter(pk=message.pk).update(state="waiting")
    Message.objects.filter(state="superseded").update(state="waiting")

    reports = in_threads(4, relay_once)
    assert sum(report.confirmed for report in reports) == 60
    assert Message.objects.filter(state="confirmed", effect="applied").count() == 60
    assert MessageAttempt.objects.count() == 60, "none was sent twice"
    for record in records:
        assert standin.effects(record) == {"publish": 1, "terminate": 2}
        assert not standin.shows(record)


@pytest.mark.postgres
def test_no_two_messages_of_a_record_are_ever_under_way_at_once(postgres, scripted_platform):
    """Four relays with four threads each; the platform looks whether it hears of a record twice at a time."""
    records = [publication_on(scripted_platform).record for _ in range(12)]
    for record in records:
        for _ in range(4):
            queue(record, scripted_platform)
    lock, under_way, sequences, twice = threading.Lock(), set(), {}, []

    def reply(request):
        body = json.loads(request.content)
        record = body["record"]["id"]
        with lock:
            if record in under_way:
                twice.append(record)
            under_way.add(record)
            sequences.setdefault(record, []).append(body["sequence"])
        time.sleep(0.005)
        with lock:
            under_way.discard(record)
        return confirm(request)

    reports = in_threads(4, lambda: run(Script(reply)))
    assert not twice
    assert sum(report.confirmed for report in reports) == 48
    assert set(map(tuple, sequences.values())) == {(1, 2, 3, 4)}


@pytest.mark.postgres
def test_relays_share_what_a_platform_bears_in_a_minute(postgres, scripted_platform):
    Channel.objects.create(platform=scripted_platform, per_minute=3000)
    for _ in range(20):
        queue(publication_on(scripted_platform).record, scripted_platform)
    turns = []

    def claim_some():
        while len(turns) < 20:  # another relay may have been quicker
            [platform] = claims.platforms_to_serve()
            turns.extend(each.send_at for each in claims.claim_batch(platform, limit=1).claimed)

    in_threads(4, claim_some)
    turns.sort()
    assert len(turns) == 20
    apart = [(after - before).total_seconds() for before, after in zip(turns, turns[1:], strict=False)]
    assert min(apart) >= 0.0199


@pytest.mark.postgres
def test_of_many_relays_one_finds_out_whether_a_platform_works_again(postgres, scripted_platform):
    for _ in range(8):
        queue(publication_on(scripted_platform).record, scripted_platform)
    Flow.objects.create(platform=scripted_platform, failures=5, opened_until=MOMENT)
    served = {relay: claims.platforms_to_serve()[0] for relay in range(4)}
    claimed = in_threads(4, lambda: claims.claim_batch(served.popitem()[1], limit=10).claimed)
    assert sorted(len(each) for each in claimed) == [0, 0, 0, 1]


@pytest.mark.postgres
def test_many_claims_at_once_give_each_message_to_one(postgres, scripted_platform):
    for _ in range(40):
        queue(publication_on(scripted_platform).record, scripted_platform)
    [platform] = claims.platforms_to_serve()

    def claim_until_none_is_left():
        mine = []
        while not (batch := claims.claim_batch(platform, limit=7)).is_last or batch.claimed:
            mine += [each.message.pk for each in batch.claimed]
        return mine

    shares = in_threads(4, claim_until_none_is_left)
    assert sorted(key for share in shares for key in share) == sorted(
        Message.objects.values_list("pk", flat=True)
    )
    assert set(Message.objects.values_list("attempts", flat=True)) == {1}


@pytest.mark.postgres
def test_a_relay_whose_connection_is_killed_goes_on_with_another(postgres, scripted_platform):
    for _ in range(6):
        queue(publication_on(scripted_platform).record, scripted_platform)
    main = connection.connection.info.backend_pid
    killed = []

    def reply(request):
        if not killed:
            killed.append(main)
            with psycopg.connect(connection_url()) as other:
                other.execute("SELECT pg_terminate_backend(%s)", [main])
        return confirm(request)

    assert run(Script(reply)).confirmed == 6
    assert killed
    assert connection.connection.info.backend_pid != main


def connection_url():
    """How to reach the database beside Django."""
    settings = connection.settings_dict
    return psycopg.conninfo.make_conninfo(
        host=settings["HOST"],
        port=settings["PORT"],
        user=settings["USER"],
        password=settings["PASSWORD"],
        dbname=settings["NAME"],
    )


@pytest.mark.postgres
def test_places_in_one_queue_are_taken_one_after_the_other(platform):
    if connection.vendor != "postgresql":
        pytest.skip("NOT TESTED: concurrent queueing needs PostgreSQL; set DATABASE_URL")
    record = publication_on(platform).record
    in_threads(8, lambda: [queue(record, platform, "publish") for _ in range(5)])
    sequences = Message.objects.order_by("sequence").values_list("sequence", flat=True)
    assert list(sequences) == list(range(1, 41))


def test_the_command_runs_one_pass(platform, capsys):
    queue(publication_on(platform).record, platform)
    call_command("relay_messages")
    assert "已回执 1 条" in capsys.readouterr().out


def test_the_command_replays_what_failed_at_one_platform(capsys):
    here, elsewhere = PlatformFactory(code="here", name="本县平台"), PlatformFactory()
    failed = [queue(publication_on(here).record, here) for _ in range(2)]
    other = queue(publication_on(elsewhere).record, elsewhere)
    Message.objects.update(state="failed")
    call_command("relay_messages", "--replay-failed", "here")
    assert "本县平台：2 条发送失败的消息已重新排队" in capsys.readouterr().out
    assert {message.pk for message in Message.objects.filter(state="waiting")} == {m.pk for m in failed}
    assert AuditEntry.objects.filter(action="platforms.replay_message").count() == 2
    assert Message.objects.get(pk=other.pk).state == "failed"
    with pytest.raises(CommandError, match="没有代码为none的平台"):
        call_command("relay_messages", "--replay-failed", "none")


@pytest.mark.postgres
def test_announcing_and_ending_records_never_lock_each_other_out():
    if connection.vendor != "postgresql":
        pytest.skip("NOT TESTED: locks need PostgreSQL; set DATABASE_URL")
    platforms = [PlatformFactory() for _ in range(3)]
    records = [RecordFactory() for _ in range(40)]
    for record in records:
        for platform in reversed(platforms):
            publication_on(platform, record, state="publishing", shown_at=None)

    def end(record):
        with transaction.atomic():
            event = end_record(
                record=record, standing="repaired", what="repaired", on=AS_OF, at=MOMENT, actor_label=""
            )
            enqueue_removal(record=record, cause=event.uuid, cause_text="")

    turns = iter([lambda: announce_new_publications(today=AS_OF), lambda: [end(r) for r in records]] * 2)
    in_threads(4, lambda: next(turns)())
    for publication in Publication.objects.all():
        last = publication.record.messages.filter(platform=publication.platform).order_by("sequence").last()
        assert (publication.state, last.action) == ("removing", "terminate")


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="NOT TESTED: asks the kernel by /proc")
def test_the_loop_ends_cleanly_on_sigterm(tmp_path):
    env = {"VAR_DIR": str(tmp_path), "DATABASE_URL": f"sqlite:///{tmp_path / 'loop.sqlite3'}"}
    command = [sys.executable, "manage.py"]
    env = os.environ | env
    migrated_copy(tmp_path / "loop.sqlite3")
    process = subprocess.Popen(
        [*command, "relay_messages", "--loop", "--pause", "0.1", "--skip-checks"],
        cwd=settings.BASE_DIR,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    deadline = time.monotonic() + 60
    while not catches(process.pid, signal.SIGTERM):  # until then it has only begun
        assert process.poll() is None, f"the loop ended by itself: {process.stderr.read().decode()}"
        assert time.monotonic() < deadline
        time.sleep(0.05)
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=30) == 0


def catches(pid: int, number: int) -> bool:
    """Whether a process handles a signal itself, as the kernel knows it."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace")
    mask = next(line for line in status.splitlines() if line.startswith("SigCgt")).split()[1]
    return bool(int(mask, 16) >> (number - 1) & 1)
