"""Evidence in a receipt's place: where it may be entered, four eyes, what it ends."""

import uuid
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from credit_repair.core.models import AuditEntry
from credit_repair.core.uploads import UploadRefused
from credit_repair.platforms.effects import effects_of
from credit_repair.platforms.models import (
    Difference,
    EffectEvidence,
    Measure,
    Message,
    ReceivedReceipt,
    Reconciliation,
)
from credit_repair.platforms.receipts import Said, take_receipt
from credit_repair.platforms.removals import Stage, removals_of
from credit_repair.platforms.services import enqueue_removal, give_up
from credit_repair.platforms.services.evidence import (
    EvidenceRefused,
    confirm_evidence,
    decline_evidence,
    propose_evidence,
)
from tests.platforms.conftest import publication_on
from tests.registry.factories import MOMENT, PlatformFactory, RecordFactory
from tests.world import make_user, upload

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 20)
ENDED = date(2026, 11, 2)


@pytest.fixture
def given_up():
    """A required platform behind files whose removal was given up, and a department likewise."""
    record = RecordFactory(standing="repaired", ended_on=ENDED)
    shown = publication_on(PlatformFactory(transport="files"), record)
    bank = PlatformFactory(kind="department", required=False)
    Measure.objects.create(record=record, platform=bank, kind="sanction", name="限制投标", applied_at=MOMENT)
    actor = make_user("甲")
    for message in enqueue_removal(record=record, cause=uuid.uuid4(), cause_text="信用修复"):
        give_up(message=message, actor=actor, reason="平台已经下线")
    return shown


def proposed(publication, *, platform=None, effect="publicity", actor=None, **changed):
    given = {
        "record": publication.record,
        "platform": platform or publication.platform,
        "effect": effect,
        "gone_on": TODAY,
        "words": "打开网页看过，已经没有",
        "upload": upload("截图.pdf"),
        "actor": actor or make_user("乙"),
        "today": TODAY,
    }
    return propose_evidence(**{**given, **changed})


def test_a_second_person_lets_the_publication_be_removed(given_up):
    proof = proposed(given_up)
    given_up.refresh_from_db()
    assert (given_up.state, proof.number) == ("removing", None), "one person alone ends nothing"
    with pytest.raises(EvidenceRefused, match="登记人不能复核"):
        confirm_evidence(evidence=proof, actor=proof.proposed_by)
    done = confirm_evidence(evidence=proof, actor=make_user("丙"))
    given_up.refresh_from_db()
    assert (given_up.state, given_up.receipt) == ("removed", done.number)
    assert done.number.startswith("ZZ-2") and given_up.removed_at is not None
    assert [
        entry.action for entry in AuditEntry.objects.filter(object_id=str(proof.uuid)).order_by("pk")
    ] == ["platforms.propose_evidence", "platforms.confirm_evidence"]
    with pytest.raises(EvidenceRefused, match="已经复核过"):
        confirm_evidence(evidence=proof, actor=make_user("丁"))


def test_a_measure_ends_by_evidence_too(given_up):
    measure = Measure.objects.get()
    proof = proposed(given_up, platform=measure.platform, effect="sanction")
    done = confirm_evidence(evidence=proof, actor=make_user("丙"))
    measure.refresh_from_db()
    assert (measure.state, measure.receipt) == ("ended", done.number)


def test_four_eyes_and_proof_are_the_databases_too(given_up):
    proof = proposed(given_up)
    rows = EffectEvidence.objects.filter(pk=proof.pk)
    with pytest.raises(IntegrityError, match="four_eyes"), transaction.atomic():
        rows.update(state="confirmed", decided_by=proof.proposed_by, decided_at=MOMENT, number="ZZ-1")
    with pytest.raises(IntegrityError, match="has_number"), transaction.atomic():
        rows.update(state="confirmed", decided_by=make_user("丙"), decided_at=MOMENT)
    with pytest.raises(IntegrityError, match="receipt_or_evidence"), transaction.atomic():
        Measure.objects.update(state="ended", ended_at=MOMENT, receipt="")


@pytest.mark.parametrize(
    ("state", "extra"),
    [("waiting", {}), ("failed", {}), ("accepted", {"accepted_at": MOMENT})],
)
def test_where_a_receipt_can_still_come_there_is_none(given_up, state, extra):
    Message.objects.filter(action="terminate").update(state=state, **extra)
    with pytest.raises(EvidenceRefused, match="现在不能登记"):
        proposed(given_up)
    assert not EffectEvidence.objects.exists()


def test_whom_a_person_tells_by_hand_takes_evidence_and_its_message_goes_no_further():
    record = RecordFactory(standing="expired", ended_on=ENDED)
    shown = publication_on(PlatformFactory(transport="by_hand"), record)
    enqueue_removal(record=record, cause=uuid.uuid4(), cause_text="公示期满")
    confirm_evidence(evidence=proposed(shown), actor=make_user("丙"))
    assert record.publications.get().state == "removed"
    assert Message.objects.get().state == "given_up"


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"gone_on": TODAY + timedelta(days=1)}, "gone_on"),
        ({"gone_on": ENDED - timedelta(days=1)}, "gone_on"),
        ({"words": "  "}, "words"),
    ],
)
def test_what_cannot_be_is_said_at_its_field(given_up, changed, field):
    with pytest.raises(EvidenceRefused) as refused:
        proposed(given_up, **changed)
    assert refused.value.field == field


def test_a_program_is_no_paper(given_up):
    with pytest.raises(UploadRefused):
        proposed(given_up, upload=upload("截图.pdf", b"MZ\x90\x00 not a paper"))
    assert not EffectEvidence.objects.exists()


def test_one_waits_at_a_time_and_what_was_sent_back_can_be_entered_anew(given_up):
    first = proposed(given_up)
    with pytest.raises(EvidenceRefused, match="已经登记过"):
        proposed(given_up)
    with pytest.raises(EvidenceRefused, match="退回的理由"):
        decline_evidence(evidence=first, actor=make_user("丙"), answer=" ")
    decline_evidence(evidence=first, actor=make_user("丙"), answer="截图看不清")
    assert proposed(given_up).state == "proposed"
    given_up.refresh_from_db()
    assert given_up.state == "removing"


def test_a_receipt_that_comes_later_is_a_duplicate(given_up):
    done = confirm_evidence(evidence=proposed(given_up), actor=make_user("丙"))
    message = Message.objects.get(action="terminate")
    said = Said(message=str(message.uuid), receipt="R-9", effect="applied")
    kept = take_receipt(platform=given_up.platform, said=said, source=ReceivedReceipt.Source.CALLBACK)
    assert kept.outcome == ReceivedReceipt.Outcome.ALREADY
    given_up.refresh_from_db()
    assert (given_up.state, given_up.receipt) == ("removed", done.number)


def test_without_evidence_a_late_receipt_is_odd(given_up):
    message = Message.objects.get(action="terminate")
    said = Said(message=str(message.uuid), receipt="R-9", effect="applied")
    kept = take_receipt(platform=given_up.platform, said=said, source=ReceivedReceipt.Source.CALLBACK)
    assert kept.outcome == ReceivedReceipt.Outcome.ODD


def test_a_receipt_that_came_before_the_second_person_leaves_nothing_to_confirm(given_up):
    proof = proposed(given_up)
    given_up.state, given_up.removed_at, given_up.receipt = "removed", MOMENT, "R-1"
    given_up.save()
    with pytest.raises(EvidenceRefused, match="情况已经变化"):
        confirm_evidence(evidence=proof, actor=make_user("丙"))


def test_what_is_seen_again_is_said_to_be_seen_again(given_up):
    done = confirm_evidence(evidence=proposed(given_up), actor=make_user("丙"))
    run = Reconciliation.objects.create(
        platform=given_up.platform, day=TODAY, started_at=done.decided_at + timedelta(hours=1)
    )
    Difference.objects.create(
        reconciliation=run,
        record=given_up.record,
        record_uuid=given_up.record.uuid,
        kind="still_shown",
        handling="raised",
    )
    [removal] = removals_of(given_up.record).ours
    assert removal.stage == Stage.AGAIN
    [line] = effects_of(given_up.record).effects[0].lines
    assert not line.is_over
