"""What people ask about messages."""

import pytest

from credit_repair.platforms import selectors
from credit_repair.platforms.models import Message
from credit_repair.platforms.relay import relay_once
from tests.platforms.conftest import Script, confirm, publication_on, queue
from tests.registry.factories import MOMENT, PlatformFactory, RecordFactory

pytestmark = pytest.mark.django_db


def test_removal_is_told_platform_by_platform_in_three_queries(django_assert_num_queries):
    record = RecordFactory()
    told = publication_on(PlatformFactory(code="b", name="信用中国（示例）"), record)
    publication_on(PlatformFactory(code="a", required=False), record)
    for _ in range(2):
        queue(record, told.platform)
    relay_once(transports=Script(confirm).transports())
    with django_assert_num_queries(3):
        first, second = selectors.removal_status(record)
    assert (first.platform, first.state, first.sent, first.receipt) == (
        "信用中国（示例）",
        "removed",
        True,
        "R-2",
    )
    assert first.sent_at <= first.confirmed_at
    assert first.queued_at <= first.sent_at
    assert (second.state, second.sent, second.receipt, second.queued_at) == ("shown", False, "", None)


def test_only_required_platforms_keep_a_case_open_also_when_switched_off():
    record = RecordFactory()
    waited_for = publication_on(PlatformFactory(), record)
    publication_on(PlatformFactory(required=False), record)
    switched_off = publication_on(PlatformFactory(active=False), record)
    publication_on(PlatformFactory(), record, state="removed", removed_at=MOMENT)
    assert set(selectors.unconfirmed_required(record)) == {waited_for, switched_off}


def test_troubled_is_what_failed_or_was_tried_three_times_in_vain():
    platform = PlatformFactory()
    fine, failed, tried = (queue(RecordFactory(), platform) for _ in range(3))
    Message.objects.filter(pk=failed.pk).update(state="failed", attempts=1)
    Message.objects.filter(pk=tried.pk).update(attempts=3)
    Message.objects.filter(pk=fine.pk).update(attempts=2)
    assert list(selectors.troubled_messages()) == [failed, tried]


def test_messages_are_listed_in_the_order_of_sending():
    record, platform = RecordFactory(), PlatformFactory()
    messages = [queue(record, platform) for _ in range(3)]
    queue(RecordFactory(), platform)
    assert list(selectors.messages_of(record)) == messages
    assert list(selectors.messages_of_causes(m.cause for m in messages[:2])) == messages[:2]
