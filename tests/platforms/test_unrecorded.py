"""Messages that concern no record: about a subject's commitment, in a queue of their own."""

import json
import uuid
from datetime import date

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker

from credit_repair.platforms import claims, confirming, payloads, services
from credit_repair.platforms import queue_selectors as queues
from credit_repair.platforms.exchange.folders import prepare_folders
from credit_repair.platforms.exchange.passes import exchange_once
from credit_repair.platforms.models import Channel, Message
from credit_repair.platforms.payloads import CommitmentSaid
from credit_repair.platforms.relay import relay_once
from credit_repair.platforms.schemas import schema
from credit_repair.registry.models import Publication
from standin.protocol import parse_message
from tests.platforms.conftest import Script, confirm, publication_on, queue, run, state_of
from tests.registry.factories import MOMENT, PlatformFactory, RecordFactory, SubjectFactory

pytestmark = pytest.mark.django_db

SAID = CommitmentSaid(
    uuid=uuid.UUID(int=7, version=4),
    type="approval",
    title="安全生产承诺",
    items=("按期完成整改", "接受监督检查"),
    made_on=date(2026, 11, 20),
    valid_until=date(2027, 11, 19),
    state="made",
)


@pytest.fixture
def taker():
    return PlatformFactory(actions=["commitment"])


def tell(subject, platform, *, cause=None, said=SAID):
    return services.enqueue_subject(
        subject=subject,
        platform=platform,
        cause=cause or uuid.uuid4(),
        cause_text="信用承诺：安全生产承诺",
        said=said,
    )


def row(platform, **fields):
    return Message(
        platform=platform,
        cause=uuid.uuid4(),
        payload={},
        next_attempt_at=MOMENT,
        created_at=MOMENT,
        **({"sequence": 1, "action": "commitment"} | fields),
    )


def test_it_says_whom_it_is_about_and_what_was_promised(taker):
    subject = SubjectFactory(name="示例食品有限公司")
    message = tell(subject, taker)
    payload = json.loads(payloads.encode(message.payload))
    assert "record" not in payload
    assert payload["subject"] == {"id": str(subject.uuid), "name": subject.name, "code": subject.code}
    assert payload["commitment"]["items"] == ["按期完成整改", "接受监督检查"]
    assert payload["commitment"]["valid_until"] == "2027-11-19"
    checker = Draft202012Validator(schema("message"), format_checker=FormatChecker())
    assert not list(checker.iter_errors(payload))
    assert parse_message(payloads.encode(payload), header_id=payload["id"]).about == str(subject.uuid)


def test_a_natural_persons_number_is_never_in_it(taker):
    person = SubjectFactory(person=True)
    message = tell(person, taker)
    assert message.payload["subject"]["code"] is None
    assert person.personal_number not in json.dumps(message.payload)


def test_the_same_cause_is_queued_once_and_the_subjects_queue_is_numbered_by_itself(taker):
    subject, cause = SubjectFactory(), uuid.uuid4()
    queue(RecordFactory(subject=subject), taker)
    first = tell(subject, taker, cause=cause)
    assert tell(subject, taker, cause=cause) == first
    assert (first.sequence, tell(subject, taker).sequence) == (1, 2)
    assert tell(SubjectFactory(), taker).sequence == 1


def test_only_platforms_that_take_it_hear_of_it(taker):
    PlatformFactory()
    PlatformFactory(actions=["commitment"], active=False)
    told = services.tell_of_subject(subject=SubjectFactory(), cause=uuid.uuid4(), cause_text="", said=SAID)
    assert [message.platform for message in told] == [taker]
    assert tell(SubjectFactory(), PlatformFactory()) is None


@pytest.mark.parametrize(
    "fields",
    [{}, {"record": True, "subject": True}, {"subject": True, "action": "terminate"}],
    ids=["of neither", "of both", "another action without record"],
)
def test_the_database_holds_to_one_of_both(taker, fields):
    made = {"record": RecordFactory, "subject": SubjectFactory}
    fields = {name: made[name]() if value is True else value for name, value in fields.items()}
    with pytest.raises(IntegrityError), transaction.atomic():
        row(taker, **fields).save()


def test_the_database_holds_the_order_and_the_cause_of_a_subject(taker):
    subject = SubjectFactory()
    first = tell(subject, taker)
    with pytest.raises(IntegrityError), transaction.atomic():
        row(taker, subject=subject).save()
    with pytest.raises(IntegrityError), transaction.atomic():
        same = row(taker, subject=subject, sequence=2)
        same.cause = first.cause
        same.save()


def test_only_the_head_of_each_queue_is_due(taker):
    subject = SubjectFactory()
    record = RecordFactory(subject=subject)
    heads = [queue(record, taker), tell(subject, taker), tell(SubjectFactory(), taker)]
    behind = [queue(record, taker, "commitment"), tell(subject, taker)]
    assert set(claims.due_on(taker, limit=10)) == {message.pk for message in heads}
    assert not set(claims.due_on(taker, limit=10)) & {message.pk for message in behind}


@given(lines=st.lists(st.tuples(st.booleans(), st.integers(0, 2), st.booleans()), max_size=12))
def test_the_heads_are_the_first_unfinished_of_each_line(lines):
    with transaction.atomic():
        platform = PlatformFactory(actions=["commitment"])
        subjects = [SubjectFactory() for _ in range(3)]
        records = [RecordFactory(subject=subject) for subject in subjects]
        expected = {}
        for by_record, which, is_done in lines:
            message = (
                queue(records[which], platform, "commitment")
                if by_record
                else tell(subjects[which], platform)
            )
            if is_done:
                Message.objects.filter(pk=message.pk).update(state="given_up")
            else:
                expected.setdefault((by_record, which), message.pk)
        assert set(claims.due_on(platform, limit=20)) == set(expected.values())
        transaction.set_rollback(True)


def test_the_relay_sends_them_in_order_and_the_receipts_confirm_them():
    platform = PlatformFactory(endpoint="https://platform.test", secret="s", actions=["commitment"])
    subject = SubjectFactory()
    first, second = tell(subject, platform), tell(subject, platform)
    script = Script(confirm)
    assert run(script).confirmed == 2
    assert [body["sequence"] for body in script.bodies] == [1, 2]
    assert (state_of(first), state_of(second)) == ("confirmed", "confirmed")


def test_a_final_refusal_holds_the_subjects_queue_and_not_its_records():
    platform = PlatformFactory(endpoint="https://platform.test", secret="s", actions=["commitment"])
    subject = SubjectFactory()
    first, second = tell(subject, platform), tell(subject, platform)
    Message.objects.filter(pk=first.pk).update(state="failed")
    record_message = queue(RecordFactory(subject=subject), platform)
    run(Script(confirm))
    assert (state_of(second), state_of(record_message)) == ("waiting", "confirmed")
    held = queues.with_held_up(Message.objects.filter(pk=first.pk)).get()
    assert held.holds_up == 1
    assert list(queues.line_of(first)) == [first, second]


def test_a_receipt_of_it_touches_no_publication(taker):
    publication = publication_on(taker, state="publishing")
    message = tell(publication.record.subject, taker)
    confirming.confirm_effect(message, receipt="R", now=MOMENT)
    confirming.confirm_effects([message], now=MOMENT)
    publication.refresh_from_db()
    assert publication.state == Publication.State.PUBLISHING


def test_it_goes_into_a_file_like_the_others(settings, tmp_path):
    settings.EXCHANGE_ROOT = tmp_path / "exchange"
    platform = PlatformFactory(code="city", transport="files", endpoint="", secret="", actions=["commitment"])
    Channel.objects.create(platform=platform, folder="city", batch_size=3, receipt_hours=24)
    prepare_folders(platform)
    message, behind = tell(subject := SubjectFactory(), platform), tell(subject, platform)
    assert exchange_once().sent == 1
    assert json.loads(
        (settings.EXCHANGE_ROOT / "city" / "out" / "city-00000001.jsonl").read_bytes()
    ) == json.loads(payloads.encode(message.payload))
    assert (state_of(message), state_of(behind)) == ("accepted", "waiting")


def test_for_a_record_the_commitment_stands_beside_it(taker):
    publication = publication_on(taker)
    (message,) = services.tell_publishers(
        record=publication.record, action="commitment", cause=uuid.uuid4(), cause_text="", said=SAID
    )
    assert message.payload["record"]["id"] == str(publication.record.uuid)
    assert message.payload["commitment"]["title"] == "安全生产承诺"
    assert "subject" not in message.payload


def test_the_stand_in_takes_it_shows_it_and_is_believed(standin, platform):
    import httpx

    platform.actions = ["commitment"]
    platform.save()
    subject = SubjectFactory(name="示例食品有限公司")
    said = CommitmentSaid(**{**SAID.__dict__, "uuid": uuid.uuid4()})
    broken = CommitmentSaid(**{**said.__dict__, "state": "broken"})
    messages = [tell(subject, platform, said=said), tell(subject, platform, said=broken)]
    assert relay_once().confirmed == 2
    assert {state_of(message) for message in messages} == {"confirmed"}
    answer = httpx.get(f"{standin.url}/api/v1/commitments/{said.uuid}", trust_env=False).json()
    assert (answer["state"], answer["about"], answer["subject_name"]) == (
        "broken",
        str(subject.uuid),
        "示例食品有限公司",
    )
    page = httpx.get(f"{standin.url}/commitments/{said.uuid}", trust_env=False).text
    assert "已违背" in page
    assert "按期完成整改" in page


def test_queueing_asks_the_same_however_long_the_queue_is(taker):
    subject = SubjectFactory()

    def asked():
        with CaptureQueriesContext(
            connection,
        ) as found:
            tell(subject, taker)
        return len(found)

    tell(subject, taker)
    few = asked()
    for _ in range(5):
        tell(subject, taker)
    assert asked() == few


@pytest.mark.django_db(transaction=True)
def test_the_migration_goes_back_and_forth(taker):
    if connection.vendor != "sqlite":
        pytest.skip("once is enough")
    tell(SubjectFactory(), taker)
    kept = queue(RecordFactory(), taker)
    try:
        MigrationExecutor(connection).migrate([("platforms", "0005_pages")])
        with connection.cursor() as cursor:
            cursor.execute("SELECT uuid FROM platforms_message")
            assert len(cursor.fetchall()) == 1
    finally:
        call_command("migrate", verbosity=0)
    assert Message.objects.get().pk == kept.pk
