"""What a monitoring system reads, and who may."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse

from credit_repair.platforms.metrics import metrics_text
from credit_repair.platforms.models import Alert, Flow, Message, MessageAttempt
from tests.platforms.conftest import queue
from tests.registry.factories import PlatformFactory, RecordFactory

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


def test_every_figure_of_a_platform_is_there():
    platform = PlatformFactory(code="source")
    waiting, failed, done = (queue(RecordFactory(), platform) for _number in range(3))
    Message.objects.filter(pk=waiting.pk).update(created_at=NOW - timedelta(seconds=90))
    Message.objects.filter(pk=failed.pk).update(state="failed", created_at=NOW)
    Message.objects.filter(pk=done.pk).update(
        state="confirmed", receipt="R", created_at=NOW - timedelta(seconds=4), confirmed_at=NOW
    )
    MessageAttempt.objects.create(
        message=done, number=1, started_at=NOW, finished_at=NOW, outcome="confirmed"
    )
    Flow.objects.create(platform=platform, failures=7, opened_until=NOW + timedelta(minutes=1))
    Alert.objects.create(platform=platform, kind="failed", raised_at=NOW)
    lines = metrics_text(now=NOW).splitlines()
    for line in (
        'credit_platform_messages{platform="source",state="waiting"} 1',
        'credit_platform_messages{platform="source",state="failed"} 1',
        'credit_platform_oldest_message_seconds{platform="source"} 90',
        'credit_platform_attempts_last_hour{platform="source",outcome="confirmed"} 1',
        'credit_platform_confirmation_seconds{platform="source",quantile="0.5"} 4',
        'credit_platform_breaker_open{platform="source"} 1',
        'credit_platform_failures_in_a_row{platform="source"} 7',
        'credit_platform_alert{platform="source",kind="failed"} 1',
        'credit_platform_alert{platform="source",kind="age"} 0',
        'credit_jobs{state="failed"} 0',
        'credit_mails{state="waiting"} 0',
        "# TYPE credit_platform_messages gauge",
    ):
        assert line in lines, line


def test_every_sample_has_its_help_and_nothing_of_a_person():
    record = RecordFactory()
    queue(record, PlatformFactory())
    text = metrics_text(now=NOW)
    names = {line.split("{")[0].split(" ")[0] for line in text.splitlines() if not line.startswith("#")}
    assert all(f"# HELP {name} " in text and f"# TYPE {name} gauge" in text for name in names)
    assert text.endswith("\n") and text.isascii()
    assert record.subject.name not in text and str(record.uuid) not in text


def test_only_who_brings_the_token_reads_them(settings):
    address = reverse("metrics")
    settings.METRICS_TOKEN = ""
    for header in ({}, {"HTTP_AUTHORIZATION": "Bearer "}):
        assert Client().get(address, **header).status_code == 404
    settings.METRICS_TOKEN = "a-long-token"
    for header in ({}, {"HTTP_AUTHORIZATION": "Bearer b"}, {"HTTP_AUTHORIZATION": "a-long-token"}):
        assert Client().get(address, **header).status_code == 404
    answer = Client().get(address, HTTP_AUTHORIZATION="Bearer a-long-token")
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/plain; version=0.0.4")
    assert "no-store" in answer["Cache-Control"]
