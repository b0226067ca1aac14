"""Alerts 报警: something with a platform's messages that people must know of, told once per episode.

An episode begins when the trouble is first seen and ends when it is gone; what comes back later is a new one.
Data officers of the credit offices and the system administrators get a mail at its beginning, a second one
where it still stands after a day, and one at its end. What to do is in docs/runbooks.md, by the alert's name.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils import timezone

from credit_repair.core.clock import today
from credit_repair.core.languages import in_site_language
from credit_repair.mail.services import queue_mail
from credit_repair.people import access
from credit_repair.people.models import Administration, User
from credit_repair.platforms.alert_words import facts_words, todo_words
from credit_repair.platforms.channels import channel_of, flow_of
from credit_repair.platforms.models import Alert, Difference, Message
from credit_repair.platforms.queue_selectors import SHOWN_MOST, BoundedCount
from credit_repair.registry.models import Office, Platform

Kind = Alert.Kind
State = Message.State

#: From so long on, a breaker that stays open is no passing trouble.
SILENT_AFTER = timedelta(hours=1)
#: What still stands after so long is told a second time, and then no more.
REMIND_AFTER = timedelta(hours=24)


def raise_alert(
    platform: Platform, kind: str, facts: Mapping[str, Any], *, now: datetime | None = None
) -> Alert:
    """Let the alert of this kind stand for `platform`; tell people if it did not yet. Idempotent.

    `facts`, for JSON, all optional and without personal data: `count` (how many), `more` (more than were
    counted), `since` (an ISO time), `words` (a Chinese sentence). While the alert stands, only they change.
    """
    now = now or timezone.now()
    with transaction.atomic():
        alert = Alert.objects.select_for_update().filter(_open(platform, kind)).first()
        if alert is not None:
            if alert.facts != dict(facts):
                alert.facts = dict(facts)
                alert.save(update_fields=["facts"])
            return alert
        try:
            with transaction.atomic():
                alert = Alert.objects.create(platform=platform, kind=kind, raised_at=now, facts=dict(facts))
        except IntegrityError:  # somebody raised it in the same moment, and tells people
            return Alert.objects.get(_open(platform, kind))
        _tell(alert, "alert_raised", now=now)
    return alert


def clear_alert(platform: Platform, kind: str, *, now: datetime | None = None) -> bool:
    """Say that what the alert of this kind was about is over; return whether it stood. Idempotent."""
    now = now or timezone.now()
    with transaction.atomic():
        alert = (
            Alert.objects.select_for_update(of=("self",))
            .select_related("platform")
            .filter(_open(platform, kind))
            .first()
        )
        if alert is None:
            return False
        alert.cleared_at = now
        alert.save(update_fields=["cleared_at"])
        _tell(alert, "alert_cleared", now=now)
    return True


def look_after_alerts(*, now: datetime) -> int:
    """Raise and clear what the queues show, and remind of what still stands; return how many alerts stand.

    Those of files are raised and cleared by whoever exchanges files.
    """
    for platform in _looked_at():
        for kind, facts in _troubles(platform, now=now):
            if facts is None:
                clear_alert(platform, kind, now=now)
            else:
                raise_alert(platform, kind, facts, now=now)
    _remind(now=now)
    return Alert.objects.filter(cleared_at__isnull=True).count()


def _open(platform: Platform, kind: str) -> Q:
    return Q(platform=platform, kind=kind, cleared_at__isnull=True)


def _looked_at() -> QuerySet[Platform]:
    """Return the platforms with what is asked about each, in one query."""
    here = Message.objects.filter(platform=OuterRef("pk")).order_by("created_at")
    unfinished = here.filter(state__in=Message.UNFINISHED)
    failed = here.filter(state=State.FAILED)
    different = Difference.objects.filter(
        reconciliation__platform=OuterRef("pk"), handling=Difference.Handling.RAISED
    ).order_by("pk")
    return (
        Platform.objects.select_related("channel", "flow")
        .annotate(
            oldest_at=Subquery(unfinished.values("created_at")[:1]),
            n_failed=BoundedCount(failed.order_by().values("pk")[: SHOWN_MOST + 1]),
            failed_at=Subquery(failed.values("created_at")[:1]),
            n_different=BoundedCount(different.order_by().values("pk")[: SHOWN_MOST + 1]),
            different_at=Subquery(different.values("reconciliation__started_at")[:1]),
        )
        .order_by("code")
    )


def _troubles(platform: Any, *, now: datetime) -> Iterator[tuple[Kind, dict[str, Any] | None]]:
    """Yield each kind that the queues show, with its facts, or None where all is well."""
    yield Kind.AGE, _overdue(platform, now)
    yield Kind.FAILED, _waiting_for_a_person(platform)
    yield Kind.SILENT, _silent(platform, now)
    yield Kind.DIFFERENCE, _different(platform)


def _overdue(platform: Any, now: datetime) -> dict[str, Any] | None:
    limit = timedelta(minutes=channel_of(platform).age_limit_minutes)
    if platform.oldest_at is None or platform.oldest_at >= now - limit:
        return None
    late = Message.objects.filter(platform=platform, state__in=Message.UNFINISHED, created_at__lt=now - limit)
    return _facts(late.order_by().values("pk")[: SHOWN_MOST + 1].count(), platform.oldest_at)


def _waiting_for_a_person(platform: Any) -> dict[str, Any] | None:
    return _facts(platform.n_failed, platform.failed_at) if platform.n_failed else None


def _different(platform: Any) -> dict[str, Any] | None:
    return _facts(platform.n_different, platform.different_at) if platform.n_different else None


def _silent(platform: Any, now: datetime) -> dict[str, Any] | None:
    flow = flow_of(platform)
    if flow.failing_since is None:
        return None
    tripped = flow.failures >= channel_of(platform).breaker_failures
    if not tripped or flow.failing_since > now - SILENT_AFTER:
        return None
    return {"count": flow.failures, "since": flow.failing_since.isoformat()}


def _facts(count: int, since: datetime) -> dict[str, Any]:
    return {"count": min(count, SHOWN_MOST), "more": count > SHOWN_MOST, "since": since.isoformat()}


def _remind(*, now: datetime) -> None:
    standing = Alert.objects.filter(
        cleared_at__isnull=True, reminded_at__isnull=True, raised_at__lte=now - REMIND_AFTER
    )
    for alert in standing.select_related("platform").order_by("pk"):
        with transaction.atomic():
            # The update is the claim: two schedulers write one mail.
            won = Alert.objects.filter(pk=alert.pk, reminded_at__isnull=True, cleared_at__isnull=True)
            if won.update(reminded_at=now):
                _tell(alert, "alert_standing", now=now)


@in_site_language()
def _tell(alert: Alert, kind: str, *, now: datetime) -> None:
    """Write to everybody whom the alert concerns, in the caller's transaction."""
    code = alert.platform.code
    office_page = reverse("office_platform", args=[code])
    settings_page = reverse("manage_channel", args=[code])
    for person, for_machine in _readers(today()):
        queue_mail(
            key=f"{kind}:{alert.pk}:{person.pk}",
            kind=kind,
            to_address=person.email,
            to_name=str(person),
            context={
                "platform": alert.platform.name,
                "what": alert.get_kind_display(),
                "facts": facts_words(alert),
                "todo": todo_words(alert, for_machine=for_machine),
                "raised_at": alert.raised_at,
                "cleared_at": alert.cleared_at,
                "path": settings_page if for_machine else office_page,
            },
        )


def _readers(on: date) -> Iterator[tuple[User, bool]]:
    """Yield the data officers of the credit offices, then the system administrators; with which they are."""
    credit = list(Office.objects.filter(kind=Office.Kind.CREDIT).values_list("pk", flat=True))
    officers = access.members_at(offices=credit, permissions=["import_records"], on=on)
    for person in officers:
        yield person, False
    duties = Administration.objects.filter(kind=Administration.Kind.SYSTEM).on(on)
    administrators = User.objects.filter(pk__in=duties.values("user"), is_active=True)
    for person in administrators.exclude(pk__in=officers.values("pk")).order_by("pk"):
        yield person, True
