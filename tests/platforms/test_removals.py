"""What the enterprise is told of each platform: the truth, stage by stage."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from credit_repair.platforms.models import (
    Difference,
    Message,
    MessageAttempt,
    Reconciliation,
    Sighting,
)
from credit_repair.platforms.relay import relay_once
from credit_repair.platforms.removals import removals_of
from credit_repair.registry.models import Publication
from credit_repair.repairs.presenters.removals import elsewhere_row, removal_row
from tests.platforms.conftest import publication_on, queue
from tests.registry.factories import MOMENT, PlatformFactory, RecordFactory

pytestmark = pytest.mark.django_db

LATER = MOMENT + timedelta(hours=3)


def removal_rows(record):
    """What is said of a record's platforms, and of websites that are not ours."""
    found = removals_of(record)
    return {
        "ours": [removal_row(each) for each in found.ours],
        "elsewhere": [elsewhere_row(each) for each in found.elsewhere],
    }


@pytest.fixture
def shown():
    record = RecordFactory(standing="repaired", ended_on=MOMENT.date())
    return publication_on(PlatformFactory(), record, shown_at=MOMENT)


def told(shown, **fields):
    message = queue(shown.record, shown.platform)
    if fields.get("attempts"):
        MessageAttempt.objects.create(
            message=message, number=1, started_at=MOMENT, finished_at=MOMENT, outcome="retry"
        )
    Message.objects.filter(pk=message.pk).update(**fields)
    return message


def row(shown):
    (only,) = removal_rows(shown.record)["ours"]
    return only


def published(shown, **fields):
    Publication.objects.filter(pk=shown.pk).update(**fields)


def found_again(shown, *, at=LATER, handling="sent_again"):
    run = Reconciliation.objects.create(platform=shown.platform, day=at.date(), started_at=at)
    return Difference.objects.create(
        reconciliation=run,
        record=shown.record,
        record_uuid=shown.record.uuid,
        kind="still_shown",
        handling=handling,
    )


def labels(shown):
    said = row(shown)
    return said["tag"]["label"], [step["label"] for step in said["steps"]]


def test_what_nobody_was_told_of_is_still_shown(shown):
    assert labels(shown) == ("仍在公示", [])
    assert "开始公示" in row(shown)["words"]


def test_told_taken_and_confirmed(shown):
    told(shown)
    assert labels(shown) == ("待通知", [])
    Message.objects.all().delete()
    message = told(shown, attempts=1, state="sending", lease_until=LATER, lease_token=shown.record.uuid)
    assert labels(shown) == ("已通知", ["已通知"])
    Message.objects.filter(pk=message.pk).update(state="accepted", accepted_at=LATER)
    assert labels(shown) == ("平台已接收", ["已通知", "平台已接收"])
    Message.objects.filter(pk=message.pk).update(state="confirmed", receipt="R-7", confirmed_at=LATER)
    published(shown, state="removed", removed_at=LATER, receipt="R-7")
    assert labels(shown) == ("已确认撤下", ["已通知", "平台已接收", "已确认撤下"])
    assert row(shown)["receipt"] == "R-7"
    assert row(shown)["tag"]["tone"] == "success"


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"attempts": 4, "last_error": "平台没有按时应答：x"}, "没有正常应答"),
        ({"attempts": 1, "state": "failed", "last_error": "平台应答422：x"}, "没有接受撤下的通知"),
        ({"attempts": 1, "state": "given_up"}, "已经停止发送，平台可能仍在公示"),
    ],
)
def test_what_did_not_work_is_said_as_it_is(shown, fields, words):
    told(shown, **fields)
    said = row(shown)
    assert said["tag"]["label"] == "仍在公示"
    assert words in said["words"]
    assert "x" not in said["words"]


def test_confirmed_and_then_shown_again_is_still_shown(shown):
    published(shown, state="removed", removed_at=MOMENT, receipt="R-7")
    found_again(shown)
    said = row(shown)
    assert said["tag"]["label"] == "仍在公示"
    assert "2026年11月20日 09:00确认撤下" in said["words"]
    assert "2026年11月20日 12:00核查时又在公示。工作人员正在联系平台处理。" in said["words"]
    assert said["receipt"] == ""


@pytest.mark.parametrize("handling", ["settled", "sent_again"])
def test_what_was_settled_or_confirmed_anew_is_gone(shown, handling):
    confirmed_at = LATER + timedelta(hours=1) if handling == "sent_again" else MOMENT
    published(shown, state="removed", removed_at=confirmed_at, receipt="R-8")
    found_again(shown, handling=handling)
    assert row(shown)["tag"]["label"] == "已确认撤下"


def test_a_removal_that_is_told_again_is_still_shown(shown):
    published(shown, state="removed", removed_at=MOMENT, receipt="R-7")
    told(shown)
    published(shown, state="removing")
    assert row(shown)["tag"]["label"] == "仍在公示"
    assert row(shown)["words"].endswith("已经再次通知撤下。")


def test_websites_not_ours_are_said_with_what_was_seen_last(shown):
    sites = [
        PlatformFactory(code=code, kind="third_party", transport="by_hand", required=False)
        for code in ("a", "b", "c")
    ]
    for site, seen, at in ((sites[0], True, MOMENT), (sites[0], False, LATER), (sites[1], True, LATER)):
        Sighting.objects.create(
            platform=site, record=shown.record, shown=seen, seen_at=at, checker="人工核查"
        )
    elsewhere = removal_rows(shown.record)["elsewhere"]
    assert [each["tag"]["label"] for each in elsewhere] == ["没有查到", "仍可查到", "还没有核查"]
    assert "12:00" in elsewhere[0]["words"]


def test_they_are_no_matter_of_a_record_that_may_be_shown():
    PlatformFactory(kind="third_party", transport="by_hand", required=False)
    assert removal_rows(RecordFactory())["elsewhere"] == []


def test_the_questions_do_not_grow_with_platforms(shown):
    def asked():
        with CaptureQueriesContext(connection) as captured:
            removals_of(shown.record)
        return len(captured)

    few = asked()
    for number in range(4):
        another = publication_on(PlatformFactory(), shown.record)
        told(another)
        found_again(another)
        site = PlatformFactory(kind="third_party", transport="by_hand", required=False)
        Sighting.objects.create(
            platform=site, record=shown.record, shown=bool(number % 2), seen_at=MOMENT, checker="人工核查"
        )
    assert asked() == few == 5


def test_a_trial_run_is_never_said_to_have_told_the_platform(shown):
    message = told(shown)
    shown.platform.transport = "dry_run"
    shown.platform.save()
    relay_once()
    message.refresh_from_db()
    assert message.state == "accepted"
    assert removals_of(shown.record).ours[0].stage == "queued"
    assert row(shown)["steps"] == []
