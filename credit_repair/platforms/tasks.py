"""Thin: relay every half minute and whenever something was queued; files every minute; announce; expire after
midnight; reconcile at night; look after alerts."""

from datetime import time, timedelta

from django.utils import timezone

from credit_repair.core.clock import today
from credit_repair.core.jobs import dispatch, job
from credit_repair.core.schedule import recurring
from credit_repair.platforms import alerts, expiry, relay, services, sightings
from credit_repair.platforms.exchange import passes
from credit_repair.platforms.models import Reconciliation
from credit_repair.platforms.reconciling import running
from credit_repair.platforms.transports import CannotList
from credit_repair.registry.models import Platform


@recurring("relay_messages", every=timedelta(seconds=30))
@job("relay_messages", lease_seconds=relay.ALONE_SECONDS)
def relay_messages() -> None:
    """Send what is due; where one pass was not enough, ask for another behind the jobs that wait."""
    report = relay.relay_once()
    if report.more:
        dispatch("relay_messages", key="relay_messages")
    elif report.again_at is not None:
        # Under a key of its own: what is queued meanwhile must not wait for this turn.
        dispatch("relay_messages", key="relay_messages later", due_at=report.again_at)


@recurring("announce_publications", every=timedelta(minutes=1))
@job("announce_publications")
def announce_publications() -> None:
    """Queue the first message of every new publication."""
    services.announce_new_publications(today=today())


@recurring("expire_records", daily_at=time(0, 10))
@job("expire_records", lease_seconds=1800)
def expire_records() -> None:
    """End what reached the end of its publicity period."""
    expiry.expire_records(today=today())


@recurring("reconcile_platforms", daily_at=time(2, 30))
@job("reconcile_platforms")
def reconcile_platforms() -> None:
    """Begin the day's reconciliation of every platform that can be asked what it shows."""
    for platform in running.to_reconcile():
        running.begin(platform=platform, today=today())
        running.ask_to_go_on(platform)


@job("reconcile_platform", lease_seconds=running.ALONE_SECONDS)
def reconcile_platform(platform: str) -> None:
    """Work off a portion; where more is to do, ask for the next one. Raises CannotList where the platform did
    not answer, so that it is asked again a little later, from the same place."""
    found = Platform.objects.get(code=platform)
    if running.resume(platform=found, today=today()) is None:
        return
    run = running.go_on(platform=found, today=today())
    if run is not None and run.state == Reconciliation.State.BROKEN:
        raise CannotList(run.note)
    if run is not None and run.state == Reconciliation.State.RUNNING:
        running.ask_to_go_on(found)


@recurring("look_at_third_parties", daily_at=time(3, 30))
@job("look_at_third_parties", lease_seconds=1800)
def look_at_third_parties() -> None:
    """Let the installed checkers look at the websites that are not ours."""
    sightings.look_everywhere()


@recurring("exchange_files", every=timedelta(minutes=1))
@job("exchange_files", lease_seconds=passes.ALONE_SECONDS)
def exchange_files() -> None:
    """Write what goes as files, and read what was left for us."""
    passes.exchange_once()


@recurring("look_after_alerts", every=timedelta(minutes=5))
@job("look_after_alerts")
def look_after_alerts() -> None:
    """Raise, repeat and clear what people are told about platforms."""
    alerts.look_after_alerts(now=timezone.now())
