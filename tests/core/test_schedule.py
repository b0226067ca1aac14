"""What recurs, leases, settling, audit."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from credit_repair.core import audit, jobs, leases, schedule, settling
from credit_repair.core.models import AuditEntry, Job, Lease, ScheduledRun
from tests.registry.factories import OfficeFactory
from tests.world import TODAY, in_threads, make_user

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 11, 20, 12, 0, tzinfo=SHANGHAI)


@pytest.fixture
def timetable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schedule, "_recurring", {})
    monkeypatch.setattr(jobs, "_handlers", {})
    for name in ("often", "nightly"):
        jobs.job(name)(lambda: None)
    schedule.recurring("often", every=timedelta(minutes=5))
    schedule.recurring("nightly", daily_at=time(0, 10))


@pytest.mark.django_db
def test_a_new_job_is_due_at_once_and_then_in_its_time(timetable: None) -> None:
    assert schedule.dispatch_due(NOON) == ["often", "nightly"]
    assert schedule.dispatch_due(NOON) == []
    assert schedule.dispatch_due(NOON + timedelta(minutes=4)) == []
    assert schedule.dispatch_due(NOON + timedelta(minutes=5)) == ["often"]
    assert ScheduledRun.objects.get(name="nightly").next_at == datetime(2026, 11, 21, 0, 10, tzinfo=SHANGHAI)
    assert "nightly" in schedule.dispatch_due(datetime(2026, 11, 21, 0, 10, tzinfo=SHANGHAI))


@pytest.mark.django_db
def test_a_clock_that_is_set_back_stops_nothing(timetable: None) -> None:
    """Neither what recurs, nor work that was asked for, nor a lease, waits for the old time to come again."""
    ahead = timezone.now() + timedelta(days=3)
    schedule.dispatch_due(ahead)
    with leases.lease("relay", seconds=60) as won:
        assert won
        Lease.objects.update(until=ahead)
        Job.objects.update(created_at=ahead, due_at=ahead)
        now = timezone.now()
        assert schedule.dispatch_due(now) == []
        often, nightly = ScheduledRun.objects.order_by("-name")
        assert often.next_at == now + timedelta(minutes=5)
        assert nightly.next_at <= now + timedelta(days=1)
        assert jobs.run_due() == 2
        with leases.lease("relay", seconds=60) as also_won:
            assert also_won


@pytest.mark.django_db
def test_a_long_standstill_is_made_up_once(timetable: None) -> None:
    schedule.dispatch_due(NOON)
    assert sorted(schedule.dispatch_due(NOON + timedelta(days=9))) == ["nightly", "often"]
    assert schedule.dispatch_due(NOON + timedelta(days=9)) == []


@pytest.mark.django_db
def test_a_scheduler_that_dies_between_claim_and_job_loses_no_turn(
    timetable: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_args: object, **_kwargs: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(schedule, "dispatch", die)
        schedule.dispatch_due(NOON)
    assert schedule.dispatch_due(NOON) == ["often", "nightly"]


@pytest.mark.django_db
def test_a_turn_that_still_waits_is_not_asked_for_again(timetable: None) -> None:
    schedule.dispatch_due(NOON)
    schedule.dispatch_due(NOON + timedelta(minutes=5))
    assert Job.objects.filter(name="often").count() == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_schedulers_dispatch_one_turn_once(postgres: None, timetable: None) -> None:
    results, errors = in_threads(4, lambda _number: schedule.dispatch_due(NOON))
    assert not errors
    assert sorted(name for result in results for name in result) == ["nightly", "often"]


@pytest.mark.parametrize("wrong", [{}, {"every": timedelta(1), "daily_at": time(1)}], ids=["none", "both"])
def test_a_recurrence_is_one_of_two(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="either"):
        schedule.recurring("x", **wrong)  # type: ignore[arg-type]


@given(
    moment=st.datetimes(
        min_value=datetime(2020, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
        max_value=datetime(2030, 1, 1),  # noqa: DTZ001
        timezones=st.just(SHANGHAI),
    ),
    at=st.times(),
)
def test_daily_means_the_next_such_time_and_never_more_than_a_day_away(moment: datetime, at: time) -> None:
    following = schedule.Recurrence(daily_at=at).after(moment)
    assert moment < following <= moment + timedelta(days=1)
    assert (following.hour, following.minute, following.second) == (at.hour, at.minute, 0)


# -- leases


@pytest.mark.django_db
def test_one_holds_the_lease_and_gives_it_back() -> None:
    with leases.lease("relay", seconds=60) as first:
        with leases.lease("relay", seconds=60) as second, leases.lease("other", seconds=60) as other:
            assert (first, second, other) == (True, False, True)
        with leases.lease("relay", seconds=60) as third:
            assert not third, "one who did not hold it did not give it back"
    with leases.lease("relay", seconds=60) as again:
        assert again


@pytest.mark.django_db
def test_a_dead_holders_lease_runs_out_and_the_late_one_takes_nothing_away() -> None:
    dead = leases.lease("relay", seconds=-1)
    assert dead.__enter__()
    with leases.lease("relay", seconds=60) as mine:
        assert mine
        dead.__exit__(None, None, None)
        assert Lease.objects.get(name="relay").until is not None
        with leases.lease("relay", seconds=60) as other:
            assert not other


@pytest.mark.django_db
def test_a_failure_gives_the_lease_back() -> None:
    with pytest.raises(RuntimeError), leases.lease("relay", seconds=60):
        raise RuntimeError
    with leases.lease("relay", seconds=60) as again:
        assert again


# -- settling


def test_one_failing_settler_keeps_no_other_from_its_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settling, "_settlers", [])
    days = []

    @settling.settler
    def broken(*, today: object) -> int:
        raise LookupError("broken")

    @settling.settler
    def good(*, today: object) -> int:
        days.append(today)
        return 2

    with pytest.raises(LookupError, match="broken"):
        settling.settle_all(today=TODAY)
    assert days == [TODAY]
    settling._settlers.remove(broken)
    assert settling.settle_all(today=TODAY) == 2


def test_the_packages_have_registered_their_settlers_and_jobs() -> None:
    assert {function.__name__ for function in settling._settlers} >= {"complete_confirmed", "close_moot"}
    wanted = {
        "settle_cases",
        "send_mails",
        "relay_messages",
        "render_document",
        "render_pending_documents",
        "expire_records",
        "announce_publications",
        "exchange_files",
        "look_after_alerts",
        "look_at_third_parties",
        "reconcile_platform",
        "reconcile_platforms",
        "send_reminders",
        "remind_of_mandates",
        "refresh_permissions",
        "forget_done_jobs",
        "inspect_overlooked_files",
        "sweep_files",
        "remind_of_enquiries",
        "remind_of_orders",
    }
    assert wanted <= set(jobs._handlers)
    assert set(schedule._recurring) == wanted - {"render_document", "reconcile_platform"}


# -- audit


@pytest.mark.django_db
def test_an_act_is_written_with_who_what_and_which() -> None:
    user, office = make_user("李受"), OfficeFactory()
    audit.record(actor=user, action="office.rename", target=office, data={"to": "新名"})
    entry = AuditEntry.objects.get()
    assert (entry.actor_id, entry.actor_label, entry.action) == (user.pk, "李受", "office.rename")
    assert (entry.object_type, entry.object_id) == ("registry.office", str(office.pk))
    assert entry.data == {"to": "新名"}


@pytest.mark.django_db
def test_the_system_has_a_name_and_no_id() -> None:
    entry = audit.record(actor=None, action="x", target=OfficeFactory())
    assert (entry.actor_id, entry.actor_label, entry.data) == (None, "系统", {})
