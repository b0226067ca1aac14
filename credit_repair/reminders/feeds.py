"""Secret addresses of repair calendars: made, revoked, and looked up when a calendar program asks.

The secret is handed out once and kept nowhere; what is stored is its SHA-256. It is 256 random bits, so that
a hash without key or salt cannot be turned back.
"""

import hashlib
import secrets
from datetime import date, timedelta

from django.db import transaction

from credit_repair.cases.errors import NotYours
from credit_repair.core import audit
from credit_repair.core.clock import now
from credit_repair.people import access
from credit_repair.people.models import User
from credit_repair.registry.models import Subject
from credit_repair.reminders.models import CalendarFeed

SECRET_BYTES = 32
#: Calendar programs read every few minutes; when they last did is of interest by the hour.
NOTE_READING_EVERY = timedelta(hours=1)


@transaction.atomic
def make_feed(*, user: User, subject: Subject, today: date) -> tuple[CalendarFeed, str]:
    """Make the address under which `user` reads the calendar of `subject`; return the row and the secret.

    An address that stands is revoked: the secret is known only now, so that a new one is the only way to
    have one again. Raises NotYours where the person may not act for the subject on `today`.
    """
    if not access.may_act_for(user=user, subject=subject, on=today):
        raise NotYours(f"calendar of {subject.uuid}")
    User.objects.select_for_update().get(pk=user.pk)  # one at a time for each person
    for standing in CalendarFeed.objects.filter(user=user, subject=subject, revoked_at__isnull=True):
        revoke_feed(feed=standing, actor=user)
    secret = secrets.token_urlsafe(SECRET_BYTES)
    feed = CalendarFeed.objects.create(
        user=user, subject=subject, secret_hash=_hash(secret), created_at=now()
    )
    audit.record(actor=user, action="make_calendar_feed", target=feed, data={"subject": str(subject.uuid)})
    return feed, secret


@transaction.atomic
def revoke_feed(*, feed: CalendarFeed, actor: User) -> None:
    """Let the address lead nowhere from now on; one that was revoked already is left as it is.

    Raises NotYours where the address is another person's.
    """
    if feed.user_id != actor.pk:
        raise NotYours(f"calendar feed {feed.pk}")
    row = CalendarFeed.objects.select_for_update().get(pk=feed.pk)
    if row.revoked_at is not None:
        return
    row.revoked_at = now()
    row.save(update_fields=["revoked_at"])
    audit.record(actor=actor, action="revoke_calendar_feed", target=row)


def standing_feed(*, user: User, subject: Subject) -> CalendarFeed | None:
    """Return the address that `user` has for the calendar of `subject`, without its secret."""
    return CalendarFeed.objects.filter(user=user, subject=subject, revoked_at__isnull=True).first()


def subject_by_secret(*, secret: str, on: date) -> Subject | None:
    """Return whose calendar the secret opens on that day, and note the reading at most once an hour.

    None for an unknown or revoked secret, and where the person who had it made may no longer act for the
    subject: asked live, so that an address ends with the mandate.
    """
    feed = (
        CalendarFeed.objects.filter(secret_hash=_hash(secret), revoked_at__isnull=True)
        .select_related("user", "subject")
        .first()
    )
    if feed is None or not access.may_act_for(user=feed.user, subject=feed.subject, on=on):
        return None
    _note_reading(feed)
    return feed.subject


def _note_reading(feed: CalendarFeed) -> None:
    moment = now()
    if feed.last_read_at is None or feed.last_read_at <= moment - NOTE_READING_EVERY:
        CalendarFeed.objects.filter(pk=feed.pk).update(last_read_at=moment)


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
