"""Many messages at once: few statements, sends that overlap, and nothing that is recorded by halves."""

import threading
from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from credit_repair.platforms import claims, relay
from credit_repair.platforms.models import Channel, Message, MessageAttempt, PlatformPause
from credit_repair.platforms.outcomes import Delivery, record_answers
from credit_repair.platforms.receipts import Said, take_receipt
from credit_repair.platforms.transports import OpenTransports
from credit_repair.platforms.transports.answers import Accepted, Confirmed, Final, Retry
from tests.platforms.conftest import Script, answer, confirm, publication_on, queue, run, state_of

pytestmark = pytest.mark.django_db


class Scripted:
    """A transport that answers what a function says."""

    def __init__(self, send, receipt_of=lambda message, platform: None):
        self.send, self.receipt_of = send, receipt_of

    def close(self):
        """Nothing to let go of."""


def through(transport, **options):
    return relay.relay_once(transports=OpenTransports({"http": lambda: transport}), **options)


def waiting(platform, count, action="terminate"):
    return [queue(publication_on(platform).record, platform, action) for _ in range(count)]


def delivered(claimed, answer):
    now = timezone.now()
    return Delivery(claimed.message, answer, now, now, claimed.is_probe)


def claim_all(platform, limit=100):
    [served] = [each for each in claims.platforms_to_serve() if each == platform]
    return claims.claim_batch(served, limit=limit).claimed


# ---- few statements ------------------------------------------------------------------------------------


def statements(platform, count):
    messages = waiting(platform, count)
    with CaptureQueriesContext(connection) as claiming:
        claimed = claim_all(platform)
    assert len(claimed) == count
    answers = [Confirmed(f"R-{each.message.pk}", "applied", 200) for each in claimed]
    with CaptureQueriesContext(connection) as recording:
        record_answers(platform, list(map(delivered, claimed, answers)))
    assert {state_of(message) for message in messages} == {"confirmed"}
    return len(claiming), len(recording)


def test_fifty_messages_cost_as_many_statements_as_two(scripted_platform):
    few, many = statements(scripted_platform, 2), statements(scripted_platform, 50)
    assert few == many
    assert sum(many) <= 22


def test_each_message_gets_its_own_receipt_and_reason(scripted_platform):
    waiting(scripted_platform, 7)
    claimed = claim_all(scripted_platform)
    answers = [
        Confirmed('R-"1"', "applied", 200),
        Confirmed("R-二", "already", 200),
        Accepted("受理1", 202),
        Accepted("", 202),
        Retry("忙", 500),
        Final("不收", 422),
        Final("重复", 409),
    ]
    kept = record_answers(scripted_platform, list(map(delivered, claimed, answers)))
    assert len(kept) == 7
    rows = Message.objects.in_bulk([each.message.pk for each in claimed])
    said = [rows[each.message.pk] for each in claimed]
    assert [(row.receipt, row.effect) for row in said[:2]] == [('R-"1"', "applied"), ("R-二", "already")]
    assert [row.reference for row in said[2:4]] == ["受理1", ""]
    assert [row.last_error for row in said[4:]] == ["忙", "不收", "重复"]
    states = ["confirmed"] * 2 + ["accepted"] * 2 + ["waiting"] + ["failed"] * 2
    assert [row.state for row in said] == states
    publication = said[1].record.publications.get()
    assert (publication.state, publication.receipt) == ("removed", "R-二")
    assert MessageAttempt.objects.count() == 7


def test_to_record_the_same_answers_twice_changes_nothing(scripted_platform):
    waiting(scripted_platform, 2)
    deliveries = [delivered(each, Confirmed("R", "applied")) for each in claim_all(scripted_platform)]
    assert len(record_answers(scripted_platform, deliveries)) == 2
    assert record_answers(scripted_platform, deliveries) == []
    assert MessageAttempt.objects.count() == 2


# ---- several at once -----------------------------------------------------------------------------------


def test_as_many_are_under_way_at_once_as_the_channel_says_and_no_more(scripted_platform):
    Channel.objects.create(platform=scripted_platform, parallel=3)
    waiting(scripted_platform, 10)
    first, together = threading.Event(), threading.Barrier(3)
    under_way, most, lock = 0, 0, threading.Lock()

    def send(message, platform):
        nonlocal under_way, most
        if not first.is_set():  # the first goes alone
            first.set()
            return Confirmed("R", "applied")
        with lock:
            under_way += 1
            most = max(most, under_way)
        together.wait(timeout=20)
        with lock:
            under_way -= 1
        return Confirmed("R", "applied")

    assert through(Scripted(send)).confirmed == 10
    assert most == 3


def test_threads_touch_no_database_and_speak_the_language_of_the_site(scripted_platform):
    waiting(scripted_platform, 6)
    main = threading.get_ident()

    def fail(message, platform):
        assert threading.get_ident() != main
        assert connection.connection is None, "each thread would have a connection of its own"
        raise RuntimeError("bug")

    with translation.override("en"):
        assert through(Scripted(fail)).retried == 6
    assert set(Message.objects.values_list("last_error", flat=True)) == {"发送程序出错：RuntimeError bug"}


def test_the_messages_of_one_record_go_one_after_the_other_in_one_pass(scripted_platform):
    records = [publication_on(scripted_platform).record for _ in range(5)]
    for record in records:
        for _ in range(4):
            queue(record, scripted_platform)
    script = Script(confirm)
    assert run(script).confirmed == 20
    for record in records:
        sent = [body["sequence"] for body in script.bodies if body["record"]["id"] == str(record.uuid)]
        assert sent == [1, 2, 3, 4]


# ---- what was claimed and not sent ---------------------------------------------------------------------


def test_what_is_given_back_counts_no_attempt_and_goes_again_at_once(scripted_platform):
    waiting(scripted_platform, 3)
    claims.give_back(claim_all(scripted_platform))
    assert (
        list(Message.objects.values_list("state", "attempts", "lease_token", "lease_until"))
        == [("waiting", 0, None, None)] * 3
    )
    assert run(Script(confirm)).confirmed == 3


def test_what_the_platform_has_taken_is_given_back_as_such(scripted_platform):
    [message] = waiting(scripted_platform, 1)
    Message.objects.update(state="accepted", accepted_at=timezone.now(), attempts=1)
    claims.give_back(claim_all(scripted_platform))
    message.refresh_from_db()
    assert (message.state, message.attempts) == ("accepted", 1)


def test_only_what_is_still_ours_is_given_back(scripted_platform):
    [message] = waiting(scripted_platform, 1)
    claimed = claim_all(scripted_platform)
    Message.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    other = claim_all(scripted_platform)
    claims.give_back(claimed)
    message.refresh_from_db()
    assert (message.state, message.lease_token) == ("sending", other[0].message.lease_token)


def test_when_a_platform_asks_for_silence_nothing_more_is_begun(scripted_platform):
    Channel.objects.create(platform=scripted_platform, parallel=1)
    waiting(scripted_platform, 10)
    script = Script(lambda request: confirm(request) if len(script.requests) < 4 else answer(503)(request))
    report = run(script)
    assert (report.confirmed, report.retried) == (3, 1)
    assert Message.objects.filter(state="waiting", attempts=0, lease_token=None).count() == 6


def test_what_lies_too_long_in_hand_is_given_back_before_its_lease_is_over(scripted_platform, monkeypatch):
    Channel.objects.create(platform=scripted_platform, parallel=1)
    waiting(scripted_platform, 4)
    monkeypatch.setattr("credit_repair.platforms.sending.question_seconds", lambda channel: 61)
    monkeypatch.setattr(relay, "PASS_SECONDS", 0.2)
    script = Script(confirm)
    run(script)
    assert script.requests == []
    assert set(Message.objects.values_list("state", "attempts")) == {("waiting", 0)}


# ---- what others do meanwhile --------------------------------------------------------------------------


def test_a_receipt_that_comes_while_the_message_is_being_sent_stays(scripted_platform):
    [message] = waiting(scripted_platform, 1)
    [claimed] = claim_all(scripted_platform)
    take_receipt(
        platform=scripted_platform, said=Said(str(message.uuid), "R-CALL", "applied"), source="callback"
    )
    late = delivered(claimed, Retry("too late", 500))
    assert record_answers(scripted_platform, [late]) == []
    message.refresh_from_db()
    assert (message.state, message.receipt, message.last_error) == ("confirmed", "R-CALL", "")
    assert message.log.get().outcome == "retry"


def test_answers_that_come_after_their_lease_change_nothing_beside_those_that_do_not(scripted_platform):
    first, second = waiting(scripted_platform, 2)
    claimed = claim_all(scripted_platform)
    Message.objects.filter(pk=first.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    [again] = claim_all(scripted_platform)
    deliveries = [delivered(each, Final("nein", 422)) for each in claimed]
    assert [each.message.pk for each in record_answers(scripted_platform, deliveries)] == [second.pk]
    assert (state_of(first), state_of(second)) == ("sending", "failed")
    record_answers(scripted_platform, [delivered(again, Confirmed("R", "already"))])
    assert state_of(first) == "confirmed"


def test_a_late_wish_for_silence_is_heeded(scripted_platform):
    waiting(scripted_platform, 1)
    claimed = claim_all(scripted_platform)
    Message.objects.update(state="superseded", lease_token=None, lease_until=None)
    record_answers(scripted_platform, [delivered(claimed[0], Retry("zu viel", 429, after_seconds=90))])
    assert PlatformPause.objects.get().until > timezone.now() + timedelta(seconds=80)


# ---- the clock goes back -------------------------------------------------------------------------------


def test_what_was_written_before_the_clock_was_set_back_does_not_wait_for_it(scripted_platform):
    ahead = timezone.now() + timedelta(hours=5)
    queued, tried, lost, taken, soon = messages = waiting(scripted_platform, 5)
    change = {
        queued: {"created_at": ahead, "next_attempt_at": ahead},
        tried: {"attempts": 3, "next_attempt_at": ahead},
        lost: {"state": "sending", "attempts": 1, "lease_until": ahead, "lease_token": queued.uuid},
        taken: {"state": "accepted", "accepted_at": ahead, "next_attempt_at": ahead + timedelta(days=2)},
        soon: {"attempts": 5, "next_attempt_at": timezone.now() + timedelta(minutes=70)},
    }
    for message, fields in change.items():
        Message.objects.filter(pk=message.pk).update(**fields)
    PlatformPause.objects.create(platform=scripted_platform, until=ahead)
    assert run(Script(confirm)).confirmed == 4
    assert [state_of(message) for message in messages] == ["confirmed"] * 4 + ["waiting"]


# ---- the database goes away ----------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_breaks_while_answers_are_recorded_is_opened_anew(scripted_platform, monkeypatch):
    messages = waiting(scripted_platform, 3)
    real, broken = record_answers, iter([True, False, True])

    def record(platform, deliveries):
        if next(broken, False):
            raise OperationalError("server closed the connection unexpectedly")
        return real(platform, deliveries)

    monkeypatch.setattr(relay, "record_answers", record)
    assert run(Script(confirm)).confirmed == 3
    assert {state_of(message) for message in messages} == {"confirmed"}


@pytest.mark.django_db(transaction=True)
def test_a_full_disk_ends_the_pass_and_loses_nothing(scripted_platform, monkeypatch):
    messages = waiting(scripted_platform, 2)

    def full(platform, deliveries):
        raise OperationalError("could not extend file: No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(relay, "record_answers", full)
        assert run(Script(confirm)).sent == 0
    assert sorted(state_of(message) for message in messages) == ["sending", "waiting"]
    Message.objects.filter(state="sending").update(lease_until=timezone.now() - timedelta(seconds=1))
    script = Script(confirm)
    assert run(script).confirmed == 2
    assert {state_of(message) for message in messages} == {"confirmed"}


@pytest.mark.django_db(transaction=True)
def test_an_answer_that_the_database_does_not_take_spoils_no_other(scripted_platform):
    Channel.objects.create(platform=scripted_platform, parallel=4)
    bad, *good = waiting(scripted_platform, 6)
    Message.objects.filter(pk=bad.pk).update(next_attempt_at=timezone.now())

    def send(message, platform):
        return Confirmed("" if message.pk == bad.pk else "R", "applied", 200)

    assert through(Scripted(send)).confirmed == 5
    assert state_of(bad) == "sending", "it goes again when its lease is over"
    assert {state_of(message) for message in good} == {"confirmed"}


@pytest.mark.django_db(transaction=True)
def test_a_database_that_is_away_when_the_pass_begins_ends_it(scripted_platform, monkeypatch):
    def away():
        raise OperationalError("the database system is starting up")

    monkeypatch.setattr(relay, "platforms_to_serve", away)
    report = run(Script(confirm))
    assert (report.sent, report.more) == (0, False)


# ---- receipts that are asked for -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "sent", "state"),
    [
        (Confirmed("R-1", "applied", 200), 0, "confirmed"),
        (Accepted("受理1", 202), 0, "accepted"),
        (Final("没有这条消息", 404), 1, "confirmed"),
        (Final("不收", 422), 0, "failed"),
        (Retry("忙", 500), 0, "waiting"),
        (None, 1, "confirmed"),
    ],
    ids=["there", "not yet", "never heard of it", "refused", "failing", "cannot be asked"],
)
def test_what_was_taken_is_asked_for_and_sent_again_only_where_it_was_lost(
    scripted_platform, asked, sent, state
):
    Channel.objects.create(platform=scripted_platform, receipts="polling", poll_minutes=10)
    [message] = waiting(scripted_platform, 1)
    assert through(Scripted(lambda message, platform: Accepted("受理1", 202))).accepted == 1
    message.refresh_from_db()
    assert (message.state, message.reference) == ("accepted", "受理1")
    assert 590 < (message.next_attempt_at - timezone.now()).total_seconds() <= 600
    Message.objects.update(next_attempt_at=timezone.now())
    posted = []

    def send(message, platform):
        posted.append(message.uuid)
        return Confirmed("R-2", "already", 200)

    through(Scripted(send, lambda message, platform: asked))
    assert (len(posted), state_of(message)) == (sent, state)
