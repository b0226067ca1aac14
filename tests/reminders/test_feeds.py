"""Secret addresses of calendars: one a person and subject, known once, ended with the mandate."""

from datetime import date, timedelta

import pytest

from credit_repair.cases.errors import NotYours
from credit_repair.core.clock import assume
from credit_repair.core.models import AuditEntry
from credit_repair.registry.models import Subject
from credit_repair.reminders import feeds
from credit_repair.reminders.models import CalendarFeed
from tests.registry.factories import SubjectFactory
from tests.world import TODAY, clerk_of, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def subject() -> Subject:
    made: Subject = SubjectFactory()
    return made


def test_only_the_hash_of_the_secret_is_kept(subject):
    feed, secret = feeds.make_feed(user=clerk_of(subject), subject=subject, today=TODAY)
    assert len(secret) >= 43
    kept = " ".join(str(value) for value in CalendarFeed.objects.values().get().values())
    noted = " ".join(str(entry.data) for entry in AuditEntry.objects.all())
    assert secret not in kept and secret not in noted
    assert len(feed.secret_hash) == 64


def test_a_secret_is_of_one_case_only(subject):
    _feed, secret = feeds.make_feed(user=clerk_of(subject), subject=subject, today=TODAY)
    assert feeds.subject_by_secret(secret=secret, on=TODAY) == subject
    assert feeds.subject_by_secret(secret=secret.swapcase(), on=TODAY) is None


def test_a_new_address_ends_the_one_before(subject):
    clerk = clerk_of(subject)
    _first, old = feeds.make_feed(user=clerk, subject=subject, today=TODAY)
    second, new = feeds.make_feed(user=clerk, subject=subject, today=TODAY)
    assert feeds.subject_by_secret(secret=old, on=TODAY) is None
    assert feeds.subject_by_secret(secret=new, on=TODAY) == subject
    assert feeds.standing_feed(user=clerk, subject=subject) == second


def test_making_and_revoking_are_audited_once(subject):
    clerk = clerk_of(subject)
    feed, _secret = feeds.make_feed(user=clerk, subject=subject, today=TODAY)
    for _again in range(2):
        feeds.revoke_feed(feed=feed, actor=clerk)
    actions = list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))
    assert actions[-2:] == ["make_calendar_feed", "revoke_calendar_feed"]
    assert feeds.standing_feed(user=clerk, subject=subject) is None


def test_who_may_not_act_for_the_subject_gets_no_address(subject):
    for stranger in (make_user(), clerk_of(subject, until=TODAY - timedelta(days=1))):
        with pytest.raises(NotYours):
            feeds.make_feed(user=stranger, subject=subject, today=TODAY)


def test_nobody_revokes_what_is_anothers(subject):
    feed, _secret = feeds.make_feed(user=clerk_of(subject), subject=subject, today=TODAY)
    with pytest.raises(NotYours):
        feeds.revoke_feed(feed=feed, actor=clerk_of(subject))


def test_an_address_ends_with_the_mandate_on_the_day(subject):
    clerk = clerk_of(subject, until=date(2026, 11, 30))
    _feed, secret = feeds.make_feed(user=clerk, subject=subject, today=TODAY)
    assert feeds.subject_by_secret(secret=secret, on=date(2026, 11, 30)) == subject
    assert feeds.subject_by_secret(secret=secret, on=date(2026, 12, 1)) is None


def test_readings_are_noted_once_an_hour_at_most(subject):
    feed, secret = feeds.make_feed(user=clerk_of(subject), subject=subject, today=TODAY)
    with assume(TODAY):
        feeds.subject_by_secret(secret=secret, on=TODAY)
        feed.refresh_from_db()
        noted = feed.last_read_at
        feeds.subject_by_secret(secret=secret, on=TODAY)
        feed.refresh_from_db()
        assert noted is not None and feed.last_read_at == noted

        CalendarFeed.objects.update(last_read_at=noted - timedelta(hours=1, minutes=1))
        feeds.subject_by_secret(secret=secret, on=TODAY)
    feed.refresh_from_db()
    assert feed.last_read_at is not None and feed.last_read_at >= noted
