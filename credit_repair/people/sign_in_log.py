"""What is written of sign-in: who came in by what, what failed, and what was held back.

A line names the account by its number and the address of the network, never a name or a code that was typed.
"""

import logging
from typing import Any

from allauth.account.authentication import get_authentication_records
from django.http import HttpRequest

from credit_repair.core import audit
from credit_repair.core.network import client_address
from credit_repair.people.models import User

logger = logging.getLogger("credit_repair.sign_in")


def came_in(request: HttpRequest, *, user: User) -> None:
    """Write who came in, and by which ways they showed who they are."""
    records = get_authentication_records(request, user)
    ways = [str(record.get("type") or record.get("provider") or record["method"]) for record in records]
    logger.info("signed in: %s by %s", _who_and_where(request, user), "+".join(ways) or "other means")


def failed(request: HttpRequest) -> None:
    """Write that a name and a password did not fit. Which name is counted elsewhere, and not written."""
    logger.warning("name and password do not fit: %s", _who_and_where(request, None))


def second_factor_failed(request: HttpRequest, *, user: User | None, kind: str) -> None:
    """Write that a second factor of `user` was not right; in the audit, too, where it is an account's."""
    logger.warning("wrong second factor (%s): %s", kind, _who_and_where(request, user))
    if user is not None:
        audit.record(
            actor=request.user if request.user == user else None,
            action="people.second_factor_failed",
            target=user,
            data={"address": client_address(request)},
        )


def held_back(request: HttpRequest, *, user: User | None, why: str) -> None:
    """Write that somebody was not let try: locked out, or too often."""
    logger.warning("held back (%s): %s", why, _who_and_where(request, user))


def _who_and_where(request: HttpRequest, user: Any) -> str:
    account = f"account {user.pk}" if user is not None else "no account"
    return f"{account} from {client_address(request)}"
