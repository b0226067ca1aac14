"""What came of reminders, counted anew by hand and found the same."""

import itertools
from collections import Counter
from datetime import date, timedelta

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from credit_repair.cases.models import Case, Filing
from credit_repair.core.clock import now
from credit_repair.notices.services import render
from credit_repair.outreach.models import ReminderItem
from credit_repair.outreach.uptake import (
    SPANS,
    letters_by_batch,
    unreminded,
    uptake_by_batch,
    uptake_by_month,
)
from credit_repair.registry.models import Record
from tests.outreach.made import made_batch, repairable_record
from tests.world import TODAY, World

pytestmark = pytest.mark.django_db


def apply_for(record: Record, *, begun: date, filed: date | None, number: str) -> None:
    """An application that was begun, and perhaps handed in, on these days."""
    moment = timezone.make_aware(timezone.datetime(begun.year, begun.month, begun.day, 12))
    filing = Filing.objects.create(subject=record.subject, created_at=moment)
    Case.objects.create(
        kind="repair",
        state="submitted" if filed else "draft",
        filing=filing,
        subject=record.subject,
        record=record,
        created_at=moment,
        number=number if filed else None,
        submitted_on=filed,
    )


def repair(record: Record, on: date) -> None:
    record.standing, record.ended_on = Record.Standing.REPAIRED, on
    record.save()


@pytest.mark.parametrize(
    ("days", "spans"), [(0, {30, 60, 90}), (30, {30, 60, 90}), (31, {60, 90}), (91, set())]
)
def test_a_span_counts_the_day_of_the_letter_and_its_last_day(
    world: World, days: int, spans: set[int]
) -> None:
    batch = made_batch(world)
    day = TODAY + timedelta(days=days)
    apply_for(world.record, begun=day, filed=day, number="XF-2026-000900")
    found = uptake_by_batch([batch])[batch.pk]
    assert {span for span in SPANS if found.filed[span]} == spans == {s for s in SPANS if found.begun[s]}
    assert found.records == 1


def test_what_was_begun_before_the_letter_is_not_of_its_doing(world: World) -> None:
    batch = made_batch(world)
    apply_for(world.record, begun=TODAY - timedelta(days=1), filed=TODAY - timedelta(days=1), number="XF-1")
    found = uptake_by_batch([batch])[batch.pk]
    assert sum(found.begun.values()) + sum(found.filed.values()) == 0


def test_letters_are_counted_by_what_became_of_them(world: World) -> None:
    repairable_record(world)
    batch = made_batch(world)
    letter = batch.reminders.get(subject=world.subject).document
    render(document_id=letter.pk)
    letter.deliveries.update(
        way="direct",
        delivered_on=TODAY,
        entered_by=world.intake,
        entered_at=now(),
        scan="deliveries/x.pdf",
        scan_sha256="0" * 64,
        opened_at=now(),
    )
    found = letters_by_batch([batch])[batch.pk]
    assert (found.letters, found.served, found.opened, found.mailed) == (2, 1, 1, 1)


def test_those_who_were_not_reminded_are_the_group_to_compare_with(world: World) -> None:
    left = repairable_record(world)
    batch = made_batch(world, world.record)
    assert unreminded(batch).records == 1
    apply_for(left, begun=TODAY + timedelta(days=5), filed=TODAY + timedelta(days=40), number="XF-2")
    found = unreminded(batch)
    assert (found.begun[30], found.filed[30], found.filed[60]) == (1, 0, 1)


NUMBERS = itertools.count(1)
FOLLOWED = st.lists(
    st.tuples(
        st.sampled_from([0, 10, 200]),
        st.none() | st.integers(0, 120),
        st.none() | st.integers(0, 120),
        st.none() | st.integers(0, 150),
    ),
    min_size=1,
    max_size=6,
)


@settings(
    max_examples=10,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(followed=FOLLOWED)
def test_the_figures_are_those_of_a_recount(
    world: World, followed: list[tuple[int, int | None, int | None, int | None]]
) -> None:
    """For each record: when its letter went out, after how many days it was begun, handed in, repaired."""
    batches, expected, months = [], Counter(), Counter()
    for after, begun, filed, repaired in followed:
        sent = TODAY + timedelta(days=after)
        record = repairable_record(world, decision_date=date(2026, 8, 1))
        batches.append(made_batch(world, record, today=sent))
        if begun is not None:
            handed_in = None if filed is None else sent + timedelta(days=begun + filed)
            apply_for(
                record,
                begun=sent + timedelta(days=begun),
                filed=handed_in,
                number=f"XF-{next(NUMBERS)}",
            )
        if repaired is not None:
            repair(record, sent + timedelta(days=repaired))
        days = {
            "begun": begun,
            "filed": None if begun is None or filed is None else begun + filed,
            "repaired": repaired,
        }
        for name, day in days.items():
            for span in SPANS:
                counted = day is not None and day <= span
                expected[batches[-1].pk, name, span] += counted
                months[sent.replace(day=1), name, span] += counted
    found = uptake_by_batch(batches)
    by_month = uptake_by_month(ReminderItem.objects.filter(batch__in=batches))
    for (batch, name, span), count in expected.items():
        assert getattr(found[batch], name)[span] == count
    for (month, name, span), count in months.items():
        assert getattr(by_month[month], name)[span] == count
    assert sum(each.records for each in by_month.values()) == len(followed)
