"""The accounts that a demonstration shows beside the sign-in form and in the console."""

from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext as _

from credit_repair.people.models import Administration, Mandate, MandateApplication, Membership, User

MOST = 30


@dataclass
class DemoAccount:
    """An account: its user name, whose it is, and all that they do where."""

    username: str
    name: str
    places: list[str] = field(default_factory=list)

    @property
    def place(self) -> str:
        """All places in one line."""
        return "；".join(self.places)


def demo_accounts(*, on: date) -> list[DemoAccount]:
    """Return who acts for subjects that day, who has asked to, officials, administrators; each once."""
    found: dict[str, DemoAccount] = {}

    def add(user: User, place: str) -> None:
        if user.username in found or len(found) < MOST:
            account = found.setdefault(user.username, DemoAccount(user.username, str(user)))
            account.places.append(place)

    mandates = Mandate.objects.filter(user__is_active=True).on(on).select_related("user", "subject")
    for mandate in mandates.order_by("user__pk", "pk"):
        add(mandate.user, mandate.subject.name)
    waiting = MandateApplication.objects.filter(
        user__is_active=True, state=MandateApplication.State.SUBMITTED
    ).select_related("user")
    for asked in waiting.order_by("user__pk", "pk"):
        add(asked.user, _("已申请经办授权，等待审核"))
    members = Membership.objects.filter(user__is_active=True).on(on).select_related("user", "office")
    for member in members.order_by("user__pk", "pk"):
        add(member.user, f"{member.office.name} · {member.get_role_display()}")
    duties = Administration.objects.filter(user__is_active=True).on(on).select_related("user")
    for duty in duties.order_by("user__pk", "pk"):
        add(duty.user, str(duty.get_kind_display()))
    return list(found.values())
