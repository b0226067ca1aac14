"""What the pages of /manage/ ask: people, their invitations and lock-outs, the audit log."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from allauth.mfa.models import Authenticator
from axes.models import AccessAttempt, AccessLog
from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.db.models.functions import Lower
from django.utils import timezone

from credit_repair.core.models import AuditEntry
from credit_repair.people import sessions
from credit_repair.people.models import Administration, Invitation, Membership, Unmasking, User
from credit_repair.people.services.invitation_rows import account_at
from credit_repair.registry.models import Office

_signer = Signer(salt="people.manage")
#: What counts as a second factor: recovery codes alone are none.
FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def key_of(user: User) -> str:
    """Return by what a person's page is addressed. It cannot be guessed: the accounts of applicants are
    found by their whole address alone, and never by counting."""
    return _signer.sign(str(user.pk))


def user_of(key: str) -> User | None:
    """Return whose key it is."""
    try:
        return User.objects.filter(pk=int(_signer.unsign(key))).first()
    except (BadSignature, ValueError):
        return None


def staff() -> QuerySet[User]:
    """Return everybody who serves, served or will serve an office, or administers, by name."""
    members = Membership.objects.filter(user=OuterRef("pk"))
    administrators = Administration.objects.filter(user=OuterRef("pk"))
    people = User.objects.filter(Exists(members) | Exists(administrators))
    return people.order_by("-is_active", "display_name", "pk")


def find_people(*, text: str, office: Office | None, on: date) -> QuerySet[User]:
    """Return officials and administrators by part of a name or user name; anybody by their whole address."""
    wanted = text.strip()
    found = staff()
    if office is not None:
        found = found.filter(Exists(Membership.objects.filter(user=OuterRef("pk"), office=office)))
    if wanted:
        by_name = Q(display_name__icontains=wanted) | Q(username__icontains=wanted)
        by_address = Q(emailaddress__email__iexact=wanted) | Q(email__iexact=wanted)
        found = found.filter(by_name | by_address).distinct()
        owner = account_at(wanted) if "@" in wanted and office is None else None
        if owner is not None:
            keys = {owner.pk, *found.values_list("pk", flat=True)}
            found = User.objects.filter(pk__in=keys).order_by("display_name", "pk")
    factor = Authenticator.objects.filter(user=OuterRef("pk"), type__in=FACTORS)
    return found.annotate(has_factor=Exists(factor)).prefetch_related(
        Prefetch("memberships", Membership.objects.on(on).select_related("office"), to_attr="posts"),
        Prefetch("administrations", Administration.objects.on(on), to_attr="duties"),
    )


def has_second_factor(user: User) -> bool:
    """Whether the person has set a second factor."""
    return Authenticator.objects.filter(user=user, type__in=FACTORS).exists()


def running_sessions(user: User) -> int:
    """Return on how many devices the person is signed in."""
    return len(sessions.running_sessions(user=user, this="", at=sessions.moment()))


def invitations(*, state: str, now: datetime) -> QuerySet[Invitation]:
    """Return invitations: open, expired, accepted or revoked ones, newest first."""
    waiting = Q(accepted_at__isnull=True, revoked_at__isnull=True)
    which = {
        "open": waiting & Q(expires_at__gt=now),
        "expired": waiting & Q(expires_at__lte=now),
        "accepted": Q(accepted_at__isnull=False),
        "revoked": Q(revoked_at__isnull=False),
    }
    return Invitation.objects.filter(which[state]).select_related("office", "invited_by", "user")


def count_invitations(*, now: datetime) -> dict[str, int]:
    """Return how many invitations are open, and how many have expired."""
    return {state: invitations(state=state, now=now).count() for state in ("open", "expired")}


# ---- lock-outs -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class LockOut:
    """A person who failed so often from one address that it is closed to them for a while."""

    attempt: AccessAttempt
    user: User
    until: datetime


def lock_outs(*, now: datetime, user: User | None = None) -> list[LockOut]:
    """Return who is locked out now. A name that no account has is not shown: it may be a password that
    somebody typed into the wrong field. `now` is the real moment: what counts the failures knows no other."""
    cool_off: timedelta = settings.AXES_COOLOFF_TIME
    running = AccessAttempt.objects.filter(
        failures_since_start__gte=settings.AXES_FAILURE_LIMIT, attempt_time__gt=now - cool_off
    ).order_by("-attempt_time")
    attempts = list(running)
    people = _people_named({attempt.username or "" for attempt in attempts})
    found = [
        LockOut(attempt, people[name], attempt.attempt_time + cool_off)
        for attempt in attempts
        if (name := (attempt.username or "").lower()) in people
    ]
    return [each for each in found if user is None or each.user == user]


def _people_named(names: Iterable[str]) -> dict[str, User]:
    """Return the accounts with these user names or addresses, by what was typed, in small letters."""
    wanted = {name.lower() for name in names if name}
    by_name = User.objects.annotate(low=Lower("username"), low_email=Lower("email"))
    people: dict[str, User] = {}
    for user in by_name.filter(Q(low__in=wanted) | Q(low_email__in=wanted)):
        people.setdefault(user.email.lower(), user)
        people[user.username.lower()] = user
    return {name: people[name] for name in wanted if name in people}


# ---- the audit -----------------------------------------------------------------------------------------


def people_called(text: str) -> QuerySet[User]:
    """Return people by part of their name or user name."""
    return User.objects.filter(Q(display_name__icontains=text) | Q(username__icontains=text))


def audit_entries(
    *,
    person: str = "",
    action: str = "",
    kind: str = "",
    number: str = "",
    first: date | None = None,
    last: date | None = None,
) -> QuerySet[AuditEntry]:
    """Return entries of the audit log, newest first."""
    found = AuditEntry.objects.order_by("-pk")
    if person.strip():
        called = people_called(person.strip()).values("pk")
        found = found.filter(Q(actor_id__in=called) | Q(actor_label__icontains=person.strip()))
    if action:
        found = found.filter(action=action)
    if kind:
        found = found.filter(object_type=kind)
    if number.strip():
        found = found.filter(object_id=number.strip())
    return _between(found, "at", first, last)


def accounts_in(entries: Iterable[AuditEntry]) -> dict[str, User]:
    """Return the accounts to which these entries did something, by their number as the log writes it."""
    numbers = {
        int(entry.object_id)
        for entry in entries
        if entry.object_type == "people.user" and entry.object_id.isdecimal()
    }
    return {str(user.pk): user for user in User.objects.filter(pk__in=numbers)}


def sign_ins(*, person: str = "", first: date | None = None, last: date | None = None) -> QuerySet[AccessLog]:
    """Return who signed in when and from where, newest first."""
    found = AccessLog.objects.order_by("-pk")
    if person.strip():
        called = people_called(person.strip()).values("username")
        found = found.filter(username__in=called)
    return _between(found, "attempt_time", first, last)


def failures(
    *, person: str = "", first: date | None = None, last: date | None = None
) -> QuerySet[AccessAttempt]:
    """Return what failed and was not made good since, newest first."""
    found = AccessAttempt.objects.order_by("-pk")
    if person.strip():
        called = people_called(person.strip()).annotate(low=Lower("username"), low_email=Lower("email"))
        names = called.values("low")
        found = found.filter(Q(username__in=names) | Q(username__in=called.values("low_email")))
    return _between(found, "attempt_time", first, last)


def names_of(rows: Iterable[Any]) -> dict[str, User]:
    """Return whose the user names and addresses of these rows are, by what was typed, in small letters."""
    return _people_named({row.username or "" for row in rows})


def unmaskings(
    *, person: str = "", first: date | None = None, last: date | None = None
) -> QuerySet[Unmasking]:
    """Return who looked at whose personal data in clear, newest first."""
    found = Unmasking.objects.select_related("user", "subject").order_by("-pk")
    if person.strip():
        found = found.filter(user__in=people_called(person.strip()))
    return _between(found, "at", first, last)


def _between(found: Any, field: str, first: date | None, last: date | None) -> Any:
    """Only what lies within two local days, both included."""
    zone = timezone.get_current_timezone()
    if first is not None:
        found = found.filter(**{f"{field}__gte": datetime.combine(first, time.min, zone)})
    if last is not None:
        end = datetime.combine(last + timedelta(days=1), time.min, zone)
        found = found.filter(**{f"{field}__lt": end})
    return found


@dataclass(frozen=True)
class Stretch:
    """Some rows of a log, newest first, and where older ones go on."""

    rows: list[Any]
    older: int | None
    newest: bool


def stretch(found: QuerySet[Any], *, before: str, size: int) -> Stretch:
    """Return `size` rows that are older than the row `before`, or the newest.

    By key, not by counting: a log is long, and new rows come in while one reads.
    """
    mark = int(before) if before.isascii() and before.isdigit() and len(before) < 19 else None
    older_than = found.filter(pk__lt=mark) if mark is not None else found
    rows = list(older_than[: size + 1])
    more = len(rows) > size
    return Stretch(rows=rows[:size], older=rows[size - 1].pk if more else None, newest=mark is None)
