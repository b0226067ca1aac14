"""Messages as files: numbered without gaps, whole or not at all, the same again after a crash, in order."""

import hashlib
import json
import os
import re
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from credit_repair.platforms.exchange import folders as folders_module
from credit_repair.platforms.exchange import outbound
from credit_repair.platforms.exchange.folders import ExchangeBroken, folders_of, prepare_folders
from credit_repair.platforms.exchange.passes import exchange_once
from credit_repair.platforms.models import Alert, Channel, FileBatch, Message
from credit_repair.platforms.relay import relay_once
from tests.platforms.conftest import publication_on, queue
from tests.registry.factories import PlatformFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def city(settings, tmp_path):
    settings.EXCHANGE_ROOT = tmp_path / "exchange"
    platform = PlatformFactory(code="city", transport="files", endpoint="", secret="")
    Channel.objects.create(platform=platform, folder="city", batch_size=3, receipt_hours=24)
    prepare_folders(platform)
    return platform


@pytest.fixture
def out(city, settings):
    return settings.EXCHANGE_ROOT / "city" / "out"


def removals(platform, count):
    return [queue(publication_on(platform).record, platform) for _ in range(count)]


def names(folder):
    return sorted(found.name for found in folder.iterdir())


def ids_in(path):
    return [json.loads(line)["id"] for line in path.read_bytes().splitlines()]


def states():
    return set(Message.objects.values_list("state", flat=True))


def test_what_is_due_goes_into_numbered_files_with_their_checksums(city, out):
    messages = removals(city, 4)
    report = exchange_once()
    assert (report.sent, report.broken) == (4, {})
    assert names(out) == [
        "city-00000001.jsonl",
        "city-00000001.jsonl.sha256",
        "city-00000002.jsonl",
        "city-00000002.jsonl.sha256",
    ]
    first = out / "city-00000001.jsonl"
    content = first.read_bytes()
    assert content.endswith(b"\n")
    assert [json.loads(line) for line in content.splitlines()] == [
        message.payload for message in messages[:3]
    ]
    digest = hashlib.sha256(content).hexdigest()
    assert (out / "city-00000001.jsonl.sha256").read_text() == f"{digest}  city-00000001.jsonl\n"
    assert list(FileBatch.objects.order_by("number").values_list("number", "lines", "state")) == [
        (1, 3, "written"),
        (2, 1, "written"),
    ]
    assert FileBatch.objects.get(number=1).sha256 == digest


def test_the_messages_are_taken_and_wait_for_their_receipts(city, out):
    (message,) = removals(city, 1)
    exchange_once()
    message.refresh_from_db()
    assert (message.state, message.attempts, message.reference) == ("accepted", 1, "city-00000001.jsonl")
    assert message.next_attempt_at > timezone.now() + timedelta(hours=23)
    assert message.lease_token is None
    attempt = message.log.get()
    assert (attempt.number, attempt.outcome) == (1, "accepted")
    assert "city-00000001.jsonl" in attempt.detail
    # Nothing more to do, and nothing is written twice.
    assert exchange_once().sent == 0
    assert FileBatch.objects.count() == 1


def test_a_record_is_never_in_two_files_at_once(city, out):
    record = publication_on(city).record
    city.actions = ["annotate"]
    city.save()
    first, second = queue(record, city, "annotate"), queue(record, city)
    exchange_once()
    exchange_once()
    assert ids_in(out / "city-00000001.jsonl") == [str(first.uuid)]
    assert len(names(out)) == 2
    Message.objects.filter(pk=first.pk).update(state="confirmed", receipt="R", confirmed_at=timezone.now())
    exchange_once()
    assert ids_in(out / "city-00000002.jsonl") == [str(second.uuid)]


def test_without_a_receipt_it_goes_again_in_a_later_file(city, out):
    (message,) = removals(city, 1)
    exchange_once()
    Message.objects.update(next_attempt_at=timezone.now())
    exchange_once()
    message.refresh_from_db()
    assert (message.attempts, message.batch.number) == (2, 2)
    assert ids_in(out / "city-00000002.jsonl") == [str(message.uuid)]
    first = FileBatch.objects.get(number=1)
    assert first.state == "answered"  # what is open of it belongs to the second one


@pytest.mark.parametrize("after", range(7))
def test_after_a_crash_anywhere_the_same_bytes_are_there(city, out, monkeypatch, after):
    """The process dies before the n-th step on the disk, or when all is written and not yet recorded."""
    removals(city, 2)
    steps = iter(range(100))

    class Died(BaseException):
        pass

    def dying(real):
        def step(*args, **options):
            if next(steps) == after:
                raise Died
            return real(*args, **options)

        return step

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", dying(os.fsync))
        patched.setattr(folders_module.Path, "replace", dying(folders_module.Path.replace))
        patched.setattr(outbound, "_is_written", dying(outbound._is_written))
        with pytest.raises(Died):
            exchange_once()
    assert states() == {"sending"}
    before = (out / "city-00000001.jsonl").read_bytes() if (out / "city-00000001.jsonl").exists() else None
    assert not (out / "city-00000001.jsonl.sha256").exists() or before is not None
    removals(city, 1)  # what comes later does not get into it
    exchange_once()
    content = (out / "city-00000001.jsonl").read_bytes()
    assert before in (None, content)
    assert len(content.splitlines()) == 2
    assert hashlib.sha256(content).hexdigest() in (out / "city-00000001.jsonl.sha256").read_text()
    assert states() == {"accepted"}
    assert list(FileBatch.objects.order_by("number").values_list("number", "lines")) == [(1, 2), (2, 1)]
    assert not [name for name in names(out) if name.startswith(".")]
    assert Message.objects.filter(attempts=1).count() == 3


def test_a_full_disk_loses_nothing_and_is_said(city, out, monkeypatch):
    removals(city, 2)

    def full(*args, **options):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        report = exchange_once()
    assert "磁盘已满" in report.broken["city"]
    assert names(out) == []
    alert = Alert.objects.get()
    assert (alert.kind, alert.cleared_at) == ("files", None)
    assert exchange_once().sent == 2
    assert Alert.objects.get().cleared_at is not None
    assert FileBatch.objects.get().number == 1


def test_a_folder_that_cannot_be_written_is_said(city, out, monkeypatch):
    monkeypatch.setattr(os, "access", lambda path, mode: path != out)  # the tests' user may write everywhere
    with pytest.raises(ExchangeBroken, match="没有读写权限"):
        folders_of(city)


def test_a_folder_that_is_not_mounted_is_not_made_in_passing(city, out, settings):
    removals(city, 1)
    (settings.EXCHANGE_ROOT / "city").rename(settings.EXCHANGE_ROOT / "elsewhere")
    report = exchange_once()
    assert "不存在" in report.broken["city"]
    assert not (settings.EXCHANGE_ROOT / "city").exists()
    assert states() == {"waiting"}
    assert not FileBatch.objects.exists()


def test_a_folder_that_is_a_link_is_not_written_to(city, out, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    out.rmdir()
    out.symlink_to(elsewhere)
    removals(city, 1)
    assert "不是文件夹" in exchange_once().broken["city"]
    assert names(elsewhere) == []


def test_what_somebody_put_in_the_way_is_not_written_through(city, out, tmp_path):
    victim = tmp_path / "victim"
    victim.write_text("untouched")
    (out / ".city-00000001.jsonl.tmp").symlink_to(victim)
    os.mkfifo(out / ".city-00000001.jsonl.sha256.tmp")
    (out / "city-00000001.jsonl").symlink_to(victim)
    removals(city, 1)
    assert exchange_once().sent == 1
    assert victim.read_text() == "untouched"
    assert not (out / "city-00000001.jsonl").is_symlink()


def test_a_channel_set_to_ask_for_receipts_is_said(city):
    Channel.objects.update(receipts="polling")
    removals(city, 1)
    assert "定时查询" in exchange_once().broken["city"]
    assert states() == {"waiting"}


@pytest.mark.parametrize("name", ["../city", "/etc", "a/b", "..", ".hidden", "", "a\0b", "a b"])
def test_a_folder_lies_below_the_root(city, name):
    city.channel.folder = name
    with pytest.raises(ExchangeBroken):
        prepare_folders(city)


def test_one_platforms_broken_folder_keeps_no_other_from_its_files(city, out):
    other = PlatformFactory(code="a-town", transport="files")
    Channel.objects.create(platform=other, folder="town")
    removals(city, 1)
    removals(other, 1)
    report = exchange_once()
    assert set(report.broken) == {"a-town"}
    assert report.sent == 1


def test_the_relay_does_not_touch_them(city):
    removals(city, 1)
    assert relay_once().sent == 0
    exchange_once()
    assert relay_once().sent == 0


def test_what_a_person_gave_up_meanwhile_takes_no_number(city, monkeypatch):
    (message,) = removals(city, 1)
    monkeypatch.setattr(outbound, "due_on", lambda platform, limit: [message.pk])
    Message.objects.update(state="given_up")
    assert exchange_once().sent == 0
    assert not FileBatch.objects.exists()


def test_the_command_exchanges_makes_folders_and_fails_aloud(city, out, capsys, settings):
    removals(city, 1)
    call_command("exchange_files")
    assert "写出消息 1 条" in capsys.readouterr().out
    town = PlatformFactory(code="town", name="镇平台", transport="files")
    Channel.objects.create(platform=town, folder="town")
    with pytest.raises(CommandError, match="排除以后会自动继续"):
        call_command("exchange_files")
    call_command("exchange_files", prepare="town")
    assert names(settings.EXCHANGE_ROOT / "town") == ["done", "in", "out", "refused"]
    call_command("exchange_files", "--platform", "town")
    with pytest.raises(CommandError, match=re.escape("没有代码为x的平台")):
        call_command("exchange_files", prepare="x")


def test_what_waits_for_a_moment_that_the_clock_has_left_behind_goes_out_and_holds_nothing_up(city, out):
    """The clock was a year ahead, and was set right."""
    ahead = timezone.now() + timedelta(days=365)
    for message in removals(city, 3):  # a whole file of them
        Message.objects.filter(pk=message.pk).update(
            state="accepted", accepted_at=ahead, attempts=1, next_attempt_at=ahead
        )
    behind = removals(city, 1)[0]
    exchange_once()
    behind.refresh_from_db()
    assert behind.state == "accepted"
    assert not Message.objects.filter(next_attempt_at__gte=ahead).exists()
