"""Flags beside a record: put on once at a time, taken off with a time, never rewritten."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from credit_repair.registry.flags import flagged_among, flags_of, has_flag
from credit_repair.registry.services.flags import put_flag, take_flag_off
from tests.registry.factories import MOMENT, RecordFactory

pytestmark = pytest.mark.django_db


def put(record, reason="异议"):
    return put_flag(record=record, kind="objection", reason=reason, actor_label="李受", at=MOMENT)


def take_off(record):
    return take_flag_off(
        record=record,
        kind="objection",
        reason="已办结",
        actor_label="王核",
        at=MOMENT + timedelta(days=1),
    )


def test_a_flag_is_put_on_once_and_the_record_stays_as_it_is():
    record = RecordFactory()
    first = put(record)
    assert put(record, "又一次") == first
    assert flags_of(record).get().reason == "异议"
    record.refresh_from_db()
    assert record.standing == "active"


def test_a_flag_is_taken_off_once_and_stays_in_the_history():
    record = RecordFactory()
    put(record)
    flag = take_off(record)
    assert (flag.off_by, flag.off_reason, flag.off_at) == ("王核", "已办结", MOMENT + timedelta(days=1))
    assert take_off(record) is None
    assert not has_flag(record, "objection")
    put(record, "第二次")
    assert flags_of(record).count() == 2
    assert has_flag(record, "objection")


def test_many_records_are_asked_in_one_query():
    records = RecordFactory.create_batch(5)
    put(records[3])
    with CaptureQueriesContext(connection) as caught:
        assert flagged_among(records, "objection") == {records[3].pk}
        assert flagged_among([], "objection") == set()
    assert len(caught) == 1
