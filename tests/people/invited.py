"""What tests of invitations and of the administrators' pages share."""

import re
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from allauth.account.models import EmailAddress
from axes.models import AccessAttempt

from credit_repair.mail.models import Mail
from credit_repair.people.models import Invitation, Role, User
from credit_repair.people.services import invitations
from tests import world as county
from tests.registry.factories import OfficeFactory

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
TODAY = NOW.date()
YESTERDAY = TODAY - timedelta(days=1)
PASSWORD = "Lan-Tian-2026-xinyong"


def secret_of(invitation: Invitation) -> str:
    """The secret of the newest mail to the invited person."""
    mail = Mail.objects.filter(to_address=invitation.email, kind__in=["invitation", "regain"]).latest("pk")
    found = re.search(r"/account/invitation/([\w-]+)/", mail.secret_body)
    assert found, mail.secret_body
    return found[1]


def confirm(user: User) -> User:
    """Let the person have confirmed their address, as everybody has who has signed in."""
    EmailAddress.objects.get_or_create(user=user, email=user.email, verified=True, primary=True)
    return user


def invite(actor: User, **said: Any) -> Invitation:
    """Invite somebody to take in at an office, or to what is said."""
    if not said.get("administration") and "office" not in said:
        said |= {"office": OfficeFactory(name="濉溪县信用办"), "roles": [Role.INTAKE]}
    asked: dict[str, Any] = {
        "email": "qian@example.gov.cn",
        "display_name": "钱新",
        "since": TODAY,
        "now": NOW,
    }
    return invitations.invite(actor=actor, **{**asked, **said})


def security() -> User:
    """A security administrator."""
    return county.administrator("security")


def at(day: date) -> datetime:
    """Nine o'clock of that day."""
    return NOW.replace(year=day.year, month=day.month, day=day.day)


def lock_out(user: User, *, address: str = "192.0.2.7") -> AccessAttempt:
    """Let somebody have failed under this person's name until the address was closed to it."""
    return AccessAttempt.objects.create(
        username=user.username,
        ip_address=address,
        user_agent="x",
        http_accept="",
        path_info="",
        get_data="",
        post_data="",
        failures_since_start=5,
    )
