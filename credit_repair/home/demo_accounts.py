"""The accounts that a demonstration shows beside the sign-in form."""

from dataclasses import dataclass
from datetime import date

from credit_repair.people.models import Administration, Mandate, Membership

MOST = 20


@dataclass(frozen=True)
class DemoAccount:
    """An account: its user name, whose it is, and what they do where."""

    username: str
    name: str
    place: str


def demo_accounts(*, on: date) -> list[DemoAccount]:
    """Return people who act for a subject, then officials, then administrators, of that day; each once."""
    mandates = Mandate.objects.filter(user__is_active=True).on(on).select_related("user", "subject")
    members = Membership.objects.filter(user__is_active=True).on(on).select_related("user", "office")
    found: dict[str, DemoAccount] = {}
    for mandate in mandates.order_by("user__pk", "pk")[: MOST // 2]:
        user = mandate.user
        found.setdefault(user.username, DemoAccount(user.username, str(user), mandate.subject.name))
    for member in members.order_by("user__pk", "pk")[:MOST]:
        user = member.user
        place = f"{member.office.name} · {member.get_role_display()}"
        found.setdefault(user.username, DemoAccount(user.username, str(user), place))
    duties = Administration.objects.filter(user__is_active=True).on(on).select_related("user")
    for duty in duties.order_by("user__pk", "pk")[:MOST]:
        user = duty.user
        found.setdefault(user.username, DemoAccount(user.username, str(user), str(duty.get_kind_display())))
    return list(found.values())
