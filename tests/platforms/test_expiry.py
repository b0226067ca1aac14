"""Records whose publicity period is over: ended, and gone from the platform."""

from datetime import date, timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from credit_repair.core import jobs, schedule
from credit_repair.core.models import Job, ScheduledRun
from credit_repair.platforms import expiry
from credit_repair.platforms.expiry import expire_records
from credit_repair.platforms.models import Message
from credit_repair.platforms.relay import relay_once
from credit_repair.registry.law import law_in_force
from credit_repair.registry.models import Record, RecordEvent
from tests.platforms.conftest import publication_on, queue
from tests.registry.factories import PlatformFactory, RecordFactory

pytestmark = pytest.mark.django_db

LAST_DAY = date(2026, 11, 20)
DAY_AFTER = LAST_DAY + timedelta(days=1)


def record_until(day: date | None, **fields) -> Record:
    return RecordFactory(effective_until=day, assessed=False, **fields)


def test_an_expired_record_is_gone_from_the_platform_without_any_case(platform, standin):
    record = publication_on(platform, record_until(LAST_DAY)).record
    queue(record, platform, "publish")
    relay_once()
    assert standin.shows(record)
    assert expire_records(today=LAST_DAY) == 0, "the last day still belongs to the period"
    assert expire_records(today=DAY_AFTER) == 1
    assert relay_once().confirmed == 1
    assert not standin.shows(record)
    record.refresh_from_db()
    assert (record.standing, record.ended_on) == ("expired", DAY_AFTER)
    event = RecordEvent.objects.get(record=record)
    removal = Message.objects.get(action="terminate")
    assert (removal.cause, removal.cause_text) == (event.uuid, "公示期满，终止公示")
    assert record.publications.get().state == "removed"


def test_only_what_is_active_and_over_expires():
    over = record_until(LAST_DAY)
    record_until(DAY_AFTER)
    record_until(None)
    record_until(LAST_DAY, standing="repaired", ended_on=LAST_DAY)
    record_until(LAST_DAY, standing="unpublished")
    assert expire_records(today=DAY_AFTER) == 1
    assert list(Record.objects.filter(standing="expired")) == [over]


def test_a_second_run_finds_nothing():
    publication_on(PlatformFactory(), record_until(LAST_DAY))
    assert expire_records(today=DAY_AFTER) == 1
    assert expire_records(today=DAY_AFTER) == 0
    assert Message.objects.count() == 1


def test_a_run_that_is_cut_off_is_finished_by_the_next(monkeypatch):
    platform = PlatformFactory()
    for days in range(7):
        publication_on(platform, record_until(LAST_DAY - timedelta(days=days // 2)))
    real, calls = expiry.enqueue_removal, []

    def cut_off(**given):
        calls.append(given)
        if len(calls) == 4:
            raise SystemExit("killed between the record's end and its messages")
        return real(**given)

    with monkeypatch.context() as patch:
        patch.setattr(expiry, "enqueue_removal", cut_off)
        with pytest.raises(SystemExit):
            expire_records(today=DAY_AFTER, batch=2)
    assert Record.objects.filter(standing="expired").count() == Message.objects.count() == 3
    assert expire_records(today=DAY_AFTER, batch=2) == 4
    assert Record.objects.filter(standing="expired").count() == Message.objects.count() == 7
    assert RecordEvent.objects.filter(what="expired").count() == 7


def test_a_record_that_cannot_be_ended_keeps_no_other_from_it(monkeypatch):
    platform = PlatformFactory()
    records = [publication_on(platform, record_until(LAST_DAY)).record for _ in range(5)]
    real = expiry.enqueue_removal

    def fail_on_second(*, record, **given):
        if record == records[1]:
            raise ValueError("broken")
        return real(record=record, **given)

    monkeypatch.setattr(expiry, "enqueue_removal", fail_on_second)
    with pytest.raises(ValueError, match="broken"):
        expire_records(today=DAY_AFTER, batch=1)
    assert Record.objects.filter(standing="expired").count() == 4


def test_what_was_repaired_meanwhile_is_left_alone():
    record = record_until(LAST_DAY)
    Record.objects.filter(pk=record.pk).update(standing="repaired", ended_on=LAST_DAY)
    assert expiry._expire(record.pk, today=DAY_AFTER, law=law_in_force()) == 0


def test_the_command_takes_the_day(capsys):
    record_until(LAST_DAY)
    call_command("expire_records", "--as-of", "2026-11-20")
    call_command("expire_records", "--as-of", "2026-11-21")
    assert capsys.readouterr().out.split("\n")[:2] == ["公示期满 0 条", "公示期满 1 条"]


def test_the_jobs_recur_and_run(settings):
    settings.ASSUMED_TODAY = DAY_AFTER
    publication_on(PlatformFactory(active=False), record_until(LAST_DAY))
    names = {"relay_messages", "announce_publications", "expire_records"}
    assert names <= set(schedule.dispatch_due(timezone.now())), "a new installation is due at once"
    assert all(jobs.run(job.pk) for job in Job.objects.filter(name__in=names))
    assert Record.objects.get().standing == "expired"
    at = timezone.localtime(ScheduledRun.objects.get(name="expire_records").next_at)
    assert (at.hour, at.minute) == (0, 10)
