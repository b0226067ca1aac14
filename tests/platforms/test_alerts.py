"""Alerts: raised once per episode, told once, once more after a day, and at the end."""

from datetime import datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from credit_repair.mail.models import Mail
from credit_repair.people.models import Role
from credit_repair.platforms.alerts import clear_alert, look_after_alerts, raise_alert
from credit_repair.platforms.models import Alert, Channel, Difference, Flow, Message, Reconciliation
from tests import world as county
from tests.platforms.conftest import queue
from tests.registry.factories import OfficeFactory, PlatformFactory, RecordFactory

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
def officer(db):
    return county.member(OfficeFactory(credit=True), Role.DATA, name="陈数")


@pytest.fixture
def platform(officer):
    return PlatformFactory(name="信用中国（示例）网站")


def standing():
    return {alert.kind for alert in Alert.objects.filter(cleared_at__isnull=True)}


def mails():
    return list(Mail.objects.order_by("pk").values_list("kind", "to_name"))


def failed(platform, *, at=NOW):
    message = queue(RecordFactory(), platform)
    Message.objects.filter(pk=message.pk).update(state="failed", created_at=at, last_error="平台应答422：x")
    return message


def test_an_episode_is_told_once_again_after_a_day_and_at_its_end(platform):
    message = failed(platform)
    for minutes in (0, 5, 10):
        look_after_alerts(now=NOW + minutes * MINUTE)
    assert mails() == [("alert_raised", "陈数")]

    look_after_alerts(now=NOW + 23 * HOUR)
    assert len(mails()) == 1
    for hours in (24, 25, 60):
        Message.objects.update(created_at=NOW + (hours - 1) * HOUR)  # so that it is not too old besides
        look_after_alerts(now=NOW + hours * HOUR)
    assert mails() == [("alert_raised", "陈数"), ("alert_standing", "陈数")]

    Message.objects.filter(pk=message.pk).update(state="given_up")
    for hours in (61, 62):
        look_after_alerts(now=NOW + hours * HOUR)
    assert mails()[2:] == [("alert_cleared", "陈数")]
    assert standing() == set()


def test_what_comes_back_is_a_new_episode(platform):
    for _episode in range(2):
        message = failed(platform)
        look_after_alerts(now=NOW)
        Message.objects.filter(pk=message.pk).update(state="given_up")
        look_after_alerts(now=NOW)
    assert [kind for kind, _name in mails()] == ["alert_raised", "alert_cleared"] * 2


def test_the_mail_says_what_since_when_how_many_what_to_do_and_where(platform):
    failed(platform, at=NOW - HOUR)
    failed(platform)
    look_after_alerts(now=NOW)
    mail = Mail.objects.get()
    assert mail.subject == "报警：信用中国（示例）网站，消息发送失败待处理"
    for words in (
        "共2条；最早一条产生于2026年11月20日 08:00。",
        "平台方面改好以后重发",
        f"/office/platforms/{platform.code}/",
        "docs/runbooks.md“消息发送失败待处理”",
    ):
        assert words in mail.body, mail.body


def test_a_message_is_too_old_from_the_limit_of_its_platform_on(platform):
    Channel.objects.create(platform=platform, age_limit_minutes=30)
    message = queue(RecordFactory(), platform)
    Message.objects.filter(pk=message.pk).update(created_at=NOW)
    look_after_alerts(now=NOW + 30 * MINUTE)
    assert standing() == set()
    look_after_alerts(now=NOW + 31 * MINUTE)
    assert standing() == {"age"}
    Message.objects.filter(pk=message.pk).update(state="superseded")
    look_after_alerts(now=NOW + 32 * MINUTE)
    assert standing() == set()


def test_a_breaker_that_stays_open_is_told_after_an_hour(platform):
    flow = Flow.objects.create(platform=platform, failures=5, failing_since=NOW)
    look_after_alerts(now=NOW + 59 * MINUTE)
    assert standing() == set()
    look_after_alerts(now=NOW + HOUR)
    assert standing() == {"silent"}
    flow.failures, flow.failing_since = 0, None
    flow.save()
    look_after_alerts(now=NOW + 2 * HOUR)
    assert standing() == set()


def test_failures_below_the_breakers_limit_are_no_alert(platform):
    Flow.objects.create(platform=platform, failures=4, failing_since=NOW)
    look_after_alerts(now=NOW + 9 * HOUR)
    assert standing() == set()


def test_others_raise_and_clear_theirs_and_the_round_leaves_them_alone(platform):
    facts = {"count": 1, "words": "文件已经退回"}
    first = raise_alert(platform, Alert.Kind.FILES, facts, now=NOW)
    again = raise_alert(platform, Alert.Kind.FILES, {**facts, "count": 2}, now=NOW + HOUR)
    assert (again, again.facts["count"], again.raised_at) == (first, 2, NOW)
    look_after_alerts(now=NOW + HOUR)
    assert standing() == {"files"}
    assert clear_alert(platform, Alert.Kind.FILES, now=NOW + 2 * HOUR) is True
    assert clear_alert(platform, Alert.Kind.FILES, now=NOW + 2 * HOUR) is False
    assert [kind for kind, _name in mails()] == ["alert_raised", "alert_cleared"]


def test_data_officers_of_credit_offices_and_system_administrators_are_told(platform):
    admin = county.administrator("system")
    county.administrator("security")
    county.member(OfficeFactory(), Role.DATA, name="别的单位")
    county.member(OfficeFactory(credit=True), Role.INTAKE, name="受理")
    failed(platform)
    look_after_alerts(now=NOW)
    told = dict(Mail.objects.values_list("to_name", "body"))
    assert set(told) == {"陈数", str(admin)}
    assert f"/manage/channels/{platform.code}/" in told[str(admin)]
    assert "/office/" not in told[str(admin)]


def test_no_words_of_a_message_are_in_an_alert(platform):
    message = failed(platform)
    Message.objects.filter(pk=message.pk).update(last_error="平台应答422：当事人张三身份证不符")
    look_after_alerts(now=NOW)
    assert "张三" not in Mail.objects.get().body
    assert "张三" not in str(Alert.objects.get().facts)


def test_differences_that_wait_for_a_person_stand_until_the_last_is_settled(platform):
    run = Reconciliation.objects.create(platform=platform, day=NOW.date(), started_at=NOW)
    for _number in range(2):
        Difference.objects.create(
            reconciliation=run, record_uuid=uuid4(), kind="unknown_record", handling="raised"
        )
    look_after_alerts(now=NOW)
    assert standing() == {"difference"}
    assert Alert.objects.get().facts["count"] == 2
    Difference.objects.update(handling="settled")
    look_after_alerts(now=NOW + HOUR)
    assert standing() == set()
