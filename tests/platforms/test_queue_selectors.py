"""How the queues stand: bounded counts, the oldest, how it went lately, what a channel does now."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from credit_repair.platforms import queue_selectors as queues
from credit_repair.platforms.models import Channel, Flow, Message, MessageAttempt, PlatformPause
from credit_repair.platforms.windows import window_end
from credit_repair.registry.models import Platform
from tests.platforms.conftest import queue
from tests.registry.factories import PlatformFactory, RecordFactory

pytestmark = pytest.mark.django_db

#: A Saturday, by the clock of the county.
NOW = datetime(2026, 11, 21, 2, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


def made(platform, *, state="waiting", hours=1, **fields):
    message = queue(RecordFactory(), platform)
    Message.objects.filter(pk=message.pk).update(
        state=state, created_at=NOW - timedelta(hours=hours), **fields
    )
    return message


def attempted(message, outcome, *, minutes=5, number=1):
    at = NOW - timedelta(minutes=minutes)
    return MessageAttempt.objects.create(
        message=message, number=number, started_at=at, finished_at=at, outcome=outcome
    )


def only(platform, **options):
    (row,) = queues.standings(now=NOW, only=platform.code, **options)
    return row


def test_each_state_is_counted_no_further_than_the_bound():
    platform = PlatformFactory()
    for _number in range(5):
        made(platform)
    made(platform, state="failed", hours=7)
    made(PlatformFactory())
    row = only(platform, most=3)
    assert row.counts == {"waiting": 4, "sending": 0, "accepted": 0, "failed": 1}
    assert [queues.at_most(n, most=3) for n in (3, 4)] == ["3", "3+"]
    assert row.age(NOW) == timedelta(hours=7)


def test_what_is_through_does_not_count_as_the_oldest():
    platform = PlatformFactory()
    made(platform, state="superseded", hours=99)
    assert only(platform).oldest_at is None


def test_the_error_shown_is_of_what_failed_before_what_is_tried_in_vain():
    platform = PlatformFactory()
    made(platform, hours=9, attempts=4, last_error="连接平台失败：x")
    assert only(platform).last_error == "连接平台失败：x"
    made(platform, state="failed", hours=1, last_error="平台应答422：y")
    assert only(platform).last_error == "平台应答422：y"


def test_lately_is_the_last_hour_and_the_time_to_the_receipt():
    platform = PlatformFactory()
    done = [
        made(platform, state="confirmed", hours=2, receipt="R", confirmed_at=NOW - timedelta(hours=2 - hours))
        for hours in (1, 2)
    ]
    for message in done:
        attempted(message, "confirmed")
    attempted(made(platform), "retry")
    attempted(made(platform), "confirmed", minutes=90)
    lately = only(platform).lately
    assert (lately.attempts, lately.sent, lately.hourly) == ({"confirmed": 2, "retry": 1}, 3, 3)
    assert lately.error_share == pytest.approx(1 / 3)
    assert lately.median_seconds == 1.5 * 3600
    assert lately.quantile(0.95) == 2 * 3600
    assert (queues.Lately().error_share, queues.Lately().median_seconds) == (None, None)


def test_more_attempts_than_are_looked_at_are_worked_out_to_the_hour(monkeypatch):
    platform = PlatformFactory()
    message = made(platform)
    for minute in range(10):
        attempted(message, "retry", minutes=10 - minute, number=minute + 1)
    monkeypatch.setattr(queues, "LATELY", 5)  # these took five minutes
    assert only(platform).lately.hourly == 60


def test_the_questions_do_not_grow_with_platforms():
    made(PlatformFactory())
    with CaptureQueriesContext(connection) as few:
        queues.standings(now=NOW)
    for platform in PlatformFactory.create_batch(4):
        Channel.objects.create(platform=platform)
        attempted(made(platform), "retry")
    with CaptureQueriesContext(connection) as many:
        queues.standings(now=NOW)
    assert len(few) == len(many) == 3


def test_a_website_that_is_looked_at_by_hand_has_no_queue():
    PlatformFactory(kind="third_party", transport="by_hand", required=False)
    assert queues.standings(now=NOW) == []


@pytest.mark.parametrize(
    ("window", "at", "inside"),
    [
        ({"weekdays": [6], "from": "01:00", "to": "05:00"}, "2026-11-21 02:00", True),
        ({"weekdays": [6], "from": "01:00", "to": "05:00"}, "2026-11-21 05:00", False),
        ({"weekdays": [5], "from": "01:00", "to": "05:00"}, "2026-11-21 02:00", False),
        ({"weekdays": [5], "from": "22:00", "to": "04:00"}, "2026-11-21 02:00", True),
        ({"weekdays": [6], "from": "22:00", "to": "04:00"}, "2026-11-21 02:00", False),
        ({"weekdays": [6], "from": "nonsense"}, "2026-11-21 02:00", False),
    ],
)
def test_maintenance_windows_also_over_midnight(window, at, inside):
    moment = datetime.fromisoformat(at).replace(tzinfo=ZoneInfo("Asia/Shanghai"))
    assert (window_end(Channel(windows=[window]), moment) is not None) is inside


def test_what_matters_most_is_what_a_channel_is_said_to_do():
    platform = PlatformFactory()

    def state():
        fresh = Platform.objects.select_related("channel", "pause", "flow").get(pk=platform.pk)
        return queues.channel_state(fresh, now=NOW)

    assert state() == "normal"
    flow = Flow.objects.create(platform=platform, failures=2)
    assert state() == "failing"
    Channel.objects.create(platform=platform, windows=[{"weekdays": [6], "from": "01:00", "to": "05:00"}])
    assert state() == "maintenance"
    flow.opened_until = NOW + timedelta(minutes=1)
    flow.save()
    assert state() == "open"
    PlatformPause.objects.create(platform=platform, until=NOW + timedelta(minutes=1))
    assert state() == "paused"
    Platform.objects.filter(pk=platform.pk).update(transport="dry_run")
    assert state() == "dry_run"
    Platform.objects.filter(pk=platform.pk).update(active=False)
    assert state() == "off"


@pytest.mark.parametrize("newest_first", [False, True])
def test_pages_are_found_by_where_the_former_ended(newest_first):
    platform = PlatformFactory()
    for _number in range(5):
        made(platform)  # all of the same moment
    found = queues.newest_of(platform) if newest_first else queues.queue_of(platform)
    whole = [message.pk for message in found]
    first = list(found[:2])
    rest = queues.from_on(found, after=first[-1].uuid, newest_first=newest_first)
    assert [message.pk for message in [*first, *rest]] == whole


def test_a_message_knows_how_many_wait_behind_it():
    platform, record = PlatformFactory(), RecordFactory()
    first = queue(record, platform)
    behind = [queue(record, platform) for _number in range(3)]
    Message.objects.filter(pk=behind[0].pk).update(state="given_up")
    queue(RecordFactory(), platform)
    (message,) = queues.with_held_up(Message.objects.filter(pk=first.pk))
    assert message.holds_up == 2
