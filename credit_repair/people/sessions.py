"""Sessions of a person: when they end, listed and ended.

A session ends after a time without use, and after a time in any case. It is stamped at most once a minute.
Times are those of the wall clock: an assumed day changes nothing here.
"""

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import transaction
from django.http import HttpRequest

from credit_repair.people.devices import device_name

OPENED, SEEN = "opened_at", "seen_at"
STAMP_SECONDS = 60
#: So long before the end the page warns.
WARNING_SECONDS = 120
IDLE, WHOLE = "idle", "whole"


def moment() -> float:
    """Return the seconds of the wall clock."""
    return time.time()


def idle_seconds() -> int:
    """Return how long a session lasts without use."""
    return int(settings.SESSION_IDLE_MINUTES) * 60


def whole_seconds() -> int:
    """Return how long a session lasts at most."""
    return int(settings.SESSION_HOURS) * 3600


def seconds_left(session: Any, *, at: float) -> tuple[int, str]:
    """Return how long a session still lasts, and what ends it then: that it idles, or its whole time."""
    idle = session.get(SEEN, at) + idle_seconds() - at
    whole = session.get(OPENED, at) + whole_seconds() - at
    return (int(idle), IDLE) if idle <= whole else (int(whole), WHOLE)


def why_over(session: Any, *, at: float) -> str:
    """Return what has ended the session, or nothing while it runs."""
    left, why = seconds_left(session, at=at)
    return "" if left > 0 else why


def stamp(request: HttpRequest, *, at: float) -> None:
    """Note that the session is in use, at most once a minute; see that it is among the person's sessions."""
    session = request.session
    session.setdefault(OPENED, at)
    if 0 <= at - session.get(SEEN, 0) < STAMP_SECONDS:
        return
    session[SEEN] = at
    if session.session_key is None:
        session.save()
    seen = datetime.fromtimestamp(at, tz=UTC)
    if not UserSession.objects.filter(session_key=session.session_key).update(last_seen_at=seen):
        UserSession.objects.create_from_request(request)


@transaction.atomic
def end_sessions(*, user: Any, but: str = "") -> int:
    """End every session of `user` at once, but the one of the key `but`; return how many there were."""
    return _end(UserSession.objects.filter(user=user).exclude(session_key=but))


@transaction.atomic
def end_session(*, user: Any, pk: int) -> bool:
    """End one session of `user`; return whether there was one."""
    return bool(_end(UserSession.objects.filter(user=user, pk=pk)))


def forget_session(key: str | None) -> None:
    """Strike a session that has ended from the list."""
    UserSession.objects.filter(session_key=key or "").delete()


def _end(found: Any) -> int:
    keys = list(found.values_list("session_key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    UserSession.objects.filter(session_key__in=keys).delete()
    return len(keys)


@dataclass(frozen=True)
class RunningSession:
    """A session, as its owner sees it."""

    pk: int
    device: str
    address: str
    opened_at: datetime
    seen_at: datetime
    is_this: bool


def running_sessions(*, user: Any, this: str, at: float) -> list[RunningSession]:
    """Return the sessions of `user` that still run: this one first, then the latest used."""
    now = datetime.fromtimestamp(at, tz=UTC)
    rows = UserSession.objects.filter(
        user=user,
        last_seen_at__gt=now - timedelta(seconds=idle_seconds() + STAMP_SECONDS),
        created_at__gt=now - timedelta(seconds=whole_seconds()),
        session_key__in=Session.objects.filter(expire_date__gt=now).values("session_key"),
    ).order_by("-last_seen_at", "-pk")
    found = [
        RunningSession(
            pk=row.pk,
            device=device_name(row.user_agent),
            address=row.ip,
            opened_at=row.created_at,
            seen_at=row.last_seen_at,
            is_this=row.session_key == this,
        )
        for row in rows
    ]
    return sorted(found, key=lambda each: not each.is_this)
