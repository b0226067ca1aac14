"""Queueing: once per cause, in order, in the caller's transaction, with a payload that never changes."""

import uuid

import pytest
from django.db import IntegrityError, transaction

from credit_repair.core.models import AuditEntry, Job
from credit_repair.platforms import payloads, services
from credit_repair.platforms.models import Message
from credit_repair.registry.models import Publication, Record, RecordEvent
from tests.platforms.conftest import publication_on, queue
from tests.registry.factories import AS_OF, MOMENT, PlatformFactory, RecordFactory, SubjectFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def shown():
    return publication_on(PlatformFactory())


def test_the_same_cause_is_queued_once(shown):
    cause = uuid.uuid4()
    first = queue(shown.record, shown.platform, cause=cause)
    assert queue(shown.record, shown.platform, cause=cause) == first
    assert Message.objects.count() == 1


def test_messages_of_one_queue_are_numbered_and_queues_are_apart(shown):
    other = publication_on(PlatformFactory(), shown.record)
    assert [queue(shown.record, shown.platform, "publish").sequence for _ in range(3)] == [1, 2, 3]
    assert queue(other.record, other.platform).sequence == 1


def test_a_record_without_publication_has_a_queue_too():
    record, platform = RecordFactory(), PlatformFactory()
    assert [queue(record, platform).sequence for _ in range(2)] == [1, 2]


def test_a_platform_gets_only_what_it_takes(shown):
    def enqueue(action):
        return services.enqueue(
            record=shown.record, platform=shown.platform, action=action, cause=uuid.uuid4(), cause_text=""
        )

    assert enqueue("stop_sharing") is None
    shown.platform.actions = ["stop_sharing"]
    assert enqueue("stop_sharing") is not None
    assert enqueue("terminate") is not None


@pytest.mark.parametrize(
    ("action", "state"), [("terminate", "removing"), ("publish", "publishing"), ("restore", "publishing")]
)
def test_the_publication_says_what_it_is_heading_for(shown, action, state):
    shown.platform.actions = ["restore"]
    queue(shown.record, shown.platform, action)
    shown.refresh_from_db()
    assert shown.state == state


def test_a_publication_never_sent_is_superseded_by_its_removal(shown):
    publish = queue(shown.record, shown.platform, "publish")
    terminate = queue(shown.record, shown.platform)
    publish.refresh_from_db()
    assert (publish.state, terminate.state) == ("superseded", "waiting")


def test_a_publication_that_was_tried_is_not_superseded(shown):
    publish = queue(shown.record, shown.platform, "publish")
    Message.objects.filter(pk=publish.pk).update(attempts=1)
    queue(shown.record, shown.platform)
    publish.refresh_from_db()
    assert publish.state == "waiting"


@pytest.mark.django_db(transaction=True)
def test_nothing_is_queued_and_nobody_called_when_the_transaction_rolls_back(shown):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        queue(shown.record, shown.platform)
        raise ZeroDivisionError
    assert not Message.objects.exists()
    assert not Job.objects.exists()
    shown.refresh_from_db()
    assert shown.state == "shown"


@pytest.mark.django_db(transaction=True)
def test_after_commit_the_relay_is_called_once_for_all(shown):
    with transaction.atomic():
        for _ in range(3):
            queue(shown.record, shown.platform, "publish")
        assert not Job.objects.exists()
    assert [job.name for job in Job.objects.all()] == ["relay_messages"]


def test_removal_goes_to_every_platform_that_still_has_the_record(shown):
    taking = PlatformFactory(actions=["lift_sanction", "stop_sharing"])
    publication_on(taking, shown.record)
    publication_on(PlatformFactory(), shown.record, state="removed", removed_at=MOMENT)
    cause = uuid.uuid4()
    messages = services.enqueue_removal(record=shown.record, cause=cause, cause_text="信用修复")
    assert [(m.platform_id, m.action, m.sequence) for m in messages] == [
        (shown.platform_id, "terminate", 1),
        (taking.pk, "terminate", 1),
        (taking.pk, "stop_sharing", 2),
        (taking.pk, "lift_sanction", 3),
    ]
    assert services.enqueue_removal(record=shown.record, cause=cause, cause_text="信用修复") == messages


def test_new_publications_are_announced_once_with_their_import_as_cause():
    platform = PlatformFactory()
    new = publication_on(platform, state="publishing", shown_at=None)
    event = RecordEvent.objects.create(record=new.record, what="imported", at=MOMENT, on=AS_OF)
    unknown = publication_on(platform, state="publishing", shown_at=None)
    publication_on(
        platform, RecordFactory(effective_until=AS_OF.replace(year=2020), assessed=False), state="publishing"
    )
    publication_on(PlatformFactory(active=False), state="publishing")
    publication_on(platform)
    assert services.announce_new_publications(today=AS_OF, batch=1) == 2
    assert services.announce_new_publications(today=AS_OF) == 0
    assert set(Message.objects.values_list("record", "action")) == {
        (new.record_id, "publish"),
        (unknown.record_id, "publish"),
    }
    assert Message.objects.get(record=new.record).cause == event.uuid


def test_one_publication_that_cannot_be_announced_keeps_no_other_from_it():
    platform = PlatformFactory()
    bad, good = (publication_on(platform, state="publishing") for _ in range(2))
    bad.record.penalty_types = [None]
    bad.record.save()
    with pytest.raises(AttributeError):
        services.announce_new_publications(today=AS_OF)
    assert Message.objects.get().record == good.record


def test_an_action_that_does_not_exist_is_no_silent_no(shown):
    with pytest.raises(ValueError, match="terminated"):
        queue(shown.record, shown.platform, "terminated")


def test_a_publishing_message_says_all_and_any_other_as_little_as_possible(shown):
    said = queue(shown.record, shown.platform, "publish").payload["record"]
    assert said == {
        "id": str(shown.record.uuid),
        "doc_no": shown.record.doc_no,
        "subject_name": shown.record.subject.name,
        "subject_code": shown.record.subject.code,
        "authority_name": shown.record.authority.name,
        "decision_date": "2026-05-06",
        "penalty_types": ["罚款"],
        "content": "罚款人民币10000元",
        "published_until": "2027-05-06",
    }
    least = queue(shown.record, shown.platform).payload["record"]
    assert {name for name, value in least.items() if value} == {
        "id",
        "doc_no",
        "subject_name",
        "authority_name",
    }


def test_a_personal_number_never_leaves(shown):
    record = RecordFactory(subject=SubjectFactory(person=True))
    message = queue(record, shown.platform, "publish")
    assert record.subject.personal_number not in str(message.payload)
    assert message.payload["record"]["subject_code"] is None


def test_content_too_long_for_the_schema_is_cut_and_says_so(shown):
    record = RecordFactory(content="长" * 30_000)
    content = queue(record, shown.platform, "publish").payload["record"]["content"]
    assert len(content) == payloads.MAX_CONTENT
    assert content.endswith("全文见处罚决定书）")


def test_the_payload_is_frozen_when_queued(shown):
    message = queue(shown.record, shown.platform, "publish")
    before = message.payload
    shown.record.content = "改过的内容"
    shown.record.save()
    services.replay(message=message, actor=None)
    message.refresh_from_db()
    assert message.payload == before


@pytest.mark.parametrize("state", ["failed", "waiting"])
def test_a_person_replays_or_gives_up_and_it_is_on_record(shown, state):
    message = queue(shown.record, shown.platform)
    Message.objects.filter(pk=message.pk).update(state=state)
    assert services.replay(message=message, actor=None).state == "waiting"
    Message.objects.filter(pk=message.pk).update(state=state)
    assert services.give_up(message=message, actor=None, reason="平台已停用").state == "given_up"
    entries = AuditEntry.objects.filter(object_id=str(message.uuid)).order_by("pk")
    assert [(entry.action, entry.data) for entry in entries] == [
        ("platforms.replay_message", {"was": state}),
        ("platforms.give_up_message", {"was": state, "reason": "平台已停用"}),
    ]


@pytest.mark.parametrize("state", ["sending", "confirmed", "superseded", "given_up"])
def test_what_is_under_way_or_over_is_left_alone(shown, state):
    message = queue(shown.record, shown.platform)
    Message.objects.filter(pk=message.pk).update(
        state=state, receipt="R", confirmed_at=MOMENT, lease_until=MOMENT, lease_token=uuid.uuid4()
    )
    for act in (
        lambda: services.replay(message=message, actor=None),
        lambda: services.give_up(message=message, actor=None, reason="理由"),
    ):
        with pytest.raises(services.MessageActionRefused):
            act()


def test_giving_up_needs_a_reason(shown):
    with pytest.raises(services.MessageActionRefused):
        services.give_up(message=queue(shown.record, shown.platform), actor=None, reason=" ")


def test_a_confirmation_without_receipt_cannot_be_stored(shown):
    message = queue(shown.record, shown.platform)
    with pytest.raises(IntegrityError), transaction.atomic():
        Message.objects.filter(pk=message.pk).update(state="confirmed", confirmed_at=MOMENT)


def test_the_states_of_publications_are_known():
    assert set(services.HEADING_FOR.values()) <= set(Publication.State)


def test_nothing_is_published_of_what_ended_or_goes_away():
    platform = PlatformFactory()
    ended = publication_on(platform, RecordFactory(standing="repaired", ended_on=AS_OF), state="publishing")
    going = publication_on(platform, state="removing")
    shown = publication_on(platform)
    unheard = RecordFactory()
    for record in (ended.record, going.record, shown.record, unheard):
        fields = {"action": "publish", "cause": uuid.uuid4(), "cause_text": ""}
        assert services.enqueue(record=record, platform=platform, **fields) is None
    assert not Message.objects.exists()


@pytest.mark.parametrize("standing", ["repaired", "expired", "unpublished"])
def test_a_record_that_ends_while_the_list_is_read_is_not_announced(monkeypatch, standing):
    new = publication_on(PlatformFactory(), state="publishing", shown_at=None)
    stale = list(services.announcing.unannounced_publications(today=AS_OF))

    class AsRead:
        """The list as it was before the record ended."""

        filter = order_by = select_for_update = lambda self, *args, **conditions: self
        values_list = lambda self, *names, flat: [new.record_id]  # noqa: E731

        def __iter__(self):
            return iter(stale)

    monkeypatch.setattr(services.announcing, "unannounced_publications", lambda today: AsRead())
    Record.objects.filter(pk=new.record_id).update(
        standing=standing, ended_on=None if standing == "unpublished" else AS_OF
    )
    assert services.announce_new_publications(today=AS_OF) == 0
    assert not Message.objects.exists()
