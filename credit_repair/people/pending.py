"""A sign-in that waits for its next step."""

from typing import Any

from django.http import HttpRequest
from django.utils.crypto import constant_time_compare


class EndsWithThePassword:
    """A step of a sign-in that counts only while the password is the one that it began with.

    Whoever knew the old password, and waits for a code, does not come in after it was changed.
    """

    login: Any
    state: dict[str, Any]

    def handle(self) -> tuple[Any, bool]:
        """Begin the step, and keep by what it began."""
        if self.login.user is not None:
            self.state["began_with"] = self.login.user.get_session_auth_hash()
        return super().handle()  # type: ignore[misc]

    def is_resumable(self, request: HttpRequest) -> bool:
        """Whether the page of sign-in leads on to this step, instead of asking for the password anew."""
        return self.is_still_good() and bool(super().is_resumable(request))  # type: ignore[misc]

    def exit(self) -> Any:
        """Go on to the next step, or begin anew."""
        return super().exit() if self.is_still_good() else self.abort()  # type: ignore[misc,attr-defined]

    def is_still_good(self) -> bool:
        """Whether the account is open and its password the same as when the step began."""
        user = self.login.user
        if user is None:  # nobody: a page that looks as if there was somebody
            return True
        began_with = self.state.get("began_with", "")
        return bool(user.is_active and constant_time_compare(began_with, user.get_session_auth_hash()))
