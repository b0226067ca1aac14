"""Work outside the request: asked for once, run at least once, given up in the end."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from credit_repair.core import jobs
from credit_repair.core.models import Job
from tests.world import in_threads

pytestmark = pytest.mark.django_db

START = datetime(2026, 11, 20, 1, 0, tzinfo=timezone.get_fixed_timezone(0))


class Hands:
    """What ran, in order; and a clock that the test moves."""

    def __init__(self) -> None:
        self.ran: list[Any] = []
        self.now = START
        self.broken = False


@pytest.fixture
def hands(monkeypatch: pytest.MonkeyPatch) -> Hands:
    hands = Hands()
    monkeypatch.setattr(jobs, "_handlers", {})
    monkeypatch.setattr(timezone, "now", lambda: hands.now)

    @jobs.job("note", lease_seconds=60)
    def note(**payload: Any) -> None:
        hands.ran.append(payload)
        if hands.broken:
            raise ValueError("no paper")

    return hands


def only() -> Job:
    return Job.objects.get()


def test_a_job_runs_once_with_its_payload(hands: Hands) -> None:
    jobs.dispatch("note", document_id=7)
    assert hands.ran == [], "never inside the request"
    assert jobs.run_due() == 1
    assert jobs.run_due() == 0
    assert hands.ran == [{"document_id": 7}]
    assert (only().state, only().attempts, only().finished_at) == ("done", 1, START)


def test_a_name_that_nobody_registered_is_refused_at_once(hands: Hands) -> None:
    with pytest.raises(KeyError):
        jobs.dispatch("nite")
    assert not Job.objects.exists()


def test_the_same_waiting_work_is_one_job(hands: Hands) -> None:
    jobs.dispatch("note", key="k", n=1)
    jobs.dispatch("note", key="k", n=2)
    jobs.dispatch("note", key="other", n=3)
    jobs.dispatch("note", n=4)
    jobs.dispatch("note", n=5)
    assert jobs.run_due() == 4
    assert [payload["n"] for payload in hands.ran] == [1, 3, 4, 5]


def test_work_asked_for_while_it_runs_waits_behind(hands: Hands) -> None:
    jobs.dispatch("note", key="k", n=1)
    assert jobs.claim(only().pk) is not None
    jobs.dispatch("note", key="k", n=2)
    assert Job.objects.filter(key="k").count() == 2


def test_nothing_is_run_for_a_transaction_that_rolled_back(hands: Hands) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        jobs.dispatch("note", key="k")
        raise RuntimeError
    assert jobs.run_due() == 0
    jobs.dispatch("note", key="k")
    assert jobs.run_due() == 1


def test_a_job_for_later_waits_for_its_time(hands: Hands) -> None:
    jobs.dispatch("note", due_at=START + timedelta(hours=1))
    assert jobs.run_due() == 0
    hands.now += timedelta(hours=1)
    assert jobs.run_due() == 1


def test_a_failing_job_is_tried_again_later_and_given_up_after_the_last(hands: Hands) -> None:
    hands.broken = True
    jobs.dispatch("note")
    for delay in jobs.RETRY_DELAYS:
        assert jobs.run_due() == 0
        assert (only().state, only().due_at) == ("waiting", hands.now + delay)
        assert only().last_error == "ValueError: no paper"
        hands.now += delay - timedelta(seconds=1)
        before = len(hands.ran)
        jobs.run_due()
        assert len(hands.ran) == before, "not before its time"
        hands.now += timedelta(seconds=1)
    jobs.run_due()
    assert (only().state, only().attempts) == ("failed", len(jobs.RETRY_DELAYS) + 1)
    hands.now += timedelta(days=30)
    assert jobs.run_due() == 0 and len(hands.ran) == 5


def test_a_job_that_succeeds_at_last_forgets_its_failure(hands: Hands) -> None:
    hands.broken = True
    jobs.dispatch("note")
    jobs.run_due()
    hands.broken, hands.now = False, hands.now + jobs.RETRY_DELAYS[0]
    assert jobs.run_due() == 1
    assert (only().state, only().last_error) == ("done", "")


def test_one_failing_job_keeps_no_other_back(hands: Hands) -> None:
    @jobs.job("break")
    def crash() -> None:
        raise SystemError

    jobs.dispatch("break")
    jobs.dispatch("note")
    assert jobs.run_due() == 1
    assert hands.ran == [{}]


def test_a_failed_job_makes_way_for_the_same_work_asked_for_meanwhile(hands: Hands) -> None:
    @jobs.job("again")
    def ask_again() -> None:
        jobs.dispatch("again", key="k")
        raise ValueError("after all")

    jobs.dispatch("again", key="k")
    jobs.run_due()
    assert sorted(Job.objects.values_list("state", flat=True)) == ["done", "waiting"]


def test_a_name_in_the_table_that_no_release_knows_any_more_is_given_up(hands: Hands) -> None:
    Job.objects.create(name="gone", due_at=START, created_at=START)
    for delay in (*jobs.RETRY_DELAYS, timedelta()):
        jobs.run_due()
        hands.now += delay
    assert (only().state, only().last_error) == ("failed", "KeyError: 'gone'")


def test_a_claimed_job_is_nobody_elses_until_its_lease_is_over(hands: Hands) -> None:
    jobs.dispatch("note")
    first = jobs.claim(only().pk)
    assert first is not None and first.lease_until == START + timedelta(seconds=60)
    assert jobs.claim(first.pk) is None and jobs.run_due() == 0
    hands.now += timedelta(seconds=61)
    assert jobs.run_due() == 1, "its worker died"
    assert (only().state, only().attempts) == ("done", 2)


def test_a_worker_that_outlived_its_lease_changes_nothing(hands: Hands) -> None:
    jobs.dispatch("note")
    late = jobs.claim(only().pk)
    assert late is not None
    hands.now += timedelta(seconds=61)
    other = jobs.claim(late.pk)
    assert other is not None
    jobs._put_back(late, ValueError("late"))
    jobs._finish(late, state=Job.State.DONE)
    assert (only().state, only().lease_token) == ("running", other.lease_token)


def test_the_bell_is_rung_after_commit_and_a_silent_broker_loses_nothing(
    hands: Hands,
    settings,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks,
) -> None:
    from credit_repair.core.tasks import run_job_task

    settings.CELERY_BROKER_URL = "redis://nowhere"
    rung: list[tuple[str, ...]] = []

    def ring(args: tuple[str, ...], **_options: Any) -> None:
        rung.append(args)
        raise ConnectionError

    monkeypatch.setattr(run_job_task, "apply_async", ring)
    with django_capture_on_commit_callbacks(execute=True):
        jobs.dispatch("note")
        assert not rung
    assert rung == [(str(only().pk),)]
    assert jobs.run_due() == 1


def test_the_oldest_due_job_runs_first(hands: Hands) -> None:
    jobs.dispatch("note", due_at=START - timedelta(minutes=1), n=2)
    jobs.dispatch("note", due_at=START - timedelta(minutes=9), n=1)
    jobs.run_due()
    assert [payload["n"] for payload in hands.ran] == [1, 2]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_workers_at_once_run_each_job_once(postgres: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "_handlers", {})
    ran: list[int] = []

    @jobs.job("count")
    def count(n: int) -> None:
        ran.append(n)

    for n in range(20):
        jobs.dispatch("count", n=n)
    results, errors = in_threads(4, lambda _number: jobs.run_due())
    assert not errors
    assert sum(results) == 20 and sorted(ran) == list(range(20))


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_the_same_work_asked_for_at_once_is_one_job(postgres: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "_handlers", {"count": jobs.Handler(run=lambda: None, lease_seconds=1)})
    _results, errors = in_threads(8, lambda _number: jobs.dispatch("count", key="k"))
    assert not errors
    assert Job.objects.filter(key="k").count() == 1


def test_a_job_that_kills_every_worker_is_given_up_for_a_person(hands: Hands) -> None:
    jobs.dispatch("note", due_at=START)
    for _worker in range(len(jobs.RETRY_DELAYS) + 1):
        assert jobs.claim(only().pk) is not None  # and dies without a word
        hands.now += timedelta(seconds=61)

    assert jobs.claim(only().pk) is None
    assert only().state == Job.State.FAILED
    assert "WorkerDied" in only().last_error


def test_a_recurring_job_that_fails_does_not_hold_its_key_against_the_next_turn(hands: Hands) -> None:
    hands.broken = True
    jobs.dispatch("note", key="note")
    jobs.run_due()
    assert only().state == Job.State.FAILED

    hands.broken = False
    jobs.dispatch("note", key="note")
    assert jobs.run_due() == 1
    assert sorted(Job.objects.values_list("state", flat=True)) == ["done", "failed"]


def test_what_ended_well_is_forgotten_after_a_while_and_failures_are_kept(hands: Hands) -> None:
    jobs.dispatch("note", key="other")
    jobs.run_due()
    hands.broken = True
    jobs.dispatch("note", key="note")
    jobs.run_due()

    assert jobs.forget_done(before=START) == 0
    assert jobs.forget_done(before=START + timedelta(days=7)) == 1
    assert only().state == Job.State.FAILED
