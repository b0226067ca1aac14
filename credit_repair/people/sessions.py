"""Sessions of a person: listed and ended."""

from typing import Any

from allauth.usersessions.models import UserSession


def end_sessions(*, user: Any, but: str = "") -> int:
    """End every session of `user` at once, but the one of the key `but`; return how many there were."""
    found = UserSession.objects.filter(user=user).exclude(session_key=but)
    for session in found:
        session.end()
    return len(found)
