"""No list asks more often because it has more rows."""

import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from credit_repair.platforms.services import enqueue
from credit_repair.registry.models import ImportBatch, ImportLine, RecordEvent
from tests.home.conftest import NOW, TODAY, open_case
from tests.registry.factories import PublicationFactory, RecordFactory

pytestmark = pytest.mark.django_db


def queries(client, url):
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


def grows(client, url, add, most=40):
    """By how many queries a page grows from two rows to ten."""
    add(2)
    client.get(url)  # what is cached once for the process is not counted, also what only rows ask for
    few = queries(client, url)
    add(8)
    many = queries(client, url)
    assert many < most
    return many - few


def test_my_records(clerk, subject):
    def add(n):
        for _ in range(n):
            record = RecordFactory(subject=subject)
            open_case(record)

    assert grows(clerk, reverse("me"), add) == 0


def test_my_cases(clerk, subject):
    def add(n):
        for _ in range(n):
            open_case(RecordFactory(subject=subject))

    assert grows(clerk, reverse("my_cases"), add) == 0


@pytest.mark.parametrize("credit_sees_all", [True, False])
def test_office_records(official, credit, authority, credit_sees_all):
    client = official("intake", credit if credit_sees_all else authority)
    assert (
        grows(client, reverse("office_records"), lambda n: RecordFactory.create_batch(n, authority=authority))
        == 0
    )


def test_one_record(official, credit, clerk, subject):
    record = RecordFactory(subject=subject)

    def add(n):
        for _ in range(n):
            platform = PublicationFactory(record=record).platform
            enqueue(
                record=record, platform=platform, action="terminate", cause=uuid.uuid4(), cause_text="测试"
            )
            RecordEvent.objects.create(record=record, what="changed", at=NOW, on=TODAY, actor_label="甲")

    # What came of it and beside it stands here, too: effects, rulings, orders, reviews, guidance.
    page = reverse("office_record", args=[record.uuid])
    assert grows(official("intake", credit), page, add, most=60) == 0
    assert grows(clerk, reverse("my_record", args=[record.uuid]), add, most=50) == 0


def batch_of(n, minutes=0):
    batch = ImportBatch.objects.create(
        file_name="a.csv",
        sha256="0" * 64,
        as_of=TODAY,
        started_at=NOW + timedelta(minutes=minutes),
        finished_at=NOW,
    )
    lines(batch, n)
    return batch


def lines(batch, n):
    ImportLine.objects.bulk_create(
        ImportLine(batch=batch, row=row, outcome="refused", code="bad_date", reason="日期不对")
        for row in range(n)
    )


def test_import_lines(official, credit):
    batch, client = batch_of(0), official("data", credit)
    assert grows(client, reverse("office_import", args=[batch.uuid]), lambda n: lines(batch, n)) == 0


def test_imports(official, credit):
    client = official("data", credit)
    assert grows(client, reverse("office_imports"), lambda n: [batch_of(1) for _ in range(n)]) == 0


def test_messages(official, credit):
    client = official("data", credit)

    def add(n):
        for _ in range(n):
            shown = PublicationFactory()
            message = enqueue(
                record=shown.record,
                platform=shown.platform,
                action="terminate",
                cause=uuid.uuid4(),
                cause_text="测试",
            )
            message.state, message.attempts = "failed", 5
            message.save()

    assert grows(client, reverse("office_messages"), add) == 0


def test_stranger_costs_almost_nothing(client, credit):
    # Whose site this is, and which rules are in force.
    assert queries(client, reverse("front")) <= 2
