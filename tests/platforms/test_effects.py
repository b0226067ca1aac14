"""The three effects of a record: every stage, whose turn it is, who is late; at every recipient."""

import uuid
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from credit_repair.platforms.effects import Turn, effects_of, stop_by
from credit_repair.platforms.models import EffectEvidence, EffectKind, Measure, Message, MessageAttempt
from credit_repair.platforms.removals import Stage
from credit_repair.platforms.services import enqueue_removal
from credit_repair.registry.models import Publication
from tests.platforms.conftest import publication_on
from tests.registry.factories import MOMENT, PlatformFactory, RecordFactory
from tests.world import make_user

pytestmark = pytest.mark.django_db

#: A Monday; the platforms' three working days end on Thursday.
ENDED, DUE = date(2026, 11, 2), date(2026, 11, 5)
SENT = datetime(2026, 11, 2, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


def measured(kind="sanction", *, of_standing="repaired", **platform):
    """A record because of which a department takes a measure, that has ended and of which it was told."""
    record = RecordFactory(standing=of_standing, ended_on=ENDED)
    given = {"kind": "department", "required": False, **platform}
    Measure.objects.create(
        record=record, platform=PlatformFactory(**given), kind=kind, name="限制投标", applied_at=MOMENT
    )
    enqueue_removal(record=record, cause=uuid.uuid4(), cause_text="信用修复")
    return record


def line(record, kind="sanction"):
    [found] = next(each for each in effects_of(record).effects if each.kind == kind).lines
    return found


def told(record, **fields):
    Message.objects.filter(record=record).update(**fields)
    return line(record)


@pytest.mark.parametrize(
    ("fields", "stage", "turn", "takes_evidence"),
    [
        ({"state": "waiting"}, Stage.QUEUED, Turn.SYSTEM, False),
        ({"state": "waiting", "attempts": 1}, Stage.SENT, Turn.RECIPIENT, False),
        ({"state": "waiting", "attempts": 2, "last_error": "503"}, Stage.SILENT, Turn.RECIPIENT, False),
        (
            {"state": "accepted", "attempts": 1, "accepted_at": MOMENT},
            Stage.RECEIVED,
            Turn.RECIPIENT,
            False,
        ),
        ({"state": "failed", "attempts": 1}, Stage.REFUSED, Turn.OFFICE, False),
        ({"state": "given_up"}, Stage.GIVEN_UP, Turn.OFFICE, True),
        ({"state": "superseded"}, Stage.GIVEN_UP, Turn.OFFICE, True),
    ],
)
def test_how_far_the_end_of_a_measure_has_come(fields, stage, turn, takes_evidence):
    found = told(measured(), **fields)
    assert (found.stage, found.turn, found.takes_evidence) == (stage, turn, takes_evidence)
    assert not found.is_over


def test_a_measure_in_force_and_one_that_ended():
    record = measured()
    Measure.objects.update(state="in_force")
    assert (line(record).stage, line(record).turn) == (Stage.SHOWN, Turn.NOBODY)
    Measure.objects.update(state="ended", ended_at=SENT, receipt="R-3")
    found = line(record)
    assert (found.stage, found.receipt, found.over_at, found.turn) == (Stage.GONE, "R-3", SENT, Turn.NOBODY)
    assert not found.takes_evidence


@pytest.mark.parametrize("standing", ["repaired", "expired", "withdrawn"])
def test_however_a_record_ended_its_effects_are_followed(standing):
    record = measured("sharing", of_standing=standing)
    found = effects_of(record)
    assert [each.kind for each in found.effects if each.lines] == [EffectKind.SHARING]


def test_whom_a_person_tells_by_hand_is_the_offices_turn_at_once():
    found = line(measured(transport="by_hand"))
    assert (found.stage, found.turn, found.takes_evidence) == (Stage.QUEUED, Turn.OFFICE, True)


def test_evidence_that_waits_is_the_second_persons_turn():
    record = measured()
    Message.objects.update(state="given_up")
    EffectEvidence.objects.create(
        record=record,
        platform=Measure.objects.get().platform,
        effect="sanction",
        gone_on=ENDED,
        words="看过",
        file="effect-evidence/a.pdf",
        sha256="0" * 64,
        proposed_by=make_user(),
        proposed_at=SENT,
    )
    found = line(record)
    assert (found.turn, found.takes_evidence) == (Turn.REVIEWER, False)


def test_what_a_publisher_was_told_beside_its_removal_stands_under_its_effect():
    record = RecordFactory(standing="repaired", ended_on=ENDED)
    shown = publication_on(PlatformFactory(actions=["stop_sharing", "lift_sanction"]), record)
    enqueue_removal(record=record, cause=uuid.uuid4(), cause_text="信用修复")
    assert [(each.kind, each.over, len(each.lines)) for each in effects_of(record).effects] == [
        ("publicity", 0, 1),
        ("sharing", 0, 1),
        ("sanction", 0, 1),
    ]
    Message.objects.filter(action="stop_sharing").update(state="confirmed", receipt="R-2", confirmed_at=SENT)
    found = line(record, "sharing")
    assert (found.stage, found.receipt, found.platform) == (Stage.GONE, "R-2", shown.platform.name)
    Message.objects.filter(action="lift_sanction").update(state="given_up")
    message = Message.objects.get(action="lift_sanction")
    EffectEvidence.objects.create(
        record=record,
        platform=shown.platform,
        effect="sanction",
        number="ZZ-2026-000009",
        gone_on=ENDED,
        words="看过",
        file="effect-evidence/a.pdf",
        sha256="0" * 64,
        state="confirmed",
        proposed_by=make_user(),
        proposed_at=SENT,
        decided_by=make_user(),
        decided_at=message.created_at + timedelta(hours=1),
    )
    found = line(record, "sanction")
    assert (found.stage, found.receipt) == (Stage.GONE, "ZZ-2026-000009")


def test_the_platforms_have_three_working_days():
    assert stop_by(ENDED) == DUE
    assert stop_by(date(2026, 10, 30)) == date(2026, 11, 4), "a Friday: the weekend is not counted"


@pytest.mark.parametrize(
    ("today", "late"),
    [
        (DUE, 0),
        (date(2026, 11, 6), 1),
        (date(2026, 11, 8), 1),
        (date(2026, 11, 9), 2),
    ],
)
def test_how_late_a_platform_is_counts_in_working_days(today, late):
    assert line(measured()).days_late(today) == late


def test_what_is_over_was_late_by_the_day_on_which_it_was_over():
    record = measured()
    Measure.objects.update(state="ended", ended_at=SENT + timedelta(days=4), receipt="R-3")
    assert line(record).days_late(date(2026, 11, 30)) == 1
    Measure.objects.update(ended_at=SENT + timedelta(days=3))
    assert line(record).days_late(date(2026, 11, 30)) == 0


def test_what_has_not_ended_is_nowhere_late():
    record = RecordFactory()
    publication_on(PlatformFactory(), record)
    [shown] = effects_of(record).lines
    assert (shown.due_on, shown.days_late(date(2027, 1, 4)), shown.stage) == (None, 0, Stage.SHOWN)


def asked(record):
    with CaptureQueriesContext(connection) as captured:
        effects_of(record)
    return len(captured)


def test_many_recipients_are_asked_about_in_as_many_queries_as_few():
    record = measured()
    publication_on(PlatformFactory(), record, state="removing")
    few = asked(record)
    for number in range(6):
        platform = PlatformFactory(kind="department", required=False)
        Measure.objects.create(
            record=record, platform=platform, kind="sharing", name=f"共享{number}", applied_at=MOMENT
        )
        Publication.objects.create(record=record, platform=PlatformFactory(), state="shown")
    enqueue_removal(record=record, cause=uuid.uuid4(), cause_text="信用修复")
    message = Message.objects.filter(action="stop_sharing").first()
    MessageAttempt.objects.create(
        message=message, number=1, started_at=SENT, finished_at=SENT, outcome="retry"
    )
    assert asked(record) == few
    first = next(each for each in effects_of(record).lines if each.platform_id == message.platform_id)
    assert first.told_at == SENT
