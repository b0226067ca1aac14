"""When a platform is left alone: maintenance windows, the breaker, and how many a minute it bears."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest
from django.utils import timezone

from credit_repair.core.models import Job
from credit_repair.platforms import claims, flow, relay, tasks
from credit_repair.platforms.models import Channel, Flow, Message
from credit_repair.platforms.relay import RelayReport
from credit_repair.platforms.windows import read_window, window_end
from tests.platforms.conftest import Script, answer, confirm, make_due, publication_on, queue, run, state_of
from tests.registry.factories import RecordFactory

#: A Sunday, ten o'clock in Shanghai.
SUNDAY = datetime(2026, 11, 22, 2, tzinfo=UTC)
ONE_SECOND = timedelta(seconds=1)


def local(day, hour, minute=0):
    """A moment of November 2026, as Shanghai says it."""
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC) - timedelta(hours=8)


def window(weekdays, begins, ends):
    return {"weekdays": weekdays, "from": begins, "to": ends}


def channel(platform, **fields):
    return Channel.objects.create(platform=platform, **fields)


# ---- maintenance windows -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("windows", "moment", "end"),
    [
        ([], local(22, 10), None),
        ([window([7], "09:00", "11:00")], local(22, 10), local(22, 11)),
        ([window([7], "09:00", "10:00")], local(22, 10), None),
        ([window([7], "10:00", "11:00")], local(22, 10), local(22, 11)),
        ([window([1], "09:00", "11:00")], local(22, 10), None),
        ([window([6], "23:00", "05:00")], local(21, 23, 30), local(22, 5)),
        ([window([6], "23:00", "05:00")], local(22, 4, 59), local(22, 5)),
        ([window([7], "23:00", "05:00")], local(22, 4, 59), None),
        ([window([7], "00:00", "00:00")], local(22, 10), local(23, 0)),
        ([window([7], "09:00", "11:00"), window([7], "10:30", "12:00")], local(22, 10), local(22, 12)),
        ([window([6, 7], "00:00", "00:00")], local(21, 1), local(23, 0)),
        ([{"weekdays": [7]}, window([7], "09:00", "11:00")], local(22, 10), local(22, 11)),
        ([window([1, 2, 3, 4, 5, 6, 7], "00:00", "00:00")], local(22, 0), local(30, 0)),
    ],
)
def test_the_end_of_a_maintenance_window(windows, moment, end):
    assert window_end(Channel(windows=windows), moment) == end


@pytest.mark.parametrize(
    "written",
    [
        "01:00",
        {},
        window([], "01:00", "02:00"),
        window([0], "01:00", "02:00"),
        window([8], "01:00", "02:00"),
        window([1], "25:00", "02:00"),
        window([1], "01:00+08:00", "02:00"),
        window(None, "01:00", "02:00"),
        window([1], None, "02:00"),
    ],
)
def test_what_is_no_window_is_refused(written):
    with pytest.raises(ValueError, match="no window"):
        read_window(written)


def all_week(begins, ends):
    return [window([1, 2, 3, 4, 5, 6, 7], begins, ends)]


@pytest.mark.django_db
def test_nothing_is_begun_in_a_window_and_what_waits_keeps_its_place(scripted_platform):
    settings = channel(scripted_platform, windows=all_week("00:00", "00:00"))
    messages = [queue(publication_on(scripted_platform).record, scripted_platform) for _ in range(3)]
    before = list(Message.objects.order_by("pk").values_list("next_attempt_at", "attempts"))
    script = Script(confirm)
    assert run(script).sent == 0
    assert list(Message.objects.order_by("pk").values_list("next_attempt_at", "attempts")) == before
    settings.windows = []
    settings.save()
    assert run(script).confirmed == 3
    assert [body["id"] for body in script.bodies][0] == str(messages[0].uuid)


@pytest.mark.django_db
def test_a_window_that_begins_while_messages_are_in_hand_sends_them_back(scripted_platform, monkeypatch):
    channel(scripted_platform, parallel=1)
    for _ in range(5):
        queue(publication_on(scripted_platform).record, scripted_platform)
    script = Script(confirm)
    monkeypatch.setattr(
        "credit_repair.platforms.lanes.window_end",
        lambda channel, moment: moment if len(script.requests) > 2 else None,
    )
    monkeypatch.setattr(relay, "PASS_SECONDS", 0.5)
    run(script)
    assert len(script.requests) == 3
    assert (
        list(Message.objects.filter(state="waiting").values_list("attempts", "lease_token"))
        == [(0, None)] * 2
    )


# ---- the breaker ---------------------------------------------------------------------------------------


def counted(worked, *, row=None, probe=False, now=SUNDAY, **settings):
    row = row or Flow()
    flow.count(row, Channel(**settings), worked, is_probe=probe, now=now)
    return row


def test_so_many_failures_in_a_row_open_the_breaker_for_a_while():
    row = counted([False] * 4)
    assert (row.failures, row.failing_since, row.opened_until) == (4, SUNDAY, None)
    later = SUNDAY + ONE_SECOND
    counted([False], row=row, now=later)
    assert row.failing_since == SUNDAY
    assert 48 <= (row.opened_until - later).total_seconds() <= 72
    assert flow.is_open(row, later)
    assert flow.is_to_be_probed(row, row.opened_until)


def test_a_success_between_them_begins_the_count_anew():
    row = counted([False, False, False, False, True, False])
    assert (row.failures, row.opened_until) == (1, None)


def test_what_was_under_way_when_it_opened_changes_nothing():
    row = counted([False] * 5)
    until = row.opened_until
    counted([False] * 7, row=row)
    assert (row.failures, row.opened_until) == (5, until)


def test_each_failed_probe_makes_the_silence_longer_up_to_a_cap():
    row = counted([False] * 5)
    for probe in range(1, 12):
        counted([False], row=row, probe=True)
        seconds = min(60 * 2**probe, flow.LONGEST_SECONDS)
        assert 0.8 * seconds <= (row.opened_until - SUNDAY).total_seconds() <= 1.2 * seconds


def test_a_probe_that_succeeds_closes_it():
    row = counted([True], row=counted([False] * 5), probe=True)
    assert (row.failures, row.failing_since, row.opened_until) == (0, None, None)


def test_a_breaker_that_was_opened_before_the_clock_was_set_back_is_probed():
    row = Flow(failures=5, opened_until=SUNDAY + timedelta(hours=30))
    assert not flow.is_open(row, SUNDAY)
    assert flow.is_to_be_probed(row, SUNDAY)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "reply",
    [answer(500), answer(401), lambda request: httpx.ReadTimeout("slow"), lambda r: httpx.Response(200)],
    ids=["500", "401", "time-out", "garbage"],
)
def test_a_platform_that_fails_is_left_alone_by_all_relays(scripted_platform, reply):
    channel(scripted_platform, breaker_failures=3)
    for _ in range(6):
        queue(publication_on(scripted_platform).record, scripted_platform)
    script = Script(reply)
    for _ in range(4):
        run(script)
    assert len(script.requests) == 3
    row = Flow.objects.get(platform=scripted_platform)
    assert row.failures == 3
    assert row.opened_until > timezone.now()
    assert claims.platforms_to_serve() == []


@pytest.mark.django_db
@pytest.mark.parametrize("reply", [answer(422), answer(429, **{"Retry-After": "1"}), lambda r: 1 / 0])
def test_refusals_wishes_for_silence_and_our_own_faults_are_no_failures_of_the_platform(
    scripted_platform, reply
):
    channel(scripted_platform, breaker_failures=1)
    queue(publication_on(scripted_platform).record, scripted_platform)
    run(Script(reply))
    assert not Flow.objects.exclude(failures=0).exists()


@pytest.mark.django_db
def test_one_message_finds_out_whether_it_works_again(scripted_platform):
    for _ in range(6):
        queue(publication_on(scripted_platform).record, scripted_platform)
    Flow.objects.create(platform=scripted_platform, failures=5, opened_until=timezone.now() - ONE_SECOND)
    script = Script(answer(500))
    run(script)
    assert len(script.requests) == 1
    row = Flow.objects.get()
    assert (row.failures, row.opened_until > timezone.now()) == (6, True)
    Flow.objects.update(opened_until=timezone.now() - ONE_SECOND)
    Message.objects.update(next_attempt_at=timezone.now())
    assert run(Script(confirm)).confirmed == 6
    row.refresh_from_db()
    assert (row.failures, row.failing_since, row.opened_until) == (0, None, None)


@pytest.mark.django_db
def test_while_one_relay_tries_its_message_no_other_does(scripted_platform):
    for _ in range(3):
        queue(publication_on(scripted_platform).record, scripted_platform)
    Flow.objects.create(platform=scripted_platform, failures=5, opened_until=timezone.now() - ONE_SECOND)
    [stale] = claims.platforms_to_serve()
    [platform] = claims.platforms_to_serve()
    batch = claims.claim_batch(platform, limit=10)
    assert [each.is_probe for each in batch.claimed] == [True]
    assert claims.platforms_to_serve() == []
    assert claims.claim_batch(stale, limit=10).claimed == []
    claims.give_back(batch.claimed)
    [platform] = claims.platforms_to_serve()
    assert len(claims.claim_batch(platform, limit=10).claimed) == 1


# ---- so many a minute ----------------------------------------------------------------------------------


def test_turns_are_evenly_apart_and_no_further_off_than_the_horizon():
    sixty = Channel(per_minute=60)
    row = Flow()
    turns = flow.turns(row, sixty, wanted=100, now=SUNDAY)
    assert turns == [SUNDAY + number * ONE_SECOND for number in range(6)]
    flow.take_turns(row, sixty, turns[:4])
    assert flow.turns(row, sixty, wanted=100, now=SUNDAY) == [SUNDAY + n * ONE_SECOND for n in (4, 5)]
    flow.take_turns(row, sixty, turns)
    assert flow.turns(row, sixty, wanted=100, now=SUNDAY) == []
    assert flow.next_turn(row, sixty, now=SUNDAY) == SUNDAY + 6 * ONE_SECOND


def test_turns_that_nobody_took_are_gone():
    row, sixty = Flow(next_free_at=SUNDAY - timedelta(hours=1)), Channel(per_minute=60)
    assert flow.turns(row, sixty, wanted=1, now=SUNDAY) == [SUNDAY]


def test_without_a_limit_all_may_go_at_once():
    assert flow.turns(Flow(), Channel(), wanted=3, now=SUNDAY) == [SUNDAY] * 3


def test_a_turn_from_before_the_clock_was_set_back_is_not_waited_for():
    row = Flow(next_free_at=SUNDAY + timedelta(hours=1))
    assert flow.next_turn(row, Channel(per_minute=60), now=SUNDAY) == SUNDAY


@pytest.mark.django_db
def test_relays_share_the_turns(scripted_platform):
    channel(scripted_platform, per_minute=60)
    for _ in range(20):
        queue(publication_on(scripted_platform).record, scripted_platform)
    [platform] = claims.platforms_to_serve()
    one, other = (claims.claim_batch(platform, limit=3) for _relay in range(2))
    turns = sorted(each.send_at for each in [*one.claimed, *other.claimed])
    assert len(turns) == 6
    assert {
        round((after - before).total_seconds(), 6) for before, after in zip(turns, turns[1:], strict=False)
    } == {1}


@pytest.mark.django_db
def test_messages_go_at_their_turns(scripted_platform):
    channel(scripted_platform, per_minute=3000)
    for _ in range(6):
        queue(publication_on(scripted_platform).record, scripted_platform)
    assert run(Script(confirm)).confirmed == 6
    began = list(Message.objects.order_by("log__started_at").values_list("log__started_at", flat=True))
    assert (began[-1] - began[0]).total_seconds() >= 0.09


@pytest.mark.django_db
def test_a_turn_that_is_far_off_is_not_waited_for_but_asked_for(scripted_platform, monkeypatch):
    channel(scripted_platform, per_minute=1)
    for _ in range(2):
        queue(publication_on(scripted_platform).record, scripted_platform)
    report = run(Script(confirm))
    assert (report.confirmed, report.more) == (1, False)
    assert 50 < (report.again_at - timezone.now()).total_seconds() <= 60
    monkeypatch.setattr(relay, "relay_once", lambda: RelayReport(again_at=report.again_at))
    Job.objects.all().delete()
    tasks.relay_messages()
    assert Job.objects.get().due_at == report.again_at


# ---- who is served -------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("transport", ["files", "by_hand"])
def test_platforms_that_are_not_told_message_by_message_are_left_alone(scripted_platform, transport):
    message = queue(RecordFactory(), scripted_platform)
    scripted_platform.transport = transport
    scripted_platform.save()
    make_due(message)
    assert run(Script(confirm)).sent == 0
    assert state_of(message) == "waiting"
