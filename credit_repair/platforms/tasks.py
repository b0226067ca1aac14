"""Thin: relay every half minute and whenever something was queued; announce; expire after midnight."""

from datetime import time, timedelta

from django.utils import timezone

from credit_repair.core.clock import today
from credit_repair.core.jobs import dispatch, job
from credit_repair.core.schedule import recurring
from credit_repair.platforms import alerts, expiry, relay, services


@recurring("relay_messages", every=timedelta(seconds=30))
@job("relay_messages", lease_seconds=relay.ALONE_SECONDS)
def relay_messages() -> None:
    """Send what is due; where one pass was not enough, ask for another behind the jobs that wait."""
    if relay.relay_once().more:
        dispatch("relay_messages", key="relay_messages")


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


@recurring("look_after_alerts", every=timedelta(minutes=5))
@job("look_after_alerts")
def look_after_alerts() -> None:
    """Raise, repeat and clear what people are told about platforms."""
    alerts.look_after_alerts(now=timezone.now())
