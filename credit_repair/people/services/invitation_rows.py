"""What sending and accepting invitations have in common: their links, their audit, whose address is whose."""

from datetime import date, datetime
from hashlib import sha256

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from credit_repair.core import audit
from credit_repair.people.models import Administration, Invitation, Membership, Role, User


def link_of(secret: str) -> str:
    """Return the address of the site that `secret` opens."""
    return f"{settings.SITE_URL}{reverse('account_invitation', args=[secret])}"


def hash_of(secret: str) -> str:
    """Return what is kept of a secret. It has 256 random bits, so a plain hash is enough."""
    return sha256(secret.encode()).hexdigest()


def day_of(moment: datetime) -> date:
    """Return the local day of `moment`."""
    return timezone.localdate(moment)


def what_of(invitation: Invitation) -> str:
    """Say to what the invitation leads, e.g. 濉溪县信用办 · 受理人员、核查人员."""
    if invitation.office is not None:
        roles = dict(Role.choices)
        named = "、".join(str(roles[role]) for role in invitation.roles if role in roles)
        return f"{invitation.office.name} · {named}"
    return str(invitation.get_administration_display())


def withdraw(*, invitation: Invitation, actor: User | None, now: datetime | None = None) -> None:
    """Take the invitation back in the caller's transaction."""
    invitation.revoked_at = now or timezone.now()
    invitation.revoked_by = actor
    invitation.save(update_fields=["revoked_at", "revoked_by"])
    note("people.revoke_invitation", invitation, actor=actor)


def account_at(address: str) -> User | None:
    """Return the account that this address belongs to: the one that confirmed it, else one that names it
    and has nothing confirmed yet (an account made before addresses were)."""
    row = EmailAddress.objects.filter(email__iexact=address, verified=True).select_related("user").first()
    if row is not None:
        found: User = row.user
        return found
    return User.objects.filter(email__iexact=address, emailaddress__isnull=True).order_by("pk").first()


def confirmed_address(user: User) -> str:
    """Return where the person certainly reads mail; nothing where that is not known."""
    rows = list(EmailAddress.objects.filter(user=user).order_by("-primary", "pk"))
    if not rows:
        return str(user.email)
    return next((row.email for row in rows if row.verified), "")


def address_of(invitation: Invitation) -> str:
    """Return where the link belongs: to regain an account, the address that it has confirmed by now."""
    if invitation.purpose == Invitation.Purpose.REGAIN and invitation.user is not None:
        return confirmed_address(invitation.user)
    return invitation.email


def owns_address(user: User, address: str) -> bool:
    """Whether the person has confirmed that the address is theirs."""
    return EmailAddress.objects.filter(user=user, email__iexact=address, verified=True).exists()


def has_served(user: User) -> bool:
    """Whether the person is, was or will be an official or an administrator."""
    return Membership.objects.filter(user=user).exists() or Administration.objects.filter(user=user).exists()


def security_administrators(*, on: date) -> QuerySet[User]:
    """Return the active security administrators of that day."""
    held = Administration.objects.filter(kind=Administration.Kind.SECURITY).on(on)
    return User.objects.filter(pk__in=held.values("user"), is_active=True).order_by("pk")


def note(action: str, invitation: Invitation, *, actor: User | None) -> None:
    """Write the act into the audit, with all that the invitation says and none of its secret."""
    audit.record(
        actor=actor,
        action=action,
        target=invitation,
        data={
            "purpose": invitation.purpose,
            "user": invitation.user_id,
            "name": invitation.display_name,
            "office": invitation.office.code if invitation.office else "",
            "roles": invitation.roles,
            "administration": invitation.administration,
            "since": str(invitation.since or ""),
            "until": str(invitation.until or ""),
            "reason": invitation.reason,
        },
    )
