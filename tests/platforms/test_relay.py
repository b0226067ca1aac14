"""The relay against the real stand-in, and against platforms that misbehave on a script."""

import threading
import uuid
from datetime import timedelta

import httpx
import pytest
from django.db import transaction
from django.utils import timezone

from credit_repair.core.leases import lease
from credit_repair.core.models import Job
from credit_repair.platforms import claims, outcomes, relay, services
from credit_repair.platforms.models import Message, MessageAttempt, PlatformPause
from credit_repair.platforms.outcomes import Delivery, record_answers
from credit_repair.platforms.relay import relay_once
from credit_repair.platforms.transports import shown
from credit_repair.platforms.transports.answers import Confirmed, Retry
from tests.platforms.conftest import (
    SECRET,
    Script,
    answer,
    confirm,
    make_due,
    publication_on,
    queue,
    run,
    state_of,
)
from tests.registry.factories import PlatformFactory, RecordFactory

pytestmark = pytest.mark.django_db


# ---- the ordinary run, against the stand-in ------------------------------------------------------------


def test_a_record_is_shown_then_removed_and_the_receipts_are_kept(platform, standin):
    publication = publication_on(platform, state="publishing", shown_at=None)
    record = publication.record
    queue(record, platform, "publish")
    assert relay_once().confirmed == 1
    publication.refresh_from_db()
    assert (publication.state, publication.receipt) == ("shown", "")
    assert publication.shown_at is not None
    assert standin.shows(record)
    assert shown(record=record.uuid, platform=platform) is True

    [message] = services.enqueue_removal(record=record, cause=uuid.uuid4(), cause_text="信用修复")
    assert relay_once().confirmed == 1
    publication.refresh_from_db()
    message.refresh_from_db()
    assert publication.state == "removed"
    assert publication.removed_at == message.confirmed_at
    assert publication.receipt == message.receipt == standin.record(record)["last_receipt"]
    assert not standin.shows(record)
    assert shown(record=record.uuid, platform=platform) is False
    assert MessageAttempt.objects.get(message=message).outcome == "confirmed"


def test_a_whole_queue_goes_in_one_pass_in_its_order(platform, standin):
    platform.actions = ["annotate", "clear_annotation", "stop_sharing", "restore"]
    record = publication_on(platform).record
    actions = ["annotate", "clear_annotation", "terminate", "stop_sharing", "restore", "terminate"]
    for action in ["publish", *actions]:
        message = queue(record, platform, action)
        Message.objects.filter(pk=message.pk).update(attempts=1)  # so that none is superseded
    report = relay_once()
    assert (report.confirmed, report.retried, report.failed) == (7, 0, 0)
    confirmed = Message.objects.order_by("confirmed_at").values_list("sequence", "effect")
    assert list(confirmed) == [(n, "applied") for n in range(1, 8)]
    assert standin.record(record)["sequence"] == 7
    assert standin.effects(record)["terminate"] == 2


def test_receipts_call_the_settling(platform):
    queue(publication_on(platform).record, platform)
    assert not Job.objects.filter(name="settle_cases").exists()
    relay_once()
    assert Job.objects.filter(name="settle_cases", key="settle_cases").count() == 1


def test_a_late_receipt_of_publishing_does_not_hide_that_removal_is_queued(scripted_platform):
    publication = publication_on(scripted_platform, state="publishing", shown_at=None)
    publish = queue(publication.record, scripted_platform, "publish")
    Message.objects.filter(pk=publish.pk).update(attempts=1)
    queue(publication.record, scripted_platform)
    run(Script(confirm), limit=1)
    publication.refresh_from_db()
    assert publication.state == "removing"
    run(Script(confirm))
    publication.refresh_from_db()
    assert publication.state == "removed"


# ---- delays and pauses ---------------------------------------------------------------------------------


def test_delays_grow_to_an_hour_and_never_end():
    for attempts, seconds in enumerate([5, 30, 120, 600, 1800, 3600, 3600, 3600], start=1):
        for _ in range(50):
            assert 0.8 * seconds <= outcomes.delay_after(attempts) <= 1.2 * seconds


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("120", 120), ("0", 1), ("999999999", 3600), ("99999999999999999999", 3600), ("-3", None), ("x", None)],
)
def test_429_pauses_the_whole_platform(scripted_platform, header, seconds):
    other = PlatformFactory(endpoint="https://other.test", secret=SECRET)
    first, second = (queue(publication_on(scripted_platform).record, scripted_platform) for _ in range(2))
    elsewhere = queue(publication_on(other).record, other)

    def reply(request):
        if request.url.host == "other.test":
            return confirm(request)
        return httpx.Response(429, headers={"Retry-After": header})

    script = Script(reply)
    report = run(script)
    assert (report.confirmed, report.retried) == (1, 1)
    assert state_of(elsewhere) == "confirmed"
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.attempts, second.attempts) == (1, 0)
    if seconds is None:
        assert not PlatformPause.objects.exists()
        return
    wait = (first.next_attempt_at - timezone.now()).total_seconds()
    assert seconds - 1 < wait <= seconds
    assert run(script).sent == 0, "the next pass heeds the pause, too"
    PlatformPause.objects.update(until=timezone.now())
    assert run(Script(confirm)).confirmed == 1


def test_retry_after_may_be_a_date(scripted_platform):
    message = queue(publication_on(scripted_platform).record, scripted_platform)
    at = (timezone.now() + timedelta(seconds=90)).strftime("%a, %d %b %Y %H:%M:%S GMT")
    run(Script(lambda request: httpx.Response(503, headers={"Retry-After": at})))
    message.refresh_from_db()
    assert 85 < (message.next_attempt_at - timezone.now()).total_seconds() <= 91


def test_a_platform_that_is_down_costs_one_attempt_a_pass_and_keeps_nobody_else_waiting(scripted_platform):
    other = PlatformFactory(endpoint="https://other.test", secret=SECRET)
    for platform in (scripted_platform, other):
        for _ in range(5):
            queue(publication_on(platform).record, platform)

    def reply(request):
        return confirm(request) if request.url.host == "other.test" else httpx.ConnectError("down")

    report = run(Script(reply))
    assert (report.confirmed, report.retried) == (5, 1)


def test_one_message_that_always_breaks_the_platform_stops_no_other(scripted_platform):
    bad, *good = (queue(publication_on(scripted_platform).record, scripted_platform) for _ in range(4))
    script = Script(
        lambda request: (
            httpx.Response(500) if request.headers["X-Message-Id"] == str(bad.uuid) else confirm(request)
        )
    )
    report = run(script)
    assert (report.confirmed, report.retried) == (3, 1)


def test_an_inactive_platform_is_left_alone_until_it_is_active(scripted_platform):
    scripted_platform.active = False
    scripted_platform.save()
    queue(publication_on(scripted_platform).record, scripted_platform)
    assert run(Script(confirm)).sent == 0
    scripted_platform.active = True
    scripted_platform.save()
    assert run(Script(confirm)).confirmed == 1


# ---- head of line --------------------------------------------------------------------------------------


def test_only_the_head_of_a_queue_may_go(scripted_platform):
    record = publication_on(scripted_platform).record
    head, *others = (queue(record, scripted_platform) for _ in range(3))
    apart = queue(publication_on(scripted_platform).record, scripted_platform)
    assert set(claims.due_on(scripted_platform, limit=10)) == {head.pk, apart.pk}
    for state in ("waiting", "sending", "failed"):
        Message.objects.filter(pk=head.pk).update(
            state=state,
            next_attempt_at=timezone.now() + timedelta(hours=1),
            lease_until=timezone.now() + timedelta(seconds=50),
            lease_token=uuid.uuid4(),
        )
        assert claims.due_on(scripted_platform, limit=10) == [apart.pk]
    for state in ("superseded", "given_up"):
        Message.objects.filter(pk=head.pk).update(state=state)
        assert set(claims.due_on(scripted_platform, limit=10)) == {others[0].pk, apart.pk}


def test_a_final_failure_holds_its_queue_until_a_person_acts(scripted_platform):
    record = publication_on(scripted_platform).record
    head, second = queue(record, scripted_platform), queue(record, scripted_platform)
    assert run(Script(answer(422))).failed == 1
    assert run(Script(confirm)).sent == 0
    services.replay(message=head, actor=None)
    assert run(Script(confirm)).confirmed == 2
    assert (state_of(head), state_of(second)) == ("confirmed", "confirmed")


def test_giving_up_the_head_lets_the_next_one_go(scripted_platform):
    record = publication_on(scripted_platform).record
    head, second = queue(record, scripted_platform), queue(record, scripted_platform)
    run(Script(answer(422)))
    services.give_up(message=head, actor=None, reason="平台不再收录")
    script = Script(confirm)
    assert run(script).confirmed == 1
    assert [body["id"] for body in script.bodies] == [str(second.uuid)]
    assert state_of(head) == "given_up"


# ---- the same body, under the same key -----------------------------------------------------------------


def test_every_attempt_sends_the_same_body_signed_anew(scripted_platform, monkeypatch):
    publication = publication_on(scripted_platform)
    message = queue(publication.record, scripted_platform, "publish")
    script = Script(answer(500))
    for moment in (1_700_000_000, 1_700_000_900):
        monkeypatch.setattr("credit_repair.platforms.transports.http.time.time", lambda moment=moment: moment)
        run(script)
        make_due(message)
        publication.record.content = f"改于{moment}"
        publication.record.save()
    first, second = script.requests
    assert first.content == second.content
    assert first.headers["X-Message-Id"] == second.headers["X-Message-Id"] == str(message.uuid)
    assert first.headers["X-Timestamp"] != second.headers["X-Timestamp"]
    assert first.headers["X-Signature"] != second.headers["X-Signature"]


def test_a_relay_that_dies_after_sending_has_one_effect(platform, standin, monkeypatch):
    record = publication_on(platform).record
    message = queue(record, platform)

    def die(*_):
        raise SystemExit("killed between send and record")

    with monkeypatch.context() as patch:
        patch.setattr(relay, "record_answers", die)
        with pytest.raises(SystemExit):
            relay_once()
    assert state_of(message) == "sending"
    assert standin.effects(record) == {"terminate": 1}
    assert relay_once().sent == 0, "the lease still holds"

    Message.objects.filter(pk=message.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    assert relay_once().confirmed == 1
    message.refresh_from_db()
    assert (message.state, message.effect, message.attempts) == ("confirmed", "already", 2)
    assert standin.effects(record) == {"terminate": 1}
    assert list(message.log.values_list("number", flat=True)) == [2], "the lost attempt leaves its gap"


def taken(message, seconds=60):
    """Claim one message; None where somebody else has it."""
    [won] = claims.claim([message.pk], platform=message.platform, seconds=seconds) or [None]
    return won


def recorded(message, answer):
    """Record one answer; return whether the message was still ours."""
    now = timezone.now()
    return bool(record_answers(message.platform, [Delivery(message, answer, now, now)]))


def test_a_relay_that_dies_before_sending_loses_nothing(platform, standin):
    record = publication_on(platform).record
    message = queue(record, platform)
    assert taken(message, seconds=-1) is not None
    assert relay_once().confirmed == 1
    assert standin.effects(record) == {"terminate": 1}


def test_a_claim_is_won_once(scripted_platform):
    message = queue(publication_on(scripted_platform).record, scripted_platform)
    assert taken(message) is not None
    assert taken(message) is None


def test_an_answer_that_comes_after_its_lease_is_logged_and_left_to_the_other(scripted_platform):
    message = queue(publication_on(scripted_platform).record, scripted_platform)
    slow, quick = taken(message, seconds=-1), taken(message)
    assert not recorded(slow, Retry("too late"))
    assert state_of(message) == "sending"
    assert recorded(quick, Confirmed("R-1", "applied", 200))
    assert state_of(message) == "confirmed"
    assert message.log.count() == 2


# ---- one pass ------------------------------------------------------------------------------------------


def test_a_pass_ends_at_its_limit_and_says_that_there_is_more(scripted_platform):
    for _ in range(5):
        queue(publication_on(scripted_platform).record, scripted_platform)
    report = run(Script(confirm), limit=3)
    assert (report.confirmed, report.more) == (3, True)
    report = run(Script(confirm))
    assert (report.confirmed, report.more) == (2, False)


def test_a_pass_ends_when_it_is_told_to(scripted_platform):
    for _ in range(3):
        queue(RecordFactory(), scripted_platform)
    script = Script(confirm)
    report = run(script, stop=lambda: len(script.requests) == 2)
    assert (report.confirmed, report.more) == (2, True)


def test_a_pass_ends_with_its_time(scripted_platform, monkeypatch):
    monkeypatch.setattr(relay, "PASS_SECONDS", -1)
    queue(publication_on(scripted_platform).record, scripted_platform)
    report = run(Script(confirm))
    assert (report.sent, report.more) == (0, True)


def test_a_platform_that_is_slow_does_not_make_the_others_wait(scripted_platform):
    """The slow one answers its first message only when the other has answered all of its own."""
    other = PlatformFactory(endpoint="https://other.test", secret=SECRET)
    for platform in (scripted_platform, other):
        for _ in range(4):
            queue(RecordFactory(), platform)
    left = threading.Semaphore(0)

    def reply(request):
        if request.url.host == "other.test":
            left.release()
        else:
            assert all(left.acquire(timeout=20) for _ in range(4))
            left.release(4)
        return confirm(request)

    assert run(Script(reply)).confirmed == 8


def test_on_sqlite_one_relay_runs_at_a_time(scripted_platform, monkeypatch):
    monkeypatch.setattr(relay.connection, "vendor", "sqlite", raising=False)
    queue(publication_on(scripted_platform).record, scripted_platform)
    with lease("relay", seconds=60):
        assert run(Script(confirm)).sent == 0
    assert run(Script(confirm)).confirmed == 1


@pytest.mark.django_db(transaction=True)
def test_nothing_is_sent_inside_a_transaction(scripted_platform):
    queue(publication_on(scripted_platform).record, scripted_platform)
    script = Script(confirm)
    with pytest.raises(RuntimeError), transaction.atomic():
        run(script)
    assert script.requests == []


@pytest.mark.django_db(transaction=True)
def test_nothing_is_sent_of_what_was_rolled_back(scripted_platform):
    record = publication_on(scripted_platform).record
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        services.enqueue_removal(record=record, cause=uuid.uuid4(), cause_text="")
        raise ZeroDivisionError
    script = Script(confirm)
    run(script)
    assert script.requests == []
